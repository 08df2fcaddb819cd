"""The titles by which publishers mark a notice about an article: their own set forms, never a word that a study's title may use.

'Correction to: A trial' is a notice; 'Correction of anaemia: a trial' and 'Retracted tympanic membranes' are studies.
"""

from __future__ import annotations

import re
from typing import Literal

Notice = Literal["retracted", "under a concern", "corrected"]

# behind the notice word: a colon or a dash (also after 'to'), 'notice', the authors it is about, the whole title quoted, or nothing
_BEHIND = (
    r"(?:\s+(?:notice|note|statement)\b"
    r"|(?:\s+(?:to|of|for|on))?\s*[:—]"
    r"|\s+(?:to|of|for|on|regarding)\s+[^,;:]{2,60}?\bet al\b"
    r"|\s+(?:to|of|for|on|regarding)\s+[\"“‘«].*[\"”’»]\W*(?:[\[(][^\])]*[\])]\W*)?$"
    r"|\W*$)"
)
_FORMS: tuple[tuple[Notice, re.Pattern[str]], ...] = (
    (
        "retracted",
        re.compile(
            r"\[?(?i:retracted(?:\s+(?:article|paper|publication|chapter|study|review))?)\s*[:—]"
            r"|[\[(](?i:retracted|retraction)[\])]"
            r"|WITHDRAWN\s*:"
            r"|(?i:\[?notice of retraction\b)"
            rf"|(?i:\[?retraction(?:\s+and\s+(?:replacement|republication))?{_BEHIND})"
        ),
    ),
    ("under a concern", re.compile(rf"(?i:\[?(?:editorial )?expression of concern{_BEHIND})")),
    (
        "corrected",
        re.compile(
            r"(?i:\[?(?:erratum|errata|corrigendum|corrigenda)\b)"
            r"|(?i:[\[(](?:correction|corrected)[\])])"
            rf"|(?i:\[?(?:(?:author|publisher)(?:['’]s)?\s+)?correction{_BEHIND})"
        ),
    ),
)
_COMMENT = re.compile(r"(?i:\[?(?:comment|commentary)(?:\s+on\b|\s*[:—]|\W*$))")


def notice_in(title: str) -> Notice | None:
    """What the form of *title* says: that an article is retracted, under a concern or corrected; None for any other title.

    >>> notice_in("RETRACTED: A drug in a disease"), notice_in("Retraction for exposure in surgery: a trial")
    ('retracted', None)
    """
    start = title.strip()
    return next((notice for notice, form in _FORMS if form.match(start)), None)


def is_about_another(title: str) -> bool:
    """Whether *title* is that of a notice or a comment, so that it is not the article that it is about, though it may bear its number."""
    return notice_in(title) is not None or _COMMENT.match(title.strip()) is not None
