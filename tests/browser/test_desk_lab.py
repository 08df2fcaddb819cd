"""The screening card where it is used: r1 screens in JupyterLab, r2 by `review desk`, on one review and at the same time."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from review import Review
from tests.browser.desk_page import walk
from tests.browser.jupyter import notebook, open_in_lab, restart_kernel, run_all, served
from tests.desk.reviews import import_trials, lay_out, trial
from tests.structure.tree import ROOT

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=\"window.broken=1\"><script>window.broken=1</script><svg onload='window.broken=1'> & \\u003cb\\u003e"
ICONS = "https://cdn.jsdelivr.net/npm/@fortawesome/**"  # voila's own page asks for a font of icons, which no card uses
TRIALS = ("Pilocarpine for a dry mouth", f"Gum {HOSTILE}", "Bethanechol in adults", "A survey of dentists", "Cevimeline and saliva")
WAITS = 30_000  # milliseconds that a busy machine may take for what a person would wait a second for


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A review of five trials, with a notebook for r1 and the one that `review desk` shows."""
    folder = lay_out(tmp_path_factory.mktemp("lab") / "review", [])
    import_trials(folder, [trial(n, title, f"Adults were given a medicine. {HOSTILE}") for n, title in enumerate(TRIALS)])
    (folder / "notebooks").mkdir()
    shutil.copy(ROOT / "notebooks" / "41_screen.ipynb", folder / "notebooks")
    notebook(folder / "r1.ipynb", "r1")
    return folder


@pytest.fixture(scope="module")
def lab(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served("lab", folder, tmp_path_factory.mktemp("home"), "r1") as address:
        yield address


@pytest.fixture(scope="module")
def desk(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served("desk", folder, tmp_path_factory.mktemp("home"), "r2") as address:
        yield address


@pytest.fixture
def person(browser: Browser) -> Iterator[Callable[[], Page]]:
    """A browser of one's own for each person; it asks nobody but this machine."""
    contexts, asked = [], []

    def come() -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.route(ICONS, lambda route: route.abort())
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: dialog.accept() if dialog.type == "beforeunload" else asked.append(f"dialog {dialog.message}"))
        return page

    yield come
    for context in contexts:
        context.close()
    assert not [one for one in asked if not one.startswith(("http://127.0.0.1:", "data:", "blob:", "about:", ICONS.rstrip("*")))]


def card_of(page: Page) -> Locator:
    card = page.locator(".review-desk")
    expect(card).to_contain_text("left", timeout=3 * WAITS)
    return card


def violations(page: Page, axe: str) -> list[tuple[str, str]]:
    """What axe-core finds in the card; it comes by evaluation, since the server's own rules let no other script in."""
    page.evaluate(axe)
    found = page.evaluate("axe.run('.review-desk', { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })")
    return [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]]


def press(page: Page, *keys: str) -> None:
    """Presses keys on the card, after the moment that each record must be on show."""
    page.wait_for_timeout(300)
    for key in keys:
        page.keyboard.press(key)


def decide(page: Page, card: Locator, *keys: str, said: str) -> str:
    """Decides the record on show; gives its title."""
    title = card.get_by_role("heading", level=2).inner_text()
    press(page, *keys)
    expect(card.get_by_role("status")).to_have_text(said, timeout=WAITS)
    expect(card.get_by_role("heading", level=2).or_(card.locator("p.closed"))).not_to_have_text(title, timeout=WAITS)
    return title


def test_two_reviewers_screen_apart_and_nothing_is_lost_or_doubled(
    folder: Path, lab: str, desk: str, person: Callable[[], Page], axe: str
) -> None:
    one, two = person(), person()
    open_in_lab(one, lab, "r1.ipynb")
    two.goto(desk)
    card = card_of(one)
    card.locator(".record").click()
    expect(card).to_contain_text("5 left")
    press(one, "d", "d", "x", "a")
    expect(card).to_contain_text("5 left")  # the notebook has heard none of these: each would have changed its cells
    assert one.locator(".jp-Notebook .jp-Cell").count() == 2
    decide(one, card, "i", said="Saved: include")
    decide(one, card, "t", "w", "h", "y", "Escape", "u", said="Saved: unsure")

    other = card_of(two)
    other.locator(".record").click()
    expect(other).to_contain_text("5 left")
    for page in (one, two):
        assert violations(page, axe) == []
    assert len(list(walk(two))) > 10, "from the record on everything is reached by Tab, and the focus is seen"
    other.locator(".record").click()
    while other.locator("p.closed").count() == 0:
        decide(two, other, "e", "1", said="Saved: exclude")
    expect(other).to_contain_text("Nothing waits for you at title and abstract.")
    assert "r1" not in other.inner_text()

    page_comes_back_after_a_reload(one, folder)
    card = card_of(one)
    expect(card).to_contain_text("2 of 5 done · 3 left", timeout=WAITS)
    card.locator(".record").click()
    decide(one, card, "e", "2", said="Saved: exclude")
    the_kernel_is_restarted(one)
    card = card_of(one)
    expect(card).to_contain_text("3 of 5 done · 2 left", timeout=WAITS)
    card.locator(".record").click()
    decide(one, card, "i", said="Saved: include")
    decide(one, card, "i", said="Saved: include")
    expect(card).to_contain_text("Nothing waits for you", timeout=WAITS)
    assert [one.evaluate("window.broken"), two.evaluate("window.broken")] == [None, None], "no script of a record ran"
    the_ledger_holds_each_decision_once(folder)


def page_comes_back_after_a_reload(page: Page, folder: Path) -> None:
    """Saved and loaded again, with the kernel alive; what was saved holds nothing of a record or of a decision."""
    page.keyboard.press("Control+s")
    saved = folder / "r1.ipynb"
    for _ in range(100):
        if "widget-view" in saved.read_text(encoding="utf-8"):
            break
        page.wait_for_timeout(100)
    text = saved.read_text(encoding="utf-8")
    assert "widget-view" in text
    for secret in ("Pilocarpine", "Gum", "Bethanechol", "rep:", "include", "unsure", "why"):
        assert secret not in text
    page.reload()


def the_kernel_is_restarted(page: Page) -> None:
    """The card of the dead kernel says what to do; what was pressed there is stored nowhere, and the cells run again go on."""
    restart_kernel(page)
    page.locator(".review-desk .record").click()
    press(page, "i")
    expect(page.locator(".review-desk [role=status]").first).to_contain_text("run the cell again", timeout=WAITS)
    page.evaluate("document.querySelector('.review-desk').dataset.dead = 'yes'")
    run_all(page)
    expect(page.locator(".review-desk[data-dead]")).to_have_count(0, timeout=WAITS)


def the_ledger_holds_each_decision_once(folder: Path) -> None:
    """Five by each; they differ on what r1 did not exclude, and a third person ends it."""
    rv = Review.open(folder, reviewer="lead")
    frame = rv.screening.frame()
    assert frame["live"].all() and len(frame) == 10
    assert Counter(frame["reviewer"]) == {"r1": 5, "r2": 5} and not frame.duplicated(["reviewer", "report"]).any()
    assert Counter(frame[frame["reviewer"] == "r1"]["decision"]) == {"include": 3, "unsure": 1, "exclude": 1}
    conflicts = rv.screening.conflicts("title_abstract")
    for report in conflicts["report"]:
        rv.screening.resolve(report, stage="title_abstract", decision="include", note="Read together.")
    assert len(conflicts) >= 3 and rv.screening.conflicts("title_abstract").empty
    rv.close()
