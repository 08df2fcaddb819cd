"""Records: searches, imports, and the readers that turn files into records. Names are loaded when asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_WHERE = {
    "read": "review.records.reading",
    "read_bytes": "review.records.reading",
    "entries": "review.records.reading",
    "Entries": "review.records.reading",
    "Reading": "review.records.reading",
    "Refusal": "review.records.formats",
    "record_id": "review.records.build",
}
__all__ = ["Entries", "Reading", "Refusal", "entries", "read", "read_bytes", "record_id"]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
