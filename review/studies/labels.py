"""What a study is called: first author and year of its primary report, else its registry number, else sponsor and title."""

from __future__ import annotations

from collections.abc import Sequence

from review.model.views import ReportView


def primary_report(reports: Sequence[ReportView]) -> ReportView:
    """The earliest article with named authors, else the earliest report. *reports* in ledger order, at least one."""
    articles = [r for r in reports if not r.stands.is_registration and r.stands.authors]
    return min(articles, key=lambda r: (r.stands.year or 9999, r.stands.position)) if articles else reports[0]


def study_label(reports: Sequence[ReportView]) -> str:
    """The label by METHOD's rule; 'n.d.' where the primary report states no year."""
    record = primary_report(reports).stands
    if record.authors:
        return f"{_family_name(record.authors[0])} {record.year or 'n.d.'}"
    for report in reports:
        numbers = [i["value"] for i in report.stands.doc.get("identifiers") or () if i["role"] == "primary"]
        if numbers:
            return str(numbers[0])
    sponsor = (record.doc.get("lead_sponsor") or {}).get("name") or ""
    words = " ".join(record.title.split()[:5])
    return f"{sponsor}: {words}" if sponsor else words


def _family_name(name: str) -> str:
    """'Xu J' and 'Xu, Jing' are family name first; 'Wei Bai' is family name last."""
    if "," in name:
        return name.split(",")[0].strip()
    parts = name.split()
    initials = len(parts) > 1 and parts[-1].replace(".", "").isupper() and len(parts[-1].replace(".", "")) <= 3
    return " ".join(parts[:-1]) if initials else parts[-1]
