"""Says of found pairs which rule held and what was compared. A stand-in until the engine's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from review.studies.duplicates.find import Duplicates


@dataclass(frozen=True, slots=True)
class Explained:
    """One pair, why, and what was compared."""

    a: str
    b: str
    outcome: str
    rule: str
    version: int
    says: str
    compared: dict[str, str]
    scores: dict[str, int]


def explain_pairs(found: Duplicates, frame: pd.DataFrame, rows: Sequence[int] | None = None) -> list[Explained]:
    """Of the pairs at *rows* of ``found.pairs`` (all, where None) the rule and what was compared."""
    by_id = frame.set_index("record")
    made = []
    for row in range(len(found.pairs)) if rows is None else rows:
        pair, version = found.pairs.iloc[row], int(found.compared["version"].iloc[row])
        compared = {}
        for column in ("title", "authors", "year", "journal", "doi", "pmid"):
            a, b = str(by_id.at[pair.a, column]), str(by_id.at[pair.b, column])
            if a or b:
                compared[column] = a if a == b else f"{a} | {b}"
        made.append(Explained(pair.a, pair.b, pair.outcome, pair.rule, version, "", compared, {}))
    return made
