"""How many people one trial would need to find the smallest difference that matters, the optimal information size; it decides nothing.

Two-sided test at 5 %, power 80 %, arms of one size, risks compared without a correction for continuity (GRADE guidelines 6).
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from review.certainty.absolute import PER, Absolute, Baseline, Number, number
from review.certainty.statements import Threshold
from review.errors import InputRefused

_QUANTILES = Decimal("7.84887973")  # (1.959964 + 0.841621) squared: of 5 % two-sided and of 80 % power


def optimal_information_size(risk: Number, difference: Number) -> int:
    """People in both arms together, of whom *risk* (a proportion) have the event with the comparator, to find *difference* (a proportion).

    difference: that of the intervention, below 0 for fewer. Raises InputRefused where a risk leaves 0 to 1, and for no difference.

    >>> optimal_information_size("0.2", "-0.1")
    394
    """
    one, other = number(risk, "the risk with the comparator"), number(risk, "the risk") + number(difference, "the difference")
    if one == other or not (0 <= one <= 1 and 0 <= other <= 1):
        raise InputRefused(f"no size follows from a risk of {one} and one of {other}", expected="two different risks from 0 to 1")
    each = _QUANTILES * (one * (1 - one) + other * (1 - other)) / (one - other) ** 2
    return 2 * int(each.to_integral_value(ROUND_CEILING))


def needed_to_find(threshold: Threshold | None, baseline: Baseline, found: Absolute) -> int | None:
    """The optimal information size for the smallest difference that was declared to matter, at this risk with the comparator.

    It goes the way that the effect *found* goes, or the other where no risk is left there. None for the null and without a threshold.
    """
    if threshold is None or threshold.is_null:
        return None
    risk, least = Decimal(baseline.risk), Decimal(threshold.small) / PER
    ways = (-least, least) if found.value < 0 else (least, -least)
    way = next((one for one in ways if 0 <= risk + one <= 1), None)
    return None if way is None else optimal_information_size(risk, way)
