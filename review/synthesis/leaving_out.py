"""What single studies do to a pooled estimate: leave-one-out, cumulative, and measures of influence with Baujat's co-ordinates."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from review.errors import InputRefused
from review.synthesis.distributions import chi2_upper
from review.synthesis.inputs import Vector, at_least, effects_and_variances, numbers, one_of, same_length, tail_of
from review.synthesis.intervals import INTERVALS
from review.synthesis.pool import Fit, fit
from review.synthesis.tau2 import METHODS
from review.synthesis.weighted import Mean

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Series:
    """One fit for each row, in the order of ``labels``: without that study, or with all studies up to it. Units as in `Pooled`."""

    labels: tuple[str, ...]
    k: tuple[int, ...]
    estimate: tuple[float, ...]
    se: tuple[float, ...]
    ci: tuple[tuple[float, float], ...]
    p: tuple[float, ...]
    q: tuple[float, ...]
    q_p: tuple[float, ...]
    tau2: tuple[float, ...]
    i2: tuple[float, ...]
    h2: tuple[float, ...]

    def frame(self) -> pd.DataFrame:
        """One row for each fit; the interval as ci_low and ci_high."""
        import pandas as pd

        columns = {field.name: list(getattr(self, field.name)) for field in fields(self)}
        ends = columns.pop("ci")
        return pd.DataFrame(columns | {"ci_low": [low for low, _ in ends], "ci_high": [high for _, high in ends]})


@dataclass(frozen=True, slots=True)
class Influence:
    """For each study what changes without it (Viechtbauer & Cheung 2010, doi 10.1002/jrsm.11; Baujat 2002, doi 10.1002/sim.1221).

    rstudent: distance from the estimate of the others, in standard errors. dffits, dfbetas: change of the estimate, in standard errors.
    cooks_d: its square in the unit of the full model's variance. cov_ratio: variance without the study over variance with it. tau2_without,
    q_without: of the others. weight, per cent; hat is its hundredth. baujat_x: share of the study in Q (its squared residual over its
    variance); baujat_y: squared change of its fitted value over the variance of the estimate without it.
    """

    labels: tuple[str, ...]
    rstudent: tuple[float, ...]
    dffits: tuple[float, ...]
    cooks_d: tuple[float, ...]
    cov_ratio: tuple[float, ...]
    tau2_without: tuple[float, ...]
    q_without: tuple[float, ...]
    hat: tuple[float, ...]
    weight: tuple[float, ...]
    dfbetas: tuple[float, ...]
    baujat_x: tuple[float, ...]
    baujat_y: tuple[float, ...]

    def frame(self) -> pd.DataFrame:
        """One row for each study."""
        import pandas as pd

        return pd.DataFrame({field.name: list(getattr(self, field.name)) for field in fields(self)})


def leave_one_out(
    yi: ArrayLike, vi: ArrayLike, *, method: str = "REML", interval: str = "hksj_floor", level: float = 95,
    labels: Sequence[str] | None = None,
) -> Series:  # fmt: skip
    """The model without each study in turn; two studies are needed. Parameters as in `pool`."""
    y, v, names = effects_and_variances(yi, vi, labels)
    _known(method, interval)
    at_least(y.size, 2, "leave-one-out")
    alpha = tail_of(level)
    fits = [fit(design, method, interval, alpha) for design in _without_each(y, v)]
    return _series(names, fits, [y.size - 1] * y.size)


def cumulative(
    yi: ArrayLike, vi: ArrayLike, order: ArrayLike, *, method: str = "REML", interval: str = "hksj_floor", level: float = 95,
    labels: Sequence[str] | None = None,
) -> Series:  # fmt: skip
    """The model of the first study, of the first two, and so on by ``order`` (a number for each study, such as its year).

    Studies with the same number come in the order of their rows. Parameters as in `pool`.
    """
    y, v, names = effects_and_variances(yi, vi, labels)
    _known(method, interval)
    by = numbers(order, "order", labels=names)
    same_length({"yi": y, "order": by})
    alpha, sequence = tail_of(level), np.argsort(by, kind="stable")
    fits = [fit(Mean(y[sequence[:n]], v[sequence[:n]]), method, interval, alpha) for n in range(1, y.size + 1)]
    return _series(tuple(names[n] for n in sequence), fits, list(range(1, y.size + 1)))


def influence(
    yi: ArrayLike, vi: ArrayLike, *, method: str = "REML", interval: str = "wald", labels: Sequence[str] | None = None
) -> Influence:
    """How much each study moves the estimate; three studies are needed. With method EE baujat_x adds up to Q."""
    y, v, names = effects_and_variances(yi, vi, labels)
    _known(method, interval)
    at_least(y.size, 3, "influence")
    design = Mean(y, v)
    whole = fit(design, method, interval, 0.05)
    hat = design.percent(whole.tau2) / 100
    columns: list[tuple[float, ...]] = []
    for row, others in enumerate(_without_each(y, v)):
        one = fit(others, method, interval, 0.05)
        if one.se == 0:
            raise InputRefused(
                f"without {names[row]} the effects are equal, and Hartung and Knapp's standard error is 0: nothing can be measured by it",
                where="yi",
                next_step="use hksj_floor or wald",
            )
        factor, change = (one.se / one.wald_se) ** 2, whole.estimate - one.estimate
        spread = design.estimate(one.tau2)[1]  # of the whole with the tau² of the others
        columns.append((
            (float(y[row]) - one.estimate) / math.sqrt(factor * (float(v[row]) + one.tau2) + one.se**2),
            change / math.sqrt(factor * float(hat[row]) * (one.tau2 + float(v[row]))),
            (change / whole.se) ** 2,
            (one.se / whole.se) ** 2,
            one.tau2,
            one.q,
            float(hat[row]),
            100 * float(hat[row]),
            change / math.sqrt(factor * spread),
            (float(y[row]) - whole.estimate) ** 2 / (float(v[row]) + whole.tau2),
            (change / one.se) ** 2,
        ))  # fmt: skip
    return Influence(names, *(tuple(column) for column in zip(*columns, strict=True)))


def _without_each(y: Vector, v: Vector) -> Iterator[Mean]:
    """The model without each row in turn; sorted once, so that sorting the others costs nothing."""
    order = np.lexsort((y, v))
    y, v = y[order], v[order]
    for place in np.argsort(order):
        yield Mean(np.delete(y, place), np.delete(v, place))


def _known(method: str, interval: str) -> None:
    one_of(method, METHODS, "method")
    one_of(interval, INTERVALS, "interval")


def _series(labels: tuple[str, ...], made: list[Fit], sizes: list[int]) -> Series:
    return Series(
        labels=labels, k=tuple(sizes),
        estimate=tuple(one.estimate for one in made), se=tuple(one.se for one in made), ci=tuple(one.ci for one in made),
        p=tuple(one.p for one in made), q=tuple(one.q for one in made),
        q_p=tuple(chi2_upper(one.q, size - 1) for one, size in zip(made, sizes, strict=True)),
        tau2=tuple(one.tau2 for one in made), i2=tuple(one.i2 for one in made), h2=tuple(one.h2 for one in made),
    )  # fmt: skip
