"""An event as one line of ``ledger.jsonl``, and back. The body stands last and untouched, so that the stored bytes survive."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from review.errors import InputRefused, LedgerBroken
from review.ledger.chain import COLUMNS, event_id

Row = tuple[Any, ...]  # the values of an event in the order of COLUMNS

# the order of the names on a line; what has no value is left out
_ORDER = ("at", "origin", "seq", "actor", "kind", "schema", "subject", "replaces", "withdraws", "token", "prev", "id")
_PLACES = tuple((name, COLUMNS.index(name)) for name in _ORDER)
_BODY = COLUMNS.index("body")
_NUMBERS = frozenset({"seq", "schema"})
_OPTIONAL = frozenset({"replaces", "withdraws", "token"})
_MARK = b',"body":'  # cannot occur inside a text of a line, where each quotation mark is preceded by a backslash
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_ORIGIN = re.compile(r"[^\s~]+(~[0-9a-f]{16})?")
_LARGEST = 2**53
_CONFLICT = (b"<<<<<<<", b"=======", b">>>>>>>")


def line_of(row: Sequence[Any]) -> bytes:
    """The line of a stored row, with its end. Equal rows give equal bytes."""
    head = {name: row[place] for name, place in _PLACES if row[place] is not None}
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    return f'{text[:-1]},"body":{row[_BODY]}}}\n'.encode()


def rows_of(lines: Iterable[bytes], name: str) -> Iterator[tuple[int, Row]]:
    """Each line's number and row, with its id checked against its columns. Empty lines are passed over.

    name: what the lines come from, for the messages. Raises InputRefused for a line that is no event, LedgerBroken for one
    that was changed.
    """
    for number, line in enumerate(lines, start=1):
        line = line.rstrip(b"\r\n")
        if not line:
            continue
        row = _row(line, f"{name}, line {number}")
        if event_id(row) != row[-1]:
            raise LedgerBroken(
                "this event was changed after it was written: its id does not follow from its columns",
                where=f"{name}, line {number}",
                expected=f"the columns that give id {row[-1]}",
                next_step="take the file as it was exported, from its history or from a backup",
            )
        yield number, row


def _row(line: bytes, where: str) -> Row:
    if line.startswith(_CONFLICT):
        raise InputRefused(
            "two versions of this file were left side by side by a version-control merge", where=where,
            next_step="take either version whole, then `review merge` the other: it is a union and loses nothing",
        )  # fmt: skip
    try:
        text = line.decode("utf-8")
        parsed = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise InputRefused(f"this is not a line of a ledger ({problem})", where=where, expected="one event as JSON") from problem
    mark = line.find(_MARK)
    if not isinstance(parsed, dict) or not isinstance(parsed.get("body"), dict) or mark < 0 or list(parsed)[-1] != "body":
        raise InputRefused("this is not a line of a ledger", where=where, expected="one event, its body last")
    head = {name: parsed[name] for name in parsed if name != "body"}
    wrong = sorted(set(head) ^ set(_ORDER) - (_OPTIONAL - set(head)))
    wrong += [name for name, value in head.items() if type(value) is not (int if name in _NUMBERS else str) and name not in wrong]
    if not wrong:
        wrong += [name for name in sorted(_NUMBERS) if not 0 < head[name] < _LARGEST]
        wrong += [name for name, form in (("at", _AT), ("origin", _ORIGIN)) if not form.fullmatch(head[name])]
    if wrong:
        raise InputRefused("unknown, missing or mistyped: " + ", ".join(wrong), where=where, expected="the columns of one event")
    head["body"] = line[mark + len(_MARK) : -1].decode("utf-8")
    return tuple(head.get(column) for column in COLUMNS)
