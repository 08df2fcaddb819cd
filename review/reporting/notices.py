"""What was said about a report after it came out, as a flag beside its study in every evidence table. It judges nothing."""

from __future__ import annotations

from collections.abc import Iterable

from review.model.notice_titles import NOTICES, Notice
from review.model.views import RecordView, notices


def flag_of(records: Iterable[RecordView], told: Iterable[Notice] = ()) -> str:
    """The flag of a study or report with these records, of which notices elsewhere *told*, as a cell shows it; '' for nothing said."""
    said = {*notices(records), *told}
    return "; ".join(notice for notice in NOTICES if notice in said)
