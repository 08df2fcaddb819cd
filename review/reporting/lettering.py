"""How wide a text is in the sans face of figures, and where its lines break, so that no text touches a border.

Widths are those of Arial, Helvetica and Liberation Sans, which agree. Another face may be wider: lines keep a reserve for it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

FACE = "Arial, Helvetica, 'Liberation Sans', 'Noto Sans', 'Noto Sans CJK SC', sans-serif"
BOLD = 1.08  # bold against regular, on the average of English text
RESERVE = 0.86  # of the width is used: the usual replacement faces are up to 15 % wider

_WIDTHS = {
    width: characters
    for characters, width in {
        "ijl’‘": 222, "'": 191, " !,./:;I[\\]ft\u00a0": 278, "|": 260, "()-`r“”": 333, "{}": 334, '"': 355, "*": 389, "^": 469,
        "Jcksvxyz": 500, "#$0123456789?L_abdeghnopqu–": 556, "+<=>~−": 584, "FTZ": 611, "&ABEKPSVXY": 667, "CDHNRUw": 722,
        "GOQ": 778, "Mm": 833, "%": 889, "W": 944, "@—…": 1015,
    }.items()
}  # fmt: skip
_OF = {character: width / 1000 for width, characters in _WIDTHS.items() for character in characters}
_OTHER, _FULL = 0.75, 1.0  # em: other letters (capitals of most scripts fit), wide East Asian characters
_HOLD = "\u00a0"  # a blank at which no line breaks
SOFT = "\u00ad"  # a soft hyphen: where whoever wrote the word would divide it; never seen elsewhere


def width(text: str, size: float = 8.0, *, bold: bool = False) -> float:
    """The width of *text* in points at *size* points."""
    return sum(_em(character) for character in text) * size * (BOLD if bold else 1.0)


def _em(character: str) -> float:
    if character in _OF:
        return _OF[character]
    if character == SOFT or unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF" or ord(character) > 0xFFFF:
        return _FULL
    base = unicodedata.normalize("NFD", character)[0]
    return _OF.get(base, _OTHER)


def wrap(text: str, room: float, size: float = 8.0, *, bold: bool = False, hyphen: str = "") -> list[str]:
    """*text* in lines that take at most ``RESERVE`` of *room* points.

    It breaks at blanks (not at no-break ones), between wide East Asian characters, and inside a word only where the word alone is too long,
    there with *hyphen* behind the first part in scripts that write one.
    """
    most = room * RESERVE
    lines, line = [], ""
    for piece, blank in _pieces(text):
        joined = f"{line} {piece}" if line and blank else line + piece
        if line and _fitting(joined, most, size, bold) < len(joined):
            lines.append(line)
            joined = piece
        while len(joined) > 1 and _fitting(joined, most, size, bold) < len(joined):
            cut, sign = _cut(joined, most, size, bold, hyphen)
            lines.append(joined[:cut] + sign)
            joined = joined[cut:]
        line = joined
    lines = [*lines, line] if line or not lines else lines
    return [one.replace(SOFT, "") for one in lines] if hyphen else lines


def balanced(text: str, room: float, size: float = 8.0, *, bold: bool = False) -> list[str]:
    """*text* in as many lines as ``wrap`` needs, about equally long: for centred headings."""
    lines = wrap(text, room, size, bold=bold)
    while room > size and len(narrower := wrap(text, room - size / 2, size, bold=bold)) == len(lines):
        lines, room = narrower, room - size / 2
    return lines


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """What is not divided, each with whether a blank stands before it."""
    for word in text.replace("\n", " ").split(" "):
        piece, blank = "", True
        for character in word:
            if piece and _breaks(piece[-1], character):
                yield piece, blank
                piece, blank = "", False
            piece += character
        if piece:
            yield piece, blank


def _breaks(before: str, character: str) -> bool:
    """Whether a line may end between two characters of a word: at a wide one, but not behind an opening bracket nor before what closes."""
    opens = unicodedata.category(character) in ("Ps", "Pi") and unicodedata.east_asian_width(character) in "WF"
    if unicodedata.category(before) in ("Ps", "Pi") or unicodedata.category(character) in ("Pe", "Pf", "Po"):
        return False
    return _wide(character) or _wide(before) or opens


def _wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF" and unicodedata.category(character)[0] in "LS"


def _cut(word: str, most: float, size: float, bold: bool, hyphen: str) -> tuple[int, str]:
    """Where to divide a word that is too long, and what is written there.

    At a soft hyphen where there is one; else after the last hyphen, stroke or no-break blank that fits; else, with a hyphen, within the
    word, three letters of it kept for the next line; else after the last letter that fits.
    """
    fits = _fitting(word, most, size, bold)
    soft = word.rfind(SOFT, 0, _fitting(word, most - width(hyphen, size, bold=bold), size, bold) + 1)
    if hyphen and soft > 0:
        return soft + 1, hyphen
    marks = [end for end in range(2, fits + 1) if word[end - 1] in f"-/_.{_HOLD}"]
    if marks:
        return marks[-1], ""
    inside = min(_fitting(word, most - width(hyphen, size, bold=bold), size, bold), len(word) - 3)
    if hyphen and inside >= 3 and _has_case(word[inside - 1]) and _has_case(word[inside]):
        return inside, hyphen
    return fits, ""


def _fitting(word: str, most: float, size: float, bold: bool) -> int:
    """How many of the first characters fit, at least one."""
    room, taken = most / (size * (BOLD if bold else 1.0)) + 1e-9, 0.0
    for at, character in enumerate(word):
        taken += _em(character)
        if taken > room:
            return max(1, at)
    return len(word)


def _has_case(character: str) -> bool:
    """Whether it is a letter of a script that divides words with a hyphen: Latin, Greek, Cyrillic."""
    return character.lower() != character.upper()


def held(text: str) -> str:
    """*text* with its blanks made no-break ones: ``(n = 12)`` stays in one line."""
    return text.replace(" ", _HOLD)
