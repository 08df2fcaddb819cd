"""What an assessor gives for one grading, checked as a whole, and as the fields of its fact; and a stored grading read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from review.certainty.absolute import Absolute, Baseline, Effect, absolute, wording
from review.certainty.grading import IMPORTANCE, LEVELS, Start, level_number, rate
from review.certainty.statements import Threshold, suggest_imprecision
from review.errors import InputRefused
from review.model.certainty import BaselineStated, EffectStated, ThresholdStated
from review.model.event import Body

HAND = "by hand"
SYNTHESIS = "from the synthesis of "  # and the id of the planned comparison that gave an effect
_FORMS: tuple[tuple[str, Any, str], ...] = (
    ("effect", Effect, "Effect(measure, value, low, high, source)"),
    ("baseline", (Baseline, list, tuple), "Baseline(risk, label, source), or a list of these"),
    ("threshold", Threshold, "Threshold(small, moderate, large, source)"),
    ("participants", (int, list, tuple), "a whole number, or (with the intervention, with the comparator)"),
    ("studies", (int, str, list, tuple), "a whole number, or the studies' ids or labels"),
)


@dataclass(frozen=True)
class Given:
    """One grading as it was given; ``Certainty.grade`` says what each field is."""

    start: str | None = None
    ratings: Mapping[str, int] = field(default_factory=dict)
    explanations: Mapping[str, str] = field(default_factory=dict)
    effect: Effect | None = None
    baseline: Baseline | Sequence[Baseline] = ()
    participants: int | tuple[int, int] | None = None
    studies: int | Sequence[str] | None = None
    importance: str = "critical"
    final: str | int | None = None
    reason: str = ""
    threshold: Threshold | None = None
    comment: str = ""
    entered: str = HAND

    def __post_init__(self) -> None:
        for name, kind, expected in _FORMS:
            value = getattr(self, name)
            if value is not None and not isinstance(value, kind):
                raise InputRefused(f"{name}: {value!r}", expected=expected)
        for name in ("importance", "reason", "comment"):
            wording(getattr(self, name), name)
        if self.baseline is None or not all(isinstance(one, Baseline) for one in self.baselines):
            raise InputRefused(f"baseline: {self.baseline!r}", expected="Baseline(risk, label, source), or a list of these")

    @property
    def baselines(self) -> tuple[Baseline, ...]:
        """What is expected with the comparator, one or several."""
        return (self.baseline,) if isinstance(self.baseline, Baseline) else tuple(self.baseline)

    def told(self, start: Start, *, where: str) -> dict[str, Any]:
        """The fields that rest on these values alone, with the level that follows from *start*. Raises InputRefused."""
        rated = rate(start, self.ratings, self.explanations, effect=self.effect)
        final = self._final(start, rated.proposed, where)
        if self.importance not in IMPORTANCE:
            raise InputRefused(f"importance: {self.importance!r}", where=where, expected=", ".join(IMPORTANCE))
        _check_baselines(self.effect, self.baselines)
        return {
            "design": start.design,
            "start_rule": start.rule,
            "start": start.level,
            "ratings": dict(self.ratings),
            "explanations": {name: words.strip() for name, words in self.explanations.items() if words.strip()},
            "proposed": rated.proposed,
            "final": final,
            "reason": self.reason.strip(),
            "remarks": rated.remarks,
            "effect": _told(EffectStated, self.effect, entered=self.entered),
            "baselines": [_told(BaselineStated, one) for one in self.baselines],
            "threshold": _told(ThresholdStated, self.threshold),
            "participants": _people(self.participants),
            "importance": self.importance,
            "comment": self.comment.strip(),
        }

    def count(self, named: int, *, where: str) -> int | None:
        """How many studies it is of, *named* where they were named; None where that was not stated. Raises InputRefused for none."""
        found = self.studies if isinstance(self.studies, int) else None if self.studies is None else named
        people = _people(self.participants)
        if found == 0 or (people and not any(people)):
            what = "studies" if found == 0 else "participants"
            raise InputRefused(
                f"there is no evidence to grade: 0 {what}",
                where=where,
                next_step="say so: rv.certainty.not_graded(outcome, reason='no evidence'), or leave the number out",
            )
        return found

    def _final(self, start: Start, proposed: int, where: str) -> int:
        final = proposed if self.final is None else level_number(self.final)
        if start.design == "single-arm" and final > proposed:
            raise InputRefused("evidence without a comparison group is never rated up", where=where, expected=LEVELS[proposed].word)
        if final != proposed and not self.reason.strip():
            words = f"{LEVELS[proposed].word!r} follows from the ratings, not {LEVELS[final].word!r}"
            raise InputRefused(words, where=where, next_step="give the reason, or leave final out")
        return final


def effect_of(grading: Mapping[str, Any]) -> Effect | None:
    """The effect of a stored grading."""
    stated = grading["effect"]
    return None if stated is None else Effect(**{name: value for name, value in stated.items() if name != "entered"})


def stated_effect(effect: Effect) -> dict[str, Any]:
    """An effect in the form of a stored one, for comparing."""
    return {name: value if value is None else str(value) for name, value in asdict(effect).items()}


def synthesis_of(grading: Mapping[str, Any]) -> str:
    """The id of the planned comparison that gave a stored grading its effect; '' for an effect that was entered by hand."""
    entered = (grading["effect"] or {}).get("entered", "")
    return entered.removeprefix(SYNTHESIS) if entered.startswith(SYNTHESIS) else ""


def baselines_of(grading: Mapping[str, Any]) -> list[Baseline]:
    """The baselines of a stored grading."""
    return [Baseline(**one) for one in grading["baselines"]]


def threshold_of(grading: Mapping[str, Any]) -> Threshold | None:
    """The threshold of a stored grading."""
    return None if grading["threshold"] is None else Threshold(**grading["threshold"])


def suggestion(grading: Mapping[str, Any]) -> str | None:
    """What the interval of a stored grading speaks for beside the declared threshold, at each baseline; None without either."""
    effect, threshold = effect_of(grading), threshold_of(grading)
    if effect is None:
        return None
    risks = [absolute(effect, baseline) for baseline in baselines_of(grading) or [None]]
    apart = [(risk.label, risk.difference) for risk in risks if risk is not None]
    if not apart and effect.limits and threshold is not None and threshold.is_null:  # a ratio alone is held against 1
        apart = [("", Absolute(*(Decimal(n) - 1 for n in (effect.value, *effect.limits))))]
    found = [(label, said) for label, difference in apart if (said := suggest_imprecision(difference, threshold)) is not None]
    told = [(f"{label}: " if len(apart) > 1 else "") + f"{points:d}: {why}" for label, (points, why) in found]
    return "; ".join(told) or None


def _check_baselines(effect: Effect | None, baselines: Sequence[Baseline]) -> None:
    """Raises InputRefused for a baseline that the effect cannot be applied to."""
    for one in baselines:
        if effect is None:
            raise InputRefused("a risk with the comparator needs an effect to be applied to", next_step="give effect=Effect(…) too")
        absolute(effect, one)
    labels = [one.label for one in baselines]
    if len(labels) > 1 and (len(set(labels)) < len(labels) or not all(label.strip() for label in labels)):
        raise InputRefused("several risks with the comparator need a label each", expected="as label='high risk'")


def _people(participants: int | tuple[int, int] | None) -> tuple[int, ...]:
    given = () if participants is None else (participants,) if isinstance(participants, int) else tuple(participants)
    if len(given) > 2 or any(isinstance(n, bool) or not isinstance(n, int) or n < 0 for n in given):
        raise InputRefused(f"participants: {participants!r}", expected="a number, or (with the intervention, with the comparator)")
    return given


def _told(form: type[Body], value: Effect | Baseline | Threshold | None, **more: str) -> dict[str, Any] | None:
    """The fields of a body, numbers as text."""
    if value is None:
        return None
    texts = {name: one if one is None else str(one) for name, one in asdict(value).items()}
    return form(**texts, **more).model_dump()
