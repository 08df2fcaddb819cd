"""Agreement of reviewers: raw, beyond chance, and by category, each with its interval, or with the reason why none can be estimated.

Which decisions count is settled elsewhere; here pairs come in and one value with a 95 % interval goes out. Under 30 pairs, or where a
statistic is undefined, there is no value: the table of counts stands alone, with the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import sqrt
from numbers import Integral
from typing import Any

from review.errors import InputRefused, near
from review.model import votes
from review.model.intervals import REPLICATES, Estimate, Z, bootstrap, limits, t_deviate
from review.model.votes import Votes, alpha_value, nominal, ordinal

FEWEST_PAIRS = 30
INTERVALS = ("formula", "bootstrap")
NO_WIDTH = "no interval can be estimated: the answers hardly differ; see raw agreement, whose interval is Wilson's"

Counts = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """One statistic of agreement. Where ``shown`` is False, ``value``, ``low`` and ``high`` are None and ``note`` says why.

    ``low`` and ``high`` alone are None where the interval cannot be estimated: its formula or its draws give no width.

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
        name = METHODS[self.method].name
        if self.value is None or self.low is None or self.high is None:
            value = "" if self.value is None else f" {self.value:.2f}"
            return f"{name}{value}: {self.note} ({self.n} pairs)"
        return f"{name} {self.value:.2f} (95 % {self.low:.2f} to {self.high:.2f}; {self.n} pairs)"


def agreement(
    pairs: Sequence[Sequence[str]] | Sequence[Sequence[int]],
    *,
    categories: Sequence[str],
    method: str = "kappa",
    interval: str = "formula",
    replicates: int = REPLICATES,
    seed: int = 0,
) -> Agreement:
    """Agreement of two reviewers over the same items.

    pairs: (first reviewer's category, second's) for each item; or a square table of counts >= 0, first reviewer in rows.
    categories: every category that was on offer, in order, two or more; weighted kappa and ordinal alpha need them ordered, and the
    positive one stands first.
    method: a key of METHODS. 'positive' and 'prevalence' are about the first category, 'negative' about the second of two.
    interval: formula, or bootstrap, which draws the items again *replicates* times from *seed*.
    Returns an Agreement; kappas, alpha and AC1 are at most 1, shares lie in [0, 1]; no unit.
    Raises InputRefused for an unknown method or category, and for a table that is not square.

    >>> print(agreement([[20, 5], [10, 15]], categories=["include", "exclude"]))
    Cohen's kappa 0.40 (95 % 0.15 to 0.65; 50 pairs)
    >>> agreement([("include", "exclude")] * 12, categories=["include", "exclude"]).note
    'too few: under 30 pairs'
    """
    names = _checked(categories, method, interval, replicates)
    table = _table(pairs, names)
    n = sum(map(sum, table))
    size = len(names)
    prevalence = tuple((sum(table[i]) + sum(row[i] for row in table)) / (2 * n) if n else 0.0 for i in range(size))
    found = METHODS[method].of_two(table) if n >= FEWEST_PAIRS else None
    if found is not None and interval == "bootstrap":
        cells = [count for row in table for count in row]
        found = _drawn_again(found, cells, lambda drawn: _value(method, _square(drawn, size)), replicates, seed)
    return _shown(found, n, table, method, names, prevalence)


def agreement_among(
    ratings: Sequence[Sequence[str | None]],
    *,
    categories: Sequence[str],
    method: str = "alpha",
    interval: str = "formula",
    replicates: int = REPLICATES,
    seed: int = 0,
) -> Agreement:
    """Agreement of any number of reviewers, some of whom may have missed items.

    ratings: for each item one category a reviewer, None where that one has not read it; the order of reviewers does not matter.
    method: ac1, alpha or alpha_ordinal. The rest as for ``agreement``. In the result ``n`` counts items with two votes or more, and
    ``table`` the pairs of votes on them, each in both directions.

    >>> agreement_among([("a", "a", None), ("a", "b", "b")] * 20, categories=["a", "b"]).n
    40
    """
    names = _checked(categories, method, interval, replicates)
    statistic = METHODS[method]
    if statistic.of_many is None:
        many = ", ".join(name for name, one in METHODS.items() if one.of_many)
        raise InputRefused(f"{method!r} is defined for two reviewers", where="agreement", expected=many, next_step="or name one pair")
    for name in {vote for row in ratings for vote in row if vote is not None} - set(names):
        raise InputRefused(f"{name!r} is no category", where="agreement", expected=", ".join(names), next_step=near(name, names))
    read = Counter(tuple(sum(vote == name for vote in row) for name in names) for row in ratings)
    n = sum(count for votes_, count in read.items() if sum(votes_) > 1)
    places = range(len(names))
    table = tuple(tuple(sum(count * row[i] * (row[j] - (i == j)) for row, count in read.items()) for j in places) for i in places)
    given = [sum(row[i] * count for row, count in read.items() if sum(row) > 1) for i in places]
    found = statistic.of_many(read) if n >= FEWEST_PAIRS else None
    if found is not None and interval == "bootstrap":
        sorts = sorted(read)
        value = statistic.alone or (lambda drawn: _first(statistic.of_many(drawn)))  # type: ignore[misc]
        found = _drawn_again(
            found, [read[one] for one in sorts], lambda drawn: value(dict(zip(sorts, drawn, strict=True))), replicates, seed
        )
    return _shown(found, n, table, method, names, tuple(count / max(1, sum(given)) for count in given))


def _checked(categories: Sequence[str], method: str, interval: str, replicates: int) -> tuple[str, ...]:
    """The categories, once everything that was asked for is known to be there."""
    names = tuple(categories)
    if len(names) < 2 or len(set(names)) < len(names) or not all(isinstance(name, str) for name in names):
        raise InputRefused(f"these are no categories: {names!r}", where="agreement", expected="two or more words, all different")
    if method not in METHODS:
        raise InputRefused(f"unknown method {method!r}", where="agreement", expected=", ".join(METHODS), next_step=near(method, METHODS))
    if method == "negative" and len(names) != 2:
        raise InputRefused(
            "negative agreement is defined for two categories", where="agreement", next_step="join categories, or use 'positive'"
        )
    if interval not in INTERVALS:
        raise InputRefused(
            f"{interval!r} is no interval", where="agreement", expected=", ".join(INTERVALS), next_step=near(interval, INTERVALS)
        )
    if not isinstance(replicates, int) or replicates < 100:
        raise InputRefused(f"{replicates!r} replicates are too few", where="agreement", expected="100 or more")
    return names


def _shown(found: Estimate | None, n: int, table: Counts, method: str, names: tuple[str, ...], prevalence: tuple[float, ...]) -> Agreement:
    """The statistic with its interval, or the table alone with the reason."""
    if found is None:
        note = "undefined: the decisions hardly differ" if n >= FEWEST_PAIRS else f"too few: under {FEWEST_PAIRS} pairs"
        return Agreement(None, None, None, n, table, False, note, method, names, prevalence)
    if found[2] - found[1] < 1e-9:  # as where nobody ever disagreed: that says nothing of how sure the value is
        return Agreement(found[0], None, None, n, table, True, NO_WIDTH, method, names, prevalence)
    return Agreement(*found, n, table, True, "", method, names, prevalence)


def _drawn_again(
    found: Estimate, counts: Sequence[int], value: Callable[[Sequence[int]], float | None], replicates: int, seed: int
) -> Estimate | None:
    """The same value with the interval of a bootstrap; None where too many draws have no value."""
    drawn = bootstrap(counts, value, replicates=replicates, seed=seed)
    return None if drawn is None else (found[0], *drawn)


def _value(method: str, table: Counts) -> float | None:
    alone = METHODS[method].alone
    return alone(_votes(table)) if alone else _first(METHODS[method].of_two(table))


def _first(found: Estimate | None) -> float | None:
    return None if found is None else found[0]


def _square(cells: Sequence[int], size: int) -> Counts:
    return tuple(tuple(cells[size * i : size * (i + 1)]) for i in range(size))


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
        return limits((observed - chance) / (1 - chance), sqrt(max(0.0, variance)), Z)

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
    return limits((share * size - 1) / (size - 1), error, t_deviate(n - 1))


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
        value, low, high = limits(2 * both / chosen, sqrt(4 * both * one * (both + one)) / chosen**2, Z)
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
    value, low, high = limits(value, sqrt(max(0.0, (both + one / 4) / n - value**2) / n), Z)
    return value, max(0.0, low), high


def _votes(table: Counts) -> dict[Votes, int]:
    """Reports by how many of their two readers chose each category."""
    found: dict[Votes, int] = {}
    for i, row in enumerate(table):
        for j, count in enumerate(row):
            votes = tuple((i == k) + (j == k) for k in range(len(table)))
            found[votes] = found.get(votes, 0) + count
    return found


@dataclass(frozen=True, slots=True)
class Statistic:
    """A statistic by its name in words.

    ``of_two``: from the table of two readers; ``of_many``: from the votes of any number, where it is defined for that; ``alone``: the
    value of ``of_many`` without its interval, where that is much less work.
    """

    name: str
    of_two: Callable[[Counts], Estimate | None]
    of_many: Callable[[Mapping[Votes, int]], Estimate | None] | None = None
    alone: Callable[[Mapping[Votes, int]], float | None] | None = None


def _of_votes(name: str, of_many: Callable[[Mapping[Votes, int]], Estimate | None], alone: Any = None) -> Statistic:
    return Statistic(name, lambda table: of_many(_votes(table)), of_many, alone)


METHODS: dict[str, Statistic] = {
    "kappa": Statistic("Cohen's kappa", _weighted(0)),
    "kappa_linear": Statistic("Cohen's kappa, linear weights", _weighted(1)),
    "kappa_quadratic": Statistic("Cohen's kappa, quadratic weights", _weighted(2)),
    "pabak": Statistic("PABAK", _pabak),
    "ac1": _of_votes("Gwet's AC1", votes.ac1),
    "alpha": _of_votes("Krippendorff's alpha", partial(votes.alpha, distances=nominal), partial(alpha_value, distances=nominal)),
    "alpha_ordinal": _of_votes(
        "Krippendorff's alpha, ordinal", partial(votes.alpha, distances=ordinal), partial(alpha_value, distances=ordinal)
    ),
    "raw": Statistic("Raw agreement", _raw),
    "positive": Statistic("Positive agreement", _specific(0)),
    "negative": Statistic("Negative agreement", _specific(1)),
    "prevalence": Statistic("Prevalence", _prevalence),
}
