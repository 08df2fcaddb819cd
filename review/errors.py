"""Every error of the toolkit, in one tree. A message says where, what was expected, and what to do next.

ReviewError
├── InputRefused            a file, a line or a value that cannot be taken as it is
│   ├── FormatUnknown       no reader recognises the content, or two do equally
│   ├── ProtocolInvalid     review.toml: every problem at once
│   ├── ToolInvalid         an appraisal tool file
│   ├── FormInvalid         an extraction form: every problem at once
│   ├── AnswerRefused       an answer that the appraisal tool does not allow
│   └── GuardRefused        effects that must not be pooled; every guard that refuses is named
├── NotFound                an id, a name or a file that is not there (near matches are named)
├── ProjectNotFound         no review.toml here or above
├── NotAllowed              this viewer may not see or do this
├── LedgerError
│   ├── EventRefused        an event whose body, time or target is not acceptable
│   ├── TokenReused         one token, two different facts
│   ├── LedgerBusy          another process held the ledger for too long
│   ├── LedgerBroken        stored bytes differ from what was written
│   ├── NewerSchema         facts written by a newer release; the view that needs them is refused
│   └── StoreRefused        a place where the ledger cannot be kept safely
└── ReportError
    ├── ParameterRefused    an unknown, missing or mistyped notebook parameter
    ├── NotebookFailed      a notebook stopped; its traceback is kept
    └── IdentityBroken      a PRISMA identity does not hold; the ids are named
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Protocol


class ReviewError(Exception):
    """Base of all errors. ``where``, ``expected`` and ``next_step`` are also kept apart for the doors."""

    def __init__(self, message: str, *, where: str = "", expected: str = "", next_step: str = "") -> None:
        self.message, self.where, self.expected, self.next_step = message, where, expected, next_step
        super().__init__(message)

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        if self.expected:
            text += f"\n  expected: {self.expected}"
        if self.next_step:
            text += f"\n  next: {self.next_step}"
        return text


class Refusing(Protocol):
    """What ``GuardRefused`` is told by: a guard of review.synthesis."""

    @property
    def code(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def instead(self) -> str: ...


class InputRefused(ReviewError):
    """A file, a line or a value cannot be taken as it is."""


class FormatUnknown(InputRefused):
    """No reader recognises the content, or two recognise it equally."""


class ProtocolInvalid(InputRefused):
    """review.toml has problems; all of them are listed at once."""


class ToolInvalid(InputRefused):
    """An appraisal tool file does not hold what it must."""


class FormInvalid(InputRefused):
    """An extraction form does not hold what it must; all problems of the file are listed at once."""


class AnswerRefused(InputRefused):
    """An answer that the appraisal tool does not allow at this place."""


class GuardRefused(InputRefused):
    """Effects that must not be pooled. ``guards`` holds every guard that refuses: code, message, what to do instead."""

    def __init__(self, guards: Sequence[Refusing]) -> None:
        self.guards = tuple(guards)
        message = "; ".join(f"{guard.code}: {guard.message}" for guard in self.guards)
        super().__init__(message, next_step=" ".join(dict.fromkeys(guard.instead for guard in self.guards)))


class NotFound(ReviewError):
    """An id, a name or a file is not there."""


class ProjectNotFound(ReviewError):
    """No review.toml in this folder or above it."""


class NotAllowed(ReviewError):
    """This viewer may not see or do this."""


class LedgerError(ReviewError):
    """Base of everything that the ledger refuses or finds."""


class EventRefused(LedgerError):
    """An event whose body, time or target is not acceptable."""


class TokenReused(LedgerError):
    """One token was sent with two different facts."""


class LedgerBusy(LedgerError):
    """Another process held the ledger for too long."""


class LedgerMoved(LedgerError):
    """The same person wrote on the same subject meanwhile, from another window: read again."""


class LedgerBroken(LedgerError):
    """Stored bytes differ from what was written."""


class NewerSchema(LedgerError):
    """Facts written by a newer release; the view that needs them is refused."""


class StoreRefused(LedgerError):
    """A place where the ledger cannot be kept safely."""


class ReportError(ReviewError):
    """Base of everything that stops a report."""


class ParameterRefused(ReportError):
    """An unknown, missing or mistyped notebook parameter."""


class NotebookFailed(ReportError):
    """A notebook stopped; its traceback is kept beside the reports."""


class IdentityBroken(ReportError):
    """A PRISMA identity does not hold; the ids are named."""


def near(name: str, known: Iterable[str]) -> str:
    """A sentence with the near matches of *name*, else the accepted values; for ``next_step``."""
    options = sorted(known)
    close = get_close_matches(name, options, n=3, cutoff=0.6)
    if close:
        return "did you mean " + " or ".join(repr(c) for c in close) + "?"
    return "one of: " + ", ".join(options) if options else "there is none yet"


_LISTED = 20  # of many that are known, so many are listed


def near_named(name: str, known: Iterable[tuple[str, str]]) -> str:
    """As ``near``, of what has a label and an id (given in this order) and is taken by either: both are said, and of many the first.

    >>> near_named("Alder 2105", [("Alder 2015", "stu:1"), ("Cedar 2017", "stu:2")])
    "did you mean 'Alder 2015' (stu:1)?"
    """
    pairs = sorted(dict.fromkeys(known))
    close = get_close_matches(name, [word for pair in pairs for word in pair], n=3, cutoff=0.6)
    meant = [pair for pair in pairs if set(pair) & set(close)]
    if close:
        return "did you mean " + " or ".join(f"{label!r} ({one})" for label, one in meant[:3]) + "?"
    said = ", ".join(f"{label} ({one})" for label, one in pairs[:_LISTED])
    more = f" and {len(pairs) - _LISTED:,} more" if len(pairs) > _LISTED else ""
    return f"one of: {said}{more}" if pairs else "there is none yet"
