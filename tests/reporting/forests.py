"""Fixtures for the pictures of results: the BCG vaccine trials (counts: Colditz 1994) to teach with, and made-up trials of any number.

The judgements of bias, the two excluded trials and the trial without results are invented, and say so in their labels or titles.
"""

from __future__ import annotations

from dataclasses import replace
from math import comb, exp, log, sqrt

from review.model.synthesis import (
    AlbatrossPoint,
    Arm,
    BaujatPoint,
    BiasSign,
    DirectionCell,
    DirectionRow,
    EffectPoint,
    EffectPoints,
    Forest,
    ForestGroup,
    ForestRow,
    HarvestBar,
    Heterogeneity,
    PooledRow,
    Prediction,
    RiskPoint,
    SignTest,
    Statistic,
)

# author, year, events and n with the vaccine, events and n without, allocation
TRIALS = (
    ("Aronson", 1948, 4, 123, 11, 139, "random"),
    ("Ferguson & Simes", 1949, 6, 306, 29, 303, "random"),
    ("Rosenthal et al", 1960, 3, 231, 11, 220, "random"),
    ("Hart & Sutherland", 1977, 62, 13598, 248, 12867, "random"),
    ("Frimodt-Moller et al", 1973, 33, 5069, 47, 5808, "alternate"),
    ("Stein & Aronson", 1953, 180, 1541, 372, 1451, "alternate"),
    ("Vandiviere et al", 1973, 8, 2545, 10, 629, "random"),
    ("TPT Madras", 1980, 505, 88391, 499, 88391, "random"),
    ("Coetzee & Berjak", 1968, 29, 7499, 45, 7277, "random"),
    ("Rosenthal et al", 1961, 17, 1716, 65, 1665, "systematic"),
    ("Comstock et al", 1974, 186, 50634, 141, 27338, "systematic"),
    ("Comstock & Webster", 1969, 5, 2498, 3, 2341, "systematic"),
    ("Comstock et al", 1976, 27, 16913, 29, 17854, "systematic"),
)
TAU2 = 0.313243258136481
LOW, SOME, HIGH = BiasSign("Low", "+", "#56B4E9"), BiasSign("Some concerns", "-", "#FFD966"), BiasSign("High", "x", "#8B0000")
DOMAINS = (
    ("D1", "Randomisation"), ("D2", "Deviations from intended interventions"), ("D3", "Missing outcome data"),
    ("D4", "Measurement of the outcome"), ("D5", "Selection of the reported result"), ("Overall", ""),
)  # fmt: skip
HOSTILE = '<script>alert(1)</script> $\\alpha$ & "quoted" ]]> \u202eevil'


def effect(e1: int, n1: int, e2: int, n2: int) -> tuple[float, float]:
    """Log risk ratio and its variance."""
    return log(e1 / n1) - log(e2 / n2), 1 / e1 - 1 / n1 + 1 / e2 - 1 / n2


def row(at: int, trial: tuple[str, int, int, int, int, int, str], share: float) -> ForestRow:
    author, year, e1, n1, e2, n2, _ = trial
    y, v = effect(e1, n1, e2, n2)
    half = 1.959963984540054 * sqrt(v)
    signs = tuple((LOW, SOME, LOW, HIGH)[(at + domain) % 4] for domain in range(len(DOMAINS)))
    return ForestRow(
        f"{author} {year}", exp(y), exp(y - half), exp(y + half), share, (Arm(n1, e1), Arm(n2, e2)), bias=signs,
        key=f"ext:{at}", events=(f"sha256:{at:064x}",),
    )  # fmt: skip


def bcg_rows() -> tuple[ForestRow, ...]:
    weights = [1 / (effect(*trial[2:6])[1] + TAU2) for trial in TRIALS]
    return tuple(row(at, trial, 100 * weight / sum(weights)) for at, (trial, weight) in enumerate(zip(TRIALS, weights, strict=True)))


RANDOM = PooledRow(
    "Random effects", exp(-0.714532342158139), exp(-1.10844371368555), exp(-0.320620970630728), 13, "REML",
    "Hartung-Knapp, never below Wald", 100.0,
    heterogeneity=Heterogeneity(152.233008082373, 12, 2.0e-26, 92.2213845, 81.9177, 97.6781, TAU2, 0.11970, 1.11149, "REML"),
    prediction=Prediction(exp(-1.9960168341962), exp(0.566952149879923), "t with k - 1 degrees of freedom"),
    test=Statistic("t", -3.95223988652481, 0.00192001509605729, 12), key="pool", events=("sha256:" + "f" * 64,),
)  # fmt: skip
ALL = tuple(Arm(sum(trial[n] for trial in TRIALS), sum(trial[events] for trial in TRIALS)) for events, n in ((2, 3), (4, 5)))  # type: ignore[misc]
COMMON = PooledRow("Common effect", exp(-0.430285), exp(-0.509662), exp(-0.350907), 13, "inverse variance", "Wald", key="pool")


def bcg(*, bias: bool = True) -> Forest:
    """Thirteen trials, with their pooled effect and its prediction interval."""
    rows = bcg_rows() if bias else tuple(replace(one, bias=()) for one in bcg_rows())
    return Forest(
        "BCG vaccine against tuberculosis, a teaching fixture", "Risk ratio", "RR", (ForestGroup(rows),), ratio=True, null=1.0,
        favours=("Favours BCG", "Favours no vaccine"), arms=("BCG vaccine", "Control"), overall=(replace(RANDOM, arms=ALL),),
        bias_domains=DOMAINS if bias else (), bias_levels=(LOW, SOME, HIGH) if bias else (),
        notes=("Judgements of bias are invented.",) if bias else (),
    )  # fmt: skip


SUBGROUPS = {  # allocation -> log RR with its Hartung-Knapp interval, Q, p, I2 with its interval, tau2 with its interval
    "random": (-0.970965, -1.590345, -0.351584, 110.213261, 1.9e-21, 89.934316, 70.803659, 97.635028, 0.392528, 0.106541, 1.813712),
    "alternate": (-0.540793, -4.118881, 3.037295, 5.562514, 0.018349, 82.022516, 9.682571, 99.970951, 0.132577, 0.003115, 100.0),
    "systematic": (-0.424207, -1.583313, 0.734898, 16.591864, 0.000857, 86.42212, 48.622993, 99.224334, 0.400346, 0.059527, 8.046112),
}


def bcg_by_allocation() -> Forest:
    """The same in three subgroups, one of two trials with an interval from 0.02 to 20.85."""
    groups = []
    rows = bcg_rows()
    for name, (y, low, high, q, p, i2, i2_low, i2_high, tau2, tau2_low, tau2_high) in SUBGROUPS.items():
        own = tuple(one for one, trial in zip(rows, TRIALS, strict=True) if trial[-1] == name)
        arms = tuple(Arm(sum(one.arms[at].n or 0 for one in own), sum(one.arms[at].events or 0 for one in own)) for at in (0, 1))
        found = Heterogeneity(q, len(own) - 1, p, i2, i2_low, i2_high, tau2, tau2_low, tau2_high, "REML")
        weight = sum(one.weight or 0 for one in own)
        pooled = PooledRow(
            "Subtotal", exp(y), exp(low), exp(high), len(own), "REML", "Hartung-Knapp", weight, arms, found, key=f"pool:{name}"
        )
        groups.append(ForestGroup(own, f"Allocation: {name}", pooled))
    return replace(bcg(), groups=tuple(groups), overall=(RANDOM, COMMON), difference=Statistic("Q", 1.861, 0.394, 2))


NO_EVENTS = "Not estimable: no events in either arm"


def with_exclusions() -> Forest:
    """Two trials with no event in either arm and one registration without results beside the thirteen; two values derived."""
    base = bcg()
    more = (
        ForestRow("Invented A 1990", arms=(Arm(40, 0), Arm(41, 0)), reason=NO_EVENTS, bias=(LOW,) * 6),
        ForestRow("Invented B 1991", arms=(Arm(25, 0), Arm(24, 0, note="n taken from the flow diagram")), reason=NO_EVENTS),
        ForestRow("NCT00000000", reason="No results posted or published as of 21 Nov 2026; completed in 2019, 212 people by the register"),
    )  # fmt: skip
    rows = list(base.groups[0].rows)
    rows[2] = replace(
        rows[2], arms=(replace(rows[2].arms[0], note="events from a percentage"), rows[2].arms[1]), note="odds ratio converted"
    )
    rows[5] = replace(rows[5], note="odds ratio converted")
    return replace(base, groups=(ForestGroup((*rows, *more)),))


def made_up(n: int, label: str = "Made-up trial", *, digits: int = 2) -> Forest:
    """*n* trials of a mean difference with mean, SD and n, effects spread in a fixed way."""
    rows = []
    for at in range(n):
        middle = -2.0 + 1.5 * ((at * 7) % 11 - 5) / 5
        se = 0.35 + 0.12 * (at % 9)
        n_arm = 20 + 7 * (at % 13)
        rows.append(
            ForestRow(
                f"{label} {at + 1:02}", middle, middle - 1.96 * se, middle + 1.96 * se, 100 / n,
                (Arm(n_arm, mean=14.25 + at % 5, sd=4.5), Arm(n_arm + 1, mean=16.25 + at % 5, sd=4.75)),
                key=f"ext:{at}", events=(f"e{at}",),
            )
        )  # fmt: skip
    pooled = PooledRow(
        "Random effects", -2.02, -2.4, -1.6, n, "REML", "Hartung-Knapp", 100.0, prediction=Prediction(-3.9, -0.1, "t, k - 1")
    )
    return Forest(
        "Made-up trials", "Mean difference (points)", "MD", (ForestGroup(tuple(rows)),), null=0.0, overall=(pooled,),
        favours=("Favours treatment", "Favours control"), arms=("Treatment", "Control"), digits=digits,
    )  # fmt: skip


def bcg_points() -> EffectPoints:
    """The thirteen trials on the logarithmic scale, with the pooled effect."""
    points = []
    for at, trial in enumerate(TRIALS):
        y, v = effect(*trial[2:6])
        points.append(EffectPoint(f"{trial[0]} {trial[1]}", y, sqrt(v), key=f"ext:{at}", events=(f"e{at}",)))
    tests = ("Egger's test (linear regression): t = −1.40 (df = 11), p = 0.19.",)
    return EffectPoints(
        "BCG vaccine against tuberculosis, a teaching fixture", "Risk ratio", tuple(points), -0.714532342158139, 0.180791744092848, 12,
        ratio=True, tests=tests,
    )  # fmt: skip


def harvest() -> tuple[HarvestBar, ...]:
    """Twenty made-up results on two outcomes."""
    columns = ("Favours control", "No clear direction", "Favours treatment")
    return tuple(
        HarvestBar(
            f"Made-up study {at + 1:02}", ("Pain", "Function and quality of life")[at % 2], columns[(at * at + at // 3) % 3], 1 + at % 3,
            "open" if at % 4 == 3 else "filled", f"ext:{at}", (f"e{at}",),
        )
        for at in range(20)
    )  # fmt: skip


def albatross() -> tuple[AlbatrossPoint, ...]:
    """Fifteen made-up results, one with a p far below the axis."""
    ps = (0.8, 0.45, 0.31, 0.2, 0.11, 0.06, 0.04, 0.02, 0.012, 0.004, 0.0009, 0.0002, 0.03, 0.6, 1e-9)
    return tuple(
        AlbatrossPoint(f"Made-up study {at + 1:02}", p, at not in (1, 3, 13), 24 * (1 + at) ** 2 % 900 + 20, f"ext:{at}", (f"e{at}",))
        for at, p in enumerate(ps)
    )


def directions(n: int = 8) -> tuple[tuple[DirectionRow, ...], tuple[SignTest, ...]]:
    """Made-up studies in three domains, with the sign test of each."""
    kinds = ("positive", "positive", "mixed", "positive", "negative", None)
    rows = []
    for at in range(n):
        cells = tuple(
            DirectionCell(kind, 1 + (at + domain) % 3) if (kind := kinds[(at * 5 + domain * 2 + at // 3) % 6]) else None
            for domain in range(3)
        )
        rows.append(DirectionRow(f"Made-up study {at + 1:02}", 20 + 97 * at, cells, (LOW, SOME, HIGH)[at % 3], f"ext:{at}", (f"e{at}",)))
    tests = []
    for domain in range(3):
        found = [one.direction for row in rows if (one := row.cells[domain])]
        up, told = found.count("positive"), found.count("positive") + found.count("negative")
        tail = sum(comb(told, more) for more in range(max(up, told - up), told + 1)) / 2**told
        tests.append(SignTest(up, told, min(1.0, 2 * tail), 0.21, 0.93))
    return tuple(rows), tuple(tests)


def risks() -> tuple[RiskPoint, ...]:
    """The risks of the thirteen trials."""
    return tuple(
        RiskPoint(row.label, trial[4] / trial[5], trial[2] / trial[3], row.weight, row.key, row.events)
        for row, trial in zip(bcg_rows(), TRIALS, strict=True)
    )


def influences() -> tuple[BaujatPoint, ...]:
    """Contribution to Q and influence of the thirteen trials (REML), three decimals."""
    q = (0.048, 1.493, 0.551, 1.586, 0.678, 0.016, 1.532, 1.664, 0.163, 1.117, 0.432, 1.592, 1.264)
    moved = (0.002, 0.112, 0.024, 0.238, 0.067, 0.0003, 0.108, 0.199, 0.018, 0.111, 0.049, 0.062, 0.115)
    rows = bcg_rows()
    return tuple(BaujatPoint(row.label, x, y, row.key, row.events) for row, x, y in zip(rows, q, moved, strict=True))
