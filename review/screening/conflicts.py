"""A conflict as whoever resolves it may see it: every answer with its reason, no names, in an order that tells nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from review.model.authority import LEAD
from review.model.blinding import Viewer
from review.model.consensus import Panel
from review.model.event import Event
from review.model.views import ReportView


@dataclass(frozen=True, slots=True)
class Side:
    """One answer in a conflict. ``changed_to``: the decision that the same person moved to when the others could be seen, else ''.

    ``reason_words``: of an imported answer, the reason in the words of its file, where no criterion is known for them; else ''.
    """

    decision: str
    reason: str | None
    note: str
    judgements: Mapping[str, str] = field(default_factory=dict)
    near_miss: bool = False
    changed_to: str = ""
    reason_words: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """One open conflict. ``by_agreement``: the viewer gave one of the answers, and may resolve it only with a note on the agreement."""

    report: str
    stage: str
    sides: tuple[Side, ...]
    by_agreement: bool

    @property
    def about_reasons(self) -> bool:
        """Whether all exclude, and only the reason is open."""
        return {side.decision for side in self.sides} == {"exclude"}


def conflict_of(found: Panel, report: ReportView, stage: str, viewer: Viewer) -> Conflict | None:
    """The open conflict that *found* holds; None where there is none, or where not everybody due has answered."""
    if not (found.conflict and found.closed):
        return None
    since = {a.actor: a.body["decision"] for a in found.answers}
    sides = tuple(_side(e, since.get(e.actor, "")) for e in opposed(found, report, stage))
    own = viewer.name in {a.actor for a in found.answers} and LEAD not in viewer.roles
    return Conflict(report.id, stage, sides, own)


def _side(event: Event, now: str) -> Side:
    body = event.body
    changed = now if now != body["decision"] else ""
    return Side(
        body["decision"], body["reason"], body["note"], dict(body["judgements"]), body.get("near_miss", False), changed, reason_words(event)
    )


def reason_words(event: Event) -> str:
    """The words of an imported exclusion for which no criterion is known; '' for any other answer."""
    return "" if event.body["decision"] != "exclude" or event.body["reason"] else event.body.get("reason_words", "")


def opposed(found: Panel, report: ReportView, stage: str) -> Sequence[Event]:
    """The answers that oppose each other: the independent ones where they differ, else those that stand now."""
    independent = {(e.body["decision"], e.body["reason"]) for e in found.independent}
    shown = found.independent if len(independent) > 1 or len(found.answers) < 2 else found.answers
    return sorted(shown, key=lambda e: hashlib.sha256(f"{report.id}|{stage}|{e.actor}".encode()).hexdigest())
