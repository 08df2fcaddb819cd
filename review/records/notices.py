"""What a source states of an article since it came out: retracted, under a concern, corrected. It reads set words and guesses nothing.

Every reader of citations asks it. The three places in which sources say so are the type of the publication, the marks of the title, and
the links to comments and corrections. A link leads from an article to what was said of it, or from that notice to its article.
"""

from __future__ import annotations

from collections.abc import Iterable

from review.model.notice_titles import NOTICES, Notice, notice_in, notice_in_link, notice_in_type, pointed_to
from review.model.record import Problem


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
        if (linked := notice_in_link(kind)) is not None:
            notice, itself = linked
            found.append((notice, None, (_as_notice if itself else _of_article)(kind.strip(), " ".join(what.split()))))
    return tuple(Problem(code=NOTICES[notice], field=field, message=said) for notice, field, said in dict.fromkeys(found))


def _of_article(kind: str, what: str) -> str:
    return f"the source links it to a notice, {kind!r}: {what or 'no reference'}"


def _as_notice(kind: str, what: str) -> str:
    about = ", ".join(f"{name} {number}" for name, number in pointed_to(what))
    return f"this record is a notice about {about or 'another article'}, {kind!r}: {what or 'no reference'}"
