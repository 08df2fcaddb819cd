"""The CSV of the R package PRISMA2020: a flow written as that package reads it, and one that people typed, read strictly.

It never changes a name without saying so, and takes no number that is not one.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from review.errors import InputRefused, near
from review.reporting.flow_text import FIELDS, CountedBox, CountedFlow, alone, wording
from review.reporting.labels import Labels, load_labels
from review.reporting.typed_flow import TypedBox, TypedFlow, typed_flow

COLUMNS = ("data", "node", "box", "description", "boxtext", "tooltips", "url", "n")
NA = "NA"
# the rows in that package's order: its name for the number, its node, its box
ROWS: tuple[tuple[str, str, str], ...] = (
    (NA, "node4", "prevstud"), ("previous_studies", "node5", "box1"), ("previous_reports", NA, "box1"),
    (NA, "node6", "newstud"), ("database_results", "node7", "box2"), ("database_specific_results", NA, "box2"),
    ("register_results", NA, "box2"), ("register_specific_results", NA, "box2"),
    (NA, "node16", "othstud"), ("website_results", "node17", "box11"), ("organisation_results", NA, "box11"),
    ("citations_results", NA, "box11"), ("duplicates", "node8", "box3"), ("excluded_automatic", NA, "box3"),
    ("excluded_other", NA, "box3"), ("records_screened", "node9", "box4"), ("records_excluded", "node10", "box5"),
    ("dbr_sought_reports", "node11", "box6"), ("dbr_notretrieved_reports", "node12", "box7"),
    ("other_sought_reports", "node18", "box12"), ("other_notretrieved_reports", "node19", "box13"),
    ("dbr_assessed", "node13", "box8"), ("dbr_excluded", "node14", "box9"),
    ("other_assessed", "node20", "box14"), ("other_excluded", "node21", "box15"),
    ("new_studies", "node15", "box10"), ("new_reports", NA, "box10"),
    ("total_studies", "node22", "box16"), ("total_reports", NA, "box16"),
    ("identification", "node1", "identification"), ("screening", "node2", "screening"), ("included", "node3", "included"),
    ("total_studies_ma", "node23", "box17"), ("total_reports_ma", NA, "box17"),
)  # fmt: skip
_TITLES = {"prevstud": "lane.previous", "newstud": "lane.dbr", "othstud": "lane.other"}
_STAGES = ("identification", "screening", "included")
_SOURCES = {"database_specific_results": "database_results", "register_specific_results": "register_results"}
_REASONS = ("dbr_excluded", "other_excluded")
_HELD = {name for name, _, _ in ROWS} - {NA, *_STAGES}
_PARTS = {"records_excluded_human", "records_excluded_automatic", "records_passed", "dbr_included_reports", "other_included_reports"}
_WHOLE = re.compile(r"[0-9]+")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|.*,\s*[0-9]+,\s*[0-9]+|.*[0-9],[0-9]{3}")
_EXPECTED = "whole numbers of the digits 0 to 9, as 1234, or NA"


# writing


def write_r_csv(flow: CountedFlow, words: Labels, path: str | Path) -> list[str]:
    """Write *flow* to *path*; returns in words what that form cannot hold, or not as it is."""
    out, remarks, words = io.StringIO(), [], wording(flow, words)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    boxes = flow.boxes
    for name, node, box in ROWS:
        key = _SOURCES.get(name, name)
        listed = name in _SOURCES or (name in _REASONS and name in boxes and boxes[name].counts)
        if key not in boxes or (name in _SOURCES and not boxes[key].counts):
            n = NA
        elif listed:
            lines = _safe(key, boxes[key].counts, words, remarks)
            n = "; ".join(f"{line}, {count}" for line, count in lines.items())
        else:
            n = str(boxes[key].n)
        heading = name == NA or name in _STAGES
        label = words.say(f"flow.{_TITLES.get(box) or f'stage.{box}'}") if heading else alone(key, words)
        text = label if heading else words.words[f"flow.field.{key}"]
        writer.writerow((name, node, box, label, text, label, NA, n))
    remarks += _unheld(boxes, words)
    Path(path).write_text(out.getvalue(), encoding="utf-8", newline="\n")
    return remarks


def _safe(field: str, counts: Mapping[str, int], words: Labels, remarks: list[str]) -> dict[str, int]:
    """Names that the package reads whole: at a comma it ends a name, at a semicolon an entry; an apostrophe stops its drawing."""
    found: dict[str, int] = {}
    for name, n in counts.items():
        safe = " ".join(re.sub(r"\s*[,;]", " –", name).replace("'", "’").split()) or "–"
        if safe[0] in "=+-@":  # or a spreadsheet would take the cell for a formula
            safe = f"– {safe}"
        while safe in found:
            safe += " (another)"
        found[safe] = n
        if safe != name:
            remarks.append(f"{alone(field, words)}: “{name}” is written as “{safe}”, because the R package would not read it whole")
    return found


def _unheld(boxes: Mapping[str, CountedBox], words: Labels) -> Iterator[str]:
    """Numbers for which that form has no place."""
    for field in (field for fields in FIELDS.values() for field in fields):
        if field in boxes and field not in _HELD and field not in _PARTS and boxes[field].n:
            yield f"{alone(field, words)}: {words.count(boxes[field].n, boxes[field].unit)}, for which the R package has no place"
    for field in ("records_excluded_automatic", "excluded_automatic", "excluded_other"):
        if field in boxes and boxes[field].n and (boxes[field].counts or field == "records_excluded_automatic"):
            n = words.count(boxes[field].n, boxes[field].unit)
            yield f"{alone(field, words)}: {n}, which the R package does not tell apart further"


# reading


def read_r_csv(path: str | Path, labels: Labels | None = None) -> TypedFlow:
    """The flow that was typed into *path*; its numbers are marked as typed.

    NA, or a row that is not there, is absent. Raises InputRefused with every problem at once, each with line, column and what is expected.
    """
    file, words = Path(path), labels or load_labels()
    rows, problems = _rows(file), []
    boxes: dict[str, TypedBox] = {}
    lists: dict[str, dict[str, int]] = {}
    for name, (line, text) in rows.items():
        if text == NA:
            continue
        try:
            if name in _SOURCES or (name in _REASONS and not _WHOLE.fullmatch(text)):
                lists[_SOURCES.get(name, name)] = _list(text)
            else:
                boxes[name] = TypedBox(name, _whole(text))
        except InputRefused as refused:
            problems.append(f"line {line}, column n ({name}): {refused.message}")
    for field, counts in lists.items():
        if field in _REASONS:
            boxes[field] = TypedBox(field, sum(counts.values()), counts)
        elif field in boxes:
            boxes[field] = TypedBox(field, boxes[field].n, counts)
        elif not problems:
            problems.append(f"column n ({field}): it is {NA}, but its sources have numbers")
    if problems:
        raise InputRefused("\n  ".join(["these numbers cannot be read:", *problems]), where=str(file), expected=_EXPECTED)
    return typed_flow(boxes, file.name, words)


def _rows(file: Path) -> dict[str, tuple[int, str]]:
    """Name of the number -> line and text of its column n."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise InputRefused(f"cannot be read: {problem}", where=str(file), next_step="save it as CSV in UTF-8") from problem
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    found: dict[str, tuple[int, str]] = {}
    try:
        head = [one.strip() for one in next(reader, [])]
        if not {"data", "n"} <= set(head):
            raise InputRefused(f"its head is {', '.join(head)!r}", where=f"{file}, line 1", expected="the columns " + ",".join(COLUMNS))
        for row in reader:
            if not any(row):
                continue
            if len(row) != len(head):
                raise InputRefused(f"{len(row)} values", where=f"{file}, line {reader.line_num}", expected=f"{len(head)}, as in the head")
            name, n = row[head.index("data")].strip(), row[head.index("n")].strip()
            if name in ("", NA, *_STAGES):  # a heading
                continue
            if name not in _HELD or name in found:
                said = "stands twice" if name in found else "is no name of a number"
                where = f"{file}, line {reader.line_num}, column data"
                raise InputRefused(f"{name!r} {said}", where=where, next_step="" if name in found else near(name, _HELD))
            found[name] = (reader.line_num, n or NA)
    except csv.Error as problem:
        raise InputRefused(f"this is no CSV: {problem}", where=f"{file}, line {reader.line_num}") from problem
    return found


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise InputRefused(f"{text!r} is no whole number")
    return int(text)


def _list(text: str) -> dict[str, int]:
    """Names with their numbers from ``Name, n; Name, n``; the last comma of an entry ends its name."""
    found: dict[str, int] = {}
    for entry in (one.strip() for one in text.split(";")):
        name, comma, n = (part.strip() for part in entry.rpartition(","))
        if not comma or not name:
            raise InputRefused(f"{entry!r} has no name with a number behind a comma (a name may hold no semicolon)")
        if _THOUSANDS.fullmatch(entry):
            raise InputRefused(f"{entry!r} can be read in two ways: write the number without a sign for thousands, and a blank before it")
        if name in found:
            raise InputRefused(f"{name!r} stands twice")
        found[name] = _whole(n)
    return found
