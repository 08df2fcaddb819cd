"""Finds which report of a review an entry of another tool's file is, by identifiers, then by title and year; never the nearest one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from review.model.views import RecordView, ReportView
from review.screening.decision_files import FileEntry
from review.text import fold_blanks

ABSENT = "no report of this review has its identifiers, or its title and year"
LOOK = "import its record first, or give its DOI, PubMed number or report id in the file"


class Finder:
    """The reports of a review by everything that can name one."""

    def __init__(self, reports: Sequence[ReportView]) -> None:
        self._by: dict[tuple[str, str], dict[str, ReportView]] = {}
        self._titled: dict[tuple[str, int | None], dict[str, ReportView]] = {}
        for report in reports:
            for member in report.members:
                self._put(("id", member), report)
            for record in report.records:
                self._put(("id", record.id), report)
                for name in _names(record):
                    self._put(name, report)
                for title in (record.doc.get("brief_title"), record.doc.get("official_title")):
                    if title:
                        self._titled.setdefault((title_key(title), record.year), {})[report.id] = report

    def _put(self, name: tuple[str, str], report: ReportView) -> None:
        self._by.setdefault(name, {})[report.id] = report

    def find(self, entry: FileEntry) -> tuple[ReportView | None, str]:
        """The report, or None and why there is none or not one."""
        asked = [("doi", one) for one in entry.dois] + [("pmid", one) for one in entry.pmids]
        asked += [("number", _plain(one)) for one in entry.numbers] + [("id", entry.own_id)]
        named = {r.id: r for name in asked for r in self._by.get(name, {}).values()}
        if len(named) > 1:
            return None, f"its identifiers are those of {len(named):,} reports: {_listed(named.values())}"
        if named:
            return next(iter(named.values())), ""
        titled = self._titled.get((title_key(entry.title), entry.year), {}) if title_key(entry.title) else {}
        if len(titled) > 1:
            return None, f"its title and year are those of {len(titled):,} reports: {_listed(titled.values())}"
        if not titled:
            return None, ABSENT
        report = next(iter(titled.values()))
        if other := _denied(entry, report):
            return None, f"a report has its title and year, but another {other}: {_listed([report])}"
        return report, ""


def _names(record: RecordView) -> Iterable[tuple[str, str]]:
    yield from (("doi", value.casefold()) for value in record.identifiers("DOI"))
    yield from (("pmid", value.lstrip("0")) for value in record.identifiers("PMID"))
    if record.is_registration:  # a number inside an article is that of a study, not of the article
        yield from (("number", _plain(i["value"])) for i in record.doc.get("identifiers") or () if i.get("role") == "primary")


def _denied(entry: FileEntry, report: ReportView) -> str:
    """Which identifier says that the entry is another document; '' where none does."""
    for word, given, kind in (("DOI", entry.dois, "DOI"), ("PubMed number", entry.pmids, "PMID")):
        own = {value.casefold().lstrip("0") for record in report.records for value in record.identifiers(kind)}
        if given and own and own.isdisjoint(one.lstrip("0") for one in given):
            return word
    return ""


def title_key(title: str) -> str:
    """The form in which two titles are the same: any script, lower case, signs and runs of blanks as one blank."""
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", fold_blanks(title)).casefold()).strip()


def _plain(number: str) -> str:
    return re.sub(r"[\W_]+", "", number).casefold()


def _listed(reports: Iterable[ReportView]) -> str:
    return ", ".join(sorted(report.id for report in reports)[:4])
