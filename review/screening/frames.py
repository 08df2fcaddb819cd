"""Decisions and conflicts of screening as frames. It is handed what its viewer may see, and shows no name in a conflict."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from review.model.consensus import Panel
from review.model.event import Event
from review.model.views import ReportView
from review.screening.conflicts import opposed

if TYPE_CHECKING:
    import pandas as pd

_SAID = ("decision", "reason", "note")


def decisions(events: Iterable[Event], live: Callable[[str], bool]) -> pd.DataFrame:
    """One row per decision and resolution."""
    import pandas as pd

    rows = [
        (e.subject, e.body["stage"], e.body.get("round"), e.actor, *(e.body[s] for s in _SAID), e.kind, e.at, live(e.id), e.id)
        for e in events
    ]
    return pd.DataFrame(rows, columns=["report", "stage", "round", "reviewer", *_SAID, "kind", "at", "live", "event"])


def conflicts(found: Iterable[tuple[ReportView, str, Panel]]) -> pd.DataFrame:
    """One row per conflict, both answers beside each other."""
    import pandas as pd

    rows = [
        (report.id, stage, report.title, *(event.body[s] for event in opposed(panel, report, stage)[:2] for s in _SAID))
        for report, stage, panel in found
    ]
    return pd.DataFrame(rows, columns=["report", "stage", "title", *(f"{s}_{side}" for side in ("first", "second") for s in _SAID)])
