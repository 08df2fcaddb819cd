"""The words that a report prints by itself: read from a file, checked, and filled in. Nothing here is the reviewer's or a record's text.

The words that ship are ``labels/en.toml``. A project may keep a file of its own with only the keys that it says otherwise.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from string import Formatter

from review.errors import InputRefused, near

SHIPPED = "labels/en.toml"
FILE_NAME = "labels.toml"


@dataclass(frozen=True)
class Labels:
    """Words by dotted key (``flow.field.duplicates``), and the way numbers and dates are written."""

    words: Mapping[str, str]

    @property
    def lang(self) -> str:
        """The language of the page, as BCP 47 writes it."""
        return self.words["lang"]

    def say(self, key: str, **values: str) -> str:
        """The words at *key* with their names in braces filled in. *values* are text as it is; escaping comes later."""
        if key not in self.words:
            raise InputRefused(f"there are no words for {key!r}", where="labels", next_step=near(key, self.words))
        return self.words[key].format(**values)

    def has(self, key: str) -> bool:
        """Whether there are words at *key*."""
        return key in self.words

    def number(self, n: int) -> str:
        """*n* as people read it: ``4,312``."""
        return f"{n:,}".replace(",", self.words["number.group"])

    def count(self, n: int, unit: str) -> str:
        """*n* with its unit (``records``, ``reports``, ``studies``), the singular for one."""
        one = {"records": "record", "reports": "report", "studies": "study"}
        return f"{self.number(n)} {self.words[f'unit.{one[unit] if n == 1 else unit}']}"

    def day(self, at: str) -> str:
        """An ISO date, or the UTC date of an ISO time, as ``21 Nov 2026``; a text that is neither is given back unchanged."""
        moment = _moment(at)
        if moment is None:
            return at
        month = self.words["date.months"].split()[moment.month - 1]
        return self.say("date.day", day=str(moment.day), month=month, year=f"{moment.year:04d}")

    def moment(self, at: str) -> str:
        """An ISO time as ``21 Nov 2026, 14:05 UTC``; a bare date stays a date."""
        moment = _moment(at)
        if moment is None or len(at.strip()) <= len("2026-11-21"):
            return self.day(at)
        return self.say("date.moment", date=self.day(at), time=f"{moment:%H:%M}")


def _moment(at: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(at.strip())
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def load_labels(path: Path | str | None = None) -> Labels:
    """The words that ship, or these with the keys of the TOML file at *path* laid over them.

    Raises InputRefused with every problem at once: a key that does not exist, a value that is not text,
    a name in braces that the shipped words do not have, months that are not twelve. What a file says of a flow and not of a first
    version (``flow.first``) holds for both.
    """
    shipped = _shipped()
    if path is None:
        return shipped
    try:
        own = dict(_flat(tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))))
    except (OSError, UnicodeDecodeError) as refused:
        raise InputRefused(f"these words cannot be read: {refused}", where=str(path), expected="a text file in UTF-8") from refused
    except tomllib.TOMLDecodeError as refused:
        raise InputRefused(f"this is not TOML: {refused}", where=str(path), next_step="correct that line") from refused
    problems = [problem for key, value in own.items() for problem in _problems(key, value, shipped.words)]
    if problems:
        raise InputRefused("\n  ".join(["these words cannot be used:", *problems]), where=str(path), expected="the keys of labels/en.toml")
    said = {key: str(value) for key, value in own.items()}
    for_both = {first: said[key] for key in said if (first := key.replace("flow.", "flow.first.", 1)) in shipped.words}
    return Labels({**shipped.words, **for_both, **said})


def project_labels(folder: Path) -> Labels:
    """The words of the review in *folder*: its ``labels.toml`` over the words that ship, or these alone where there is none.

    A file that has not changed is read once. Raises InputRefused as ``load_labels`` does.
    """
    own = folder / FILE_NAME
    return _kept(own, own.stat().st_mtime_ns) if own.is_file() else _shipped()


@lru_cache(maxsize=8)
def _kept(path: Path, changed: int) -> Labels:
    return load_labels(path)


@cache
def _shipped() -> Labels:
    text = files("review.reporting").joinpath(SHIPPED).read_text(encoding="utf-8")
    return Labels({key: str(value) for key, value in _flat(tomllib.loads(text))})


def _flat(table: Mapping[str, object], before: str = "") -> Iterator[tuple[str, object]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value


def _problems(key: str, value: object, shipped: Mapping[str, str]) -> Iterator[str]:
    if key not in shipped:
        yield f"{key}: there is no such key; {near(key, shipped)}"
    elif not isinstance(value, str):
        yield f"{key}: text in quotes is expected, not {value!r}"
    elif key == "date.months" and len(value.split()) != 12:
        yield f"{key}: twelve names with blanks between are expected, not {len(value.split())}"
    else:
        try:
            names = _names(value)
        except ValueError as refused:
            yield f"{key}: {refused}"
            return
        if not names <= _names(shipped[key]):
            yield f"{key}: only {sorted(_names(shipped[key])) or 'no name'} may stand in braces, not {sorted(names)}"


def _names(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name is not None}
