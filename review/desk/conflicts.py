"""The conflict card: one disagreement at a time, every answer with its reason and no name, resolved by a key.

It shows what everybody due has answered, and nothing that is open; a conflict that somebody else resolved meanwhile is left as it stands.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Literal

from review.desk.card import Ask, Card, Message, closed_to, refused, script
from review.desk.reading import content, inked
from review.desk.tints import tints_of
from review.errors import InputRefused, NotAllowed, near
from review.model.authority import LEAD
from review.model.decision import STAGE_NAMES, STAGES
from review.model.views import ReportView
from review.project import Review
from review.screening.conflicts import Conflict

UNSEEN = "the card shows another conflict now, and nothing is resolved unseen. Next: look at this one."
NOBODY = "This card needs to know who resolves."
Place = tuple[str, str]  # report and stage


class ConflictAsk(Ask):
    """What the browser sends to this card; report and stage are those that were on show when the key was pressed."""

    kind: Literal["open", "resolve", "skip", "undo"]
    report: str = ""
    stage: str = ""
    decision: str = ""
    reason: str | None = None
    note: str = ""
    near_miss: bool = False


class ConflictCard(Card):
    """Resolve what two reviewers answered differently, at *stage* or (None) at both: the reviewer of *rv* is a lead, or a screener.

    Whoever gave one of the answers resolves by agreement only, and a note says so. Raises InputRefused for another stage or key.
    """

    _esm = script("conflicts.js", shows="Conflicts")
    _css = Path(__file__).with_name("desk.css")
    Asked = ConflictAsk
    SHORTCUTS: ClassVar = {"include": "i", "exclude": "e", "note": "t", "near_miss": "f", "skip": "s", **Card.SHORTCUTS}

    def __init__(self, rv: Review, stage: str | None = None, *, keys: Mapping[str, str] | None = None) -> None:
        if stage is not None and stage not in STAGES:
            raise InputRefused(f"{stage!r} is no stage", expected=", ".join(STAGES), next_step=near(stage, STAGES))
        super().__init__(rv, keys=keys)
        self._stage = stage
        self._waiting: deque[Place] = deque()  # the first is the one to show; what is skipped goes last
        self._ended = 0  # conflicts of these stages that have a resolution
        self._shown: Place = ("", "")
        self._resolved: list[tuple[str, Place]] = []  # (event, conflict) of this sitting, to undo from the end
        self._stored: dict[str, str] = {}  # token -> event

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {STAGE_NAMES.get(self._stage or '', 'both stages')}, {self._rv.reviewer or 'nobody'}>"

    def answer(self, ask: ConflictAsk) -> Iterator[Message]:
        """The answers to one message: what was stored or refused, then the conflict to look at."""
        if closed := self._closed():
            yield {"kind": "closed", "token": ask.token, "message": closed}
            return
        place = (ask.report, ask.stage)
        if ask.kind == "open":
            self._fill()
            yield {"kind": "opening", "token": ask.token, "stage": "Conflicts", "reviewer": self._rv.reviewer}
        elif ask.kind == "undo":
            yield self._undo(ask.token)
        elif place != self._shown and ask.token not in self._stored:
            yield refused(ask.token, UNSEEN)
        elif ask.kind == "skip":
            self._waiting.rotate(-1)
        elif ask.token not in self._stored and self._conflict(place) is None:
            yield refused(ask.token, self._ended_by_another(place))
        else:
            yield self._resolve(ask)
        with self._rv.still():
            card = self._card(ask.token)
        yield card

    def _closed(self) -> str:
        """Why nobody can resolve here, and what to do; '' where somebody can."""
        who, able = self._rv.reviewer, [r for r in self._rv.protocol.plan.reviewers if {LEAD, "screener"} & set(r.roles)]
        names = [r.id for r in able] or [LEAD]
        if who in names:
            return ""
        why = f"{who} has neither the role lead nor screener in review.toml." if who else NOBODY
        return closed_to(why, names)

    # what is stored

    def _resolve(self, ask: ConflictAsk) -> Message:
        event = self._rv.screening.resolve(
            ask.report, stage=ask.stage, decision=ask.decision, reason=ask.reason, note=ask.note, near_miss=ask.near_miss, token=ask.token
        )
        if ask.token not in self._stored:
            self._stored[ask.token] = event
            self._resolved.append((event, (ask.report, ask.stage)))
            self._waiting = deque(place for place in self._waiting if place != (ask.report, ask.stage))
            self._ended += 1
            self._shown = ("", "")
        return {"kind": "saved", "token": ask.token, "event": event}

    def _undo(self, token: str) -> Message:
        if token not in self._stored:
            event, place = self._resolved[-1] if self._resolved else self._earlier()
            self._stored[token] = self._rv.screening.undo(event)
            del self._resolved[-1:]  # what was refused stays the last: sent again, it takes back nothing else
            self._ended -= 1
            self._waiting = deque([place, *(other for other in self._waiting if other != place)])
        return {"kind": "saved", "token": token, "event": self._stored[token]}

    def _earlier(self) -> tuple[str, Place]:
        """The last resolution that this reviewer made before this sitting."""
        own = [(event, place) for place, event in self._resolutions() if event.actor == self._rv.reviewer]
        if not own:
            raise NotAllowed("there is no resolution of yours to undo")
        event, place = max(own, key=lambda one: one[0].position)
        return event.id, place

    def _resolutions(self) -> Iterator[tuple[Place, Any]]:
        for stage in (self._stage,) if self._stage else STAGES:
            for report in self._rv.studies.report_views():
                if (resolution := self._rv.screening.panel(report, stage).resolution) is not None:
                    yield (report.id, stage), resolution

    # what is shown

    def _fill(self) -> None:
        self._waiting = deque(self._rv.screening.unresolved(self._stage))
        self._ended = sum(1 for _ in self._resolutions())

    def _conflict(self, place: Place) -> Conflict | None:
        return self._rv.screening.conflict(*place) if self._view(place[0]) else None

    def _ended_by_another(self, place: Place) -> str:
        view = self._view(place[0])
        resolution = self._rv.screening.panel(view, place[1]).resolution if view else None
        how = f" ({resolution.body['decision']})" if resolution is not None else ""
        return f"this conflict was ended meanwhile by somebody else{how}, and that stands. Next: look at this one."

    def _card(self, token: str) -> Message:
        while self._waiting and self._conflict(self._waiting[0]) is None:
            self._waiting.popleft()
        if not self._waiting:
            self._fill()
        self._shown = self._waiting[0] if self._waiting else ("", "")
        left, total = len(self._waiting), len(self._waiting) + self._ended
        shown = self._content(self._shown) if left else None
        return {
            "kind": "card",
            "token": token,
            "card": shown,
            "progress": f"{left:,} of {total:,} left",
            "share": self._ended / max(1, total),
        }

    def _content(self, place: Place) -> dict[str, Any] | None:
        report, stage = place
        view, conflict = self._view(report), self._conflict(place)
        if view is None or conflict is None:
            return None
        plan = self._rv.protocol.plan
        criteria = {
            c.id: {"id": c.id, "element": c.element, "text": c.text, "reason": c.as_reason} for c in plan.criteria if stage in c.stage
        }
        older = {
            name: {"id": name, "element": "", "text": "", "reason": ""}
            for side in conflict.sides
            for name in side.judgements
            if name not in criteria
        }
        return {
            **inked(content(view), tints_of(plan)),
            "report": report,
            "stage": stage,
            "stage_name": STAGE_NAMES[stage].capitalize(),
            "sides": [{**asdict(side), "judgements": dict(side.judgements)} for side in conflict.sides],
            "about_reasons": conflict.about_reasons,
            "by_agreement": conflict.by_agreement,
            "criteria": list(criteria.values()),
            "judged": [*criteria.values(), *older.values()],
        }

    def _view(self, report: str) -> ReportView | None:
        return next((r for r in self._rv.studies.report_views() if report in r.members), None)
