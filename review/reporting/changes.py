"""What changed between two dates, as a value: sections of lines, each with the ids that it is about and the facts behind it.

It shows a viewer nothing that the rooms do not show at these two dates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

from review.errors import InputRefused
from review.ledger.moments import as_of_limit
from review.reporting.changes_found import Change, Section, sections
from review.reporting.flow import Flow
from review.reporting.rooms import Rooms
from review.reporting.updating import updated_flow

__all__ = ["Change", "Changes", "Section", "changes"]


@dataclass(frozen=True)
class Changes(Sequence[str]):
    """The sections, and the flow of the update between the two dates. As a sequence it is its lines; printed, with their headings."""

    before: str
    after: str
    sections: tuple[Section, ...]
    flow: Flow
    note: str = ""

    @property
    def lines(self) -> list[str]:
        """Every line, those that say more indented below theirs."""
        return [line for section in self.sections for change in section.changes for line in change.lines]

    def __len__(self) -> int:
        return len(self.lines)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: Any) -> Any:
        return self.lines[at]

    def __iter__(self) -> Iterator[str]:
        return iter(self.lines)

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self.lines))

    def __str__(self) -> str:
        if not self.sections:
            return "Nothing changed."
        parts = [f"{section.title}\n" + "\n".join(f"  {line}" for c in section.changes for line in c.lines) for section in self.sections]
        return "\n".join([*([self.note] if self.note else []), *parts])

    __repr__ = __str__


def changes(before: Rooms, after: Rooms) -> Changes:
    """What *after* has that *before* had not, or otherwise; without sections when nothing changed.

    Raises InputRefused for dates in the wrong order, for one that is no date, and where nothing is recorded at either.
    """
    first, last = before.as_of, after.as_of
    if first and last and as_of_limit(first) > as_of_limit(last):
        raise InputRefused(
            f"{first} is after {last}", where="diff", expected="the earlier date first", next_step=f"review diff {last} {first}"
        )
    note = ""
    if not before.heads:
        begins = next((event.at[:10] for event in before.seat.snapshots.ledger.events()), "")
        note = f"Nothing was recorded by {first}; the first entry is of {begins}." if begins else "Nothing is recorded yet."
        if not after.heads:
            raise InputRefused(note, where="diff", expected="a date on which something was recorded", next_step=_next(begins))
    with before.seat.still(), after.seat.still():
        update = updated_flow(before, after)
        return Changes(first, last, tuple(sections(before, after, update)), update, note)


def _next(begins: str) -> str:
    return f"give dates from {begins} on" if begins else "record a search first: review search …"
