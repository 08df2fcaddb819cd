"""Conflicts, full texts and the first page as a reviewer meets them: by keys, with a file in hand, on a phone, with hostile words."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from review import Review
from review.desk import ConflictCard, FullTextDesk, ScreeningCard
from review.desk.card import Card
from review.desk.start import Start
from tests.browser.desk_page import WIDER_THAN_IT_SHOWS, behind, violations, walk
from tests.desk.files import HOSTILE_PAGE, small_pdf
from tests.desk.reviews import lay_out

pytestmark = pytest.mark.browser
Opened = Callable[..., Page]

HOSTILE = '<img src=x onerror="document.title=\'broken\'"><script>document.title="broken"</script>&lt;b&gt;'
VIEWS = [(1280, 900, "light"), (390, 844, "dark")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A conflict at each stage, two documents to find, one in hand."""
    folder = lay_out(tmp_path_factory.mktemp("desks"), [f"First {HOSTILE}", "Second", "Third", "Fourth"])
    both = [Review.open(folder, reviewer=name) for name in ("r1", "r2")]
    first, *others = both[0].screening.queue("title_abstract")
    for rv, decision, note in zip(both, ("include", "exclude"), (f"Half {HOSTILE}", "A gum."), strict=True):
        judged = {"P1": "met", "I1": "met" if decision == "include" else "not_met"}
        rv.screening.decide(first, stage="title_abstract", decision=decision, judgements=judged, note=note)
        for report in others:
            rv.screening.decide(report, stage="title_abstract", decision="include")
    both[0].screening.retrieve(others[2], "retrieved", file="paper.pdf", content=small_pdf(script="app.alert(1)"))
    for rv, reason in zip(both, ("P1", "S1"), strict=True):
        rv.screening.decide(others[2], stage="full_text", decision="exclude", reason=reason)
    return folder


def said(page: Page) -> str:
    """What the card says under its record."""
    return page.locator(".said [role=status]").inner_text()


# conflicts


def test_a_conflict_is_ended_by_keys_and_can_be_undone(opened: Opened, seat: Callable[[str], Review]) -> None:
    rv = seat("lead")
    page = behind(opened, ConflictCard(rv))
    expect(page.get_by_role("heading", name="Title and abstract: include or exclude?")).to_be_visible()
    expect(page.locator(".left")).to_have_text("2 of 2 left")
    assert sorted(page.locator(".answer .says").all_inner_texts()) == ["✓ Include", "✕ Exclude"]
    expect(page.locator(".differing tbody tr")).to_have_count(1)
    assert page.title() == "Desk" and page.locator(".review-desk img, .review-desk script").count() == 0
    page.keyboard.press("t")
    page.keyboard.type("Read again.")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.keyboard.press("2")
    expect(page.locator(".said")).to_contain_text("Saved: exclude (I1)")
    expect(page.get_by_role("heading", name="Full text: both exclude; which reason counts?")).to_be_visible()
    expect(page.locator(".differing table")).to_have_count(0)
    page.keyboard.press("z")
    expect(page.locator(".said")).to_contain_text("Undone: this conflict waits again")
    expect(page.get_by_label("Note")).to_have_value("Read again.")
    assert len(rv.screening.unresolved()) == 2


def test_one_of_the_two_is_asked_for_the_agreement_first(opened: Opened, seat: Callable[[str], Review]) -> None:
    page = behind(opened, ConflictCard(seat("r1")))
    expect(page.locator(".terms")).to_be_visible()
    page.keyboard.press("i")
    expect(page.locator(".said")).to_contain_text("Say in the note that you agreed")
    expect(page.get_by_label("Note")).to_be_focused()
    assert page.evaluate("sent.length") == 1, "nothing but the opening was sent"


def test_the_reason_of_an_imported_answer_is_shown_in_its_own_words(opened: Opened, tmp_path: Path) -> None:
    rv = Review.open(lay_out(tmp_path / "imported", ["A gum"]), reviewer="lead")
    lines = [
        ["title", "decision", "reason", "reviewer", "year"],
        ["A gum", "exclude", f"Odd {HOSTILE}", "r1"],
        ["A gum", "include", "", "r2"],
    ]
    year = str(rv.studies.report_views()[0].stands.year or "")
    with (tmp_path / "votes.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([lines[0], *([*line, year] for line in lines[1:])])
    assert rv.screening.import_decisions(tmp_path / "votes.csv", stage="title_abstract", as_="reviewers").kept == 2
    page = behind(opened, ConflictCard(rv))
    expect(page.locator(".answer .because")).to_have_text(f"“Odd {HOSTILE}”, as imported")
    assert page.title() == "Desk" and page.locator(".review-desk img, .review-desk script").count() == 0
    rv.close()


# full texts


def test_a_file_is_chosen_brought_and_stored(opened: Opened, seat: Callable[[str], Review], tmp_path: Path) -> None:
    rv, paper = seat("r2"), small_pdf("B" * 5000)
    page = behind(opened, FullTextDesk(rv))
    expect(page.locator(".left")).to_have_text("2 to find")
    first = rv.screening.to_retrieve()[0]
    for name, data in (("none.pdf", b""), ("own.pdf", paper)):
        (tmp_path / name).write_bytes(data)
        page.locator("input[type=file]").set_input_files(tmp_path / name)
        expect(page.locator(".side")).to_contain_text("none.pdf is empty." if not data else "own.pdf, 6 kB: it is stored when you say")
    page.get_by_label("Record").focus()
    page.keyboard.press("y")
    expect(page.locator(".said")).to_contain_text("Saved: retrieved, own.pdf")
    expect(page.locator(".left")).to_have_text("1 to find")
    view = next(r for r in rv.studies.report_views() if r.id == first)
    found = rv.screening.document(view)
    assert found is not None and found.read() == paper
    page.keyboard.press("n")
    expect(page.locator(".said")).to_contain_text("Say in the note what was tried")
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    expect(page.locator(".left")).to_have_text("2 to find")
    assert rv.screening.document(view) is None


def test_a_pdf_is_shown_by_the_browsers_viewer_and_let_go_again(opened: Opened, seat: Callable[[str], Review]) -> None:
    page = behind(opened, FullTextDesk(seat("r2")))
    page.get_by_role("button", name="Retrieved 1").click()
    page.locator(".results button").click()
    expect(page.get_by_role("button", name="Document")).to_be_visible()
    assert page.evaluate("sent.filter((one) => one.kind === 'document').length") == 0, "nothing of it before it is asked for"
    page.keyboard.press("d")
    shown = page.locator("object[type='application/pdf']")
    expect(shown).to_have_count(1)
    bytes_of = "async (one) => { const it = await (await fetch(one.data.split('#')[0])).blob(); return [it.type, await it.text()]; }"
    assert shown.evaluate(bytes_of) == ["application/pdf", small_pdf(script="app.alert(1)").decode()]
    address = shown.evaluate("(one) => one.data.split('#')[0]")
    page.evaluate("window.gone = []; URL.revokeObjectURL = (one) => { gone.push(one); }; null")
    page.get_by_role("button", name="Back to the record").click()
    expect(page.get_by_role("region", name="Record")).to_be_focused()
    assert page.evaluate("gone") == [address]


def test_a_hostile_page_beside_the_screening_card_is_lines(opened: Opened, tmp_path: Path) -> None:
    folder = lay_out(tmp_path, ["A trial"])
    both = [Review.open(folder, reviewer=name) for name in ("r1", "r2")]
    [report] = both[0].screening.queue("title_abstract")
    for rv in both:
        rv.screening.decide(report, stage="title_abstract", decision="include")
    both[0].screening.retrieve(report, "retrieved", file="page.html", content=HOSTILE_PAGE)
    page = behind(opened, ScreeningCard(both[0], stage="full_text"))
    expect(page.get_by_role("button", name="Document")).to_be_visible()
    page.keyboard.press("d")
    text = page.get_by_role("region", name="Text of the document")
    expect(text.get_by_role("heading", name="A trial of spit")).to_be_visible()
    expect(text).to_contain_text("Adults <b>only</b>.")
    assert page.title() == "Desk" and text.locator("b, img, script, iframe").count() == 0
    page.keyboard.press("m")
    page.keyboard.press("i")
    expect(page.locator(".said")).to_contain_text("Refused: not every criterion has been judged")
    page.keyboard.press("d")
    expect(page.get_by_role("region", name="Record")).to_be_visible()


# all of them


# what stands on a card as soon as the kernel has answered
CAME = {"conflicts": ".answer", "full texts": ".results button", "start": ".choices button"}


def make(seat: Callable[[str], Review], what: str) -> Card:
    cards: dict[str, Callable[[], Card]] = {
        "conflicts": lambda: ConflictCard(seat("r1")),
        "full texts": lambda: FullTextDesk(seat("r2")),
        "start": lambda: Start(seat("r1"), lambda what: None),
    }
    return cards[what]()


@pytest.mark.parametrize(
    ("what", "wide", "high", "scheme"), [*((w, *v) for w in ("conflicts", "full texts") for v in VIEWS), ("start", *VIEWS[1])]
)
def test_it_fits_and_can_be_read_by_everybody(
    opened: Opened, seat: Callable[[str], Review], axe: str, what: str, wide: int, high: int, scheme: str
) -> None:
    page = behind(opened, make(seat, what), wide=wide, high=high, scheme=scheme)
    expect(page.locator(CAME[what]).first).to_be_visible()
    assert violations(page, axe) == []
    for width in (wide, 320):
        page.set_viewport_size({"width": width, "height": high})
        assert page.evaluate(WIDER_THAN_IT_SHOWS) == [], width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("[...document.querySelectorAll('button')].every((b) => !b.offsetHeight || b.offsetHeight >= 32)")


@pytest.mark.parametrize(
    ("what", "reached"),
    [
        ("conflicts", ["Include", "Exclude", "Undo", "Skip"]),
        ("full texts", ["Choose a file", "To find 2", "✓Retrieved", "Undo", "Skip"]),
        ("start", ["Title and abstract 0", "Conflicts 2", "Full texts to find 2", "Full text 0"]),
    ],
)
def test_everything_is_reached_by_tab(opened: Opened, seat: Callable[[str], Review], what: str, reached: list[str]) -> None:
    page = behind(opened, make(seat, what))
    expect(page.locator(CAME[what]).first).to_be_visible()
    seen = list(walk(page))
    assert [one for one in reached if not any(found.startswith(one) for found in seen)] == []


def test_the_first_page_hands_on_what_was_chosen(opened: Opened, seat: Callable[[str], Review]) -> None:
    chosen: list[str] = []
    page = behind(opened, Start(seat("lead"), chosen.append))
    expect(page.get_by_role("button", name="Conflicts 2")).to_be_visible()
    expect(page.get_by_role("button", name="Title and abstract")).to_have_count(0)  # the lead does not screen
    page.get_by_role("button", name="Conflicts 2").click()
    expect(page.get_by_role("button", name="Conflicts 2")).to_have_attribute("aria-pressed", "true")
    assert chosen == ["conflicts"]


def test_the_same_record_at_the_other_stage_is_shown_anew_and_never_resolved_unseen(opened: Opened, tmp_path: Path) -> None:
    folder = lay_out(tmp_path, ["A trial"])
    lead, *both = [Review.open(folder, reviewer=name) for name in ("lead", "r1", "r2")]
    [report] = both[0].screening.queue("title_abstract")
    for rv, decision in zip(both, ("include", "exclude"), strict=True):
        rv.screening.decide(report, stage="title_abstract", decision=decision)
    page = behind(opened, ConflictCard(lead))
    expect(page.locator(".left")).to_have_text("1 of 1 left")
    page.keyboard.press("i")
    expect(page.locator(".said")).to_contain_text("Saved: include")
    both[0].screening.retrieve(report, "retrieved")
    for rv, reason in zip(both, ("P1", "S1"), strict=True):
        rv.screening.decide(report, stage="full_text", decision="exclude", reason=reason)
    page.evaluate("leave(), start()")
    expect(page.get_by_role("heading", name="Full text: both exclude; which reason counts?")).to_be_visible()
    page.get_by_label("Note").fill("Of the full text.")
    page.get_by_label("Record").focus()
    page.keyboard.press("z")
    expect(page.locator(".said")).to_contain_text("Undone")
    expect(page.get_by_role("heading", name="Title and abstract: include or exclude?")).to_be_visible()
    assert sorted(page.locator(".answer .says").all_inner_texts()) == ["✓ Include", "✕ Exclude"]
    expect(page.get_by_label("Note")).to_have_value("")
    for rv in (lead, *both):
        rv.close()


def test_a_view_that_leaves_lets_go_of_its_document(opened: Opened, seat: Callable[[str], Review]) -> None:
    page = behind(opened, FullTextDesk(seat("r2")))
    page.get_by_role("button", name="Retrieved 1").click()
    page.locator(".results button").click()
    page.get_by_role("button", name="Document").click()
    shown = page.locator("object[type='application/pdf']")
    expect(shown).to_have_count(1)
    address = shown.evaluate("(one) => one.data.split('#')[0]")
    page.evaluate("window.gone = []; URL.revokeObjectURL = (one) => { gone.push(one); }; leave(); null")
    assert page.evaluate("gone") == [address]


def test_the_first_page_asks_by_itself_while_it_is_looked_at_and_stops_when_it_leaves(opened: Opened, tmp_path: Path) -> None:
    folder = lay_out(tmp_path, ["A trial", "Another trial"])
    r1, r2 = (Review.open(folder, reviewer=name) for name in ("r1", "r2"))
    page = behind(opened, Start(r1, lambda what: None), clock=True)
    expect(page.get_by_role("button", name="Full texts to find")).to_contain_text("0")
    for rv in (r1, r2):
        rv.screening.decide(r1.studies.report_views()[0].id, stage="title_abstract", decision="include")
    page.clock.run_for(16_000)
    expect(page.get_by_role("button", name="Full texts to find")).to_contain_text("1")
    asked = page.evaluate("leave(), sent.length")
    page.clock.run_for(60_000)
    assert page.evaluate("sent.length") == asked
    for rv in (r1, r2):
        rv.close()


def test_the_mouse_over_the_first_page_counts_nothing_twice(opened: Opened, seat: Callable[[str], Review]) -> None:
    page = behind(opened, Start(seat("lead"), lambda what: None))
    expect(page.get_by_role("button", name="Conflicts 2")).to_be_visible()
    page.evaluate("const then = performance.now(); performance.now = () => then; leave(), start()")
    expect(page.get_by_role("button", name="Conflicts 2")).to_be_visible()
    for _ in range(3):
        page.mouse.move(200, 40)
        page.mouse.move(200, 800)
    page.get_by_role("button").first.focus()
    assert page.evaluate("sent.length") == 2, "only the openings"
    page.evaluate("const later = performance.now() + 6000; performance.now = () => later; null")
    page.mouse.move(200, 40)
    page.wait_for_function("sent.length === 3")
