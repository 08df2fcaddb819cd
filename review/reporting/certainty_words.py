"""How effects, risks and levels of certainty are printed: whole numbers per 1,000, 'fewer' and 'more', symbols with their word. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from review.certainty.absolute import NAMES, PER, Effect, Risk, absolute, whole
from review.certainty.given import baselines_of, effect_of, threshold_of
from review.certainty.grading import DOMAINS, LEVELS
from review.certainty.statements import Threshold, statement
from review.reporting.plots.wording import shown

DESIGN_WORDS = {"randomised": "randomised", "non-randomised": "not randomised", "single-arm": "single arm"}
FIGURES = 3  # significant figures of means and rates, which no rule fixes
DOMAIN_NAMES = {
    "risk_of_bias": "Risk of bias",
    "inconsistency": "Inconsistency",
    "indirectness": "Indirectness",
    "imprecision": "Imprecision",
    "publication_bias": "Publication bias",
    "large_effect": "Large effect",
    "dose_response": "Dose response",
    "plausible_confounding": "Plausible confounding",
}


def plain(value: Decimal) -> str:
    """A number as it was given, without an exponent."""
    return f"{value:f}".replace("-", "−")


def short(value: Decimal) -> str:
    """A computed mean or rate to three significant figures, whole numbers whole."""
    if value == 0 or abs(value) >= 10 ** (FIGURES - 1):
        return f"{whole(value):,}".replace("-", "−")
    places = FIGURES - 1 - value.adjusted()
    cut = f"{value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"
    return (cut.rstrip("0").rstrip(".") if "." in cut else cut).replace("-", "−")


def risks(grading: Mapping[str, Any]) -> list[Risk]:
    """What the effect of a stored grading means at each of its baselines; empty where nothing absolute follows."""
    effect = effect_of(grading)
    if effect is None:
        return []
    found = [absolute(effect, baseline) for baseline in baselines_of(grading) or [None]]
    return [risk for risk in found if risk is not None]


def with_comparator(risk: Risk) -> str | None:
    """The risk, rate or mean with the comparator; None where it was not stated."""
    if risk.comparator is None:
        return None
    if risk.counted:
        return f"{whole(risk.comparator):,} {risk.unit}"
    if risk.unit.startswith("per "):
        return f"{short(risk.comparator)} {risk.unit}"
    return f"mean {plain(risk.comparator)}{_unit(risk)}"


def with_intervention(risk: Risk, *, pooled: bool = False) -> str:
    """The risk or rate with the intervention, its interval in a second line; for means the difference, as in Cochrane's tables."""
    if risk.intervention is None or not (risk.counted or risk.unit.startswith("per ")):
        return difference(risk, pooled=pooled)
    of, found = _number(risk), risk.intervention
    low, high = found.low, found.high
    return f"{of(found.value)} {risk.unit}" + ("" if low is None or high is None else f"\n({of(low)} to {of(high)})")


def difference(risk: Risk, *, pooled: bool = False) -> str:
    """The difference with its interval: '7 fewer per 1,000', '(11 fewer to 2 more)'; for means '1.5 points lower'.

    pooled: whether a synthesis gave it, so that means are rounded to two decimals; others are printed as they were stated.
    """
    counts = risk.counted or risk.unit.startswith("per ")
    words = ("fewer", "more") if counts else ("lower", "higher")

    def side(value: Decimal, unit: str = "") -> str:
        number = _number(risk, pooled)(abs(value))
        return f"{number}{unit}" if _is_nothing(number) else f"{number}{unit} {words[value > 0]}"

    found = risk.difference
    said = f"{side(found.value)} {risk.unit}" if counts else side(found.value, _unit(risk))
    return said + ("" if found.low is None or found.high is None else f"\n({side(found.low)} to {side(found.high)})")


def held(risk: Risk, intervention: str) -> tuple[str, ...]:
    """The note on a risk that is held at 0 or 1,000, with what the effect as stated leads to; empty where nothing was held."""
    led = risk.beyond
    if led is None:
        return ()
    numbers = [n for n in (led.low, led.value, led.high) if n is not None]
    bounds = [bound for bound, over in (("0", any(n < 0 for n in numbers)), (f"{PER:,}", any(n > PER for n in numbers))) if over]
    low, value, high = (None if n is None else f"{whole(n):,}".replace("-", "−") for n in (led.low, led.value, led.high))
    leads = value if low is None else f"{value} ({low} to {high})"
    label = f", {risk.label}" if risk.label else ""
    said = f"held at {' and at '.join(bounds)} {risk.unit}; the effect as stated leads to {leads}"
    return (f"With {intervention}{label}: {said}",)


def _number(risk: Risk, pooled: bool = False) -> Callable[[Decimal], str]:
    """How the numbers of *risk* are printed: whole per 1,000, rates to a few figures, means as they were given, rounded where pooled."""
    if risk.counted:
        return lambda value: f"{whole(value):,}"
    if risk.unit.startswith("per "):
        return short
    return rounded if pooled else plain


def rounded(value: Decimal) -> str:
    """A pooled number to two decimals, or more where it would be read as zero."""
    return shown(float(value))


def _is_nothing(number: str) -> bool:
    return not number.strip("0.")


def _unit(risk: Risk) -> str:
    return f" {risk.unit}" if risk.unit else ""


def relative(effect: Effect, *, pooled: bool = False) -> str | None:
    """'RR 0.45' and its interval below, as it was stated; None for a difference of means, which stands as stated beside the comparator.

    pooled: whether a synthesis gave it, so that it is rounded to two decimals.
    """
    if effect.measure in ("MD", "SMD"):
        return None
    of = rounded if pooled else plain
    limits = effect.limits
    level = "" if Decimal(effect.level) == 95 else f", {plain(Decimal(effect.level))}%"
    return f"{effect.measure} {of(Decimal(effect.value))}" + (
        f"\n({of(limits[0])} to {of(limits[1])}{level})" if limits else "\n(no interval)"
    )


def certainty(level: int) -> str:
    """Symbols and the word."""
    return f"{LEVELS[level].symbols}\n{LEVELS[level].word}"


def rating(domain: str, points: int) -> str:
    """A rating in words, with its points where it counts."""
    word = DOMAINS[domain][points]
    return word if not points else f"{word} ({points:+d})".replace("-", "−")


def explanation(domain: str, points: int, why: str) -> str:
    """A rating with its explanation, as it stands under a table."""
    return f"{DOMAIN_NAMES[domain]}, {rating(domain, points)}: {why}"


def explanations(grading: Mapping[str, Any], domains: Sequence[str]) -> tuple[str, ...]:
    """The explanations of these domains, in the order of GRADE; those of domains that were not rated down or up too."""
    why = grading["explanations"]
    return tuple(explanation(d, grading["ratings"].get(d, 0), why[d]) for d in domains if d in why)


def sentence(grading: Mapping[str, Any], risk: Risk, intervention: str, outcome: str) -> str:
    """The sentence on the effect at one baseline; '' without a threshold.

    '' too for a ratio that leads to an impossible risk: its size there is not known. A difference of risks has its stated size.
    """
    return sentence_of(grading["effect"]["measure"], threshold_of(grading), grading["final"], risk, intervention, outcome)


def sentence_of(measure: str, threshold: Threshold | None, level: int, risk: Risk, intervention: str, outcome: str) -> str:
    """The same of an effect by this *measure* and a *level* that are not stored yet."""
    if risk.point_held and measure != "RD":
        return ""
    said = statement(intervention, outcome, risk.difference.value, level, threshold) or ""
    return said[:1].upper() + said[1:]


def abbreviations(measures: Sequence[str]) -> str:
    """What the letters in the table stand for; a difference of means is printed in words."""
    listed = ["CI: confidence interval, of 95% unless another level stands beside it"]
    listed += [f"{m}: {NAMES[m]}" for m in NAMES if m in measures and m not in ("rate ratio", "MD", "SMD")]
    if "SMD" in measures:
        listed.append("SD: standard deviation")
    return "; ".join(listed) + "."


def legend() -> str:
    """What the symbols say."""
    told = (f"{level.symbols} {level.word}: {level.meaning}" for level in LEVELS.values())
    return "Certainty by GRADE. " + "; ".join(told) + "."
