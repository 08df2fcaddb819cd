"""Synthesis: effects pooled across studies; pure numbers, without the ledger."""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Bound here, for each has the name of its module, which would stand in its place once it is loaded.
from review.synthesis.effects import effects as effects
from review.synthesis.pool import pool as pool

# Resolved when asked for: scipy and pandas are loaded by what needs them.
_HOMES = {
    "Asymmetry": "review.synthesis.small_study",
    "Effects": "review.synthesis.effects",
    "Filled": "review.synthesis.small_study",
    "Grid": "review.synthesis.grid",
    "Guard": "review.synthesis.guards",
    "Influence": "review.synthesis.leaving_out",
    "MetaRegression": "review.synthesis.moderators",
    "MixedModel": "review.synthesis.glmm",
    "Pooled": "review.synthesis.pool",
    "RankCorrelation": "review.synthesis.small_study",
    "Row": "review.synthesis.dataset",
    "Series": "review.synthesis.leaving_out",
    "Shown": "review.synthesis.guards",
    "Subgroups": "review.synthesis.moderators",
    "SynthesisSettings": "review.synthesis.settings",
    "Test": "review.synthesis.tables2x2",
    "back": "review.synthesis.measures",
    "begg": "review.synthesis.small_study",
    "change_scores": "review.synthesis.change",
    "check": "review.synthesis.guards",
    "cochran_mantel_haenszel": "review.synthesis.tables2x2",
    "cumulative": "review.synthesis.leaving_out",
    "egger": "review.synthesis.small_study",
    "for_pooling": "review.synthesis.guards",
    "influence": "review.synthesis.leaving_out",
    "leave_one_out": "review.synthesis.leaving_out",
    "mantel_haenszel": "review.synthesis.tables2x2",
    "meta_regression": "review.synthesis.moderators",
    "mixed_odds_ratio": "review.synthesis.glmm",
    "mixed_proportion": "review.synthesis.glmm",
    "over_correlations": "review.synthesis.effects",
    "peto": "review.synthesis.tables2x2",
    "sensitivity_grid": "review.synthesis.grid",
    "subgroups": "review.synthesis.moderators",
    "tarone": "review.synthesis.tables2x2",
    "trim_and_fill": "review.synthesis.small_study",
}

__all__ = sorted([*_HOMES, "effects", "pool"])


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'review.synthesis' has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return __all__
