"""The screening card as a reviewer meets it: by keyboard, by mouse, on a phone, in the dark, and with a kernel that is slow or gone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

import review.desk
from review import Review
from review.desk import ScreeningCard
from tests.browser.desk_page import kernel, page_around
from tests.desk.reviews import lay_out

pytestmark = pytest.mark.browser
Opened = Callable[..., Page]
Content = dict[str, Any]

SOURCES = Path(review.desk.__file__).parent
MODEL = """  Object.assign(window, { sent: [], heard: [], hear: (message) => [...listeners].forEach((one) => one(message)) });
  document.addEventListener("keydown", (event) => heard.push(event.key));
  const model = {
    get: (name) => settings[name],
    on: (name, one) => listeners.add(one),
    off: (name, one) => listeners.delete(one),
    send: (content) => { sent.push(content); window.kernel?.(content); },
  };
  window.listeners = listeners;
  window.start = () => {
    window.leave = card.render({ model, el: document.querySelector("#el") });
    window.told = []; // every state in words, in its order, however short it stood
    const status = document.querySelector("[role=status]");
    new MutationObserver(() => told.push(status.textContent)).observe(status, { childList: true });
  };
"""

HOSTILE = '<img src=x onerror="document.title=\'broken\'"><script>document.title="broken"</script>&lt;b&gt;'
CRITERIA = [
    {"id": "P1", "element": "P", "text": "Adults"},
    {"id": "I1", "element": "I", "text": "A medicine is given"},
    {"id": "S1", "element": "S", "text": "Two groups are compared"},
]
ABSTRACT = "A dry mouth is common and hard to treat. " * 30


def record(name: str = "one", **more: Any) -> Content:
    parts = [
        {"head": "Abstract", "remark": "", "lines": [["", ABSTRACT], ["", ABSTRACT]], "prose": True},
        {"head": "Inclusion criteria", "remark": "", "lines": [["1.", "Adults with a dry mouth"], ["–", "Consent"]], "prose": False},
        {
            "head": "Lay summary",
            "remark": "Written by the site for lay readers; no evidence.",
            "lines": [["", "We hope that it helps."]],
            "prose": True,
        },
    ]
    return {
        "report": f"rep:{name}",
        "title": f"Record {name}: pilocarpine and bethanechol for a dry mouth in adults after radiotherapy, a randomised trial",
        "cited": "One A, Two B et al. · Journal of Spit · 2024 · 3:1-9",
        "source": "Embase (database)",
        "address": "https://example.org/1",
        "identifiers": ["10.1000/spit", "NCT00000001"],
        "facts": [["Ages", "from 18 years, no upper limit"], ["Sex", "all"]],
        "warnings": [],
        "remarks": [],
        "parts": parts,
        **more,
    }


class Desk:
    """The card in a page, and a kernel that answers when the test says so."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.card, self.said = page.locator(".review-desk"), page.get_by_role("status")
        page.evaluate("start()")

    def hear(self, kind: str, **more: Any) -> None:
        """Answers what was sent last."""
        self.page.evaluate("(message) => hear({ token: sent.at(-1).token, ...message })", {"kind": kind, **more})

    def wait(self, seconds: float) -> None:
        """Puts the clock of the page on by so much, however long the test itself took until here."""
        self.page.evaluate("(ms) => { const now = performance.now.bind(performance); performance.now = () => now() + ms; }", 1000 * seconds)

    def show(self, card: Content | None, left: str = "4,312") -> None:
        self.hear("card", card=card, progress=f"{left} left" if card else "")

    def open(self, card: Content | None = None, *, reason_needed: bool = False) -> Desk:
        stage = "Full text" if reason_needed else "Title and abstract"
        self.hear("opening", stage=stage, reviewer="r1", criteria=CRITERIA, reason_needed=reason_needed)
        self.show(card or record())
        return self

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    @property
    def told(self) -> list[str]:
        """What the card said so far."""
        return self.page.evaluate("told")

    @property
    def sent(self) -> list[Content]:
        """What went to the kernel, the opening left out."""
        return self.page.evaluate("sent.slice(1)")

    def judged(self, name: str) -> Locator:
        """The judgements that are pressed on one criterion."""
        return self.page.get_by_role("group", name=name).locator("[aria-pressed=true]")


@pytest.fixture
def desk(opened: Opened) -> Callable[..., Desk]:
    def make(*, theme: str = "", confirm: float = 600, lost: float = 1200, seen: float = 0, **view: Any) -> Desk:
        settings = {"confirm_after": confirm, "lost_after": lost, "seen_after": seen, "shortcuts": ScreeningCard.SHORTCUTS}
        html = page_around(ScreeningCard._esm, (SOURCES / "desk.css").read_text(encoding="utf-8"), MODEL, settings)
        return Desk(opened(html.replace("<body>", f'<body data-jp-theme-light="{theme}">' if theme else "<body>"), **view))

    return make


Make = Callable[..., Desk]


# with the kernel's side of the card behind it


@pytest.fixture
def rv(tmp_path: Path) -> Iterator[Review]:
    found = Review.open(lay_out(tmp_path / "review", [f"First {HOSTILE}", "Second", "Third"]), reviewer="r1")
    yield found
    found.close()


def behind(desk: Desk, card: ScreeningCard) -> Desk:
    """Puts the real card where Jupyter would."""
    kernel(desk.page, lambda content: list(card.answers(content)))
    desk.page.evaluate("window.kernel = async (content) => (await answers(content)).forEach(hear)")
    desk.page.evaluate("leave(), start()")
    return desk


def test_a_queue_is_screened_by_keys_alone(desk: Make, rv: Review) -> None:
    card = behind(desk(), ScreeningCard(rv))
    title = card.page.get_by_role("heading", level=2)
    expect(card.card).to_contain_text("3 left")
    card.press("n")
    card.press("e")
    expect(card.said).to_have_text("Saved: exclude")
    expect(title).to_have_text("Second")
    card.press("t")
    card.page.keyboard.type("i e u: only words")
    card.press("Escape", "u")
    expect(card.said).to_have_text("Saved: unsure")
    expect(title).to_have_text("Third")
    card.press("e", "2")
    expect(card.said).to_have_text("Saved: exclude")
    expect(card.card).to_contain_text("Nothing waits for you at title and abstract.")
    frame = rv.screening.frame()
    assert list(frame["decision"]) == ["exclude", "unsure", "exclude"]
    assert [r if isinstance(r, str) else None for r in frame["reason"]] == ["P1", None, "I1"]
    assert frame["note"][1] == "i e u: only words"


def test_undo_brings_the_record_back_with_what_was_marked_on_it(desk: Make, rv: Review) -> None:
    card = behind(desk(), ScreeningCard(rv))
    expect(card.card).to_contain_text("3 left")
    card.press("m", "c", "t")
    card.page.keyboard.type("Half of them")
    card.press("Escape", "u")
    expect(card.page.get_by_role("heading", level=2)).to_have_text("Second")
    expect(card.page.get_by_label("Note")).to_have_value("")
    assert card.judged("P1").count() == 0
    card.press("z")
    expect(card.said).to_have_text("Undone: this record waits again")
    expect(card.card).to_contain_text("3 left")
    expect(card.judged("P1")).to_have_text("✓Metm")
    expect(card.page.get_by_label("Note")).to_have_value("Half of them")
    assert list(rv.screening.frame()["live"]) == [False]


def test_a_refusal_is_said_in_words_and_keeps_the_record_and_its_marks(desk: Make, rv: Review) -> None:
    card = behind(desk(), ScreeningCard(rv))
    expect(card.card).to_contain_text("3 left")
    card.press("n", "i")
    expect(card.said).to_have_text(
        "Refused: the judgements lead to 'exclude', not 'include'. Next: say why in a note, or change the judgements."
    )
    expect(card.judged("P1")).to_have_count(1)
    card.press("e")
    expect(card.said).to_have_text("Saved: exclude")


def test_markup_in_a_record_is_text(desk: Make, rv: Review) -> None:
    card = behind(desk(), ScreeningCard(rv))
    expect(card.page.get_by_role("heading", level=2)).to_have_text(f"First {HOSTILE}")
    assert card.page.title() == "Desk"
    assert card.card.locator("img, script, b:not(.reasons b)").count() == 0


# states in words


def test_what_a_decision_says_on_its_way(desk: Make) -> None:
    card = desk(confirm=0.2, lost=0.6).open()
    card.page.evaluate("told.length = 0")
    card.press("i")
    expect(card.said).to_have_text("Not confirmed yet: run the cell again")
    expect(card.card).to_have_attribute("data-state", "lost")
    card.hear("saved", event="e1")
    expect(card.said).to_have_text("Saved: include")
    assert card.told == ["Saving", "Not confirmed yet", "Not confirmed yet: run the cell again", "Saved: include"]
    expect(card.page.get_by_role("button", name="Send again")).to_be_hidden()
    card.show(record("two"))
    expect(card.page.get_by_role("heading", level=2)).to_contain_text("Record two")


def test_sent_again_it_is_the_same_key_press(desk: Make) -> None:
    card = desk(confirm=0.1).open()
    card.press("i")
    again = card.page.get_by_role("button", name="Send again")
    expect(again).to_be_visible()
    card.press("r")
    expect(again).to_be_visible()
    again.click()
    first, second, third = card.sent
    assert first == second == third and len(first["token"]) == 36
    assert card.told.count("Saving") == 3


def test_while_one_is_on_its_way_no_key_decides_another(desk: Make) -> None:
    card = desk().open()
    card.press("i", "i", "u", "e", "s", "z", "m")
    assert [message["kind"] for message in card.sent] == ["decide"]
    expect(card.page.get_by_role("button", name="Include")).to_have_attribute("aria-disabled", "true")
    card.hear("saved", event="e1")
    card.press("i")
    assert len(card.sent) == 1, "stored, but the next record is not on show yet"
    card.show(record("two"))
    card.press("i")
    assert [message["report"] for message in card.sent] == ["rep:one", "rep:two"]


def test_a_key_pressed_twice_does_not_decide_what_has_only_just_come_up(desk: Make) -> None:
    card = desk(seen=600).open()
    card.press("i")
    assert card.sent == []
    expect(card.said).to_have_text("Not taken: this record has only just come up")
    card.wait(601)
    card.press("i")
    assert len(card.sent) == 1


def test_a_held_key_is_one_key(desk: Make) -> None:
    card = desk().open()
    for _ in range(3):
        card.page.keyboard.down("m")
    card.page.keyboard.up("m")
    assert card.judged("P1").count() == 1 and card.judged("I1").count() == 0


def test_a_kernel_that_is_gone_when_the_card_opens(desk: Make) -> None:
    card = desk(confirm=0.1, lost=0.3)
    expect(card.said).to_have_text("No answer yet: run the cell again")


def test_stored_but_no_next_record(desk: Make) -> None:
    card = desk(lost=0.3).open()
    card.press("i")
    card.hear("saved", event="e1")
    expect(card.said).to_have_text("Saved, but no next record came: run the cell again")


def test_an_answer_to_another_view_shows_its_record_and_frees_no_key(desk: Make) -> None:
    card = desk().open()
    card.press("m", "i")
    card.hear("opening", token="of-another", stage="Title and abstract", reviewer="r1", criteria=CRITERIA, reason_needed=False)
    assert card.judged("P1").count() == 1, "what is marked here stays"
    for answer in ({"kind": "saved", "event": "e1"}, {"kind": "card", "card": record("two"), "progress": "2 left"}):
        card.hear(**answer, token="of-another")
    expect(card.page.get_by_role("heading", level=2)).to_contain_text("Record two")
    expect(card.said).to_have_text("Saving")
    card.press("u")
    assert len(card.sent) == 1


def test_what_is_skipped_keeps_its_marks_and_the_only_one_says_so(desk: Make) -> None:
    card = desk().open()
    card.press("c", "s")
    card.show(record("two"))
    expect(card.said).to_have_text("Skipped: it comes again at the end")
    assert card.judged("P1").count() == 0
    card.press("s")
    card.show(record("two"))
    expect(card.said).to_have_text("It is the only one left")
    card.press("i")
    card.hear("saved", event="e1")
    card.show(record())
    expect(card.judged("P1")).to_have_text("?Unclearc")


def test_who_may_not_screen_is_told_how(desk: Make) -> None:
    card = desk()
    card.hear("closed", message='This card needs to know who decides. Set reviewer to "r1".')
    expect(card.card).to_contain_text('Set reviewer to "r1"')
    expect(card.page.get_by_role("button")).to_have_count(0)


# judgements and reasons


def test_one_key_judges_and_goes_on_to_the_next_criterion(desk: Make) -> None:
    card = desk().open()
    card.press("m", "c", "n", "i")
    assert card.sent[0]["judgements"] == {"P1": "met", "I1": "unclear", "S1": "not_met"}
    assert card.sent[0]["decision"] == "include" and card.sent[0]["reason"] is None


def test_a_digit_goes_to_a_criterion_and_the_same_key_again_takes_it_back(desk: Make) -> None:
    card = desk().open()
    card.press("2", "n", "2", "n", "3", "m", "u")
    assert card.sent[0]["judgements"] == {"S1": "met"}


def test_the_mouse_does_what_the_keys_do(desk: Make) -> None:
    card = desk().open()
    card.page.get_by_role("group", name="I1").get_by_role("button", name="Unclear").click()
    card.page.get_by_role("button", name="Exclude").click()
    card.page.get_by_role("group", name="Reason of the exclusion").get_by_role("button", name="S1").click()
    assert [(m["decision"], m["reason"], m["judgements"]) for m in card.sent] == [("exclude", "S1", {"I1": "unclear"})]


def test_exclude_asks_for_the_reason_and_takes_a_digit_or_none(desk: Make) -> None:
    card = desk().open()
    sheet = card.page.get_by_role("group", name="Reason of the exclusion")
    card.press("e")
    expect(sheet).to_be_visible()
    expect(sheet.get_by_role("button", name="P1 Adults")).to_be_focused()
    card.press("Escape")
    expect(sheet).to_be_hidden()
    expect(card.page.get_by_role("region", name="Record")).to_be_focused()
    assert card.sent == []
    card.press("e", "9")
    expect(sheet).to_be_visible()
    card.press("e")
    assert [(m["decision"], m["reason"]) for m in card.sent] == [("exclude", None)]


def test_at_full_text_no_exclusion_goes_without_a_reason(desk: Make) -> None:
    card = desk().open(reason_needed=True)
    card.press("e", "e")
    expect(card.page.get_by_role("button", name="Without a reason")).to_have_count(0)
    assert card.sent == []
    card.press("3")
    assert [(m["decision"], m["reason"]) for m in card.sent] == [("exclude", "S1")]


def test_a_criterion_that_is_not_met_is_the_reason(desk: Make) -> None:
    card = desk().open(reason_needed=True)
    card.press("2", "n", "e")
    assert [(m["decision"], m["reason"], m["judgements"]) for m in card.sent] == [("exclude", None, {"I1": "not_met"})]


# keys, focus, hearing


def test_the_notebook_hears_no_key_of_the_card_but_its_own_shortcuts(desk: Make) -> None:
    card = desk().open()
    card.press("m", "d", "d", "Enter", "ArrowDown", "t", "x", "Escape", "Control+s")
    assert card.page.evaluate("heard") == ["Control", "s"]


def test_keys_outside_the_card_do_nothing(desk: Make) -> None:
    card = desk().open()
    card.page.evaluate("document.activeElement.blur()")
    card.press("i")
    assert card.sent == []
    card.card.locator("header").click()
    card.press("i")
    assert len(card.sent) == 1, "a click anywhere on the card gives it the keys"


def test_everything_is_reached_by_tab_and_the_focus_is_seen(desk: Make) -> None:
    card = desk().open()
    seen = []
    for _ in range(30):
        here = card.page.locator(":focus")
        seen.append(here.evaluate("(one) => one.textContent.slice(0, 12) || one.tagName"))
        assert here.evaluate("(one) => getComputedStyle(one).outline").endswith("solid 2px"), seen[-1]
        card.press("Tab")
        if card.page.evaluate("document.activeElement === document.body"):
            break
    assert seen[0].startswith("Record one") and seen[-2:] == ["Undoz", "Skips"]
    assert len([one for one in seen if one.startswith("✓Met")]) == 3 and "TEXTAREA" in seen


def test_each_key_is_written_on_its_button_and_told_to_those_who_hear(desk: Make) -> None:
    card = desk().open()
    for name, key in {"Include": "i", "Exclude": "e", "Unsure": "u", "Undo": "z", "Skip": "s"}.items():
        button = card.page.get_by_role("button", name=name, exact=True)
        expect(button.locator("kbd")).to_have_text(key)
        expect(button).to_have_attribute("aria-keyshortcuts", key)
    card.press("m")
    expect(card.page.get_by_role("log")).to_have_text("P1 met. Now I1.")
    card.press("i")
    card.hear("saved", event="e1")
    card.show(record("two"), left="9")
    expect(card.page.get_by_role("log")).to_contain_text(re.compile(r"^Record two.* 9 left\.$"))
    expect(card.said).to_have_text("Saved: include")


def test_a_link_leads_to_the_web_and_nowhere_else(desk: Make) -> None:
    card = desk().open()
    link = card.page.get_by_role("link", name="Open the source")
    expect(link).to_have_attribute("href", "https://example.org/1")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    for number, address in enumerate(("javascript:alert(1)", "data:text/html,x", "www.example.org", "https://", "")):
        card.press("s")
        card.show(record(f"no-{number}", address=address))
        expect(card.page.get_by_role("heading", level=2)).to_contain_text(f"no-{number}")
        expect(card.page.get_by_role("link")).to_have_count(0)


def test_a_view_that_is_closed_listens_no_more(desk: Make) -> None:
    card = desk(clock=True).open()
    card.press("i")
    expect(card.said).to_have_text("Saving")
    card.page.evaluate("leave()")
    assert card.page.evaluate("listeners.size") == 0
    card.page.clock.run_for(1_300_000)
    assert card.told[-1] == card.said.inner_text() == "Saving"


# how it looks

OTHER = pytest.mark.soak  # the other scheme at each width
VIEWS = [
    (1280, 900, "light"),
    (390, 844, "dark"),
    pytest.param(1280, 900, "dark", marks=OTHER),
    pytest.param(390, 844, "light", marks=OTHER),
]


@pytest.mark.parametrize(("wide", "high", "scheme"), VIEWS)
def test_it_fits_and_can_be_read_by_everybody(desk: Make, axe: str, wide: int, high: int, scheme: str) -> None:
    card = desk(wide=wide, high=high, scheme=scheme).open(record(title="W" * 300, warnings=["The article was retracted."]))
    card.page.add_script_tag(content=axe)
    for keys in (["m", "2", "c"], ["e"]):
        card.press(*keys)
        found = card.page.evaluate("axe.run(document.querySelector('#el'), { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })")
        assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == []
    expect(card.page.get_by_role("group", name="Reason of the exclusion")).to_be_visible()
    assert card.page.evaluate("[...document.querySelectorAll('button')].every((b) => !b.offsetHeight || b.offsetHeight >= 32)")


WIDER_THAN_IT_SHOWS = """() => [...document.querySelectorAll('.review-desk, .review-desk *')]
  .filter((one) => one.clientWidth && one.scrollWidth > one.clientWidth + 1 && !one.matches('.unheard, .unheard *, kbd'))
  .map((one) => one.outerHTML.slice(0, 80))"""


def test_no_width_needs_sideways_scrolling(desk: Make) -> None:
    card = desk().open(record(title="W" * 300, cited="W" * 300, address="https://example.org/" + "w" * 300, identifiers=["W" * 300]))
    card.press("m", "e")
    for wide in (320, 390, 600, 820, 1280):
        card.page.set_viewport_size({"width": wide, "height": 800})
        assert card.page.evaluate(WIDER_THAN_IT_SHOWS) == [], wide
        assert card.page.evaluate("document.documentElement.scrollWidth") <= wide


@pytest.mark.parametrize("wide", [1280, 390])
def test_the_action_bar_never_moves(desk: Make, wide: int) -> None:
    card = desk(wide=wide, high=844, confirm=0.1).open()
    bar = card.card.locator(".keys")
    place = bar.bounding_box()
    assert place is not None and place["y"] + place["height"] < 844
    card.press("i")
    expect(card.said).to_have_text("Not confirmed yet")
    assert bar.bounding_box() == place
    card.hear("refused", message="a sentence that explains at some length what is wrong here. " * 4)
    assert bar.bounding_box() == place
    card.press("s")
    card.show(record("short", parts=[], facts=[]))
    assert bar.bounding_box() == place
    card.press("s")
    card.show(None)
    assert bar.bounding_box() == place


def test_criteria_stand_beside_the_record_and_below_it_on_a_phone(desk: Make) -> None:
    for wide, beside in ((1280, True), (390, False)):
        card = desk(wide=wide).open()
        left, right = (card.page.get_by_role("region", name=name).bounding_box() for name in ("Record", "Criteria"))
        assert left is not None and right is not None
        assert (right["x"] >= left["x"] + left["width"]) is beside and (right["y"] >= left["y"] + left["height"]) is not beside


AT_ITS_END = """[...document.querySelectorAll('.record, .body')]
  .some((one) => one.scrollTop > 0 && one.scrollTop + one.clientHeight >= one.scrollHeight - 2)"""


def test_the_next_record_begins_at_its_title(desk: Make) -> None:
    for wide in (1280, 390):
        card = desk(wide=wide, high=700).open()
        card.press("End")
        card.page.wait_for_function(AT_ITS_END)
        card.press("i")
        card.hear("saved", event="e1")
        card.show(record("two"))
        box = card.page.get_by_role("heading", level=2).bounding_box()
        assert box is not None and 0 < box["y"] < 120


THEMES = [("", "light", False), ("", "dark", True), ("false", "light", True), ("true", "dark", False)]


@pytest.mark.parametrize(("theme", "scheme", "dark"), THEMES)
def test_the_theme_is_that_of_jupyterlab_else_of_the_system(desk: Make, theme: str, scheme: str, dark: bool) -> None:
    card = desk(theme=theme, scheme=scheme).open()
    red = int(re.findall(r"\d+", card.card.evaluate("(one) => getComputedStyle(one).backgroundColor"))[0])
    assert (red < 64) is dark


def test_the_same_record_with_another_answer_has_only_just_come_up(desk: Make) -> None:
    own = {"event": "one", "words": "You decided: include.", "judgements": {"P1": "met"}, "note": "", "near_miss": False}
    card = desk(seen=600).open(record(own=own))
    card.wait(601)
    card.press("z")
    card.hear("saved", event="two", waits=True)
    card.show(record(own=None))
    card.press("u")
    expect(card.said).to_have_text("Not taken: this record has only just come up")
    assert [one["kind"] for one in card.sent] == ["undo"] and card.judged("P1").count() == 0


def test_a_search_that_is_not_answered_yet_holds_up_no_key(desk: Make) -> None:
    card = desk().open()
    card.press("/")
    card.page.wait_for_function("sent.at(-1).kind === 'find'")
    card.press("Escape", "u")
    assert [one["kind"] for one in card.sent] == ["find", "decide"]
    card.hear("found", token=card.sent[0]["token"], rows=[], more=0)
    expect(card.said).to_have_text("Saving")


def test_a_record_that_was_found_is_gone_to_while_the_next_search_is_on_its_way(desk: Make) -> None:
    card = desk().open()
    card.press("/")
    card.page.wait_for_function("sent.at(-1).kind === 'find'")
    card.hear("found", rows=[{"report": "rep:two", "title": "Two", "year": 2024, "own": "", "noted": False}], more=0)
    card.page.get_by_role("searchbox").fill("two")
    card.page.wait_for_function("sent.filter((one) => one.kind === 'find').length === 2")
    card.page.get_by_role("group", name="Found").get_by_role("button").click()
    assert [(one["kind"], one.get("report")) for one in card.sent][2:] == [("go", "rep:two")]
