"""What a study is called: first author and year of its primary report, else its registry number, else sponsor and title."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from review.model.views import NOT_TRIAL_NUMBERS, ReportView


def primary_report(reports: Sequence[ReportView], shared: Collection[str] = ()) -> ReportView:
    """The earliest article with named authors, else the earliest report. *reports* in ledger order, at least one.

    A notice, and a report that other studies *shared* (a review of several trials), come in question only where there is nothing else.
    """
    own = [r for r in reports if r.id not in shared and not r.is_notice] if len(reports) > 1 else []
    found = own or list(reports)
    articles = [r for r in found if not r.stands.is_registration and r.stands.authors]
    return min(articles, key=lambda r: (r.stands.year or 9999, r.stands.position)) if articles else found[0]


def study_label(reports: Sequence[ReportView], shared: Collection[str] = ()) -> str:
    """First author and year of the primary report, 'n.d.' where it states no year, else registry number, else sponsor and title.

    The number of an article is no registry number.
    """
    record = primary_report(reports, shared).stands
    if record.authors:
        return f"{family_name(record.authors[0])} {record.year or 'n.d.'}"
    for found in (report.stands for report in reports):
        numbers = [
            i["value"]
            for i in found.doc.get("identifiers") or ()
            if i["role"] == "primary" and (found.is_registration or i["type"] not in NOT_TRIAL_NUMBERS)
        ]
        if numbers:
            return str(numbers[0])
    sponsor = (record.doc.get("lead_sponsor") or {}).get("name") or ""
    words = " ".join(record.title.split()[:5])
    return f"{sponsor}: {words}" if sponsor else words


def family_name(name: str) -> str:
    """'Xu J' and 'Xu, Jing' are family name first; 'Wei Bai' is family name last. Of any text that has a letter something is left."""
    before = name.partition(",")[0].strip()
    if "," in name and any(map(str.isalnum, before)):
        return before
    parts = [part for part in name.replace(",", " ").split() if any(map(str.isalnum, part))]
    if not parts:
        return name
    initials = len(parts) > 1 and parts[-1].replace(".", "").isupper() and len(parts[-1].replace(".", "")) <= 3
    return " ".join(parts[:-1]) if initials else parts[-1]
