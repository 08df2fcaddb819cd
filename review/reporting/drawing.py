"""How a flow is drawn, as far as a review may choose: reasons, totals, footnotes, width. It refuses a choice that there is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from review.errors import InputRefused, near

REASONS = ("full_text", "both")
WIDTHS = (174, 85)  # of two columns of a journal, and of one
_MARKS = "*†‡§‖¶"


@dataclass(frozen=True)
class Drawing:
    """The choices for one diagram.

    reasons        'full_text', or 'both' to give the reasons at title and abstract too
    total_reports  False leaves the reports out of the totals
    footnotes      {field: note}: a mark behind that field's line, and the note below the boxes
    width          mm: 174, or 85 for one column of a journal; only a diagram of one lane is so narrow
    """

    reasons: Literal["full_text", "both"] = "full_text"
    total_reports: bool = True
    footnotes: Mapping[str, str] = field(default_factory=dict)
    width: int = 174

    def __post_init__(self) -> None:
        if self.reasons not in REASONS:
            raise InputRefused(
                f"{self.reasons!r} is no choice of reasons", expected=", ".join(REASONS), next_step=near(self.reasons, REASONS)
            )
        if self.width not in WIDTHS:
            raise InputRefused(f"a flow is not drawn {self.width!r} mm wide", expected=" or ".join(map(str, WIDTHS)))

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Drawing:
        """The choices from keywords. Raises InputRefused for one that there is not."""
        known = [one.name for one in fields(cls)]
        for name in options:
            if name not in known:
                raise InputRefused(f"a flow is not drawn with {name!r}", expected=", ".join(known), next_step=near(name, known))
        return cls(**options)


def mark(at: int) -> str:
    """The mark of the footnote at this place, from 0: * † ‡ § ‖ ¶ ** …"""
    return _MARKS[at % len(_MARKS)] * (at // len(_MARKS) + 1)
