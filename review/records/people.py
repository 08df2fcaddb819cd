"""Tells the lines of a contact apart by their shape: e-mail, telephone, or a name or place."""

from __future__ import annotations

import re
from typing import Literal

_LABEL = re.compile(r"(?:e-?mail|phone|telephone|tel\.?|mobile|fax)(?: number)?\s*:\s*", re.I)


def contact_part(text: str) -> tuple[Literal["email", "phone", ""], str]:
    """(kind, value without its label) of one printed line of a contact; kind '' for a line that is neither e-mail nor telephone."""
    bare = _LABEL.sub("", text, count=1).strip() if _LABEL.match(text) else text.strip()
    if re.search(r"\S@\S", bare):
        return "email", bare
    digits = sum(c.isdigit() for c in bare)
    if digits >= 5 and digits * 2 >= len(re.sub(r"[\s().+/-]|ext", "", bare)):
        return "phone", bare
    return "", bare
