"""When screening may stop: the chance that the wanted recall was missed, from what was seen so far. It advises; only a person stops.

The guarantee is about recall of what these reviewers would include at this stage, no more: it says nothing of records that no search
found, and nothing of a reviewer's mistakes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from numbers import Integral

from review.errors import InputRefused

IRRELEVANT_IN_A_ROW = 50  # the habit that is shown with a warning, never as a rule


def probability_recall_missed(labels: Sequence[int], records: int, recall_target: float = 0.95, bias: float = 1.0) -> float:
    """The p of the test that recall is still below *recall_target*; where it is under 1 - confidence, one may stop.

    labels: 1 (relevant) or 0 of every record screened, in the order of screening. records: how many there are in all, screened or not.
    bias: how much likelier a relevant record is to be drawn than another; 1 for a random order, which is on the safe side.

    Every run of last-screened records is an urn drawn from it and the unseen rest. K is the fewest relevant records that the two would
    hold had the target been missed; the chance to have drawn so few of them is hypergeometric (Wallenius' non-central where bias > 1).
    The least of these chances is returned, in [0, 1]; 1 before anything was screened.
    Source: Callaghan, Müller-Hansen 2020, Syst Rev 9:273.

    >>> round(probability_recall_missed([1] * 10 + [0] * 90, 500), 6)
    0.816327
    """
    import numpy as np
    from scipy.stats import hypergeom, nchypergeom_wallenius

    screened = len(labels)
    if any(label not in (0, 1) for label in labels):
        raise InputRefused("a label is neither 1 nor 0", where="labels", expected="1 (relevant) or 0 for each screened record")
    if isinstance(records, bool) or not isinstance(records, Integral) or screened > records:
        raise InputRefused(
            f"{screened:,} were screened of {records!r} records", where="records", expected="the number of all records, a whole number"
        )
    if not 0 < recall_target < 1:
        raise InputRefused(f"{recall_target!r} is no recall", where="recall_target", expected="above 0 and under 1, such as 0.95")
    if not 1 <= bias < inf:
        raise InputRefused(f"a bias of {bias!r} would make the test promise too much", where="bias", expected="1 or more")
    if not screened:
        return 1.0
    drawn = np.arange(1, screened + 1)  # the size of each urn's draw: the last 1, 2, 3 … that were screened
    relevant = np.cumsum(np.asarray(labels, dtype=int)[::-1])
    total = int(relevant[-1])
    fewest = np.floor(total / recall_target + 1 - (total - relevant)).astype(int)
    population = records - (screened - drawn)
    if bias == 1:
        chances = hypergeom.cdf(relevant, population, fewest, drawn)
    else:
        chances = nchypergeom_wallenius.cdf(relevant, population, np.minimum(fewest, population), drawn, bias)
    # an urn that could not hold so many rules the miss out by itself
    chances = np.where(fewest > population, 0.0, chances)
    return float(np.clip(np.nanmin(chances), 0.0, 1.0))


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where screening of one stage stands, for a person who thinks of stopping.

    screened, relevant, left: records. p: of the test at ``recall_target``. in_a_row: irrelevant since the last relevant record.
    reached: whether p is under 1 - confidence. ``words`` says what may be promised, and what not.
    """

    screened: int
    relevant: int
    left: int
    recall_target: float
    confidence: float
    p: float
    in_a_row: int
    reached: bool
    words: str


def outlook(labels: Sequence[int], records: int, *, recall_target: float = 0.95, confidence: float = 0.95) -> Outlook:
    """What may be promised after these *labels* (in order of screening) of *records* in all.

    >>> outlook([1] * 10 + [0] * 90, 500).reached
    False
    """
    if not 0 < confidence < 1:
        raise InputRefused(f"{confidence!r} is no confidence", where="confidence", expected="above 0 and under 1, such as 0.95")
    p = probability_recall_missed(labels, records, recall_target)
    in_a_row = next((at for at, label in enumerate(reversed(labels)) if label), len(labels))
    left, relevant = records - len(labels), sum(labels)
    reached = p < 1 - confidence or (not left and bool(labels))
    share = f"{recall_target:.0%}".replace("%", " %")
    if not left:
        words = "Every record was seen; nothing is left to stop."
    elif reached:
        words = (
            f"With {confidence:.0%} confidence at least {share} of what these reviewers would include at this stage has been found "
            f"({relevant:,} so far; p = {p:.3f}). {left:,} records would be left unseen. Only a person stops."
        ).replace(f"{confidence:.0%}", f"{confidence:.0%}".replace("%", " %"))
    else:
        words = (
            f"It cannot be promised that {share} of what these reviewers would include at this stage has been found (p = {p:.3f}); "
            f"{left:,} records are left."
        )
    if left and in_a_row >= IRRELEVANT_IN_A_ROW and not reached:
        words += f" {in_a_row:,} irrelevant ones in a row promise nothing: on real data that habit has stopped at a recall of 0.74."
    return Outlook(len(labels), relevant, left, recall_target, confidence, p, in_a_row, reached, words)
