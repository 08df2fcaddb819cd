"""What the card of studies shows of two reports beside one another: field by field each one's best value, and how they differ in words.

Of decisions on them it shows the viewer's own alone. Values that are very long are cut, and the card says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from review.desk.differences import difference
from review.desk.reading import PARTS
from review.model.best_values import in_words
from review.model.decision import STAGE_NAMES, STAGES
from review.model.event import Event
from review.model.views import NOT_TRIAL_NUMBERS, RecordView, ReportView
from review.project import Review

LONGEST = 20_000  # characters of one value that are shown and compared
SHORT = 300  # characters up to which what other records say is shown beside a value
LANES = {"dbr": "databases and registers", "other": "other methods"}
SIGNALS = {  # of the ranking of candidates, for people
    "number": "Trial number", "title": "Words of the titles", "letters": "Spelling of the titles", "told": "Title within the registration",
    "text": "Words of the texts", "interventions": "Interventions", "conditions": "Conditions", "sponsor": "Sponsor", "acronym": "Acronym",
    "people": "Investigators", "dates": "Dates", "size": "Participants", "protocol": "A protocol", "review": "A review",
    "before start": "Before the trial's start",
}  # fmt: skip
_TYPES = {"trial_registration": "Registration of a trial", "conference_abstract": "Conference abstract"}
_ABSTRACT, _SUMMARY = (read for head, read in PARTS if head in ("Abstract", "Summary"))
_INTERVENTIONS = next(read for head, read in PARTS if head == "Interventions")


def rows(first: ReportView, second: ReportView, names: tuple[str, str]) -> list[dict[str, Any]]:
    """Each field that either states, in the card's order: field, both values in runs, state, says, and for each value where it is from.

    from: the source of a value that another record than the one that stands for the report gave, and what its other records say; '' else.
    """
    found = []
    for field, read in FIELDS.items():
        stated = [read(report) for report in (first, second)]
        if not any(one.text for one in stated):
            continue
        told = difference(*(_cut(one.text) for one in stated), names)  # type: ignore[arg-type]
        found.append({
            "field": field, "runs": [told.first, told.second], "state": told.state, "says": told.says,
            "from": ["; ".join(filter(None, (one.source and f"from {one.source}", one.others))) for one in stated],
        })  # fmt: skip
    return found


def _cut(text: str) -> str:
    text = text.strip()
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} … ({len(text) - LONGEST:,} more characters)"


def neither(shown: Sequence[Mapping[str, Any]]) -> list[str]:
    """The fields that neither report states."""
    stated = {row["field"] for row in shown}
    return [field for field in FIELDS if field not in stated]


def side(rv: Review, report: ReportView, name: str) -> dict[str, Any]:
    """What stands above one side's values: its title, where it was found, notices, and what this viewer decided on it."""
    return {
        "name": name,
        "title": report.title,
        "found": [f"{r.search.source} ({r.search.via or r.search.kind}), {LANES[r.lane]}" for r in report.in_order],
        "address": report.stands.address or (report.stands.doc.get("provenance") or {}).get("record_url") or "",
        "notices": [f"This document was marked: {notice}." for notice in (*report.told, *report.stands.notices)],
        "own": own_words(rv, report),
    }


def own_words(rv: Review, report: ReportView) -> list[str]:
    """What this viewer decided on *report* at each stage, in words; nobody else's answers."""
    said = []
    for stage in STAGES:
        own = [a for a in rv.screening.panel(report, stage).answers if a.actor == rv.reviewer and not a.by_tool]
        if own:
            body = own[-1].body
            reason = f" ({body['reason']})" if body.get("reason") else ""
            said.append(f"You decided at {STAGE_NAMES[stage]} on {day(own[-1])}: {body['decision']}{reason}.")
    return said


def day(event: Event) -> str:
    """The day of *event* as one writes it."""
    at = datetime.fromisoformat(event.at).astimezone()
    return f"{at.day} {at:%b %Y}"


def likeness(scores: Mapping[str, int]) -> list[tuple[str, str]]:
    """Each field that a rule scored, and how alike the rule found the two in it, in words; how they are written may differ all the same."""
    return [(_named(field), _alike(score)) for field, score in scores.items()]


def _named(field: str) -> str:
    return field.upper() if field in ("doi", "pmid") else field.replace("_", " ").capitalize()


def signals(said: str) -> list[tuple[str, str]]:
    """What speaks for a candidate, as ``candidates`` says it ('title 0.79; text 0.21'): its name for people, and how strongly."""
    found = []
    for part in filter(None, map(str.strip, said.split(";"))):
        name, _, share = part.rpartition(" ")
        counts = f"counts {share}" if share.startswith("×") else f"{100 * float(share):.0f}\u00a0%"
        found.append((SIGNALS.get(name, name.capitalize()), counts))
    return found


def stated(compared: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a rule compared, with names for people."""
    return [("Number" if field == "value" else _named(field), words) for field, words in compared.items()]


def _alike(score: int) -> str:
    words = next(
        words
        for least, words in ((100, "alike"), (90, "nearly alike"), (50, "partly alike"), (1, "hardly alike"), (0, "not alike"))
        if score >= least
    )
    return f"{words} ({score}\u00a0%)" if 0 < score < 100 else words


class Stated(NamedTuple):
    """A report's value of one field; source: where another record than the one that stands for it gave it; others: what its others say."""

    text: str = ""
    source: str = ""
    others: str = ""


def _best(field: str) -> Callable[[ReportView], Stated]:
    """Reads a field of ``ReportView.best``."""

    def read(report: ReportView) -> Stated:
        found = report.best(field)
        if found is None:
            return Stated()
        others = "; ".join(f"{record.search.source}: {in_words(value)}" for record, value in found.others)
        return Stated(in_words(found.value), _source(report, found.records[0]), others if len(others) <= SHORT else "")

    return read


def _first(read: Callable[[RecordView], str]) -> Callable[[ReportView], Stated]:
    """Reads what the first of a report's records states, the one that stands for it before the others."""

    def stated(report: ReportView) -> Stated:
        return next((Stated(text, _source(report, record)) for record in report.in_order if (text := read(record))), Stated())

    return stated


def _all(read: Callable[[RecordView], Iterable[str]]) -> Callable[[ReportView], Stated]:
    """Reads what all records of a report state, each once."""
    return lambda report: Stated("; ".join(dict.fromkeys(value for record in report.in_order for value in read(record))))


def _source(report: ReportView, record: RecordView) -> str:
    return "" if record.id == report.stands.id else record.search.source


# how each field reads in one record; '' for what it does not state


def _official(record: RecordView) -> str:
    official = record.doc.get("official_title") or ""
    return official if record.doc.get("brief_title") else ""


def _place(report: ReportView) -> Stated:
    volume, issue, pages = (str(found.value) if (found := report.best(name)) else "" for name in ("volume", "issue", "pages"))
    return Stated(":".join(filter(None, (volume + (f"({issue})" if issue else ""), pages))))


def _kind(record: RecordView) -> str:
    printed = (record.doc.get("publication") or {}).get("publication_types") or ()
    return "; ".join(printed) or _TYPES.get(record.doc.get("record_type") or "", "")


def _numbers(*types: str) -> Callable[[ReportView], Stated]:
    return _all(lambda record: record.identifiers(*types))


def _trial_numbers(record: RecordView) -> list[str]:
    return [i["value"] for i in record.doc.get("identifiers") or () if i["type"] not in NOT_TRIAL_NUMBERS]


def _sponsor(record: RecordView) -> str:
    return (record.doc.get("lead_sponsor") or {}).get("name") or ""


def _people(record: RecordView) -> str:
    return "; ".join(one["name"] for one in record.doc.get("overall_officials") or () if one.get("name"))


def _enrolled(record: RecordView) -> str:
    counted = record.doc.get("enrollment") or {}
    number = "" if counted.get("count") is None else f"{counted['count']:,}"
    return f"{number} ({counted['type'].lower()})" if number and counted.get("type") else number


def _date(name: str) -> Callable[[RecordView], str]:
    return lambda record: ((record.doc.get("dates") or {}).get(name) or {}).get("date") or ""


def _text(report: ReportView) -> Stated:
    """The abstract; of a report without one what an article's page shows, or the summary of a registration."""
    best = _best("abstract")(report)
    if best.text:
        return best._replace(others="")
    return _first(lambda record: "\n\n".join(text for read in (_ABSTRACT, _SUMMARY) for _, text in read(record.doc)))(report)


FIELDS: dict[str, Callable[[ReportView], Stated]] = {
    "Title": _best("title"),
    "Official title": _first(_official),
    "Acronym": _first(lambda record: record.doc.get("acronym") or ""),
    "Authors": _best("authors"),
    "Year": _best("year"),
    "Journal": _best("journal"),
    "Volume and pages": _place,
    "Kind": _first(_kind),
    "Language": _best("language"),
    "DOI": _numbers("DOI"),
    "PubMed number": _numbers("PMID"),
    "Trial numbers": _all(_trial_numbers),
    "Other numbers": _numbers("PMCID", "ORG_STUDY_ID", "OTHER", "UTN"),
    "Sponsor": _first(_sponsor),
    "Investigators": _first(_people),
    "Conditions": _first(lambda record: "; ".join(record.doc.get("conditions") or ())),
    "Interventions": _first(lambda record: "\n".join(text for _, text in _INTERVENTIONS(record.doc))),
    "Enrolment": _first(_enrolled),
    "Start": _first(_date("start")),
    "Completion": _first(_date("completion")),
    "Abstract or summary": _text,
}
