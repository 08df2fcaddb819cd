"""What linking compares of the reports of a review, read from their records; and links of registrations and of notices among each other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from review.model.best_values import abstract_of
from review.model.identifiers import PUBLICATION_TYPES, recognise
from review.model.views import NOT_TRIAL_NUMBERS, RecordView, ReportView, trial_number
from review.studies.labels import family_name
from review.studies.link_rules import NOTICE_ABOUT, NOTICE_OF_TITLE, SECONDARY_NUMBER, SHARED_NUMBER, link_book
from review.studies.link_values import Article, Mention, Reference, ReferenceKind, Trial, as_reference, mentions
from review.studies.linking import FoundLink, links_between
from review.text import fold_word

_SET_FORM = re.compile(
    r"^\W*(?:(?:author|publisher)\W*s?\W+)?(?:notice of )?"
    r"(?:errat(?:um|a)|corrigend(?:um|a)|correction|addendum|retraction|(?:editorial )?expression of concern|comment(?:ary)?)"
    r"(?: notice| note)?(?:\s+(?:to|of|for|on|in|regarding))?\W+",
    re.IGNORECASE,
)
_ENOUGH = 20  # letters of a title that is looked for
EARLIER_NUMBERS = "nctIdAliases"  # numbers that ClinicalTrials.gov gave the same trial before, as its readers keep them
REFERENCES = "references_"  # in ``extra``: what a registration lists, by kind, as the readers of registers keep it
_KINDS: tuple[ReferenceKind, ...] = ("result", "derived", "background", "unspecified")
_CITED = frozenset(
    {"reference", "references", "cited references", "cited-references", "cr"}
)  # in ``extra``: the works that an article cites


def links(reports: Sequence[ReportView]) -> list[FoundLink]:
    """Every pair of today's reports that a rule names, in the order of the reports; the study is that of ``trial``, a report's id."""
    registrations = [report for report in reports if report.stands.is_registration]
    trials = _trials(registrations)
    found = [*_registrations(registrations), *_about(reports)]
    if trials:
        known = {number for trial in trials for number in trial.numbers | trial.secondary}
        listed = {(r.type, r.value) for trial in trials for r in trial.references}
        articles = (article_of(r) for r in reports if not r.stands.is_registration and _may_state(r, known, listed))
        found += links_between(trials, articles)
    place = {report.id: n for n, report in enumerate(reports)}
    found.sort(key=lambda f: f.rule.outcome != "link")  # what links before what asks
    first = {(f.trial, f.article): f for f in reversed(found)}
    return sorted(first.values(), key=lambda f: (place[f.trial], place[f.article]))


def _trials(registrations: Sequence[ReportView]) -> list[Trial]:
    """The registrations. Of two under one number the earlier one has it; a secondary number that is a registration here is that one's."""
    taken: set[str] = set()
    trials = []
    for trial in map(trial_of, registrations):
        trials.append(Trial(trial.id, trial.numbers - taken, trial.secondary, trial.references, trial.start_year))
        taken |= trial.numbers
    return [Trial(t.id, t.numbers, t.secondary - taken, t.references, t.start_year) for t in trials]


def _may_state(report: ReportView, known: set[str], listed: set[tuple[str, str]]) -> bool:
    """Whether any of its numbers is one of those that are looked for, or its text is one in which other numbers may stand.

    Readers of files have taken the numbers from title and abstract already; what was entered by hand nobody has read.
    """
    for record in report.records:
        doc = record.doc
        if record.file_name is None:
            return True
        if any(_number(i) in known or (i["type"], i["value"].casefold()) in listed for i in doc.get("identifiers") or ()):
            return True
        if (doc.get("publication") or {}).get("body_excerpt") or any(_cites(name) for name in doc.get("extra") or ()):
            return True
    return False


def trial_of(report: ReportView) -> Trial:
    """A registration as linking compares it, from all its records."""
    own: set[str] = set()
    secondary: set[str] = set()
    references: list[Reference] = []
    years: list[int] = []
    records = [record for record in report.records if record.is_registration]
    registers = _registers(report)
    for record in records:
        own |= set(own_numbers(record))
        secondary |= set(_other_numbers(record, registers))
        extra = record.doc.get("extra") or {}
        references += [r for kind in _KINDS for text in extra.get(REFERENCES + kind, ()) for r in as_reference(kind, text)]
        references += as_reference("result", (record.doc.get("results") or {}).get("url") or "")
        start = ((record.doc.get("dates") or {}).get("start") or {}).get("date")
        years += [int(start[:4])] if start else []
    return Trial(report.id, frozenset(own), frozenset(secondary - own), tuple(references), min(years, default=None))


def article_of(report: ReportView) -> Article:
    """An article as linking compares it, from all its records."""
    records = [record for record in report.records if not record.is_registration]
    numbers = {
        (i["type"], i["value"].casefold()) for r in records for i in r.doc.get("identifiers") or () if i["type"] in PUBLICATION_TYPES
    }
    titles = [text for r in records for name in ("brief_title", "official_title") if (text := r.doc.get(name))]
    return Article(
        report.id,
        " ".join(dict.fromkeys(titles)),
        tuple(dict.fromkeys(m for r in records for m in _in_fields(r))),
        tuple(dict.fromkeys(m for text in titles for m in mentions(text))),
        tuple(dict.fromkeys(m for r in records for m in mentions(abstract_of(r)))),
        tuple(dict.fromkeys(m for r in records for m in mentions(full_text_of(r)))),
        tuple(dict.fromkeys(m for r in records for text in _cited_works(r) for m in mentions(text))),
        frozenset(numbers),
        next((r.year for r in (report.stands, *records) if r.year), None),
    )


def full_text_of(record: RecordView) -> str:
    """What the record holds of the article's body, '' for nothing."""
    return "\n".join((record.doc.get("publication") or {}).get("body_excerpt") or ())


def _extra(record: RecordView, name: str) -> Sequence[str]:
    return (record.doc.get("extra") or {}).get(name) or ()


def _cites(name: str) -> bool:
    return name.casefold() in _CITED


def _cited_works(record: RecordView) -> Iterator[str]:
    return (text for name, values in (record.doc.get("extra") or {}).items() if _cites(name) for text in values)


def _in_fields(record: RecordView) -> Iterator[Mention]:
    """Numbers in fields for numbers; a reader takes those of title and abstract too, which count as theirs unless a field has them."""
    kept = {
        m.number: m for name, values in (record.doc.get("extra") or {}).items() if not _cites(name) for v in values for m in mentions(v)
    }
    titles = (record.doc.get("brief_title") or "", record.doc.get("official_title") or "")
    running = {m.number for text in (*titles, abstract_of(record), full_text_of(record)) for m in mentions(text)}
    for identifier in record.doc.get("identifiers") or ():
        number = _number(identifier)
        if number and number in kept:
            yield kept[number]
        elif number and number not in running:
            found = recognise(identifier["value"])
            yield Mention(number, found.issuer if found else identifier["type"], identifier["value"])


def _number(identifier: dict[str, Any]) -> str | None:
    """The number of a registration that an identifier is, in the form in which it is compared; None for any other."""
    if identifier["type"] not in NOT_TRIAL_NUMBERS:
        return trial_number(identifier["type"], identifier["value"])
    if identifier["type"] != "OTHER":
        return None
    found = recognise(identifier["value"])  # a register that has no type of its own
    return found.value if found is not None and found.is_registration else None


def current_numbers(record: RecordView) -> tuple[str, ...]:
    """The numbers under which a registration is registered today, each as two mentions of a trial are compared; none of an article."""
    if not record.is_registration:
        return ()
    return tuple(number for i in record.doc.get("identifiers") or () if i["role"] == "primary" and (number := _number(i)))


def own_numbers(record: RecordView) -> tuple[str, ...]:
    """The same, with former ones of the same register."""
    earlier = _extra(record, EARLIER_NUMBERS) if record.is_registration else ()
    former = (i for i in record.doc.get("identifiers") or () if i["value"] in earlier) if earlier else ()
    return tuple(dict.fromkeys((*current_numbers(record), *(number for i in former if (number := _number(i))))))


def _registers(report: ReportView) -> frozenset[str]:
    """The types of the numbers under which it is registered: another number of that type is one of a related trial."""
    primary = (i for r in report.records for i in r.doc.get("identifiers") or () if i["role"] == "primary" and i["type"] != "OTHER")
    return frozenset(i["type"] for i in primary)


def _other_numbers(record: RecordView, registers: frozenset[str]) -> Iterable[str]:
    """The numbers that a registration states of itself in other registers."""
    named = (i for i in record.doc.get("identifiers") or () if i["role"] != "primary" and i["type"] not in registers)
    return (number for i in named if (number := _number(i)))


def _registrations(registrations: Sequence[ReportView]) -> Iterator[FoundLink]:
    """Registrations of one trial: the earlier one founds the study, so that two that name each other do not link both ways."""
    book = link_book()
    owner: dict[str, ReportView] = {}
    for report in registrations:
        for record in report.records:
            for number in own_numbers(record):
                owner.setdefault(number, report)
    naming: dict[str, ReportView] = {}
    for report in registrations:
        registers = _registers(report)
        for number in dict.fromkeys(n for r in report.records for n in (*own_numbers(r), *_other_numbers(r, registers))):
            rule = book.rules[SECONDARY_NUMBER if number in owner else SHARED_NUMBER]
            other = owner.get(number) or naming.setdefault(number, report)
            if other.id != report.id:
                first, second = sorted((other, report), key=lambda one: one.records[0].position)
                yield FoundLink(first.id, second.id, rule, "identifiers", number, number)


def _about(reports: Sequence[ReportView]) -> Iterator[FoundLink]:
    """Each notice with the article in the review whose number it states."""
    rule = link_book().rules[NOTICE_ABOUT]
    some = [report for report in reports if any(record.is_notice for record in report.records)]
    known = {report.id for report in some if report.is_notice}
    notices = [(report, numbers) for report in some if (numbers := [n for r in report.records for n in r.about]) or report.id in known]
    articles: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for report in reports if notices else ():
        if report.id not in known and not report.stands.is_registration:
            for record in report.records:
                for type, value in (*(("PMID", v) for v in record.identifiers("PMID")), *(("DOI", v) for v in record.identifiers("DOI"))):
                    articles[type, value.casefold()].append(report.id)
    unnumbered = []
    for notice, numbers in notices:
        if notice.id in known and not any(articles.get((type, value.casefold())) for type, value in numbers):
            unnumbered.append(notice)
        said = ", ".join(dict.fromkeys(word for record in notice.records for word in record.announced))
        for type, value in numbers:
            for article in articles.get((type, value.casefold()), ())[:1]:
                if article != notice.id:
                    yield FoundLink(article, notice.id, rule, "about", f"{type} {value}", said)
    yield from _of_title(unnumbered, reports) if unnumbered else ()


def _of_title(notices: Sequence[ReportView], reports: Sequence[ReportView]) -> Iterator[FoundLink]:
    """Each of these notices with the articles whose title it bears behind its set form: a person says whether it is about one."""
    rule = link_book().rules[NOTICE_OF_TITLE]
    titled: defaultdict[str, list[ReportView]] = defaultdict(list)
    for report in reports:
        if not report.is_notice and not report.stands.is_registration:
            titled[fold_word(report.title)].append(report)
    for notice in notices:
        about = fold_word(_SET_FORM.sub("", notice.title, count=1))
        for article in titled[about] if len(about) >= _ENOUGH and about != fold_word(notice.title) else ():
            if _share_an_author(notice, article):
                yield FoundLink(article.id, notice.id, rule, "title", article.title, notice.title)


def _share_an_author(one: ReportView, other: ReportView) -> bool:
    """Whether a family name is on both; so where one names nobody."""
    here, there = ({fold_word(family_name(name)) for r in report.records for name in r.authors} for report in (one, other))
    return not here or not there or not here.isdisjoint(there)
