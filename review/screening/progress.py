"""What is finally decided at a stage, in the order in which it was read, and which of it was drawn at random. Pure; it refuses nothing.

Nothing of an open decision is in it, so that it is the same for everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

from review.model.consensus import Panel
from review.model.decision import is_imported
from review.model.event import Event
from review.model.views import ReportView, Standing
from review.screening.order import by_lot
from review.screening.stopping import Outlook, outlook


@dataclass(frozen=True, slots=True)
class Settled:
    """One report that a person has finally decided, by which event. label: 1 include, 0 exclude.

    position: in the ledger, of the answer that was the last due; a conflict that was resolved later stands where it was read.
    models: what had presented it to those who answered, as far as that is known. people: how many different people decided it, the one who
    resolved a conflict among them; 0 where an imported consensus decided, whose readers are not known. imported: whether what gives it
    its place came from a file of another tool, so that the place says nothing of when it was read.
    """

    report: str
    event: str
    position: int
    label: int
    models: tuple[str, ...]
    people: int
    imported: bool = False


def settled(report: ReportView, found: Panel, stands: Standing) -> Settled | None:
    """The final decision on *report*; None while it waits, and where only a tool decided."""
    answers = [answer for answer in (*found.answers, found.resolution) if answer is not None and not answer.by_tool]
    if stands.outcome is None or not answers:
        return None
    read = max(found.independent, key=_position) if found.independent else found.resolution or max(found.answers, key=_position)
    models = dict.fromkeys(answer.body["model"] for answer in answers if answer.body.get("model"))
    people = {answer.actor for answer in answers if answer is not found.resolution or not is_imported(answer)}
    label, event = int(stands.outcome == "include"), (found.resolution or read).id
    return Settled(report.id, event, read.position, label, tuple(models), len(people), is_imported(read))


def _position(answer: Event) -> int:
    return answer.position


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage is. reports: of the stage, those that a stop left among them. done: what is finally decided, as it was read.

    share: of places drawn at random. unsettled: how many everybody due has answered without a decision that stands. stopped: how many a
    stop left unscreened.
    """

    reports: tuple[str, ...]
    done: tuple[Settled, ...]
    share: float
    unsettled: int = 0
    stopped: int = 0

    @property
    def labels(self) -> list[int]:
        """1 or 0 of what is finally decided, in that order."""
        return [one.label for one in self.done]

    @property
    def in_order(self) -> int:
        """How many of the last labels stand in the order in which they were read: those since the last imported one."""
        return next((at for at, one in enumerate(reversed(self.done)) if one.imported), len(self.done))

    @property
    def sample(self) -> tuple[str, ...]:
        """The random sample: the first reports by lot, as many as the share gives for what was screened.

        No more than decisions say that their record was drawn at random: where the lot was not presented, its first reports are not
        read because it is their turn but because the ranking found them, and are no random sample.
        """
        presented = sum("random" in one.models for one in self.done)
        return tuple(by_lot(self.reports)[: min(floor(self.share * len(self.done) + 1e-9), presented)])

    @property
    def drawn(self) -> list[int]:
        """Labels of the random sample, as far as it is decided.

        Whoever presented them, they are a random sample of all reports: the lot knows nothing of what they say.
        """
        label = {one.report: one.label for one in self.done}
        return [label[report] for report in self.sample if report in label]

    @property
    def waiting(self) -> int:
        """How many of the random sample have no final decision; until they have, nothing is estimated from the others."""
        return len(self.sample) - len(self.drawn)

    def outlook(self, recall_target: float, confidence: float) -> Outlook:
        """What may be promised."""
        return outlook(
            self.labels,
            len(self.reports),
            recall_target=recall_target,
            confidence=confidence,
            drawn=self.drawn,
            waiting=self.waiting,
            unsettled=self.unsettled,
            stopped=self.stopped,
            in_order=self.in_order,
        )


def progress_of(reports: Sequence[str], done: Sequence[Settled | None], share: float, *, unsettled: int = 0, stopped: int = 0) -> Progress:
    """The progress over *reports*; what is None in *done* still waits, or was left."""
    final = sorted((one for one in done if one is not None), key=lambda one: (one.position, one.report))
    return Progress(tuple(reports), tuple(final), share, unsettled, stopped)
