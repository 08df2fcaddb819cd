"""Typst, told once where its templates and fonts are: the one place that starts it. Nothing of the network or the clock reaches it.

Documents are set in Liberation Sans, which the package carries, and in the faces that typst carries: what these cover looks the same, byte
for byte, on every machine. Only for characters that none of them has are the machine's own fonts asked.
"""

from __future__ import annotations

import json
import re
import warnings
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from threading import Lock
from typing import TYPE_CHECKING, Any

from review.errors import ReportError

if TYPE_CHECKING:
    import typst

UNSHOWN = re.compile(r'error: [^\n]*?the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
CODE = re.compile(r"\\u\{([0-9a-fA-F]+)\}")
STANDARD = "ua-1"
_ONE = Lock()  # a compiler sets one document at a time


@dataclass(frozen=True)
class Typeset:
    """What came out, the standard that it keeps ('' for none), the characters that no font has, and what else the standard met."""

    content: bytes
    standard: str
    missing: tuple[str, ...] = ()
    objection: str = ""


def pdf(template: str, **inputs: Any) -> Typeset:
    """The template as PDF/UA-1; where that cannot be, as a tagged PDF that keeps no standard, with the reason.

    inputs: by name, JSON values that the template reads as data. Raises ReportError where typst cannot set it at all.
    """
    for system_fonts in (False, True):
        made = _accessible(template, system_fonts, inputs)
        if isinstance(made, bytes):
            return Typeset(made, STANDARD)
        if not UNSHOWN.search(made):
            break
    missing = dict.fromkeys(letter for text in UNSHOWN.findall(made) for letter in CODE.sub(lambda code: chr(int(code[1], 16)), text))
    objection = "" if missing else made.partition("\n")[0].removeprefix("error: ")
    return Typeset(_set(template, bool(missing), inputs, format="pdf"), "", tuple(missing), objection)


def png(template: str, ppi: float, **inputs: Any) -> bytes:
    """The only page of the template as PNG at *ppi* pixels an inch."""
    system_fonts = not isinstance(_accessible(template, False, inputs), bytes)
    return _set(template, system_fonts, inputs, format="png", ppi=ppi)


def _accessible(template: str, system_fonts: bool, inputs: dict[str, Any]) -> bytes | str:
    """The PDF, or why it cannot keep the standard: typst names each character that no font has."""
    try:
        return _compiled(template, system_fonts, inputs, format="pdf", pdf_standards=STANDARD)
    except _typst().TypstError as error:
        return str(error.diagnostic)


def _set(template: str, system_fonts: bool, inputs: dict[str, Any], **options: Any) -> bytes:
    try:
        return _compiled(template, system_fonts, inputs, **options)
    except _typst().TypstError as error:
        raise ReportError(
            f"typst does not set {template}: {error.message}", next_step="please report this with the report's name"
        ) from error


def _compiled(template: str, system_fonts: bool, inputs: dict[str, Any], **options: Any) -> bytes:
    told = {name: json.dumps(value, ensure_ascii=False) for name, value in inputs.items()}
    with _ONE, warnings.catch_warnings(action="ignore"):
        return _compiler(template, system_fonts).compile(sys_inputs=told, timestamp=0, **options)


@cache
def _compiler(template: str, system_fonts: bool) -> typst.Compiler:
    folder = files("review.reporting").joinpath("assets")
    return _typst().Compiler(
        str(folder.joinpath(template)), root=str(folder), font_paths=[str(folder.joinpath("fonts"))], ignore_system_fonts=not system_fonts
    )


def _typst() -> Any:
    import typst

    return typst
