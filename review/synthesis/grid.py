"""Does the answer hang on a choice: the pooled estimate under each estimator and interval, for each way of making the effects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from numpy.typing import ArrayLike

from review.errors import InputRefused
from review.synthesis.pool import Pooled, pool

if TYPE_CHECKING:
    import pandas as pd

METHODS = ("REML", "DL", "PM", "EE")
INTERVALS = ("hksj_floor", "hksj", "wald")


@dataclass(frozen=True, slots=True)
class Grid:
    """The results, each with the name of the effects that it was made from."""

    names: tuple[str, ...]
    pooled: tuple[Pooled, ...]

    def frame(self) -> pd.DataFrame:
        """One row for each result: effects, method, interval, k, estimate, se, ci_low, ci_high, p, tau2, i2, pi_low, pi_high."""
        import pandas as pd

        return pd.DataFrame([
            {
                "effects": name, "method": one.method, "interval": one.interval, "k": one.k, "estimate": one.estimate, "se": one.se,
                "ci_low": one.ci[0], "ci_high": one.ci[1], "p": one.p, "tau2": one.tau2, "i2": one.i2,
                "pi_low": one.pi[0] if one.pi else None, "pi_high": one.pi[1] if one.pi else None,
            }
            for name, one in zip(self.names, self.pooled, strict=True)
        ])  # fmt: skip


def sensitivity_grid(
    effects: Mapping[str, tuple[ArrayLike, ArrayLike]], *, methods: Sequence[str] = METHODS, intervals: Sequence[str] = INTERVALS,
    level: float = 95, prediction: str = "t_k1",
) -> Grid:  # fmt: skip
    """Every method with every interval for every set of effects.

    effects: a name, such as that of a zero-cell correction -> (yi, vi). The common effect has the Wald interval only, and stands once.
    """
    if not effects or not methods or not intervals:
        raise InputRefused("an empty grid", where="effects", expected="at least one set of effects, one method and one interval")
    cells = [
        (name, pool(yi, vi, method=method, interval=interval, level=level, prediction=prediction))
        for name, (yi, vi) in effects.items()
        for method in methods
        for interval in (intervals if method != "EE" else ("wald",))
    ]
    return Grid(tuple(name for name, _ in cells), tuple(one for _, one in cells))
