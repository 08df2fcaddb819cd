"""The titles, types and links by which publishers mark a notice about an article: set forms, never a word that a study's title may use.

'Correction to: A trial' is a notice; 'Correction of anaemia: a trial' and 'Retracted tympanic membranes' are studies.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from review.model.problem_codes import ProblemCode

Notice = Literal["retracted", "under a concern", "corrected"]
# the gravest first
NOTICES: dict[Notice, ProblemCode] = {
    "retracted": ProblemCode.RETRACTED,
    "under a concern": ProblemCode.UNDER_CONCERN,
    "corrected": ProblemCode.CORRECTED,
}

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
# what Web of Science puts behind the title: of the article itself, and of a notice that bears the title of its article
_MARK = re.compile(
    r"\((?:(?P<retracted>(?:retracted|withdrawn) (?:article|publication|paper)\b|retraction in\b)"
    r"|(?P<notice>retraction (?:of|notice)\b)"
    r"|(?P<concern>(?:publication with )?expression of concern\b)"
    r"|(?P<corrected>(?:correction|erratum|corrigendum) (?:in|to)\b))[^()]*\)\.?$",
    re.IGNORECASE,
)
_MARKED: dict[str, Notice] = {"retracted": "retracted", "notice": "retracted", "concern": "under a concern", "corrected": "corrected"}
_OF_NOTICES = ("notice", "corrected")
# 'Tombstone' is what Embase leaves where an article was withdrawn
_TYPES: tuple[tuple[Notice, re.Pattern[str]], ...] = (
    (
        "retracted",
        re.compile(
            r"(?:retracted|withdrawn)(?: (?:publication|article|paper))?"
            r"|retraction(?: (?:of publication|note|notice|statement))?|tombstone",
            re.IGNORECASE,
        ),
    ),
    ("under a concern", re.compile(r".*\bexpressions?[ _-]of[ _-]concern.*", re.IGNORECASE)),
    (
        "corrected",
        re.compile(
            r"(?:published )?(?:erratum|errata|corrigendum|corrigenda)|corrected and republished article"
            r"|(?:(?:author|publisher) )?correction(?:[,/] ?addition)?",
            re.IGNORECASE,
        ),
    ),
)
# of the types above those that an article itself has, of which something was said; the others are types of what says it
_OF_ARTICLES = re.compile(r"(?:retracted|withdrawn)\b.*|tombstone|corrected and republished article|publication with .*", re.IGNORECASE)
# likewise of the forms of titles
_ARTICLE_ITSELF = re.compile(r"\[?retracted\b|[\[(](?:retracted|corrected)[\])]|withdrawn\s*:", re.IGNORECASE)
# the links of PubMed, as RefType and as the tags of MEDLINE; those that are not here (comments, updates, reprints) are no notices
_LINKS_IN: dict[str, Notice] = {  # from an article to what was said of it
    **dict.fromkeys(("retractionin", "rin", "partialretractionin", "prin", "retractedandrepublishedin", "rri"), "retracted"),
    **dict.fromkeys(("expressionofconcernin", "ecin", "eci"), "under a concern"),
    **dict.fromkeys(("erratumin", "ein", "correctionin", "correctedandrepublishedin", "cri"), "corrected"),
    # an article printed anew in place of an earlier one is no notice
    **dict.fromkeys(("correctedandrepublishedfrom", "crf", "retractedandrepublishedfrom", "rrf"), "corrected"),
}
_LINKS_OF: dict[str, Notice] = {  # from what was said to the article that it is about
    **dict.fromkeys(("retractionof", "rof", "partialretractionof", "prof"), "retracted"),
    **dict.fromkeys(("expressionofconcernfor", "ecfor", "ecf"), "under a concern"),
    **dict.fromkeys(("erratumfor", "efr", "correctionto"), "corrected"),
}
_POINTED_TO = re.compile(r"(?:\bPMID\b[\s:-]*|\bMED\.\s*)([1-9]\d{0,8})\b|\b(10\.\d{4,9}/\S+)")  # 'MED. 123': of Europe PMC
_COMMENT = re.compile(r"(?i:\[?(?:comment|commentary)(?:\s+on\b|\s*[:—]|\W*$))")


def notice_in(title: str) -> Notice | None:
    """What the form of *title* says: that an article is retracted, under a concern or corrected; None for any other title.

    >>> notice_in("RETRACTED: A drug in a disease"), notice_in("Retraction for exposure in surgery: a trial")
    ('retracted', None)
    """
    start = title.strip()
    begins = next((notice for notice, form in _FORMS if form.match(start)), None)
    return begins or (_MARKED[behind.lastgroup or ""] if (behind := _mark(start)) else None)


@lru_cache(maxsize=4096)
def notice_in_type(printed: str) -> Notice | None:
    """What a type of publication says, or several in one text ('Article; Retracted Publication'), the gravest.

    Kept: a file of ten thousand articles has some twenty types.
    """
    types = [one.strip() for one in re.split(r"[;|]", printed)]
    return next((notice for notice, form in _TYPES if any(map(form.fullmatch, types))), None)


@lru_cache(maxsize=4096)
def is_notice_type(printed: str) -> bool:
    """Whether a type of publication is that of the notice itself, not of the article that it is about.

    >>> is_notice_type("Retraction of Publication"), is_notice_type("Retracted Publication")
    (True, False)
    """
    return any(notice_in_type(one) and not _OF_ARTICLES.fullmatch(one.strip()) for one in re.split(r"[;|]", printed))


@lru_cache(maxsize=4096)
def notice_in_link(kind: str) -> tuple[Notice, bool] | None:
    """What a kind of link says, and whether its entry is itself the notice; None for any other link.

    >>> notice_in_link("RetractionIn"), notice_in_link("ROF"), notice_in_link("CommentIn")
    (('retracted', False), ('retracted', True), None)
    """
    letters = re.sub(r"[^a-z]", "", kind.lower())
    if letters in _LINKS_IN:
        return _LINKS_IN[letters], False
    return (_LINKS_OF[letters], True) if letters in _LINKS_OF else None


def pointed_to(link: str) -> tuple[tuple[str, str], ...]:
    """The numbers of the document to which a *link* leads, as ('PMID', '123') and ('DOI', '10.1000/abc'), in small letters.

    >>> pointed_to("J Things. 2012;1:1. doi: 10.1000/ABC. PMID: 123")
    (('DOI', '10.1000/abc'), ('PMID', '123'))
    """
    found = (("PMID", m[1]) if m[1] else ("DOI", m[2].rstrip(".,;:)]").casefold()) for m in _POINTED_TO.finditer(link))
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=1 << 16)
def is_notice_title(title: str) -> bool:
    """Whether *title* is that of a notice itself: not of a comment, nor of an article whose title was marked as retracted.

    Kept: the titles of a review are asked again with each record that comes in.
    """
    start = title.strip()
    return is_about_another(start) and not _COMMENT.match(start) and not _ARTICLE_ITSELF.match(start)


def is_about_another(title: str) -> bool:
    """Whether *title* is that of a notice or a comment, so that it is not the article that it is about, though it may bear its number."""
    start, behind = title.strip(), _mark(title.strip())
    begins = any(form.match(start) for form in (*(form for _, form in _FORMS), _COMMENT))
    return begins or (behind is not None and behind.lastgroup in _OF_NOTICES)


def _mark(title: str) -> re.Match[str] | None:
    return _MARK.search(title) if title.endswith((")", ").")) else None
