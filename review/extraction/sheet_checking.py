"""Compares a returned sheet with what it was made from: which cells are new or corrected, and everything that is wrong, cell by cell.

It decides nothing about values: what may stand in an item its form says, by the check that every recording goes through.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from review.errors import InputRefused, NotAllowed, NotFound
from review.extraction import sheet_layout as layout
from review.extraction.checking import value_text
from review.extraction.form_check import NUMBERS, Item
from review.extraction.quoted import stands_in
from review.extraction.sheet_answers import Answer, Checked, Line
from review.extraction.sheet_grid import Grid, Told, heads, place_of
from review.extraction.sheet_layout import Held, Source, column_id, same
from review.extraction.sheet_reading import AS_TEXT, typed_over
from review.model.extraction import NOT_REPORTED
from review.text import fold_blanks

_AGAIN: Final = "write a new sheet, and copy what you typed into it"
_NOTHING: Final = Held("", "", "", "", "")


class Checking:
    """One sheet against one review. known: whether what was sent with a token stands (False: it was taken back; None: nothing was sent).

    refuses: the refusal of an answer, None where it may be recorded.
    """

    def __init__(
        self, grid: Grid, source: Source, *, known: Callable[[str], bool | None], refuses: Callable[[Answer], InputRefused | None]
    ) -> None:
        self._grid, self._source, self._known, self._refuses = grid, source, known, refuses
        self._items = layout.items_of(source.forms)
        self._columns = {column.id: column for column in layout.columns_of(self._items)}
        self._at: dict[str, int] = {}
        self._found = Checked()

    def run(self) -> Checked:
        """Everything that the sheet says. Raises InputRefused for what is no such sheet, NotAllowed for one of another reviewer."""
        head, names = next(heads(self._grid), (0, {}))
        if not head:
            raise InputRefused(
                "no row has the names of the columns", where=self._grid.sheet, expected="row, study, arm … among the first rows",
                next_step="put the heads back as they were written, or " + _AGAIN,
            )  # fmt: skip
        self._found.problems += [*self._grid.merged, *self._grid.copies]
        self._found.notes += self._grid.beside
        self._head(head, names)
        if any(id not in self._at for id in self._columns):
            return self._found
        lines = [(number, self._texts(line)) for number, line in self._grid.lines() if number > head]
        self._above(head)
        self._blanks(head)
        stamp, wrote = self._stamp(lines)
        taken: dict[tuple[str, ...], int] = {}
        for number, texts in lines:
            self._faults(number)
            line = self._line(number, texts, stamp, taken)
            if line is not None:
                self._row(line, stamp)
        self._missing(lines, wrote)
        self._found.problems.sort(key=lambda one: place_of(one.cell))
        return self._found

    # the head, and for whom the sheet is

    def _head(self, row: int, names: Mapping[int, str]) -> None:
        filled = {c for r, c in (*self._grid.cells, *self._grid.faults) if r > row}
        for column, name in names.items():
            if name not in self._columns:
                if column in filled:
                    told = f"the column {name[:60]!r}, which is none of the sheet's"
                    self._problem(row, column, told, "the columns as they were written", "delete it: what stands there is not read")
            elif name in self._at:
                self._problem(row, column, f"the column {name!r} a second time", "each column once", "delete the one that was added")
            else:
                self._at[name] = column
        for column in sorted(filled - set(names)):
            self._problem(row, column, "a column without a name", "the columns as they were written", "delete it, or put its name back")
        absent = [id for id in self._columns if id not in self._at]
        for id in absent[:20]:
            self._problem(row, 1, f"no column {id!r}", "every column as it was written", f"put it back, or {_AGAIN}")

    def _above(self, head: int) -> None:
        """Values above the names of the columns, as after sorting with the heads: they are not read, and so not left without a word."""
        for number, line in self._grid.lines():
            texts = self._texts(line) if number < head else {}
            named = [id for id, text in texts.items() if text == self._columns[id].label]
            if "study" in texts and not named and any(texts.get(column_id(item)) for item in self._items):
                self._told("study", number, "values above the names of the columns", "values below them", "move the row down")

    def _stamp(self, lines: Sequence[tuple[int, Mapping[str, str]]]) -> tuple[str, int]:
        """The line by which the sheet is known, the same in all rows, and how many rows had values.

        Refuses the sheet of another layout, reviewer or review.
        """
        stamps: dict[str, int] = {}
        for number, texts in lines:
            if texts.get("sheet"):
                stamps.setdefault(texts["sheet"], number)
        told = next(((stamp, found) for stamp in stamps if (found := layout.read_stamp(stamp))), None)
        if told is None:
            raise InputRefused(
                "nothing says for whom this sheet was made", where=f"{self._grid.sheet}, column sheet",
                expected="the hidden columns at the end, as they were written", next_step=_AGAIN,
            )  # fmt: skip
        stamp, (version, viewer, review, wrote) = told
        if version != layout.LAYOUT:
            raise InputRefused(
                f"the sheet has layout {version}, and this release writes {layout.LAYOUT}", where=self._grid.sheet, next_step=_AGAIN
            )
        if viewer != self._source.viewer:
            raise NotAllowed(
                f"the sheet was made for {viewer}, and is returned by {self._source.viewer}", where=self._grid.sheet,
                next_step="each extractor returns the sheet that was written for that person",
            )  # fmt: skip
        if review != self._source.review:
            raise InputRefused("the sheet was made from another review", where=self._grid.sheet, next_step="return it there")
        for other, number in stamps.items():
            if other != stamp:
                self._told("sheet", number, other[:80], "rows of one sheet", "return each sheet by itself; delete the rows of the other")
        return stamp, wrote

    # rows

    def _texts(self, line: Mapping[int, str]) -> dict[str, str]:
        return {id: text.strip() for id, column in self._at.items() if (text := line.get(column, "")).strip()}

    def _blanks(self, head: int) -> None:
        """Texts with blanks around them, which nobody sees: read without, and told."""
        names = {at: id for id, at in self._at.items() if self._columns[id].role != "program"}
        for (row, at), text in self._grid.cells.items():
            if at in names and row > head and text != text.strip():
                self._note(names[at], row, repr(text[:60]), "no blanks at the ends", "it was read without them")

    def _faults(self, number: int) -> None:
        for id in self._columns:
            if fault := self._grid.faults.get((number, self._at[id])):
                self._found.problems.append(fault)

    def _line(self, number: int, texts: Mapping[str, str], stamp: str, taken: dict[tuple[str, ...], int]) -> Line | None:
        """The row with its study; None for a row without values, and for one that is told of as a whole."""
        filled = [id for id, column in self._columns.items() if column.role in ("value", "own") and texts.get(id)]
        if not texts.get("row") and not filled:
            if texts.get("quotation"):
                self._note("quotation", number, texts["quotation"][:60], "values in its row", "nothing was read from it")
            return None
        made = self._row_of(number, texts, stamp) if texts.get("row") else self._new_row(number, texts)
        if made is None:
            return None
        whole = (made.study.id, *(fold_blanks(part).casefold() for part in made.place))
        if whole in taken:
            found = f"the same study, arm, outcome, time point and analysis set as row {taken[whole]}"
            self._told("row", number, found, "one row for each", "put the values into one row, and delete the other")
            return None
        taken[whole] = number
        return made

    def _row_of(self, number: int, texts: Mapping[str, str], stamp: str) -> Line | None:
        """A row that was written with values: nobody may have changed what it is about."""
        names = tuple(texts.get(id, "") for id in ("study", *layout.KEYS))
        origins, study_id = texts.get("made_from", ""), texts.get("study_id", "")
        study = next((s for s in self._source.studies if study_id in s.subjects), None)
        if texts["row"] != layout.row_id(stamp, study_id, names, origins) or study is None:
            found = f"row {texts['row'][:12]} with {', '.join(name for name in names if name) or 'no study'}"
            self._told("row", number, found, "study, arm, outcome, time point and analysis set as they were written",
                       "put them back; for another arm or time point use an empty row at the end")  # fmt: skip
            return None
        begins = dict(origin.split("=", 1) for origin in origins.split() if "=" in origin)
        held: dict[str, Held] = {}
        place: tuple[str, str, str, str] | None = None
        for cell, events in self._source.cells.get(study.id, {}).items():
            named = (cell[1] or "", cell[2] or "", cell[3] or "", cell[4] or "")
            if cell[0] in begins and all(map(same, named, names[1:])):
                for event in events:
                    if event.id.startswith(begins[cell[0]]) and (event.by_tool or event.actor == self._source.viewer):
                        held[cell[0]], place = self._source.told(event), named
        if place is None or len(held) < len(begins):
            self._told("row", number, f"row {texts['row'][:12]}, whose values this review does not hold",
                       "a sheet that was written from this review", _AGAIN)  # fmt: skip
            return None
        return Line(number, texts, study, place, held)

    def _new_row(self, number: int, texts: Mapping[str, str]) -> Line | None:
        """A row that has no values in the review yet: its study, and its other names as they are typed."""
        name = texts.get("study", "")
        try:
            study = layout.study_named(self._source, name)
        except NotFound as absent:
            self._told("study", number, name or "no study", "a study of the list", absent.next_step)
            return None
        place = tuple(fold_blanks(texts.get(id, "")) for id in layout.KEYS)
        known = {key[1:] for key in self._source.cells.get(study.id, {}) if self._source.holds(study.id, key) is not None}
        for at, id in enumerate(layout.KEYS):
            words = {part for key in known if (part := key[at])}
            close = [word for word in words if word != place[at] and fold_blanks(word).casefold() == place[at].casefold()]
            if close and place[at] not in words:
                self._told(id, number, place[at], repr(close[0]), f"write {close[0]!r}, as it is known already, or another name")
                return None
        return Line(number, texts, study, (place[0], place[1], place[2], place[3]), {})

    # cells

    def _row(self, line: Line, stamp: str) -> None:
        used: set[str] = set()
        for item in self._items:
            used |= self._cell(line, item, stamp)
        for id in ("quotation", "location"):
            if id not in used and line.texts.get(id):
                self._note(id, line.number, line.texts[id][:60], "a new value in its row", "nothing was read from it")
        self._unit_of_row(line)

    def _unit_of_row(self, line: Line) -> None:
        """A unit that is typed for a row: it is of the new values that are measured; those that are held keep theirs, and that is told."""
        unit, kept = line.texts.get("unit", ""), []
        for item in self._items:
            held = line.held.get(item.id)
            if item.id in layout.MEASURED and held is not None and held.value != NOT_REPORTED and line.texts.get(column_id(item)):
                own = line.texts.get(column_id(item, "unit"), held.unit)
                kept += [(item, held)] if same(own, held.unit) and not same(unit, held.unit) else []
        if unit and kept:
            item, held = kept[0]
            here = self._grid.at(line.number, self._at[column_id(item, "unit")]) if self._has(item, "unit") else "its own column"
            self._told("unit", line.number, f"the unit {unit[:40]!r}, where {item.label.lower()} is held in {held.unit or 'no unit'!r}",
                       "the unit of new values", f"to correct one that is held, type it in {here}; empty this cell")  # fmt: skip
        elif unit and not any(line.texts.get(column_id(item)) for item in self._items if item.id in layout.MEASURED):
            self._note("unit", line.number, unit[:40], "values in its row that are measured in it", "nothing was read from it")

    def _cell(self, line: Line, item: Item, stamp: str) -> set[str]:
        """Reads one value; which words of its row it rests on: quotation, location."""
        texts, held = line.texts, line.held.get(item.id)
        value = texts.get(column_id(item), "")
        own = {part: texts.get(column_id(item, part), "") for part in layout.PARTS}
        columns = (column_id(item, part) for part in ("", *layout.PARTS))
        faulty = any((line.number, self._at.get(id, 0)) in self._grid.faults for id in columns)
        if faulty:
            return set()
        if not value:
            if held is not None:
                self._note(column_id(item), line.number, f"an empty cell, which held {held.value[:60]!r}", "a value, or not reported",
                           "nothing was taken back: `review extract undo` or rv.extraction.undo does that")  # fmt: skip
            elif any(own.values()):
                self._told(
                    column_id(item), line.number, "words without a value", "a value beside its quotation", "type the value, or empty them"
                )
            return set()
        self._found.read += 1
        value = value_text(value)
        before = held or _NOTHING
        for part in layout.PARTS:
            if getattr(before, part) and not own[part] and column_id(item, part) in self._columns:
                self._note(column_id(item, part), line.number, f"an empty cell, which held {getattr(before, part)[:60]!r}",
                           f"the {part} of the value", "it stays as it was")  # fmt: skip
                own[part] = getattr(before, part)
        if held is not None and same(value, held.value) and all(same(own[p], getattr(held, p)) for p in layout.PARTS if self._has(item, p)):
            self._found.unchanged += 1
            return set()
        return self._changed(line, item, value, own, stamp)

    def _has(self, item: Item, part: str) -> bool:
        return column_id(item, part) in self._columns

    def _changed(self, line: Line, item: Item, value: str, own: Mapping[str, str], stamp: str) -> set[str]:
        texts, held = line.texts, line.held.get(item.id)
        # what was not touched stays as the review has it, with the line ends and lengths that a sheet cannot hold
        kept = {part: getattr(held, part) if held and same(own[part], getattr(held, part)) else own[part] for part in layout.PARTS}
        other = held is not None and value != held.value and kept["quotation"] == held.quotation
        if other and (texts.get("quotation") or value == NOT_REPORTED):
            kept |= {"quotation": "", "location": ""}  # of another value the words that are typed for its row, not those of the earlier
        from_row = value != NOT_REPORTED and not kept["quotation"] and bool(texts.get("quotation"))
        quotation = kept["quotation"] or (texts.get("quotation", "") if from_row else "")
        placed = not kept["location"] and (from_row or bool(quotation))
        location = texts.get("location", "") if placed else kept["location"]
        unit = kept["unit"] or (held.unit if held and not self._has(item, "unit") else "") or self._unit(line, item, value)
        key = line.key(item.id)
        told = (stamp, line.study.id, *map(str, key.model_dump().values()), value, unit, quotation, location)
        token = "sheet:" + hashlib.sha256("\x1f".join(told).encode()).hexdigest()[:40]
        place = self._grid.at(line.number, self._at[column_id(item)])
        now = self._source.holds(line.study.id, (key.item, key.arm, key.outcome, key.timepoint, key.analysis_set))
        as_it_stands = now is not None and (now.value, now.unit, now.quotation, now.location) == (value, unit, quotation, location)
        token, known = self._sent(token)
        if as_it_stands or known:
            self._found.unchanged += 1
            if not as_it_stands and (now is None or not same(now.value, value)):
                since = repr(now.value[:60]) if now else "nothing"
                self._note(column_id(item), line.number, f"{value[:60]!r}, which this sheet brought before; the review holds {since} since",
                           "what the review holds", "it stays as the review has it")  # fmt: skip
        elif now is not None and now.event != (held.event if held else ""):
            self._told(column_id(item), line.number, f"{value[:60]!r}, where the review holds {now.value[:60]!r} since the sheet was made",
                       "the cell as it was when the sheet was made", f"decide which is right; {_AGAIN}")  # fmt: skip
        elif self._allowed(line, item, answer := Answer(place, line.study, key, value, unit or None, quotation, location, token)):
            self._of_its_words(line, item, answer)
            self._found.answers.append(answer)
        return {id for id, used in (("quotation", from_row), ("location", placed)) if used}

    def _sent(self, token: str) -> tuple[str, bool]:
        """(the token for a value, whether the review has it from this sheet); a value that was taken back since is new again."""
        turn, one = 1, token
        while (stands := self._known(one)) is False:
            turn += 1
            one = f"{token}:{turn}"
        return one, bool(stands)

    def _of_its_words(self, line: Line, item: Item, answer: Answer) -> None:
        """Another value with the words of the earlier one: told, and refused where these print the earlier number and not the new one."""
        held, value = line.held.get(item.id), answer.value
        there = stands_in(value, answer.quotation) if item.type in NUMBERS else None
        if held is not None and value == NOT_REPORTED:
            self._note(column_id(item), line.number, f"not reported, which was {held.value[:60]!r}", "what the source says",
                       "look at the source: it is recorded")  # fmt: skip
        elif held is None or value == held.value or answer.quotation != held.quotation:
            if there is False:
                self._note(column_id(item), line.number, f"{value[:60]!r}, which its words do not print", "the words that print it",
                           "look at the source: it is recorded with these words")  # fmt: skip
        elif there is False and stands_in(held.value, held.quotation):
            self._told(column_id(item), line.number, f"{value[:60]!r} with the words of {held.value[:60]!r}",
                       "the words that print the new value", "copy them beside it, or under 'Quotation for this row'")  # fmt: skip
        else:
            self._note(column_id(item), line.number, f"{value[:60]!r}, which was {held.value[:60]!r} with the same words",
                       "words that say the new value", "look at the source: it is recorded with these words")  # fmt: skip

    def _unit(self, line: Line, item: Item, value: str) -> str:
        """The unit of a value that has none of its own: that of the row where it is measured, else that of the head."""
        if item.type not in NUMBERS or value == NOT_REPORTED or value in item.also:
            return ""
        measured = line.texts.get("unit", "") if item.id in layout.MEASURED else ""
        return measured or item.unit or (item.units[0] if len(item.units) == 1 else "")

    def _allowed(self, line: Line, item: Item, answer: Answer) -> bool:
        """Whether an answer may be recorded; what is against it is told."""
        before = len(self._found.problems)
        if line.number in self._grid.hidden:
            self._told(column_id(item), line.number, f"{answer.value[:60]!r} in a row that is hidden", "rows that you see",
                       "show all rows, look at the value, and return the sheet again")  # fmt: skip
        if "outcome" in item.repeat and not answer.key.outcome and item.id not in line.held:
            self._told(column_id(item), line.number, f"{answer.value[:60]!r} without an outcome", f"an outcome, for {item.label}",
                       "put it into a row with its outcome")  # fmt: skip
        if answer.value != NOT_REPORTED and not answer.quotation:
            words = (
                f"a quotation in this row, or in {self._grid.at(line.number, self._at[column_id(item, 'quotation')])} for this value alone"
            )
            self._told(column_id(item), line.number, f"{answer.value[:60]!r} without the words that it was read from", words,
                       "copy the words from the source, or type not reported")  # fmt: skip
        elif made := typed_over(answer.value):
            self._told(column_id(item), line.number, made, "text, as the source prints it", AS_TEXT)
        elif item.type in NUMBERS and "," in answer.value and answer.value not in answer.quotation:
            self._told(column_id(item), line.number, answer.value[:60],
                       "a number with a point before decimals, without marks for thousands",
                       "type it so; a mark for thousands may stand where the quotation prints it too")  # fmt: skip
        elif refused := self._refuses(answer):
            self._told(column_id(item), line.number, f"{answer.value[:60]!r}: {refused.message}",
                       refused.expected or "see the instructions", refused.next_step)  # fmt: skip
        return len(self._found.problems) == before

    def _missing(self, lines: Sequence[tuple[int, Mapping[str, str]]], wrote: int) -> None:
        """Rows with values that are not in the sheet any more: told, as nobody is to think that their values are gone."""
        there = len({texts["row"] for _, texts in lines if texts.get("row")})
        if there < wrote:
            found = f"{wrote - there:,} of the {wrote:,} rows that were written with values are not here any more"
            told = Told(self._grid.sheet, self._grid.sheet, found, "every row, in any order", "their values stay as they were")
            self._found.notes.append(told)

    # telling

    def _problem(self, row: int, column: int, found: str, expected: str, next_step: str) -> None:
        self._found.problems.append(Told(self._grid.sheet, self._grid.at(row, column), found, expected, next_step))

    def _told(self, id: str, row: int, found: str, expected: str, next_step: str) -> None:
        self._problem(row, self._at[id], found, expected, next_step)

    def _note(self, id: str, row: int, found: str, expected: str, next_step: str) -> None:
        self._found.notes.append(Told(self._grid.sheet, self._grid.at(row, self._at[id]), found, expected, next_step))
