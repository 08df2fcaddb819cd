"""How a table cites: a report in short and in full, which report is a study's primary one, and where its data come from."""

from __future__ import annotations

import re
from collections.abc import Sequence

from review.model.event import Event
from review.model.views import ReportView, StudyView
from review.reporting.flow import Flow
from review.reporting.labels import load_labels
from review.reporting.rooms import Rooms, places_of
from review.studies.labels import primary_report, study_label

IN_HAND = {"included_reports", "ongoing", "awaiting", "assessed_waiting", "excluded"}
MOST_AUTHORS = 3
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_SOURCES = {"trial_registration": "registration", "article_report": "article", "conference_abstract": "conference abstract"}


def in_short(report: ReportView) -> str:
    """First author and year, else the registration number, else sponsor and title."""
    return study_label([report])


def in_full(report: ReportView) -> str:
    """The reference of *report*: by-line, title, journal and identifiers for an article; number, title and source for a registration."""
    record = report.stands
    if record.is_registration:
        numbers = [i["value"] for i in record.doc.get("identifiers") or () if i["role"] == "primary"]
        return f"{numbers[0]}: {ended(record.title)} {_where_found(report)}" if numbers else f"{ended(record.title)} {_where_found(report)}"
    authors, title = report.best("authors"), report.best("title")
    names = list(authors.value[:MOST_AUTHORS]) + (["et al"] if len(authors.value) > MOST_AUTHORS else []) if authors else []
    given = (i for one in report.in_order for i in one.doc.get("identifiers") or () if i["type"] in ("DOI", "PMID"))
    identifiers = dict.fromkeys(f"{i['type']} {i['value']}" for i in given)
    named = ended(title.value if title else record.title)
    parts = [ended(", ".join(names)) if names else "", named, ended(_printed_in(report)), ended("; ".join(identifiers))]
    return " ".join(part for part in parts if part)


def _where_found(report: ReportView) -> str:
    sources = dict.fromkeys(record.search.source for record in report.records)
    return ended("; ".join(sources))


def _printed_in(report: ReportView) -> str:
    """Journal year;volume(issue):pages, as far as any of its records states them."""
    said = {name: best.value for name in ("journal", "year", "volume", "issue", "pages") if (best := report.best(name))}
    issue = f"({said['issue']})" if said.get("issue") else ""
    place = f"{said.get('volume') or ''}{issue}" + (f":{said['pages']}" if said.get("pages") else "")
    year = str(said["year"]) if said.get("year") else "n.d."
    return f"{said['journal']} {year}" + (f";{place}" if place else "") if said.get("journal") else year if said.get("year") else ""


def ended(text: str) -> str:
    """*text* with a full stop, unless it ends with a mark of its own."""
    return text if not text or text[-1] in ".?!" else text + "."


def primary_first(study: StudyView) -> list[ReportView]:
    """The reports of *study*, the primary one before the others."""
    first = primary_report(study.reports, study.shared)
    return [first, *(r for r in study.reports if r.id != first.id)]


def in_hand(study: StudyView, flow: Flow) -> list[ReportView]:
    """The reports of *study* that were retrieved and read; those excluded at full text count where nothing else of it stands."""
    got = [r for r in study.reports if places_of(r, flow) & IN_HAND]
    return [r for r in got if "excluded" not in places_of(r, flow)] or got


def articles_in_hand(study: StudyView, flow: Flow) -> list[ReportView]:
    """Of the reports in hand, those that are no registrations."""
    return [r for r in in_hand(study, flow) if not r.stands.is_registration]


def where_it_stands(report: ReportView, flow: Flow) -> str:
    """Where a report that is not in hand stands, in words; '' for one that is."""
    places = places_of(report, flow)
    if places & IN_HAND:
        return "it was excluded at full text" if "excluded" in places else ""
    if "notretrieved_reports" in places:
        return "its full text was not obtained"
    if "retrieval_waiting" in places:
        return "its full text is sought"
    if "records_waiting" in places:
        return "it waits at title and abstract"
    if "records_excluded_automatic" in places:
        return "by automation: not screened after stopping"
    return "it was excluded at title and abstract"


def data_source(study: StudyView, flow: Flow, contacts: Sequence[Event]) -> str:
    """What the study's data were read from, and the class of the data.

    The class says 'published' for articles and abstracts in hand, 'registered' for registrations alone, and what came of asking.
    """
    kinds = dict.fromkeys(_SOURCES.get(r.stands.doc.get("record_type", ""), "other document") for r in in_hand(study, flow))
    if not kinds:
        return "Data source: none in hand"
    klass = "registered" if set(kinds) == {"registration"} else "published"
    if any(c.body["answer"] for c in contacts):
        klass += " and obtained on request"
    elif contacts:
        klass += "; more was asked for, no answer"
    return f"Data source: {' and '.join(sorted(kinds))} ({klass})"


def linked_by(rooms: Rooms, study: StudyView, report: ReportView) -> str:
    """How *report* came to its study: the rule's name and version, or a person; for a founding report, how the others came to it."""
    own = study.links.get(report.id)
    events = [rooms.seat.event(e) for e in ([own] if own else list(study.links.values()))]
    words = (
        "by a person" if e.body["rule"] == "person" else f"by the rule {e.body['rule']}, version {e.body['rule_version']}" for e in events
    )
    return "; ".join(dict.fromkeys(words))


def day(value: str) -> str:
    """An ISO date as people write it, a month as ``May 2024``; anything else as it stands."""
    words, part = load_labels(), _MONTH.fullmatch(value)
    return f"{words.words['date.months'].split()[int(part[2]) - 1]} {part[1]}" if part else words.day(value)
