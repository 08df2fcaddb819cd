"""The blocks inside the sections of a MedDataX page: runs of lines that a marker line opens, divides or closes.

The marker tells which line is a name: arms and interventions carry ``Group Type X`` and ``Intervention Type X``, sponsors
``Sponsor Role X``, contacts ``Role: X``, sites ``Site Status X``, identifiers ``Identifier Type: X``. Without its marker a block is
not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from review.model.record import ArmGroup, Contact, Intervention, Lines, Location, Outcome
from review.records.countries import country_code, location_of
from review.records.lines import Line, joined, paragraphs, span_of, stretches
from review.records.people import contact_part
from review.records.sections import is_sentence
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
        found = marker.fullmatch(line.plain)
        if skip or (found and n and line.plain == filled[n - 1].plain):
            skip = False
            continue
        if found and not found["word"] and n + 1 < len(filled):
            skip = True
            yield line, filled[n + 1].plain, 2
        else:
            yield line, found["word"] if found else None, 1


def closed_blocks(lines: Sequence[Line], marker: re.Pattern[str]) -> Iterator[Block]:
    """Blocks that end with their marker; what stands after the last marker is a block without one."""
    run: list[Line] = []
    for line, word, _ in marked(lines, marker):
        if word is None:
            run.append(line)
        elif run:
            yield Block(run, word.strip(), line)
            run = []
    if run:
        yield Block(run)


def named_blocks(lines: Sequence[Line], marker: re.Pattern[str]) -> Iterator[Block]:
    """Blocks of one name line, the marker, and further lines up to the next name line."""
    entries = list(marked(lines, marker))
    at = [n for n, (_, word, _) in enumerate(entries) if word is not None and n > 0]
    for start, following in stretches(at, len(entries) + 1):
        after = [line for line, _, _ in entries[start + 1 : max(following - 1, start + 1)]]
        yield Block([entries[start - 1][0]], (entries[start][1] or "").strip(), entries[start][0], after)


def sponsors(lines: Sequence[Line]) -> Iterator[tuple[str, str, str | None, Block]]:
    """(role, name, class, block) of each sponsor, the class standing before the role; role '' where name or role is lost."""
    for block in closed_blocks(lines, _SPONSOR):
        names = list(block.before)
        agency = look_up(AGENCY, names[-1].plain) if _is_class(names[-1]) else None
        if agency:
            names.pop()
        inner = max((n for n, line in enumerate(names) if _is_class(line)), default=-1)  # a class that no role follows
        if inner >= 0 and len(names) > 1:
            yield "", joined(names[: inner + 1]), None, Block(names[: inner + 1])
            names = names[inner + 1 :]
        if len(names) == 1 and block.marker and (agency or not _is_class(names[0])):
            yield block.word.lower(), names[0].plain, agency, block
        else:
            yield "", joined(names or block.before), None, block


def _is_class(line: Line) -> bool:
    return line.plain.isupper() and look_up(AGENCY, line.plain) is not None


def listed(lines: Sequence[Line]) -> tuple[set[str], set[str]]:
    """(names, texts) of interventions as the groups list them: a name before its type, a description after it."""
    filled = [line for line in lines if line.plain]
    at = set(_marks(filled, _KIND))
    labels = {n - 1 for n in _marks(filled, _GROUP)}
    names = {filled[n - 1].plain for n in at}
    texts: set[str] = set()
    inside = False
    for n, line in enumerate(filled):
        inside = (inside or n in at) and not _GROUP.fullmatch(line.plain)
        if inside and n not in labels and not _is_marker(line) and line.plain not in names:
            texts.add(line.plain)
    return names, texts


def without_heading(lines: Sequence[Line]) -> int:
    """Where in the groups the list of interventions begins, when its own heading is lost: at a name that is no entry of a group.

    An entry has its type on the next line, and no group names an intervention twice. The list of interventions names again what
    the groups above it name, and has no group below it.
    """
    filled = [line for line in lines if line.plain]
    last = max((n for n, line in enumerate(filled) if _GROUP.fullmatch(line.plain)), default=-1)
    names: set[str] = set()
    seen: set[str] = set()
    for n, line in enumerate(filled):
        if n == last:
            seen = set()
        typed = n + 1 < len(filled) and _KIND.fullmatch(filled[n + 1].plain)
        if n > last and line.plain in names and (line.plain in seen or not typed):
            return line.number
        if typed:
            names.add(line.plain)
            seen.add(line.plain)
    return lines[-1].number + 1 if lines else 0


def interventions(lines: Sequence[Line], names: set[str], texts: set[str]) -> Iterator[tuple[Intervention | None, Lines]]:
    """Name, description lines, and the type that closes the block; None where one of these lines is lost.

    *names* and *texts* are those of the groups: another name inside a block means that a type is lost, a text in the place of the
    name that the name is.
    """
    found = list(closed_blocks(lines, _KIND))
    known = names
    names = names if sum(block.marker is not None for block in found) < len(names) else set()
    for block in found:
        own = block.before[0].plain
        inner = max((n for n, line in enumerate(block.before) if line.plain in names and line.plain != own), default=0)
        if inner:
            yield None, span_of(block.before[:inner])
        first, *rest = block.before[inner:]
        if block.marker is None or (first.plain not in known and (first.plain in texts or is_sentence(first.plain))):
            yield None, block.lines
            continue
        kind = look_up(INTERVENTION_TYPE, block.word)
        where = span_of([first, *rest, block.marker])
        yield Intervention.model_validate({"type": kind, "name": first.plain, "description": paragraphs(rest) or None}), where


def arms(lines: Sequence[Line], own: Mapping[str, str | None]) -> Iterator[tuple[ArmGroup | None, list[Intervention], Lines, bool]]:
    """(arm, interventions, lines, whole) of each arm: the line before a marker is the label or the name.

    *own* are the interventions that have a section of their own, with their descriptions: a name that is not among them is none, and
    lines that are no description show that the label of a further arm is lost. The arm is None where its own label is.
    """
    filled = [line for line in lines if line.plain]
    groups = [n for n, line in enumerate(filled) if _GROUP.fullmatch(line.plain)]
    texts = {bit for text in own.values() if text for bit in text.split("\n\n")}
    labelled = {n for n in _marks(filled, _GROUP) if filled[n - 1].plain not in texts}
    for start, end in stretches([n - 1 if n in labelled else n for n in groups], len(filled)):
        block = filled[start:end]
        if _is_marker(block[0]):
            yield None, [], span_of(block), False
            continue
        group = _GROUP.fullmatch(block[1].plain)
        word = group["word"] if group else ""
        body = block[2:]
        if not word and body:
            word, body = body[0].plain, body[1:]
        described, found, whole = _contents(body, own)
        arm = {
            "label": block[0].plain,
            "type": look_up(ARM_TYPE, word),
            "description": paragraphs(described) or None,
            "intervention_names": tuple(i.name for i in found),
        }
        yield ArmGroup.model_validate(arm), found, span_of(block), whole


def _contents(body: Sequence[Line], own: Mapping[str, str | None]) -> tuple[Sequence[Line], list[Intervention], bool]:
    """(description, interventions, nothing lost) of the lines under an arm's type."""
    first = next((n for n, line in enumerate(body) if _KIND.fullmatch(line.plain)), len(body))
    at = _marks(body, _KIND)
    described = list(body[: first - 1] if first in at else body[:first])
    named = next((n for n, line in enumerate(described) if line.plain in own), None)
    whole = named is None and (first in at or first == len(body))
    described = described[:named]
    found = []
    for start, following in stretches(at, len(body) + 1):
        one = _given(body, start, following)
        if (own and one.name not in own) or is_sentence(one.name):
            whole = False
            continue
        said = own.get(one.name)
        if own and one.description != said and (said is None or (one.description or "").startswith(f"{said}\n\n")):
            return described, [*found, one.model_copy(update={"description": said})], False  # what follows may be of another arm
        found.append(one)
    return described, found, whole


def _marks(lines: Sequence[Line], marker: re.Pattern[str]) -> list[int]:
    """Where a marker follows a line that is none, that is a name."""
    return [n for n, line in enumerate(lines) if n and marker.fullmatch(line.plain) and not _is_marker(lines[n - 1])]


def _is_marker(line: Line) -> bool:
    return any(one.fullmatch(line.plain) for one in (_GROUP, _KIND))


def _given(body: Sequence[Line], at: int, following: int) -> Intervention:
    """An intervention as an arm lists it: name, type, description."""
    found = _KIND.fullmatch(body[at].plain)
    word, rest = (found["word"] if found else ""), list(body[at + 1 : max(following - 1, at + 1)])
    if not word and rest:
        word = rest.pop(0).plain
    rest = rest[: next((n for n, line in enumerate(rest) if _is_marker(line)), len(rest))]
    described = paragraphs(rest) or None
    return Intervention.model_validate({"type": look_up(INTERVENTION_TYPE, word), "name": body[at - 1].plain, "description": described})


def contacts(lines: Sequence[Line], role: str | None) -> Iterator[tuple[Contact | None, Lines]]:
    """Contacts by their 'Role:' lines; *role* overrules the printed one (None: PRIMARY or BACKUP as printed).

    None where a name is lost. After telephone and e-mail a contact ends: further text is of one whose role is lost.
    """
    for block in named_blocks(lines, _ROLE):
        name = block.before[0].plain
        if contact_part(name)[0] or _ROLE.fullmatch(name):
            yield None, block.lines
            continue
        printed = block.word.upper()
        values: dict[str, str] = {"role": role or (printed if printed in ("PRIMARY", "BACKUP") else "FACILITY"), "name": name}
        for line in block.after:
            kind, value = contact_part(line.plain)
            if not kind or kind in values:
                break
            values[kind] = value
        yield Contact.model_validate(values), block.lines


def officials(lines: Sequence[Line]) -> Iterator[Block]:
    """Name, 'Role: X', affiliation lines."""
    yield from named_blocks(lines, _ROLE)


def identifiers(lines: Sequence[Line]) -> Iterator[tuple[str, str, str, Lines]]:
    """(value, type, source) of each identifier; '-' counts as not stated, and the value is '' where its line is lost."""
    for block in named_blocks(lines, _ID_TYPE):
        source = next((word.strip() for _, word, _ in marked(block.after, _ID_SOURCE) if word is not None), "")
        value = block.before[0].plain
        value = "" if _ID_SOURCE.fullmatch(value) or _ID_TYPE.fullmatch(value) else value
        yield value, "" if block.word == "-" else block.word, "" if source == "-" else source, block.lines


def sites(lines: Sequence[Line]) -> Iterator[tuple[Location | None, Lines]]:
    """Sites: the line of a facility, a line that ends in a country, and perhaps 'Site Status X'; None for lines of a lost place."""
    filled = [line for line in lines if line.plain]
    once = [line for n, line in enumerate(filled) if not (n and line.plain == filled[n - 1].plain and _is_place(line))]
    entries = list(marked(once, _SITE))
    facility: list[Line] = []
    n = 0
    while n < len(entries):
        line, word, _ = entries[n]
        following = entries[n + 1] if n + 1 < len(entries) else None
        more = following is not None and following[1] is None and _is_place(following[0]) and not facility
        if word is None and _is_place(line) and not more:
            status = look_up(STATUS, following[1]) if following and following[1] is not None else None
            if len(facility) > 1:
                yield None, span_of(facility[:-1])
            held = [*facility[-1:], line, *([following[0]] if status and following else [])]
            place = location_of(_without_postcode(line.plain))
            name = facility[-1].plain if facility else place.facility
            yield place.model_copy(update={"facility": name or None, "status": status, "raw": None}), span_of(held)
            facility, n = [], n + (2 if status else 1)
            continue
        if word is None:
            facility.append(line)
        elif facility:  # a status, and no place before it
            yield None, span_of([*facility, line])
            facility = []
        n += 1
    if facility:
        yield None, span_of(facility)


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
