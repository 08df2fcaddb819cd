"""What was said about a report after it came out, as a flag beside its study in every evidence table. It judges nothing."""

from __future__ import annotations

from collections.abc import Iterable

from review.model.views import RecordView, notices


def flag_of(records: Iterable[RecordView]) -> str:
    """The flag of a study or report with these records, as a cell shows it; '' where nothing was said."""
    return "; ".join(notices(records))
