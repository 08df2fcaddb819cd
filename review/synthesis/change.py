"""Changes from baseline where a study gives means before and after: the SD of the change by a correlation, stated or assumed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from review.errors import InputRefused
from review.model.formulas import sd_change
from review.synthesis.dataset import Row, impossible, read_rows

if TYPE_CHECKING:
    import pandas as pd


def change_scores(rows: pd.DataFrame | Sequence[Row], r: float | None = None) -> tuple[Row, ...]:
    """The rows with changes in place of final values, where means and SDs of both moments stand in them; the others as they are.

    The row's own r counts before *r*, the correlation of before and after; without either a row stays as it is, and so does one with values
    that cannot be. A row that was changed says so in ``derived``. A crossover's r is between periods, so that its rows stay. Raises
    InputRefused for a correlation that is none.
    """
    if r is not None and not -1 <= r <= 1:
        raise InputRefused(f"a correlation cannot be {r:g}", expected="a number from -1 to 1")
    return tuple(_changed(row, r) for row in read_rows(rows))


def _changed(row: Row, r: float | None) -> Row:
    correlation = row.r if row.r is not None else r
    if row.change or row.design == "crossover" or correlation is None or impossible(row):
        return row
    if row.mean is None or row.sd is None or row.mean_baseline is None or row.sd_baseline is None:
        return row
    sd = sd_change(row.sd_baseline, row.sd, correlation)
    told = f"sd_change with r = {correlation:g}{'' if row.r is not None else ', assumed'}"
    return replace(row, mean=row.mean - row.mean_baseline, sd=sd, change=True, derived=(*row.derived, told))
