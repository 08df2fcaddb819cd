"""A toolkit for systematic reviews in which every number can be traced to a decision and a quoted line."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# Resolved when asked for, so that `import review` loads neither pandas nor a notebook.
_HOMES = {
    "Event": "review.model.event",
    "Flow": "review.reporting.flow",
    "Protocol": "review.protocol",
    "Receipt": "review.records.receipt",
    "Record": "review.model.record",
    "Review": "review.project",
    "ReviewError": "review.errors",
    "load_tool": "review.bias",
    "read": "review.records",
}

__all__ = sorted([*_HOMES, "__version__"])


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'review' has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return __all__
