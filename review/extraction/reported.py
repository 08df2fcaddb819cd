"""What reports of a study say of outcomes, enrolment and eligibility, as it was extracted: cells, and nothing read from text here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from review.extraction.forms import items
from review.extraction.registered import Outcome, Said, Value
from review.model.extraction import NOT_REPORTED
from review.model.views import CellView

LISTED = "reported_outcome"  # an outcome as the report itself names it: its role is the value, its time frame the time point
GENERAL = "general"  # the form whose items say nothing of results: a baseline characteristic is no outcome
_ROLES = {"primary": "primary", "secondary": "secondary", "other": "other", "exploratory": "other", "tertiary": "other"}
_VALUES = {  # item and analysis set -> field; the number enrolled before the number randomised
    ("participants", "planned"): "planned enrolment", ("participants", "enrolled"): "actual enrolment",
    ("n_randomised", None): "actual enrolment", ("minimum_age", None): "minimum age", ("maximum_age", None): "maximum age",
    ("sex", None): "sex", ("inclusion_criteria", None): "inclusion criteria", ("exclusion_criteria", None): "exclusion criteria",
}  # fmt: skip


def reported_outcomes(cells: Sequence[CellView]) -> Iterator[Outcome]:
    """The outcomes that a report lists, with role and time frames; then those of which there are results alone, their role not stated."""
    general = {item.id for item in items(form=GENERAL)}
    listed: dict[tuple[str, str], list[CellView]] = {}
    results: dict[str, list[CellView]] = {}
    for cell in cells:
        if not cell.outcome or cell.value == NOT_REPORTED:
            continue
        if cell.item == LISTED:
            listed.setdefault((cell.outcome, cell.value.strip().lower()), []).append(cell)
        elif cell.item not in general:
            results.setdefault(cell.outcome, []).append(cell)
    names = {name for name, _ in listed}
    for (name, role), own in listed.items():
        yield _outcome(name, _ROLES.get(role), own, listed=True)
    for name, own in results.items():
        if name not in names:
            yield _outcome(name, None, own, listed=False)


def reported_values(cells: Sequence[CellView]) -> Iterator[Value]:
    """Enrolment and eligibility of the whole study, each field once; 'not reported' is a value, and several that differ are all told."""
    told: set[str] = set()
    whole: dict[tuple[str, str | None], list[CellView]] = {}
    for cell in cells:
        if cell.arm is None and cell.outcome is None:
            whole.setdefault((cell.item, cell.analysis_set), []).append(cell)
    for key, name in _VALUES.items():
        own = whole.get(key, [])
        if own and name not in told:
            told.add(name)
            values = dict.fromkeys(f"{one.value} {one.unit}" if one.unit and one.item.endswith("age") else one.value for one in own)
            value = "; ".join(values)
            yield Value(name, value, _said(value, own), len(values) > 1)


def _outcome(name: str, role: str | None, cells: Sequence[CellView], *, listed: bool) -> Outcome:
    times = tuple(sorted({cell.timepoint for cell in cells if cell.timepoint}))
    words = name + (f" [{'; '.join(times)}]" if times else "")
    return Outcome(role, name, times, _said(words, cells), listed)


def _said(words: str, cells: Sequence[CellView]) -> Said:
    """The words of a report, by these cells; where they stand is told of the first."""
    first, events = cells[0], tuple(cell.event for cell in cells)
    return Said(words, first.quotation, first.location, first.record, None, first.text_sha256, first.lines, events)
