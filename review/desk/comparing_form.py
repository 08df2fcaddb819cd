"""What the extraction desk shows of registered against reported: comparisons that differ, one's own word on them, two words that differ.

Of other extractors it knows only what is closed. Whoever differs is named nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from review.desk import extracting_form
from review.desk.card import roles_of
from review.desk.extracting_form import is_extractor, sources_of
from review.extraction.registered import Said
from review.extraction.switching import DIFFERENCES, REPORT
from review.extraction.switching_steps import Compared, two_words
from review.model.authority import LEAD
from review.model.event import Event
from review.model.views import StudyView
from review.project import Review

JUDGED = {"confirmed": "Confirmed", "no_difference": "No difference", "explained": "Explained"}
Side = Mapping[str, Any]


def rows(rv: Review) -> list[dict[str, Any]]:
    """The list of studies with what of registered against reported waits in each."""
    studies = {study.id: study for study in rv.studies.views()}
    return [row | counts(rv, studies[row["study"]]) for row in extracting_form.rows(rv)]


def left(found: Sequence[Mapping[str, Any]]) -> int:
    """How many cells and comparisons of these rows wait for the reviewer."""
    return sum(row["waits"] + row["differ"] + row.get("judge", 0) + row.get("disagree", 0) for row in found)


def waiting(rv: Review) -> int:
    """How much waits for the reviewer of *rv* at this desk."""
    return left(rows(rv)) if roles_of(rv) & {LEAD, "extractor"} else 0


def to_judge(rv: Review, study: StudyView) -> list[Compared]:
    """The comparisons of *study* that propose a difference, or that anybody whose word is seen has judged; in their order."""
    if not is_extractor(rv):
        return []
    return [one for one in rv.extraction.comparisons(study) if one.comparison.differences or one.events]


def counts(rv: Review, study: StudyView) -> dict[str, int]:
    """How many comparisons there are to judge for this extractor, how many of them wait, and on how many two words differ."""
    own, rows = rv.extraction.registered.own(study), to_judge(rv, study)
    waits = sum(unsaid(one, own) for one in rows)
    return {"compared": len(rows), "judge": waits, "disagree": len(rv.extraction.registered.sides(study))}


def unsaid(one: Compared, own: Mapping[str, Event]) -> bool:
    """Whether this extractor has yet to say something of a difference that is proposed."""
    return bool(one.comparison.differences) and one.comparison.item not in own and one.state != "consensus"


def comparison(rv: Review, study: StudyView, rows: Sequence[Compared], at: int) -> dict[str, Any]:
    """One comparison as the browser shows it, with this extractor's own word on it."""
    one, own = rows[at], rv.extraction.registered.own(study)
    compared, mine = one.comparison, own.get(one.comparison.item)
    return {
        **_place(rv, study, compared.item, compared.field, at, len(rows)),
        "versions": list(compared.versions),
        "against": compared.against if compared.against == REPORT else f"version {compared.versions[-1]}",
        "registered": _text(study, compared.registered),
        "other": _text(study, compared.other),
        "proposed": list(compared.differences),
        "undetermined": list(compared.undetermined),
        "says": compared.says,
        "state": one.state,
        "waits": unsaid(one, own),
        "left": sum(unsaid(each, own) for each in rows),
        "mine": _word(mine) if mine is not None else None,
        "event": mine.id if mine is not None else "",
        "words": [],
        "by_agreement": False,
    }


def difference(rv: Review, study: StudyView, at: int) -> dict[str, Any] | None:
    """Two words on one comparison that differ, without names; None where none is left."""
    found = list(rv.extraction.registered.sides(study).items())
    if not found:
        return None
    item, events = found[at % len(found)]
    body = events[0].body
    other = body["reported"] or body["later"]
    return {
        **_place(rv, study, item, body["field"], at % len(found), len(found)),
        "versions": [body["registered"]["number"]] if body["registered"] else [],
        "against": REPORT if body["later"] is None else f"version {body['later']['number']}",
        "registered": _stored(study, body["registered"]),
        "other": _stored(study, other),
        "proposed": list(body["proposed"]),
        "undetermined": [],
        "says": "",
        "state": "two differ",
        "waits": True,
        "left": len(found),
        "mine": None,
        "event": print_of(events),
        "words": [_word(event) for event in two_words(events)],
        "by_agreement": item in rv.extraction.registered.own(study),
    }


def print_of(events: Sequence[Event]) -> str:
    """By what the kernel knows the words that were on show: their ids, which name nobody."""
    return " ".join(event.id for event in events)


def taken(events: Sequence[Event], which: str) -> Side | None:
    """The first or the second of two words that differ; None for neither."""
    two = two_words(events)
    return {"first": two[0].body, "second": two[-1].body}.get(which)


def _place(rv: Review, study: StudyView, item: str, field: str, at: int, many: int) -> dict[str, Any]:
    return {
        "mode": "compare", "report": study.id, "reviewer": rv.reviewer, "title": f"{study.label}: {field}", "item": item, "field": field,
        "at": at + 1, "many": many, "possible": list(DIFFERENCES), "sources": sources_of(rv, study),
    }  # fmt: skip


def _word(event: Event) -> dict[str, Any]:
    """What one person said of a comparison."""
    body = event.body
    return {"judgement": JUDGED[body["judgement"]], "difference": list(body["difference"]), "note": body["note"]}


def _text(study: StudyView, side: Said | None) -> dict[str, Any] | None:
    if side is None:
        return None
    return _shown(study, side.text, side.quotation, side.location, side.record, side.text_sha256, side.lines)


def _stored(study: StudyView, side: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """One side as a judgement keeps it: of a registration its words alone."""
    if side is None:
        return None
    words = (side["text"], side.get("quotation", ""), side.get("location", ""))
    return _shown(study, *words, side["record"], side["text_sha256"], side["lines"])


def _shown(
    study: StudyView, text: str, quotation: str, location: str, record: str | None, sha256: str | None, lines: Sequence[int] | None
) -> dict[str, Any]:  # fmt: skip
    """One side; ``older``: its lines are of another version of the record than the one that can be looked at beside it."""
    newest = next((r.text_sha256 for r in study.records if r.id == record), None)
    older = lines is not None and sha256 != newest
    found = {"text": text, "quotation": quotation, "location": location, "record": record, "older": older}
    return {**found, "lines": list(lines) if lines and not older else None}
