"""How text that others wrote becomes HTML or SVG: always as text, never as markup."""

from __future__ import annotations

import html
import re

# what XML 1.0 cannot hold (and a browser would drop or replace): C0 and C1 controls, lone surrogates, non-characters
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NOT_NAME = re.compile(r"[^A-Za-z0-9_.:-]")


def legal(text: str) -> str:
    """*text* with every character that XML cannot hold as U+FFFD."""
    return _ILLEGAL.sub("\ufffd", text)


def escaped(text: str) -> str:
    """*text* for the inside of an element or of a quoted attribute; a character that XML cannot hold becomes U+FFFD."""
    return html.escape(legal(text), quote=True)


def anchor(key: str) -> str:
    """*key* as the part of an id or a fragment; two keys never give the same, and plain ones stay as they are.

    >>> anchor("stu:5f-n_1"), anchor("a b")
    ('stu:5f-n_1', 'a~20b')
    """
    return _NOT_NAME.sub(lambda found: f"~{ord(found[0]):02x}" if ord(found[0]) < 256 else f"~u{ord(found[0]):06x}", key)
