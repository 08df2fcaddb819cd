"""Derived values as a synthesis takes them: each with its formula and the facts behind it, by what it is a value of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from review.reporting.rooms import Rooms
from review.reporting.tables_results import folded


@dataclass(frozen=True)
class Derived:
    """A value that no report states, the id of its formula, and the events of the cells that it was made of."""

    value: float
    formula: str
    events: tuple[str, ...]


def derived_of(rooms: Rooms) -> Mapping[tuple[str | None, ...], Derived]:
    """(study, item, arm, outcome, time point, analysis set), names folded -> the derived value."""
    if not hasattr(rooms.extraction, "derived"):
        return {}
    frame = rooms.extraction.derived()
    found: dict[tuple[str | None, ...], Derived] = {}
    for line in frame.to_dict("records"):
        about = (folded(line[name] or None) for name in ("arm", "outcome", "timepoint", "analysis_set"))
        found.setdefault((line["study"], line["item"], *about), Derived(float(line["value"]), line["formula"], tuple(line["from_events"])))
    return found
