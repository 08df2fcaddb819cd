"""Screening by two people blind to each other: decisions, conflicts, retrieval, agreement; and an order of reading that learns.

Names are loaded when asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_WHERE = {
    "rank": "review.screening.ranking",
    "loss": "review.screening.metrics",
    "recall_at": "review.screening.metrics",
    "atd": "review.screening.metrics",
    "wss": "review.screening.metrics",
    "probability_recall_missed": "review.screening.stopping",
}
__all__ = ["atd", "loss", "probability_recall_missed", "rank", "recall_at", "wss"]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
