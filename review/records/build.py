"""Puts a record together: every value goes in with the lines it was read from, every doubt with its code.

A format fills a ``RecordDraft`` and ends with ``finish``. What it does not put in stays null or empty; it cannot put in an
empty value, and a word that is in no table becomes a problem, not a guess.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any
from urllib.parse import unquote, urlsplit

from review.model.identifiers import Found, find, recognise
from review.model.record import CountType, DateStruct, Eligibility, Identifier, Kind, Lines, Problem, ProblemCode, Record
from review.records.criteria import header_group
from review.records.dates import is_month_end, parse_date
from review.records.lines import Line, Page, span_of
from review.records.remarks import remarks
from review.records.vocabulary import Table, look_up
from review.text import canonical_text, fold_blanks

Where = Lines | Line | Iterable[Line] | None
PARSER_VERSION = "1"
PART = "part_of_number"  # in ``derived``: which of the entries under one number this is, such as the member state in the EU register
_STATE = re.compile(r"-([A-Z]{2}|Outside-EU/EEA|3rd)$", re.I)


@dataclass(frozen=True)
class Context:
    """What is known about a file from outside it. ``source`` is the searched source that record ids are made for."""

    file_name: str | None = None
    address: str | None = None
    source: str | None = None
    kind: Kind | None = None
    retrieved_date: str | None = None
    sha256: str | None = None
    bytes: int | None = None


_canonical = lru_cache(maxsize=2)(canonical_text)  # an entry is counted and then named


def record_id(source: str, canonical_entry: str, n: int) -> str:
    """The id of the *n*-th (from 1) identical entry of one file of *source*; the entry's text counts in NFC, blanks folded."""
    stamp = f"[{encode_basestring(source)},{encode_basestring(_canonical(canonical_entry))},{n}]"  # as JSON, without blanks
    return "rec:" + hashlib.sha256(stamp.encode("utf-8", errors="surrogatepass")).hexdigest()[:32]


class Repeats:
    """Counts the identical entries of one file, by eight bytes each, so that large files stay countable."""

    def __init__(self) -> None:
        self._seen: dict[bytes, int] = {}

    def count(self, entry: str) -> int:
        """The how-many-th time this *entry* occurs, counted from 1; blanks do not count."""
        key = hashlib.blake2b(_canonical(entry).encode("utf-8", "surrogatepass"), digest_size=8).digest()
        self._seen[key] = n = self._seen.get(key, 0) + 1
        return n


class RecordDraft:
    """A record in the making. Paths are dotted as in ``field_spans``: ``dates.start``, ``eligibility.inclusion[3]``."""

    def __init__(self, record_type: str) -> None:
        self._values: dict[str, Any] = {"record_type": record_type}  # by path
        self._spans: dict[str, Lines] = {}
        self._problems: list[Problem] = []
        self._remarked: set[tuple[Any, ...]] = set()
        self._missing: list[str] = []
        self._known: set[tuple[str, str]] = set()  # the identifiers, to be found fast
        self._provenance: dict[str, Any] = {}
        self.derived: dict[str, Any] = {}

    def put(self, path: str, value: Any, where: Where = None) -> None:
        """Sets one field; None, empty text and empty lists are not put in."""
        if isinstance(value, str):
            value = value.strip()
        if value is None or value == "" or (isinstance(value, (list, tuple)) and not value):
            return
        self._values[path] = value
        if where:
            self._note_span(path, where)

    def put_first(self, path: str, value: Any, where: Where = None) -> Any:
        """As ``put``, unless the field holds a value already; gives what it holds then."""
        held = self._values.get(path)
        if held is not None:
            return held
        self._values[path] = value
        if where:
            self._note_span(path, where)
        return value

    def add(self, path: str, value: Any, where: Where = None) -> str:
        """Appends one entry to a list field and returns its own path, ``conditions[0]``; an empty value gives ''."""
        if isinstance(value, str):
            value = value.strip()
        if value is None or value == "":
            return ""
        entries = self._values.setdefault(path, [])
        own = f"{path}[{len(entries)}]"
        entries.append(value)
        if where:
            self._note_span(own, where)
        return own

    def add_all(self, path: str, values: Iterable[tuple[Any, Where]]) -> None:
        """Appends entries that are not empty to a list field, each with its lines."""
        entries = self._values.setdefault(path, [])
        for n, (value, where) in enumerate(values, start=len(entries)):
            entries.append(value)
            if where:
                self._note_span(f"{path}[{n}]", where)

    def get(self, path: str) -> Any:
        """What was put in so far, else None."""
        return self._values.get(path)

    def word(self, path: str, table: Table, raw: str, where: Where = None) -> str | None:
        """Puts in the term of the printed word *raw*; an unknown word goes to ``extra`` with a problem."""
        raw = fold_blanks(raw)
        if not raw:
            return None
        term = look_up(table, raw)
        if term is None:
            self.unknown(path, raw, where)
        else:
            self.put(path, term, where)
        return term

    def unknown(self, path: str, raw: str, where: Where = None) -> None:
        """Keeps a printed value that could not be read, in ``extra`` under the field's name, with a problem."""
        self.keep(path, raw)
        self.problem(ProblemCode.UNKNOWN_WORD, path, f"'{raw}' is not a value known for this field; it was kept as printed", where)

    def date(
        self,
        field: str,
        raw: str,
        where: Where = None,
        *,
        label: str | None = None,
        inferred: bool = False,
        count_type: CountType | None = None,
        day_first: bool | None = None,
        month_end: bool = False,
    ) -> None:
        """Puts ``dates.<field>``. *label* only where the printed label may mean something else than the field.

        *month_end*: this site prints the last day of the month where the registry has the month alone; such a date is kept,
        its precision is left open, and a problem says why.
        """
        raw, path = fold_blanks(raw), f"dates.{field}"
        if not raw:
            return
        found = parse_date(raw, day_first=day_first)
        if found is None:
            self.keep(path, raw)
            self.problem(ProblemCode.UNREADABLE_DATE, path, f"'{raw}' is not a date with one reading; it was kept as printed", where)
            return
        doubtful = month_end and is_month_end(found.iso)
        self.put(
            path,
            DateStruct(
                date=found.iso,
                precision=None if doubtful else found.precision,
                type=count_type,
                confidence="inferred" if inferred else None,
                source_label=label,
                raw=raw,
            ),
            where,
        )
        if doubtful:
            note = f"{found.iso} is the last day of its month: the register may hold the month only"
            self.problem(ProblemCode.MONTH_END_DATE_PRECISION, path, note, where)

    def eligibility(self, value: Eligibility) -> None:
        """Puts in the criteria; their spans come from their own lines."""
        self._values["eligibility"] = value
        for group in ("inclusion", "exclusion", "unclassified"):
            for n, item in enumerate(getattr(value, group)):
                if item.lines:
                    self._spans[f"eligibility.{group}[{n}]"] = item.lines
        for name in ("preamble_inclusion", "preamble_exclusion"):
            if getattr(value, name) and value.raw_lines:
                self._spans[f"eligibility.{name}"] = value.raw_lines

    def undecide_criteria(self, page: Page) -> None:
        """Leaves open what the criteria under the only heading of a page that lost labels are: the other heading may be lost as well."""
        made = self.get("eligibility")
        lossy = any(problem.code == ProblemCode.LOSSY_CAPTURE and problem.field is None for problem in self._problems)
        if made and lossy and not {"inclusion", "exclusion"} <= {header_group(line) for line in page.filled}:
            items = sorted((*made.inclusion, *made.exclusion, *made.unclassified), key=lambda item: item.lines or (0, 0))
            self._spans = {path: span for path, span in self._spans.items() if not path.startswith("eligibility.")}
            self.eligibility(made.model_copy(update={"inclusion": (), "exclusion": (), "unclassified": tuple(items)}))

    def identifier(self, raw: str, where: Where = None, *, primary: bool = False, fallback: str | None = "ORG_STUDY_ID") -> str:
        """Adds the identifier that *raw* is; one of no known registry gets the type *fallback* (None: it is not added)."""
        raw = fold_blanks(raw)
        found = recognise(raw) if raw else None
        if not raw or (found is None and fallback is None):
            return ""
        role = "primary" if primary else "secondary"
        if found is None:
            entry = Identifier.model_validate({"type": fallback, "value": raw, "role": role})
        else:
            entry = as_identifier(found, role)
            if primary and found.type == "EUDRACT" and (state := _STATE.search(raw)):  # not part of the number, and one entry each
                self.derived[PART] = state[1].upper()
        return self.add_identifier(entry, where)

    def add_identifier(self, entry: Identifier, where: Where = None) -> str:
        """As ``add``, unless the record has the identifier already."""
        if self.knows(entry.type, entry.value):
            return ""
        self._known.add((entry.type, entry.value))
        return self.add("identifiers", entry, where)

    def knows(self, type: str, value: str) -> bool:
        """Whether the record has this identifier already."""
        held = self._values.get("identifiers") or ()
        if len(held) != len(self._known):  # some were put in otherwise
            self._known = {(one.type, one.value) for one in held}
        return (type, value) in self._known

    def identify_by_address(self, page: Page | None, context: Context, types: frozenset[str]) -> None:
        """Takes the primary identifier from the address of the page, where the text itself does not show it.

        The address that a person gives counts first, then those that an HTML page gives itself. An address that names another
        entry than the page shows is a problem, and the page is believed.
        """
        own = page.urls if page else ()
        given = [(url, "the address given for the page") for url in (context.address,) if url]
        for url, said in [*given, *((url, "the address that the page gives itself") for url in own)]:
            found = next((f for f in find(unquote(_path_of(url))) if f.type in types), None)
            if found is None:
                continue
            shown = next((i for i in self._values.get("identifiers", []) if i.role == "primary"), None)
            if shown is None:
                entries = self._values.setdefault("identifiers", [])
                self._values["identifiers"] = [as_identifier(found, "primary"), *(i for i in entries if i.value != found.value)]
                self._spans = {_shifted(path): span for path, span in self._spans.items()}
                note = f"{found.value} stands in {said}, not in its text"
                self.problem(ProblemCode.IDENTIFIER_FROM_ADDRESS, "identifiers[0]", note)
            elif shown.type == found.type and shown.value != found.value:
                note = f"the page shows {shown.value}, {said} names {found.value}; what the page shows was kept"
                self.problem(ProblemCode.IDENTIFIER_CONFLICT, "identifiers", note)

    def problem(self, code: ProblemCode | str, field: str | None, message: str, where: Where = None) -> None:
        """Adds a remark; the same remark on the same field and lines is added once."""
        lines = _lines(where)
        key = (code, field, message, lines)
        if key not in self._remarked:
            self._remarked.add(key)
            self._problems.append(Problem(code=ProblemCode(code), field=field, message=message, lines=lines))

    def keep(self, label: str, printed: str) -> None:
        """Keeps a printed value that no field of the schema holds, under its label, in ``extra``."""
        printed = printed.strip()
        if printed:
            self._values.setdefault("extra", {}).setdefault(label, []).append(printed)

    def span(self, path: str) -> Lines | None:
        """The lines of a field that was put in."""
        return self._spans.get(path)

    def not_on_page(self, *fields: str) -> None:
        """Fields that this kind of page never shows (a field that it shows empty is not among them)."""
        self._missing.extend(fields)

    def note(self, **provenance: Any) -> None:
        """Further provenance: ``record_url``, ``register_name``, ``site``, ``raw_span``, ``record_index`` …"""
        self._provenance.update(provenance)

    def finish(
        self,
        *,
        source_format: str,
        context: Context,
        page: Page | None = None,
        entry: str | None = None,
        n: int = 1,
        site: str | None = None,
        parser_version: str = PARSER_VERSION,
    ) -> Record:
        """The record. *entry* is its own text where the file holds several (else the whole page), *n* its count among equal ones."""
        text = entry if entry is not None else page.flat if page else ""
        values = self._nested()
        problems = [*(page.problems if page else ()), *self._problems]
        noted, derived = remarks(values)
        if noted:
            held = set(problems)
            problems += [p for p in noted if p not in held]
        own = any(i.role == "primary" for i in values.get("identifiers", []))
        if not own and (page or values["record_type"] == "trial_registration"):  # of articles many have none
            note = "the page shows no identifier; give its address or enter the number by hand"
            problems.append(Problem(code=ProblemCode.NO_IDENTIFIER, field="identifiers", message=note))
        provenance = {
            "source_format": source_format,
            "kind": context.kind or "capture",
            "parser": f"review.records.formats.{source_format}",
            "parser_version": parser_version,
            "site": site,
            "file_name": context.file_name,
            "source_url": context.address or (page.urls[0] if page and page.urls else None),
            "retrieved_date": context.retrieved_date,
            "field_spans": self._spans,
            "not_on_page": tuple(sorted(set(self._missing) - {_root(path) for path in self._spans})) if self._missing else (),
            **(_file_facts(page) if page else {"sha256": context.sha256, "bytes": context.bytes}),
            **self._provenance,
        }
        values |= {
            "record_id": record_id(context.source or source_format, text, n),
            "problems": tuple(problems),
            "derived": {**derived, **self.derived},
            "provenance": provenance,  # checked with the rest, at once
        }
        return Record.model_validate(values)

    def _nested(self) -> dict[str, Any]:
        """The values as a record has them: those of ``dates.start`` and its like within ``dates``."""
        nested: dict[str, Any] = {}
        for path, value in self._values.items():
            parent, dot, name = path.partition(".")
            if dot:
                nested.setdefault(parent, {})[name] = value
            else:
                nested[path] = value
        return nested

    def _note_span(self, path: str, where: Where) -> None:
        if type(where) is tuple and type(where[0]) is int:  # as each value of a citation has them
            self._spans[path] = where
        elif lines := _lines(where):
            self._spans[path] = lines


def as_identifier(found: Found, role: str) -> Identifier:
    """The identifier of a record for one that was found in text."""
    return Identifier(type=found.type, value=found.value, role=role, issuer=found.issuer)  # type: ignore[arg-type]


def _lines(where: Where) -> Lines | None:
    if where is None:
        return None
    if isinstance(where, tuple) and len(where) == 2 and isinstance(where[0], int):
        return where  # type: ignore[return-value]
    if isinstance(where, Line):
        return where.lines
    items = [line for line in where if isinstance(line, Line) and line.plain]
    return span_of(items) if items else None


def _file_facts(page: Page) -> Mapping[str, Any]:
    return {
        "sha256": page.sha256,
        "bytes": page.bytes,
        "lines": len(page.lines),
        "encoding": page.encoding,
        "newline": page.newline,
        "raw_span": (1, len(page.lines)) if page.lines else None,
    }


def _path_of(url: str) -> str:
    """Path and query of an address: the host is no evidence."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.path} {parts.query}" if parts.netloc else url


def _shifted(path: str) -> str:
    """``identifiers[0]`` as it is called after one was put before it."""
    found = re.fullmatch(r"identifiers\[(\d+)\]", path)
    return f"identifiers[{int(found[1]) + 1}]" if found else path


def _root(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0] if not path.startswith(("dates.", "eligibility.")) else path.split("[")[0]
