"""Decisions and conflicts of screening as frames. It is handed what its viewer may see, and shows no name in a conflict."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from review.model.consensus import Panel
from review.model.decision import DecisionImported, is_imported
from review.model.event import Event
from review.model.views import ReportView
from review.screening.conflicts import opposed, reason_words

if TYPE_CHECKING:
    import pandas as pd

_SAID = ("decision", "reason", "note")
_FROM = ("reason_words", "tool", "file_name", "line")
_HOW = ("judgements", "near_miss", "override")


def decisions(events: Iterable[Event], live: Callable[[str], bool]) -> pd.DataFrame:
    """One row per decision and resolution; what came from another tool's file says from which, where, and in which words.

    judgements: ``I1=unclear; P1=met``. near_miss, override (of what follows from the judgements): missing where nobody was asked.
    """
    import pandas as pd

    rows = [
        (
            *(e.subject, e.body["stage"], e.body.get("round"), _by(e), *(e.body[s] for s in _SAID), _kind(e), e.at, live(e.id), e.id),
            *(e.body.get(s) for s in _FROM),
            *_how(e),
        )
        for e in events
    ]
    columns = ["report", "stage", "round", "reviewer", *_SAID, "kind", "at", "live", "event", "reason_words", "tool", "file", "line", *_HOW]
    return pd.DataFrame(rows, columns=columns).astype({"line": "Int64", "near_miss": "boolean", "override": "boolean"})


def _how(event: Event) -> tuple[str, bool | None, bool | None]:
    """What a decision rests on; another tool's file says nothing of it, and a resolution nothing of criteria."""
    if is_imported(event):
        return "", None, None
    judged = "; ".join(f"{criterion}={answer}" for criterion, answer in event.body.get("judgements", {}).items())
    return judged, event.body.get("near_miss", False), event.body.get("override")


def _by(event: Event) -> str | None:
    """The reviewer; None for a consensus that was imported."""
    return event.body["reviewer"] if is_imported(event) else event.actor


def _opposing(event: Event) -> tuple[str, str | None, str]:
    """Decision, reason and note of one answer; of an imported one without a criterion, the words of its file."""
    words = reason_words(event)
    return event.body["decision"], f"“{words}”, as imported" if words else event.body["reason"], event.body["note"]


def _kind(event: Event) -> str:
    return DecisionImported.kind if is_imported(event) else event.kind


def conflicts(found: Iterable[tuple[ReportView, str, Panel]]) -> pd.DataFrame:
    """One row per conflict, both answers beside each other."""
    import pandas as pd

    rows = [
        (report.id, stage, report.title, *(said for event in opposed(panel, report, stage)[:2] for said in _opposing(event)))
        for report, stage, panel in found
    ]
    return pd.DataFrame(rows, columns=["report", "stage", "title", *(f"{s}_{side}" for side in ("first", "second") for s in _SAID)])
