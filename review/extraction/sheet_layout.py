"""What stands where in an extraction sheet: its columns, its rows with the viewer's own values and pre-fills, and how both are known again.

Another reviewer's values never stand in it, whether or not the viewer may see them elsewhere: extraction stays independent.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

from review.errors import InputRefused, NotFound, near
from review.extraction import state
from review.extraction.form_check import NUMBERS, Item
from review.extraction.forms import Form
from review.model.event import Event
from review.model.extraction import CellConfirmed
from review.model.plan import Outcome
from review.model.views import StudyView
from review.text import fold_blanks, line_ends, no_formula

LAYOUT: Final = 1  # another number: a sheet of an older layout is told of, not guessed at
RESULTS, CHOICES, INSTRUCTIONS = "Results", "Choices", "Instructions"
FORM: Final = "results"
KEYS: Final = ("arm", "outcome", "timepoint", "analysis_set")
PARTS: Final = ("quotation", "location", "unit")
_OWN: Final = frozenset({"row", "study", *KEYS, *PARTS, "study_id", "made_from", "sheet"})  # columns that are no item's
MEASURED: Final = frozenset({"mean", "sd", "se", "median", "q1", "q3", "minimum", "maximum"})  # in the unit of the row
LONGEST: Final = 32_000  # letters; a spreadsheet program cuts a cell at 32,767
SPARE: Final = 1_000  # empty rows with lists to choose from, for arms, outcomes and time points that nobody foresaw
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_STAMP = re.compile(r"extraction-sheet/(\d+) for (.+?), review ([0-9a-f]{8}), rows (\d+), ([0-9a-f]{12})")


@dataclass(frozen=True, slots=True)
class Column:
    """One column. role: 'row' and 'program' for the program, 'key', 'words' (of a whole row), 'value', 'own' (a value's words, or unit)."""

    id: str
    label: str
    role: Literal["row", "key", "words", "value", "own", "program"]
    item: Item | None = None
    help: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What one cell of the review holds for the viewer, as texts; '' for no unit. event: where it was recorded."""

    event: str
    value: str
    unit: str
    quotation: str
    location: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row: study × arm × outcome × time point × analysis set ('' for what it does not vary by), and what its cells hold by item."""

    study: StudyView
    arm: str
    outcome: str
    timepoint: str
    analysis_set: str
    held: Mapping[str, Held] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What it is about."""
        return (self.study.id, self.arm, self.outcome, self.timepoint, self.analysis_set)


@dataclass(frozen=True)
class Source:
    """What a sheet is made from and compared with: the forms in force, the studies, and every cell's events, for one viewer.

    cells: study id -> cell -> its events in ledger order. live: whether an event still stands. review: eight figures that name the review.
    """

    viewer: str
    review: str
    forms: Sequence[Form]
    outcomes: Sequence[Outcome]
    studies: Sequence[StudyView]
    cells: Mapping[str, Mapping[state.Key, Sequence[Event]]]
    live: Callable[[str], bool]
    event: Callable[[str], Event]

    def holds(self, study: str, key: state.Key) -> Held | None:
        """The viewer's own value of a cell, else what was pre-filled; None for neither."""
        events = self.cells.get(study, {}).get(key, ())
        own = [e for e in state.panel_of(events, needed=1).answers if e.actor == self.viewer]
        tools = [e for e in events if e.by_tool and self.live(e.id)]
        stands = own[-1] if own else state.preferred(tools) if tools else None
        return None if stands is None else self.told(stands)

    def told(self, event: Event) -> Held:
        """What *event* says, with the words of what it confirms where these are the viewer's or a tool's."""
        source = event
        if event.kind == CellConfirmed.kind:
            source = self.event(event.body["confirms"])
        own = source.by_tool or source.actor == self.viewer
        words = {part: (source.body.get(part) or "") if own else "" for part in ("quotation", "location")}
        return Held(event.id, event.body["value"], event.body["unit"] or "", **words)

    def label(self, study: StudyView) -> str:
        """The study's label, with its id where another has the same."""
        return study.label if self._labels[study.label] == 1 else f"{study.label} ({study.id})"

    @cached_property
    def _labels(self) -> Counter[str]:
        return Counter(study.label for study in self.studies)

    @cached_property
    def _named(self) -> Mapping[str, StudyView]:
        """Every name by which a sheet may call a study: its label, with its id where several have the same, and its ids."""
        return {name: study for study in reversed(self.studies) for name in (self.label(study), *study.subjects)}

    def named(self, name: str) -> StudyView | None:
        """The study that is called so, None where none is."""
        return self._named.get(name)


def items_of(forms: Sequence[Form]) -> tuple[Item, ...]:
    """The items that have a column: those of the form of results, and those of the project's forms that are repeated."""
    found = [i for f in forms if f.id == FORM or f.origin == "project" for i in f.items if i.repeat]
    return tuple({item.id: item for item in reversed(found)}[id] for id in dict.fromkeys(item.id for item in found))


def column_id(item: Item, part: str = "") -> str:
    """The name of an item's column, or of that of its words or unit; an item that is called like one of the sheet's own is told apart."""
    name = f"{item.id} (item)" if item.id in _OWN else item.id
    return f"{name}.{part}" if part else name


def columns_of(items: Sequence[Item]) -> tuple[Column, ...]:
    """Every column in order: the row, its words and unit, a value an item; then each value's own words; last what the program needs."""
    first = (
        Column("row", "Row", "row", help="Known to the program; empty in a row that you add."),
        Column("study", "Study", "key", help="One of the studies of the list."),
        Column("arm", "Arm", "key", help="Empty for what is of the whole study, or between arms."),
        Column("outcome", "Outcome", "key", help="Empty for what is of an arm as a whole, such as its role."),
        Column("timepoint", "Time point", "key", help="As the source says it, as '12 weeks'."),
        Column("analysis_set", "Analysis set", "key", help="As 'intention to treat'; empty where the source does not say."),
        Column("quotation", "Quotation for this row", "words", help="The words that the values you type into this row were read from."),
        Column("location", "Location for this row", "words", help="Where these words stand, as 'p. 5, table 2'."),
        Column("unit", "Unit of measurement", "words", help="Of means, medians and what belongs to them, in this row."),
    )
    values = tuple(Column(column_id(i), _head(i), "value", i, help=i.help) for i in items)
    own = tuple(Column(column_id(i, part), f"{i.label}: {part}", "own", i) for i in items for part in PARTS if part != "unit" or _units(i))
    last = tuple(
        Column(id, label, "program")
        for id, label in (("study_id", "Study id"), ("made_from", "Made from"), ("sheet", "Sheet"))
    )  # fmt: skip
    return (*first, *values, *own, *last)


def _units(item: Item) -> bool:
    """Whether its unit can be told cell by cell: one that is always the same stands in the head."""
    return item.type in NUMBERS and len(item.units) != 1


def _head(item: Item) -> str:
    unit = item.unit or (item.units[0] if len(item.units) == 1 else "")
    return f"{item.label} [{unit}]" if unit else item.label


def rows_of(source: Source, items: Sequence[Item], studies: Sequence[str] | None, outcomes: Sequence[str] | None) -> list[Row]:
    """The rows with values, and an empty one for each arm, each arm and outcome, and each outcome between arms that has none yet."""
    rows: list[Row] = []
    for study in _chosen(source, studies):
        wanted = _outcomes(source, outcomes)
        cells = {key: held for key in source.cells.get(study.id, {}) if (held := source.holds(study.id, key)) is not None}
        arms = list(dict.fromkeys(key[1] or "" for key in sorted(cells, key=lambda k: k[0] != "arm_role")))
        filled: dict[tuple[str, str, str, str], dict[str, Held]] = {}
        known = {item.id for item in items}
        for key, held in cells.items():
            if key[0] in known and (outcomes is None or not key[2] or any(o.called(key[2]) for o in wanted)):
                filled.setdefault((key[1] or "", key[2] or "", key[3] or "", key[4] or ""), {})[key[0]] = held
        rows += _ordered(study, [arm for arm in arms if arm], wanted, filled)
    return rows


def _ordered(
    study: StudyView, arms: Sequence[str], wanted: Sequence[Outcome], filled: Mapping[tuple[str, str, str, str], Mapping[str, Held]]
) -> Iterator[Row]:
    """The rows of one study: what is of an arm as a whole, then by outcome each arm, then between arms, at the times that are known."""
    known = list(dict.fromkeys(key[1] for key in filled if key[1]))
    new = [outcome.name for outcome in wanted if not any(map(outcome.called, known))]
    for outcome in ("", *known, *new):
        times = sorted({key[2:] for key in filled if key[1] == outcome}) or [("", "")]
        for arm in (*arms, ""):
            for key in ((arm, outcome, *time) for time in times):
                if key in filled:
                    yield Row(study, *key, held=filled[key])
                elif outcome or (arm and key[2:] == ("", "")) or not arms:
                    yield Row(study, *key)


def _chosen(source: Source, studies: Sequence[str] | None) -> list[StudyView]:
    """The studies that are named; else those whose pages were pre-filled, or of which the viewer recorded a value."""
    if studies is None:
        found = [s for s in source.studies if any(source.holds(s.id, key) is not None for key in source.cells.get(s.id, {}))]
        if not found:
            raise InputRefused("no study has reached extraction", next_step="include one at full text, or name the studies of the sheet")
        return found
    return list({study.id: study for study in (study_named(source, name) for name in studies)}.values())


def study_named(source: Source, name: str) -> StudyView:
    """The study of that label or id. Raises NotFound with near ones."""
    found = source.named(name)
    if found is not None:
        return found
    several = [source.label(study) for study in source.studies if study.label == name]
    if several:
        raise NotFound(f"{len(several)} studies are called {name!r}", next_step=f"name one of them: {', '.join(several)}")
    raise NotFound(f"there is no study {name!r}", next_step=near(name, (source.label(s) for s in source.studies)))


def _outcomes(source: Source, outcomes: Sequence[str] | None) -> list[Outcome]:
    if outcomes is None:
        return list(source.outcomes)
    named = []
    for name in outcomes:
        found = next((o for o in source.outcomes if o.called(name)), None)
        if found is None:
            raise NotFound(f"the protocol has no outcome {name!r}", next_step=near(name, (o.name for o in source.outcomes)))
        named.append(found)
    return named


# how a row and a sheet are known again


def written(text: str) -> str:
    """*text* as a sheet holds it: line ends as one, no control characters, none longer than a cell."""
    plain = _CONTROL.sub("\ufffd", line_ends(text)).strip()
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"


def same(one: str, other: str) -> bool:
    """Whether two texts are one for a sheet: as written, guarded or not against being taken for a formula."""
    return no_formula(written(one)) == no_formula(written(other))


def made_from(row: Row) -> str:
    """Which events the row's values were read from: 'mean=0a1b2c3d4e5f sd=…'."""
    return " ".join(f"{item}={held.event[:12]}" for item, held in sorted(row.held.items()))


def row_id(stamp: str, study_id: str, texts: Iterable[str], origins: str) -> str:
    """The name of a row with values, which its place in the review and their events make: nobody can type another place beside it."""
    told = (stamp, study_id, *(fold_blanks(no_formula(written(text))) for text in texts), origins)
    return "R" + hashlib.sha256("\x1f".join(told).encode()).hexdigest()[:8]


def stamp_of(source: Source, rows: Sequence[Row], items: Sequence[Item]) -> str:
    """The line by which a sheet is known: its layout, for whom, of which review, and a sum over what it holds."""
    told = [source.viewer, source.review, *(i.id for i in items), *("\x1f".join((*row.key, made_from(row))) for row in rows)]
    mark = hashlib.sha256("\x1e".join(told).encode()).hexdigest()[:12]
    return f"extraction-sheet/{LAYOUT} for {source.viewer}, review {source.review}, rows {sum(bool(row.held) for row in rows)}, {mark}"


def read_stamp(text: str) -> tuple[int, str, str, int] | None:
    """(layout, reviewer, review, rows with values) of a sheet's line; None for another text."""
    found = _STAMP.fullmatch(text.strip())
    return (int(found[1]), found[2], found[3], int(found[4])) if found else None
