"""The chain: the id of an event is a hash over its stored columns, one of which is the id of the event before it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

# the columns as they are hashed, in this order for ever; ``id`` follows from them
HASHED = ("origin", "seq", "at", "actor", "kind", "schema", "subject", "body", "replaces", "withdraws", "token", "prev")
COLUMNS = (*HASHED, "id")
FORK_MARK = "~"
_SEQ, _PREV, _ID = COLUMNS.index("seq"), COLUMNS.index("prev"), COLUMNS.index("id")


def event_id(columns: Sequence[Any]) -> str:
    """sha-256 over the stored bytes of every column of HASHED, each preceded by its length.

    columns: the values in the order of HASHED; None (no value) is told apart from an empty text.
    A tail that forked is hashed under the origin that wrote it.
    """
    parts = []
    for column in (writer(columns[0]), *columns[1 : len(HASHED)]):
        if column is None:
            parts.append(b"-:")
        else:
            data = str(column).encode("utf-8", "surrogateescape")
            parts.append(b"%d:" % len(data))
            parts.append(data)
    return hashlib.sha256(b"".join(parts)).hexdigest()


def writer(origin: Any) -> str:
    """The origin that wrote the events kept under this name: 'abc' for 'abc' and for its forked tail 'abc~0123'."""
    return str(origin).partition(FORK_MARK)[0]


def fork_name(origin: str, first_id: str) -> str:
    """The name under which a second tail of *origin* is kept; it follows from the first event of that tail.

    >>> fork_name("abc", "0123456789abcdef0123")
    'abc~0123456789abcdef'
    """
    return f"{writer(origin)}{FORK_MARK}{first_id[:16]}"
