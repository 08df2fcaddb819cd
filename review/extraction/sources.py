"""Which record of a study a quotation was read from, by the words and by the place that is given for them; never silently another one.

A short quotation may stand in a registration and in an article. The place decides where it names a source; where it names none, words are
an article's before a registration's, and nobody's where two articles hold them: no lines are better than those of another document.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from review.model.views import RecordView, StudyView
from review.text import lines_of

Found = tuple[RecordView, tuple[int, int]]


def source_of(
    study: StudyView, quotation: str, location: str, text_of: Callable[[RecordView], Sequence[str]]
) -> tuple[RecordView | None, tuple[int, int] | None]:
    """The record that *quotation* was read from and the first and last line of it; (None, None) where that cannot be said."""
    holding = [(record, lines) for record in study.records if (lines := lines_of(quotation, record.own_text(text_of(record))))]
    named = {record.id for record in study.records if _names(location, record)}
    if named:
        return next((one for one in holding if one[0].id in named), (None, None))
    if any(not record.is_registration for record in study.records):
        holding = [one for one in holding if not one[0].is_registration]
    reports = {report.id for report in study.reports for record, _ in holding if record in report.records}
    return holding[0] if len(reports) == 1 else (None, None)


def _names(location: str, record: RecordView) -> bool:
    """Whether *location* names the record: its source, its file, or one of its numbers."""
    said = location.casefold()
    names = (record.search.source, record.file_name or "", *record.identifiers())
    return any(name and name.casefold() in said for name in names)
