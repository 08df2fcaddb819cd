"""What reads otherwise in a newer version of the same record, field by field, with the lines where the new value stands.

Nothing is judged: a changed outcome is shown, and people say what it means.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from review.model.notice_titles import NOTICES, notice_in, notice_in_type

# what a reader notes about its own work says nothing about the trial
OWN_FIELDS = ("schema_version", "record_id", "related_record_ids", "provenance", "problems", "derived", "extra", "design_raw")
# what a review must see when it changes, in the words of a receipt
KEY_FIELDS: Mapping[str, str] = {
    "notices": "notice",
    "primary_outcomes": "primary outcome",
    "secondary_outcomes": "secondary outcome",
    "enrollment": "enrolment",
    "overall_status": "status",
    "why_stopped": "reason for stopping",
    "dates.start": "start date",
    "dates.primary_completion": "primary completion date",
    "dates.completion": "completion date",
    "dates.registration": "registration date",
    "dates.results_posted": "date of the results",
    "has_results": "results",
    "eligibility": "eligibility criteria",
    "interventions": "interventions",
    "arm_groups": "arms",
    "allocation": "allocation",
    "masking": "masking",
}
_NAMES = ("measure", "label", "name", "text", "value")  # by which a list of parts knows one of them
# where it stands, in which place, how sure the reader is, and how it was printed
_ASIDE = ("lines", "raw_lines", "number", "position", "confidence", "raw")
LONGEST = 120  # characters of a value that is shown


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that reads otherwise: its path, both values (None: not stated), and the lines of the new text that say it."""

    field: str
    before: Any
    after: Any
    lines: tuple[int, int] | None = None

    @property
    def key(self) -> str | None:
        """The word for it where a review must see the change; None for any other field."""
        return next((word for field, word in KEY_FIELDS.items() if re.match(rf"{re.escape(field)}(?:[ .]|$)", self.field)), None)

    def __str__(self) -> str:
        return f"{self.field}: {in_short(self.before)} → {in_short(self.after)}"


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """Each field that reads otherwise, to the lowest level that has a name of its own, those that a review must see first.

    old, new: records in schema 0.1 as JSON. An item that was only moved within its list is no difference.
    """
    spans = (new.get("provenance") or {}).get("field_spans") or {}
    old, new = _with_unread(old), _with_unread(new)
    found = [
        Difference(path, was, now, _lines(path, spans))
        for field in sorted({*old, *new} - set(OWN_FIELDS))
        for path, was, now in _compared(field, old.get(field), new.get(field))
    ]
    order = {word: n for n, word in enumerate(KEY_FIELDS.values())}
    was, now = _notices(old), _notices(new)
    if was != now:
        found.append(Difference("notices", was, now, _lines("publication.publication_types", spans)))
    return sorted(found, key=lambda one: order.get(one.key or "", len(order)))


def _notices(doc: Mapping[str, Any]) -> str | None:
    """What the source states of an article since it came out, the gravest first; no field of its own, and what a review must see first."""
    publication, title = doc.get("publication"), doc.get("brief_title")
    types = (publication.get("publication_types") or ()) if isinstance(publication, Mapping) else ()
    said = {notice_in(title) if isinstance(title, str) else None, *(notice_in_type(one) for one in types if isinstance(one, str))}
    codes = {one["code"] for one in doc.get("problems") or ()}
    return ", ".join(notice for notice, code in NOTICES.items() if notice in said or code in codes) or None


def _with_unread(doc: Mapping[str, Any]) -> Mapping[str, Any]:
    """The record with the words that were kept as printed in the fields that have no term for them, where a review must see a change."""
    printed = doc.get("extra") or {}
    unread = {field: "; ".join(printed[field]) for field in KEY_FIELDS if field in printed and doc.get(field) is None}
    for path in [path for path in unread if "." in path]:
        parent, _, name = path.partition(".")
        value = unread.pop(path)
        if (doc.get(parent) or {}).get(name) is None:
            unread[parent] = {**(unread.get(parent) or doc.get(parent) or {}), name: value}
    return {**doc, **unread} if unread else doc


def in_words(found: Sequence[Difference]) -> str:
    """What changed in one sentence, the fields that a review must see by name, with their values where these are short."""
    if not found:
        return "nothing that a reader would see changed"
    said: dict[str, str] = {}
    for one in found:
        if one.key is not None:
            short = not re.search(r" \d", one.field) and all(len(in_short(v)) <= 30 for v in (one.before, one.after))
            values = f"{in_short(one.before)} → {in_short(one.after)}"
            said.setdefault(one.key, f"{one.key} {values}" if short else f"{one.key} changed")
    others = len({re.split(r"[ .]", one.field)[0] for one in found if one.key is None})
    if others:
        said["others"] = f"{others:,} other field{'s' if others > 1 else ''} changed"
    return ", ".join(said.values())


def in_short(value: Any, longest: int = LONGEST) -> str:
    """A value in one line of at most *longest* characters; 'nothing' where none is stated."""
    if value is None or value == [] or value == "":
        return "nothing"
    if isinstance(value, Mapping):
        text = "; ".join(f"{key} {in_short(one, longest)}" for key, one in _stated(value).items())
    elif isinstance(value, list):
        text = ", ".join(in_short(one, longest) for one in value)
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[:longest]}…"


def _compared(path: str, was: Any, now: Any) -> Iterator[tuple[str, Any, Any]]:
    if was == now:
        return
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        old, new = _stated(was), _stated(now)
        for key in sorted({*old, *new}):
            yield from _compared(f"{path}.{key}", old.get(key), new.get(key))
    elif isinstance(was, list) and isinstance(now, list) and any(isinstance(one, Mapping) for one in (*was, *now)):
        for at, one, other in _paired(was, now):
            yield from _compared(f"{path} {at}", one, other)
    elif was not in (None, [], "") or now not in (None, [], ""):
        yield path, was, now


def _paired(was: Sequence[Any], now: Sequence[Any]) -> Iterator[tuple[int, Any, Any]]:
    """The items that differ, each with the one that it was: of the same name, else the next that has none; with its place from 1."""
    old, new = list(enumerate(was, start=1)), list(enumerate(now, start=1))
    pairs: list[tuple[int, Any, Any]] = []
    for told in (_stripped, _name):
        by = {told(one): (at, one) for at, one in reversed(old) if told(one) is not None}
        for at, one in list(new):
            before = by.pop(told(one), None)
            if before is not None:
                old.remove(before)
                new.remove((at, one))
                if told is _name:
                    pairs.append((at, before[1], one))
    for before, after in zip_longest(old, new):
        pairs.append(((after or before)[0], before[1] if before else None, after[1] if after else None))
    yield from sorted(pairs, key=lambda pair: pair[0])


def _stated(part: Mapping[str, Any]) -> dict[str, Any]:
    """What a part of a record states; how it was printed only where nothing else is known of it."""
    said = {key: one for key, one in part.items() if key not in _ASIDE and one not in (None, [], "")}
    return said or {key: part[key] for key in ("raw",) if part.get(key)}


def _stripped(item: Any) -> str:
    """An item without what says where it stands, as text to compare."""
    return json.dumps(_stated(item) if isinstance(item, Mapping) else item, sort_keys=True, default=str)


def _name(item: Any) -> str | None:
    return next((str(item[key]) for key in _NAMES if item.get(key)), None) if isinstance(item, Mapping) else None


def _lines(path: str, spans: Mapping[str, Sequence[int]]) -> tuple[int, int] | None:
    """The lines of a field, else those of the field that it is a part of; ``interventions 2.name`` is ``interventions[1].name`` there."""
    at = re.sub(r" (\d+)", lambda place: f"[{int(place[1]) - 1}]", path)
    while at:
        if at in spans:
            return (spans[at][0], spans[at][1])
        shorter = re.sub(r"(?:\.\w+|\[\d+\])$", "", at)
        at = shorter if shorter != at else ""
    return None
