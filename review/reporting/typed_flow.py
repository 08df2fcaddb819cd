"""A flow of numbers that somebody typed: drawn like any other, marked as typed, and its sums checked. No ids stand behind it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from review.reporting.flow import Drawn, unit_of
from review.reporting.flow_text import alone, wording
from review.reporting.labels import Labels

_ELSEWHERE = ("website_results", "organisation_results", "citations_results")
_PREVIOUS = ("previous_studies", "previous_reports")
_OTHER = (*_ELSEWHERE, "other_sought_reports", "other_notretrieved_reports", "other_assessed", "other_excluded")


@dataclass(frozen=True)
class TypedBox:
    """A number as typed, and its lines by source or reason."""

    field: str
    n: int
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def unit(self) -> str:
        """records, reports or studies."""
        return unit_of(self.field)

    @property
    def ids(self) -> tuple[str, ...]:
        """None: nobody knows what was counted."""
        return ()

    @property
    def by(self) -> Mapping[str, tuple[str, ...]]:
        """None either."""
        return {}


@dataclass(frozen=True)
class TypedFlow(Drawn):
    """A flow whose numbers were typed; ``notes`` say so, and what does not add up."""

    template: str
    boxes: Mapping[str, TypedBox]
    notes: tuple[str, ...]
    labels: Labels = field(repr=False, compare=False)
    as_of: str = ""
    heads: Mapping[str, str] = field(default_factory=dict)

    def identities(self) -> list[tuple[str, bool, str]]:
        """(id, holds, message) of each rule that numbers alone can keep or break; a message names the numbers."""
        return _identities(self.boxes, wording(self, self.labels))

    def to_json(self) -> str:
        """The flow as JSON: template, boxes with n and counts, identities, notes; ``typed`` says that there are no ids."""
        return json.dumps(
            {
                "template": self.template,
                "typed": True,
                "boxes": {name: {"n": box.n, "counts": dict(box.counts)} for name, box in self.boxes.items()},
                "identities": [{"id": i, "holds": holds, "message": message} for i, holds, message in self.identities()],
                "notes": list(self.notes),
            },
            ensure_ascii=False,
            indent=1,
        )


def typed_flow(boxes: Mapping[str, TypedBox], source: str, labels: Labels) -> TypedFlow:
    """The flow of these numbers from the file *source*; its template follows from the lanes that have any."""
    template = ("upd" if _any(boxes, _PREVIOUS) else "new") + ("_v2" if _any(boxes, _OTHER) else "_v1")
    empty = TypedFlow(template, dict(boxes), (), labels)
    broken = [message for _, holds, message in empty.identities() if not holds]
    notes = [labels.say("flow.note.typed", file=source), *(labels.say("flow.note.broken", what=message) for message in broken)]
    notes += _left(boxes, labels)
    return replace(empty, notes=tuple(notes))


def _any(boxes: Mapping[str, TypedBox], fields: tuple[str, ...]) -> bool:
    return any(name in boxes for name in fields)


Side = tuple[tuple[str, int], ...]  # fields with the sign with which each counts


def _sum(*fields: str, less: tuple[str, ...] = ()) -> Side:
    return (*((name, 1) for name in fields), *((name, -1) for name in less))


_PASSED = (*_sum("dbr_assessed", less=("dbr_excluded",)), *_sum("other_assessed", less=("other_excluded",)))
_EQUAL, _MOST = "=", "≤"
_NOT = {_EQUAL: "≠", _MOST: ">"}
_REMOVED = ("duplicates", "excluded_automatic", "excluded_other")
# What numbers alone can tell. What waits, ongoing and awaiting reports, and duplicates between the lanes, have no place in that file: where
# they may stand between two numbers the rule is "at most". Last the fields without which nothing can be said; others absent count as none.
_RULES: tuple[tuple[str, Side, str, Side, tuple[str, ...]], ...] = (
    ("I1", _sum("database_results", "register_results"), _EQUAL, _sum(*_REMOVED, "records_screened"), ("records_screened",)),
    ("I2", _sum("records_excluded", "dbr_sought_reports"), _MOST, _sum("records_screened"), ("records_screened", "dbr_sought_reports")),
    ("I5", _sum("dbr_notretrieved_reports", "dbr_assessed"), _MOST, _sum("dbr_sought_reports"), ("dbr_sought_reports", "dbr_assessed")),
    (
        "I5", _sum("other_notretrieved_reports", "other_assessed"), _MOST, _sum("other_sought_reports"),
        ("other_sought_reports", "other_assessed"),
    ),
    ("I6", _sum("dbr_excluded"), _MOST, _sum("dbr_assessed"), ("dbr_excluded", "dbr_assessed")),
    ("I6", _sum("other_excluded"), _MOST, _sum("other_assessed"), ("other_excluded", "other_assessed")),
    ("I7", _sum("new_reports"), _MOST, _PASSED, ("new_reports", "dbr_assessed")),
    ("I10", _sum("other_sought_reports"), _MOST, _sum(*_ELSEWHERE), ("other_sought_reports",)),
    ("I12", _sum("total_studies"), _MOST, _sum("previous_studies", "new_studies"), ("total_studies", "new_studies")),
    ("I12", _sum("new_studies"), _MOST, _sum("total_studies"), ("total_studies", "new_studies")),
    ("I13", _sum("total_reports"), _MOST, (*_sum("previous_reports"), *_PASSED), ("total_reports", "dbr_assessed")),
    ("I13", _sum("new_reports"), _MOST, _sum("total_reports"), ("total_reports", "new_reports")),
)  # fmt: skip
_LEAVES = ("I2", "I5")  # each reads: what comes after a number ≤ that number
_COMPARE: dict[str, Callable[[int, int], bool]] = {_EQUAL: lambda left, right: left == right, _MOST: lambda left, right: left <= right}


def _identities(boxes: Mapping[str, TypedBox], words: Labels) -> list[tuple[str, bool, str]]:
    found: dict[str, list[str]] = {}
    for name, left, sign, right, needed in _RULES:
        if not all(field in boxes for field in needed):
            continue
        found.setdefault(name, [])
        if not _COMPARE[sign](_value(boxes, left), _value(boxes, right)):
            found[name].append(f"{_said(boxes, left, words)} {_NOT[sign]} {_said(boxes, right, words)}")
    found["I9"] = list(_lines(boxes, words))
    order = sorted(found, key=lambda name: int(name[1:]))
    return [(name, not found[name], "; ".join(found[name])) for name in order]


def _left(boxes: Mapping[str, TypedBox], words: Labels) -> Iterator[str]:
    """What of a number is in no box below it: what waits has no place in that file, and what is missing cannot be told from it."""
    for name, parts, _, (whole, *_), needed in _RULES:
        field = whole[0]
        left = boxes[field].n - _value(boxes, parts) if name in _LEAVES and all(one in boxes for one in needed) else 0
        if left > 0:
            yield words.say("flow.note.typed_left", box=alone(field, words), n=words.number(boxes[field].n), left=words.number(left))


def _value(boxes: Mapping[str, TypedBox], side: Side) -> int:
    return sum(sign * boxes[field].n for field, sign in side if field in boxes)


def _said(boxes: Mapping[str, TypedBox], side: Side, words: Labels) -> str:
    """One side in words: each number with its name; an absent one is left out."""
    parts = [("+" if sign > 0 else "−", alone(field, words), words.number(boxes[field].n)) for field, sign in side if field in boxes]
    return " ".join(f"{sign} {name} ({n})" for sign, name, n in parts).removeprefix("+ ")


def _lines(boxes: Mapping[str, TypedBox], words: Labels) -> Iterator[str]:
    for name, box in boxes.items():
        if box.counts and sum(box.counts.values()) != box.n:
            parts = " + ".join(f"{line} ({words.number(n)})" for line, n in box.counts.items())
            yield f"{alone(name, words)} ({words.number(box.n)}) {_NOT[_EQUAL]} {parts}"
