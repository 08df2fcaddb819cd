"""The appraisal desk as a reviewer meets it: by keys, questions that open, paths, quotations, on a phone, hostile words."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from review import Review
from review.bias import load_tool, tool_names
from review.desk import AppraisalDesk
from review.desk.appraisal_form import shown
from tests.browser.desk_page import WIDER_THAN_IT_SHOWS, behind, page_of, violations, walk
from tests.browser.jupyter import WAITS, Served, open_in_lab, restart_kernel, run_all
from tests.desk.appraisals import LOW, PAPER, RESULT, Assessor, lay_out_appraisal, study_of
from tests.structure.tree import ROOT

pytestmark = pytest.mark.browser
Opened = Callable[..., Page]

HOSTILE = '<img src=x onerror="document.title=\'broken\'"><script>document.title="broken"</script>&lt;b&gt;'
TITLES = {f"Pilocarpine {HOSTILE}": "randomised-trial", "Gum, one group": "single-arm-trial"}
TITLE = next(iter(TITLES))
VIEWS = [pytest.param(1280, 900, "light", marks=pytest.mark.soak), (390, 844, "dark")]


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out_appraisal(tmp_path_factory.mktemp("appraisal") / "review", titles=TITLES, paper=f"{PAPER}{HOSTILE} was given.\n")


@pytest.fixture
def folder(laid_out: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(laid_out, tmp_path / "review"))


def said(page: Page) -> Any:
    """What the card says under the form."""
    return expect(page.locator(".said [role=status]"))


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def with_form(opened: Opened, rv: Review, **view: Any) -> Page:
    """The desk with a form begun, by way of the list."""
    page = behind(opened, AppraisalDesk(rv), **view)
    page.get_by_role("button", name="Doe0 2020").click()
    page.get_by_role("button", name="Salivary flow", exact=True).click()
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", name="D1 Randomisation")).to_be_visible()
    return page


def typed(page: Page, question: str, words: str) -> None:
    """Waits until what was typed has gone into the draft by itself, and is stored."""
    page.wait_for_function("([at, words]) => sent.some((one) => one.form?.support[at]?.text === words)", arg=[question, words])
    said(page).to_have_text("Draft saved")


def draft(rv: Review) -> Any:
    """What is stored of the form that was begun."""
    return rv.bias.drafts(next(s for s in rv.studies.views() if s.id == study_of(rv, TITLE)))[0]


def untouched(page: Page) -> bool:
    """Nothing of a hostile text became markup, or ran."""
    return page.title() == "Desk" and page.locator(".review-desk img, .review-desk script").count() == 0


def test_a_result_is_assessed_from_the_list_to_the_end_by_keys_alone(opened: Opened, seat: Callable[[str], Review]) -> None:
    rv = seat("r1")
    page = behind(opened, AppraisalDesk(rv))
    expect(page.locator(".left")).to_have_text("2 left")
    for name in ("Doe0 2020", "Salivary flow", "Begin"):
        expect(page.get_by_role("button", name=name).first).to_be_visible()
        for _ in range(40):
            press(page, "Tab")
            if page.locator(":focus").inner_text().startswith(name):
                break
        press(page, "Enter")
    expect(page.get_by_role("heading", name="D1 Randomisation")).to_be_visible()
    press(page, "y", "y", "n")  # without waiting: none of them is lost
    expect(page.locator(".path")).to_have_text("1.1 Yes1.2 Yes1.3 No+Low")
    expect(page.locator(".leg .because")).to_have_text("allocation was concealed and nothing speaks against it")
    for keys in ("nny", "y", "nnn", "ynn"):
        press(page, "ArrowRight", *keys)
    press(page, "ArrowRight")
    expect(page.locator(".judgement-said")).to_contain_text("Proposed: +Low")
    said(page).to_have_text("Draft saved")
    assert draft(rv).answers == LOW
    press(page, "Shift+S")
    said(page).to_have_text("Submitted")
    expect(page.locator(".left")).to_have_text("1 left")
    assert rv.bias.own(next(s for s in rv.studies.views() if s.id == study_of(rv, TITLE)))[0].overall == "Low"
    assert untouched(page)


def test_questions_open_and_close_and_what_is_asked_no_more_is_kept_aside(opened: Opened, seat: Callable[[str], Review]) -> None:
    rv = seat("r1")
    page = with_form(opened, rv)
    press(page, "ArrowRight")
    asked = page.locator(".questions > li:not([hidden]) .asks b")
    expect(asked).to_have_text(["2.1", "2.2", "2.6"])
    press(page, "n", "i")
    expect(asked).to_have_text(["2.1", "2.2", "2.3", "2.6"])
    expect(page.locator("li[data-here] .asks b")).to_have_text("2.3")
    expect(page.locator("li[data-here]")).to_contain_text("Asked since 2.2 No information")
    press(page, "p", "y")
    expect(page.locator(".path").first).to_have_text("2.1 No2.2 No information2.3 Probably yes2.4 Yes2.5 ?")
    press(page, "ArrowUp", "ArrowUp", "ArrowUp", "n")
    expect(asked).to_have_text(["2.1", "2.2", "2.6"])
    expect(page.locator(".aside")).to_have_text("No longer asked, kept aside: 2.3 Probably yes; 2.4 Yes")
    said(page).to_have_text("Draft saved")
    assert draft(rv).answers == {"2.1": "N", "2.2": "N"} and draft(rv).aside == {"2.3": "PY", "2.4": "Y"}
    press(page, "z")
    expect(asked).to_have_text(["2.1", "2.2", "2.3", "2.4", "2.5", "2.6"])
    press(page, "Shift+S")
    said(page).to_contain_text("Still open: 1.1, 1.2, 1.3, 2.5")
    expect(page.get_by_role("heading", name="D1 Randomisation")).to_be_visible()


def test_a_sentence_is_quoted_by_keys_by_pointing_and_by_marking_with_the_mouse(opened: Opened, seat: Callable[[str], Review]) -> None:
    rv = seat("r1")
    page = with_form(opened, rv)
    page.get_by_role("button", name="paper.txt").click()
    options = page.get_by_role("option")
    expect(options).to_have_count(7)
    page.locator(".side").focus()
    press(page, "c", "ArrowDown", "ArrowDown", "Shift+ArrowDown", "Enter")
    quoted = page.get_by_label("Quotation for 1.1", exact=True)
    expect(quoted).to_have_value(
        "Sealed envelopes were opened after consent was given. Tablets looked and tasted alike in both arms, and nobody knew who had which."
    )
    expect(page.get_by_label("Where the quotation for 1.1 stands")).to_have_value("paper.txt, lines 3-4")
    press(page, "y", "c")
    said(page).to_contain_text("Choose the sentence for 1.2")
    options.nth(1).click()
    expect(page.get_by_label("Quotation for 1.2", exact=True)).to_have_value("People were allocated by a list drawn by computer.")
    press(page, "n", "c")
    page.evaluate(
        "getSelection().setBaseAndExtent(...[15, 42].flatMap((at) => [document.querySelectorAll('[role=option]')[4].firstChild, at]))"
    )
    options.nth(4).dispatch_event("click")
    expect(page.get_by_label("Quotation for 1.3", exact=True)).to_have_value("118 were measured at week 1")
    press(page, "i", "t")
    page.keyboard.type(f"Words {HOSTILE}")
    typed(page, "1.3", f"Words {HOSTILE}")
    press(page, "Escape", "c")
    options.nth(6).click()
    said(page).to_have_text("Draft saved")
    kept = draft(rv).support
    assert kept["1.1"].lines == (3, 4) and kept["1.2"].lines == (3, 3) and kept["1.3"].location == "paper.txt, line 6"
    assert kept["1.3"].text == f"Words {HOSTILE}" and kept["1.3"].quotation == f"{HOSTILE} was given."
    assert untouched(page)


def test_the_proposal_is_overridden_with_a_reason_only_and_a_direction_is_stated(opened: Opened, seat: Callable[[str], Review]) -> None:
    rv = seat("r1")
    page = with_form(opened, rv)
    press(page, "o")
    said(page).to_contain_text("Answer the open questions first")
    press(page, "y", "i", "n", "o")
    expect(page.locator(".judging .hint")).to_contain_text("Proposed: Some concerns")
    press(page, "3", "Enter")
    expect(page.locator(".judging .hint")).to_have_text("Say why it is High and not Some concerns.")
    page.keyboard.type(f"Broken seals {HOSTILE}")
    press(page, "Enter")
    expect(page.locator(".judgement-said")).to_contain_text(f"You judge: xHigh because: Broken seals {HOSTILE}")
    press(page, "v", "1")
    expect(page.locator(".judgement-said")).to_contain_text("Direction: favours experimental")
    said(page).to_have_text("Draft saved")
    assert draft(rv).judgements == {"D1": "High"} and draft(rv).directions == {"D1": "favours experimental"}
    press(page, "ArrowUp", "n")  # 1.2: now the rules propose High themselves
    expect(page.locator(".judgement-said")).not_to_contain_text("You judge")
    said(page).to_have_text("Draft saved")
    assert draft(rv).judgements == {} and untouched(page)


def test_what_was_typed_is_there_after_the_page_came_again(opened: Opened, seat: Callable[[str], Review], folder: Path) -> None:
    page = with_form(opened, seat("r1"))
    press(page, "y", "t")
    page.keyboard.type("By a list.")
    typed(page, "1.2", "By a list.")
    page.evaluate("leave(); start()")
    expect(page.locator("li").filter(has_text="1.2").get_by_label("Support for 1.2")).to_have_value("By a list.")
    expect(page.get_by_role("button", name="Yes", pressed=True)).to_have_count(1)
    page.close()
    later = behind(opened, AppraisalDesk(Review.open(folder, reviewer="r1")))  # another kernel: from the list on
    later.get_by_role("button", name="Draft").click()
    expect(later.get_by_label("Support for 1.2")).to_have_value("By a list.")


def test_without_an_answer_of_the_kernel_it_is_not_said_to_be_saved_and_sent_again_it_is_the_same(
    opened: Opened, seat: Callable[[str], Review]
) -> None:
    rv = seat("r1")
    card = AppraisalDesk(rv)
    list(card.answers({"kind": "open", "token": "the-opening"}))
    begun = {"kind": "begin", "token": "the-beginning", "study": study_of(rv, TITLE), **RESULT}
    shown_by = list(card.answers(begun))[1]
    page = opened(page_of(card, confirm_after=60, lost_after=120), clock=True)
    page.evaluate("start()")
    for answer in ({"kind": "opening", "stage": "Risk of bias", "reviewer": "r1"}, shown_by):
        page.evaluate("(one) => hear({ ...one, token: sent[0].token })", answer)
    expect(page.get_by_role("heading", name="D1 Randomisation")).to_be_visible()
    press(page, "y", "y")
    page.clock.run_for(61_000)
    said(page).to_have_text("Not confirmed yet")
    page.clock.run_for(60_000)
    said(page).to_contain_text("run the cell again")
    press(page, "r")
    keeps = page.evaluate("sent.filter((one) => one.kind === 'keep')")
    assert len(keeps) == 2 and keeps[0] == keeps[1] and keeps[0]["form"]["answers"] == {"1.1": "Y"}
    page.evaluate("(one) => hear({ kind: 'refused', token: one.token, message: 'the disk is full.' })", keeps[0])
    said(page).to_have_text("Saving")  # what was pressed meanwhile is tried at once
    last = page.evaluate("sent.at(-1)")
    assert last["form"]["answers"] == {"1.1": "Y", "1.2": "Y"} and last["token"] != keeps[0]["token"]
    [kept] = card.answers(last)
    page.evaluate("(one) => hear(one)", kept)
    said(page).to_have_text("Draft saved")
    expect(page.locator(".path")).to_have_text("1.1 Yes1.2 Yes1.3 ?")


def test_two_who_differ_are_settled_by_one_key_a_question(opened: Opened, seat: Callable[[str], Review], folder: Path) -> None:
    for name, answers in (("r1", {**LOW, "1.2": "NI"}), ("r2", {**LOW, "2.1": "PY", "2.3": "N"})):
        desk = Assessor(folder, name)
        desk.begin(TITLE)
        worse = {"judgements": {"overall": "High"}, "override": {"overall": "So near to harm."}} if name == "r1" else {}
        desk.of_form(
            "submit", answers=answers, support={"1.2": {"text": f"{name} {HOSTILE}"[3:], "quotation": "", "location": ""}}, **worse
        )
    rv = seat("lead")
    page = behind(opened, AppraisalDesk(rv))
    page.get_by_role("button", name="Two judged differently").click()
    expect(page.locator("li[data-differs] .asks b")).to_have_text(["1.2"])
    expect(page.locator("li[data-here] .saying")).to_have_count(2)
    press(page, "Shift+S")
    said(page).to_contain_text("Not settled yet: 1.2, 2.1")
    page.get_by_role("button", name="Take what one says on 1.2").click()
    taken = page.locator("li[data-differs] .saying b").first.inner_text()
    expect(page.locator("li[data-differs]").get_by_role("button", name=taken, pressed=True)).to_have_count(1)
    expect(page.locator(".path")).to_contain_text("1.2")
    press(page, "ArrowRight", "n")  # 2.1, by an answer of one's own
    expect(page.get_by_role("button", name="D2 Departures from intervention: Low")).to_be_visible()
    press(page, *["ArrowRight"] * 4)
    expect(page.locator(".judgement-said")).to_contain_text("High because: So near to harm.")
    press(page, "Shift+S")
    page.keyboard.type("Read again.")
    press(page, "Enter")
    said(page).to_have_text("Settled")
    expect(page.get_by_role("button", name="Two judged differently")).to_have_count(0)
    assert rv.bias.frame()["status"].tolist() == ["consensus"]
    assert not {"r1", "r2"} & set(page.locator(".body").inner_text().split()) and untouched(page)


@pytest.mark.parametrize(("wide", "high", "scheme"), VIEWS)
def test_it_can_be_read_and_reached_at_every_width_and_in_the_dark(
    opened: Opened, seat: Callable[[str], Review], axe: str, wide: int, high: int, scheme: str
) -> None:
    page = behind(opened, AppraisalDesk(seat("r1")), wide=wide, high=high, scheme=scheme)
    page.get_by_role("button", name="Doe1 2021").click()
    page.get_by_text("Not for this design").click()
    expect(page.locator(".refused")).to_contain_text("one arm only")
    assert violations(page, axe) == [] and page.evaluate(WIDER_THAN_IT_SHOWS) == []
    page.close()
    page = with_form(opened, seat("r1"), wide=wide, high=high, scheme=scheme)
    press(page, "y", "i", "n", "o")  # judged as soon as the proposal has come
    expect(page.locator(".judging .hint")).to_contain_text("Proposed: Some concerns")
    assert violations(page, axe) == [] and page.evaluate(WIDER_THAN_IT_SHOWS) == []
    press(page, "Escape")
    reached = list(walk(page))
    for name in ("D2 Departures from intervention", "Support for 1.3", "Quote", "Submit", "Not assessed", "Undo"):
        assert any(one.startswith(name) for one in reached), (name, reached)
    expect(page.locator("[role=option]").first).to_be_attached()  # what there is to quote has come; a phone shows it only then
    page.locator(".side").focus()
    press(page, "c")
    expect(page.get_by_role("listbox")).to_be_focused()
    assert violations(page, axe) == [] and page.evaluate(WIDER_THAN_IT_SHOWS) == []


def test_each_answer_has_a_key_on_its_button_that_can_be_changed(opened: Opened, seat: Callable[[str], Review]) -> None:
    rv = seat("r1")
    page = behind(opened, AppraisalDesk(rv, keys={"yes": "j"}))
    page.get_by_role("button", name="Doe0 2020").click()
    page.get_by_role("button", name="Salivary flow", exact=True).click()
    page.get_by_role("button", name="Begin").click()
    expect(page.locator("li[data-here] .option kbd")).to_have_text(["j", "p", "q", "n", "i"])
    press(page, "y")
    expect(page.locator(".option[aria-pressed=true]")).to_have_count(0)
    press(page, "j")
    expect(page.locator(".option[aria-pressed=true]")).to_have_text(["Yesj"])
    press(page, "4")  # the fourth answer of the next question
    expect(page.locator(".option[aria-pressed=true]").nth(1)).to_have_text("Non")


@pytest.mark.parametrize("draws", [2, pytest.param(40, marks=pytest.mark.soak)])
def test_the_browser_asks_the_same_questions_as_the_tool(opened: Opened, draws: int) -> None:
    """For drawn answers to every domain of every tool, allowed or not, and for preliminary facts that open questions."""
    draw, cases = random.Random(6), []
    for name in tool_names():
        tool = load_tool(name)
        facts = [fact for fact in tool.preliminary if fact.kind == "choice"]
        for effect in tool.effects or (None,):
            for domain in shown(tool, effect)["domains"]:
                for _ in range(draws):
                    given = {q["id"]: draw.choice(q["options"]) for q in domain["questions"] if draw.random() < 0.8}
                    stated = {fact.id: draw.choice(fact.options) for fact in facts if draw.random() < 0.8}
                    wanted = [q.id for q in tool.reached(domain["id"], given, effect, preliminary=stated)]
                    cases.append([domain["questions"], given, stated, wanted])
    code = (ROOT / "review" / "desk" / "appraisal_form.js").read_text(encoding="utf-8")
    page = opened("<!doctype html><title>Desk</title>")
    wrong = page.evaluate(
        """([code, cases]) => {
          const reachedIn = new Function(`${code}; return reachedIn`)();
          const ids = ([questions, given, stated]) => reachedIn(questions, given, stated).map((one) => one.id);
          return cases.filter((one) => JSON.stringify(ids(one)) !== JSON.stringify(one[3]));
        }""",
        [code, cases],
    )
    assert len(cases) > 25 * draws and wrong == []


# in JupyterLab and by `review desk`


def desk_on(page: Page) -> Any:
    """The desk of this page, when its list or its form has come."""
    desk = page.locator('.review-desk[aria-label="Appraisal desk"]')
    expect(desk.locator(".left")).not_to_be_empty()
    return desk


def begin_form(page: Page) -> None:
    """Begins the form of the first study, by its buttons."""
    desk = desk_on(page)
    for name in ("Doe0 2020", "Salivary flow", "Begin"):
        desk.get_by_role("button", name=name, exact=name != "Doe0 2020").click()
    expect(desk.get_by_role("heading", name="D1 Randomisation")).to_be_visible()


def answer_domains(page: Page, *domains: str) -> None:
    """Gives the answers of one domain after the other by their keys, from the domain on show; each is stored before the next begins."""
    desk = desk_on(page)
    desk.locator(".side").focus()
    for number, keys in enumerate(domains):
        press(page, *(["ArrowRight"] if number else []), *keys)
        expect(desk.locator(".stop[aria-current=true] .chip:not(.none)")).to_be_visible()
        expect(desk.locator(".said [role=status]")).to_have_text("Draft saved")


@pytest.mark.soak
def test_two_assess_apart_disagree_and_settle_with_a_reload_and_a_kernel_restart_between(
    folder: Path, serve: Served, person: Callable[[], Page], axe: str
) -> None:
    (folder / "notebooks").mkdir()
    for name in ("01_desk", "61_appraise"):
        shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", folder / "notebooks")
    lab, second, third = serve("lab", "r1"), serve("desk", "r2"), serve("desk", "lead")
    one, two, lead = person(), person(), person()

    open_in_lab(one, lab(), "notebooks/61_appraise.ipynb")
    begin_form(one)
    answer_domains(one, "yin", "nny")
    page_comes_back_after_a_reload(one, folder)
    expect(desk_on(one).get_by_role("heading", name="D3 Missing data")).to_be_visible()
    answer_domains(one, "y")
    restart_kernel(one)
    desk_on(one).locator(".side").focus()
    press(one, "ArrowRight", "n")
    expect(desk_on(one).locator(".said [role=status]")).to_contain_text("run the cell again")
    one.evaluate("document.querySelector('.review-desk').dataset.dead = 'yes'")
    run_all(one)
    expect(one.locator(".review-desk[data-dead]")).to_have_count(0)
    desk_on(one).get_by_role("button", name="Draft").click()
    expect(desk_on(one).get_by_role("heading", name="D4 Outcome measurement")).to_be_visible()
    answer_domains(one, "nnn", "ynn")  # what was pressed on the dead card was said not to be saved, and is not
    assert lab_violations(one, axe) == []
    press(one, "Shift+S")
    expect(desk_on(one).locator(".said [role=status]")).to_have_text("Submitted")

    two.goto(second())
    two.get_by_role("button", name="Risk of bias 2", exact=True).click()
    begin_form(two)
    assert "r1" not in desk_on(two).inner_text() and lab_violations(two, axe) == []
    answer_domains(two, "yyn", "nny", "y", "nnn", "ynn")
    press(two, "Shift+S")
    expect(desk_on(two).locator(".said [role=status]")).to_have_text("Submitted")

    lead.goto(third())
    lead.get_by_role("button", name="Risk of bias 1", exact=True).click()
    desk_on(lead).get_by_role("button", name="Two judged differently").click()
    expect(desk_on(lead).locator("li[data-differs] .asks b")).to_have_text(["1.2"])
    desk_on(lead).locator(".side").focus()
    press(lead, "f", "Shift+S")
    lead.keyboard.type("Read again.")
    press(lead, "Enter")
    expect(desk_on(lead).locator(".said [role=status]")).to_have_text("Settled")
    assert not {"r1", "r2"} & set(desk_on(lead).locator(".body").inner_text().split())
    assert [page.title() == "broken" for page in (one, two, lead)] == [False] * 3, "no script of a record ran"
    rv = Review.open(folder)
    assert not rv.verify() and rv.bias.frame()["status"].tolist() == ["consensus"]
    rv.close()


def lab_violations(page: Page, axe: str) -> list[tuple[str, str]]:
    """What axe-core finds in the desk; it comes by evaluation, since the server's own rules let no other script in."""
    page.evaluate(axe)
    found = page.evaluate("axe.run('.review-desk', { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })")
    return [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]]


def page_comes_back_after_a_reload(page: Page, folder: Path) -> None:
    """Saved and loaded again, with the kernel alive; what was saved holds nothing of a study or of a form."""
    press(page, "Control+s")
    saved = folder / "notebooks" / "61_appraise.ipynb"
    for _ in range(WAITS // 100):
        if "widget-view" in saved.read_text(encoding="utf-8"):
            break
        page.wait_for_timeout(100)
    text = saved.read_text(encoding="utf-8")
    assert "widget-view" in text
    for secret in ("Pilocarpine", "Salivary", "stu:", "Sealed", "Some concerns"):
        assert secret not in text
    page.reload()
