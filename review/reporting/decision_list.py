"""The decisions of screening as a table to write to a file: every one that its viewer may see, with what names its record elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from review.model.views import ReportView
from review.reporting.table import Cell, Column, Table

if TYPE_CHECKING:
    import pandas as pd

_RECORD = (("report", "Report"), ("title", "Title"), ("year", "Year"), ("doi", "DOI"), ("pmid", "PubMed number"))
_DECISION = (
    ("stage", "Stage"), ("round", "Pilot round"), ("reviewer", "Reviewer"), ("decision", "Decision"), ("reason", "Reason"),
    ("note", "Note"), ("judgements", "Judgements"), ("near_miss", "Near miss"), ("override", "Against the judgements"),
    ("kind", "Kind"), ("at", "At"), ("live", "Counts"), ("reason_words", "Reason in the file"), ("tool", "Tool"),
    ("file", "File"), ("line", "Line"), ("event", "Event"),
)  # fmt: skip


def decision_list(decisions: pd.DataFrame, reports: Sequence[ReportView]) -> Table:
    """One row per row of ``rv.screening.frame()``, in its order.

    ``import_decisions`` takes the CSV in again, the answers as_="reviewers" and then what ended the stage as_="consensus"; rows that no
    longer counted and those of a pilot stand there for the eye, and become remarks.
    """
    homes = {member: report for report in reports for member in report.members}
    rows = []
    for one in decisions.to_dict("records"):
        report = homes.get(one["report"])
        record = report.stands if report else None
        named = (
            one["report"],
            record.title if record else "",
            str(record.year or "") if record else "",
            "; ".join(record.identifiers("DOI")) if record else "",
            "; ".join(record.identifiers("PMID")) if record else "",
        )
        rows.append(tuple(Cell(text) for text in (*named, *(_said(one[key]) for key, _ in _DECISION))))
    columns = tuple(Column(key, head) for key, head in (*_RECORD, *_DECISION))
    return Table("decisions", "Decisions", columns, tuple(rows), empty="Nothing has been decided that may be seen.")


def _said(value: object) -> str:
    """A value of the frame as text; '' where there is none (a missing value differs from itself, or cannot be compared)."""
    return "" if value is None or str(value) in ("nan", "<NA>") else str(value)
