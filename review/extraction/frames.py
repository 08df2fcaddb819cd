"""The frames of extraction: cells, conflicts, both values side by side, states, remarks, derived values. No name stands in any."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from review.extraction.checking import objection
from review.extraction.derived import DerivedCell, NotDerived
from review.extraction.form_check import NUMBERS, Item
from review.extraction.forms import Form, item_on, label_of
from review.extraction.pairing import Row
from review.extraction.quoted import stands_in
from review.extraction.state import DIFFER, STRAYED, Key, answer, two_of
from review.model.consensus import Panel
from review.model.event import Event
from review.model.extraction import NOT_REPORTED, CellKey, CellRecorded
from review.model.views import CellView, StudyView

if TYPE_CHECKING:
    import pandas as pd

ABOUT = ["study", "label", "item", "arm", "outcome", "timepoint", "analysis_set"]
COLUMNS = [*ABOUT, "value", "unit", "state", "conflict", "quotation", "location", "event", "own"]
_SIDE = ["value", "unit", "quotation", "location", "lines", "event"]
RECONCILED = [
    *ABOUT, "agree", "differs_in", "state", *(f"{name}_{side}" for side in ("first", "second") for name in _SIDE), "consensus", "reason",
]  # fmt: skip
STATES = ("pre-filled", "recorded by one", "checked by one", "checked by two", "extracted independently by two", "consensus")
DERIVED = [*ABOUT, "value", "unit", "formula", "source", "inputs", "from_events", "warning"]
REMARKS = [*ABOUT, "value", "unit", "remark", "event"]

CellPanel = tuple[StudyView, Key, Panel, str]  # the last: what differs, in words
StudyCells = Sequence[tuple[StudyView, Sequence[CellView]]]


def cells_frame(studies: StudyCells, forms: Sequence[Form]) -> pd.DataFrame:
    """One row per cell; own: whether its item is the team's own, on no form."""
    import pandas as pd

    rows = [
        (c.study, s.label, *c.key, c.value, c.unit, c.state, c.conflict, c.quotation, c.location, c.event, item_on(forms, c.item) is None)
        for s, cells in studies
        for c in cells
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


_ANEW = "each extractor looks at the sources that are left and records it anew, a lead settles it, or the unlinking is taken back"


def conflicts_frame(panels: Sequence[CellPanel]) -> pd.DataFrame:
    """Cells that wait for a consensus once everybody who is due has answered, both values; '' for one that nobody gave, or took back."""
    import pandas as pd

    rows = []
    for study, key, found, between in panels:
        if found.conflict and found.closed:
            two = [(e.body["value"], e.id) for e in two_of(sorted(found.answers, key=lambda e: e.id))]
            first, second = [*two, ("", ""), ("", "")][:2]
            rows.append((study.id, study.label, *key, *first, *second, between))
    return pd.DataFrame(rows, columns=[*ABOUT, "value_first", "event_first", "value_second", "event_second", "between"])


def reconcile_frame(panels: Sequence[CellPanel], forms: Sequence[Form]) -> pd.DataFrame:
    """Cells that two filled, both answers side by side; which stands first is drawn from the ids of the facts, and tells nothing."""
    import pandas as pd

    rows = []
    for study, key, found, between in panels:
        two = two_of(found.answers) if found.answers else []
        if not found.closed or len(two) < 2:
            continue
        first, second = sorted(two, key=lambda e: hashlib.sha256(f"{study.id}|{key}|{e.id}".encode()).hexdigest())[:2]
        differs = [name for name, one, other in zip(("value", "unit"), answer(first), answer(second), strict=True) if one != other]
        independent = all(e.kind == CellRecorded.kind for e in two)
        settled = found.resolution
        open_ = between.replace(DIFFER, "differ")
        state = "consensus" if settled else open_ or ("extracted independently by two" if independent else "checked by two")
        consensus = (settled.body["value"], settled.body["reason"]) if settled else ("", "")
        row = (study.id, study.label, *key, not differs, ", ".join(differs), state)
        rows.append((*row, *_side(first), *_side(second), *consensus))
    frame = pd.DataFrame(rows, columns=RECONCILED)
    frame.insert(3, "item_label", [label_of(item, forms) for item in frame["item"]])
    return frame


def _side(event: Event) -> tuple[Any, ...]:
    """Value, unit, quotation, location, lines and id of one answer; a confirmation has no words of its own."""
    body: Mapping[str, Any] = event.body
    lines = body.get("lines")
    told = "" if not lines else f"{lines[0]}" if lines[0] == lines[1] else f"{lines[0]}-{lines[1]}"
    return body["value"], body["unit"], body.get("quotation", ""), body.get("location", ""), told, event.id


def states_frame(studies: StudyCells) -> pd.DataFrame:
    """A row for each study and item: how many of its cells are in each state, and how many of them are in conflict."""
    import pandas as pd

    rows = []
    for study, cells in studies:
        for item in dict.fromkeys(c.item for c in cells):
            own = [c for c in cells if c.item == item]
            counts = Counter(c.state for c in own)
            rows.append((study.id, study.label, item, own[0].label, len(own), *(counts[s] for s in STATES), sum(c.conflict for c in own)))
    return pd.DataFrame(rows, columns=["study", "label", "item", "item_label", "cells", *STATES, "in conflict"])


@dataclass(frozen=True, slots=True)
class Told:
    """What remarks are made of: a study's cells and design, what a formula refused, judgements of other words, rows of one extractor."""

    study: StudyView
    cells: Sequence[CellView]
    design: str | None
    refused: Sequence[NotDerived]
    outdated: Sequence[Event]
    alone: Sequence[tuple[Row, Row | None]]


def remarks_frame(
    studies: Sequence[Told], forms: Sequence[Form],
    changed: Callable[[CellView, str | None], str], field_of: Callable[[Event], str],
) -> pd.DataFrame:  # fmt: skip
    """Values that the form in force would refuse, that *changed* tells of, whose report is linked no more or whose number does not stand in
    its words; what a formula refused; judgements on registered and reported whose words were changed."""
    import pandas as pd

    rows: list[tuple[Any, ...]] = []
    for told in studies:
        study, design = told.study, told.design
        for c in told.cells:
            found = item_on(forms, c.item, design)
            key = CellKey(item=c.item, arm=c.arm, outcome=c.outcome, timepoint=c.timepoint, analysis_set=c.analysis_set)
            problem = objection(found[1], key, c.value, c.unit) if found else None
            if problem is not None:
                rows.append((study.id, study.label, *c.key, c.value, c.unit, f"{problem.message}; expected: {problem.expected}", c.event))
            if since := changed(c, design):
                rows.append((study.id, study.label, *c.key, c.value, c.unit, since, c.event))
            if c.between == STRAYED:
                rows.append((study.id, study.label, *c.key, c.value, c.unit, f"{STRAYED}; {_ANEW}", c.event))
            if words := _of_its_words(c, found[1] if found else None):
                rows.append((study.id, study.label, *c.key, c.value, c.unit, words, c.event))
        for one in told.refused:
            about = (one.item, one.row.arm, one.row.outcome, one.row.timepoint, one.row.analysis_set)
            said = f"not derived by {one.formula}: {one.why}"
            rows.append((study.id, study.label, *about, "", None, said, ";".join(one.events)))
        for row, other in told.alone:
            like = f", and another has '{' · '.join(filter(None, other))}'" if other else ""
            said = f"one extractor alone has this row{like}; see whether they are one, agree on its names, and record it under these"
            rows.append((study.id, study.label, "row", *row, None, None, said, None))
        for event in told.outdated:
            word = ": ".join(filter(None, (event.body["judgement"], ", ".join(event.body["difference"]))))
            said = f"judged of the {field_of(event)}, as registered and reported, whose words were changed since; judge what stands now"
            rows.append((study.id, study.label, "switching", None, None, None, None, word, None, said, event.id))
    return pd.DataFrame(rows, columns=REMARKS)


def _of_its_words(cell: CellView, item: Item | None) -> str:
    """What is to be said of the words that the value of a person was read from; '' for nothing."""
    if cell.state == "pre-filled" or cell.conflict or cell.value == NOT_REPORTED:
        return ""
    if cell.state == "consensus" and not cell.quotation:
        return "settled at a value that neither extractor gave, without the words that it was read from; settle it again and quote them"
    if item is not None and item.type in NUMBERS and stands_in(cell.value, cell.quotation) is False:
        return "the number does not stand among the words quoted for it; compare it with the source, or quote the words that print it"
    return ""


def sheets_frame(sheets: Sequence[tuple[Event, Sequence[Event]]], live: Callable[[str], bool]) -> pd.DataFrame:
    """One row per returned sheet: how many values were recorded from it, how many of them stand, and whether it was taken back as one."""
    import pandas as pd

    rows = [
        (sheet.id, sheet.at, sheet.body["name"], len(sheet.body["tokens"]), sum(live(one.id) for one in values), not live(sheet.id))
        for sheet, values in sheets
    ]
    return pd.DataFrame(rows, columns=["event", "at", "name", "values", "standing", "taken_back"])


def derived_frame(found: Sequence[DerivedCell]) -> pd.DataFrame:
    """One row per derived value; inputs as 'name = number; …', from_events: the ids of the facts of the inputs, ';' between them."""
    import pandas as pd

    rows = [
        (d.study, d.label, *d.key, d.value, d.unit, d.formula, d.source, d.inputs_in_words, ";".join(d.events), d.warning) for d in found
    ]
    return pd.DataFrame(rows, columns=DERIVED)
