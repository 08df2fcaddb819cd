"""The screening card: one record of this reviewer's queue at a time, decided by a key.

It shows nothing of anybody else's decisions, and refuses a decision on a record that it is not showing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from review.desk.card import Ask, Card, Message, refused, script
from review.desk.reading import content
from review.errors import InputRefused, NotAllowed, near
from review.model.decision import STAGES
from review.model.views import ReportView
from review.project import Review

STAGE_NAMES = {"title_abstract": "Title and abstract", "full_text": "Full text"}
UNSEEN = "the card shows another record now, and nothing is decided unseen. Next: look at this one."


class ScreeningAsk(Ask):
    """What the browser sends to this card; ``report`` is the one that was on show when the key was pressed."""

    kind: Literal["open", "decide", "skip", "undo"]
    report: str = ""
    decision: str | None = None
    judgements: dict[str, str] = Field(default_factory=dict)
    reason: str | None = None
    note: str = ""


class ScreeningCard(Card):
    """Screen the records that wait for the reviewer of *rv* at *stage* ('title_abstract' or 'full_text').

    Every key press carries a token, so that sending it again stores nothing twice. Raises InputRefused for another stage.
    """

    _esm = script("screening.js", shows="Screening")
    _css = Path(__file__).with_name("desk.css")
    Asked = ScreeningAsk
    SHORTCUTS: ClassVar = {
        "include": "i", "exclude": "e", "unsure": "u", "met": "m", "not_met": "n", "unclear": "c", "note": "t", "skip": "s",
        **Card.SHORTCUTS,
    }  # fmt: skip

    def __init__(self, rv: Review, stage: str = "title_abstract", *, keys: Mapping[str, str] | None = None) -> None:
        if stage not in STAGES:
            raise InputRefused(f"{stage!r} is no stage", expected=", ".join(STAGES), next_step=near(stage, STAGES))
        super().__init__(rv, keys=keys)
        self._stage = stage
        self._waiting: deque[str] = deque()  # the first is the one to show; what is skipped goes last
        self._shown = ""
        self._decided: list[tuple[str, str]] = []  # (event, report) of this sitting, to undo from the end
        self._stored: dict[str, str] = {}  # token -> event

    def __repr__(self) -> str:
        return f"<ScreeningCard: {STAGE_NAMES[self._stage].lower()}, {self._rv.reviewer or 'nobody'}>"

    def answer(self, ask: ScreeningAsk) -> Iterator[Message]:
        """The answers to one message: what was stored or refused, then the record to look at."""
        if closed := self._closed():
            yield {"kind": "closed", "token": ask.token, "message": closed}
            return
        if ask.kind == "open":
            yield self._opening(ask.token)
        elif ask.kind == "undo":
            yield self._undo(ask.token)
        elif ask.report != self._shown and ask.token not in self._stored:
            yield refused(ask.token, UNSEEN)
        elif ask.kind == "skip":
            self._waiting.rotate(-1)
        else:
            yield self._decide(ask)
        yield self._card(ask.token)

    def _closed(self) -> str:
        """Why nobody can screen here, and what to do; '' where somebody can."""
        who = self._rv.reviewer
        screeners = [r.id for r in self._rv.protocol.plan.reviewers if "screener" in r.roles] or ["r1"]
        if who not in screeners:
            why = f"{who} has no role screener in review.toml." if who else "This card needs to know who decides."
            how = " or ".join(f'"{name}"' for name in screeners)
            return f"{why} Set reviewer to {how} in the first cell and run the cells again, or start with: review desk --as {screeners[0]}"
        if not self._rv.protocol.frozen:
            return "Screening begins when the protocol is frozen: review freeze. Then run this cell again."
        return ""

    def _opening(self, token: str) -> Message:
        criteria = [c for c in self._rv.protocol.plan.criteria if self._stage in c.stage]
        return {
            "kind": "opening",
            "token": token,
            "stage": STAGE_NAMES[self._stage],
            "reviewer": self._rv.reviewer,
            "criteria": [{"id": c.id, "element": c.element, "text": c.text} for c in criteria],
            "reason_needed": self._stage == "full_text",
        }

    # what is stored

    def _decide(self, ask: ScreeningAsk) -> Message:
        event = self._rv.screening.decide(
            ask.report, stage=self._stage, decision=ask.decision, judgements=ask.judgements, reason=ask.reason, note=ask.note,
            token=ask.token,
        )  # fmt: skip
        if ask.token not in self._stored:
            self._stored[ask.token] = event
            self._decided.append((event, ask.report))
            self._waiting = deque(r for r in self._waiting if r != ask.report)
            self._shown = ""
        return {"kind": "saved", "token": ask.token, "event": event}

    def _undo(self, token: str) -> Message:
        if token not in self._stored:
            event, report = self._decided.pop() if self._decided else self._earlier()
            self._stored[token] = self._rv.screening.undo(event)
            self._waiting = deque([report, *(r for r in self._waiting if r != report)])
        return {"kind": "saved", "token": token, "event": self._stored[token]}

    def _earlier(self) -> tuple[str, str]:
        """The last decision that this reviewer made before this sitting."""
        panels = ((report.id, self._rv.screening.panel(report, self._stage)) for report in self._rv.studies.report_views())
        own = [(answer, report) for report, panel in panels for answer in panel.answers if answer.actor == self._rv.reviewer]
        if not own:
            raise NotAllowed("there is no decision of yours to undo")
        answer, report = max(own, key=lambda one: one[0].position)
        return answer.id, report

    # what is shown

    def _card(self, token: str) -> Message:
        report = self._turn()
        self._shown = report.id if report else ""
        return {"kind": "card", "token": token, "card": content(report) if report else None, "progress": self._progress()}

    def _progress(self) -> str:
        return f"{len(self._waiting):,} left" if self._waiting else ""

    def _turn(self) -> ReportView | None:
        """Whose turn it is. The queue is asked when it has run empty, so that ten thousand records cost nothing at each key."""
        reports = {r.id: r for r in self._rv.studies.report_views()}
        while self._waiting and not self._waits(reports.get(self._waiting[0])):
            self._waiting.popleft()
        if not self._waiting:
            self._waiting.extend(self._rv.screening.queue(self._stage))
        return reports[self._waiting[0]] if self._waiting else None

    def _waits(self, report: ReportView | None) -> bool:
        """Whether it still does: it may have been merged, resolved, or answered by others since the queue was asked."""
        if report is None:
            return False
        panel = self._rv.screening.panel(report, self._stage)
        return not (panel.complete or panel.resolution or any(a.actor == self._rv.reviewer for a in panel.answers))
