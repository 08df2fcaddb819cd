"""What a picture of a synthesis is drawn from: rows with their raw numbers, effects and origins, as plain frozen values.

Nothing is computed here. Estimates and intervals of a forest are as they are read (a ratio as a ratio, not as its logarithm), so that every
row was transformed alike before it came here; those of a funnel or a drapery are on the scale of the analysis. ``key`` is the key of the
origin that an element leads to, ``events`` the ids of the facts behind it. None is 'not there', never zero.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Arm:
    """The raw numbers of one arm of a study; ``note``: why one of them is derived and not reported, '' where all were reported."""

    n: int | None = None
    events: float | None = None
    mean: float | None = None
    sd: float | None = None
    time: float | None = None  # person-time, in the unit that the picture's note says
    note: str = ""


@dataclass(frozen=True)
class BiasSign:
    """A judgement in a row of a forest: its word, its symbol, its colour ``#RRGGBB``."""

    label: str
    symbol: str
    colour: str


@dataclass(frozen=True)
class ForestRow:
    """One study. A row without an estimate says in ``reason`` why; it is drawn without a point, and counts only where it has a weight.

    weight: per cent. note: what a reader must know of the effect, as that it is derived. bias: a sign for each domain, None where there is
    no judgement.
    """

    label: str
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    weight: float | None = None
    arms: tuple[Arm, ...] = ()
    reason: str = ""
    note: str = ""
    bias: tuple[BiasSign | None, ...] = ()
    key: str = ""
    events: tuple[str, ...] = ()

    @property
    def used(self) -> bool:
        """Whether it counts: by its effect, or by its counts alone, which then have a weight."""
        return self.estimate is not None or self.weight is not None


@dataclass(frozen=True)
class Heterogeneity:
    """Cochran's Q with its test, I² in per cent and tau² on the scale of the analysis with their intervals, and what estimated tau²."""

    q: float
    df: int
    p: float
    i2: float
    i2_low: float | None = None
    i2_high: float | None = None
    tau2: float | None = None
    tau2_low: float | None = None
    tau2_high: float | None = None
    estimator: str = ""


@dataclass(frozen=True)
class Prediction:
    """The prediction interval, as it is read, with its level in per cent and the convention by its name."""

    low: float
    high: float
    convention: str
    level: float = 95


@dataclass(frozen=True)
class Statistic:
    """A test by its statistic: name ('t', 'z', 'Q'), value, degrees of freedom where it has them, p."""

    name: str
    value: float
    p: float
    df: float | None = None


@dataclass(frozen=True)
class PooledRow:
    """A pooled effect: a diamond. ``k`` studies used; ``interval`` names how the interval was made, ``method`` how was pooled."""

    label: str
    estimate: float
    low: float
    high: float
    k: int
    method: str = ""
    interval: str = ""
    weight: float | None = None
    arms: tuple[Arm, ...] = ()
    heterogeneity: Heterogeneity | None = None
    prediction: Prediction | None = None
    test: Statistic | None = None
    key: str = ""
    events: tuple[str, ...] = ()


@dataclass(frozen=True)
class ForestGroup:
    """Rows under a heading ('' for none), with their own pooled effect where there is one."""

    rows: tuple[ForestRow, ...]
    label: str = ""
    pooled: PooledRow | None = None


@dataclass(frozen=True)
class Forest:
    """Everything that a forest plot shows.

    measure, short: 'Risk ratio', 'RR'. ratio: the axis is logarithmic. null: where there is no effect, None for a measure without such a
    place, as a proportion. favours: what lies left and right of it. arms: their names, in the order of each row's ``arms``. overall: one
    diamond or several (a common effect beside random effects), the one that counts first. difference: the test for subgroup differences.
    bias_domains: (head of a column, what it stands for); bias_levels: every level, best first, for the legend. notes: sentences for the
    caption, as those of guard rails. rows_are: what one row and several are called. head: of
    the column of their labels. series: each row is an estimate of several studies, so that k of a diamond is no count of rows.
    """

    title: str
    measure: str
    short: str
    groups: tuple[ForestGroup, ...]
    ratio: bool = False
    null: float | None = None
    favours: tuple[str, str] = ("", "")
    arms: tuple[str, ...] = ()
    overall: tuple[PooledRow, ...] = ()
    difference: Statistic | None = None
    bias_domains: tuple[tuple[str, str], ...] = ()
    bias_levels: tuple[BiasSign, ...] = ()
    level: float = 95
    digits: int = 2
    notes: tuple[str, ...] = ()
    rows_are: tuple[str, str] = ("study", "studies")
    head: str = "Study"
    series: bool = False

    @property
    def rows(self) -> tuple[ForestRow, ...]:
        """All rows, group by group."""
        return tuple(row for group in self.groups for row in group.rows)


@dataclass(frozen=True)
class EffectPoint:
    """One study of a funnel or a drapery: its effect and standard error on the scale of the analysis (logarithm of a ratio).

    imputed: made by trim and fill, not found.
    """

    label: str
    estimate: float
    se: float
    imputed: bool = False
    key: str = ""
    events: tuple[str, ...] = ()


@dataclass(frozen=True)
class EffectPoints:
    """What a funnel and a drapery are drawn from; ``estimate``, ``se`` are of the pooled effect, ``df`` of its t interval (None: normal).

    ratio: the axis is read as ratios. studies: of how many the points are, None for as many. tests: sentences with the numbers of tests
    for asymmetry, as they were computed.
    """

    title: str
    measure: str
    points: tuple[EffectPoint, ...]
    estimate: float | None = None
    se: float | None = None
    df: float | None = None
    ratio: bool = False
    null: float = 0.0
    tests: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    studies: int | None = None


@dataclass(frozen=True)
class BubblePoint:
    """One effect of a meta-regression: the covariate, the effect on the scale of the analysis, and its weight in per cent."""

    label: str
    value: float
    estimate: float
    weight: float
    key: str = ""
    events: tuple[str, ...] = ()


@dataclass(frozen=True)
class BubbleLine:
    """The line of a meta-regression, on the scale of the analysis: where it is at a covariate of 0, how far it rises with one more."""

    intercept: float
    slope: float


@dataclass(frozen=True)
class BaujatPoint:
    """One study: its squared residual over its variance (of a common effect its share of Q), and how far the pooled effect moves."""

    label: str
    contribution: float
    influence: float
    key: str = ""
    events: tuple[str, ...] = ()


@dataclass(frozen=True)
class RiskPoint:
    """One study with two arms: the risk (0 to 1) in each, and its weight in per cent."""

    label: str
    control: float
    treated: float
    weight: float | None = None
    key: str = ""
    events: tuple[str, ...] = ()


@dataclass(frozen=True)
class HarvestBar:
    """One result of a harvest plot: in which row (an outcome, a group) and column (a direction) it stands.

    height: 1 to ``levels``, how far the design suits the question. shade: 'filled' or 'open', as the legend says.
    """

    label: str
    row: str
    column: str
    height: int
    shade: str = "filled"
    key: str = ""
    events: tuple[str, ...] = ()


@dataclass(frozen=True)
class AlbatrossPoint:
    """One result: its two-sided p, whether it speaks for benefit (``positive``), and how many took part."""

    label: str
    p: float
    positive: bool
    n: int
    key: str = ""
    events: tuple[str, ...] = ()


@dataclass(frozen=True)
class DirectionCell:
    """The direction of effect of one study in one domain: 'positive', 'negative' or 'mixed'; results: how many outcomes it sums up."""

    direction: str
    results: int = 1
    key: str = ""
    events: tuple[str, ...] = ()


@dataclass(frozen=True)
class DirectionRow:
    """One study, how many took part, and its cell in each domain; None where the study has no result there."""

    label: str
    n: int | None
    cells: tuple[DirectionCell | None, ...]
    bias: BiasSign | None = None
    key: str = ""
    events: tuple[str, ...] = ()


@dataclass(frozen=True)
class SignTest:
    """The sign test of one domain: positive of those with a direction, its two-sided p, and the interval of the share (0 to 1)."""

    positive: int
    n: int
    p: float
    low: float | None = None
    high: float | None = None
