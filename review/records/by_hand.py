"""Makes a record from what a person typed: a citation, a hit of a hand search, a letter from an author."""

from __future__ import annotations

from collections.abc import Sequence

from review.errors import InputRefused
from review.model.identifiers import recognise
from review.model.record import Author, Identifier, Provenance, Publication, Record
from review.records.build import record_id


def record_by_hand(
    *,
    source: str,
    title: str,
    identifiers: Sequence[str],
    authors: Sequence[str],
    year: int | None,
    journal: str | None,
    volume: str | None,
    pages: str | None,
    teaching: bool,
) -> Record:
    """The record. Its id rests on all that was typed, so that typing the same again is the same record."""
    authors = [name for name in authors if any(map(str.isalnum, name))]
    if not title.strip():
        raise InputRefused("an entry needs a title", next_step="give the title as printed")
    found: list[Identifier] = []
    for text in identifiers:
        one = recognise(text)
        if one is None:
            raise InputRefused(
                f"{text!r} is not one identifier",
                expected="a DOI, a PubMed number or a registry number each",
                next_step="check the number, or put the words in the note",
            )
        role = "primary" if one.type in ("DOI", "PMID") and not any(i.role == "primary" for i in found) else "secondary"
        found.append(Identifier(type=one.type, value=one.value, role=role, issuer=one.issuer))
    entry = "|".join([title, *identifiers, *authors, str(year or ""), journal or "", volume or "", pages or ""])
    doi = next((i.value for i in found if i.type == "DOI"), None)
    pmid = next((i.value for i in found if i.type == "PMID"), None)
    publication = Publication(
        authors=tuple(Author(position=n, name=name) for n, name in enumerate(authors, start=1)),
        year=year,
        journal=journal,
        volume=volume,
        pages=pages,
        doi=doi,
        pmid=pmid,
    )
    own = not authors and not journal
    return Record(
        record_id=record_id(source, entry, 1),
        record_type="other" if own else "article_report",
        identifiers=tuple(found),
        brief_title=title.strip(),
        publication=None if own else publication,
        provenance=Provenance(
            source_format="by_hand", kind="teaching_copy" if teaching else "capture", parser="by_hand", parser_version="1"
        ),
    )
