"""The rows of a forest plot as words and numbers: headings, studies, excluded rows with their reason, diamonds, prediction intervals.

It refuses a forest whose numbers do not agree: an estimate outside its interval, a count of studies that is not that of its rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Literal

from review.errors import InputRefused
from review.model.synthesis import Arm, BiasSign, Forest, ForestGroup, ForestRow, PooledRow, Prediction
from review.reporting.lettering import held
from review.reporting.lettering import width as width_of
from review.reporting.plots.plot import Value
from review.reporting.plots.wording import count, heterogeneity_words, plain, shown, told_apart

Kind = Literal["heading", "study", "excluded", "subtotal", "pooled", "prediction", "words"]
WEIGHT_DIGITS = 1


@dataclass(frozen=True)
class Entry:
    """One row as it will be drawn. cells: the words of each column of numbers, with the letter of their note; effect: estimate, low, high.

    numbers: what the table of drawn numbers says of it. values: where it is drawn on the axis, the middle None for a prediction interval.
    """

    kind: Kind
    label: str
    cells: tuple[tuple[str, str], ...] = ()
    effect: tuple[str, str, str] = ("", "", "")
    mark: str = ""
    values: tuple[float | None, float, float] | None = None
    weight: float | None = None
    reason: str = ""
    bias: tuple[BiasSign | None, ...] = ()
    key: str = ""
    numbers: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class ArmColumns:
    """What is written of each arm: heads, and how a cell is made."""

    heads: tuple[str, ...]
    person_time: bool

    @classmethod
    def of(cls, forest: Forest) -> ArmColumns:
        """Events of n (or of person-time) where events are given, else mean with SD and n, else n alone."""
        arms = [arm for row in forest.rows for arm in row.arms]
        if any(arm.events is not None for arm in arms):
            timed = any(arm.time is not None for arm in arms)
            return cls(("Events/time" if timed else "Events/n",), timed)
        if any(arm.mean is not None for arm in arms):
            return cls(("Mean (SD)", "n"), False)
        return cls(("n",) if any(arm.n is not None for arm in arms) else (), False)

    def cells(self, arm: Arm, digits: int) -> list[str]:
        """The words of one arm, as many as heads; '' where there is nothing."""
        whole = count(arm.time if self.person_time else arm.n) if (arm.time if self.person_time else arm.n) is not None else ""
        if self.heads[:1] in (("Events/n",), ("Events/time",)):
            return [f"{count(arm.events)}/{whole or '–'}" if arm.events is not None or whole else ""]
        if len(self.heads) == 2:
            spread = f" ({shown(arm.sd, digits)})" if arm.sd is not None else ""
            return [f"{shown(arm.mean, digits)}{spread}" if arm.mean is not None else "", whole]
        return [whole]


def entries(forest: Forest, *, arms: bool = True) -> tuple[list[Entry], tuple[str, ...]]:
    """All rows from above to below, and the texts of the lettered notes, the first of which is 'a'.

    arms: whether the numbers of the arms will be seen; where not, the letters of their notes stand behind the effect made of them.
    """
    check(forest)
    names = iter(told_apart([row.label for row in forest.rows]))
    columns, letters = ArmColumns.of(forest), _Letters(arms)
    found: list[Entry] = []
    for group in forest.groups:
        if group.label:
            found.append(Entry("heading", group.label))
        found += [_study(forest, columns, letters, row, next(names), group.label) for row in group.rows]
        if group.pooled:
            found += _pooled(forest, columns, group.pooled, "subtotal", group.rows, group.label)
            if group.pooled.heterogeneity:
                found.append(Entry("words", "Heterogeneity: " + heterogeneity_words(group.pooled.heterogeneity), key=group.pooled.key))
    for one in forest.overall:
        found += _pooled(forest, columns, one, "pooled", forest.rows, "")
    return found, tuple(letters.texts)


class _Letters:
    """Gives each text of a note its letter, the same text the same."""

    def __init__(self, arms: bool) -> None:
        self.arms = arms
        self.texts: list[str] = []

    def of(self, text: str) -> str:
        if not text:
            return ""
        if text not in self.texts:
            self.texts.append(text)
        return letter(self.texts.index(text))


def letter(at: int) -> str:
    """The letter of the note at this place, from 0: a, b … z, aa, ab …"""
    return (letter(at // 26 - 1) if at >= 26 else "") + "abcdefghijklmnopqrstuvwxyz"[at % 26]


def _study(forest: Forest, columns: ArmColumns, letters: _Letters, row: ForestRow, name: str, group: str) -> Entry:
    cells: list[tuple[str, str]] = []
    for arm in row.arms or (Arm(),) * len(forest.arms):
        own = [(words, "") for words in columns.cells(arm, forest.digits)]
        if own:
            own[0] = (own[0][0], letters.of(arm.note) if letters.arms else "")
        cells += own
    numbers: dict[str, Value] = {"element": "study" if row.used else "excluded", "group": group, "label": name, "key": row.key}
    numbers |= {"events": " ".join(row.events), **_arm_numbers(forest, row.arms)}
    if row.estimate is None or row.low is None or row.high is None:
        numbers |= {"weight": row.weight} if row.weight is not None else {}
        return Entry("excluded", name, tuple(cells), reason=row.reason, bias=row.bias, key=row.key, numbers=numbers | _bias(forest, row))
    numbers |= {"estimate": row.estimate, "low": row.low, "high": row.high, "weight": row.weight, "note": row.note, **_bias(forest, row)}
    weight = "" if row.weight is None else shown(row.weight, WEIGHT_DIGITS)
    hidden = () if letters.arms else tuple(arm.note for arm in row.arms)
    mark = ",".join(dict.fromkeys(letters.of(note) for note in (*hidden, row.note) if note))
    return Entry(
        "study", name, (*cells, (weight, "")), _effect(forest, row.estimate, row.low, row.high), mark,
        (row.estimate, row.low, row.high), row.weight, bias=row.bias, key=row.key, numbers=numbers,
    )  # fmt: skip


def _bias(forest: Forest, row: ForestRow) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for (head, _), sign in zip(forest.bias_domains, row.bias, strict=False):
        found[f"bias {head}"] = sign.label if sign else "no judgement"
    return found | ({"reason": row.reason} if row.estimate is None else {})


def _arm_numbers(forest: Forest, arms: Sequence[Arm]) -> dict[str, Value]:
    """Every given number of each arm, under the arm's name."""
    found: dict[str, Value] = {}
    for name, arm in zip(told_apart(forest.arms), arms, strict=False):
        given = {"events": arm.events, "n": arm.n, "mean": arm.mean, "sd": arm.sd, "time": arm.time, "derived": arm.note or None}
        found |= {f"{name}: {what}": value for what, value in given.items() if value is not None}
    return found


def _pooled(
    forest: Forest, columns: ArmColumns, one: PooledRow, kind: Literal["subtotal", "pooled"], rows: Sequence[ForestRow], group: str
) -> Iterator[Entry]:
    of = held(f"k = {one.k}" + (f" of {len(rows)}" if one.k != len(rows) and not forest.series else ""))
    cells = [(words, "") for arm in one.arms or (Arm(),) * len(forest.arms) for words in columns.cells(arm, forest.digits)]
    numbers: dict[str, Value] = {"element": kind, "group": group, "label": one.label, "key": one.key, "events": " ".join(one.events)}
    numbers |= {"estimate": one.estimate, "low": one.low, "high": one.high, "weight": one.weight, "k": one.k, "rows": len(rows)}
    numbers |= _arm_numbers(forest, one.arms)
    numbers |= {"method": one.method, "interval": one.interval}
    if found := one.heterogeneity:
        numbers |= {"Q": found.q, "Q df": found.df, "Q p": found.p, "I2": found.i2, "I2 low": found.i2_low, "I2 high": found.i2_high}
        numbers |= {"tau2": found.tau2, "tau2 low": found.tau2_low, "tau2 high": found.tau2_high, "estimator": found.estimator}
    if one.test:
        numbers |= {"test": one.test.name, "statistic": one.test.value, "df": one.test.df, "p": one.test.p}
    yield Entry(
        kind, f"{one.label} ({of})", (*cells, ("" if one.weight is None else shown(one.weight, WEIGHT_DIGITS), "")),
        _effect(forest, one.estimate, one.low, one.high), values=(one.estimate, one.low, one.high), key=one.key, numbers=numbers,
    )  # fmt: skip
    if one.prediction:
        yield _prediction(forest, one, one.prediction, group)


def _prediction(forest: Forest, one: PooledRow, found: Prediction, group: str) -> Entry:
    _, low, high = _effect(forest, found.low, found.low, found.high)
    label = f"Prediction interval ({plain(found.level)}%)"
    numbers: dict[str, Value] = {"element": "prediction", "group": group, "label": f"{one.label}: prediction interval", "key": one.key}
    numbers |= {"events": " ".join(one.events), "low": found.low, "high": found.high, "interval": found.convention, "level": found.level}
    return Entry("prediction", label, effect=("", low, high), values=(None, found.low, found.high), key=one.key, numbers=numbers)


def _effect(forest: Forest, estimate: float, low: float, high: float) -> tuple[str, str, str]:
    return shown(estimate, forest.digits), f"[{shown(low, forest.digits)},", f"{shown(high, forest.digits)}]"


def difference_numbers(forest: Forest) -> list[dict[str, Value]]:
    """The test for subgroup differences as a row of the drawn numbers, where there is one."""
    one = forest.difference
    if one is None:
        return []
    return [{"element": "test", "label": "Subgroup differences", "test": one.name, "statistic": one.value, "df": one.df, "p": one.p}]


def bias_heads(forest: Forest, cell: float, size: float) -> list[str]:
    """The heads of the columns of bias: their own where all fit into *cell* points, else A, B, C, which the legend explains."""
    heads = [head for head, _ in forest.bias_domains]
    if all(width_of(head, size, bold=True) <= cell for head in heads):
        return heads
    return [letter(at).upper() for at in range(len(heads))]


def check(forest: Forest) -> None:
    """Refuse what would be drawn wrongly."""
    if not forest.rows:
        raise InputRefused("a forest has no rows", where=forest.title, expected="one study at least")
    for row in forest.rows:
        _check_row(forest, row)
    for group in forest.groups:
        if group.pooled:
            _check_pooled(forest, group.pooled, group)
    for one in forest.overall:
        _check_pooled(forest, one, ForestGroup(forest.rows))


def _check_row(forest: Forest, row: ForestRow) -> None:
    if row.arms and len(row.arms) != len(forest.arms):
        raise InputRefused(f"{row.label} has {len(row.arms)} arms and the forest {len(forest.arms)}", where=forest.title)
    if row.bias and len(row.bias) != len(forest.bias_domains):
        raise InputRefused(f"{row.label} has {len(row.bias)} judgements for {len(forest.bias_domains)} domains", where=forest.title)
    if row.estimate is None:
        if not row.reason:
            raise InputRefused(f"{row.label} has no effect and no reason", where=forest.title, expected="why it is not used")
        return
    if row.low is None or row.high is None:
        raise InputRefused(f"{row.label} has an effect without its interval", where=forest.title, expected="low and high")
    _check_interval(forest, row.label, row.estimate, row.low, row.high)
    if row.weight is not None and not 0 <= row.weight <= 100:
        raise InputRefused(f"{row.label} weighs {row.weight}", where=forest.title, expected="per cent, 0 to 100")


def _check_pooled(forest: Forest, one: PooledRow, group: ForestGroup) -> None:
    used = sum(row.used for row in group.rows)
    if one.k != used and not forest.series:
        raise InputRefused(
            f"{one.label} says k = {one.k}, and {used} of its {len(group.rows)} rows have an effect",
            where=forest.title,
            expected="as many as are used; each other row with its reason",
        )
    _check_interval(forest, one.label, one.estimate, one.low, one.high)
    if one.prediction:
        _check_interval(forest, f"{one.label}, prediction", None, one.prediction.low, one.prediction.high)


def _check_interval(forest: Forest, label: str, estimate: float | None, low: float, high: float) -> None:
    middle = (low + high) / 2 if estimate is None else estimate
    if not all(map(isfinite, (low, middle, high))) or not low <= middle <= high or (forest.ratio and low <= 0):
        raise InputRefused(
            f"{label} has the effect {estimate} with the interval {low} to {high}",
            where=forest.title,
            expected="finite numbers, the estimate inside its interval" + (", all above 0 for a ratio" if forest.ratio else ""),
        )
