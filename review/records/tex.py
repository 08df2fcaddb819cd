"""Turns the TeX of a BibTeX value into plain text: accents and letters become Unicode, braces go; formulas and unknown commands stay."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final

_ACCENTS: Final = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307", '"': "\u0308", "r": "\u030a",
    "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328", "b": "\u0331",
}  # fmt: skip
_LETTERS: Final = {
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "i": "ı",
    "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ", "textendash": "–",
    "textemdash": "—", "textquoteright": "’", "textquoteleft": "‘", "textquotedblleft": "“", "textquotedblright": "”",
    "textquotesingle": "'", "textdegree": "°", "textregistered": "®", "texttrademark": "™", "textcopyright": "©", "textmu": "µ",
    "textpm": "±", "textasciitilde": "~", "textbackslash": "\\", "textasciicircum": "^", "textless": "<", "textgreater": ">",
    "textbar": "|", "textbullet": "•", "ldots": "…", "dots": "…", "S": "§", "P": "¶", "pounds": "£", "euro": "€", "texteuro": "€",
    "copyright": "©", "guillemotleft": "«", "guillemotright": "»", "textsuperscript": "", "textsubscript": "", "emph": "", "textit": "",
    "textbf": "", "textrm": "", "textsc": "", "texttt": "", "textsf": "", "mbox": "", "url": "", "it": "", "em": "", "bf": "", "rm": "",
    "sc": "", "newline": " ",
}  # fmt: skip
_BASE: Final = r"(?:\{\s*(?:\\([ij])(?![A-Za-z])|([A-Za-z]))\s*\}|\\([ij])(?![A-Za-z])(?:\s|\{\})?|([A-Za-z]))"
_SIGN_ACCENT: Final = re.compile(r"\\([`'^~=.\"])\s*" + _BASE)
_LETTER_ACCENT: Final = re.compile(r"\\([uvHcdbkr])(?:\s+|(?=[{\\]))" + _BASE)
_FORMULA: Final = re.compile(r"((?<!\\)\$[^$]{0,2000}(?<!\\)\$)")
# in one pass, so that a backslash that was meant escapes nothing: a brace for the eye of a counter, a command, a sign, a brace
_COMMAND: Final = re.compile(r"\\vphantom\{\\[{}]\}|\\([A-Za-z]+)(?:\s+|\{\}|(?![A-Za-z]))|\\([&%$#_{}~^]|[ ,;!/-])|[{}]")
_TIE: Final = re.compile(r"(?<=[A-Za-z.])~(?=[A-Z\\{])")  # a blank at which no line ends; any other ~ was meant


def plain(text: str) -> str:
    r"""*text* as it is read.

    >>> plain(r"{\"U}nal and S{\o}ren {\v{C}}apek \& {Knight}, {\'\i}, $\alpha_{1}$, ~5")
    'Ünal and Søren Čapek & Knight, í, $\\alpha_{1}$, ~5'
    """
    if "&" in text and ";" in text:
        text = html.unescape(text)
    if "\\" not in text and "$" not in text:
        return _TIE.sub("\u00a0", text).replace("{", "").replace("}", "")
    parts = _FORMULA.split(text)
    return unicodedata.normalize("NFC", "".join(part if n % 2 else _words(part) for n, part in enumerate(parts)))


def _words(text: str) -> str:
    text = _LETTER_ACCENT.sub(_accented, _SIGN_ACCENT.sub(_accented, text))
    return _COMMAND.sub(_command, _TIE.sub("\u00a0", text))


def _command(found: re.Match[str]) -> str:
    """What a command prints, or the sign that a backslash made one; braces, and where a line may end, are nothing."""
    if found[1]:
        return _LETTERS.get(found[1], found[0].replace("{}", ""))
    sign = found[2] or ""
    return " " if sign in (" ", ",", ";") else "" if sign in ("!", "/", "-") else sign


def _accented(found: re.Match[str]) -> str:
    base = next(letter for letter in found.groups()[1:] if letter)
    return unicodedata.normalize("NFC", base + _ACCENTS[found[1]])
