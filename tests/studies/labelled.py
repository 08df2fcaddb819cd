"""Labelled sets of records, and how a grouping is measured against them: by the records that it removes and by its review band."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

NAMES = {"ID": "record", "author": "authors", "ENTRYTYPE": "record_type", "issue": "number"}


def read_set(folder: Path) -> tuple[pd.DataFrame, list[set[str]]]:
    """(records, true sets) of the labelled set in *folder*; conference papers have the name of the proceedings as their journal."""
    import pandas as pd

    frame = pd.read_csv(folder / "records_pre_merged.csv", dtype=str).rename(columns=NAMES)
    if "booktitle" in frame:
        frame["journal"] = frame["journal"].fillna(frame["booktitle"])
    merged = pd.read_csv(folder / "merged_record_ids.csv", dtype=str)
    return frame, [set(ids.split(";")) for ids in merged["merged_ids"]]


def read_flags(path: Path) -> tuple[pd.DataFrame, set[str]]:
    """(records, those that are in a set of duplicates) where only that is known."""
    import pandas as pd

    frame = pd.read_csv(path, dtype=str).rename(columns=NAMES)
    return frame, set(frame["record"][frame["in_duplicate_group"] == "1"])


@dataclass(frozen=True, slots=True)
class Removed:
    """The removed-record measure: records wrongly removed, survivors too many, and how many records were to be removed."""

    false: int
    missed: int
    removable: int

    @property
    def sensitivity(self) -> float:
        return 1 - self.missed / self.removable


def removed(groups: Iterable[Iterable[str]], true: list[set[str]]) -> Removed:
    """Each group keeps its first record in the alphabet. Of each true set one survivor is right."""
    home = {record: k for k, one in enumerate(true) for record in one}
    kept: Counter[int] = Counter()
    false = 0
    for group in groups:
        first, *rest = sorted(group)
        if first in home:
            kept[home[first]] += 1
        false += sum(record not in home for record in rest)
    return Removed(
        false + sum(not kept[k] for k in range(len(true))),
        sum(kept[k] - 1 for k in range(len(true)) if kept[k]),
        sum(len(one) - 1 for one in true),
    )


def flagged(groups: Iterable[Iterable[str]], duplicated: set[str]) -> tuple[int, int]:
    """(groups with a record that is no duplicate, duplicates alone) where only flags are known."""
    each = [set(group) for group in groups]
    return sum(len(g) > 1 and not g <= duplicated for g in each), sum(len(g) == 1 and g <= duplicated for g in each)


def mixed(groups: Iterable[Iterable[str]], true: list[set[str]]) -> int:
    """Groups that hold records of two documents, which the removed-record measure may not see."""
    home = {record: str(k) for k, one in enumerate(true) for record in one}
    return sum(len({home.get(record, record) for record in group}) > 1 for group in groups)


def in_band(group_of: Mapping[str, str], offered: Iterable[tuple[str, str]], true: list[set[str]]) -> tuple[int, int]:
    """(how many of the missing merges a person is offered, how many are missing)."""
    asked = [(group_of[a], group_of[b]) for a, b in offered]
    found = missing = 0
    for one in true:
        parts = {group_of[record]: {group_of[record]} for record in one}
        missing += len(parts) - 1
        for a, b in asked:
            if a in parts and b in parts and parts[a] is not parts[b]:
                found += 1
                parts[a] |= parts[b]
                for part in parts[a]:
                    parts[part] = parts[a]
    return found, missing
