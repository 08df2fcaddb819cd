"""The screening card: one record of this reviewer's queue at a time, decided by a key.

It shows nothing of anybody else's decisions, and refuses a decision on a record that it is not showing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field

from review.desk.card import Ask, Card, Message, closed_to, refused, script
from review.desk.document import Reader, named
from review.desk.finding import Finder
from review.desk.ordering import Ordering
from review.desk.pace import at_todays_pace
from review.desk.reading import content, inked
from review.desk.tints import ELEMENTS, tints_of
from review.errors import InputRefused, NotAllowed, NotFound, near
from review.model.decision import STAGE_NAMES, STAGES
from review.model.event import Event
from review.model.views import ReportView
from review.project import Review
from review.screening.order import Order, Place
from review.screening.ranking import MODELS

ORDERS = ("learned", "arrival")
PATIENCE = 1.5  # seconds that the card waits for a first order when it opens; later it never waits
UNSEEN = "the card shows another record now, and nothing is decided unseen. Next: look at this one."
NOT_YOURS = "this record neither waits for you nor was decided by you at this stage."


class ScreeningAsk(Ask):
    """What the browser sends to this card; ``report`` is the one that was on show when the key was pressed, or the one to go to."""

    kind: Literal["open", "decide", "skip", "undo", "find", "go", "document"]
    report: str = ""
    decision: str | None = None
    judgements: dict[str, str] = Field(default_factory=dict)
    reason: str | None = None
    note: str = ""
    near_miss: bool = False
    words: str = ""
    only: str = "all"
    part: int = Field(default=0, ge=0)


class ScreeningCard(Card):
    """Screen the records that wait for the reviewer of *rv* at *stage* ('title_abstract' or 'full_text').

    round: a pilot round, whose records are then decided in it. Left out, it is the main screening; before the protocol is frozen, at
    title and abstract, the first pilot round that still waits for this reviewer.
    keys: {command: key} in place of the card's own, as {'include': 'j'}. order: 'learned', or 'arrival' for the order they came in,
    which a pilot has in any case. model: what learns, 'elas-u4', or 'nb' for another look at what is left before stopping.
    Every key press carries a token, so that sending it again stores nothing twice. Raises InputRefused for a stage, an order, a model or a
    key that there is not.
    """

    _esm = script("document.js", "screening.js", shows="Screening")
    _css = Path(__file__).with_name("desk.css")
    Asked = ScreeningAsk
    SHORTCUTS: ClassVar = {
        "include": "i", "exclude": "e", "unsure": "u", "met": "m", "not_met": "n", "unclear": "c", "note": "t", "near_miss": "f",
        "skip": "s", "find": "/", "why": "w", "document": "d",
        **{f"tint_{element}": f"shift+{element.lower()}" for element in ELEMENTS}, **Card.SHORTCUTS,
    }  # fmt: skip

    def __init__(
        self,
        rv: Review,
        stage: str = "title_abstract",
        *,
        round: str | None = None,
        keys: Mapping[str, str] | None = None,
        order: str = "learned",
        model: str = "elas-u4",
    ) -> None:
        for given, accepted, what in ((stage, STAGES, "stage"), (order, ORDERS, "order"), (model, MODELS, "model")):
            if given not in accepted:
                raise InputRefused(f"{given!r} is no {what}", expected=", ".join(accepted), next_step=near(given, accepted))
        super().__init__(rv, keys=keys)
        self._stage = stage
        self._asked_for = round
        self._round = round  # the one on the table
        self._waiting: deque[str] = deque()  # the first is the one to show
        self._skipped: dict[str, int] = {}  # report -> its turn among those that come at the end
        self._shown = ""
        self._opened = ""  # a report of one's own that was decided and is looked at again
        self._own: dict[str, Event] = {}  # report -> this reviewer's live decision
        self._decided: list[tuple[str, str]] = []  # (event, report) of this sitting, to undo from the end
        self._stored: dict[str, Message] = {}  # token -> the answer to it
        self._news = ""  # a report that was just decided, to be noted before the next record is shown
        self._finder = Finder()
        self._reader = Reader(rv)
        self._learned = Ordering(lambda: rv.screening.learning(stage), model=model) if order == "learned" else None
        self._order: Order | None = None  # the one that the queue stands in
        self._sorted = False  # whether it stands in it still: to look at a record out of its turn, one puts it first
        self._by_id: tuple[list[ReportView], dict[str, ReportView]] = ([], {})  # the reports of one moment, by their ids

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {STAGE_NAMES[self._stage]}, {self._rv.reviewer or 'nobody'}>"

    @property
    def _ordering(self) -> Ordering | None:
        return self._learned if self._round is None else None

    def answer(self, ask: ScreeningAsk) -> Iterator[Message]:
        """The answers to one message: what was stored or refused, then the record to look at; last the order is made anew."""
        if ask.kind == "open":
            self._take_up(self._asked_for or pilot_of(self._rv, self._stage))
        with self._rv.still():
            closed = self._closed()
        if closed:
            yield {"kind": "closed", "token": ask.token, "message": closed}
            return
        if ask.kind == "find":
            yield {"kind": "found", "token": ask.token, **self._finder.found(ask.words, ask.only, self._of_mine(), self._own)}
            return
        if ask.kind == "document":
            yield self._document(ask)
            return
        if ask.kind == "open":
            yield self._opening(ask.token)
            self._begin()
        elif ask.kind == "undo":
            yield self._undo(ask.token)
        elif ask.kind == "go":
            self._go(ask.report)
        elif ask.report != self._shown and ask.token not in self._stored:
            yield refused(ask.token, UNSEEN)
        elif ask.kind == "skip":
            self._skip()
        else:
            yield self._decide(ask)
        with self._rv.still():  # all that is shown is of one moment, and looked up once
            if self._news:
                self._changed(self._news)
                self._in_order()
            card = self._card(ask.token)
        yield card
        if self._ordering:
            self._ordering.renew()
        if ask.kind == "open":
            self._finder.prepare(self._of_mine())

    def _take_up(self, round: str | None) -> None:
        """Turns to another round: what waited or could be undone belongs to the one before."""
        if round != self._round:
            self._round, self._shown = round, ""
            for one in (self._waiting, self._skipped, self._decided):
                one.clear()

    def _closed(self) -> str:
        """Why nobody can screen here, and what to do; '' where somebody can."""
        who = self._rv.reviewer
        screeners = [r.id for r in self._rv.protocol.plan.reviewers if "screener" in r.roles] or ["r1"]
        if who not in screeners:
            why = f"{who} has no role screener in review.toml." if who else "This card needs to know who decides."
            return closed_to(why, screeners)
        if self._round is not None and self._round not in self._rv.screening.pilots():
            return f"There is no pilot round {self._round}. The lead opens one with rv.screening.pilot; then run this cell again."
        if self._round is None and not self._rv.protocol.frozen:
            return "Screening begins when the protocol is frozen (review freeze) or the lead opens a pilot round. Then run this cell again."
        return ""

    def _opening(self, token: str) -> Message:
        plan = self._rv.protocol.plan
        return {
            "kind": "opening",
            "token": token,
            "stage": STAGE_NAMES[self._stage].capitalize(),
            "round": self._round,
            "reviewer": self._rv.reviewer,
            "criteria": [{"id": c.id, "element": c.element, "text": c.text} for c in plan.criteria if self._stage in c.stage],
            "elements": tints_of(plan).elements,
            "reason_needed": self._stage == "full_text",
        }

    def _begin(self) -> None:
        """Reads once what this reviewer has decided, and waits a little for the first order."""
        with self._rv.still():
            self._own = {report.id: own for report in self._rv.studies.report_views() if (own := self._own_on(report))}
        self._opened = self._news = ""
        if self._ordering:
            self._ordering.renew(patience=PATIENCE)
        self._in_order()

    # what is stored

    def _decide(self, ask: ScreeningAsk) -> Message:
        place = self._place(ask.report)
        event = self._rv.screening.decide(
            ask.report, stage=self._stage, decision=ask.decision, judgements=ask.judgements, reason=ask.reason, note=ask.note,
            near_miss=ask.near_miss, token=ask.token, round=self._round,
            rank=place.rank if place else None, model=place.model if place else None,
        )  # fmt: skip
        if ask.token not in self._stored:
            self._stored[ask.token] = {"kind": "saved", "token": ask.token, "event": event}
            self._decided.append((event, ask.report))
            self._waiting = deque(r for r in self._waiting if r != ask.report)
            self._shown = self._opened = ""
            self._news = ask.report
        return self._stored[ask.token]

    def _undo(self, token: str) -> Message:
        if token not in self._stored:
            event, report = self._decided[-1] if self._decided else self._earlier()
            undone = self._rv.screening.undo(event)
            del self._decided[-1:]  # what was refused stays the last: sent again, it takes back nothing else
            self._changed(report)
            waits = report not in self._own
            self._stored[token] = {"kind": "saved", "token": token, "event": undone, "waits": waits}
            self._opened = "" if waits else report  # an earlier decision that stands again is shown with its record
            self._waiting = deque([report] * waits + [r for r in self._waiting if r != report])
            self._sorted = False
        return self._stored[token]

    def _earlier(self) -> tuple[str, str]:
        """The last decision that this reviewer made before this sitting."""
        if not self._own:
            raise NotAllowed("there is no decision of yours to undo")
        report, event = max(self._own.items(), key=lambda one: one[1].position)
        return event.id, report

    def _changed(self, report: str) -> None:
        """Takes note of what this reviewer's decision on *report* is now."""
        self._news = ""
        self._own.pop(report, None)
        view = self._view(report)
        if view is not None and (own := self._own_on(view)):
            self._own[report] = own
        if self._ordering:
            self._ordering.changed()

    def _own_on(self, report: ReportView) -> Event | None:
        """This reviewer's live decision on *report*, the only one that the card shows; None where there is none."""
        answers = self._rv.screening.panel(report, self._stage, round=self._round).answers
        own = [a for a in answers if a.actor == self._rv.reviewer and not a.by_tool]
        return own[-1] if own else None

    # what is shown

    def _card(self, token: str) -> Message:
        report = self._turn()
        self._shown = report.id if report else ""
        return {"kind": "card", "token": token, "card": self._content(report) if report else None, **self._progress()}

    def _document(self, ask: ScreeningAsk) -> Message:
        view = self._view(ask.report)
        if view is None or ask.report != self._shown or self._stage != "full_text":
            return refused(ask.token, UNSEEN)
        return self._reader.part(ask.token, view, ask.part)

    def _content(self, report: ReportView) -> dict[str, Any]:
        place, own = self._place(report.id), self._own.get(report.id)
        document = self._rv.screening.document(report) if self._stage == "full_text" else None
        return {
            **inked(content(report), tints_of(self._rv.protocol.plan)),
            "why": self._why(place),
            "own": _own_words(own) if own else None,
            "document": named(document) if document else None,
        }

    def _why(self, place: Place | None) -> dict[str, Any] | None:
        """Why this record comes now; also that no newer order could be made. None where the order says nothing of it."""
        failed = f"No newer order could be made: {self._ordering.failed}." if self._ordering and self._ordering.failed else ""
        if place is None:
            return {"words": failed, "place": "", "terms": []} if failed else None
        words = f"Place {place.rank:,} of {len(self._waiting):,}."
        return {"words": " ".join(filter(None, (place.why, failed))), "place": words, "terms": place.terms}

    def _progress(self) -> dict[str, Any]:
        """How far this reviewer is, in words and as a share."""
        done, left = len(self._own.keys() - set(self._waiting)), len(self._waiting)  # what is asked again is not done
        pace = at_todays_pace((datetime.fromisoformat(e.at) for e in self._own.values()), left, datetime.now().astimezone())
        words = [f"{done:,} of {done + left:,} done" if done else "", f"{left:,} left", pace]
        return {"progress": " · ".join(filter(None, words)), "share": done / max(1, done + left)}

    def _turn(self) -> ReportView | None:
        """Whose turn it is. The queue is asked when it has run empty, so that ten thousand records cost nothing at each key."""
        if self._opened and (again := self._view(self._opened)):
            return again
        reports = self._reports()
        while self._waiting and not self._waits(reports.get(self._waiting[0])):
            self._waiting.popleft()
        if not self._waiting:
            self._waiting.extend(self._rv.screening.queue(self._stage, round=self._round))
            self._sorted = False
            self._skipped.clear()
            self._in_order()
        return reports[self._waiting[0]] if self._waiting else None

    def _waits(self, report: ReportView | None) -> bool:
        """Whether it still does: it may have been merged, resolved, or answered by others since the queue was asked."""
        return report is not None and self._rv.screening.waits(report, self._stage, round=self._round)

    def _view(self, report: str) -> ReportView | None:
        return self._reports().get(report) or next((r for r in self._rv.studies.report_views() if report in r.members), None)

    def _reports(self) -> Mapping[str, ReportView]:
        """Today's reports by their ids: made anew when the review gives another list of them, as it does after every fact about them."""
        views = self._rv.studies.report_views()
        if views is not self._by_id[0]:
            self._by_id = (views, {r.id: r for r in views})
        return self._by_id[1]

    # which comes next

    def _skip(self) -> None:
        if self._opened:
            self._opened = ""
        elif self._waiting:
            self._skipped[self._waiting[0]] = len(self._skipped)
            self._waiting.rotate(-1)

    def _go(self, report: str) -> None:
        """Puts a report of one's own on show: one that waits comes first, one that was decided is looked at again."""
        if report in self._waiting:
            self._waiting.remove(report)
            self._waiting.appendleft(report)
            self._sorted = False
            self._opened = ""
        elif report in self._own:
            self._opened = report
        else:
            raise NotAllowed(NOT_YOURS)

    def _of_mine(self) -> list[ReportView]:
        """The reports that wait for this reviewer, in their order, then those that the reviewer decided, the last first."""
        reports = self._reports()
        decided = sorted(self._own, key=lambda report: self._own[report].position, reverse=True)
        return [reports[report] for report in dict.fromkeys((*self._waiting, *decided)) if report in reports]

    def _in_order(self) -> None:
        """Puts the queue into the newest order that is finished; what was skipped stays at the end."""
        before, self._order = self._order, self._ordering.newest() if self._ordering else None
        if self._order is not None and not (self._sorted and self._order is before):
            self._sorted = True
            ranks = {report: rank for rank, report in enumerate(self._order.reports)}
            self._waiting = deque(sorted(self._waiting, key=lambda r: (self._skipped.get(r, -1), ranks.get(r, len(ranks)))))

    def _place(self, report: str) -> Place | None:
        """Where *report* stands in the order of the queue and why; None for one that is not in it."""
        if self._order is None or report in self._own:
            return None
        try:
            return self._order.place(report)
        except NotFound:
            return None


def pilot_of(rv: Review, stage: str) -> str | None:
    """The pilot round that a reviewer is offered unasked: before the freeze, at title and abstract; the first that waits, else the last."""
    if rv.protocol.frozen or stage != "title_abstract":
        return None
    rounds = list(rv.screening.pilots())
    return next((name for name in rounds if rv.screening.queue(stage, round=name)), rounds[-1] if rounds else None)


def _own_words(own: Event) -> dict[str, Any]:
    body, day = own.body, datetime.fromisoformat(own.at).astimezone()
    reason = f" ({body['reason']})" if body.get("reason") else ""
    return {
        "event": own.id,
        "words": f"You decided on {day.day} {day:%b %Y}: {body['decision']}{reason}. Another decision replaces it.",
        "judgements": body["judgements"],
        "note": body["note"],
        "near_miss": body["near_miss"],
    }
