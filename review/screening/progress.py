"""What is finally decided at a stage, in the order in which it became so, and which of it was drawn at random. Pure; it refuses nothing.

Nothing of an open decision is in it, so that it is the same for everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

from review.model.consensus import Panel
from review.model.views import ReportView, Standing
from review.screening.order import by_lot
from review.screening.stopping import Outlook, outlook


@dataclass(frozen=True, slots=True)
class Settled:
    """One report that a person has finally decided, by which event. label: 1 include, 0 exclude.

    model: what had presented it, '' where that is not known. people: how many different people decided it, the one who
    resolved a conflict among them.
    """

    report: str
    event: str
    position: int
    label: int
    model: str
    people: int


def settled(report: ReportView, found: Panel, stands: Standing) -> Settled | None:
    """The final decision on *report*; None while it waits, and where only a tool decided."""
    answers = [answer for answer in (*found.answers, found.resolution) if answer is not None and not answer.by_tool]
    if stands.outcome is None or not answers:
        return None
    last = found.resolution or max(found.independent or found.answers, key=lambda answer: answer.position)
    models = [answer.body["model"] for answer in answers if answer.body.get("model")]
    people = len({answer.actor for answer in answers})
    return Settled(report.id, last.id, last.position, int(stands.outcome == "include"), models[-1] if models else "", people)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage is. reports: of the stage. done: what is finally decided, as it became so. share: of places drawn at random."""

    reports: tuple[str, ...]
    done: tuple[Settled, ...]
    share: float

    @property
    def labels(self) -> list[int]:
        """1 or 0 of what is finally decided, in that order."""
        return [one.label for one in self.done]

    @property
    def drawn(self) -> list[int]:
        """Labels of the random sample: the first reports by lot, as many as the share gives for what was screened, up to one that waits.

        Whoever presented them, they are a random sample of all reports: the lot knows nothing of what they say.
        """
        label = {one.report: one.label for one in self.done}
        sample: list[int] = []
        for report in by_lot(self.reports)[: floor(self.share * len(self.done) + 1e-9)]:
            if report not in label:
                break
            sample.append(label[report])
        return sample

    def outlook(self, recall_target: float, confidence: float) -> Outlook:
        """What may be promised."""
        return outlook(self.labels, len(self.reports), recall_target=recall_target, confidence=confidence, drawn=self.drawn)


def progress_of(reports: Sequence[str], done: Sequence[Settled | None], share: float) -> Progress:
    """The progress over *reports*; what is None in *done* still waits."""
    final = sorted((one for one in done if one is not None), key=lambda one: (one.position, one.report))
    return Progress(tuple(reports), tuple(final), share)
