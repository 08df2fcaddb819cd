"""Pure text normalisers that every floor may use; they know nothing of records."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import accumulate
from threading import Lock

_WIDTHLESS = re.compile("[\u200b\u2060\ufeff]+")  # blanks that ``str.split`` does not know
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>^~|&%=\"'$:;,?@/])")
_MARKS = re.compile("[\u0300-\u036f\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")  # combining marks
_NOT_WORD = re.compile(r"[^0-9a-z]+")
_PLAIN_NUMBER = re.compile(r"[-+]?(\d+(?:\.\d*)?|\.\d+)([eE][-+]?\d+)?%?$")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # as OWASP lists them for CSV
_UNSEEN = " \t\r\n\v\f\u00a0\u200b\u200c\u200d\u2060\ufeff"  # blanks and characters without a width
_DIVIDED = re.compile(r"([;\t])([^;\t]*)")


YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")  # a year of publication within a printed date
_CELLS = Lock()


@contextmanager
def cells_up_to(letters: int) -> Iterator[None]:
    """Within this block a cell that Python's ``csv`` reads may have so many letters: its limit is one of the whole program."""
    with _CELLS:
        before = csv.field_size_limit()
        csv.field_size_limit(max(before, letters))
        try:
            yield
        finally:
            csv.field_size_limit(before)


def decoded_line(line: bytes) -> tuple[str, bool]:
    """*line* as UTF-8, else as Windows-1252, and whether it was the latter: files that programs put together hold lines of either.

    >>> decoded_line("Sjögren".encode()), decoded_line("Sjögren".encode("cp1252"))
    (('Sjögren', False), ('Sjögren', True))
    """
    try:
        return line.decode("utf-8"), False
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace"), True


def fold_blanks(text: str) -> str:
    """*text* with every run of white space (no-break and zero-width blanks included) as one blank, and none at the ends."""
    if not text.isascii():
        text = _WIDTHLESS.sub(" ", text)
    return " ".join(text.split())


def lines_of(quotation: str, lines: Sequence[str]) -> tuple[int, int] | None:
    """The first and last of *lines*, from 1, that hold *quotation*, white space folded; None where they do not.

    >>> lines_of("two  three", ["one two", "three"])
    (1, 2)
    """
    wanted = " ".join(quotation.split())
    if not wanted:
        return None
    text = [" ".join(line.split()) for line in lines]
    for first, line in enumerate(text, start=1):
        if wanted in line:
            return first, first
    joined = " ".join(text)
    if wanted not in joined:
        return None
    start = joined.index(wanted)
    ends = [end - 1 for end in accumulate(len(line) + 1 for line in text)]
    first = next(n for n, end in enumerate(ends, start=1) if end > start)
    last = next(n for n, end in enumerate(ends, start=1) if end >= start + len(wanted))
    return first, last


def lines_in_words(lines: Sequence[int] | None) -> str:
    """The first and the last line as a location says them; '' for none.

    >>> lines_in_words((3, 3)), lines_in_words((3, 5))
    ('line 3', 'lines 3-5')
    """
    if lines is None:
        return ""
    return f"line {lines[0]}" if lines[0] == lines[1] else f"lines {lines[0]}-{lines[1]}"


def bidi_closed(text: str) -> str:
    """*text* with every direction that it opens closed at its end, so that the words set behind it keep their order.

    >>> bidi_closed("\u202eabc") == "\u202eabc\u202c", bidi_closed("abc")
    (True, 'abc')
    """
    ends: list[str] = []
    for letter in text:
        if letter in "\u202a\u202b\u202d\u202e":
            ends.append("\u202c")
        elif letter in "\u2066\u2067\u2068":
            ends.append("\u2069")
        elif ends and letter == ends[-1]:
            ends.pop()
    return text + "".join(reversed(ends))


def on_one_line(text: str) -> str:
    """A text of others without what would move the cursor of a terminal, or turn its direction."""
    return text if text.isprintable() else "".join(c if c.isprintable() or c in "\u200c\u200d" else "\ufffd" for c in text)


@lru_cache(maxsize=1)  # an entry is counted and then named by it
def canonical_text(text: str) -> str:
    """*text* in Unicode NFC with white space folded: the form in which two entries are the same entry."""
    return fold_blanks(text if text.isascii() else unicodedata.normalize("NFC", text))


def unescape_markdown(text: str) -> str:
    r"""*text* without Markdown's backslash escapes: ``\>`` ``\<`` ``\^`` ``\[`` ``\*`` become the bare character."""
    return _ESCAPE.sub(r"\1", text) if "\\" in text else text


def line_ends(text: str) -> str:
    """*text* without carriage returns, at which some programs begin a new row."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def no_formula(text: str) -> str:
    """*text* with an apostrophe before what a spreadsheet would take for a formula, also behind a semicolon or tab, where some divide.

    Numbers keep their sign: ``-1.5`` stays, ``-1+2`` becomes ``'-1+2``.
    """
    return _DIVIDED.sub(lambda found: found[1] + _guarded(found[2]), _guarded(text))


def _guarded(text: str) -> str:
    starts = text.startswith(_FORMULA_STARTS) or text.lstrip(_UNSEEN).startswith(_FORMULA_STARTS)
    return f"'{text}" if starts and not _PLAIN_NUMBER.match(text.replace(",", "").strip()) else text


@lru_cache(maxsize=4096)
def fold_word(text: str) -> str:
    """A lookup key: lower case, accents dropped, every run of other characters as one blank.

    ``Active, not recruiting`` and ``ACTIVE_NOT_RECRUITING`` have the same key.
    """
    if text.isascii():
        return _NOT_WORD.sub(" ", text.lower()).strip()
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _NOT_WORD.sub(" ", _MARKS.sub("", plain)).strip()
