"""Absolute effects for stated risks with the comparator: what a relative effect means for 1,000 people. Refuses impossible numbers.

Formulas: Cochrane Handbook, chapter 14 (RR, OR, HR, RD, rate ratio), the same for the estimate and both limits. Decimals throughout, so
that the same numbers give the same digits everywhere. What is not stated stays empty: missing is not zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext

from review.errors import InputRefused, near

Number = Decimal | int | float | str
RATIOS = ("RR", "OR", "Peto OR", "HR", "rate ratio")
OF_RISKS = ("RR", "OR", "Peto OR", "HR", "RD")
MEASURES = (*RATIOS, "RD", "MD", "SMD")
NAMES = {
    "RR": "risk ratio", "OR": "odds ratio", "Peto OR": "Peto odds ratio", "HR": "hazard ratio", "rate ratio": "rate ratio",
    "RD": "risk difference", "MD": "mean difference", "SMD": "standardised mean difference",
}  # fmt: skip
PER = 1000
ROUNDING = (
    "Absolute effects are rounded to whole numbers per 1,000, halves away from zero; a difference is rounded after it is taken, "
    "so it may differ by 1 from that of the printed risks."
)
_WHOLE = Decimal(1)
_MOST_PLACES, _MOST_DIGITS = 12, 28


def number(given: Number, what: str) -> Decimal:
    """*given* as a decimal. Raises InputRefused for what is no finite number, and for one beyond every scale of an effect."""
    try:
        found = Decimal(str(given).strip()) if not isinstance(given, bool) else Decimal("NaN")
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise InputRefused(f"{what}: {given!r} is no number", expected="a number written with a point, as 0.45")
    if abs(found.adjusted()) > _MOST_PLACES or len(found.as_tuple().digits) > _MOST_DIGITS:  # products of two stay exact enough to print
        raise InputRefused(
            f"{what}: no effect is of this size or exactness: {str(given)[:40]!r}",
            expected=f"at most {_MOST_PLACES} places before or behind the point to the first digit, and {_MOST_DIGITS} digits",
        )
    return found


def wording(given: object, what: str) -> str:
    """*given*, which must be text. Raises InputRefused."""
    if not isinstance(given, str):
        raise InputRefused(f"{what}: {given!r} is no text", expected="words")
    return given


@dataclass(frozen=True)
class Effect:
    """An effect with its interval. measure: RR, OR, Peto OR, HR, rate ratio, RD, MD or SMD. RD is a proportion, -1 to 1.

    low, high: both limits, or neither. source: where it was read or how it was computed. level: of the interval, in per cent.
    unit: of a mean difference. Raises InputRefused for a negative ratio, limits that do not enclose the value, and other measures.
    """

    measure: str
    value: Number
    low: Number | None = None
    high: Number | None = None
    source: str = ""
    level: Number = 95
    unit: str = ""

    def __post_init__(self) -> None:
        if wording(self.measure, "the measure of effect") not in MEASURES:
            raise InputRefused(
                f"{self.measure!r} is no measure of effect", expected=", ".join(MEASURES), next_step=near(self.measure, MEASURES)
            )
        for name in ("source", "unit"):
            wording(getattr(self, name), f"{self.measure}, {name}")
        if (self.low is None) != (self.high is None):
            raise InputRefused(f"{self.measure}: one limit of the interval is missing", expected="both limits, or neither")
        for name in ("value", "low", "high", "level"):
            if name in ("value", "level") or getattr(self, name) is not None:
                object.__setattr__(self, name, number(getattr(self, name), f"{self.measure}, {name}"))
        self._check()

    def _check(self) -> None:
        numbers = [n for n in (self.low, self.value, self.high) if isinstance(n, Decimal)]
        if numbers != sorted(numbers):
            said = f"{self.value} ({self.low} to {self.high})"
            raise InputRefused(f"{self.measure}: the limits do not enclose the value: {said}", expected="low ≤ value ≤ high")
        if self.measure in RATIOS and numbers[0] < 0:
            raise InputRefused(f"{self.measure}: a ratio is never negative, and this is {numbers[0]}", expected="0 or more")
        if self.measure == "RD" and (numbers[0] < -1 or numbers[-1] > 1):
            raise InputRefused("RD: a difference of risks lies between -1 and 1", expected="a proportion, as -0.05 for 50 fewer per 1,000")
        if not 0 < Decimal(self.level) < 100:
            raise InputRefused(f"{self.level} is no level of an interval", expected="a per cent between 0 and 100, as 95")

    @property
    def limits(self) -> tuple[Decimal, Decimal] | None:
        """Both limits; None where no interval was stated."""
        return None if self.low is None or self.high is None else (Decimal(self.low), Decimal(self.high))


@dataclass(frozen=True)
class Baseline:
    """What is expected with the comparator, and where that was taken from.

    risk: a proportion from 0 to 1 for risks, a rate for a rate ratio (then *per* says of what, as '100 person-years'), a mean for a mean
    difference. source: as 'median risk with the comparator in the included studies', never left out. label: as 'high risk'.
    """

    risk: Number
    label: str = ""
    source: str = ""
    per: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "risk", number(self.risk, "the risk with the comparator"))
        for name in ("label", "source", "per"):
            wording(getattr(self, name), f"the risk with the comparator, {name}")
        if not self.source.strip():
            raise InputRefused(
                "the risk with the comparator has no source", expected="as 'median risk of the included studies', or a study"
            )


@dataclass(frozen=True)
class Absolute:
    """A value with its limits, exact; ``difference`` is against the comparator. Limits are None where the effect had none."""

    value: Decimal
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True)
class Risk:
    """What an effect means at one baseline: with the comparator, with the intervention, and the difference.

    unit: 'per 1,000' for risks, 'per PERSON-TIME' for rates, the effect's own for means, 'SD' for a standardised difference.
    beyond: the risk that the effect as stated leads to, where that or a limit is impossible and ``intervention`` is held at 0 or 1,000.
    """

    comparator: Decimal | None
    intervention: Absolute | None
    difference: Absolute
    unit: str
    label: str = ""
    source: str = ""
    beyond: Absolute | None = None

    @property
    def point_held(self) -> bool:
        """Whether the estimate itself, not a limit alone, leads beyond 0 or 1,000 at this baseline."""
        return self.beyond is not None and not 0 <= self.beyond.value <= PER

    @property
    def counted(self) -> bool:
        """Whether these are numbers per 1,000, printed whole."""
        return self.unit == "per 1,000"


def absolute(effect: Effect, baseline: Baseline | None = None) -> Risk | None:
    """What *effect* means at *baseline*; None where a relative effect has no baseline to be applied to.

    Risks are per 1,000 and held within 0 and 1,000, which ``beyond`` tells of; a stated difference of risks stays as it was stated.
    Raises InputRefused for a risk over 1 and for a rate without its person-time.
    """
    if effect.measure in OF_RISKS:
        return _of_risks(effect, baseline)
    if effect.measure == "rate ratio":
        return _of_rates(effect, baseline)
    unit = "SD" if effect.measure == "SMD" else effect.unit
    difference = Absolute(Decimal(effect.value), *(effect.limits or (None, None)))
    if baseline is None or effect.measure == "SMD":  # a standardised difference has no scale to add a mean to
        return Risk(None, None, difference, unit, baseline.label if baseline else "", baseline.source if baseline else "")
    mean = Decimal(baseline.risk)
    moved = Absolute(mean + difference.value, *(None if n is None else mean + n for n in (difference.low, difference.high)))
    return Risk(mean, moved, difference, unit, baseline.label, baseline.source)


def whole(value: Decimal) -> int:
    """*value* as a whole number, halves away from zero."""
    return int(value.quantize(_WHOLE, ROUND_HALF_UP))


def _of_risks(effect: Effect, baseline: Baseline | None) -> Risk | None:
    if baseline is None:  # a difference of risks says something absolute by itself
        numbers = [Decimal(n) * PER for n in (effect.value, *(effect.limits or ()))]
        return Risk(None, None, _with_limits(numbers), "per 1,000") if effect.measure == "RD" else None
    risk = Decimal(baseline.risk)
    if not 0 <= risk <= 1:
        raise InputRefused(
            f"a risk with the comparator of {risk} is impossible", expected="a proportion from 0 to 1, as 0.03 for 30 per 1,000"
        )
    stated = [effect.value, *(effect.limits or ())]
    with localcontext() as exact:
        exact.prec = 40
        led = [_risk_with(effect.measure, Decimal(n), risk) * PER for n in stated]
        held = [max(Decimal(0), min(Decimal(PER), n)) for n in led]
        apart = [n - risk * PER for n in (led if effect.measure == "RD" else held)]
    beyond = _with_limits(led) if led != held else None
    return Risk(risk * PER, _with_limits(held), _with_limits(apart), "per 1,000", baseline.label, baseline.source, beyond)


def _risk_with(measure: str, effect: Decimal, risk: Decimal) -> Decimal:
    """The risk with the intervention, before it is held within 0 and 1."""
    if measure == "RR":
        return risk * effect
    if measure == "RD":
        return risk + effect
    if measure == "HR":
        if risk == 1:  # all have the event whatever the hazard, but with none at all nobody has
            return Decimal(1) if effect > 0 else Decimal(0)
        return 1 - (1 - risk) ** effect
    below = 1 - risk + effect * risk
    return effect * risk / below if below else Decimal(0)  # an odds ratio of 0 where everybody has the event


def _of_rates(effect: Effect, baseline: Baseline | None) -> Risk | None:
    if baseline is None:
        return None
    rate = Decimal(baseline.risk)
    if rate < 0 or not baseline.per.strip():
        raise InputRefused("a rate is 0 or more per stated person-time", expected="Baseline(risk=4.2, per='100 person-years', …)")
    found = [rate * Decimal(n) for n in (effect.value, *(effect.limits or ()))]
    apart = [n - rate for n in found]
    return Risk(rate, _with_limits(found), _with_limits(apart), f"per {baseline.per.strip()}", baseline.label, baseline.source)


def _with_limits(numbers: list[Decimal]) -> Absolute:
    """The first number with the other two as its limits, if there are any."""
    if len(numbers) == 1:
        return Absolute(numbers[0], None, None)
    return Absolute(numbers[0], *sorted(numbers[1:]))
