"""The blocks inside the sections of a MedDataX page: runs of lines that a marker line opens, divides or closes.

The marker tells which line is a name: arms and interventions carry ``Group Type X`` and ``Intervention Type X``, sponsors
``Sponsor Role X``, contacts ``Role: X``, sites ``Site Status X``, identifiers ``Identifier Type: X``. Without its marker a block is
not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from review.model.record import ArmGroup, Contact, Intervention, Lines, Location, Outcome
from review.records.countries import country_code, location_of
from review.records.lines import Line, paragraphs, span_of, stretches
from review.records.people import contact_part
from review.records.vocabulary import AGENCY, ARM_TYPE, INTERVENTION_TYPE, STATUS, look_up

_GROUP = re.compile(r"Group Type:?\s*(?P<word>.*)", re.I)
_KIND = re.compile(r"Intervention Type:?\s*(?P<word>.*)", re.I)
_SPONSOR = re.compile(r"Sponsor Role:?\s*(?P<word>.*)", re.I)
_SITE = re.compile(r"Site Status:?\s*(?P<word>.*)", re.I)
_ROLE = re.compile(r"Role:\s*(?P<word>.*)", re.I)
_ID_TYPE = re.compile(r"Identifier Type:?\s*(?P<word>.*)", re.I)
_ID_SOURCE = re.compile(r"Identifier Source:?\s*(?P<word>.*)", re.I)
_OUTCOME = re.compile(r"(?P<word>primary|secondary|other[_ ]pre[_ -]?specified|post[_ -]?hoc|other) outcome", re.I)
_TIME_FRAME = re.compile(r"Time\s?frame:\s*(?P<word>.*)", re.I)


@dataclass
class Block:
    """Lines of one entry: those before its marker, the marker's word, those after it."""

    before: list[Line] = field(default_factory=list)
    word: str = ""
    marker: Line | None = None
    after: list[Line] = field(default_factory=list)

    @property
    def lines(self) -> Lines:
        """Everything that the block holds."""
        return span_of([*self.before, *([self.marker] if self.marker else []), *self.after])


def marked(lines: Sequence[Line], marker: re.Pattern[str]) -> Iterator[tuple[Line, str | None, int]]:
    """Each filled line with the word of its marker (None for other lines) and the number of lines that the marker takes.

    A marker may have its word on the next line, as where a site sets label and value in boxes of their own.
    """
    filled = [line for line in lines if line.plain]
    skip = False
    for n, line in enumerate(filled):
        if skip:
            skip = False
            continue
        found = marker.fullmatch(line.plain)
        if found and not found["word"] and n + 1 < len(filled):
            skip = True
            yield line, filled[n + 1].plain, 2
        else:
            yield line, found["word"] if found else None, 1


def closed_blocks(lines: Sequence[Line], marker: re.Pattern[str]) -> Iterator[Block]:
    """Blocks that end with their marker; lines after the last marker are no block."""
    run: list[Line] = []
    for line, word, _ in marked(lines, marker):
        if word is None:
            run.append(line)
        elif run:
            yield Block(run, word.strip(), line)
            run = []


def named_blocks(lines: Sequence[Line], marker: re.Pattern[str]) -> Iterator[Block]:
    """Blocks of one name line, the marker, and further lines up to the next name line."""
    entries = list(marked(lines, marker))
    at = [n for n, (_, word, _) in enumerate(entries) if word is not None and n > 0]
    for start, following in stretches(at, len(entries) + 1):
        after = [line for line, _, _ in entries[start + 1 : max(following - 1, start + 1)]]
        yield Block([entries[start - 1][0]], (entries[start][1] or "").strip(), entries[start][0], after)


def sponsors(lines: Sequence[Line]) -> Iterator[tuple[str, str, str | None, Block]]:
    """(role, name, class, block) of each sponsor; the class is the last line before the role where it is one."""
    for block in closed_blocks(lines, _SPONSOR):
        names = list(block.before)
        agency = look_up(AGENCY, names[-1].plain) if len(names) > 1 else None
        if agency:
            names.pop()
        yield block.word.lower(), " ".join(line.plain for line in names), agency, block


def interventions(lines: Sequence[Line]) -> Iterator[tuple[Intervention, Lines]]:
    """Name, description lines, and the type that closes the block."""
    for block in closed_blocks(lines, _KIND):
        description = paragraphs(block.before[1:]) or None
        kind = look_up(INTERVENTION_TYPE, block.word)
        yield Intervention.model_validate({"type": kind, "name": block.before[0].plain, "description": description}), block.lines


def arms(lines: Sequence[Line]) -> Iterator[tuple[ArmGroup, list[Intervention], Lines]]:
    """Arms with the interventions listed under each: the line before a marker is the label or the name."""
    filled = [line for line in lines if line.plain]
    starts = [n - 1 for n in _marks(filled, _GROUP)]
    for start, end in stretches(starts, len(filled)):
        block = filled[start:end]
        group = _GROUP.fullmatch(block[1].plain)
        word = group["word"] if group else ""
        body = block[2:]
        if not word and body:
            word, body = body[0].plain, body[1:]
        at = _marks(body, _KIND)
        described = body[: at[0] - 1] if at else body
        found = [_given(body, n, following) for n, following in stretches(at, len(body) + 1)]
        arm = {
            "label": block[0].plain,
            "type": look_up(ARM_TYPE, word),
            "description": paragraphs(described) or None,
            "intervention_names": tuple(i.name for i in found),
        }
        yield ArmGroup.model_validate(arm), found, span_of(block)


def _marks(lines: Sequence[Line], marker: re.Pattern[str]) -> list[int]:
    """Where a marker follows a line that is none, that is a name."""
    return [
        n
        for n, line in enumerate(lines)
        if n and marker.fullmatch(line.plain) and not any(one.fullmatch(lines[n - 1].plain) for one in (_GROUP, _KIND))
    ]


def _given(body: Sequence[Line], at: int, following: int) -> Intervention:
    """An intervention as an arm lists it: name, type, description."""
    found = _KIND.fullmatch(body[at].plain)
    word, rest = (found["word"] if found else ""), list(body[at + 1 : max(following - 1, at + 1)])
    if not word and rest:
        word = rest.pop(0).plain
    described = paragraphs(rest) or None
    return Intervention.model_validate({"type": look_up(INTERVENTION_TYPE, word), "name": body[at - 1].plain, "description": described})


def contacts(lines: Sequence[Line], role: str | None) -> Iterator[tuple[Contact, Lines]]:
    """Contacts by their 'Role:' lines; *role* overrules the printed one (None: PRIMARY or BACKUP as printed)."""
    for block in named_blocks(lines, _ROLE):
        printed = block.word.upper()
        values: dict[str, str] = {"role": role or (printed if printed in ("PRIMARY", "BACKUP") else "FACILITY")}
        values["name"] = block.before[0].plain
        for line in block.after:
            kind, value = contact_part(line.plain)
            values.setdefault(kind or "affiliation", value)
        yield Contact.model_validate(values), block.lines


def officials(lines: Sequence[Line]) -> Iterator[Block]:
    """Name, 'Role: X', affiliation lines."""
    yield from named_blocks(lines, _ROLE)


def identifiers(lines: Sequence[Line]) -> Iterator[tuple[str, str, str, Lines]]:
    """(value, type, source) of each identifier; '-' counts as not stated."""
    for block in named_blocks(lines, _ID_TYPE):
        source = ""
        for line, word, _ in marked(block.after, _ID_SOURCE):
            source = word.strip() if word is not None else source
            del line
        kind = "" if block.word == "-" else block.word
        yield block.before[0].plain, kind, "" if source == "-" else source, block.lines


def sites(lines: Sequence[Line]) -> Iterator[tuple[Location, Lines]]:
    """Sites: the lines of a facility, a line that ends in a country, and perhaps 'Site Status X'."""
    entries = list(marked(lines, _SITE))
    facility: list[Line] = []
    n = 0
    while n < len(entries):
        line, word, _ = entries[n]
        following = entries[n + 1] if n + 1 < len(entries) else None
        more = following is not None and following[1] is None and _is_place(following[0]) and not facility
        if word is None and _is_place(line) and not more:
            status = look_up(STATUS, following[1]) if following and following[1] is not None else None
            held = [*facility, line, *([following[0]] if status and following else [])]
            place = location_of(_without_postcode(line.plain))
            name = " ".join(part.plain for part in facility) or place.facility
            yield place.model_copy(update={"facility": name or None, "status": status, "raw": None}), span_of(held)
            facility, n = [], n + (2 if status else 1)
            continue
        if word is None:
            facility.append(line)
        n += 1


def _is_place(line: Line) -> bool:
    place = location_of(_without_postcode(line.plain))
    return "," in line.plain and place.country is not None and country_code(place.country) is not None


def _without_postcode(text: str) -> str:
    """A place without a part that is a postcode alone."""
    parts = [part.strip() for part in text.split(",")]
    return ", ".join(part for part in parts if not re.fullmatch(r"[A-Z]{0,2}[\d-]{3,10}", part)) if len(parts) > 3 else text


def outcomes(lines: Sequence[Line]) -> Iterator[tuple[str, Outcome | None, Lines]]:
    """(field, outcome) of each block that begins with ``PRIMARY outcome``; the outcome is None where no table names its measure."""
    filled = [line for line in lines if line.plain]
    starts = [n for n, line in enumerate(filled) if _OUTCOME.fullmatch(line.plain)]
    for start, end in stretches(starts, len(filled)):
        block = filled[start:end]
        found = _OUTCOME.fullmatch(block[0].plain)
        word = found["word"].lower() if found else ""
        name = {"primary": "primary_outcomes", "secondary": "secondary_outcomes"}.get(word, "other_outcomes")
        frame = next((hit["word"] for line in block if (hit := _TIME_FRAME.fullmatch(line.plain))), None)
        measure = _first_row(block)
        yield name, Outcome(measure=measure, time_frame=frame or None) if measure else None, span_of(block)


def _first_row(block: Sequence[Line]) -> str | None:
    """The label of the first row under the header of a table, which is the measure: in one line, or set between bars."""
    at = next((n for n, line in enumerate(block) if re.fullmatch(r"\|[-:| ]+\|", line.plain) and "-" in line.plain), None)
    if at is None:
        rows = [line.cells for line in block if len(line.cells) > 1]
        return rows[1][0] if len(rows) > 1 and rows[0][0].lower().startswith("measure") and rows[1][0] else None
    label: list[str] = []
    for line in block[at + 1 :]:
        if line.plain == "|":
            if label:
                break
            continue
        if line.cells and line.plain.endswith("|"):
            return line.cells[0] or None
        label.append(line.plain.strip("| "))
    return " ".join(label) or None
