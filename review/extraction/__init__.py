"""Values with unit, quotation and location, pre-filled or by people; contacts; conversions. Names are loaded when asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_WHERE = {name: "review.extraction.conversions" for name in ("CONVERSIONS", "Conversion", "Derived", "derive")}
__all__ = ["CONVERSIONS", "Conversion", "Derived", "derive"]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
