"""What one reported number says about another: the table of conversions, and ``derive``, which refuses impossible input.

A derived value is a ``Derived`` and never a number by itself, so that it cannot pass for one that a report states.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from types import MappingProxyType
from typing import Any

from review.errors import InputRefused, near
from review.model import formulas

Value = float | tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Conversion:
    """One formula: what it gives (one name or several), from which inputs, in words, and where it was published.

    ``level``: it takes the level of an interval too, 95 unless given. ``check`` says what must hold
    between the inputs beyond each one's own range: (what, test).
    """

    id: str
    gives: tuple[str, ...]
    inputs: tuple[str, ...]
    words: str
    source: str
    call: Callable[..., Value]
    level: bool = False
    check: tuple[tuple[str, Callable[..., bool]], ...] = ()


@dataclass(frozen=True, slots=True)
class Derived:
    """A value that no report states: what it is, by which formula, from which inputs, and by whose authority.

    ``value`` is a number, or a number for each name in ``gives``. ``cells`` are ids of the events of the cells that the inputs were read
    from. ``notes`` say what was taken for granted, as a bound taken as the value.
    """

    value: Value
    gives: tuple[str, ...]
    formula: str
    inputs: Mapping[str, float]
    source: str
    cells: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def says(self) -> str:
        """One line: the value, that it is derived, from what, and by which formula."""
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        what = ", ".join(f"{name} {value:.6g}" for name, value in zip(self.gives, values, strict=True))
        given = ", ".join(f"{name} {value:g}" for name, value in self.inputs.items())
        return "; ".join([f"{what}, derived from {given} by {self.formula} ({self.source})", *self.notes])

    def plain(self) -> dict[str, Any]:
        """The same as plain values, for a table or a fact."""
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        return {
            "value": value, "gives": list(self.gives), "formula": self.formula, "inputs": dict(self.inputs), "source": self.source,
            "cells": list(self.cells), "notes": list(self.notes),
        }  # fmt: skip


_LIMITS = (("low lies below high", lambda low, high, **_: low < high),)
_QUARTILES = (("q1 lies below q3", lambda q1, q3, **_: q1 < q3),)
_RANGE = (("minimum lies below maximum", lambda minimum, maximum, **_: minimum < maximum),)
_FIVE = (*_RANGE, ("minimum, q1, q3, maximum ascend", lambda minimum, q1, q3, maximum, **_: minimum <= q1 <= q3 <= maximum))
_IN_QUARTILES = (*_QUARTILES, ("the median lies between the quartiles", lambda q1, median, q3, **_: q1 <= median <= q3))
_IN_RANGE = (*_RANGE, ("the median lies in the range", lambda minimum, median, maximum, **_: minimum <= median <= maximum))
_HANDBOOK = "Cochrane Handbook, version 6, section"
_LUO, _WAN = "Luo 2018, doi 10.1177/0962280216669183", "Wan 2014, doi 10.1186/1471-2288-14-135"
_SHI, _SKEW = "Shi 2020, Res Synth Methods 11:641", "Shi 2023, Stat Med"

_TABLE = (
    Conversion("sd_from_se", ("sd",), ("se", "n"), "SE × √n", f"{_HANDBOOK} 6.5.2.2", formulas.sd_from_se),
    Conversion("se_from_sd", ("se",), ("sd", "n"), "SD / √n", f"{_HANDBOOK} 6.5.2.2", formulas.se_from_sd),
    Conversion(
        "sd_from_ci", ("sd",), ("low", "high", "n"),
        f"√n × (high - low) / (2 t), t of n - 1; the normal deviate from {formulas.SMALL} participants on",
        f"{_HANDBOOK} 6.5.2.2", formulas.sd_from_ci, True, _LIMITS,
    ),
    Conversion(
        "sd_from_t", ("sd",), ("mean_difference", "t", "n1", "n2"), "SE = difference / t; SD = SE / √(1/n1 + 1/n2)",
        f"{_HANDBOOK} 6.5.2.3", formulas.sd_from_t,
    ),
    Conversion(
        "sd_from_p", ("sd",), ("mean_difference", "p", "n1", "n2"), "t from the two-sided p with n1 + n2 - 2, then as sd_from_t",
        f"{_HANDBOOK} 6.5.2.3", formulas.sd_from_p,
    ),
    Conversion(
        "sd_change", ("sd of change",), ("sd_baseline", "sd_final", "r"), "√(baseline² + final² - 2 r × baseline × final)",
        f"{_HANDBOOK} 6.5.2.8", formulas.sd_change,
    ),
    Conversion(
        "corr_from_sds", ("r",), ("sd_baseline", "sd_final", "sd_of_change"),
        "(baseline² + final² - change²) / (2 × baseline × final)", f"{_HANDBOOK} 6.5.2.8",
        formulas.corr_from_sds,
        check=((
            "the three SDs fit one correlation between -1 and 1",
            lambda sd_baseline, sd_final, sd_of_change, **_: abs(formulas.corr_from_sds(sd_baseline, sd_final, sd_of_change)) <= 1,
        ),),
    ),
    Conversion(
        "combine_groups", ("n", "mean", "sd"), ("n1", "mean1", "sd1", "n2", "mean2", "sd2"), "two groups as one",
        f"{_HANDBOOK} 6.5.2.10", formulas.combine_groups,
    ),
    Conversion(
        "log_ratio_from_ci", ("log of the ratio", "se"), ("ratio", "low", "high"), "ln ratio; (ln high - ln low) / (2 z)",
        f"{_HANDBOOK} 6.3.2", formulas.log_ratio_from_ci, True,
        (*_LIMITS, ("the ratio lies within its interval", lambda ratio, low, high, **_: low <= ratio <= high)),
    ),
    Conversion(
        "se_from_ci", ("se",), ("low", "high"), "(high - low) / (2 z), of a difference or of the logarithm of a ratio",
        f"{_HANDBOOK} 6.3.1", formulas.se_from_ci, True, _LIMITS,
    ),
    Conversion(
        "se_from_est_p", ("se",), ("estimate", "p"), "|estimate| / z of the two-sided p; of a ratio its logarithm",
        f"{_HANDBOOK} 6.3.1", formulas.se_from_est_p,
    ),
    Conversion(
        "luo_mean_iqr", ("mean",), ("q1", "median", "q3", "n"), "(.7 + .39/n)(q1 + q3)/2 + (.3 - .39/n) median", f"{_LUO}, eq. 15",
        formulas.luo_mean_iqr, check=_IN_QUARTILES,
    ),
    Conversion(
        "luo_mean_range", ("mean",), ("minimum", "median", "maximum", "n"), "w (minimum + maximum)/2 + (1 - w) median, w = 4/(4 + n^.75)",
        f"{_LUO}, eq. 7", formulas.luo_mean_range, check=_IN_RANGE,
    ),
    Conversion(
        "luo_mean_5num", ("mean",), ("minimum", "q1", "median", "q3", "maximum", "n"),
        "range weighted 2.2/(2.2 + n^.75), quartiles .7 - .72/n^.55, median the rest", f"{_LUO}, eq. 11", formulas.luo_mean_5num,
        check=(*_FIVE, *_IN_QUARTILES),
    ),
    Conversion(
        "wan_sd_iqr", ("sd",), ("q1", "q3", "n"), "(q3 - q1) / (2 z((.75 n - .125)/(n + .25)))", f"{_WAN}, eq. 16", formulas.wan_sd_iqr,
        check=_QUARTILES,
    ),
    Conversion(
        "wan_sd_range", ("sd",), ("minimum", "maximum", "n"), "(maximum - minimum) / (2 z((n - .375)/(n + .25)))", f"{_WAN}, eq. 9",
        formulas.wan_sd_range, check=_RANGE,
    ),
    Conversion(
        "wan_sd_5num", ("sd",), ("minimum", "q1", "q3", "maximum", "n"), "mean of wan_sd_range and wan_sd_iqr", f"{_WAN}, eq. 13",
        formulas.wan_sd_5num, check=_FIVE,
    ),
    Conversion(
        "shi_sd_5num", ("sd",), ("minimum", "q1", "q3", "maximum", "n"),
        "wan_sd_range weighted w, wan_sd_iqr 1 - w, w = 1/(1 + .07 n^.6)", _SHI, formulas.shi_sd_5num, check=_FIVE,
    ),
    Conversion(
        "skew_test_iqr", ("statistic", "critical value"), ("q1", "median", "q3", "n"),
        "|q1 + q3 - 2 median| / (q3 - q1); skewed above 2.66/√n - 5.92/n²", _SKEW, formulas.skew_test_iqr, check=_IN_QUARTILES,
    ),
    Conversion(
        "skew_test_range", ("statistic", "critical value"), ("minimum", "median", "maximum", "n"),
        "|minimum + maximum - 2 median| / (maximum - minimum); skewed above 1/ln(n + 9) + 2.5/(n + 1)", _SKEW, formulas.skew_test_range,
        check=_IN_RANGE,
    ),
    Conversion(
        "design_effect", ("design effect",), ("cluster_size", "icc"), "1 + (mean cluster size - 1) × ICC", f"{_HANDBOOK} 23.1.4",
        formulas.design_effect,
    ),
    Conversion(
        "effective_n", ("effective n",), ("n", "cluster_size", "icc"), "n / design effect", f"{_HANDBOOK} 23.1.4", formulas.effective_n,
    ),
)  # fmt: skip

CONVERSIONS: Mapping[str, Conversion] = MappingProxyType({one.id: one for one in _TABLE})

_POSITIVE = ("se", "sd", "sd1", "sd2", "sd_baseline", "sd_final", "sd_of_change", "ratio")
_COUNTS = ("n", "n1", "n2")
SMALLEST_P = 1e-100  # below it quantiles of Student's t lose their digits, and no report prints it


def derive(formula: str, *, cells: Sequence[str] = (), **inputs: float | str) -> Derived:
    """What *formula* gives for *inputs* (their names stand in ``CONVERSIONS[formula].inputs``); *cells*: events that they were read from.

    A *p* that is known as a bound alone, as '<0.05', is taken as the bound and marked. Raises InputRefused for an unknown formula, for
    inputs that are missing, too many or no numbers, and for what cannot be: no participants, an SD of 0, limits the wrong way round.
    """
    if formula not in CONVERSIONS:
        raise InputRefused(f"there is no conversion {formula!r}", next_step=near(formula, CONVERSIONS))
    conversion = CONVERSIONS[formula]
    _same_names(conversion, inputs)
    given, notes = _numbers(formula, ({"level": 95.0} if conversion.level else {}) | inputs)
    for name, value in given.items():
        _possible(conversion, name, value)
    for what, holds in conversion.check:
        if not holds(**given):
            raise InputRefused(f"{formula}: it does not hold that {what}", expected=what, next_step="compare the values with the source")
    value = conversion.call(**given)
    if formula == "sd_from_ci" and given["n"] < formulas.SMALL:
        notes += (f"limits taken as set with Student's t, for n is below {formulas.SMALL}",)
    return Derived(value, conversion.gives, formula, MappingProxyType(given), conversion.source, tuple(cells), notes)


def _same_names(conversion: Conversion, inputs: Mapping[str, Any]) -> None:
    missing = [name for name in conversion.inputs if name not in inputs]
    unknown = sorted(set(inputs) - {*conversion.inputs, *(["level"] if conversion.level else [])})
    if missing or unknown:
        wrong = [f"lacks {', '.join(missing)}"] * bool(missing) + [f"does not take {', '.join(unknown)}"] * bool(unknown)
        raise InputRefused(f"{conversion.id} {' and '.join(wrong)}", expected=", ".join(conversion.inputs))


def _numbers(formula: str, inputs: Mapping[str, float | str]) -> tuple[dict[str, float], tuple[str, ...]]:
    """The inputs as numbers, and what was taken for granted."""
    given, notes = {}, ()
    for name, value in inputs.items():
        if name == "p" and isinstance(value, str) and value.strip().startswith(("<", "≤")):
            value = value.strip().lstrip("<≤= ")
            notes = (f"p is known only to be below {value} and was taken as {value}: the true value is at most this",)
        try:
            given[name] = float(value)
        except (TypeError, ValueError):
            raise InputRefused(f"{formula}: {name} is {value!r}, which is no number", expected="a number") from None
        if not isfinite(given[name]):
            raise InputRefused(f"{formula}: {name} is {value!r}", expected="a finite number")
    return given, notes


def _possible(conversion: Conversion, name: str, value: float) -> None:
    """Raises InputRefused for a value that this input cannot have whatever the others are."""
    wanted = ""
    fewest = 1 if conversion.id in ("sd_from_se", "se_from_sd", "effective_n") else 2
    if name in _COUNTS and (value < fewest or value != int(value)):
        wanted = f"a whole number of participants, {fewest} or more"
    elif name in _POSITIVE and value <= 0:
        wanted = "a number above 0"
    elif name in ("low", "high") and conversion.id == "log_ratio_from_ci" and value <= 0:
        wanted = "a limit above 0, on the scale of the ratio itself"
    elif name == "p" and not SMALLEST_P <= value < 1:
        wanted = f"a p between {SMALLEST_P:g} and 1; where it is printed as 0, the bound, as '<0.001'"
    elif name == "level" and not 0 < value < 100:
        wanted = "a per cent between 0 and 100, as 95"
    elif name == "r" and not -1 <= value <= 1:
        wanted = "a correlation from -1 to 1"
    elif name == "icc" and not 0 <= value <= 1:
        wanted = "an intracluster correlation from 0 to 1"
    elif name == "cluster_size" and value < 1:
        wanted = "a mean size of 1 or more"
    elif name in ("t", "mean_difference", "estimate") and value == 0:
        wanted = "anything but 0, from which no spread follows"
    if wanted:
        raise InputRefused(f"{conversion.id}: {name} cannot be {value:g}", expected=wanted, next_step="compare the value with the source")
