"""What the printed type of a publication makes of an entry, in one table for all formats: registration, conference abstract, or article.

Databases print the same few words in different places. A paper of a conference is an article in full: an entry counts as a conference
abstract only where its source says abstract.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from review.model.terms import RecordType

_ARTICLES: Final = (
    "conference paper", "conferencepaper", "conference article", "conference proceeding", "conference proceedings",
    "conference proceedings article", "proceedings paper", "proceedings article", "inproceedings",
)  # fmt: skip
_ABSTRACTS: Final = ("conference abstract", "conference abstracts", "meeting abstract", "meeting abstracts", "congress abstract")
_REGISTRATIONS: Final = (
    "trial registry record", "clinical trial registry", "clinical trial registry record", "trial registration",
    "clinical trial registration",
)  # fmt: skip
PRINTED: Final[Mapping[str, RecordType]] = {
    **dict.fromkeys(_ARTICLES, "article_report"),
    **dict.fromkeys(_ABSTRACTS, "conference_abstract"),
    **dict.fromkeys(_REGISTRATIONS, "trial_registration"),
}


@lru_cache(maxsize=256)  # a source prints few
def record_type_of(printed: str) -> RecordType | None:
    """The type of record that *printed* says; None where it says none of the three.

    >>> record_type_of("Journal: Conference Abstract"), record_type_of("Journal Article")
    ('conference_abstract', None)
    """
    words = " ".join(printed.strip(" .,;*").lower().replace("-", " ").split())
    return PRINTED.get(words.removeprefix("journal: "))
