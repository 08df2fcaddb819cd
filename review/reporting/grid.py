"""One notebook for every combination of values: a grid read from TOML, refused with everything that is wrong at once."""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from pathlib import Path
from typing import Any

from review.errors import InputRefused, NotFound, ParameterRefused
from review.ledger.moments import as_of_limit
from review.reporting.notebook import Job, Value, check, inspect

KEYS = ("notebooks", "parameters")
NOT_AXES = {"reviewer": "--as says who looks", "rendered": "a report that reads the others cannot stand in a grid"}
LONGEST = 60  # letters of one value in a file name
MOST_BYTES = 200  # of a whole name; file systems take 255, with the ending and what a half-written file is called meanwhile
MOST = 10_000


@dataclass(frozen=True)
class Grid:
    """Notebooks, and for each parameter the values that it takes; ``name`` is the folder of what is made."""

    name: str
    notebooks: tuple[str, ...]
    parameters: Mapping[str, tuple[Value, ...]]


def read_grid(given: str | Path | Mapping[str, Any]) -> Grid:
    """A grid from a TOML file, or from what such a file would hold (then it is called 'grid').

    Raises NotFound, or InputRefused with every problem of its form at once.
    """
    if isinstance(given, Mapping):
        return _grid("grid", given, "grid")
    file = Path(given)
    try:
        return _grid(_slug(file.stem) or "grid", tomllib.loads(file.read_text(encoding="utf-8")), file.name)
    except FileNotFoundError as problem:
        raise NotFound(f"there is no grid {str(given)!r}", next_step="check the name of the file") from problem
    except OSError as problem:
        raise InputRefused(f"this cannot be read: {problem.strerror}", where=str(given), expected="a TOML file") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise InputRefused(f"this is not TOML: {problem}", where=file.name, next_step="correct that line") from problem


def grid_jobs(
    grid: Grid, find: Callable[[Sequence[str]], list[Path]], pinned: Mapping[str, Value], fixed: Mapping[str, Value]
) -> list[Job]:
    """One job for each notebook and combination, named after both, in the order of the file.

    find: names to notebook files. pinned: values for those parameters that a notebook declares. fixed: the same value in every job.
    Raises ParameterRefused with everything that the notebooks do not declare so, and with names that would be the same.
    """
    notebooks = find(grid.notebooks)
    problems = [f"{axis} is an axis, and set by -p too" for axis in grid.parameters if axis in fixed]
    problems += [f"{axis} = {value!r}: {said}" for axis, values in grid.parameters.items() for value in values if (said := _unnamed(value))]
    as_text = all(isinstance(value, str) for value in fixed.values())  # as a command line gives them
    for path in notebooks:
        problems += [f"{path.name}: {NOT_AXES['rendered']}"] if "rendered" in inspect(path) else []
        problems += _not_declared(path, list(fixed.items()), as_text=as_text)
        problems += _not_declared(path, [(axis, value) for axis, values in grid.parameters.items() for value in values], as_text=False)
    if problems:
        raise ParameterRefused("\n  ".join(["this grid cannot be rendered:", *problems]), expected="values of the declared parameters")
    jobs = []
    for path in notebooks:
        own = {name: value for name, value in pinned.items() if name in inspect(path)}
        same = check(path, fixed, as_text=as_text)
        for values in product(*grid.parameters.values()):
            name = _short("_".join([path.stem, *map(_slug_of, values)]))
            jobs.append(Job(path, name, {**own, **same, **check(path, dict(zip(grid.parameters, values, strict=True)))}))
    named = Counter(job.name.casefold() for job in jobs)
    meeting = [job.name for job in jobs if named[job.name.casefold()] > 1]
    if meeting:
        raise ParameterRefused(
            f"these files would have the same name: {', '.join(sorted(set(meeting)))}",
            expected="values that differ in their letters and digits, in more than capitals, within the first 60",
        )
    return jobs


def _grid(name: str, given: Mapping[str, Any], where: str) -> Grid:
    problems = [f"unknown key {key!r}" for key in given if key not in KEYS]
    notebooks, parameters = given.get("notebooks"), given.get("parameters")
    if not isinstance(notebooks, list) or not notebooks or not all(isinstance(one, str) for one in notebooks):
        problems.append('notebooks: a list of names, as ["60_bias"]')
    if not isinstance(parameters, Mapping) or not parameters:
        problems.append("[parameters]: at least one parameter with its values")
        parameters = {}
    axes: dict[str, tuple[Value, ...]] = {}
    for axis, values in parameters.items():
        listed = [_plain(value) for value in (values if isinstance(values, list) else [values])]
        if axis in NOT_AXES:
            problems.append(f"{axis}: {NOT_AXES[axis]}")
        elif not listed or not all(isinstance(value, str | int | float | bool) for value in listed):
            problems.append(f"{axis}: a list of texts, numbers, dates or true and false")
        elif len(set(map(repr, listed))) < len(listed):
            problems.append(f"{axis}: a value stands there twice")
        else:
            problems += _dates(listed) if axis == "as_of" else []
            axes[axis] = tuple(listed)
    count = len(notebooks or ()) if isinstance(notebooks, list) else 0
    for values in axes.values():
        count *= len(values)
    if count > MOST:
        problems.append(f"{count:,} reports are too many at once; {MOST:,} are the most")
    if problems:
        raise InputRefused("\n  ".join(["this grid cannot be read:", *problems]), where=where, expected="notebooks = […] and [parameters]")
    return Grid(name, tuple(notebooks), axes)


def _plain(value: Any) -> Any:
    """TOML's own dates as the text that a notebook is given."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def _dates(values: Sequence[Any]) -> list[str]:
    problems = []
    for value in values:
        try:
            as_of_limit(str(value))
        except InputRefused as problem:
            problems.append(f"as_of: {problem.message}; expected {problem.expected}")
    return problems


def _not_declared(path: Path, given: Sequence[tuple[str, Value]], *, as_text: bool) -> list[str]:
    """What this notebook does not declare, or not of that type, each problem once."""
    problems: list[str] = []
    for name, value in given:
        try:
            check(path, {name: value}, as_text=as_text)
        except ParameterRefused as problem:
            problems.append(f"{path.name}: {problem.message}")
    return list(dict.fromkeys(problems))


def _slug_of(value: Value) -> str:
    """A value as a part of a file name; a number keeps its minus, so that -1 and 1 are two."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    slug = _slug(text)
    return f"-{slug}" if slug and re.match(r"-\.?\d", text) else slug


def _short(name: str) -> str:
    """A name that a file system takes; the end of one that is too long is a hash of the whole."""
    whole = name.encode("utf-8")
    if len(whole) <= MOST_BYTES:
        return name
    kept = whole[: MOST_BYTES - 13].decode("utf-8", "ignore")
    return f"{kept}_{hashlib.sha256(name.casefold().encode('utf-8')).hexdigest()[:12]}"


def _slug(text: str) -> str:
    """The letters and digits of a text, of any script, with hyphens for all else; safe as a part of a file name and of a link."""
    kept = re.sub(r"[^\w.+-]+", "-", unicodedata.normalize("NFC", text)).strip("-._")
    return kept[:LONGEST].rstrip("-._")


def _unnamed(value: Value) -> str:
    return "" if _slug_of(value) else "a file cannot be named after it; it needs a letter or a digit"
