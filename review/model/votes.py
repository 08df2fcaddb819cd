"""Agreement of any number of readers, each of whom may have missed reports: Krippendorff's alpha and Gwet's AC1.

A report is a row of votes: how many readers chose each category. Who they were does not matter to these statistics.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import sqrt

from review.model.intervals import Estimate, limits, t_deviate

Votes = tuple[int, ...]  # readers who chose each category, in order
Reports = Mapping[Votes, int]  # how many reports have these votes
Distances = Callable[[list[float]], list[list[float]]]  # squared, between categories, from the total of each


def nominal(totals: list[float]) -> list[list[float]]:
    """Any two different categories lie equally far apart."""
    size = len(totals)
    return [[float(i != j) for j in range(size)] for i in range(size)]


def ordinal(totals: list[float]) -> list[list[float]]:
    """As far apart as there are votes from one category to the other, half of the votes in each of the two counted."""
    places = range(len(totals))
    return [[(sum(totals[min(i, j) : max(i, j) + 1]) - (totals[i] + totals[j]) / 2) ** 2 for j in places] for i in places]


def alpha_value(reports: Reports, distances: Distances) -> float | None:
    """Krippendorff's alpha: 1 - observed / expected disagreement over reports with two votes or more. None when only one category occurs.

    Source: Krippendorff 2004, Content Analysis, 2nd ed., ch. 11.

    >>> round(alpha_value({(2, 0): 20, (1, 1): 15, (0, 2): 15}, nominal), 4)
    0.4
    """
    read = {votes: n for votes, n in reports.items() if n and sum(votes) > 1}
    size = len(next(iter(reports), ()))
    totals = [float(sum(votes[i] * n for votes, n in read.items())) for i in range(size)]
    apart, every = distances(totals), sum(totals)
    cells = [(i, j) for i in range(size) for j in range(i)]
    expected = sum(totals[i] * totals[j] * apart[i][j] for i, j in cells)
    if expected == 0:
        return None
    observed = sum(n * votes[i] * votes[j] * apart[i][j] / (sum(votes) - 1) for votes, n in read.items() for i, j in cells)
    return 1 - (every - 1) * observed / expected


def alpha(reports: Reports, distances: Distances) -> Estimate | None:
    """Alpha with an interval by the jackknife over reports; None where it is undefined, or would be without some one report.

    Source: jackknife, Efron, Stein 1981, Ann Stat 9:586.
    """
    value = alpha_value(reports, distances)
    if value is None:
        return None
    read = {votes: n for votes, n in reports.items() if n and sum(votes) > 1}
    left_out = []
    for votes, n in read.items():
        one_less = alpha_value({**read, votes: n - 1}, distances)
        if one_less is None:  # a single report holds all the disagreement: no interval can be trusted
            return None
        left_out.append((n, one_less))
    n = sum(read.values())
    mean = sum(count * one_less for count, one_less in left_out) / n
    squares = sum(count * (one_less - mean) ** 2 for count, one_less in left_out)
    return limits(value, sqrt((n - 1) / n * squares), t_deviate(n - 1))


def ac1(reports: Reports) -> Estimate | None:
    """Gwet's AC1, whose chance agreement is small where one category prevails; t interval with reports - 1 degrees of freedom.

    A report with one vote counts towards how common its category is, and nothing else. None where no report has two votes.
    Source: Gwet 2008, Br J Math Stat Psychol 61:29; missing votes: Gwet 2014, Handbook of Inter-Rater Reliability, 4th ed., ch. 5.

    >>> round(ac1({(2, 0): 20, (1, 1): 15, (0, 2): 15})[0], 4)
    0.4059
    """
    seen = {votes: n for votes, n in reports.items() if n and sum(votes)}
    size, n = len(next(iter(reports), ())), sum(seen.values())
    several = sum(count for votes, count in seen.items() if sum(votes) > 1)
    if not several:
        return None
    common = [sum(count * votes[k] / sum(votes) for votes, count in seen.items()) / n for k in range(size)]
    chance = sum(share * (1 - share) for share in common) / (size - 1)
    agreed = {votes: _agreed(votes) for votes in seen}
    raw = sum(count * agreed[votes] for votes, count in seen.items()) / several
    value = (raw - chance) / (1 - chance)
    squares = 0.0
    for votes, count in seen.items():
        own = n / several * (agreed[votes] - chance * (sum(votes) > 1)) / (1 - chance)
        own_chance = sum(votes[k] * (1 - common[k]) for k in range(size)) / sum(votes) / (size - 1)
        squares += count * (own - 2 * (1 - value) * (own_chance - chance) / (1 - chance) - value) ** 2
    return limits(value, sqrt(squares / (n * (n - 1))) if n > 1 else 1.0, t_deviate(max(1, n - 1)))


def _agreed(votes: Votes) -> float:
    """The share of the pairs of readers of one report who agree."""
    readers = sum(votes)
    return sum(count * (count - 1) for count in votes) / (readers * (readers - 1)) if readers > 1 else 0.0
