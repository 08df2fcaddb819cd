"""Which records are one document, which reports are of one study, and what becomes of each study. Names are loaded when asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_WHERE = {
    "Duplicates": "review.studies.duplicates.find",
    "Explained": "review.studies.duplicates.explain",
    "explain_pairs": "review.studies.duplicates.explain",
    "find_duplicates": "review.studies.duplicates.find",
    "find_links": "review.studies.linking",
    "rank_links": "review.studies.link_ranking",
}
__all__ = ["Duplicates", "Explained", "explain_pairs", "find_duplicates", "find_links", "rank_links"]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
