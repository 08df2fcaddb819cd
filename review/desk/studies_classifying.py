"""The card that classifies studies: what a study's reports and registries say, what that proposes, and one key for what becomes of it.

Nobody is shown another's classification before both have given one. Where two differ, both reasons stand side by side without names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

from review.desk.card import Ask, Card, Message, closed_without, refused, roles_of, script
from review.desk.reading import content, inked
from review.desk.studies import moved
from review.desk.tints import tints_of
from review.errors import InputRefused, NotAllowed
from review.model.authority import LEAD
from review.model.decision import CLASSIFICATIONS
from review.model.event import Event
from review.model.views import StudyView
from review.project import Review
from review.reporting.flow import Flow
from review.reporting.to_classify import ToClassify, to_classify

Part = Literal["waiting", "conflicts", "classified"]
Class = Literal["", "included", "ongoing", "awaiting", "excluded"]
PARTS: tuple[Part, ...] = ("waiting", "conflicts", "classified")
LISTED = 200  # studies that the list names
UNSEEN = "the card shows another study now, and nothing is classified unseen. Next: look at this one."
GONE = "this conflict was ended meanwhile, and that stands. Next: look at this one."
AGAIN = "write it as the reason, then press the key again"


class ClassifyAsk(Ask):
    """What the browser sends to this card; study is the one that was on show when the key was pressed."""

    kind: Literal["open", "classify", "step", "part", "look", "check", "undo"]
    study: str = ""
    what: Class = ""
    note: str = ""
    date: str = ""
    step: Literal[-1, 1] = 1
    part: Part = "waiting"


class ClassificationCard(Card):
    """Say what becomes of each study, for a screener of *rv*; a lead, or one of the two by agreement, ends what two said differently.

    Raises InputRefused for a key.
    """

    _esm = script("studies_classifying.js", shows="Classify")
    _css = Path(__file__).with_name("desk.css")
    Asked = ClassifyAsk
    SHORTCUTS: ClassVar = {
        "included": "i", "ongoing": "o", "awaiting": "a", "excluded": "e", "note": "t", "check": "c", "previous": "p", "next": "n",
        "list": "b", **Card.SHORTCUTS,
    }  # fmt: skip

    def __init__(self, rv: Review, *, keys: Mapping[str, str] | None = None) -> None:
        super().__init__(rv, keys=keys)
        self._part: Part = "waiting"
        self._order: list[str] = []  # ids of the studies of this part
        self._at = 0
        self._done: list[tuple[str, Part, str]] = []  # (event, part, study) of this sitting, to undo from the end
        self._stored: dict[str, tuple[ClassifyAsk, Message]] = {}  # token -> what was pressed, and the answer
        self._flow: tuple[int, Flow] | None = None  # up to which fact, and the flow then

    def answer(self, ask: ClassifyAsk) -> Iterator[Message]:
        """The answers to one message: what was stored or refused, then the study to look at, then what moved in the flow."""
        if closed := closed_without(self._rv, "screener", "classifies"):
            yield {"kind": "closed", "token": ask.token, "message": closed}
            return
        before = None
        if ask.kind in ("classify", "check", "undo"):
            before = self._flow_now()
            yield (told := self._write(ask))
            before = before if told["kind"] == "saved" else None
        elif ask.kind == "open":
            self._part = next((part for part in ("waiting", "conflicts") if self._found(part)), "waiting")
            self._order, self._at = [], 0
            yield {"kind": "opening", "token": ask.token, "stage": "What becomes of each study", "reviewer": self._rv.reviewer}
        elif ask.kind == "part":
            self._part, self._order, self._at = ask.part, [], 0
        else:
            self._move(ask)
        with self._rv.still():
            card = self._card(ask.token)
        yield card
        if before is not None:
            yield {"kind": "moved", "token": ask.token, "words": moved(before, self._flow_now())}

    # what is stored

    def _write(self, ask: ClassifyAsk) -> Message:
        """Stores what was pressed; a key press that is sent again is answered as before."""
        if ask.token in self._stored:
            asked, told = self._stored[ask.token]
            return told if asked == ask else refused(ask.token, "this key press was stored with another answer. Next: press the key again.")
        if ask.kind != "undo" and ask.study != self._shown():
            return refused(ask.token, UNSEEN)
        if ask.kind == "undo":
            event, words = self._undo(), "undone"
        elif ask.kind == "check":
            event = self._rv.studies.register_checked(ask.study, date=ask.date, note=ask.note, token=ask.token)
            words = "the look at the register"
            self._done.append((event, self._part, ask.study))
        elif self._part == "conflicts" and ask.study not in self._found("conflicts"):
            return refused(ask.token, GONE)
        else:
            event = self._classify(ask)
            words = f"{ask.what}; {self._follows(ask.study)}"
        told = {"kind": "saved", "token": ask.token, "event": event, "words": words}
        self._stored[ask.token] = (ask, told)
        return told

    def _classify(self, ask: ClassifyAsk) -> str:
        """The classification or, where two differ, what ends it. What the facts propose needs no words of one's own; all else does."""
        why = ask.note.strip()
        if self._part == "conflicts":
            if not why:
                raise InputRefused("say why: what ends a conflict has its reason", next_step=AGAIN)
            event = self._rv.studies.resolve(ask.study, ask.what, reason=why, token=ask.token)
        else:
            facts = self._facts(self._view(ask.study))
            if not why and ask.what != facts.proposed:
                raise InputRefused("say why: only what is proposed has its reason", next_step=AGAIN)
            event = self._rv.studies.classify(ask.study, ask.what, reason=why or facts.because, token=ask.token)
        self._done.append((event, self._part, ask.study))
        return event

    def _follows(self, study: str) -> str:
        """What follows from what is stored now, in words; it tells of another only once both have answered."""
        panel = self._rv.studies.panel(self._view(study))
        if panel.conflict:
            return "another classified it differently: it waits as a conflict"
        if not panel.closed:
            return "it waits for another reviewer"
        left = self._rv.studies.final(self._view(study)) == "excluded"
        return "final; its report that is included at full text waits until that is changed too" if left else "final"

    def _undo(self) -> str:
        """Takes back what was stored last in this sitting, and shows its study again."""
        if not self._done:
            raise NotAllowed(
                "nothing was stored at this card since it was opened", next_step="choose it under Classified, and press what it is to be"
            )
        event, part, study = self._done[-1]
        undone = self._rv.studies.undo(event)
        del self._done[-1:]  # what was refused stays the last: sent again, it takes back nothing else
        self._part, self._order = part, self._found(part)
        self._at = self._order.index(study) if study in self._order else 0
        return undone

    # which study is next

    def _found(self, part: Part) -> list[str]:
        """The ids of the studies of a part, in their order."""
        studies, who = self._rv.studies, self._rv.reviewer
        if part == "waiting":
            return [study.id for study in studies.queue()]
        if part == "conflicts":
            return [str(study) for study in studies.conflicts()["study"]]
        return [study.id for study in studies.views() if self._mine(study) and not studies.panel(study).conflict] if who else []

    def _shown(self) -> str:
        return self._order[self._at] if self._at < len(self._order) else ""

    def _move(self, ask: ClassifyAsk) -> None:
        """Goes on by one study, back by one, or to one of the list."""
        if ask.kind == "look" and ask.study in self._order:
            self._at = self._order.index(ask.study)
        elif ask.kind == "step":
            self._at = max(0, min(len(self._order) - 1, self._at + ask.step))

    # what is shown

    def _card(self, token: str) -> Message:
        shown, self._order = self._shown(), self._found(self._part)
        self._at = self._order.index(shown) if shown in self._order else min(self._at, max(0, len(self._order) - 1))
        left, done, shown = len(self._order), len(self._done), self._shown()
        words = [f"{self._at + 1:,} of {left:,}" + (" left" if self._part != "classified" else "") if left else "0 left"]
        labels = {study.id: study.label for study in self._rv.studies.views()}
        return {
            "kind": "card",
            "token": token,
            "card": self._content(self._view(shown)) if shown else None,
            "progress": " · ".join([*words, *([f"{done:,} stored"] if done else [])]),
            "share": done / max(1, done + left) if self._part != "classified" else 1,
            "part": self._part,
            "counts": {part: f"{left if part == self._part else len(self._found(part)):,}" for part in PARTS},
            "list": [{"study": study, "label": labels[study], "here": study == shown} for study in self._order[:LISTED]],
            "more": max(0, left - LISTED),
        }

    def _content(self, study: StudyView) -> dict[str, Any]:
        """What is shown of a study; of classifications one's own, and both where two differ."""
        facts, mine = self._facts(study), self._mine(study)
        plan = self._rv.protocol.plan
        sides = self._sides(study) if self._part == "conflicts" else []
        return {
            "report": study.id,
            "stage": self._part,
            "title": study.label,
            "question": "Two classified it differently: what becomes of it?" if sides else "What becomes of this study?",
            "notices": [f"A report of it was marked: {notice}." for notice in study.notices],
            "numbers": [number for number in study.registry_numbers if number != study.label],
            "checked": facts.checked[:1].upper() + facts.checked[1:],
            "proposed": "" if sides else facts.proposed or "",
            "because": facts.because,
            "reports": [
                {
                    "id": one.view.id, "reference": one.reference, "stands": one.stands,
                    "statuses": [{"source": source, "words": words} for source, words in one.statuses],
                    "record": inked(content(one.view), tints_of(plan)),
                }
                for one in facts.reports
            ],
            "answers": list(CLASSIFICATIONS) if sides or "screener" in roles_of(self._rv) else [],
            "mine": {"classification": mine.body["classification"], "reason": mine.body["reason"]} if mine and not sides else None,
            "stood": self._follows(study.id) if mine and not sides else "",
            "sides": sides,
            "by_agreement": bool(sides and mine) and LEAD not in roles_of(self._rv),
        }  # fmt: skip

    def _sides(self, study: StudyView) -> list[dict[str, str]]:
        """Both classifications with their reasons, in an order that tells nothing."""
        found = next((row for row in self._rv.studies.conflicts().itertuples() if row.study == study.id), None)
        if found is None:
            return []
        both = ((found.first, found.reason_first), (found.second, found.reason_second))
        return [{"classification": str(said), "reason": str(reason)} for said, reason in both]

    def _facts(self, study: StudyView) -> ToClassify:
        return to_classify(study, self._rv.studies, self._rv.records, self._flow_now())

    def _mine(self, study: StudyView) -> Event | None:
        """This reviewer's own classification of *study*, as it counts now."""
        return next((a for a in reversed(self._rv.studies.panel(study).answers) if a.actor == self._rv.reviewer), None)

    def _view(self, study: str) -> StudyView:
        found = next((s for s in self._rv.studies.views() if study in s.subjects), None)
        if found is None:
            raise NotAllowed("this study is part of another now: its reports were linked", next_step="press Next, or open the card again")
        return found

    def _flow_now(self) -> Flow:
        """The flow, derived anew only when anybody has written since."""
        arrived = self._rv.arrived()
        if self._flow is None or self._flow[0] != arrived:
            self._flow = (arrived, self._rv.flow())
        return self._flow[1]


def waiting(rv: Review) -> int:
    """How much waits for the reviewer of *rv* at this card: studies to classify, and conflicts to end."""
    roles = roles_of(rv)
    return (len(rv.studies.queue()) if "screener" in roles else 0) + (len(rv.studies.conflicts()) if roles & {LEAD, "screener"} else 0)
