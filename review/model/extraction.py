"""Bodies of the facts that are extracted: cells with quotation and location, consensus, contacts; what was registered and reported."""

from __future__ import annotations

from typing import ClassVar, Literal, get_args
from unicodedata import normalize

from pydantic import field_validator

from review.model.event import Body

NOT_REPORTED = "not reported"


class CellKey(Body):
    """What a cell is about. None means that the item does not vary in that respect."""

    kind: ClassVar[str] = "-"
    item: str
    arm: str | None = None
    outcome: str | None = None
    timepoint: str | None = None
    analysis_set: str | None = None

    @field_validator("*")
    @classmethod
    def _as_stored(cls, words: str | None) -> str | None:
        """As the ledger keeps text: a name typed with combining accents is the name of the same cell."""
        return None if words is None else normalize("NFC", words)


class CellRecorded(Body):
    """One value with its unit, the words that it was read from, and where they stand.

    ``value`` is text; 'not reported' is a value. ``lines`` is the first and last line in the text named by
    ``text_sha256`` (the captured page, or the flattened text of an HTML page), None for a source without lines. ``form``: what the
    value was checked against, id@version:start of its sha256; '' for an item that no form has, and for a pre-filled value.
    ``form_sha256`` names the file of that form, which the ledger keeps; None where there is none, and in facts of before. ``reports`` are
    those of the study when it was recorded; empty in facts of before, and for a pre-filled value, whose ``record`` says it.
    """

    kind: ClassVar[str] = "extraction.recorded"
    cell: CellKey
    value: str
    unit: str | None
    quotation: str
    location: str
    record: str | None = None
    text_sha256: str | None = None
    lines: tuple[int, int] | None = None
    note: str = ""
    form: str = ""
    form_sha256: str | None = None
    reports: tuple[str, ...] = ()


class CellDrafted(Body):
    """What an extractor has typed into a cell and not recorded yet, as it was typed; all empty: nothing any more.

    ``before`` is this extractor's answer that stood in the cell then.
    """

    kind: ClassVar[str] = "extraction.drafted"
    cell: CellKey
    value: str
    unit: str
    quotation: str
    location: str
    before: str | None


class CellConfirmed(Body):
    """A person compared a cell with its source and found it right."""

    kind: ClassVar[str] = "extraction.confirmed"
    cell: CellKey
    value: str
    unit: str | None
    confirms: str


class CellResolved(Body):
    """The consensus value where two extractors differ, or where a lead settles a cell.

    ``quotation`` and what follows it, as in CellRecorded: the words of a value that neither gave; empty where an answer has them, and in
    facts of before. ``reports``: those of the study when it was settled; empty in facts of before.
    """

    kind: ClassVar[str] = "extraction.resolved"
    cell: CellKey
    value: str
    unit: str | None
    reason: str
    settles: tuple[str, ...]
    form: str = ""
    form_sha256: str | None = None
    quotation: str = ""
    location: str = ""
    record: str | None = None
    text_sha256: str | None = None
    lines: tuple[int, int] | None = None
    reports: tuple[str, ...] = ()


class SheetReturned(Body):
    """A sheet that an extractor gave back: the file's name and sha256, and the tokens of the values that were recorded from it."""

    kind: ClassVar[str] = "extraction.sheet_returned"
    name: str
    sha256: str
    tokens: tuple[str, ...]


class ContactLogged(Body):
    """Whom the team asked, when and what, and the answer; an answer None is still awaited."""

    kind: ClassVar[str] = "extraction.contacted"
    whom: str
    when: str
    asked: str
    answer: str | None


class RegisteredText(Body):
    """What one version of a registration says: ``number`` of the version, from 1 by its date; ``lines`` point into ``text_sha256``."""

    kind: ClassVar[str] = "-"
    text: str
    record: str
    number: int
    text_sha256: str | None = None
    lines: tuple[int, int] | None = None


class ReportedText(Body):
    """What a report says, by the cells ``events``: the words that they were read from, and where these stand."""

    kind: ClassVar[str] = "-"
    text: str
    quotation: str
    location: str
    events: tuple[str, ...]
    record: str | None = None
    text_sha256: str | None = None
    lines: tuple[int, int] | None = None


SwitchingJudgement = Literal["confirmed", "no_difference", "explained"]
SWITCHING_JUDGEMENTS: tuple[str, ...] = get_args(SwitchingJudgement)


class SwitchingJudged(Body):
    """A person compared what was registered with what was reported, or two versions of a registration.

    ``item`` is the id of the comparison. ``registered`` or ``reported`` None means that this side says nothing. ``later`` is the later
    version, where two versions are compared. ``proposed`` is what the comparison proposed, ``difference`` what this person finds: nothing
    with 'no_difference'. 'explained' means that there is a difference and that a source gives the reason, which ``note`` holds.
    """

    kind: ClassVar[str] = "extraction.switching_judged"
    item: str
    field: str
    registered: RegisteredText | None
    reported: ReportedText | None
    later: RegisteredText | None
    proposed: tuple[str, ...]
    difference: tuple[str, ...]
    judgement: SwitchingJudgement
    note: str


class SwitchingResolved(Body):
    """The consensus on one comparison of what was registered with what was reported."""

    kind: ClassVar[str] = "extraction.switching_resolved"
    item: str
    difference: tuple[str, ...]
    judgement: SwitchingJudgement
    reason: str
    settles: tuple[str, ...]
    form: str = ""
