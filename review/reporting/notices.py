"""What was said about a report after it came out: retracted, under a concern, corrected. It reads the records and judges nothing.

The words are flags: they stand beside the study in every evidence table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from review.model.notice_titles import notice_in
from review.model.problem_codes import ProblemCode
from review.model.views import RecordView

# flag, and what a record's type of publication says where it holds
_TYPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("retracted", re.compile(r"retracted publication|retraction( of publication| note| notice)?$", re.IGNORECASE)),
    ("under a concern", re.compile(r"expression of concern", re.IGNORECASE)),
    ("corrected", re.compile(r"(published erratum|corrected and republished article|erratum|corrigendum|correction)$", re.IGNORECASE)),
)

_CODES = {"retracted": ProblemCode.RETRACTED, "under a concern": ProblemCode.UNDER_CONCERN, "corrected": ProblemCode.CORRECTED}


def notices(records: Iterable[RecordView]) -> tuple[str, ...]:
    """The flag words that these records call for, the gravest first; none as a rule.

    Read from the reader's remark, the type of publication, and the set form of a notice's title; a notice that is a report of its own
    counts for the study that it is linked to.
    """
    found = set()
    for record in records:
        codes = {problem.get("code") for problem in record.doc.get("problems") or ()}
        found |= {flag for flag, code in _CODES.items() if code in codes}
        if not record.is_registration:
            types = (record.doc.get("publication") or {}).get("publication_types") or ()
            found |= {flag for flag, kind in _TYPES if any(kind.match(t.strip()) for t in types)}
            found |= {notice} if (notice := notice_in(record.title)) else set()
    return tuple(flag for flag, _ in _TYPES if flag in found)


def flag_of(records: Iterable[RecordView]) -> str:
    """The flag of a study or report with these records, as a cell shows it; '' where nothing was said."""
    return "; ".join(notices(records))
