"""When screening may stop: the test whether the wanted recall is still missed, from what was seen so far. It advises; only a person stops.

A small p says how unlikely it would be to see so few relevant records of late if recall were still under the target; it is not the chance
that recall is. The guarantee is about recall of what these reviewers would include at this stage, no more: it says nothing of records that
no search found, and nothing of a reviewer's mistakes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from math import ceil, floor, inf
from numbers import Integral
from typing import Literal

from review.errors import InputRefused

IRRELEVANT_IN_A_ROW = 50  # the habit that is shown with a warning, never as a rule
NOT_KNOWN = "the order in which imported decisions were made is not known"


def probability_recall_missed(
    labels: Sequence[int], records: int, recall_target: float = 0.95, bias: float = 1.0, *, in_order: int | None = None
) -> float:
    """The p of the test that recall is still below *recall_target*; where it is under 1 - confidence, one may stop.

    labels: 1 (relevant) or 0 of every record screened, in the order of screening. records: how many there are in all, screened or not.
    bias: how much likelier a relevant record is to be drawn than another; 1 for a random order, which is on the safe side.
    in_order: how many of the last labels are in the order of screening; of the others the order plays no part. Left out, all are.

    Every run of last-screened records is an urn drawn from it and the unseen rest. K is the fewest relevant records that the two would
    hold had the target been missed; the chance to have drawn so few of them is hypergeometric (Wallenius' non-central where bias > 1).
    The least of these chances is returned, in [0, 1]; 1 before anything was screened, and where no label's place is known.
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
    _share_of_one(recall_target, "recall")
    if not 1 <= bias < inf:
        raise InputRefused(f"a bias of {bias!r} would make the test promise too much", where="bias", expected="1 or more")
    known = screened if in_order is None else in_order
    if not 0 <= known <= screened:
        raise InputRefused(
            f"{known:,} of {screened:,} labels cannot be in order", where="in_order", expected="at most as many as were screened"
        )
    if not known:
        return 1.0
    drawn = np.arange(1, known + 1)  # the size of each urn's draw: the last 1, 2, 3 … that were screened
    relevant = np.cumsum(np.asarray(labels, dtype=int)[::-1])[:known]
    total = sum(labels)
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
class Estimate:
    """How many relevant records there are, judged from records drawn at random alone.

    drawn, relevant: how many were drawn and read, and how many of these are relevant. share, low, high: of all records, with the exact
    interval (Clopper and Pearson) at *confidence*. total, fewest, most: the same in records; never fewer than were found already, nor more
    than are not yet known to be irrelevant.
    """

    drawn: int
    relevant: int
    share: float
    low: float
    high: float
    total: float
    fewest: int
    most: int
    confidence: float


def estimate(drawn: Sequence[int], labels: Sequence[int], records: int, *, confidence: float = 0.95) -> Estimate | None:
    """How many of *records* are relevant, from the labels of those *drawn* at random; None where none was drawn.

    labels: of all that were screened, drawn or not; they bound the number. The interval takes the draw as one with replacement, which is on
    the safe side. Source: Clopper, Pearson 1934, Biometrika 26:404.

    >>> found = estimate([1] * 5 + [0] * 95, [1] * 5 + [0] * 95, 1000)
    >>> found.total, found.fewest, found.most
    (50.0, 17, 112)
    """
    from scipy.stats import binomtest

    _share_of_one(confidence, "confidence")
    if not drawn:
        return None
    relevant = sum(drawn)
    interval = binomtest(relevant, len(drawn)).proportion_ci(confidence, method="exact")
    low, high = float(interval.low), float(interval.high)
    found, possible = sum(labels), records - (len(labels) - sum(labels))
    fewest, most = max(found, ceil(low * records - 1e-9)), min(possible, floor(high * records + 1e-9))
    share = relevant / len(drawn)
    total = min(max(share * records, found), possible)
    return Estimate(len(drawn), relevant, share, low, high, total, fewest, max(most, fewest), confidence)


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where screening of one stage stands, for a person who thinks of stopping.

    screened: records with a final decision; relevant: of these; left: all others. unsettled: of those left, how many everybody due has
    answered and nothing follows, a conflict or an unsure. stopped: of those left, how many a stop left unscreened.
    p: of the test at ``recall_target``; None while something is unsettled, and where the order of screening is not known.
    in_a_row: irrelevant since the last relevant record, in as far as the order is known; None where it is not.
    reached: whether p is under 1 - confidence. ``words`` says what may be promised, and what not. ``found``: how many relevant ones were
    known after each record screened, which is the curve. ``estimate``: from what was drawn at random; None where it cannot be said.
    waiting: how many of the random sample have no final decision yet.
    """

    screened: int
    relevant: int
    left: int
    recall_target: float
    confidence: float
    p: float | None
    in_a_row: int | None
    reached: bool
    words: str
    found: tuple[int, ...] = ()
    estimate: Estimate | None = None
    unsettled: int = 0
    stopped: int = 0
    waiting: int = 0

    def as_rows(self) -> list[tuple[str, str]]:
        """(what, how much) for a card or a table, in words and figures."""
        row = NOT_KNOWN if self.in_a_row is None else f"{self.in_a_row:,}"
        return [
            ("Screened", f"{self.screened:,}"),
            ("Relevant so far", f"{self.relevant:,}"),
            ("Left", f"{self.left:,}"),
            *([("Of these not settled", f"{self.unsettled:,}")] if self.unsettled else []),
            *([("Of these left by a stop", f"{self.stopped:,}")] if self.stopped else []),
            (f"Test that recall is below {percent(self.recall_target)}", self.tested),
            ("Irrelevant in a row", f"{row}; promises nothing: on real data stopping after 50 has left a recall of 0.74"),
            ("Relevant in all, estimated", _estimated(self.estimate, self.waiting)),
            ("In words", self.words),
        ]

    @property
    def why_no_p(self) -> Literal["", "unsettled", "order"]:
        """Why the test says nothing: something is unsettled, or the order of screening is not known; '' where it says a p."""
        if self.p is not None:
            return ""
        return "unsettled" if self.unsettled else "order"

    @property
    def tested(self) -> str:
        """The p of the test, or why there is none, as it is printed."""
        if self.p is not None:
            return p_in_words(self.p)
        return f"cannot be said: {self.unsettled:,} of those left are not settled" if self.unsettled else f"cannot be said: {NOT_KNOWN}"


def _estimated(found: Estimate | None, waiting: int) -> str:
    if waiting:
        return f"cannot be said: {waiting:,} of those drawn at random have no final decision yet"
    if found is None:
        return "cannot be said: nothing that was drawn at random has been decided"
    return (
        f"{found.total:,.0f} ({found.fewest:,} to {found.most:,}), from {found.relevant:,} of {found.drawn:,} drawn at random "
        f"({percent(found.confidence)} interval)"
    )


def percent(share: float) -> str:
    """A share as it is printed: 0.95 is '95 %'.

    >>> percent(0.975)
    '97.5 %'
    """
    return f"{share * 100:.6g} %"


def share_of(written: float | str) -> float | None:
    """A share as somebody wrote it, 0.95 or '95 %'; None where it is no number between 0 and 1.

    >>> share_of("95 %"), share_of(0.9), share_of("all of them")
    (0.95, 0.9, None)
    """
    text = str(written).strip()
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        return None
    return share if 0 < share < 1 else None


def _share_of_one(value: float, name: str) -> None:
    """Raises InputRefused unless *value* lies between 0 and 1."""
    if not 0 < value < 1:
        raise InputRefused(f"{value!r} is no {name}", where=name, expected="above 0 and under 1, such as 0.95")


def p_in_words(p: float) -> str:
    """A p as it is printed: three decimals, and never a zero.

    >>> p_in_words(0.0421), p_in_words(0.00004)
    ('p = 0.042', 'p < 0.001')
    """
    return f"p = {p:.3f}" if p >= 0.0005 else "p < 0.001"


def outlook(
    labels: Sequence[int],
    records: int,
    *,
    recall_target: float = 0.95,
    confidence: float = 0.95,
    drawn: Sequence[int] = (),
    waiting: int = 0,
    unsettled: int = 0,
    stopped: int = 0,
    in_order: int | None = None,
) -> Outlook:
    """What may be promised after these *labels* (in order of screening) of *records* in all.

    drawn: labels of those drawn at random; waiting: how many of these have none yet, without which nothing is estimated. unsettled: records
    that everybody due has answered and that have no label yet; they are often relevant ones, so that nothing is promised before. stopped:
    records that a stop left. in_order: how many of the last labels are in the order of screening; all, left out.

    >>> outlook([1] * 10 + [0] * 90, 500).reached
    False
    """
    _share_of_one(confidence, "confidence")
    known = len(labels) if in_order is None else in_order
    left, relevant = records - len(labels), sum(labels)
    said = not left or (not unsettled and (known > 0 or not labels))
    tested = probability_recall_missed(labels, records, recall_target, in_order=known if left else None)
    p = tested if said else None
    reached = p is not None and (p < 1 - confidence or (not left and bool(labels)))
    in_a_row = next((at for at, label in enumerate(reversed(labels[len(labels) - known :])) if label), known)
    made = Outlook(
        len(labels),
        relevant,
        left,
        recall_target,
        confidence,
        p,
        in_a_row if known or not labels else None,
        reached,
        "",
        tuple(accumulate(int(label) for label in labels)),
        None if waiting else estimate(drawn, labels, records, confidence=confidence),
        unsettled,
        stopped,
        waiting,
    )
    return replace(made, words=_words(made))


def _words(found: Outlook) -> str:
    """What may be promised, and what not."""
    if not found.left:
        return "Every record was seen; nothing is left to stop."
    wanted = f"{percent(found.recall_target)} of what these reviewers would include at this stage has been found"
    said = f"Screening was stopped: {found.stopped:,} records were not screened. " if found.stopped else ""
    if found.reached and found.p is not None:
        said += f"With {percent(found.confidence)} confidence at least {wanted} ({found.relevant:,} so far; {p_in_words(found.p)})."
        if found.stopped:
            return said
        return f"{said} {found.left:,} records have no final decision; a stop leaves unseen what nobody has begun. Only a person stops."
    said += f"It cannot be promised that {wanted} ({found.tested})"
    said += "." if found.stopped else f"; {found.left:,} records are left."
    if found.unsettled:
        said += " What everybody due has answered is to be settled first: such records are more often relevant ones."
    if (found.in_a_row or 0) >= IRRELEVANT_IN_A_ROW:
        said += f" {found.in_a_row:,} irrelevant ones in a row promise nothing: on real data that habit has stopped at a recall of 0.74."
    return said
