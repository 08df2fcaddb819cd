"""Which studies a person leaves out of a planned comparison and why, and which arms were chosen, as review.toml says.

A name that is no study of the review is refused with its line: an exclusion or a choice that reaches nothing would go unnoticed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from review.errors import ProtocolInvalid, near
from review.extraction.rows import folded
from review.model.plan import FILE_NAME, Plan, line_of
from review.model.plan_synthesis import PlannedComparison
from review.model.views import StudyView


def unknown(plan: Plan, text: str, studies: Iterable[StudyView]) -> list[str]:
    """What *plan* leaves out of a comparison or chooses an arm of and is no study, in words; *text*: the plan as it is written."""
    known = list(studies)
    found = [
        f"a study called {name!r}, of which [synthesis] chooses an arm ({_line_of_choice(text, name)}); {_meant(name, known)}"
        for name in _unchosen(plan, known)
    ]
    for at, one in enumerate(plan.comparisons):
        for name in _strangers(one, known):
            line = f"{FILE_NAME}:{line_of(text, 'comparisons', at, 'leave_out', name)}"
            found.append(f"a study called {name!r}, which comparisons {one.id} leaves out ({line}); {_meant(name, known)}")
    return found


def chosen_arms(plan: Plan, text: str, studies: Sequence[StudyView]) -> dict[str, str]:
    """Study -> the arm that [synthesis] chooses of it. Raises ProtocolInvalid for a name that is no study (any more)."""
    strange = next(_unchosen(plan, studies), None)
    if strange is not None:
        raise ProtocolInvalid(
            f"choose of [synthesis] names {strange!r}, which is no study of this review",
            where=_line_of_choice(text, strange),
            next_step=f"{_meant(strange, studies)}; then amend the protocol",
        )
    return {study.id: arm for name, arm in plan.synthesis.choose.items() for study in studies if _is(study, name)}


def known_arm(plan: Plan, text: str, study: StudyView, arm: str, arms: Iterable[str]) -> None:
    """Raises ProtocolInvalid where [synthesis] chooses an *arm* that is none of the *arms* extracted of *study*, if any is."""
    names = list(dict.fromkeys(arms))
    if names and folded(arm) not in [folded(name) for name in names]:
        chosen = next(name for name, own in plan.synthesis.choose.items() if own == arm and _is(study, name))
        raise ProtocolInvalid(
            f"choose of [synthesis] names the arm {arm!r}, which {study.label} has not",
            where=_line_of_choice(text, chosen),
            next_step=f"{near(arm, names)}; then amend the protocol",
        )


def reasons(asked: PlannedComparison, plan: Plan, text: str, studies: Sequence[StudyView]) -> dict[str, str]:
    """Study -> why it is left out of *asked*. Raises ProtocolInvalid for a name that is no study (any more)."""
    strange = next(_strangers(asked, studies), None)
    if strange is not None:
        at = [one.id for one in plan.comparisons].index(asked.id)
        raise ProtocolInvalid(
            f"comparisons {asked.id}: leave_out names {strange!r}, which is no study of this review",
            where=f"{FILE_NAME}:{line_of(text, 'comparisons', at, 'leave_out', strange)}",
            next_step=f"{_meant(strange, studies)}; then amend the protocol",
        )
    return {study.id: why for study in studies if (why := reason_of(asked, study))}


def reason_of(asked: PlannedComparison, study: StudyView) -> str:
    """Why *study* is left out of a comparison; '' where it is not."""
    return next((why.strip() for name, why in asked.leave_out.items() if _is(study, name)), "")


def _strangers(asked: PlannedComparison, studies: Sequence[StudyView]) -> Iterator[str]:
    return (name for name in asked.leave_out if not any(_is(study, name) for study in studies))


def _unchosen(plan: Plan, studies: Sequence[StudyView]) -> Iterator[str]:
    return (name for name in plan.synthesis.choose if not any(_is(study, name) for study in studies))


def _line_of_choice(text: str, name: str) -> str:
    return f"{FILE_NAME}:{line_of(text, 'synthesis', 'choose', name)}"


def _meant(name: str, studies: Sequence[StudyView]) -> str:
    return near(name, [study.label for study in studies])


def _is(study: StudyView, name: str) -> bool:
    """Whether *name* is the label of the study, whatever the capitals and blanks, or its id."""
    return name == study.id or folded(name) == folded(study.label)
