"""What a card shows of a report to read: title, source, and the parts on which eligibility rests, as plain text.

The summary that a site wrote for lay readers is shown under its own label and never in place of another part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from review.desk.tints import Tints
from review.model.views import RecordView, ReportView

Doc = Mapping[str, Any]
Line = tuple[str, str]  # the mark before it as printed ('1.', '–', or none), and the text
Read = Callable[[Doc], Sequence[Line]]


def content(report: ReportView) -> dict[str, Any]:
    """The record that stands for *report*, and from its duplicates what that one does not state.

    Returns report, title, cited, source, address, remarks, warnings, identifiers, facts (label, value) and parts, each with
    head, remark, lines (mark, text) and whether it is prose.
    """
    stands = report.stands
    records = report.in_order
    parts = [_part(head, *found, records[0]) for head, read in PARTS if (found := _stated(head, read, report))]
    return {
        "report": report.id,
        "title": report.title,
        "cited": _cited(report),
        "source": _source(records),
        "address": stands.address or (stands.doc.get("provenance") or {}).get("record_url") or "",
        "remarks": _remarks(stands, {part["head"] for part in parts}),
        "warnings": [p["message"] for p in stands.doc.get("problems") or () if p["code"] == "retracted"],
        "identifiers": list(dict.fromkeys(value for record in records for value in record.identifiers())),
        "facts": _facts(stands.doc),
        "parts": parts,
    }


def words_shown(report: ReportView) -> Iterator[str]:
    """What ``content`` shows in words of its own (title, source, identifiers, lines of the parts), and all authors: for a search."""
    yield report.title
    yield _cited(report)
    for record in report.in_order:
        yield from record.authors
        yield from record.identifiers()
    for head, read in PARTS:
        if found := _stated(head, read, report):
            for _, text in found[1]:
                yield text


def inked(shown: Mapping[str, Any], tints: Tints) -> dict[str, Any]:
    """*shown*, as ``content`` gives it, with title (as 'heading') and lines in runs that say which words are the protocol's terms."""
    parts = [{**part, "lines": [(mark, tints.runs(text)) for mark, text in part["lines"]]} for part in shown["parts"]]
    return {**shown, "heading": tints.runs(shown["title"]), "parts": parts}


def _stated(head: str, read: Read, report: ReportView) -> tuple[RecordView, list[Line]] | None:
    """The record that states a part best, and its lines: the record that stands for the report where it does, of abstracts the best."""
    best = report.best("abstract") if head == "Abstract" else None
    for record in (*(best.records if best else ()), *report.in_order):
        if lines := [line for line in read(record.doc) if line[1].strip()]:
            return record, lines
    return None


def _part(head: str, record: RecordView, lines: Sequence[Line], stands: RecordView) -> dict[str, Any]:
    remark = "from " + record.search.source if record is not stands else ""
    return {"head": head, "remark": NO_EVIDENCE if head == LAY else remark, "lines": lines, "prose": head in PROSE}


def _source(records: Sequence[RecordView]) -> str:
    first, *others = dict.fromkeys(f"{r.search.source} ({r.search.via or r.search.kind})" for r in records)
    return first + (f", also in {', '.join(others)}" if others else "")


def _cited(report: ReportView) -> str:
    """Authors, journal, year, volume and pages as far as any record states them; '' for a registration."""
    if report.stands.is_registration:
        return ""
    found = {name: best.value for name in ("authors", "journal", "year", "volume", "pages") if (best := report.best(name))}
    names = found.get("authors", ())
    authors = ", ".join(names[:3]) + (" et al." if len(names) > 3 else "")
    place = ":".join(str(found[key]) for key in ("volume", "pages") if found.get(key))
    return " · ".join(str(part) for part in (authors, found.get("journal"), found.get("year"), place) if part)


def _remarks(record: RecordView, heads: set[str]) -> list[str]:
    """What one must know before reading: that it is a teaching copy, that there is little to read."""
    said = ["Teaching copy, paraphrased."] if record.teaching else []
    return said if heads & {"Abstract", "Summary"} else [*said, "This record has no abstract and no summary."]


def _facts(doc: Doc) -> list[Line]:
    """Ages, sex and design, each only where it is stated."""
    low, high = doc.get("minimum_age"), doc.get("maximum_age")
    design = (doc.get("study_type"), doc.get("allocation"), doc.get("intervention_model"), *(doc.get("phases") or ()))
    stated = {
        "Ages": f"{_age(low, 'from', 'lower')}, {_age(high, 'to', 'upper')}" if low or high else "",
        "Sex": _words(doc.get("sex")),
        "Design": ", ".join(_words(name) for name in design if name and name != "NA"),
    }
    return [(label, value) for label, value in stated.items() if value]


def _age(limit: Doc | None, word: str, side: str) -> str:
    """One age limit in words; that the source states none is not the same as that it says nothing."""
    if limit is None:
        return f"{side} limit not stated"
    return f"{word} {limit['value']} {_words(limit.get('unit'))}".strip() if limit.get("value") is not None else f"no {side} limit"


def _words(name: str | None) -> str:
    """A name of the record's vocabulary as one writes it: 'SINGLE_GROUP' is 'single group'."""
    return (name or "").replace("PHASE", "phase ").replace("_", " ").lower()


def _paragraphs(text: str | None) -> Sequence[Line]:
    return [("", part.strip()) for part in text.split("\n\n")] if text else ()


def _abstract(doc: Doc) -> Sequence[Line]:
    """The abstract, else what an article's page shows of its text."""
    printed = doc.get("publication") or {}
    return _paragraphs(doc.get("abstract") or printed.get("abstract") or "\n\n".join(printed.get("body_excerpt") or ()))


def _summary(doc: Doc) -> Sequence[Line]:
    """The brief summary; where there is neither that nor an abstract, the detailed description."""
    described = doc.get("brief_summary") or doc.get("detailed_description")
    if not described or (not doc.get("brief_summary") and any(text for _, text in _abstract(doc))):
        return ()
    return _paragraphs(described)


def _interventions(doc: Doc) -> Sequence[Line]:
    found = []
    for one in doc.get("interventions") or ():
        named = f"{one['name']} ({_words(one['type'])})" if one.get("type") else one["name"]
        found.append(("", f"{named}: {one['description']}" if one.get("description") else named))
    return found


def _criteria(name: str) -> Read:
    """Reads one list of eligibility criteria: each with its printed mark, and the sub-items that its text does not hold."""

    def read(doc: Doc) -> Sequence[Line]:
        eligibility = doc.get("eligibility")
        if not eligibility:
            return ()
        lines = [("", eligibility.get(f"preamble_{name}") or "")]
        for one in eligibility.get(name) or ():
            subitems = [s for s in one.get("subitems") or () if s["text"] not in one["text"]]
            lines.append((one.get("number") or "–", one["text"]))
            lines.extend(("", f"{s.get('number') or '–'} {s['text']}") for s in subitems)
        return lines

    return read


LAY, NO_EVIDENCE = "Lay summary", "Written by the site for lay readers; no evidence."
PROSE = ("Abstract", "Summary", LAY)
PARTS: tuple[tuple[str, Read], ...] = (
    ("Abstract", _abstract),
    ("Summary", _summary),
    ("Conditions", lambda doc: [("", "; ".join(doc["conditions"]))] if doc.get("conditions") else ()),
    ("Interventions", _interventions),
    ("Inclusion criteria", _criteria("inclusion")),
    ("Exclusion criteria", _criteria("exclusion")),
    ("Eligibility", _criteria("unclassified")),
    (LAY, lambda doc: _paragraphs(doc.get("lay_summary"))),
)
