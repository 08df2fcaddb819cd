"""Takes a JSON file apart into its objects and says on which lines every value stands; a file that was cut keeps what is whole.

One object, an array, a search answer with an array in it, and one object a line are all read. Nothing is guessed: where the text
is not JSON, the rest is handed back as unreadable with its line.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from review.model.record import Lines
from review.records.formats import Refusal
from review.records.lines import make_line, paragraphs, split_lines
from review.text import fold_blanks, unescape_markdown

Path = tuple[str | int, ...]


def _number(digits: str) -> int | str:
    """A whole number; one of more digits than Python turns into a number stays as it is printed."""
    try:
        return int(digits)
    except ValueError:
        return digits


_DECODER: Final = json.JSONDecoder(parse_int=_number)
_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")  # half of a character beyond the first 65,536
_BLANK: Final = re.compile(r"[ \t\r\n\ufeff]*")
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_NEWLINE: Final = re.compile(r"\r\n|\r|\n")
_MAX_DEPTH: Final = 200


@dataclass(frozen=True)
class Entry:
    """One object of the file. *value* is None when the text could not be read as an object; *why* says so.

    *start* and *end* are character offsets in the file, *cut* is true when the file ended inside the object.
    """

    start: int
    end: int
    value: Mapping[str, Any] | None
    cut: bool = False
    why: str = ""


@dataclass(frozen=True)
class Envelope:
    """What stands around the objects: the members of a search answer other than the array of objects."""

    kind: str  # 'object', 'array', 'search' or 'lines'
    members: Mapping[str, Any] = field(default_factory=dict)


class LineCount:
    """Line numbers, counted from 1, of character offsets in a text."""

    def __init__(self, text: str) -> None:
        self._ends = [match.end() for match in _NEWLINE.finditer(text)]

    def at(self, offset: int) -> int:
        """The number of the line in which the character at *offset* stands."""
        return bisect_right(self._ends, offset) + 1


class JsonFile:
    """The objects of a file of JSON; *array* is the member of a search answer that holds them."""

    def __init__(self, text: str, array: str) -> None:
        self.text, self.lines = text, LineCount(text)
        self.envelope, self.entries = split(text, array)

    def objects(self, file: str, unfit: Callable[[Entry], str]) -> Iterator[tuple[Entry, Lines, str] | Refusal]:
        """(entry, its lines, its own text) of each object, or why it is refused: what *unfit* says of it; *file* is for the message."""
        for entry in self.entries:
            where = (self.lines.at(entry.start), self.lines.at(max(entry.end - 1, entry.start)))
            if reason := unfit(entry):
                yield Refusal(file, reason, where[0], fold_blanks(self.text[entry.start : entry.start + 80]))
            else:
                yield entry, where, json.dumps(entry.value, ensure_ascii=False, separators=(",", ":"))

    def spans(self, entry: Entry, wanted: str) -> dict[Path, Lines]:
        """The lines of the members of *entry*, and of every value inside its member *wanted*."""
        return spans(self.text, start=entry.start, end=entry.end, lines=self.lines, wanted=wanted)


class JsonValue:
    """An object while it is read: values by path, each with its lines. A value of an unexpected kind is as if it were not there."""

    def __init__(self, value: Mapping[str, Any], lines: Mapping[Path, Lines]) -> None:
        self._value, self._lines = value, lines

    def at(self, *path: str | int) -> Any:
        """The value at *path*, None where there is none."""
        found: Any = self._value
        for step in path:
            if isinstance(found, Mapping) and isinstance(step, str):
                found = found.get(step)
            elif isinstance(found, list) and isinstance(step, int) and step < len(found):
                found = found[step]
            else:
                return None
        return found

    def text(self, *path: str | int) -> str | None:
        """A value as one line of text, escapes undone; None when it is no text."""
        found = self.at(*path)
        return unescape_markdown(fold_blanks(found)) or None if isinstance(found, str) else None

    def prose(self, *path: str | int) -> str | None:
        """A value as paragraphs and bullets."""
        found = self.at(*path)
        if not isinstance(found, str):
            return None
        return paragraphs([make_line(n, raw) for n, raw in enumerate(split_lines(found), start=1)]) or None

    def each(self, *path: str | int) -> Iterator[tuple[str | int, ...]]:
        """The paths of the elements of an array."""
        found = self.at(*path)
        for n in range(len(found) if isinstance(found, list) else 0):
            yield (*path, n)

    def texts(self, *path: str | int) -> tuple[str, ...]:
        """The texts of an array."""
        return tuple(text for one in self.each(*path) if (text := self.text(*one)))

    def lines(self, *path: str | int) -> Lines | None:
        """The lines of the value at *path*."""
        return self._lines.get(path)


def split(text: str, array: str) -> tuple[Envelope, list[Entry]]:
    """The objects of *text*; *array* is the path of the member of a search answer that holds them ('studies', 'resultList.result')."""
    at = _skip(text, 0)
    if text.startswith("[", at):
        return Envelope("array"), list(_elements(text, at + 1))
    if not text.startswith("{", at):
        return Envelope("object"), []
    first = _object(text, at)
    held = _array_of(text, at, array)
    if held is not None:
        members = {k: v for k, v in (first.value or {}).items() if k != array.partition(".")[0]}
        return Envelope("search", members), list(_elements(text, held))
    entries = [first]
    while (at := _skip(text, entries[-1].end)) < len(text) and not entries[-1].cut:
        if text[at] == ",":
            at = _skip(text, at + 1)
        if not text.startswith("{", at):
            entries.append(Entry(at, len(text), None, why="text that is not JSON stands after an object"))
            break
        entries.append(_object(text, at))
    return Envelope("lines" if len(entries) > 1 else "object"), entries


def spans(text: str, *, start: int, end: int, lines: LineCount, wanted: str) -> dict[Path, Lines]:
    """First and last line of every member of the object at *start*, and of every value inside its member *wanted*."""
    found: dict[Path, Lines] = {}
    at = _skip(text, start) + 1
    while at < end:
        member = _member(text, at)
        if member is None:
            break
        key, value_at, value_end = member
        value_end = min(value_end, end)
        if key == wanted:
            _walk(text, value_at, value_end, (key,), lines, found)
        else:
            found[(key,)] = (lines.at(value_at), lines.at(max(value_end - 1, value_at)))
        at = _skip(text, value_end)
        if not text.startswith(",", at):
            break
        at += 1
    return found


def closed(text: str) -> str | None:
    """*text*, the beginning of a JSON object, with what was left open closed; None when nothing of it is whole."""
    stack: list[str] = []
    safe, safe_stack = -1, []  # where the text may be cut, and what is open there
    expects_value = True
    at = 0
    for match in _TOKEN.finditer(text):
        between = text[at : match.start()].strip()
        if between.startswith('"'):  # a string without an end: here the file was cut
            break
        if between or len(stack) > _MAX_DEPTH:
            return None
        at, token = match.end(), match.group()
        if token in "{[":
            stack.append(token)
            expects_value = token == "["
            safe, safe_stack = at, list(stack)
        elif token in "}]":
            if not stack:
                return None
            stack.pop()
            safe, safe_stack = at, list(stack)
        elif token == ":":
            expects_value = True
        elif token == ",":
            expects_value = bool(stack) and stack[-1] == "["
        elif expects_value and stack and (token[0] == '"' or at < len(text)):
            safe, safe_stack, expects_value = at, list(stack), stack[-1] == "["
    if safe < 0:
        return None
    return text[:safe] + "".join("}" if s == "{" else "]" for s in reversed(safe_stack))


def set_out(value: Mapping[str, Any], wanted: str) -> str:
    """The text of an object that stood on one line: a member a line, and its member *wanted* with a value a line."""
    members = []
    for name, inside in value.items():
        text = json.dumps(inside, ensure_ascii=False, indent=2 if name == wanted else None)
        members.append(f"{json.dumps(name, ensure_ascii=False)}: {text}")
    return "{\n" + ",\n".join(members) + "\n}"


def _skip(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _object(text: str, at: int) -> Entry:
    try:
        value, end = _DECODER.raw_decode(text, at)
    except RecursionError:
        return Entry(at, len(text), None, why="the object is nested too deeply")
    except json.JSONDecodeError as error:
        whole = closed(text[at:])
        try:
            value = _DECODER.decode(whole) if whole else None
        except (json.JSONDecodeError, RecursionError):
            value = None
        if not isinstance(value, dict):
            return Entry(at, len(text), None, why=f"{error.msg} at character {error.pos}")
        return Entry(at, len(text), _whole_characters(value, text, at, len(text)), cut=True)
    if not isinstance(value, dict):
        return Entry(at, end, None, why="not an object")
    return Entry(at, end, _whole_characters(value, text, at, end))


def _whole_characters(value: dict[str, Any], text: str, at: int, end: int) -> dict[str, Any]:
    """*value* with the replacement character where its text has half of a character."""
    if not _HALF.search(text, at, end):
        return value
    again = json.dumps(value, ensure_ascii=False).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return dict(_DECODER.decode(again))


def _elements(text: str, at: int) -> Iterator[Entry]:
    while True:
        at = _skip(text, at)
        if at >= len(text) or text[at] == "]":
            return
        if text[at] == ",":
            at += 1
            continue
        if text[at] != "{":
            try:
                _, end = _DECODER.raw_decode(text, at)
            except (json.JSONDecodeError, RecursionError):
                end = len(text)
            yield Entry(at, end, None, why="an element that is no object")
            at = end
            continue
        entry = _object(text, at)
        yield entry
        at = entry.end


def _array_of(text: str, at: int, name: str) -> int | None:
    """Where the elements of the array at the path *name* begin, in the object at *at*."""
    name, _, inner = name.partition(".")
    at += 1
    while (member := _member(text, at)) is not None:
        key, value_at, value_end = member
        if key == name and inner and text.startswith("{", value_at):
            return _array_of(text, value_at, inner)
        if key == name and text.startswith("[", value_at):
            return value_at + 1
        at = _skip(text, value_end)
        if not text.startswith(",", at):
            return None
        at += 1
    return None


def _member(text: str, at: int) -> tuple[str, int, int] | None:
    """(key, where its value begins, where it ends); a value that was cut ends with the text."""
    at = _skip(text, at)
    if not text.startswith('"', at):
        return None
    try:
        key, after = _DECODER.raw_decode(text, at)
    except json.JSONDecodeError:
        return None
    after = _skip(text, after)
    if not text.startswith(":", after):
        return None
    value_at = _skip(text, after + 1)
    try:
        _, end = _DECODER.raw_decode(text, value_at)
    except (json.JSONDecodeError, RecursionError):
        end = len(text)
    return str(key), value_at, end


def _key(token: str) -> str:
    """The key that a token stands for, as written where it is no JSON: what stands in a damaged value is noted and not judged."""
    if "\\" in token:
        with suppress(json.JSONDecodeError):
            return str(json.loads(token))
    return token[1:-1]


def _walk(text: str, at: int, end: int, path: Path, lines: LineCount, found: dict[Path, Lines]) -> None:
    """Note the lines of the value at *at* and of all that it holds."""
    stack: list[tuple[str, Path, int, int]] = []  # kind, path, start, index
    key: str | int | None = None
    here = path
    for match in _TOKEN.finditer(text, at, end):
        token = match.group()
        if token in "{[":
            stack.append((token, here, match.start(), 0))
            if token == "[":
                here = (*here, 0)
            key = None
        elif token in "}]":
            if not stack:
                break
            _, here, began, _ = stack.pop()
            found[here] = (lines.at(began), lines.at(match.start()))
            if not stack:
                break
        elif token == ",":
            if stack and stack[-1][0] == "[":
                kind, base, began, index = stack.pop()
                stack.append((kind, base, began, index + 1))
                here = (*base, index + 1)
            key = None
        elif token == ":":
            continue
        elif stack and stack[-1][0] == "{" and key is None:
            key = _key(token)
            here = (*stack[-1][1], key)
        else:
            found[here] = (lines.at(match.start()), lines.at(match.start()))
            if not stack:
                break
    for _, base, began, _ in stack:  # cut inside
        found.setdefault(base, (lines.at(began), lines.at(max(end - 1, began))))
