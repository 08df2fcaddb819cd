"""The cards where they are used: r1 in JupyterLab, r2 and the lead by `review desk`, on one review and at the same time."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from review import Review
from tests.browser.desk_page import walk
from tests.browser.jupyter import WAITS, Served, notebook, open_in_lab, restart_by_request, restart_kernel, run_all
from tests.desk.files import small_pdf
from tests.desk.reviews import import_trials, lay_out, trial
from tests.structure.tree import ROOT

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=\"window.broken=1\"><script>window.broken=1</script><svg onload='window.broken=1'> & \\u003cb\\u003e"
TRIALS = ("Pilocarpine for a dry mouth", f"Gum {HOSTILE}", "Bethanechol in adults", "A survey of dentists", "Cevimeline and saliva")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A review of five trials, with a notebook for r1 and the page that `review desk` shows."""
    folder = lay_out(tmp_path / "review", [])
    import_trials(folder, [trial(n, title, f"Adults were given a medicine. {HOSTILE}") for n, title in enumerate(TRIALS)])
    (folder / "notebooks").mkdir()
    shutil.copy(ROOT / "notebooks" / "01_desk.ipynb", folder / "notebooks")
    notebook(folder / "r1.ipynb", "r1")
    return folder


def card_of(page: Page, label: str = "Screening card") -> Locator:
    """The card of that name, with its record on show and the focus in it."""
    card = page.locator(f'.review-desk[aria-label="{label}"]')
    expect(card.locator(".left")).not_to_be_empty()
    card.locator(".record").click()
    return card


def chosen(page: Page, what: str, label: str = "Screening card") -> Locator:
    """The card that the first page shows for *what*."""
    page.get_by_role("button", name=what, exact=True).click()
    return card_of(page, label)


def violations(page: Page, axe: str) -> list[tuple[str, str]]:
    """What axe-core finds in the cards; it comes by evaluation, since the server's own rules let no other script in."""
    page.evaluate(axe)
    found = page.evaluate("axe.run('.review-desk', { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })")
    return [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]]


def press(page: Page, *keys: str) -> None:
    """Presses keys on the card, after the moment that each record must be on show."""
    page.wait_for_timeout(300)
    for key in keys:
        page.keyboard.press(key)


def decide(page: Page, card: Locator, *keys: str, said: str) -> None:
    """Decides the record on show, and waits for the next."""
    left = card.locator(".left")
    before = left.inner_text()
    press(page, *keys)
    expect(card.locator(".said [role=status]")).to_have_text(said)
    expect(left).not_to_have_text(before)


@pytest.mark.soak  # a minute and three servers
def test_two_screen_apart_a_third_ends_their_conflicts_and_nothing_is_lost_or_doubled(
    folder: Path, serve: Served, person: Callable[[], Page], axe: str
) -> None:
    lab, desk, third = serve("lab", "r1"), serve("desk", "r2"), serve("desk", "lead")
    one, two, lead = person(), person(), person()
    open_in_lab(one, lab(), "r1.ipynb")
    two.goto(desk())
    card = card_of(one)
    expect(card).to_contain_text("5 left")
    press(one, "d", "d", "x", "a")
    expect(card).to_contain_text("5 left")  # the notebook has heard none of these: each would have changed its cells
    assert one.locator(".jp-Notebook .jp-Cell").count() == 2
    expect(one.locator(".jp-toast-message")).to_have_count(0)  # nobody is asked whether news should be fetched
    decide(one, card, "i", said="Saved: include")
    decide(one, card, "t", "w", "h", "y", "Escape", "u", said="Saved: unsure")

    other = chosen(two, "Title and abstract 5")
    expect(other).to_contain_text("5 left")
    for page in (one, two):
        assert violations(page, axe) == []
    other.locator(".record").click()
    for _ in TRIALS:
        decide(two, other, "e", "1", said="Saved: exclude")
    expect(other).to_contain_text("Nothing waits for you at title and abstract.")
    assert "r1" not in other.inner_text()

    page_comes_back_after_a_reload(one, folder)
    card = card_of(one)
    expect(card).to_contain_text("2 of 5 done · 3 left")
    decide(one, card, "e", "2", said="Saved: exclude")
    the_kernel_is_restarted(one)
    card = card_of(one)
    expect(card).to_contain_text("3 of 5 done · 2 left")
    for _ in range(2):
        decide(one, card, "i", said="Saved: include")
    expect(card).to_contain_text("Nothing waits for you")

    lead.goto(third())
    conflicts = chosen(lead, "Conflicts 4", "Conflict card")
    assert violations(lead, axe) == [] and not {"r1", "r2"} & set(conflicts.inner_text().split())
    for decision in ("include", "exclude", "include", "include"):
        decide(
            lead,
            conflicts,
            decision[0],
            *(["2"] if decision == "exclude" else []),
            said=f"Saved: {decision}" + " (I1)" * (decision == "exclude"),
        )
    assert [page.evaluate("window.broken") for page in (one, two, lead)] == [None] * 3, "no script of a record ran"
    the_ledger_holds_each_decision_once(folder)


def page_comes_back_after_a_reload(page: Page, folder: Path) -> None:
    """Saved and loaded again, with the kernel alive; what was saved holds nothing of a record or of a decision."""
    page.keyboard.press("Control+s")
    saved = folder / "r1.ipynb"
    for _ in range(WAITS // 100):
        if "widget-view" in saved.read_text(encoding="utf-8"):
            break
        page.wait_for_timeout(100)
    text = saved.read_text(encoding="utf-8")
    assert "widget-view" in text
    for secret in ("Pilocarpine", "Gum", "Bethanechol", "rep:", "include", "unsure", "why"):
        assert secret not in text
    page.reload()


def the_kernel_is_restarted(page: Page) -> None:
    """The card of the dead kernel says what to do; what is pressed there is stored nowhere, and the cells run again show what stands."""
    restart_kernel(page)
    page.locator(".review-desk .record").click()
    press(page, "i")
    expect(page.locator(".review-desk .said [role=status]")).to_contain_text("run the cell again")
    page.evaluate("document.querySelector('.review-desk').dataset.dead = 'yes'")
    run_all(page)
    expect(page.locator(".review-desk[data-dead]")).to_have_count(0)


def the_ledger_holds_each_decision_once(folder: Path) -> None:
    """Five by each; they differed on what r1 did not exclude, and each of those was ended once."""
    rv = Review.open(folder)
    assert not rv.verify()
    frame = rv.screening.frame()
    own, ended = frame[frame["reviewer"] != "lead"], frame[frame["reviewer"] == "lead"]
    assert frame["live"].all() and not frame.duplicated(["reviewer", "report"]).any()
    assert Counter(own["reviewer"]) == {"r1": 5, "r2": 5}
    assert Counter(own[own["reviewer"] == "r1"]["decision"]) == {"include": 3, "unsure": 1, "exclude": 1}
    assert Counter(ended["decision"]) == {"include": 3, "exclude": 1}
    outcomes = Counter(rv.screening.standing(report, "title_abstract").outcome for report in rv.studies.report_views())
    assert outcomes == {"include": 3, "exclude": 2}
    rv.close()


@pytest.mark.soak
def test_full_texts_are_found_and_read_by_keys_alone_and_a_restart_amid_a_decision_shows_what_stands(
    folder: Path, serve: Served, person: Callable[[], Page], axe: str
) -> None:
    (folder / "notebooks").rename(folder.parent / "notebooks")
    shutil.rmtree(folder)
    lay_out(folder, TRIALS)  # found in a database, so that their documents are sought
    (folder.parent / "notebooks").rename(folder / "notebooks")
    both = [Review.open(folder, reviewer=name) for name in ("r1", "r2")]
    for rv in both:
        for report in rv.screening.queue("title_abstract"):
            rv.screening.decide(report, stage="title_abstract", decision="include")
    both[0].screening.retrieve(both[0].screening.to_retrieve()[0], "retrieved", file="paper.pdf", content=small_pdf())
    lab, desk = serve("lab", "r1"), serve("desk", "r2")
    notebook(folder / "r1.ipynb", "r1", stage="full_text")
    one, two = person(), person()

    two.goto(desk())  # r2 finds the others
    texts = chosen(two, "Full texts to find 4", "Desk of full texts")
    assert violations(two, axe) == []
    reached = list(walk(two))
    assert all(any(one.startswith(name) for one in reached) for name in ("Choose a file", "To find 4", "Skip")), reached
    for n in range(4):
        texts.locator("input[type=file]").set_input_files({"name": f"{n}.pdf", "mimeType": "application/pdf", "buffer": small_pdf(str(n))})
        expect(texts.locator(".side")).to_contain_text("it is stored when you say")
        texts.locator(".record").focus()
        press(two, "y")
        expect(texts.locator(".said [role=status]")).to_have_text(f"Saved: retrieved, {n}.pdf")
        expect(texts.locator(".left")).not_to_contain_text(f"{4 - n} to find")
    by_tab(two, "Full text 5")
    read_by_keys(two, card_of(two), axe)

    open_in_lab(one, lab(), "r1.ipynb")
    card = card_of(one)
    read_by_keys(one, card, axe)
    left = card.locator(".left").inner_text()
    assert left.startswith("1 of 5 done · 4 left")
    press(one, "e", "1")
    restart_by_request(one)
    one.reload()
    run_all(one)
    card = card_of(one)
    stands = Review.open(folder, reviewer="r1").screening.frame()
    done = ((stands["reviewer"] == "r1") & (stands["stage"] == "full_text") & stands["live"]).sum()
    expect(card).to_contain_text(f"{done} of 5 done · {5 - done} left")  # it may have been stored or not: the card knows
    for _ in range(5 - done):
        decide(one, card, "e", "1", said="Saved: exclude")
    expect(card).to_contain_text("Nothing waits for you at full text.")
    frame = Review.open(folder, reviewer="r1").screening.frame()
    own = frame[(frame["reviewer"] == "r1") & (frame["stage"] == "full_text") & frame["live"]]
    assert len(own) == own["report"].nunique() == 5
    for rv in both:
        rv.close()


def by_tab(page: Page, begins: str) -> None:
    """Goes by Tab alone to the button whose words begin so, and presses it."""
    page.evaluate("document.activeElement.blur()")
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.locator(":focus").count() and page.locator(":focus").inner_text().startswith(begins):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"no {begins} is reached by Tab")


def read_by_keys(page: Page, card: Locator, axe: str) -> None:
    """Each key of the card does what its button says; one record is excluded with its document on show, undone, and excluded again."""
    press(page, "d")
    expect(card.locator("object[type='application/pdf']")).to_have_count(1)
    assert violations(page, axe) == []
    press(page, "d", "Shift+P")
    expect(card.get_by_role("button", name="population: tint")).to_have_attribute("aria-pressed", "false")
    press(page, "Shift+P", "/")
    expect(card.get_by_role("searchbox")).to_be_focused()
    press(page, "Escape", "?")
    expect(card.get_by_role("group", name="Keys", exact=True)).to_be_visible()
    press(page, "Escape", "2", "n", "1", "m", "f", "t")
    page.keyboard.type("Not a medicine, i think")
    press(page, "Escape")
    expect(card.get_by_role("group", name="I1: A medicine is given").get_by_role("button", name="Not met")).to_have_attribute(
        "aria-pressed", "true"
    )
    decide(page, card, "e", said="Saved: exclude")
    decide(page, card, "z", said="Undone: this record waits again")
    expect(card.get_by_label("Note")).to_have_value("Not a medicine, i think")
    expect(card.get_by_role("button", name="Near miss")).to_have_attribute("aria-pressed", "true")
    title = card.get_by_role("heading", level=2)
    before = title.inner_text()
    press(page, "s")
    expect(title).not_to_have_text(before)
    press(page, "w")  # by now there is an order
    expect(card.locator(".why")).to_have_attribute("open", "")
    decide(page, card, "e", "3", said="Saved: exclude")
