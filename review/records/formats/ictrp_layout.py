"""Takes a record page of the WHO portal apart: head and ages by their labels, sections by their headings, in their fixed order.

A value is taken only where it stands beside or under its label. On a page that lost some of its labels, a line without one is
not given to the label before it, unless it has the shape that this label's values have.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from review.model.identifiers import recognise
from review.records import register_values as register
from review.records import vocabulary as words
from review.records.dates import parse_date
from review.records.lines import Line, Page, make_line, wrapped
from review.text import fold_word

HEAD: Final = {
    "register": "register", "last refreshed on": "refreshed", "main id": "id", "date of registration": "registered",
    "prospective registration": "prospective", "primary sponsor": "sponsor", "public title": "title", "scientific title": "scientific",
    "acronym": "acronym", "date of first enrolment": "enrolled", "date of first enrollment": "enrolled", "target sample size": "size",
    "recruitment status": "status", "url": "url", "study type": "type", "study design": "design", "phase": "phase",
}  # fmt: skip
EXPECTED: Final = tuple(key for key in dict.fromkeys(HEAD.values()) if key != "acronym")
AGES: Final = {"age minimum": "age_low", "age maximum": "age_high", "gender": "sex", "sex": "sex"}
ORDER: Final = (  # the sections in the order of the page, with the folded words that their headings begin with
    ("countries", "countries of recruitment"), ("contacts", "contacts"), ("criteria", "key inclusion exclusion criteria"),
    ("ages", ""), ("conditions", "health condition s"), ("interventions", "intervention s"), ("primary", "primary outcome s"),
    ("secondary", "secondary outcome s"), ("ids", "secondary id s"), ("support", "source s of monetary support"),
    ("sponsors", "secondary sponsor s"), ("ethics", "ethics review"), ("results", "results"),
)  # fmt: skip
RESULTS: Final = {"results available": "available", "date posted": "posted", "date completed": "completed", "url": "url"}
ETHICS: Final = {"status": "status", "approval date": "approval_date", "contact": "contact"}
CONTACT: Final = {"name": "name", "address": "address", "telephone": "phone", "email": "email", "affiliation": "affiliation"}
_FURNITURE: Final = re.compile(
    r"(?i)(?:disclaimer|note:|copyright\b|please fill|skip navigation|world health organization|main$|back\b|home$)"
)
_FOOT: Final = re.compile(r"(?i)disclaimer:|copyright - world health organi[sz]ation\b")  # below the last section, and of none
_AFTER: Final = {
    "registered": "prospective", "enrolled": "size", "refreshed": "id", "age_low": "age_high", "age_high": "sex", "size": "status",
}  # fmt: skip
_MULTILINE: Final = frozenset({"title", "scientific", "design", "phase", "size"})
IDS: Final = {  # end of an HTML element's id -> key of the head
    "Last_updatedLabel": "refreshed", "TrialIDLabel": "id", "Date_registrationLabel": "registered", "Primary_sponsorLabel": "sponsor",
    "Public_titleLabel": "title", "Scientific_titleLabel": "scientific", "AcronymLabel": "acronym", "Date_enrollementLabel": "enrolled",
    "Target_sizeLabel": "size", "Recruitment_statusLabel": "status", "HyperLink12": "url", "Study_typeLabel": "type",
    "Study_designLabel": "design", "PhaseLabel": "phase",
}  # fmt: skip


@dataclass
class Value:
    """What stands beside or under a label."""

    label: Line
    lines: list[Line] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The value in one line."""
        return " ".join(line.plain for line in self.lines if line.plain)


@dataclass
class Cut:
    """A page taken apart: head and ages by label, sections by key with their lines, and what has no label."""

    head: dict[str, Value] = field(default_factory=dict)
    sections: dict[str, list[Line]] = field(default_factory=dict)
    stray: list[Line] = field(default_factory=list)
    below: bool = False  # values stand under their labels, as in flattened HTML
    complete: bool = True  # every label of the page is there, so that a line without one continues the value before it

    @property
    def missing(self) -> list[str]:
        """The labels that every page has and this one has not."""
        return [key for key in EXPECTED if key not in self.head] + [key for key, words_ in ORDER if words_ and key not in self.sections]

    def whole(self, key: str) -> list[Line]:
        """The lines of a section, and none where the next heading is lost: they may be those of another section."""
        order = [name for name, _ in ORDER]
        at = order.index(key)
        lines = [line for line in self.sections.get(key, ()) if line.plain]
        lost = at + 1 < len(order) and order[at + 1] not in self.sections
        if lost and key == "sponsors":  # what follows is labelled line by line
            lost = any(label_of(line, {**ETHICS, **RESULTS})[0] for line in lines)
        return [] if lost and key != "ethics" else lines


def shown(line: Line) -> str:
    """The text of a line as ``label: value``, also where it was a table row."""
    cells = [cell for cell in line.cells if cell]
    if len(cells) == 2:
        return f"{cells[0].rstrip(':')}: {cells[1]}"
    return cells[0] if len(cells) == 1 else line.text if line.bullet else line.plain


def _heading(line: Line, after: int) -> tuple[int, str]:
    """(place in the order, text on the heading's own line) when a section later than place *after* begins here, else (-1, '')."""
    said = shown(line)
    if not said[:1].isupper():
        return -1, ""  # a word of running text: 'results;' ends a criterion that was broken at the margin
    folded = fold_word(said)
    for place in range(after + 1, len(ORDER)):
        start = ORDER[place][1]
        if start and folded.startswith(start) and _only_heading(folded, start):
            return place, ""
        if start and ":" in said and fold_word(said.partition(":")[0]) == start and start != "results":
            return place, said.partition(":")[2].strip()
    return -1, ""


def _only_heading(folded: str, start: str) -> bool:
    rest = folded[len(start) :].strip()
    return rest in ("", "or problem s studied", "studied")


def _last_headings(page: Page, place: int) -> dict[int, int]:
    """Section behind *place* -> the last line that may be its heading."""
    return {further: line.number for line in page.filled if (further := _heading(line, place)[0]) > place}


def cut(page: Page) -> Cut:
    """The page taken apart by its labels."""
    found = Cut(below=_values_stand_below(page), complete=_has_every_label(page))
    place, open_value = -1, None
    last: dict[int, dict[int, int]] = {}  # by place
    for line in page.lines:
        if _FOOT.match(line.plain):
            continue
        at, own = _heading(line, place) if line.plain else (-1, "")
        if at > place + 1:  # where a section between begins further down, the line is no heading but a word of the text
            later = last[place] if place in last else last.setdefault(place, _last_headings(page, place))
            at = -1 if any(place < further < at and number > line.number for further, number in later.items()) else at
        if at < 0 and 0 <= place < len(ORDER) - 1 and label_of(line, RESULTS)[0] == "available":
            at = len(ORDER) - 1  # the heading is lost, but this label opens the results and nothing else
            found.sections["results"] = [line]
            place, open_value = at, None
            continue
        if place >= 0 and line.plain and not found.sections.get(ORDER[place][0]) and _heading(line, place - 1) == (place, ""):
            continue  # the same heading twice
        if at >= 0:
            place, open_value = at, None
            found.sections[ORDER[at][0]] = [make_line(line.number, own)] if own else []
            continue
        labels = HEAD if place < 0 else AGES if ORDER[place][0] in ("criteria", "ages") else {}
        label, value = label_of(line, labels)
        if label:
            if place >= 0 and label in ("age_low", "age_high", "sex"):
                place = 3
                found.sections.setdefault("ages", [])
            open_value = Value(line, [make_line(line.number, value)] if value else [])
            found.head.setdefault(label, open_value)
        elif open_value is not None and line.plain and (place < 0 or place == 3):
            _continue(found, _label_of(found, open_value), open_value, line, _next_key(page, line))
        elif place >= 0 and place != 3:
            found.sections[ORDER[place][0]].append(line)
        elif line.plain and place >= 0:
            found.stray.append(line)
    return found


def _label_of(found: Cut, value: Value) -> str:
    """The key under which *value* is kept."""
    return next((key for key, one in found.head.items() if one is value), "")


def _next_key(page: Page, line: Line) -> str:
    """The key of the label on the next line that is not blank, else ''."""
    after = next((page.lines[n] for n in range(line.number, len(page.lines)) if page.lines[n].plain), None)
    return label_of(after, {**HEAD, **AGES})[0] if after else ""


def _continue(found: Cut, key: str, value: Value, line: Line, following: str) -> None:
    """A line without a label after a label: part of its value where the page is whole, else unplaced."""
    if _FURNITURE.match(line.plain):
        return
    if value.lines and line.plain == value.lines[-1].plain:
        return  # the same line twice
    if key == "scientific" and value.lines and "acronym" not in found.head and " " not in line.plain:
        found.stray.append(line)  # may be the acronym, whose label is lost
        return
    answers = key == "sex" and re.match(r"(?i)(?:fe)?male\s*:", line.plain)
    broken = bool(value.lines) and wrapped(value.lines[-1]) and line.plain[:1].islower()  # a value that was broken at a margin
    rest = broken and (key == "size" or register.parse_size(line.plain) is None)  # 'tea group:40;' is no end of a title
    continues = (found.complete or rest) and bool(value.lines) and key in _MULTILINE and not (not found.below and _stands_alone(line))
    opens = found.below and not value.lines and (found.complete or _fits(key, line.plain, following))
    if answers or continues or opens:
        value.lines.append(line)
    else:
        found.stray.append(line)


def _has_every_label(page: Page) -> bool:
    seen: set[str] = set()
    place = -1
    for line in page.filled:
        at, _ = _heading(line, place)
        place = max(at, place)
        seen |= {ORDER[at][0]} if at >= 0 else {label_of(line, HEAD if place < 0 else AGES)[0]}
    return all(key in seen for key in EXPECTED) and all(key in seen for key, words_ in ORDER if words_)


def _fits(key: str, text: str, following: str) -> bool:
    """True when *text* has the shape of the values of *key*: what a damaged page may still tell.

    Where another label has values of the same shape, the label that follows must be the one that follows on a whole page.
    """
    if key in _AFTER and _AFTER[key] != following:
        return False
    shapes: dict[str, bool] = {
        "id": recognise(text) is not None, "url": text.lower().startswith("http"), "prospective": text.lower() in ("yes", "no"),
        "size": register.parse_size(text) is not None, "status": words.look_up(words.STATUS, text) is not None,
        "type": words.look_up(words.STUDY_TYPE, text) is not None, "phase": bool(words.parse_phases(text)),
        "sex": register.parse_sex(text) is not None,
        **dict.fromkeys(("age_low", "age_high"), register.parse_limit(text) is not None),
        **dict.fromkeys(("registered", "enrolled", "refreshed"), parse_date(text, day_first=True) is not None),
    }  # fmt: skip
    return shapes.get(key, False)


def _stands_alone(line: Line) -> bool:
    """True for a line that may be the value of a lost label: a number, a date, an address, or a registry number."""
    text = line.plain
    return bool(recognise(text) or parse_date(text, day_first=True) or text.isdigit() or text.lower().startswith("http"))


def label_of(line: Line, labels: Mapping[str, str]) -> tuple[str, str]:
    """(key, value) when *line* begins with one of *labels* (folded text to key) and a colon, else empty."""
    if not line.plain or not labels:
        return "", ""
    name, colon, value = shown(line).partition(":")
    key = labels.get(fold_word(name)) if colon else None
    return (key, value.strip()) if key else ("", "")


def _values_stand_below(page: Page) -> bool:
    """True when the labels of the head have their values on the line after, as in a table that was flattened."""
    filled = page.filled
    beside = below = 0
    for n, line in enumerate(filled):
        key, value = label_of(line, HEAD)
        if key and value:
            beside += 1
        elif key and n + 1 < len(filled) and not label_of(filled[n + 1], HEAD)[0] and _heading(filled[n + 1], -1)[0] < 0:
            below += 1
    return below > beside


def take_ids(page: Page, found: Cut) -> None:
    """Values of HTML elements by the end of their ids; they are surer than the flattened text."""
    for suffix, key in IDS.items():
        elements = [e for e in page.by_id(suffix) if e.text.strip()]
        if elements:
            first = elements[0]
            lines = [make_line(min(first.lines[0] + n, first.lines[1]), text) for n, text in enumerate(first.text.split("\n"))]
            found.head[key] = Value(lines[0], lines)
    parts = [(name, page.by_id(suffix)) for name, suffix in (("Allocation", "AllocationLabel"), ("Assignment", "AssignementLabel"))]
    extra = [make_line(e[0].lines[0], f"{name}: {e[0].text}") for name, e in parts if e and e[0].text.strip()]
    if extra:
        found.head.setdefault("design", Value(extra[0])).lines.extend(extra)
