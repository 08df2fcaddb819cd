"""The card of studies as a reviewer meets it: two records beside one another, by keys alone, on a phone, with hostile and long words."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from review import Review
from review.desk import ClassificationCard, StudiesCard
from tests.browser.desk_page import WIDER_THAN_IT_SHOWS, behind, check_fit, kernel, losing_the_first, page_of, violations, walk
from tests.desk.classified import HOSTILE as HOSTILE_TITLE
from tests.desk.classified import lay_out_classifying
from tests.desk.pairs import HOSTILE, lay_out_pairs

pytestmark = pytest.mark.browser
Opened = Callable[..., Page]


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out_pairs(tmp_path_factory.mktemp("studies") / "review")


@pytest.fixture
def folder(laid_out: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(laid_out, tmp_path / "review"))


def of_people(rv: Review) -> list[str]:
    """The kinds of what counts of what people decided."""
    return [event.kind for event in rv.studies.decisions() if not event.by_tool]


def shows(page: Page, question: str, left: str) -> None:
    """Waits for the pair that is to be on show."""
    expect(page.locator(".question")).to_have_text(question)
    expect(page.locator(".left")).to_have_text(left)


def test_pairs_are_decided_by_keys_alone_and_undone(opened: Opened, seat: Callable[[str], Review]) -> None:
    rv = seat("r1")
    page = behind(opened, StudiesCard(rv))
    shows(page, "One document or two?", "1 of 2 left")
    title = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Title"))
    expect(title.locator("mark")).to_have_text(["women", "men"])
    expect(title.get_by_role("rowheader")).to_contain_text("differs")
    expect(title.get_by_role("cell").first).to_contain_text(HOSTILE)
    assert "underline" in title.locator("mark").first.evaluate("(one) => getComputedStyle(one).textDecorationLine")
    assert page.title() == "Desk" and page.locator(".review-desk img, .review-desk script").count() == 0
    page.keyboard.press("n")
    shows(page, "One document or two?", "2 of 2 left")
    assert page.locator(".pair .value").first.evaluate("(one) => getComputedStyle(one).direction") == "rtl"
    page.keyboard.press("p")
    shows(page, "One document or two?", "1 of 2 left")
    page.keyboard.press("t")
    expect(page.get_by_label("Note, as the reason")).to_be_focused()
    page.keyboard.type("Women, not men.")
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    expect(page.locator(".said")).to_contain_text("Saved: one document")
    expect(page.locator(".moved")).to_contain_text("Duplicate records removed 1 → 2; Records screened 9 → 8")
    shows(page, "One document or two?", "1 of 1 left · 1 decided")
    assert [e.body["reason"] for e in rv.studies.decisions() if not e.by_tool] == ["Women, not men."]
    page.keyboard.press("z")
    expect(page.locator(".said")).to_contain_text("Undone: this pair is shown again")
    expect(page.locator(".moved")).to_contain_text("Duplicate records removed 2 → 1")
    expect(page.get_by_label("Note, as the reason")).to_have_value("Women, not men.")
    assert of_people(rv) == []
    for key, said, next_ in (("a", "two documents", "One document or two?"), ("a", "two documents", "Is this a report of this trial?")):
        page.keyboard.press(key)
        expect(page.locator(".said")).to_contain_text(f"Saved: {said}")
        expect(page.locator(".question")).to_have_text(next_)
    expect(page.locator(".left")).to_have_text("1 of 1 left · 2 decided")
    page.keyboard.press("m")  # not a question of documents now: nothing is sent
    page.keyboard.press("x")
    expect(page.locator(".said")).to_contain_text("Saved: not of this trial")
    expect(page.locator(".record")).to_contain_text("No suggested link waits.")
    assert of_people(rv) == ["studies.kept_apart", "studies.kept_apart", "studies.link_refused"]


def test_a_merge_by_rule_is_found_by_keys_and_taken_back(opened: Opened, seat: Callable[[str], Review]) -> None:
    rv = seat("r1")
    page = behind(opened, StudiesCard(rv))
    shows(page, "One document or two?", "1 of 2 left")
    page.keyboard.press("b")
    expect(page.get_by_role("searchbox")).to_be_focused()
    rows = page.locator(".decisions .results button")
    expect(rows).to_have_count(1)
    page.keyboard.type("nothing like it")
    expect(rows).to_have_count(0)
    page.keyboard.press("Control+A")
    page.keyboard.type("spit")
    expect(rows).to_have_text(["Spit and the voice" + rows_said(rv)])
    rows.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".question")).to_contain_text("Merged by rule")
    expect(page.get_by_role("button", name="Same document")).to_be_hidden()
    expect(page.locator(".pair thead th")).to_have_count(3)
    page.keyboard.press("w")
    expect(page.locator(".said")).to_contain_text("Saved: taken back")
    expect(page.locator(".moved")).to_contain_text("Duplicate records removed 1 → 0")
    shows(page, "One document or two?", "1 of 2 left · 1 decided")
    assert rv.studies.decisions() == []
    page.keyboard.press("z")
    expect(page.locator(".question")).to_contain_text("Merged by rule")
    assert len(rv.studies.decisions()) == 1
    page.keyboard.press("q")
    shows(page, "One document or two?", "1 of 2 left")


def rows_said(rv: Review) -> str:
    """What stands below the titles of the only merge."""
    [event] = rv.studies.decisions()
    at = event.at[:10].split("-")
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    return f"Merged by rule {event.body['rule']}, {int(at[2])} {months[int(at[1]) - 1]} {at[0]}"


def test_a_key_pressed_twice_and_one_sent_again_are_one_event(opened: Opened, seat: Callable[[str], Review]) -> None:
    rv = seat("r1")
    card = StudiesCard(rv)
    answers, sent = losing_the_first(card, "decide")
    page = opened(page_of(card, confirm_after=0.2))
    kernel(page, answers)
    page.evaluate("start()")
    shows(page, "One document or two?", "1 of 2 left")
    page.keyboard.press("m")
    page.keyboard.press("m")
    page.keyboard.press("a")
    expect(page.locator(".said")).to_contain_text("Not confirmed yet")
    page.keyboard.press("r")
    expect(page.locator(".said")).to_contain_text("Saved: one document")
    shows(page, "One document or two?", "1 of 1 left · 1 decided")
    assert len(sent) == 2 and len(set(sent)) == 1 and of_people(rv) == ["studies.merged"]


@pytest.mark.parametrize(("wide", "high", "scheme"), [(1280, 900, "light"), (390, 844, "dark")])
def test_it_fits_and_can_be_read_by_everybody(
    opened: Opened, seat: Callable[[str], Review], axe: str, wide: int, high: int, scheme: str
) -> None:
    page = behind(opened, StudiesCard(seat("r1")), wide=wide, high=high, scheme=scheme)
    shows(page, "One document or two?", "1 of 2 left")
    assert violations(page, axe) == []
    check_fit(page, wide, high)
    cells = page.locator(".pair tbody tr").first.locator("td")
    left, right = (cells.nth(n).bounding_box() or {} for n in (0, 1))
    assert (left["y"] == right["y"]) == (wide == 1280), "beside one another where there is room, else one below the other"
    seen = list(walk(page))
    wanted = ["Same document", "Two documents", "Undo", "Skip", "Previous", "Next"]
    assert [one for one in wanted if not any(found.startswith(one) for found in seen)] == []
    page.get_by_role("region", name="Two records").focus()
    page.keyboard.press("b")
    expect(page.locator(".decisions .results button")).to_have_count(1)
    assert violations(page, axe) == []


@pytest.fixture(scope="module")
def to_classify(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out_classifying(tmp_path_factory.mktemp("classifying") / "review")


@pytest.fixture
def people(to_classify: Path, tmp_path: Path) -> Iterator[Callable[[str], Review]]:
    """Reviewers of a review in which three studies wait for a classification."""
    folder, reviews = Path(shutil.copytree(to_classify, tmp_path / "classifying")), list[Review]()
    yield lambda who: reviews.append(Review.open(folder, reviewer=who)) or reviews[-1]  # type: ignore[func-returns-value]
    for rv in reviews:
        rv.close()


def stands(page: Page, label: str, left: str) -> None:
    """Waits for the study that is to be on show."""
    expect(page.locator(".record h2").first).to_have_text(label)
    expect(page.locator(".left")).to_have_text(left)


def test_studies_are_classified_by_keys_alone_and_a_conflict_is_ended(opened: Opened, people: Callable[[str], Review]) -> None:
    r1, r2 = people("r1"), people("r2")
    page = behind(opened, ClassificationCard(r1))
    stands(page, "Doe 2024", "1 of 3 left")
    assert page.title() == "Desk" and page.locator(".review-desk img, .review-desk script").count() == 0
    expect(page.locator(".reports li").first).to_contain_text(HOSTILE_TITLE)
    page.keyboard.press("e")
    expect(page.locator(".said")).to_contain_text("Write why it is excluded, then press e again")
    expect(page.get_by_role("textbox", name="Reason")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("i")
    expect(page.locator(".said")).to_contain_text("Saved: included; it waits for another reviewer")
    stands(page, "NCT90000002", "1 of 2 left · 1 stored")
    page.keyboard.press("c")
    page.get_by_label("On", exact=True).fill("2026-03-04")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".record")).to_contain_text("Primary register entry checked 4 Mar 2026")
    page.keyboard.press("t")
    page.keyboard.type("No age is stated.")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    stands(page, "NCT90000003", "1 of 1 left · 3 stored")
    page.keyboard.press("z")
    stands(page, "NCT90000002", "1 of 2 left · 2 stored")
    expect(page.get_by_role("textbox", name="Reason")).to_have_value("No age is stated.")
    page.keyboard.press("a")
    stands(page, "NCT90000003", "1 of 1 left · 3 stored")
    page.keyboard.press("3")
    expect(page.locator(".left")).to_have_text("1 of 2 · 3 stored")
    expect(page.get_by_role("region", name="Yours")).to_contain_text("Doe 2024 is included at full text.")
    r2.studies.classify("NCT90000002", "ongoing", reason="It recruits.")
    page = behind(opened, ClassificationCard(people("lead")))
    stands(page, "NCT90000002", "1 of 1 left")
    expect(page.locator(".answer .said-why")).to_have_count(2)
    expect(page.locator(".side")).to_contain_text("No age is stated.")
    assert not {"r1", "r2"} & set(page.locator(".side").inner_text().split())
    page.keyboard.press("o")
    expect(page.get_by_role("textbox", name="Reason")).to_be_focused()
    page.keyboard.type("Adults, by the page.")
    page.keyboard.press("Escape")
    page.keyboard.press("o")
    expect(page.locator(".said")).to_contain_text("Saved: ongoing; final")
    expect(page.locator(".moved")).to_contain_text("Reports of ongoing studies 0 → 1")
    expect(page.locator(".record")).to_contain_text("No two classifications differ.")
    found = {study.label: r1.studies.final(study) for study in r1.studies.views()}
    assert found == {"Doe 2024": None, "NCT90000002": "ongoing", "NCT90000003": None, "NCT90000004": None}


@pytest.mark.parametrize(
    ("wide", "high", "scheme", "who"), [(1280, 900, "light", "r1"), (390, 844, "dark", "r1"), (390, 844, "dark", "lead")]
)
def test_the_card_of_classification_fits_and_can_be_read(
    opened: Opened, people: Callable[[str], Review], axe: str, wide: int, high: int, scheme: str, who: str
) -> None:
    if who == "lead":
        for name, what in (("r1", "awaiting"), ("r2", "ongoing")):
            people(name).studies.classify("Doe 2024", what, reason="Because of the long word " + "x" * 60)
    page = behind(opened, ClassificationCard(people(who)), wide=wide, high=high, scheme=scheme)
    stands(page, "Doe 2024", "1 of 3 left" if who == "r1" else "1 of 1 left")
    assert violations(page, axe) == []
    check_fit(page, wide, high)
    seen = list(walk(page))
    wanted = ["Included", "Ongoing", "Awaiting", "Excluded", "Undo", "Previous", "Next"]
    assert [one for one in wanted if not any(one in found for found in seen)] == []
    page.locator(".reports summary").first.click()
    expect(page.locator(".reports details h2")).to_have_count(1)
    assert violations(page, axe) == [] and page.evaluate(WIDER_THAN_IT_SHOWS) == []
    page.get_by_role("region", name="Study").focus()
    page.keyboard.press("b")
    expect(page.locator(".studies-list .results button")).to_have_count(3 if who == "r1" else 1)
    assert violations(page, axe) == []
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    expect(page.get_by_label("On", exact=True)).to_be_focused()
    assert violations(page, axe) == [] and page.evaluate(WIDER_THAN_IT_SHOWS) == []
