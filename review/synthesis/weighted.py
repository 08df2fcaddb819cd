"""Weighted least squares with weights 1 / (v + tau²): the sums from which estimators, tests and likelihoods are made.

With W the weights and X the design, P = W - WX(X'WX)⁻¹X'W. Every estimator needs a few of tr P, tr PP, y'Py, y'PPy, at one or at
many values of tau². ``Mean`` is the model without moderators: it loses no digits where one study outweighs all others, for no sum in it
subtracts what is nearly equal. ``Regression`` is the same for any design, by QR.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from review.errors import InputRefused
from review.synthesis.inputs import Vector


class once:
    """A value that is worked out when it is first asked for; as functools.cached_property, without the lock that it has in Python 3.11.

    A fit asks for a hundred such values, and waiting for locks took a fifth of its time.
    """

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self.make, self.name, self.__doc__ = make, make.__name__, make.__doc__
        self.__isabstractmethod__ = getattr(make, "__isabstractmethod__", False)

    def __get__(self, one: Any, owner: object = None) -> Any:
        if one is None:
            return self
        value = one.__dict__[self.name] = self.make(one)
        return value


class Sums(ABC):
    """The sums at g values of tau², worked out when asked for; each has shape (g,), weights and residuals (g, k)."""

    weights: Vector
    residuals: Vector

    @once
    def total(self) -> Vector:
        """tr W."""
        return np.add.reduce(self.weights, 1)

    @once
    def py(self) -> Vector:
        """Py, shape (g, k)."""
        return self.weights * self.residuals

    @once
    def ypy(self) -> Vector:
        """The generalised Q; Cochran's where tau² is 0."""
        return np.vecdot(self.py, self.residuals)

    @once
    def yppy(self) -> Vector:
        """y'PPy: how fast Q falls as tau² grows."""
        return np.vecdot(self.py, self.py)

    @once
    @abstractmethod
    def ypppy(self) -> Vector:
        """y'PPPy: half of how fast y'PPy falls."""

    @once
    @abstractmethod
    def tr_p(self) -> Vector:
        """tr P."""

    @once
    @abstractmethod
    def tr_pp(self) -> Vector:
        """tr PP: how fast tr P falls."""

    @once
    @abstractmethod
    def log_det(self) -> Vector:
        """log of the determinant of X'WX."""


class Design(ABC):
    """A model whose tau² can be estimated: k studies, p coefficients, effects y and variances v in the order of the model."""

    k: int
    p: int
    y: Vector
    v: Vector

    @abstractmethod
    def at(self, *tau2: float) -> Sums:
        """The sums at one or more values of tau²."""

    @once
    @abstractmethod
    def plain_squares(self) -> float:
        """Sum of squares about the fit by plain least squares."""

    @once
    @abstractmethod
    def plain_traces(self) -> tuple[float, float]:
        """tr MV and tr MVMV, where M takes the fit by plain least squares away and V holds the variances."""

    @once
    def fixed(self) -> Sums:
        """The sums where tau² is 0."""
        return self.at(0.0)

    @property
    def df(self) -> int:
        """Residual degrees of freedom."""
        return self.k - self.p


class Mean(Design):
    """One mean for all. Rows are kept from the smallest variance up and effects relative to the most precise study: no order counts."""

    p = 1

    def __init__(self, y: Vector, v: Vector) -> None:
        self.order: NDArray[np.intp] = np.argsort(v)
        self.k, self.v = y.size, v[self.order]
        if (self.v[1:] == self.v[:-1]).any():  # only then is the order of that sort open, and the slower one needed
            self.order = np.lexsort((y, v))
        self.origin = float(y[self.order[0]])
        self.y = y[self.order] - self.origin
        self._kept: tuple[tuple[float, ...], MeanSums] | None = None

    def at(self, *tau2: float) -> MeanSums:
        """The sums at one or more values of tau²; the last ones are kept, for an estimate is asked for several of them in turn."""
        if self._kept is None or self._kept[0] != tau2:
            self._kept = tau2, MeanSums(self, np.array(tau2))
        return self._kept[1]

    def estimate(self, tau2: float) -> tuple[float, float]:
        """The weighted mean and its variance."""
        w = 1 / (self.v + tau2)
        total = float(w.sum())
        return self.origin + float((w * self.y).sum()) / total, 1 / total

    @once
    def plain_squares(self) -> float:
        """Sum of squares about the plain mean."""
        residual = self.y - self.y.mean()
        return float((residual * residual).sum())

    @once
    def plain_traces(self) -> tuple[float, float]:
        """tr MV, tr MVMV."""
        total, squares, k = float(self.v.sum()), float((self.v * self.v).sum()), self.k
        return total * (k - 1) / k, squares * (1 - 2 / k) + (total / k) ** 2

    def percent(self, tau2: float) -> Vector:
        """The weights in per cent, in the order that was given."""
        w = 1 / (self.v + tau2)
        given = np.empty_like(w)
        given[self.order] = 100 * w / w.sum()
        return given


class MeanSums(Sums):
    """The sums of a mean; the first row has the largest weight, whatever tau² is."""

    def __init__(self, design: Mean, tau2: Vector) -> None:
        self.weights = 1 / (design.v + tau2[:, None])
        self.residuals = design.y - (np.vecdot(self.weights, design.y) / self.total)[:, None]

    @once
    def diagonal(self) -> Vector:
        """The diagonal of P times the total of the weights."""
        return self.weights * _all_but_own(self.weights, self.total)

    @once
    def ypppy(self) -> Vector:
        """y'PPPy."""
        around = self.py - (np.vecdot(self.weights, self.py) / self.total)[:, None]
        return np.vecdot(self.weights * around, around)

    @once
    def tr_p(self) -> Vector:
        """tr P."""
        return np.add.reduce(self.diagonal, 1) / self.total

    @once
    def tr_pp(self) -> Vector:
        """tr PP: squares of the diagonal, then of what is beside it."""
        squares = self.weights * self.weights
        beside = np.vecdot(squares, _all_but_own(squares, np.add.reduce(squares, 1)))
        return (np.vecdot(self.diagonal, self.diagonal) + beside) / (self.total * self.total)

    @once
    def log_det(self) -> Vector:
        """log of the total of the weights."""
        return np.log(self.total)


def _all_but_own(w: Vector, total: Vector) -> Vector:
    """For each row the sum of the other rows. The first is the largest, and its own sum is added up anew: a difference would cancel."""
    others = total[:, None] - w
    others[:, 0] = np.add.reduce(w[:, 1:], 1)
    return others


class Regression(Design):
    """A mean that depends on moderators: X has shape (k, p), its columns must not follow from one another. No order of rows counts."""

    def __init__(self, y: Vector, v: Vector, x: Vector) -> None:
        self.k, self.p = x.shape
        order = np.lexsort((*x.T, y, v))
        self.y, self.v, self.x = y[order], v[order], x[order]
        scaled = self.x / np.maximum(np.linalg.norm(x, axis=0), np.finfo(float).tiny)
        if self.k <= self.p or np.linalg.matrix_rank(scaled) < self.p:
            raise InputRefused(
                f"{self.p} coefficients cannot be told apart by these {self.k} studies",
                where="moderators",
                expected="more studies than coefficients, and no moderator that is constant or follows from the others",
                next_step="leave a moderator out",
            )

    def at(self, *tau2: float) -> RegressionSums:
        """The sums at one or more values of tau²."""
        return RegressionSums(self, np.array(tau2))

    def coefficients(self, tau2: float) -> tuple[Vector, Vector]:
        """The coefficients, shape (p,), and their covariance (X'WX)⁻¹, shape (p, p)."""
        root = 1 / np.sqrt(self.v + tau2)
        basis, triangle = np.linalg.qr(root[:, None] * self.x)
        inverse = np.linalg.inv(triangle)
        return inverse @ (basis.T @ (root * self.y)), inverse @ inverse.T

    @once
    def basis(self) -> Vector:
        """Columns at right angles that span those of X."""
        return np.linalg.qr(self.x)[0]

    @once
    def plain_squares(self) -> float:
        """Sum of squares of plain least squares."""
        residual = self.y - self.basis @ (self.basis.T @ self.y)
        return float((residual * residual).sum())

    @once
    def plain_traces(self) -> tuple[float, float]:
        """tr MV, tr MVMV."""
        hat = (self.basis * self.basis).sum(1)
        middle = self.basis.T @ (self.v[:, None] * self.basis)
        squares = (self.v * self.v * (1 - 2 * hat)).sum() + (middle * middle).sum()
        return float((self.v * (1 - hat)).sum()), float(squares)


class RegressionSums(Sums):
    """The sums of a regression, from the QR decomposition of the weighted design."""

    def __init__(self, design: Regression, tau2: Vector) -> None:
        self.weights = 1 / (design.v + tau2[:, None])
        self.root = np.sqrt(self.weights)
        self.basis, self.triangle = np.linalg.qr(self.root[:, :, None] * design.x)
        self.hat = (self.basis * self.basis).sum(2)
        self.residuals = self.off(self.root * design.y) / self.root

    def off(self, z: Vector) -> Vector:
        """What the weighted design leaves of z, shape (g, k)."""
        return z - np.einsum("gki,gi->gk", self.basis, np.einsum("gki,gk->gi", self.basis, z))

    @once
    def ypppy(self) -> Vector:
        """y'PPPy."""
        left = self.off(self.root * self.py)
        return np.vecdot(left, left)

    @once
    def decisive(self) -> list[int]:
        """The rows that decide a coefficient nearly alone; twice as many as there are coefficients at most, for each tau²."""
        return np.flatnonzero((self.hat > 0.5).any(0)).tolist()

    @once
    def columns(self) -> dict[int, Vector]:
        """Of each decisive row what is beside the diagonal in its column of the hat matrix H, shape (g, k)."""
        columns = {row: np.einsum("gki,gi->gk", self.basis, self.basis[:, row]) for row in self.decisive}
        for row, column in columns.items():
            column[:, row] = 0.0
        return columns

    @once
    def left(self) -> Vector:
        """1 - h, h the diagonal of H. Of a decisive row from the others, for H is HH: h (1 - h) is the sum of the squares beside it."""
        left = 1 - self.hat
        for row, column in self.columns.items():
            others = np.vecdot(column, column)
            near = 2 * others / (1 + np.sqrt(np.maximum(0.0, 1 - 4 * others)))
            left[:, row] = np.where(self.hat[:, row] > 0.5, near, left[:, row])
        return left

    @once
    def tr_p(self) -> Vector:
        """tr P."""
        return np.vecdot(self.weights, self.left)

    @once
    def tr_pp(self) -> Vector:
        """tr PP; what the decisive rows add to it is added up apart, for in the sums of all it would cancel."""
        rest = self.weights.copy()
        rest[:, self.decisive] = 0.0
        middle = np.einsum("gki,gk,gkj->gij", self.basis, rest, self.basis)
        total = (rest**2 * (1 - 2 * self.hat)).sum(1) + (middle * middle).sum((1, 2))
        for n, row in enumerate(self.decisive):
            own, weight = self.basis[:, row], self.weights[:, row]
            total += (weight * self.left[:, row]) ** 2 + 2 * weight * np.einsum("gi,gij,gj->g", own, middle, own)
            for other in self.decisive[:n]:
                total += 2 * weight * self.weights[:, other] * self._beside(row, other) ** 2
        return total

    def _beside(self, row: int, other: int) -> Vector:
        """What stands in H where two decisive rows meet, from all others where both leave less than a half."""
        more = self.left[:, row] + self.left[:, other] - 1
        met = np.vecdot(self.columns[row], self.columns[other])
        return np.where(more < 0, met / np.where(more < 0, more, 1.0), np.vecdot(self.basis[:, row], self.basis[:, other]))

    @once
    def log_det(self) -> Vector:
        """log of the determinant of X'WX."""
        return 2 * np.log(np.abs(np.diagonal(self.triangle, axis1=1, axis2=2))).sum(1)
