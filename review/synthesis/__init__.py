"""Synthesis: effects pooled across studies; pure numbers, without the ledger."""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Bound here, for each has the name of its module, which would stand in its place once it is loaded.
from review.synthesis.effects import effects as effects
from review.synthesis.pool import pool as pool

# Resolved when asked for: scipy and pandas are loaded by what needs them.
_HOMES = {
    "Effects": "review.synthesis.effects",
    "Guard": "review.synthesis.guards",
    "Pooled": "review.synthesis.pool",
    "Row": "review.synthesis.dataset",
    "Shown": "review.synthesis.guards",
    "SynthesisSettings": "review.synthesis.settings",
    "back": "review.synthesis.measures",
    "change_scores": "review.synthesis.change",
    "check": "review.synthesis.guards",
    "for_pooling": "review.synthesis.guards",
    "over_correlations": "review.synthesis.effects",
}

__all__ = sorted([*_HOMES, "effects", "pool"])


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'review.synthesis' has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return __all__
