"""Takes kind and identifiers of an entry from the line that an export of a review left in its notes."""

from __future__ import annotations

from review.model.identifiers import recognise
from review.model.own_note import Number, read_note
from review.model.record import Identifier, Lines
from review.records.build import RecordDraft, as_identifier


def identify(draft: RecordDraft, text: str, where: Lines | None) -> bool:
    """Gives *draft* the kind and the identifiers that such a line in *text* names; those it has besides follow them. False: no line.

    The id in it is that of a record of some review: it is kept with the note and makes no record known here.
    """
    note = read_note(text)
    if note is None:
        return False
    if note.record_type:
        draft.put("record_type", note.record_type, where)
    named = [_identifier(one) for one in note.identifiers]
    known = {(one.type, one.value) for one in named}
    besides = [one.model_copy(update={"role": "secondary"}) for one in draft.get("identifiers") or () if (one.type, one.value) not in known]
    draft.put("identifiers", [*named, *besides], where)
    for one in named if note.record_type != "trial_registration" else ():  # what a registration cites is not its own
        path = f"publication.{one.type.lower()}"
        if one.type in ("DOI", "PMID", "PMCID") and draft.get(path) is None:
            draft.put(path, one.value, where)
    return True


def _identifier(number: Number) -> Identifier:
    """The identifier, in the writing in which two mentions of it are equal where its kind is known."""
    role, found = "primary" if number.primary else "secondary", recognise(number.value, number.type)
    return as_identifier(found, role) if found else Identifier.model_validate({"type": number.type, "value": number.value, "role": role})
