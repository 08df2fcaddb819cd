"""Where each key of a TOML text stands: tomllib does not say, and a refusal must name the line. It reads valid TOML and refuses nothing."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Sequence

from review.errors import InputRefused

Place = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE = re.compile(r"[\w-]+")
_STRING = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL)
_SCALAR = re.compile(r"[^,\]}#\n]+")


class TomlLines:
    """The line of every key, table and member of a list: places are tuples such as ``("domain", 0, "question", 2, "options")``."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [found.end() for found in re.finditer("\n", text)]
        self._at: dict[Place, int] = {}
        self._last: dict[Place, int] = {}  # the number of the newest table of each [[list of tables]]
        self._pos = 0
        try:
            self._document()
        except (IndexError, ValueError, InputRefused):
            pass  # not valid TOML: what was read so far is what can be told

    def of(self, place: Sequence[str | int]) -> int:
        """The line of *place*, else of the nearest part above it; 1 when nothing of it is written."""
        for end in range(len(place), 0, -1):
            if tuple(place[:end]) in self._at:
                return self._at[tuple(place[:end])]
        return 1

    def _document(self) -> None:
        table: Place = ()
        while self._skip() < len(self._text):
            begins = self._pos
            if self._text.startswith("[[", self._pos):
                self._pos += 2
                table = self._table(self._keys(), begins, one_of_many=True)
                self._pos = self._text.index("]]", self._pos) + 2
            elif self._text[self._pos] == "[":
                self._pos += 1
                table = self._table(self._keys(), begins, one_of_many=False)
                self._pos = self._text.index("]", self._pos) + 1
            else:
                self._pair(table)

    def _table(self, keys: Sequence[str], begins: int, *, one_of_many: bool) -> Place:
        place: Place = ()
        for number, key in enumerate(keys, 1):
            place = (*place, key)
            if one_of_many and number == len(keys):
                self._note(place, begins)
                self._last[place] = self._last.get(place, -1) + 1
            if place in self._last:
                place = (*place, self._last[place])
            self._note(place, begins)
        return place

    def _pair(self, table: Place) -> None:
        begins = self._pos
        keys = self._keys()
        place = table
        for key in keys:
            place = (*place, key)
            self._note(place, begins)
        self._pos = self._text.index("=", self._pos) + 1
        self._skip()
        self._value(place)

    def _value(self, place: Place) -> None:
        opens = self._text[self._pos]
        if opens in "\"'":
            self._match(_STRING)
        elif opens == "[":
            self._pos += 1
            number = 0
            while self._text[self._skip()] != "]":
                self._note((*place, number), self._pos)
                self._value((*place, number))
                number += 1
                self._comma()
            self._pos += 1
        elif opens == "{":
            self._pos += 1
            while self._text[self._skip()] != "}":
                self._pair(place)
                self._comma()
            self._pos += 1
        else:
            self._match(_SCALAR)

    def _keys(self) -> list[str]:
        keys = []
        while True:
            self._skip()
            if self._text[self._pos] in "\"'":
                keys.append(tomllib.loads("key = " + self._match(_STRING))["key"])
            else:
                keys.append(self._match(_BARE))
            self._skip()
            if self._text[self._pos] != ".":
                return keys
            self._pos += 1

    def _comma(self) -> None:
        if self._text[self._skip()] == ",":
            self._pos += 1

    def _skip(self) -> int:
        self._match(_BLANK)
        return self._pos

    def _match(self, shape: re.Pattern[str]) -> str:
        found = shape.match(self._text, self._pos)
        if found is None:
            raise InputRefused(f"not TOML at character {self._pos}")
        self._pos = found.end()
        return found[0]

    def _note(self, place: Place, position: int) -> None:
        self._at.setdefault(place, bisect_right(self._starts, position) + 1)
