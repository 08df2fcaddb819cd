"""What a source states of an article since it came out: retracted, under a concern, corrected. It reads set words and guesses nothing.

Every reader of citations asks it. The three places in which sources say so are the type of the publication, the marks of the title, and
the links to comments and corrections.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from review.model.notice_titles import NOTICES, Notice, notice_in, notice_in_type
from review.model.record import Problem

# the links of PubMed, as RefType and as the tags of MEDLINE; those that are not here (comments, updates, reprints) are no notices
_LINKS: dict[str, Notice] = {
    **dict.fromkeys(("retractionin", "retractionof", "rin", "rof"), "retracted"),
    **dict.fromkeys(("partialretractionin", "partialretractionof", "prin", "prof"), "retracted"),
    **dict.fromkeys(("retractedandrepublishedin", "rri"), "retracted"),
    **dict.fromkeys(("expressionofconcernin", "expressionofconcernfor", "ecin", "ecfor", "eci", "ecf"), "under a concern"),
    **dict.fromkeys(("erratumin", "erratumfor", "ein", "efr", "correctionin", "correctionto"), "corrected"),
    **dict.fromkeys(("correctedandrepublishedin", "correctedandrepublishedfrom", "cri", "crf"), "corrected"),
    **dict.fromkeys(("retractedandrepublishedfrom", "rrf"), "corrected"),  # the new text in place of the retracted one
}


def notices_of(publication_types: Iterable[str], title: str | None, comments: Iterable[tuple[str, str]] = ()) -> tuple[Problem, ...]:
    """A remark for each place in which the source states a notice; none as a rule.

    comments: (kind of the link, what it points to), as ('RetractionIn', 'J Things. 2020'): a ``RefType`` of PubMed or a tag of MEDLINE.
    The field of a remark is ``publication.publication_types``, ``brief_title`` or, for a link, none; its lines are for the reader to add.

    >>> [p.code.value for p in notices_of(["Journal Article", "Retracted Publication"], "A trial", [("ErratumIn", "J Things. 2020")])]
    ['retracted', 'corrected']
    """
    found: list[tuple[Notice, str | None, str]] = [
        (notice, "publication.publication_types", f"its type of publication is {printed!r}")
        for printed in publication_types
        if (notice := notice_in_type(printed)) is not None
    ]
    if title and (marked := notice_in(title)) is not None:
        found.append((marked, "brief_title", f"its title has the mark of a notice: {' '.join(title.split())[:80]!r}"))
    for kind, what in comments:
        if (linked := _LINKS.get(re.sub(r"[^a-z]", "", kind.lower()))) is not None:
            found.append((linked, None, f"the source links it to a notice, {kind.strip()!r}: {' '.join(what.split()) or 'no reference'}"))
    return tuple(Problem(code=NOTICES[notice], field=field, message=said) for notice, field, said in dict.fromkeys(found))
