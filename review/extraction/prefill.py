"""Reads the cells that a record states: value, unit and the lines that it came from. Site-written lay summaries are never read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from review.extraction.forms import items
from review.model.extraction import CellKey
from review.model.views import NOT_TRIAL_NUMBERS

TOOL = "tool:prefill@1"
NO_LIMIT = "no limit"
TYPE_NOT_STATED = "type not stated"
_AS_PRINTED = ("overall_status",)  # shown in the source's words, whether or not there is a term for them
_COUNTED_AS = {"ESTIMATED": "planned", "ACTUAL": "enrolled", None: TYPE_NOT_STATED}

Doc = Mapping[str, Any]
Words = Callable[[str, str], Sequence[str]]  # field and term -> the words of sources that are read as this term there, in small letters


@dataclass(frozen=True, slots=True)
class Prefilled:
    """One proposed cell. ``span`` is the first and last line in the record's text, None where the reader kept none."""

    key: CellKey
    value: str
    unit: str | None
    span: tuple[int, int] | None
    note: str


def cells_of(doc: Doc, text: Sequence[str], words: Words = lambda field, term: ()) -> list[Prefilled]:
    """Every cell that *doc* (a record of schema 0.1) states; *text* are the lines that its spans point into."""
    found: list[Prefilled] = []
    for item in items():
        for path in item.fields:
            stated = _at(doc, path)
            value = unread(doc, path) if stated is None else stated
            if value in (None, [], {}, ""):
                continue
            read = _design if item.id == "design" else _READERS.get(path, _plain) if stated is not None else _plain
            note = _notes(doc, path) if stated is not None else ""  # that there is no term for the word does not matter where it is shown
            parts = [part for part in read(_Field(doc, path, value, text, words)) if part.value]
            for part in parts:
                key = CellKey(item=item.id, **part.key)
                if all(key != other.key for other in found):
                    found.append(Prefilled(key, part.value, part.unit, span_of(doc, part.path or path), note))
            if parts:
                break  # the first field that states the item is enough
    return found


def quotation(text: Sequence[str], span: tuple[int, int] | None) -> str:
    """The quoted lines, one below the other, as they stand."""
    return "\n".join(line.strip() for line in text[span[0] - 1 : span[1]] if line.strip()) if span else ""


@dataclass(frozen=True, slots=True)
class _Field:
    doc: Doc
    path: str
    value: Any
    text: Sequence[str]
    words: Words


@dataclass(frozen=True, slots=True)
class _Part:
    value: str
    unit: str | None = None
    path: str = ""
    key: Mapping[str, str | None] = field(default_factory=dict)


def _at(doc: Doc, path: str) -> Any:
    value: Any = doc
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def span_of(doc: Doc, path: str) -> tuple[int, int] | None:
    """First and last line from which *doc* states the field at *path*, its parts and what it is part of included; None where unknown."""
    spans = doc["provenance"].get("field_spans") or {}
    if path in spans:
        return (spans[path][0], spans[path][1])
    said = next((p["lines"] for p in doc.get("problems") or () if (p["field"], p["code"]) == (path, "unknown_word") and p["lines"]), None)
    if said:  # a word that is kept as printed
        return (said[0], said[1])
    inside = [s for p, s in spans.items() if p.startswith((path + ".", path + "["))]
    if inside:
        return (min(s[0] for s in inside), max(s[1] for s in inside))
    above = re.sub(r"(\.[^.\[]+|\[\d+\])$", "", path)
    return span_of(doc, above) if above != path else None


def _notes(doc: Doc, field: str) -> str:
    remarks = [
        p["message"]
        for p in doc.get("problems") or ()
        if p.get("field") and (p["field"] == field or p["field"].startswith((field + ".", field + "[")))
    ]
    return "; ".join(dict.fromkeys(remarks))


def source_word(term: str, quoted: str, others: Sequence[str] = ()) -> tuple[str, str]:
    """(what is shown for the standard *term*, the word of *quoted* that it was read from, as printed, '' where it is not found).

    Shown is the source's word, with the term behind it where it is another: one of *others*, which must be the whole of a value there. A
    term for which the lines have no such word is said to be ours.
    """
    plain = re.sub(r"(?<=[a-z])(?=\d)", " ", term.replace("_", " ").lower())
    if hit := re.search(rf"(?<![A-Za-z]){_loose(term)}(?![A-Za-z])", quoted, re.IGNORECASE):
        return hit.group(), hit.group()
    for word in others:
        if hit := re.search(rf"(?:^|[:;,<>\"\t|(=])\s*({_loose(word)})\s*(?:$|[;,<>\"\t|)(.])", quoted, re.IGNORECASE | re.MULTILINE):
            return f"{hit[1]} ({plain})", hit[1]
    return f"{plain} (standard term)", ""


def _loose(words: str) -> str:
    """A pattern for *words*, whatever stands between them."""
    return r"[\s_/,:-]*".join(re.escape(part) for part in re.findall(r"[A-Za-z]+|\d+", words))


def _kind(term: str, quoted: str, others: Sequence[str]) -> str:
    """The source's word for a kind of arm or intervention, without the capitals of a code."""
    shown, word = source_word(term, quoted, others)
    return shown.replace("_", " ").capitalize() if word.isupper() else shown


def unread(doc: Doc, path: str) -> str | None:
    """The status as the source words it, where the vocabulary has no term for that word; None for every other field."""
    return "; ".join((doc.get("extra") or {}).get(path) or ()) or None if path in _AS_PRINTED else None


def _plain(stated: _Field) -> Iterator[_Part]:
    if isinstance(stated.value, list):
        yield _Part("; ".join(str(v) for v in stated.value))
    else:
        yield _Part(str(stated.value))


def _word(stated: _Field) -> Iterator[_Part]:
    quoted = quotation(stated.text, span_of(stated.doc, stated.path))
    values = stated.value if isinstance(stated.value, list) else [stated.value]
    yield _Part("; ".join(source_word(v, quoted, stated.words(stated.path, v))[0] for v in values))


def _yes_no(stated: _Field) -> Iterator[_Part]:
    yield _Part("yes" if stated.value else "no")


def _date(stated: _Field) -> Iterator[_Part]:
    if stated.value.get("date"):
        yield _Part(stated.value["date"])


def _age(stated: _Field) -> Iterator[_Part]:
    if stated.value.get("value") is not None:
        yield _Part(str(stated.value["value"]), (stated.value.get("unit") or "").lower() or None)
    elif stated.value.get("raw"):
        yield _Part(NO_LIMIT)


def _participants(stated: _Field) -> Iterator[_Part]:
    if stated.value.get("count") is not None:
        yield _Part(str(stated.value["count"]), "participants", key={"analysis_set": _COUNTED_AS[stated.value.get("type")]})


def _criteria(stated: _Field) -> Iterator[_Part]:
    lines = []
    for item in stated.value:
        number = item.get("number")
        lines.append((f"{number}. " if number else "• ") + item["text"])
        if not any(sub["text"] in item["text"] for sub in item.get("subitems") or ()):
            lines.extend(f"   {sub.get('number') or '-'} {sub['text']}" for sub in item.get("subitems") or ())
    yield _Part("\n".join(lines))


def _numbers(stated: _Field) -> Iterator[_Part]:
    """The first number of its own that is a registration's; a DOI is of a report, and tells nothing of the study."""
    own = [(n, i) for n, i in enumerate(stated.value) if i["role"] == "primary" and i["type"] not in NOT_TRIAL_NUMBERS]
    for n, identifier in own[:1]:
        yield _Part(identifier["value"], path=f"identifiers[{n}]")


def _arms(stated: _Field) -> Iterator[_Part]:
    for n, arm in enumerate(stated.value):
        path, type = f"arm_groups[{n}]", arm.get("type")
        words = [
            _kind(type, quotation(stated.text, span_of(stated.doc, path)), stated.words("arm_groups.type", type)) if type else "",
            arm.get("description") or "",
            ", ".join(arm.get("intervention_names") or ()),
        ]
        yield _Part(
            "; ".join(w for w in words if w) or (arm.get("label") or ""),
            path=path,
            key={"arm": arm.get("label") or f"arm {n + 1}"},
        )


def _interventions(stated: _Field) -> Iterator[_Part]:
    by_arm: dict[str | None, list[str]] = {}
    quoted = quotation(stated.text, span_of(stated.doc, stated.path))
    for one in stated.value:
        kind = _kind(one["type"], quoted, stated.words("interventions.type", one["type"])) if one.get("type") else ""
        words = f"{kind}: {one['name']}" if kind else one["name"]
        if one.get("description"):
            words += f" ({one['description']})"
        for arm in one.get("arm_group_labels") or (None,):
            by_arm.setdefault(arm, []).append(words)
    for arm, several in by_arm.items():
        yield _Part("; ".join(several), key={"arm": arm})


def _outcomes(stated: _Field) -> Iterator[_Part]:
    for n, one in enumerate(stated.value):
        yield _Part(one["measure"], path=f"{stated.path}[{n}]", key={"outcome": one["measure"], "timepoint": one.get("time_frame")})


def _names(stated: _Field) -> Iterator[_Part]:
    many = stated.value if isinstance(stated.value, list) else [stated.value]
    yield _Part("; ".join(dict.fromkeys(", ".join(w for w in (one.get("name"), one.get("affiliation")) if w) for one in many)))


def _sites(stated: _Field) -> Iterator[_Part]:
    yield _Part(
        "; ".join(
            dict.fromkeys(
                ", ".join(w for w in (one.get("facility"), one.get("city"), one.get("country")) if w) or one.get("raw") or ""
                for one in stated.value
            )
        )
    )


def _design(stated: _Field) -> Iterator[_Part]:
    """The design in the words of the tool files, proposed from allocation and model; nothing where they leave it open."""
    proposed = DESIGNS.get((stated.doc.get("allocation"), stated.doc.get("intervention_model")))
    if proposed:
        yield _Part(proposed)


DESIGNS: dict[tuple[str | None, str | None], str] = {
    ("RANDOMIZED", "PARALLEL"): "randomised-trial",
    ("RANDOMIZED", "FACTORIAL"): "randomised-trial",
    ("RANDOMIZED", "CROSSOVER"): "crossover-trial",
    ("NON_RANDOMIZED", "PARALLEL"): "non-randomised-trial",
    ("NON_RANDOMIZED", "SEQUENTIAL"): "non-randomised-trial",
    ("NON_RANDOMIZED", "SINGLE_GROUP"): "single-arm-trial",
    ("NA", "SINGLE_GROUP"): "single-arm-trial",
    ("NA", "SEQUENTIAL"): "single-arm-trial",
    (None, "SINGLE_GROUP"): "single-arm-trial",
    (None, "COHORT"): "cohort",
    (None, "CASE_CONTROL"): "case-control",
}

_READERS: dict[str, Callable[[_Field], Iterator[_Part]]] = {
    "identifiers": _numbers,
    "study_type": _word,
    "intervention_model": _word,
    "masking": _word,
    "primary_purpose": _word,
    "phases": _word,
    "overall_status": _word,
    "sex": _word,
    "allocation": _word,
    "healthy_volunteers": _yes_no,
    "has_results": _yes_no,
    "dates.start": _date,
    "dates.primary_completion": _date,
    "dates.completion": _date,
    "dates.registration": _date,
    "dates.first_submitted": _date,
    "dates.last_refreshed": _date,
    "dates.last_update": _date,
    "dates.results_posted": _date,
    "enrollment": _participants,
    "minimum_age": _age,
    "maximum_age": _age,
    "eligibility.inclusion": _criteria,
    "eligibility.exclusion": _criteria,
    "arm_groups": _arms,
    "interventions": _interventions,
    "primary_outcomes": _outcomes,
    "secondary_outcomes": _outcomes,
    "lead_sponsor": _names,
    "collaborators": _names,
    "overall_officials": _names,
    "contacts": _names,
    "locations": _sites,
}
