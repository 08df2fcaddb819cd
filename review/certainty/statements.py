"""Plain sentences on an effect by its certainty and its size; none is made where no threshold of size was declared.

The verbs are those of GRADE guidelines 26: results in, probably, may, very uncertain. What a size means for patients is not known here:
people declare the threshold, and where it was taken from. The rating of imprecision is suggested from it, never decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from review.certainty.absolute import Absolute, Number, number, wording
from review.certainty.grading import HIGH, LEVELS, LOW, MODERATE
from review.errors import InputRefused

Size = Literal["large", "moderate", "small", "trivial"]


@dataclass(frozen=True)
class Threshold:
    """From which difference on an effect matters, in the unit of the absolute effect: per 1,000 for risks, else that of the effect.

    small: below it the effect is little or none; 0 declares the null instead, no difference at all, by which an interval is read and
    of which no sentence is written. moderate, large: from here on the effect is so; moderate left out, no effect is
    called slight; large left out, none is called large. source: who says so. better: 'lower' or 'higher' where one of them is good for
    people, '' leaves it open (the sentence then says reduces and increases).
    """

    small: Number
    moderate: Number | None = None
    large: Number | None = None
    source: str = ""
    better: Literal["lower", "higher", ""] = ""

    def __post_init__(self) -> None:
        for name in ("small", "moderate", "large"):
            if name == "small" or getattr(self, name) is not None:
                object.__setattr__(self, name, number(getattr(self, name), f"the threshold {name}"))
        declared = [Decimal(n) for n in (self.small, self.moderate, self.large) if n is not None]
        if declared[0] < 0 or declared != sorted(declared) or (self.is_null and len(declared) > 1):
            raise InputRefused(
                "these thresholds of size are not in order", expected="0 < small ≤ moderate ≤ large, or 0 alone for the null"
            )
        if not wording(self.source, "the source of the threshold").strip():
            raise InputRefused("the threshold of size has no source", expected="who declared it, as 'protocol' or a publication")
        if self.better not in ("lower", "higher", ""):
            raise InputRefused(f"better: {self.better!r}", expected="'lower', 'higher', or '' to leave it open")

    @property
    def is_null(self) -> bool:
        """Whether no difference at all was declared, and no size."""
        return Decimal(self.small) == 0

    def size(self, difference: Decimal) -> Size:
        """How large a difference is, whichever way it goes."""
        far = abs(difference)
        if far < Decimal(self.small):
            return "trivial"
        if self.large is not None and far >= Decimal(self.large):
            return "large"
        return "moderate" if self.moderate is None or far >= Decimal(self.moderate) else "small"


def statement(intervention: str, outcome: str, difference: Decimal, certainty: int, threshold: Threshold | None) -> str | None:
    """The sentence on an absolute difference of that *certainty* (1 to 4); None where no threshold of size was declared, or the null.

    intervention, outcome: as they stand in the sentence, untrusted text like any other.
    """
    if threshold is None or threshold.is_null:
        return None
    if certainty not in LEVELS:
        raise InputRefused(f"{certainty!r} is no level of certainty", expected="1 to 4")
    if certainty < LOW:
        return f"The evidence is very uncertain about the effect of {intervention} on {outcome}."
    plain, base, noun = _verbs(difference, threshold.better)
    size = threshold.size(difference)
    preposition = "of" if noun == "worsening" else "in"
    if size in ("large", "trivial"):
        what = f"a large {noun} {preposition}" if size == "large" else "little to no difference in"
        verb = {HIGH: "results in", MODERATE: "probably results in", LOW: "may result in"}[certainty]
        return f"{intervention} {verb} {what} {outcome}."
    verb = {HIGH: plain, MODERATE: f"probably {plain}", LOW: f"may {base}"}[certainty]
    return f"{intervention} {verb} {outcome}{' slightly' if size == 'small' else ''}."


def _verbs(difference: Decimal, better: str) -> tuple[str, str, str]:
    """The verb, its base form and its noun, for the way that the difference goes."""
    if not better:
        return ("reduces", "reduce", "reduction") if difference < 0 else ("increases", "increase", "increase")
    good = (difference < 0) == (better == "lower")
    return ("improves", "improve", "improvement") if good else ("worsens", "worsen", "worsening")


def suggest_imprecision(difference: Absolute, threshold: Threshold | None) -> tuple[int, str] | None:
    """How many points the interval speaks for, and why; None without an interval or a threshold. A person decides."""
    if threshold is None or difference.low is None or difference.high is None:
        return None
    if threshold.is_null:
        crosses = difference.low < 0 < difference.high
        return (-1, "the interval includes the null") if crosses else (0, "the interval does not include the null")
    bound = Decimal(threshold.small)
    crossed = sum(difference.low < at < difference.high for at in (-bound, bound))
    if not crossed:
        return 0, f"the interval crosses no threshold of ±{bound.normalize():f}"
    if crossed == 1:
        return -1, f"the interval crosses one threshold of ±{bound.normalize():f}"
    return -2, f"the interval crosses both thresholds of ±{bound.normalize():f}"
