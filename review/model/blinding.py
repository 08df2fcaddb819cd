"""Who may see what: one pure policy for screening, classification, extraction and appraisal.

On SQLite this guards against accident, not against somebody who opens the file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from review.model.event import Event

ANSWERED_BY = {  # kind of answer -> the role of those who give it, blind to each other
    "screening.decided": "screener",
    "studies.classified": "screener",
    "extraction.recorded": "extractor",
    "extraction.drafted": "extractor",
    "extraction.confirmed": "extractor",
    "extraction.switching_judged": "extractor",
    "appraisal.judged": "assessor",
    "appraisal.not_assessed": "assessor",
    "appraisal.drafted": "assessor",
    "certainty.graded": "assessor",
    "certainty.not_graded": "assessor",
    "certainty.drafted": "assessor",
}
BLIND_KINDS = frozenset(ANSWERED_BY)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks. ``name`` None sees what is closed and writes nothing."""

    name: str | None = None
    roles: frozenset[str] = frozenset()

    @property
    def sees_all(self) -> bool:
        """A lead, or somebody with the role sees_all."""
        return bool(self.roles & {"sees_all", "lead"})

    def sees_open(self, kind: str) -> bool:
        """Whether open answers of this *kind* by others are shown: to who sees all, unless that one may be due to answer too."""
        return self.sees_all and ANSWERED_BY.get(kind) not in self.roles


def visible(event: Event, viewer: Viewer, closed: Callable[[Event], bool]) -> bool:
    """Whether *viewer* may see *event*; ``closed(event)`` tells whether everybody due at its question has answered."""
    return event.kind not in BLIND_KINDS or event.by_tool or viewer.sees_open(event.kind) or event.actor == viewer.name or closed(event)
