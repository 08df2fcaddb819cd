"""Reads tables of references by a mapping that is data: those that ship stand in ``tables/``, a review's own in its ``mappings`` folder.

A mapping names the columns that must be there and says which column fills which field. It holds no code. A table that no mapping
knows is read when it has a column of titles; what no mapping explains is kept under the column's own name.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, NamedTuple, get_args

from review.errors import InputRefused, NotFound, near
from review.model.own_note import read_note
from review.model.record import ProblemCode, Record
from review.model.terms import RecordType
from review.records.author_lists import doubt, persons_in
from review.records.build import PARSER_VERSION, Context, Repeats
from review.records.citation import TARGETS, Value, article
from review.records.formats import Format, Item, Refusal, text_of_lines
from review.records.register_table import remark_on_row
from review.records.source import LINE_LIMIT, Source
from review.records.tables import Layout, Row, count, layout, rows
from review.text import fold_word

GENERIC: Final = "table"
_KEYS: Final = {"name": str, "label": str, "header": list, "columns": dict, "types": dict, "record_type": str, "tried": bool}
_LISTED: Final = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""", re.DOTALL)
_LIST: Final = re.compile(r"""\[\s*(?:(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"),?\s*)*\]""", re.DOTALL)  # a cell that holds ['one', 'two']
_TELLING: Final = frozenset(("title", "title_second", "abstract", "official_title", "doi", "pmid"))
_AUTHORS: Final = ("author", "authors", "author_short")
_TITLES: Final = frozenset(("title", "primary title", "article title", "document title", "publication title", "titles"))


class Column(NamedTuple):
    """Where a column leads, what parts several values of a cell, and what ends such a list."""

    target: str
    split: str = ""
    end: str = ""


@dataclass(frozen=True)
class TableMapping:
    """One kind of table: ``header`` are the columns that tell it, ``columns`` {folded name: where it leads}."""

    name: str
    label: str
    header: tuple[str, ...]
    columns: Mapping[str, Column]
    types: Mapping[str, str]
    record_type: str = "article_report"
    tried: bool = True
    text: str = ""  # of a review's own mapping

    @property
    def version(self) -> str:
        """What provenance says of the reader: a review's own mapping is named by its digest."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:12] if self.text else PARSER_VERSION

    def format(self) -> Format:
        """The mapping as a format beside the others."""
        fields = {name: column.target for name, column in self.columns.items()}
        return Format(
            self.name, self.label, partial(_sure, self), partial(_read, self), text_of_lines, _marks, fields, self.tried, self.text
        )


def mapping(text: str, where: str = "") -> TableMapping:
    """The mapping that the TOML *text* holds; *where* is the file's name for messages.

    Raises InputRefused for what is no TOML, an unknown key, a target that is not in ``review.records.citation.TARGETS``.
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputRefused(f"this is no TOML: {error}", where=where, next_step="see docs/formats.md for a whole mapping") from error
    for key, value in said.items():
        if key not in _KEYS or not isinstance(value, _KEYS[key]):
            wanted = f"{_KEYS[key].__name__} for {key!r}" if key in _KEYS else ", ".join(_KEYS)
            raise InputRefused(f"{key!r} is not understood", where=_at(where, text, key), expected=wanted, next_step=near(key, _KEYS))
    missing = [key for key in ("name", "label", "header", "columns") if not said.get(key)]
    if missing:
        raise InputRefused(f"{', '.join(missing)} is missing", where=where, expected="name, label, header and columns")
    if said.get("record_type", "article_report") not in get_args(RecordType):
        raise InputRefused(f"{said['record_type']!r} is no type of record", where=where, expected=", ".join(get_args(RecordType)))
    columns = {fold_word(name): _target(name, value, text, where) for name, value in said["columns"].items()}
    types = {str(kind).lower(): str(made) for kind, made in said.get("types", {}).items()}
    wrong = next((made for made in types.values() if made not in get_args(RecordType)), None)
    if wrong:
        raise InputRefused(f"{wrong!r} is no type of record", where=_at(where, text, "types"), expected=", ".join(get_args(RecordType)))
    return TableMapping(
        said["name"], said["label"], tuple(map(str, said["header"])), columns, types,
        said.get("record_type", "article_report"), said.get("tried", True),
    )  # fmt: skip


def mapping_at(file: Path) -> Format:
    """The format that one file of a mapping describes. Raises NotFound where it is missing, InputRefused for what it must not say."""
    try:
        text = file.read_text(encoding="utf-8")
        return replace(mapping(text, file.name), text=text).format()
    except (OSError, UnicodeDecodeError) as error:
        raise NotFound(f"{file} cannot be read as a mapping: {error}", next_step="see docs/formats.md for a whole one") from error


def mappings_in(folder: Path) -> list[Format]:
    """The formats that the files ``*.toml`` of *folder* describe, by name of file; none where there is no such folder."""
    return [mapping_at(file) for file in sorted(folder.glob("*.toml"))]


def _target(name: str, value: Any, text: str, where: str) -> Column:
    said = value if isinstance(value, dict) else {"to": value}
    target, parts, end = said.get("to"), said.get("split", ""), said.get("end", "")
    if target not in TARGETS or not isinstance(parts, str) or not isinstance(end, str):
        raise InputRefused(
            f"the column {name!r} leads to {target!r}, which is no field",
            where=_at(where, text, name),
            expected=", ".join(TARGETS),
            next_step=near(str(target), TARGETS),
        )
    return Column(target, parts, end)


def _at(where: str, text: str, key: str) -> str:
    line = next((n for n, line in enumerate(text.splitlines(), start=1) if re.match(rf'\s*\[?"?{re.escape(key)}\b', line)), 0)
    return f"{where}:{line}" if line else where


@lru_cache(maxsize=1)
def _shipped() -> tuple[TableMapping, ...]:
    folder = files("review.records.formats") / "tables"
    named = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return tuple(mapping(file.read_text(encoding="utf-8"), file.name) for file in named)


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    """Every column name, folded, that a shipped mapping knows."""
    return frozenset(name for one in _shipped() for name in one.columns) | _TITLES


@lru_cache(maxsize=8)
def _layout(head: str, known: frozenset[str]) -> Layout | None:
    if head.lstrip()[:1] in ("{", "[", "<", "%") or re.match(r"\s*[A-Z][A-Z0-9]\s{1,2}-", head):
        return None  # another kind of file, whose text may hold the names of columns
    return layout(head, known)


def _layout_of(kind: TableMapping, source: Source) -> Layout | None:
    return _layout(source.head_text, _known() | frozenset(kind.columns))


def _sure(kind: TableMapping, source: Source) -> float:
    """How sure a table is of this kind: all its own columns are there, and the more of them the surer."""
    found = _layout_of(kind, source)
    if found is None:
        return 0.0
    if kind.name == GENERIC:
        return 0.5 if {fold_word(c) for c in found.columns} & _TITLES else 0.0
    return min(0.6 + 0.03 * len(kind.header), 0.95) if found.has(kind.header) else 0.0


def _marks(source: Source) -> int | None:
    found = _layout(source.head_text, _known())
    return count(source, found) if found else None


def _read(kind: TableMapping, source: Source, context: Context) -> Iterator[Item]:
    found = _layout_of(kind, source)
    if found is None:
        yield Refusal(source.name, f"no row of names was found that a table of '{kind.label}' has", 1)
        return
    seen = Repeats()
    lines = source.lines()
    for index, row in enumerate(rows(lines, found)):
        if lines.has_long(row.lines):
            yield Refusal(source.name, f"a line of this row is longer than {LINE_LIMIT:,} bytes", row.lines[0], row.text[:80])
        else:
            yield _record(kind, source, context, found, row, index, seen)
    yield from lines.problems()


def _record(kind: TableMapping, source: Source, context: Context, found: Layout, row: Row, index: int, seen: Repeats) -> Record | Refusal:
    values = [Value(name, cell, row.lines) for name, cell in zip(found.columns, row.cells, strict=False) if cell.strip()]
    columns = {name: kind.columns.get(fold_word(name), Column("extra")) for name in found.columns}
    if not any(columns[v.tag].target in _TELLING or read_note(v.text) for v in values):
        return Refusal(source.name, "the row has no title, no abstract and no number", row.lines[0], row.text[:80])
    draft = article(
        [part for v in values for part in _parts(v, columns[v.tag])],
        {name: column.target for name, column in columns.items()},
        kind.types,
        record_type=kind.record_type,
    )
    remark_on_row(draft, found, row)
    for value in values:
        column = columns[value.tag]
        if column.target in _AUTHORS and (column.split or ";") not in value.text and (note := doubt(value.text)):
            draft.problem(ProblemCode.AUTHORS_UNSPLIT, "publication.authors", note, row.lines)
    draft.note(record_index=index, raw_span=row.lines)
    return draft.finish(source_format=kind.name, context=context, entry=row.text, n=seen.count(row.text), parser_version=kind.version)


def _parts(value: Value, column: Column) -> Iterator[Value]:
    """The values of a cell that holds several: parted by the sign of its *column*, or written as a list."""
    sign, whole = column.split, value.text.rstrip().removesuffix(column.end)
    if sign and _LIST.fullmatch(value.text):
        for one in _LISTED.findall(value.text):
            text = next(part for part in one if part) if any(one) else ""
            if text.strip():
                yield Value(value.tag, text.replace("\\'", "'").replace('\\"', '"').strip(), value.lines)
        return
    parts = whole.split(sign) if sign else [whole]
    if sign == "," and column.target in _AUTHORS:  # PubMed sets a group apart from the people by a semicolon
        parts = [one for part in parts for one in part.split(";")]
    for part in (persons_in(whole) if len(parts) == 1 and column.target in _AUTHORS else None) or parts:
        if part.strip():
            yield Value(value.tag, part.strip(), value.lines)


FORMATS: Final = [one.format() for one in _shipped()]
