"""The card of studies: is this one document or two, is this a report of that trial; two records beside one another, one key an answer.

It writes nothing that a person has not pressed, shows nobody else's decisions on a record, and refuses a pair that is not on show.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal

from review.desk.card import Ask, Card, Message, closed_to, refused, script
from review.desk.side_by_side import likeness, neither, rows, side, signals, stated
from review.desk.studies_list import founders, is_link, listed, reports_of, rule_of, said
from review.errors import NotAllowed
from review.model.event import Event
from review.model.views import ReportView
from review.project import Review
from review.reporting.flow import Flow
from review.reporting.flow_text import alone

Part = Literal["documents", "suggested", "candidates"]
UNSEEN = "the card shows another pair now, and nothing is decided unseen. Next: look at this one."
GONE = "this pair waits no more: it was decided meanwhile, or taken back, and that stands. Next: look at this one."
PARTS: dict[Part, str] = {"documents": "One document or two?", "suggested": "Report of this trial?", "candidates": "Candidates"}
COMPARED = "Compared side by side at the desk."  # the reason where none is typed
WORDS = {
    "same": "one document", "apart": "two documents", "link": "a report of this trial", "refuse": "not of this trial",
    "take_back": "taken back",
}  # fmt: skip
ANSWERS = {"documents": ("same", "apart"), "suggested": ("link", "refuse"), "candidates": ("link", "refuse"), "decided": ("take_back",)}
PLACES = 10  # of each trial's ranking of candidates that are shown


@dataclass(frozen=True, slots=True)
class Pair:
    """Two reports to look at: of a doubt, of a link (the registration first), or of what was decided (``event``)."""

    part: Part | Literal["decided"]
    first: str
    second: str
    study: str = ""
    event: str = ""
    says: str = field(default="", compare=False)
    alike: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @property
    def key(self) -> str:
        """By what the browser names it."""
        return "|".join((self.part, self.first, self.second, self.study, self.event))


class StudiesAsk(Ask):
    """What the browser sends to this card; pair is the one that was on show when the key was pressed."""

    kind: Literal["open", "decide", "skip", "step", "part", "list", "look", "undo"]
    pair: str = ""
    what: Literal["", "same", "apart", "link", "refuse", "take_back"] = ""
    note: str = ""
    step: Literal[-1, 1] = 1
    part: Part = "documents"
    words: str = ""
    only: str = ""
    event: str = ""


class StudiesCard(Card):
    """Decide what rules leave to a person, for every reviewer of *rv*: doubts about duplicates, suggested links, candidates for links.

    Every merge and link can be looked at and taken back, those of rules too. Raises InputRefused for a key.
    """

    _esm = script("studies.js", shows="Studies")
    _css = Path(__file__).with_name("desk.css")
    Asked = StudiesAsk
    SHORTCUTS: ClassVar = {
        "same": "m", "apart": "a", "link": "l", "refuse": "x", "take_back": "w", "note": "t", "skip": "s", "previous": "p", "next": "n",
        "list": "b", "back": "q", **Card.SHORTCUTS,
    }  # fmt: skip

    def __init__(self, rv: Review, *, keys: Mapping[str, str] | None = None) -> None:
        super().__init__(rv, keys=keys)
        self._part: Part = "documents"
        self._pairs: list[Pair] = []  # of this part, in the order in which they are shown; what is skipped goes last
        self._at = 0
        self._looked: Pair | None = None  # what was decided and is looked at
        self._done: list[tuple[str, Pair]] = []  # (event, pair) of this sitting, to undo from the end
        self._known: dict[str, tuple[int, list[Pair]]] = {}  # part -> up to which fact, and what waits in it
        self._ranked: list[Pair] | None = None  # the candidates as they were ranked last
        self._again: dict[str, Pair] = {}  # what was undone at this card and waits again, whatever rules say of it now
        self._stored: dict[str, tuple[StudiesAsk, Message]] = {}  # token -> what was pressed, and the answer
        self._flow: tuple[int, Flow] | None = None  # up to which fact, and the flow then
        self._before: Flow | None = None  # the flow before what is being stored

    def answer(self, ask: StudiesAsk) -> Iterator[Message]:
        """The answers to one message: what was stored or refused, then the pair to look at, then what moved in the flow."""
        if not self._rv.reviewer:
            names = [r.id for r in self._rv.protocol.plan.reviewers] or ["r1"]
            yield {"kind": "closed", "token": ask.token, "message": closed_to("This card needs to know who decides.", names)}
            return
        if ask.kind == "list":
            yield {"kind": "listed", "token": ask.token, **listed(self._rv, ask.words, ask.only)}
            return
        before = None
        if ask.kind in ("decide", "undo"):
            told = self._write(ask)
            before = self._before
            yield told
            self._go_on()
        elif ask.kind == "open":
            self._open()
            yield {"kind": "opening", "token": ask.token, "stage": "Duplicates and links", "reviewer": self._rv.reviewer}
        elif ask.kind == "part":
            self._part, self._at, self._looked, self._pairs = ask.part, 0, None, []
            self._forget_ranking()
            self._fill()
        elif ask.kind == "look":
            self._looked = self._decided(ask.event)
        elif ask.kind == "skip" and ask.pair != self._key():
            yield refused(ask.token, UNSEEN)
        else:
            self._move(ask)
        with self._rv.still():
            card = self._card(ask.token)
        yield card
        after = self._flow_now()  # now, while the next pair is read, and not before the next answer is stored
        if before is not None:
            yield {"kind": "moved", "token": ask.token, "words": moved(before, after)}

    # what is stored

    def _write(self, ask: StudiesAsk) -> Message:
        """Stores what was pressed and leaves the pair; a key press that is sent again is answered as before."""
        self._before = None
        if ask.token in self._stored:
            asked, told = self._stored[ask.token]
            return told if asked == ask else refused(ask.token, "this key press was stored with another answer. Next: press the key again.")
        pair = self._current()
        if ask.kind == "decide" and (pair is None or pair.key != ask.pair or ask.what not in ANSWERS[pair.part]):
            return refused(ask.token, UNSEEN)
        self._before = self._flow_now()
        if ask.kind == "undo":
            event, words = self._undo(), "undone"
        elif pair is not None and self._waits(pair):
            event, words = self._decide(pair, ask), WORDS[ask.what]
        else:
            self._before = None
            return refused(ask.token, GONE)
        told = {"kind": "saved", "token": ask.token, "event": event, "words": words}
        self._stored[ask.token] = (ask, told)
        return told

    def _decide(self, pair: Pair, ask: StudiesAsk) -> str:
        studies, why = self._rv.studies, {"reason": ask.note.strip() or COMPARED, "token": ask.token}
        if ask.what == "take_back":
            event = studies.undo(pair.event)
            self._looked = None
        elif ask.what in ("same", "apart"):
            event = (studies.merge if ask.what == "same" else studies.keep_apart)([pair.first, pair.second], **why)
        else:
            event = (studies.link if ask.what == "link" else studies.refuse_link)(pair.second, pair.study, **why)
        self._done.append((event, pair))
        self._again.pop(pair.key, None)
        self._pairs = [other for other in self._pairs if other.key != pair.key]
        return event

    def _go_on(self) -> None:
        """Looks for what waits after something was stored; behind the last doubt come the links, and nothing is ranked unasked."""
        self._fill()
        if not self._pairs and self._part == "documents":
            self._part = "suggested"
            self._fill()

    def _undo(self) -> str:
        """Takes back what was decided last in this sitting, and shows its pair again."""
        if not self._done:
            raise NotAllowed("nothing was decided at this card since it was opened", next_step="choose it in the list of decisions")
        event, pair = self._done[-1]
        undone = self._rv.studies.undo(event)
        del self._done[-1:]  # what was refused stays the last: sent again, it takes back nothing else
        self._looked = pair if pair.part == "decided" else None
        if pair.part != "decided":
            if pair.part != self._part:
                self._part, self._pairs = pair.part, []
            self._again[pair.key] = pair
            self._pairs.insert(min(self._at, len(self._pairs)), pair)
            self._at = self._pairs.index(pair)
        return undone

    # which pair is next

    def _open(self) -> None:
        """The first part in which something waits; candidates are ranked only when they are asked for."""
        self._looked, self._pairs, self._at = None, [], 0
        self._known.clear()
        if self._part != "candidates":
            self._part = next((part for part in ("documents", "suggested") if self._found(part)), "documents")
        self._forget_ranking()
        self._fill()

    def _forget_ranking(self) -> None:
        self._ranked = None
        self._known.pop("candidates", None)

    def _found(self, part: Part) -> list[Pair]:
        """All pairs of a part that wait; looked for anew only when anybody has written since."""
        arrived = self._rv.arrived()
        if part not in self._known or self._known[part][0] != arrived:
            self._known[part] = (arrived, self._look_for(part))
        return self._known[part][1]

    def _look_for(self, part: Part) -> list[Pair]:
        if part == "documents":
            return [Pair(part, d.first.id, d.second.id, says=d.says, alike=tuple(likeness(d.scores))) for d in self._rv.studies.unsure()]
        if part == "suggested":
            return [
                Pair(part, s.registration.id, s.report.id, s.study, says=s.says, alike=tuple(stated(s.compared)))
                for s in self._rv.studies.suggested()
            ]
        if self._ranked is None:
            self._ranked = self._candidates()
        settled = {reports_of(event) for event in self._rv.studies.decisions() if is_link(event)}
        return [pair for pair in self._ranked if (pair.first, pair.second) not in settled]

    def _candidates(self) -> list[Pair]:
        """The likeliest report of each trial that has none, then the second of each, and so on."""
        ranked = self._rv.studies.candidates(top=PLACES).sort_values(["rank", "study"], kind="stable")
        founding = {study.id: next((r.id for r in study.reports if r.stands.is_registration), "") for study in self._rv.studies.views()}
        return [
            Pair("candidates", founding[row.study], row.report, row.study, says=f"Place {row.rank} of what may report this trial.",
                 alike=tuple(signals(row.signals)))
            for row in ranked.itertuples() if founding.get(row.study)
        ]  # fmt: skip

    def _fill(self) -> None:
        """The pairs that wait: those that were there in their order, new ones behind them."""
        again = {key: pair for key, pair in self._again.items() if pair.part == self._part}
        found = again | {pair.key: pair for pair in self._found(self._part)}
        kept = [pair.key for pair in self._pairs if pair.key in found]
        self._pairs = [found[key] for key in dict.fromkeys((*kept, *found))]
        self._at = min(self._at, max(0, len(self._pairs) - 1))

    def _current(self) -> Pair | None:
        return self._looked or (self._pairs[self._at] if self._pairs else None)

    def _waits(self, pair: Pair) -> bool:
        """Whether it still does, or still counts: somebody else may have decided meanwhile."""
        if pair.part == "decided":
            return self._event(pair.event) is not None
        return pair.key in self._again or any(other.key == pair.key for other in self._found(pair.part))

    def _move(self, ask: StudiesAsk) -> None:
        """Goes on by one pair, back by one, or puts the one on show at the end."""
        if self._looked is not None:
            self._looked = None
        elif ask.kind == "skip" and self._pairs:
            self._pairs.append(self._pairs.pop(self._at))
            self._at %= len(self._pairs)
        elif ask.kind == "step":
            self._at = max(0, min(len(self._pairs) - 1, self._at + ask.step))

    def _decided(self, event: str) -> Pair:
        """What was decided, to look at."""
        found = self._event(event)
        if found is None:
            raise NotAllowed("this counts no more: it was taken back", next_step="look at the list again")
        first, second = reports_of(found)
        return Pair("decided", first, second, str(found.body.get("study", "")), event)

    def _event(self, event: str) -> Event | None:
        """A decision on reports that counts."""
        return next((e for e in self._rv.studies.decisions() if e.id == event), None)

    # what is shown

    def _key(self) -> str:
        pair = self._current()
        return pair.key if pair else ""

    def _card(self, token: str) -> Message:
        if self._looked is not None and not self._waits(self._looked):
            self._looked = None  # somebody took it back meanwhile
        pair, left, done = self._current(), len(self._pairs), len(self._done)
        words = [f"{self._at + 1:,} of {left:,} left" if left else "0 left", f"{done:,} decided" if done else ""]
        return {
            "kind": "card",
            "token": token,
            "card": self._content(pair) if pair else None,
            "progress": "Looking at a decision" if self._looked else " · ".join(filter(None, words)),
            "share": done / max(1, done + left),
            "part": "" if self._looked else self._part,
            "counts": {part: f"{self._count(part):,}" for part in PARTS if part != "candidates" or self._ranked is not None},
        }

    def _count(self, part: Part) -> int:
        """How many wait in a part; of another than the one on show as they were last looked for, for looking takes its time."""
        if part == self._part:
            return len(self._pairs)
        return len(self._known[part][1] if part in self._known else self._found(part))

    def _content(self, pair: Pair) -> dict[str, Any] | None:
        views = self._views(pair)
        if views is None:
            return None
        event = self._event(pair.event)
        links = bool(pair.study)
        names = ("the trial", "the report") if links else ("A", "B")
        shown = rows(*views, names)
        rule = rule_of(event) if event else pair.says
        return {
            "report": pair.key,
            "title": f"{said(event) if event else PARTS[pair.part]} {views[0].title}",
            "part": pair.part,
            "question": said(event) if event else ("Is this a report of this trial?" if links else PARTS["documents"]),
            "says": rule,
            "alike": likeness(event.body.get("scores") or {}) if event else list(pair.alike),
            "answers": list(ANSWERS[pair.part]),
            "sides": [side(self._rv, view, name.removeprefix("the ").capitalize()) for view, name in zip(views, names, strict=True)],
            "rows": shown,
            "neither": neither(shown),
        }

    def _views(self, pair: Pair) -> tuple[ReportView, ReportView] | None:
        """The two reports as they are today; of two that are one document now, the records that founded each. None where one is gone."""
        group = {member: report for report in self._rv.studies.report_views() for member in report.members}
        first, second = group.get(pair.first), group.get(pair.second)
        if first is None or second is None:
            return None
        if first is not second:
            return first, second
        records = founders(self._rv)
        one, other = (ReportView(r, (records[r],), records[r], (), (r,)) for r in (pair.first, pair.second))
        return (one, other) if pair.event else None

    def _flow_now(self) -> Flow:
        """The flow, derived anew only when anybody has written since."""
        arrived = self._rv.arrived()
        if self._flow is None or self._flow[0] != arrived:
            self._flow = (arrived, self._rv.flow())
        return self._flow[1]


def moved(before: Flow, after: Flow) -> str:
    """Which numbers of the flow are others than before, in words."""
    counts = {name: tuple(len(flow.ids(name)) for flow in (before, after)) for name in dict.fromkeys([*before.boxes, *after.boxes])}
    found = [f"{alone(name, after.labels)} {was:,} → {now:,}" for name, (was, now) in counts.items() if was != now]
    if found:
        return "In the flow: " + "; ".join(found) + "."
    return "No number of the flow moved."
