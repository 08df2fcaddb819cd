"""Judgements as the CSV that the R package robvis reads, and such a file read back. It refuses every word that robvis would misread.

robvis keeps the first letter of a word and drops a blank: 'NI' becomes 'not applicable' and 'n/a' disappears. So only whole words of the
template are written or read, and what was not assessed stands in a file of its own.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from review.bias.tools import Tool
from review.errors import InputRefused, NotFound, near

DELIMITERS = ",;\t"
MOST_PROBLEMS = 20
# what to do about a problem
_HEAD = "put a head above the judgements, with the columns of the template"
_ROW = "give each row a name of its own and a judgement for each column"
_WORD = "write each as a whole word"
_WEIGHT = "write each weight as a positive number with a point"
_NUMBER = re.compile(r"\d+(\.\d+)?", re.ASCII)
_TRAPS = {
    "": "robvis leaves a blank out, so that the study seems to have fewer domains; put what was not assessed into another file",
    "ni": "robvis reads it as 'not applicable' and paints it grey; the word is 'No information'",
    "n": "robvis reads it as 'not applicable' and paints it grey; the word is 'No information'",
    "na": "robvis reads it as 'not applicable' and paints it grey; put what was not assessed into another file",
    "n/a": "robvis makes an empty code of it; put what was not assessed into another file",
    "not assessed": "robvis reads it as 'not applicable' and paints it grey; put what was not assessed into another file",
    "not applicable": "robvis paints it grey beside the judgements; put what was not assessed into another file",
}


@dataclass(frozen=True)
class Template:
    """One template of robvis: its domains in order (empty: any number, named by their heads), its words, and ours where they differ."""

    name: str
    domains: tuple[str, ...]
    words: tuple[str, ...]
    ours: Mapping[str, str] = field(default_factory=dict)

    def written(self, level: str) -> str:
        """The word of robvis for a level of ours."""
        return next((word for word, own in self.ours.items() if own == level), level)

    def read(self, word: str) -> str:
        """Our level for a word of robvis."""
        return self.ours.get(word, word)


_THREE = ("Low", "Some concerns", "High", "No information")
TEMPLATES = {
    one.name: one
    for one in (
        Template("ROB2", ("D1", "D2", "D3", "D4", "D5"), _THREE),
        Template("ROBINS-I", ("D1", "D2", "D3", "D4", "D5", "D6", "D7"), ("Low", "Moderate", "Serious", "Critical", "No information")),
        # robvis has no 'Unclear' here and draws it as some concerns
        Template("QUADAS-2", ("D1", "D2", "D3", "D4"), _THREE, {"Some concerns": "Unclear"}),
        Template("Generic", (), ("Low", "Some concerns", "Moderate", "High", "Unclear", "No information", "Not applicable")),
    )
}


@dataclass(frozen=True)
class RobvisRow:
    """One line of the file: a study (or result) by a name of its own, domain -> level in words, overall ('' for a tool without), weight."""

    study: str
    domains: Mapping[str, str]
    overall: str = ""
    weight: Decimal | None = None


def write_robvis(rows: Sequence[RobvisRow], tool: Tool) -> str:
    """The CSV text for the template of *tool*: ``Study,D1,…,Overall`` and ``Weight`` where every row has one.

    In the template Generic the heads are the domains' labels, which robvis prints. Raises InputRefused for a tool that robvis has no
    template for, a level that the template has no word for, a domain without a level, and two rows of one name.
    """
    template = _template(tool.robvis)
    domains = template.domains or tuple(dict.fromkeys(domain.id for domain in tool.domains()))
    heads = _labels(tool, domains) if not template.domains else domains
    overall = bool(rows) and all(row.overall for row in rows)
    weighted = bool(rows) and all(row.weight is not None for row in rows)
    problems: list[tuple[str, str]] = []
    named = Counter(row.study for row in rows)
    lines = [["Study", *heads, *(["Overall"] if overall else []), *(["Weight"] if weighted else [])]]
    for row in rows:
        if not row.study.strip() or row.study.strip() == "NA" or named[row.study] > 1:
            problems.append((f"{row.study!r} is no name of one row alone", _ROW))
        for name in [*row.domains, *([""] if row.overall and not overall else [])]:
            if name not in domains:
                said = f"{name!r} is no domain of the template" if name else "others have no overall level"
                problems.append((f"{row.study}: {said}", _ROW))
        levels = [row.domains.get(name, "") for name in domains] + ([row.overall] if overall else [])
        words = [template.written(level) for level in levels]
        for name, word in zip([*domains, "Overall"], words, strict=False):
            problems += [(f"{row.study}, {name}: {_refusal(word)}", _WORD)] if word not in template.words else []
        lines.append([row.study, *words, *([f"{row.weight:f}"] if weighted else [])])
    _refuse(problems, "rows for robvis", template)
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows(lines)
    return made.getvalue()


def read_robvis(path: Path | str, template: str) -> list[RobvisRow]:
    """The rows of a file for robvis, in its order; *template* is 'ROB2', 'ROBINS-I', 'QUADAS-2' or 'Generic'.

    A byte order mark, CRLF, semicolons or tabs between cells and quoted names are understood. Raises InputRefused with line, column and
    what is accepted, for every cell that is not exactly one of the template's words, and NotFound for a file that is not there.
    """
    form, where = _template(template), Path(path).name
    records = list(_records(Path(path), form, where))
    if not records:
        raise InputRefused("the file is empty", where=where, expected="a head and one line a study")
    heads = [head.strip() for head in records[0][1]]
    weighted = heads[-1].casefold() in ("weight", "weights")
    rest = heads[1 : -1 if weighted else None]
    overall = rest[-1:] != [] and rest[-1].casefold().startswith("overall") if not form.domains else len(rest) == len(form.domains) + 1
    named = form.domains or tuple(rest[: -1 if overall else None])
    problems = _head_problems(form, heads, rest, named)
    _refuse(problems, f"{where}, line {records[0][0]}", form)
    rows, studies = [], set[str]()
    for line, cells in records[1:]:
        if len(cells) != len(heads):
            problems.append((f"line {line} has {len(cells)} cells and the head {len(heads)}", _ROW))
            continue
        for head, cell in zip(rest, cells[1:], strict=False):
            problems += [(f"line {line}, column {head!r}: {_refusal(cell)}", _WORD)] if cell not in form.words else []
        weight = _weight(cells[-1]) if weighted else None
        if weighted and weight is None:
            problems.append((f"line {line}, column {heads[-1]!r}: {cells[-1]!r} is no weight, a positive number with a point", _WEIGHT))
        if not cells[0].strip() or cells[0] in studies:
            problems.append((f"line {line}, column {heads[0]!r}: {cells[0]!r} is no name of one row alone", _ROW))
        studies.add(cells[0])
        levels = [form.read(cell) for cell in cells[1:]]
        rows.append(
            RobvisRow(cells[0], dict(zip(named, levels, strict=False)), levels[len(named)] if overall else "", weight),
        )
    _refuse(problems, where, form)
    return rows


def _template(name: str) -> Template:
    if name not in TEMPLATES:
        raise InputRefused(
            f"robvis has no template {name!r}" if name else "robvis has no template for this tool",
            expected=", ".join(TEMPLATES),
            next_step=near(name, TEMPLATES) if name else "the table beside the picture holds the same judgements",
        )
    return TEMPLATES[name]


def _labels(tool: Tool, domains: Sequence[str]) -> list[str]:
    """The label of each domain, with its id where two have the same."""
    said = {domain.id: domain.label or domain.id for domain in reversed(tool.domains())}
    twice = [label for label in said.values() if list(said.values()).count(label) > 1]
    return [f"{name} {said[name]}" if said[name] in twice else said[name] for name in domains]


def _records(path: Path, form: Template, where: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each record; lines with nothing in them are left out."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as problem:
        raise NotFound(f"{path} is not there", next_step=near(path.name, (p.name for p in path.parent.glob("*")))) from problem
    except OSError as problem:
        raise InputRefused(f"the file cannot be read: {problem.strerror}", where=where) from problem
    except UnicodeDecodeError as problem:
        raise InputRefused(
            f"byte {problem.start} is not UTF-8", where=where, expected="CSV in UTF-8", next_step="save the file as CSV UTF-8"
        ) from problem
    before = 0
    try:
        # the delimiter that gives the head the most cells; a comma where that is the same
        delimiter = max(DELIMITERS, key=lambda one: len(_first(text, one)))
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for cells in reader:
            line, before = before + 1, reader.line_num
            if any(cell.strip() for cell in cells):
                yield line, cells
    except csv.Error as problem:
        raise InputRefused(f"line {before + 1} is no CSV: {problem}", where=where, next_step="save the file as CSV again") from problem


def _first(text: str, delimiter: str) -> list[str]:
    """The cells of the first line that is not empty."""
    return next((cells for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(map(str.strip, cells))), [])


def _head_problems(form: Template, heads: Sequence[str], rest: Sequence[str], named: Sequence[str]) -> list[tuple[str, str]]:
    problems = []
    if any(head in form.words for head in heads[1:]):
        problems.append("this line holds judgements; a head such as Study, D1, … stands first")
    if form.domains and len(rest) - len(form.domains) not in (0, 1):
        problems.append(f"{len(rest)} columns of judgements; {form.name} has {len(form.domains)} domains, and Overall if there is one")
    ours = [*form.domains, "Overall"] if form.domains else []
    known = {name.casefold() for name in ours}
    swapped = [
        f"column {at} is headed {head!r}, and {name} stands there"
        for at, (head, name) in enumerate(zip(rest, ours, strict=False), 2)
        if head.casefold() in known and head.casefold() != name.casefold()
    ]
    if swapped:  # robvis goes by the order and not by the heads, so that the judgements would change places unseen
        problems.append(f"the columns stand in another order: {'; '.join(swapped)}; accepted: {', '.join(heads[:1] + ours)}")
    if not named or len(set(named)) < len(named) or "" in rest:
        problems.append("each domain needs a head of its own")
    return [(problem, _HEAD) for problem in problems]


def _refusal(word: str) -> str:
    trap = _TRAPS.get(word.strip().casefold())
    said = f"{word!r} is no judgement" if word else "there is no judgement"
    return f"{said}; {trap}" if trap else said


def _refuse(problems: Sequence[tuple[str, str]], where: str, form: Template) -> None:
    """Raises InputRefused with these problems, each with what to do about it, if there are any."""
    if problems:
        steps = dict.fromkeys(step for _, step in problems)
        more = [f"and {len(problems) - MOST_PROBLEMS} more"] if len(problems) > MOST_PROBLEMS else []
        raise InputRefused(
            "\n".join([*(problem for problem, _ in problems[:MOST_PROBLEMS]), *more]),
            where=where,
            expected=", ".join(form.words) if _WORD in steps else None,
            next_step="; ".join(steps),
        )


def _weight(cell: str) -> Decimal | None:
    """A positive number in plain digits; None for anything else."""
    number = Decimal(cell.strip()) if _NUMBER.fullmatch(cell.strip()) else Decimal(0)
    return number if number > 0 else None
