"""Which studies a person leaves out of a planned comparison, and why, as its ``leave_out`` in review.toml says.

A name that is no study of the review is refused with its line: an exclusion that reaches nothing would go unnoticed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from review.errors import ProtocolInvalid, near
from review.extraction.rows import folded
from review.model.plan import FILE_NAME, Plan, line_of
from review.model.plan_synthesis import PlannedComparison
from review.model.views import StudyView


def unknown(plan: Plan, text: str, studies: Iterable[StudyView]) -> list[str]:
    """What is left out of a comparison of *plan* and is no study, in words; *text*: the plan as it is written."""
    known, found = list(studies), []
    for at, one in enumerate(plan.comparisons):
        for name in _strangers(one, known):
            line = f"{FILE_NAME}:{line_of(text, 'comparisons', at, 'leave_out', name)}"
            meant = near(name, [study.label for study in known])
            found.append(f"a study called {name!r}, which comparisons {one.id} leaves out ({line}); {meant}")
    return found


def reasons(asked: PlannedComparison, plan: Plan, text: str, studies: Sequence[StudyView]) -> dict[str, str]:
    """Study -> why it is left out of *asked*. Raises ProtocolInvalid for a name that is no study (any more)."""
    strange = next(_strangers(asked, studies), None)
    if strange is not None:
        at = [one.id for one in plan.comparisons].index(asked.id)
        raise ProtocolInvalid(
            f"comparisons {asked.id}: leave_out names {strange!r}, which is no study of this review",
            where=f"{FILE_NAME}:{line_of(text, 'comparisons', at, 'leave_out', strange)}",
            next_step=f"{near(strange, [study.label for study in studies])}; then amend the protocol",
        )
    return {study.id: why for study in studies if (why := reason_of(asked, study))}


def reason_of(asked: PlannedComparison, study: StudyView) -> str:
    """Why *study* is left out of a comparison; '' where it is not."""
    return next((why.strip() for name, why in asked.leave_out.items() if _is(study, name)), "")


def _strangers(asked: PlannedComparison, studies: Sequence[StudyView]) -> Iterator[str]:
    return (name for name in asked.leave_out if not any(_is(study, name) for study in studies))


def _is(study: StudyView, name: str) -> bool:
    """Whether *name* is the label of the study, whatever the capitals and blanks, or its id."""
    return name == study.id or folded(name) == folded(study.label)
