"""What each rule says that may join two reports or give them to a person, in one sentence: of this release, and of earlier ones."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from review.studies.documents import BARE_COPY, ENDS_DISAGREE, EXACT_COPY, PARTED
from review.studies.state import SAID_BOTH

EARLIER_TOOL = "tool:identifier-rules@"
# what merged in ledgers that are older than the rules of today
EARLIER = {
    "same_doi": "Two articles have the same DOI, or two notices or comments, unless titles and first author or first page differ.",
    "same_pmid": "Two articles have the same PubMed number, or two notices or comments.",
    "same_registration": "Two registrations have the same registration number of their own.",
}
_OWN = {
    "person": "A person said that they are one document.",
    EXACT_COPY: "All fields that are compared are letter by letter the same, and they name one document.",
    BARE_COPY: "All fields that are compared are letter by letter the same, and say so little that it may be of two documents.",
    ENDS_DISAGREE: "The rules would join more than two entries, of which some may not be one; so a person decides on each.",
    SAID_BOTH: "One person said that they are one document, another that they are two; until that is settled they stay two.",
    PARTED: "The rules would join the two, but a person has parted them or others of their groups, or a merge of them was taken back.",
}


@cache
def _of_today() -> dict[str, str]:
    from review.studies.duplicates.rules import rule_book

    book = rule_book()
    return {rule.id: rule.says for rule in (*book.vetoes, *book.rules)}


def says(rule: str, actor: str = "") -> str:
    """The sentence of a rule, '' where it is unknown. *actor*: the tool that applied it, for earlier ones had rules of the same names."""
    if actor.startswith(EARLIER_TOOL):
        return EARLIER.get(rule, "")
    return _OWN.get(rule) or _of_today().get(rule) or EARLIER.get(rule, "")


def merging() -> dict[str, str]:
    """Rule -> its sentence, of all that merge today, in the order in which they are asked."""
    from review.studies.duplicates.rules import rule_book

    return {EXACT_COPY: _OWN[EXACT_COPY], **{rule.id: rule.says for rule in rule_book().rules if rule.outcome == "merge"}}


def in_a_sentence(found: Mapping[str, int]) -> str:
    """What ``rv.studies.find`` made of what came in: how much was merged and linked, how much waits for a person, and where."""
    merged, linked, doubted = (found[name] for name in ("merged", "linked", "doubted"))
    said = f"Duplicates: {merged:,} merged by rule, {doubted:,} {'waits' if doubted == 1 else 'wait'} for a person"
    where = " (review studies unsure, or the card 22_studies)" if doubted else ""
    return " ".join(filter(None, (f"{said}{where}. Links: {linked:,} by rule.", of_a_crowd(found["crowded"]))))


def of_a_crowd(records: int) -> str:
    """What is to be known where so many records share a key that not all pairs of them were compared; '' where none do."""
    if not records:
        return ""
    from review.studies.duplicates.blocking import LARGEST_BLOCK

    one = records == 1
    return (
        f"{records:,} record{'' if one else 's'} share{'s' if one else ''} a key, such as the beginning of a title, with more than "
        f"{LARGEST_BLOCK:,} others, and {'was' if one else 'were'} compared with the nearest alone: look for further duplicates among them."
    )
