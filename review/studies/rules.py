"""Named rules that say which reports are one document and which belong to one study, from identifiers alone.

What an article says of a registration puts the two into one study and leaves them two documents; a page's list of related trials does
nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from review.model.notice_titles import is_about_another
from review.model.views import NOT_TRIAL_NUMBERS, RecordView, ReportView, trial_number
from review.studies.labels import family_name
from review.text import fold_blanks, fold_word

RULES_VERSION = 1
NOTICE_ABOUT = "notice_about"
EARLIER_NUMBERS = "nctIdAliases"  # numbers that ClinicalTrials.gov gave the same trial before, as its reader keeps them
_ABSTRACT_NUMBER = re.compile(r"^\s*(?:abstract\s+)?[A-Z]{0,3}\d{2,5}\s*[:.]\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a rule found: two reports, the rule's name and what it compared."""

    first: str
    second: str
    rule: str
    compared: dict[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """What of a record a rule compares, and when it takes two reports for one document, in words."""

    values: Callable[[RecordView], Iterable[str]]
    says: str


def duplicates(reports: Sequence[ReportView]) -> list[Proposal]:
    """Pairs of reports that are the same document, each later one with the earliest of its kind; ``RULES`` says when, ``unsure`` when not.

    A DOI may be that of a whole supplement, and a notice or a comment may bear the identifiers of the article that it is about.
    """
    return [found for rule in RULES for found, sure in _compared(reports, rule) if sure]


def unsure(reports: Sequence[ReportView]) -> list[Proposal]:
    """Pairs of one DOI that a person must merge or keep apart, each later report with the earliest that has the DOI.

    Their titles differ, neither holds the other, and so does the first author or the first page; of abstracts the titles alone.
    """
    return [found for found, sure in _compared(reports, "same_doi") if not sure]


def _compared(reports: Sequence[ReportView], rule: str) -> Iterator[tuple[Proposal, bool]]:
    """The pairs with one value by *rule*, and whether they are sure to be one document."""
    holders: dict[str, list[ReportView]] = {}
    for report in reports:
        for value in dict.fromkeys(v for record in report.records for v in RULES[rule].values(record)):
            holders.setdefault(value, []).append(report)
    for value, held in holders.items():
        first: dict[bool, ReportView] = {}  # apart for articles, and for notices and comments about them
        titled: dict[tuple[bool, str], ReportView] = {}
        for report in held if len(held) > 1 else ():
            about, title = _about_another(report), _title(report)
            same = (titled.get((about, title)) if title else None) or first.get(about)
            sure = same is None or rule != "same_doi" or not _differ(same, report)
            if same is not None:
                yield Proposal(same.id, report.id, rule, {"value": value}), sure
            first.setdefault(about, report)
            titled.setdefault((about, title), same if same is not None and sure else report)


def links(reports: Sequence[ReportView]) -> list[Proposal]:
    """Reports that belong to the study of a registration (``first`` the registration, ``second`` the report).

    states_number: an article's own fields state the registration's number.
    secondary_number: a registration states the other's number, one of another register, as a secondary one. Within one register that is
    a related trial (a parent, an extension), unless the register calls it an earlier number of the same trial.
    notice_about: a notice states the PubMed number or DOI of the article that it is about.
    """
    owner: dict[str, ReportView] = {}
    for report in reports:
        for record in report.records:
            for value in _own_number(record):
                owner.setdefault(value, report)
    by_id = {report.id: report for report in reports}
    found: list[Proposal] = []
    for report in reports:
        named: defaultdict[str, list[str]] = defaultdict(list)
        own_types = {_type_of(record) for record in report.records} if report.stands.is_registration else set()
        for record in report.records:
            for value in _numbers(record, own_types):
                if value in owner and owner[value].id != report.id:
                    named[owner[value].id].append(value)
        rule = "secondary_number" if report.stands.is_registration else "states_number"
        for target, values in named.items():
            other = by_id[target]
            # Two registrations that name each other would link both ways; the earlier one founds the study.
            if rule == "secondary_number" and other.records[0].position > report.records[0].position:
                found.append(Proposal(report.id, target, rule, {"value": values[0]}))
            else:
                found.append(Proposal(target, report.id, rule, {"value": values[0]}))
    found += _about(reports)
    return list({(p.first, p.second): p for p in found}.values())


def _about(reports: Sequence[ReportView]) -> Iterator[Proposal]:
    """Each notice with the article in the review whose number it states."""
    notices = [(report, numbers) for report in reports if (numbers := [n for r in report.records for n in r.about])]
    articles: dict[tuple[str, str], ReportView] = {}
    for report in reports if notices else ():
        if not report.is_notice:
            for record in report.records:
                for number in (*(("PMID", v) for v in _pmid(record)), *(("DOI", v) for v in _doi(record))):
                    articles.setdefault(number, report)
    for notice, numbers in notices:
        for number in numbers:
            article = articles.get(number)
            if article is not None and article.id != notice.id:
                said = ", ".join(dict.fromkeys(word for record in notice.records for word in record.announced))
                yield Proposal(article.id, notice.id, NOTICE_ABOUT, {"notice": said, "about": " ".join(number)})


def _about_another(report: ReportView) -> bool:
    """Whether it is a notice or a comment, which may bear title and number of the article that it is about."""
    return any(record.is_notice or is_about_another(record.title) for record in report.records)


def _differ(a: ReportView, b: ReportView) -> bool:
    """Whether two articles with one DOI may be two documents, by what both state."""
    one, other = _title(a), _title(b)
    if any(record.doc.get("record_type") == "conference_abstract" for report in (a, b) for record in report.records):
        return one != other or not one
    if not one or not other or f" {one} " in f" {other} " or f" {other} " in f" {one} ":
        return False
    return any(x != y and x and y for x, y in zip(_author_and_page(a), _author_and_page(b), strict=True))


def _title(report: ReportView) -> str:
    """The title as a key, without the number of an abstract ('P012: …'); '' where none is stated."""
    printed = report.stands.doc.get("brief_title") or report.stands.doc.get("official_title") or ""
    if report.stands.doc.get("record_type") == "conference_abstract":
        printed = _ABSTRACT_NUMBER.sub("", printed)
    return fold_word(printed) or fold_blanks(printed).casefold()


def _author_and_page(report: ReportView) -> tuple[str, str]:
    """Family name of the first author and first page, as keys; '' for what is not stated."""
    record, pages = report.stands, (report.stands.doc.get("publication") or {}).get("pages") or ""
    return fold_word(family_name(record.authors[0])) if record.authors else "", fold_word(re.split(r"[-\u2010-\u2015,;]", pages)[0])


def _doi(record: RecordView) -> Iterable[str]:
    return () if record.is_registration else (v.casefold() for v in record.identifiers("DOI"))


def _pmid(record: RecordView) -> Iterable[str]:
    return () if record.is_registration else record.identifiers("PMID")


def _own_number(record: RecordView) -> Iterable[str]:
    if not record.is_registration:
        return ()
    own = (i for i in record.doc.get("identifiers") or () if i["role"] == "primary" and i["type"] not in NOT_TRIAL_NUMBERS)
    return tuple(trial_number(i["type"], i["value"]) for i in own)


def _type_of(record: RecordView) -> str | None:
    """The register of its own number."""
    return next((i["type"] for i in record.doc.get("identifiers") or () if i["role"] == "primary"), None)


def _numbers(record: RecordView, related: Collection[str | None]) -> Iterable[str]:
    """Its trial numbers, without those of registers in which a secondary number is that of a *related* trial."""
    earlier = (record.doc.get("extra") or {}).get(EARLIER_NUMBERS) or ()
    found = (i for i in record.doc.get("identifiers") or () if i["type"] not in NOT_TRIAL_NUMBERS)
    meant = (i for i in found if i["role"] == "primary" or i["type"] not in related or i["value"] in earlier)
    return tuple(trial_number(i["type"], i["value"]) for i in meant)


RULES: dict[str, Rule] = {
    "same_doi": Rule(
        _doi,
        "two articles have the same DOI, or two notices or comments; a person decides where neither title holds the other and first author "
        "or first page differs, of conference abstracts wherever the titles differ",
    ),
    "same_pmid": Rule(_pmid, "two articles have the same PubMed number, or two notices or comments"),
    "same_registration": Rule(_own_number, "two registrations have the same registration number of their own"),
}
