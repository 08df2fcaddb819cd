"""The extracted results of one study as rows: an arm, or a comparison, at one time point of one outcome, in one analysis set.

Nothing is computed here, and no number is taken for another: where two could be meant, none is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from review.model.views import CellView
from review.model.written_numbers import written_number
from review.text import fold_blanks

PEOPLE = (None, "participants", "patients", "people", "persons", "subjects")
NOT_ANALYSED = (None, "planned", "enrolled", "type not stated")


@dataclass(frozen=True)
class Result:
    """The extracted cells of one arm (or comparison) at one time point of one outcome; ``n``: how many were analysed."""

    outcome: str | None
    timepoint: str | None
    arm: str | None
    analysis_set: str | None
    cells: tuple[CellView, ...]
    n: CellView | None

    def get(self, item: str) -> CellView | None:
        """The cell of *item*, None where it was not extracted."""
        return next((c for c in self.cells if c.item == item), None)

    @property
    def has_effect(self) -> bool:
        """Whether an effect stands here: the standard error is then the effect's, not that of a mean."""
        return self.get("effect_measure") is not None or self.get("effect") is not None

    @property
    def n_is_wider(self) -> bool:
        """Whether ``n`` leaves the outcome or the time point of this result open."""
        return self.n is not None and (folded(self.n.outcome), folded(self.n.timepoint)) != (folded(self.outcome), folded(self.timepoint))

    @property
    def place(self) -> tuple[str | None, ...]:
        """Outcome, time point and analysis set, neither capitals nor blanks counting: what its arms have in common."""
        return folded(self.outcome), folded(self.timepoint), folded(self.analysis_set)


def rows_of(cells: Sequence[CellView], wanted: Callable[[CellView], bool]) -> list[Result]:
    """Rows of the cells that are *wanted*: by outcome, time point and arm in the order of extraction, comparisons behind their arms."""
    groups: dict[tuple[str | None, ...], list[CellView]] = {}
    for cell in cells:
        if wanted(cell):
            groups.setdefault((cell.outcome, cell.timepoint, cell.arm, cell.analysis_set), []).append(cell)
    counts = [c for c in cells if c.item == "n_analysed"]
    counts += [c for c in cells if c.item == "participants" and folded(c.analysis_set) not in NOT_ANALYSED]
    found = [Result(*key, tuple(own), _analysed(own, counts)) for key, own in groups.items()]
    outcomes, times = list(dict.fromkeys(r.outcome for r in found)), list(dict.fromkeys((r.outcome, r.timepoint) for r in found))
    return sorted(found, key=lambda r: (outcomes.index(r.outcome), times.index((r.outcome, r.timepoint)), r.arm is None))


def folded(words: str | None) -> str | None:
    """A name for comparison: neither capitals nor blanks make a difference."""
    return fold_blanks(words).casefold() if words else None


def _set(cell: CellView) -> str | None:
    """The analysis set; 'analysed' says of what type a number is and names no set."""
    return None if folded(cell.analysis_set) == "analysed" else folded(cell.analysis_set)


def _analysed(own: Sequence[CellView], counts: Sequence[CellView]) -> CellView | None:
    """The number of participants behind the result of these *own* cells: of its arm and analysis set, its outcome and its time point.

    Where no number is of this outcome and time point, one that leaves either open serves, if it is the only one.
    """
    about = own[0]
    outcome, timepoint = folded(about.outcome), folded(about.timepoint)
    same = [c for c in counts if (folded(c.arm), _set(c)) == (folded(about.arm), _set(about))]
    near = [c for c in same if folded(c.outcome) in (outcome, None) and folded(c.timepoint) in (timepoint, None)]
    exact = [c for c in near if (folded(c.outcome), folded(c.timepoint)) == (outcome, timepoint)]
    for found in ([c for c in own if c.item == "n_analysed"], [c for c in exact if c.item == "n_analysed"], exact, near):
        if found:
            return found[0] if len(found) == 1 else None
    return None


def wider(cells: Sequence[CellView], item: str, row: Result) -> CellView | None:
    """The cell of *item* for this row: its own, else the only one of its arm that leaves outcome, time point or analysis set open."""
    own = row.get(item)
    if own is not None:
        return own
    open_at = [
        c
        for c in cells
        if c.item == item
        and folded(c.arm) == folded(row.arm)
        and all(folded(said) in (None, wanted) for said, wanted in zip((c.outcome, c.timepoint, c.analysis_set), row.place, strict=True))
    ]
    return open_at[0] if len(open_at) == 1 else None


def number_in(cell: CellView | None) -> Decimal | None:
    """The number that a cell is, None for words, for a conflict and for no cell."""
    return None if cell is None or cell.conflict else written_number(cell.value)


def people_in(cell: CellView | None) -> Decimal | None:
    """The number of participants that a cell is; None too where its unit is another, as a percentage."""
    return number_in(cell) if cell is not None and folded(cell.unit) in PEOPLE else None
