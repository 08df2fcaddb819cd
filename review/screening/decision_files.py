"""Reads the decisions that other screening tools export: Covidence, Rayyan, ASReview, RIS with codes, or any CSV whose columns are named.

What kind of file it is follows from its content, never from its name. Nothing is lost: every entry gives at least one answer, also
one in which no decision stands, and what is not understood is a problem with its line. It knows nothing of this review.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from review.errors import FormatUnknown, InputRefused, near
from review.screening.decision_words import Codes, Said, codes_of, covidence, has_rayyan, is_plain, own_id, rayyan, said
from review.text import YEAR, cells_up_to, decoded_line, fold_blanks, fold_word

# What a column may be for, and the heads by which it is known (as ``fold_word`` has them), the surest first.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "primary title", "article title", "study title", "publication title", "brief title"),
    "year": ("year", "published year", "publication year", "date published"),
    "doi": ("doi",),
    "pmid": ("pmid", "pubmed id", "pubmedid", "pubmed number"),
    "number": ("accession number", "registry number", "trial number", "nct number", "registration number"),
    "id": ("report", "record", "covidence", "key", "record id", "id"),
    "decision": (
        "decision", "asreview label", "included", "label included", "final included", "included final", "included label", "include",
        "label", "consensus",
    ),
    "reason": ("reason", "reason words", "exclusion reason", "reason for exclusion"),
    "reviewer": ("reviewer", "screener", "asreview user"),
    "note": ("asreview note", "note"),
    "notes": ("notes", "user notes"),
    "stage": ("stage",),
}  # fmt: skip
# What only a table that this program wrote out has besides: what each of its rows is. All of them stand in its head, or none is read.
_OWN: Mapping[str, tuple[str, ...]] = {
    "kind": ("kind",), "live": ("live", "counts"), "round": ("round", "pilot round"), "event": ("event",),
    "words": ("reason words", "reason in the file"),
}  # fmt: skip
_DELIMITERS = ",;\t|"
_HEAD_WITHIN = 10  # lines that may stand before the heads
_LONGEST_HEAD = 20_000  # letters of a line that are looked at for heads
_TAG = re.compile(r"[\s\ufeff]*([A-Za-z][A-Za-z0-9]|PMID)[ \t\xa0]{1,3}-[ \t\xa0]?(.*)", re.DOTALL)
_LINE_END = re.compile(rb"\r\n|\r|\n")
_END = re.compile(r"\s*ER\b\s*-?\s*", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_TAGS: Mapping[str, tuple[str, ...]] = {
    "title": ("TI", "T1"), "year": ("PY", "Y1", "YR", "DA"), "doi": ("DO", "DI", "UR", "L3"), "pmid": ("PMID",),
    "number": ("AN", "C1", "M1", "ID", "U1", "U2"), "id": ("ID",), "note": (), "reviewer": (), "reason": (), "stage": (),
}  # fmt: skip
_CODE_TAGS = ("C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "LB", "N1", "KW", "M1", "U1", "U2", "U3", "U4", "U5")


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One entry of a file: by what its record can be found, and its answers. ``line`` counts from 1.

    aside      why it is no decision to take in: it did not count, or in a pilot alone; '' where it may be one
    consensus  whether it ended the stage or was one reviewer's answer, where a table of this program says so; else None
    """

    line: int
    title: str
    year: int | None
    dois: tuple[str, ...]
    pmids: tuple[str, ...]
    numbers: tuple[str, ...]
    own_id: str
    stage: str
    answers: tuple[Said, ...]
    aside: str = ""
    consensus: bool | None = None


@dataclass(frozen=True, slots=True)
class DecisionFile:
    """What was read: the kind of file, every entry, and (line or None, words) for each problem."""

    name: str
    sha256: str
    tool: str
    entries: tuple[FileEntry, ...]
    problems: tuple[tuple[int | None, str], ...] = ()


@dataclass(slots=True)
class _Reading:
    """What was asked of one file, and the problems met in it so far."""

    name: str
    columns: Mapping[str, str]
    reasons: Collection[str]
    problems: list[tuple[int | None, str]] = field(default_factory=list)

    def asked(self, purpose: str, there: Mapping[str, str]) -> str | None:
        """The head (or tag) that the caller named for a purpose; *there*: as folded -> as written. Refuses one that is not there."""
        if purpose not in self.columns:
            return None
        found = there.get(_key(self.columns[purpose]))
        if found is None:
            raise InputRefused(
                f"there is no column {self.columns[purpose]!r}",
                where=self.name,
                expected=", ".join(there.values()) or "none",
                next_step=near(self.columns[purpose], there.values()),
            )
        return found


def read_decisions(
    data: bytes,
    name: str,
    *,
    columns: Mapping[str, str] | None = None,
    reasons: Collection[str] = (),
    decision: str | None = None,
) -> DecisionFile:
    """Every entry of a file with its answers.

    columns   {purpose: head of the column, or RIS tag}, where heads are not the usual ones; the purposes are the keys of COLUMNS
    reasons   words and codes of the file that are reasons to exclude
    decision  what every entry is that holds no decision of its own, for an export of one list
    Raises FormatUnknown for what is neither RIS nor a table with a known head, InputRefused for a column that is not there.
    """
    for purpose in columns or {}:
        if purpose not in COLUMNS:
            raise InputRefused(f"a column cannot be for {purpose!r}", expected=", ".join(COLUMNS), next_step=near(purpose, COLUMNS))
    reading = _Reading(name, dict(columns or {}), reasons)
    lines = _lines(_decoded(data, reading))
    tagged = any((tag := _TAG.fullmatch(line)) and tag[1].upper() == "TY" for line in lines)
    tool, entries = _ris(lines, reading) if tagged else _table(lines, reading)
    if decision is not None:
        entries = [_filled(one, decision) for one in entries]
    sha = hashlib.sha256(data).hexdigest()
    return DecisionFile(name, sha, tool, tuple(entries), tuple(reading.problems))


def _filled(entry: FileEntry, decision: str) -> FileEntry:
    """The entry with *decision* where it says nothing of its own."""
    if any(answer.decision is not None or answer.words for answer in entry.answers):
        return entry
    return replace(entry, answers=tuple(replace(a, decision=decision, words="as a list") for a in entry.answers))


def _key(head: str) -> str:
    """The form in which two heads are the same; one that has no Latin letter stands for itself."""
    return fold_word(head) or fold_blanks(head)


def _decoded(data: bytes, reading: _Reading) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
    else:
        read = [decoded_line(line) for line in _LINE_END.split(data.removeprefix(codecs.BOM_UTF8))]
        if others := [n for n, (_, other) in enumerate(read, start=1) if other]:
            more = f"; so were {len(others) - 1:,} lines below" if len(others) > 1 else ""
            reading.problems.append((others[0], f"this is not UTF-8; it was read as Windows-1252, so look at the accents{more}"))
        text = "\n".join(line for line, _ in read)
    if "\x00" in text:
        reading.problems.append((text.count("\n", 0, text.index("\x00")) + 1, "NUL characters were left out"))
        text = text.replace("\x00", "")
    return text


def _lines(text: str) -> list[str]:
    """The lines, split at CR, LF and CRLF alone: other signs that break lines stand within titles."""
    return re.split(r"\r\n|\r|\n", text)


# tables


def _table(lines: Sequence[str], reading: _Reading) -> tuple[str, list[FileEntry]]:
    delimiter, at, head = _head(lines, reading)
    there = {_key(one): one for one in reversed(head) if one}
    place: dict[str, int] = {}
    for purpose, usual in COLUMNS.items():
        name = reading.asked(purpose, there) or next((there[one] for one in usual if one in there), None)
        if name is not None:
            place[purpose] = head.index(name)
    own = {purpose: head.index(name) for purpose, usual in _OWN.items() if (name := next((there[u] for u in usual if u in there), None))}
    place |= own if own.keys() == _OWN.keys() else {}
    rows = _rows(lines[at + 1 :], at + 2, delimiter, len(head), reading)
    index = place.get("decision")
    codes = codes_of((row[index] for _, row in rows) if index is not None else (), reading.reasons)
    cells = [(line, {purpose: row[at].strip() for purpose, at in place.items()}) for line, row in rows]
    voted = "decision" not in reading.columns and any(has_rayyan(cell.get("notes", "")) for _, cell in cells)
    entries = [_row_entry(line, cell, codes, voted=voted) for line, cell in cells]
    known = "Covidence" if "covidence" in there else "ASReview" if any(one.startswith("asreview") for one in there) else "CSV"
    return "Rayyan" if voted or any(cell.get("id", "").startswith("rayyan-") for _, cell in cells) else known, entries


def _head(lines: Sequence[str], reading: _Reading) -> tuple[str, int, list[str]]:
    """The delimiter, the line of the heads (from 0) and the heads: those of which most are known."""
    known = {one for usual in COLUMNS.values() for one in usual} | {_key(one) for one in reading.columns.values()}
    best: tuple[int, int, str, int, list[str]] | None = None
    for delimiter in _DELIMITERS:
        for at, line in enumerate(lines[: _HEAD_WITHIN + 1]):
            head = [fold_blanks(one) for one in next(csv.reader([line[:_LONGEST_HEAD]], delimiter=delimiter), [])]
            score = (len({_key(one) for one in head} & known), len(head))
            if score[0] and (best is None or score > best[:2]):
                best = (*score, delimiter, at, head)
    if best is None:
        raise FormatUnknown(
            "this is neither RIS nor a table with a head that is known",
            where=reading.name,
            expected="an export of Covidence, Rayyan or ASReview, RIS, or CSV with a column of titles or identifiers",
            next_step='name the columns: columns={"decision": "…", "title": "…"}',
        )
    return best[2], best[3], best[4]


def _rows(lines: Sequence[str], first: int, delimiter: str, width: int, reading: _Reading) -> list[tuple[int, list[str]]]:
    """(line, cells) of each row that is not empty, as wide as the head.

    A cell may be as long as the table where every quotation mark is closed; else as long as csv allows, as one may hold what follows it.
    """
    feed = [line + "\n" for line in lines]
    letters = sum(map(len, feed))
    try:
        with cells_up_to(letters):
            for _ in csv.reader(feed, delimiter=delimiter, strict=True):
                pass
    except csv.Error as problem:
        letters = 0  # as csv allows
        reading.problems.append((None, f"the quotation marks of this table do not match ({problem}); look whether rows were joined"))
    with cells_up_to(letters):
        return list(_read(feed, first, delimiter, width, reading))


def _read(feed: Sequence[str], first: int, delimiter: str, width: int, reading: _Reading) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(feed, delimiter=delimiter)
    start = 0
    try:
        for row in reader:
            line, start = first + start, reader.line_num
            if any(cell.strip() for cell in row):
                if len(row) != width:
                    reading.problems.append((line, f"this row has {len(row)} cells under {width} heads"))
                yield line, [*row, *[""] * (width - len(row))]
    except csv.Error as problem:
        raise InputRefused(
            f"this table cannot be read from line {first + start} on: {problem}",
            where=reading.name,
            next_step="a quotation mark that is not closed lies before it, as a rule; nothing was taken in",
        ) from problem


def _row_entry(line: int, cell: Mapping[str, str], codes: Codes, *, voted: bool) -> FileEntry:
    """The entry of one row. voted: this is Rayyan's file, whose votes stand in the notes."""
    notes = cell.get("notes", "")
    told = covidence(notes)
    if voted:
        answers = rayyan(notes)
    elif "decision" in cell or "reason" in cell:
        one = said(cell.get("decision", ""), codes)
        why = fold_blanks(cell.get("reason") or cell.get("words", "")) or one.reason_words or (told.reason_words if told else "")
        answers = [replace(one, reason_words="" if one.decision in ("include", "unsure") else why)]
    else:
        answers = [told] if told is not None else []
    answers = answers or [Said(None, "")]
    own = [replace(a, reviewer=a.reviewer or cell.get("reviewer") or None, note=a.note or cell.get("note", "")) for a in answers]
    return FileEntry(
        line, fold_blanks(cell.get("title", "")), _year([cell.get("year", "")]), _dois([cell.get("doi", "")]),
        _pmids([cell.get("pmid", "")]), tuple(filter(None, [cell.get("number", "")])), own_id(cell.get("id", ""), notes),
        cell.get("stage", ""),
        tuple(own), _aside(cell), _ended(cell),
    )  # fmt: skip


def _aside(cell: Mapping[str, str]) -> str:
    """Why a row of a table that this program wrote is no decision to take in."""
    if "live" not in cell:
        return ""
    if cell["live"].casefold() != "true":
        return f"it did not count when it was written out ({cell['live']!r}): it was changed or taken back"
    return f"it is an answer in the pilot round {cell['round']!r}, which counts in the pilot alone" if cell["round"] else ""


def _ended(cell: Mapping[str, str]) -> bool | None:
    """Whether such a row is a resolution or an imported consensus, which names no reviewer, and not an answer."""
    return cell["kind"] == "screening.resolved" or not cell.get("reviewer") if "live" in cell else None


# RIS


def _ris(lines: Sequence[str], reading: _Reading) -> tuple[str, list[FileEntry]]:
    found = list(_tagged(lines, reading))
    there = {_key(tag): tag for _, tags in found for tag in tags}
    of = {purpose: (tag,) if (tag := reading.asked(purpose, there)) else usual for purpose, usual in _TAGS.items()}
    chosen = reading.asked("decision", there)
    codes = codes_of((value for _, tags in found for value in tags.get(chosen or "", ())), reading.reasons)
    entries = []
    for line, tags in found:
        taken = {purpose: [v for tag in each for v in tags.get(tag, ())] for purpose, each in of.items()}
        if any("pubmed" in v.casefold() or "medline" in v.casefold() for tag in ("DB", "DP") for v in tags.get(tag, ())):
            taken["pmid"] += tags.get("AN", ())
        answers = _ris_answers(tags, chosen, codes)
        why, who, note = (fold_blanks("; ".join(taken[purpose])) for purpose in ("reason", "reviewer", "note"))
        own = tuple(
            replace(a, reason_words=(why if a.decision == "exclude" else "") or a.reason_words, reviewer=a.reviewer or who or None,
                    note=a.note or note)
            for a in answers
        )  # fmt: skip
        entries.append(
            FileEntry(
                line, fold_blanks(next(iter(taken["title"]), "")), _year(taken["year"]), _dois(taken["doi"]), _pmids(taken["pmid"]),
                tuple(fold_blanks(one) for one in taken["number"] if one.strip()),
                own_id(next(iter(taken["id"]), ""), " ".join(tags.get("N1", ()))),
                fold_blanks(next(iter(taken["stage"]), "")), own,
            )
        )  # fmt: skip
    notes = [value for _, tags in found for value in tags.get("N1", ())]
    tool = "Rayyan" if any(map(has_rayyan, notes)) else "Covidence" if any(covidence(one) for one in notes) else "RIS"
    return ("ASReview" if any(one.startswith("ASReview_") for one in notes) else tool), entries


def _tagged(lines: Sequence[str], reading: _Reading) -> Iterator[tuple[int, dict[str, list[str]]]]:
    """(line of TY, {tag: values}) of each entry; an untagged line goes on with the value before it."""
    start, tags, outside = 0, dict[str, list[list[str]]](), 0
    value: list[str] = []  # the lines of the last value, which are joined once
    for number, line in enumerate(lines, start=1):
        tag = _TAG.fullmatch(line)
        name = tag[1].upper() if tag else ""
        if name == "TY":
            if start:
                reading.problems.append((number, "a new entry begins here, and the one before has no ER line"))
                yield start, _joined(tags)
            value = [tag[2] if tag else ""]
            start, tags = number, {"TY": [value]}
        elif start and _END.fullmatch(line):
            yield start, _joined(tags)
            start, tags, value = 0, {}, []
        elif not start:
            outside += bool(line.strip())
        elif tag:
            value = [tag[2].strip()]
            tags.setdefault(name, []).append(value)
        elif line.strip():
            value.append(line.strip())
    if start:
        reading.problems.append((start, "the last entry has no ER line"))
        yield start, _joined(tags)
    if outside:
        reading.problems.append((None, f"lines outside every entry, passed over: {outside:,}"))


def _joined(tags: Mapping[str, Sequence[Sequence[str]]]) -> dict[str, list[str]]:
    return {tag: [" ".join(lines) for lines in values] for tag, values in tags.items()}


def _ris_answers(tags: Mapping[str, Sequence[str]], chosen: str | None, codes: Codes) -> tuple[Said, ...]:
    notes = " | ".join(tags.get("N1", ()))
    if has_rayyan(notes) and chosen is None:
        return tuple(rayyan(notes)) or (Said(None, ""),)
    if chosen is not None:
        told = [said(value, codes) for value in tags.get(chosen, ())]
        if not any(one.decision for one in told):
            return (Said(None, "; ".join(one.words for one in told if one.words)),)
        told = [one for one in told if one.decision]
    else:
        values = [value for tag in _CODE_TAGS for value in tags.get(tag, ())]
        told = [said(value, codes) for value in values if is_plain(value)]
        told += [one] if (one := covidence("\n".join(tags.get("N1", ())))) is not None else []
    if len({one.decision for one in told}) > 1:
        return (Said(None, "; ".join(one.words for one in told)),)
    reasons = "; ".join(dict.fromkeys(one.reason_words for one in told if one.reason_words))
    return (replace(told[0], reason_words=reasons),) if told else (Said(None, ""),)


# what identifies


def _year(values: Sequence[str]) -> int | None:
    years = [int(one[0]) for value in values if (one := YEAR.search(value))]
    return years[0] if years else None


def _dois(values: Sequence[str]) -> tuple[str, ...]:
    # an address that holds a DOI among other things is no DOI
    found = (match for value in values if value.startswith("10.") or "doi" in value.casefold() for match in _DOI.findall(value))
    return tuple(dict.fromkeys(one.rstrip(".,;)]}").casefold() for one in found))


def _pmids(values: Sequence[str]) -> tuple[str, ...]:
    bare = (re.sub(r"(?i)^(?:pmid|pubmed)\s*:?\s*|\.0$", "", value.strip()) for value in values)
    return tuple(dict.fromkeys(one.lstrip("0") for one in bare if one.isascii() and one.isdigit() and len(one) <= 8))
