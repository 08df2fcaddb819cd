"""Agreement of two reviewers: raw, beyond chance, and by category, each with its interval. It refuses to show a bare number.

Which decisions count is settled elsewhere; here pairs come in and one value with a 95 % interval goes out. Under 30 pairs, or where a
statistic is undefined, there is no value: the table of counts stands alone, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from numbers import Integral

from review.errors import InputRefused, near

FEWEST_PAIRS = 30
Z = 1.959963984540054  # the normal deviate of a two-sided 95 % interval

Counts = tuple[tuple[int, ...], ...]
Estimate = tuple[float, float, float]  # value, lower limit, upper limit


@dataclass(frozen=True, slots=True)
class Agreement:
    """One statistic of agreement. Where ``shown`` is False, ``value``, ``low`` and ``high`` are None and ``note`` says why.

    ``table``: counts, a row for each category of the first reviewer, a column for each of the second, in the order of ``categories``.
    ``n``: pairs. ``prevalence``: the share of each category among all 2n decisions; kappa depends on it, so it is read beside kappa.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    table: Counts
    shown: bool
    note: str
    method: str
    categories: tuple[str, ...]
    prevalence: tuple[float, ...]

    def __str__(self) -> str:
        name = METHODS[self.method][0]
        if self.value is None or self.low is None or self.high is None:
            return f"{name}: {self.note} ({self.n} pairs)"
        return f"{name} {self.value:.2f} (95 % {self.low:.2f} to {self.high:.2f}; {self.n} pairs)"


def agreement(pairs: Sequence[Sequence[str]] | Sequence[Sequence[int]], *, categories: Sequence[str], method: str = "kappa") -> Agreement:
    """Agreement of two reviewers over the same items.

    pairs: (first reviewer's category, second's) for each item; or a square table of counts >= 0, first reviewer in rows.
    categories: every category that was on offer, in order, two or more; weighted kappa needs them ordered, the positive one first.
    method: a key of METHODS. 'positive' and 'prevalence' are about the first category, 'negative' about the second of two.
    Returns an Agreement; kappas, alpha and AC1 are at most 1, shares lie in [0, 1]; no unit.
    Raises InputRefused for an unknown method or category, and for a table that is not square.

    >>> print(agreement([[20, 5], [10, 15]], categories=["include", "exclude"]))
    Cohen's kappa 0.40 (95 % 0.15 to 0.65; 50 pairs)
    >>> agreement([("include", "exclude")] * 12, categories=["include", "exclude"]).note
    'too few: under 30 pairs'
    """
    names = tuple(categories)
    if len(names) < 2 or len(set(names)) < len(names) or not all(isinstance(name, str) for name in names):
        raise InputRefused(f"these are no categories: {names!r}", where="agreement", expected="two or more words, all different")
    if method not in METHODS:
        raise InputRefused(f"unknown method {method!r}", where="agreement", expected=", ".join(METHODS), next_step=near(method, METHODS))
    if method == "negative" and len(names) != 2:
        raise InputRefused(
            "negative agreement is defined for two categories", where="agreement", next_step="join categories, or use 'positive'"
        )
    table = _table(pairs, names)
    n = sum(map(sum, table))
    prevalence = tuple((sum(table[i]) + sum(row[i] for row in table)) / (2 * n) if n else 0.0 for i in range(len(names)))
    found = METHODS[method][1](table) if n >= FEWEST_PAIRS else None
    if found is None:
        note = "undefined: the decisions hardly differ" if n >= FEWEST_PAIRS else f"too few: under {FEWEST_PAIRS} pairs"
        return Agreement(None, None, None, n, table, False, note, method, names, prevalence)
    note = "the interval has no width: its variance formula gives zero here" if found[2] - found[1] < 1e-9 else ""
    return Agreement(*found, n, table, True, note, method, names, prevalence)


def _table(pairs: Sequence[Sequence[str]] | Sequence[Sequence[int]], names: tuple[str, ...]) -> Counts:
    """The square table of counts of pairs, or the given table once checked."""
    size = len(names)
    if len(pairs) and all(isinstance(entry, Integral) and not isinstance(entry, bool) for row in pairs for entry in row):
        if len(pairs) != size or any(len(row) != size or min(row) < 0 for row in pairs):
            raise InputRefused(
                "this table of counts cannot be used", where="agreement", expected=f"{size} rows of {size} counts, none negative"
            )
        return tuple(tuple(int(entry) for entry in row) for row in pairs)
    place = {name: position for position, name in enumerate(names)}
    counts = [[0] * size for _ in names]
    for number, pair in enumerate(pairs, 1):
        if len(pair) != 2:
            raise InputRefused(f"pair {number} has {len(pair)} decisions", where="agreement", expected="one of each reviewer")
        for name in pair:
            if name not in place:
                raise InputRefused(
                    f"{name!r} in pair {number} is no category",
                    where="agreement",
                    expected=", ".join(names),
                    next_step=near(str(name), names),
                )
        counts[place[pair[0]]][place[pair[1]]] += 1
    return tuple(tuple(row) for row in counts)


def _raw(table: Counts) -> Estimate:
    """Share of pairs that agree, with Wilson's interval.

    Source: Wilson 1927, J Am Stat Assoc 22:209.

    >>> value, low, high = _raw(((20, 5), (10, 15)))
    >>> round(value, 2), round(low, 3), round(high, 3)
    (0.7, 0.562, 0.809)
    """
    n = sum(map(sum, table))
    share = sum(table[i][i] for i in range(len(table))) / n
    middle = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * sqrt(share * (1 - share) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
    return share, max(0.0, middle - half), min(1.0, middle + half)


def _weighted(power: int) -> Callable[[Counts], Estimate | None]:
    """Cohen's kappa with weights 1 - (distance / greatest distance) ** power; power 0 counts exact agreement only.

    Undefined when chance agreement is 1. The interval rests on the large-sample variance.
    Source: Cohen 1960, Educ Psychol Meas 20:37, and 1968, Psychol Bull 70:213; variance: Fleiss, Cohen, Everitt 1969, Psychol Bull 72:323.

    >>> value, low, high = _weighted(0)(((20, 5), (10, 15)))
    >>> round(value, 2), round(low, 3), round(high, 3)
    (0.4, 0.151, 0.649)
    """

    def kappa(table: Counts) -> Estimate | None:
        size, n = len(table), sum(map(sum, table))
        share = [[count / n for count in row] for row in table]
        first = [sum(row) for row in share]
        second = [sum(row[j] for row in share) for j in range(size)]
        weight = [[float(i == j) if power == 0 else 1 - (abs(i - j) / (size - 1)) ** power for j in range(size)] for i in range(size)]
        cells = [(i, j) for i in range(size) for j in range(size)]
        observed = sum(weight[i][j] * share[i][j] for i, j in cells)
        chance = sum(weight[i][j] * first[i] * second[j] for i, j in cells)
        if 1 - chance < 1e-12:
            return None
        of_row = [sum(second[j] * weight[i][j] for j in range(size)) for i in range(size)]
        of_column = [sum(first[i] * weight[i][j] for i in range(size)) for j in range(size)]
        spread = sum(share[i][j] * (weight[i][j] * (1 - chance) - (of_row[i] + of_column[j]) * (1 - observed)) ** 2 for i, j in cells)
        variance = (spread - (observed * chance - 2 * chance + observed) ** 2) / (n * (1 - chance) ** 4)
        return _interval((observed - chance) / (1 - chance), sqrt(max(0.0, variance)), Z)

    return kappa


def _pabak(table: Counts) -> Estimate:
    """Kappa with chance agreement fixed at one over the number of categories; t interval with n - 1 degrees of freedom.

    Source: Brennan, Prediger 1981, Educ Psychol Meas 41:687; Byrt, Bishop, Carlin 1993, J Clin Epidemiol 46:423.

    >>> round(_pabak(((20, 5), (10, 15)))[0], 2)
    0.4
    """
    size, n = len(table), sum(map(sum, table))
    share = sum(table[i][i] for i in range(size)) / n
    error = sqrt(share * (1 - share) / (n - 1)) * size / (size - 1)
    return _interval((share * size - 1) / (size - 1), error, t_deviate(n - 1))


def _ac1(table: Counts) -> Estimate:
    """Gwet's AC1, whose chance agreement is small where one category prevails; t interval with n - 1 degrees of freedom.

    Source: Gwet 2008, Br J Math Stat Psychol 61:29.

    >>> round(_ac1(((20, 5), (10, 15)))[0], 4)
    0.4059
    """
    size, n = len(table), sum(map(sum, table))
    share = [(sum(table[i]) + sum(row[i] for row in table)) / (2 * n) for i in range(size)]
    chance = sum(p * (1 - p) for p in share) / (size - 1)
    value = (sum(table[i][i] for i in range(size)) / n - chance) / (1 - chance)
    squares = 0.0
    for i, row in enumerate(table):
        for j, count in enumerate(row):
            own_chance = (1 - (share[i] + share[j]) / 2) / (size - 1)
            own = ((i == j) - chance) / (1 - chance) - 2 * (1 - value) * (own_chance - chance) / (1 - chance)
            squares += count * (own - value) ** 2
    return _interval(value, sqrt(squares / (n * (n - 1))), t_deviate(n - 1))


def _alpha(table: Counts) -> Estimate | None:
    """Krippendorff's alpha for nominal categories; interval by the jackknife over pairs. Undefined when only one category occurs.

    Source: Krippendorff 2004, Content Analysis, 2nd ed., ch. 11; jackknife: Efron, Stein 1981, Ann Stat 9:586.

    >>> round(_alpha(((20, 5), (10, 15)))[0], 4)
    0.4
    """
    value = _alpha_value([list(row) for row in table])
    if value is None:
        return None
    n, left_out = sum(map(sum, table)), []
    for i, row in enumerate(table):
        for j, count in enumerate(row):
            if count:
                without = [list(entries) for entries in table]
                without[i][j] -= 1
                one_less = _alpha_value(without)
                if one_less is None:  # a single pair holds all the disagreement: no interval can be trusted
                    return None
                left_out.append((count, one_less))
    mean = sum(count * one_less for count, one_less in left_out) / n
    squares = sum(count * (one_less - mean) ** 2 for count, one_less in left_out)
    return _interval(value, sqrt((n - 1) / n * squares), t_deviate(n - 1))


def _alpha_value(table: list[list[int]]) -> float | None:
    """1 - observed / expected disagreement, where two decisions are drawn from all 2n without putting back."""
    size, n = len(table), sum(map(sum, table))
    totals = [sum(table[i]) + sum(row[i] for row in table) for i in range(size)]
    alike = sum(total * (total - 1) for total in totals) / (2 * n * (2 * n - 1))
    if alike == 1:
        return None
    return 1 - (1 - sum(table[i][i] for i in range(size)) / n) / (1 - alike)


def _specific(category: int) -> Callable[[Counts], Estimate | None]:
    """Agreement on one category: twice the pairs that agree on it, over all decisions for it. Undefined when nobody chose it.

    Source: Cicchetti, Feinstein 1990, J Clin Epidemiol 43:551; variance: Mackinnon 2000, Comput Biol Med 30:127.

    >>> round(_specific(0)(((20, 5), (10, 15)))[0], 4)
    0.7273
    """

    def share(table: Counts) -> Estimate | None:
        both = table[category][category]
        one = sum(table[category]) + sum(row[category] for row in table) - 2 * both
        if both + one == 0:
            return None
        chosen = 2 * both + one
        value, low, high = _interval(2 * both / chosen, sqrt(4 * both * one * (both + one)) / chosen**2, Z)
        return value, max(0.0, low), high

    return share


def _prevalence(table: Counts) -> Estimate:
    """Share of the first category among all decisions; the two decisions of a pair are not taken as independent.

    >>> round(_prevalence(((20, 5), (10, 15)))[0], 2)
    0.55
    """
    n = sum(map(sum, table))
    both, one = table[0][0], sum(table[0]) + sum(row[0] for row in table) - 2 * table[0][0]
    value = (both + one / 2) / n
    value, low, high = _interval(value, sqrt(max(0.0, (both + one / 4) / n - value**2) / n), Z)
    return value, max(0.0, low), high


def _interval(value: float, error: float, deviate: float) -> Estimate:
    """Value and limits, none above 1."""
    return value, max(-1.0, value - deviate * error), min(1.0, value + deviate * error)


def t_deviate(freedom: int) -> float:
    """The two-sided 95 % deviate of Student's t, to 6 decimals from 29 degrees of freedom on.

    Source: Abramowitz, Stegun 1964, formula 26.7.5.

    >>> round(t_deviate(29), 4), round(t_deviate(499), 4)
    (2.0452, 1.9647)
    """
    z = Z
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * freedom**4)
    )


METHODS: dict[str, tuple[str, Callable[[Counts], Estimate | None]]] = {
    "kappa": ("Cohen's kappa", _weighted(0)),
    "kappa_linear": ("Cohen's kappa, linear weights", _weighted(1)),
    "kappa_quadratic": ("Cohen's kappa, quadratic weights", _weighted(2)),
    "pabak": ("PABAK", _pabak),
    "ac1": ("Gwet's AC1", _ac1),
    "alpha": ("Krippendorff's alpha", _alpha),
    "raw": ("Raw agreement", _raw),
    "positive": ("Positive agreement", _specific(0)),
    "negative": ("Negative agreement", _specific(1)),
    "prevalence": ("Prevalence", _prevalence),
}
