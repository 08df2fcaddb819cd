"""Hands today's records to the engine of duplicates, a row a record, and takes what it found. It decides nothing and writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from review.model.views import NOT_TRIAL_NUMBERS, RecordView, trial_number

if TYPE_CHECKING:
    import pandas as pd

    from review.studies.duplicates.explain import Explained
    from review.studies.duplicates.find import Duplicates

_COLUMNS = (
    "record", "title", "authors", "year", "journal", "volume", "number", "pages", "doi", "pmid", "abstract", "registry_ids",
    "record_type", "notice",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pair:
    """Two reports by their founding ids, and what the engine says of them; ``row`` is its place in the engine's answer."""

    a: str
    b: str
    outcome: Literal["merge", "review"]
    rule: str
    score: float
    row: int


class Compared:
    """The engine's answer for some records: ``pairs``, the most alike first, and why of each."""

    def __init__(self, records: Sequence[RecordView]) -> None:
        from review.studies.duplicates.find import find_duplicates

        self._frame = frame_of(records)
        self._found: Duplicates = find_duplicates(self._frame)
        columns = (self._found.pairs[name].tolist() for name in ("a", "b", "outcome", "rule", "score"))
        self.pairs = sorted((Pair(*said, row) for row, said in enumerate(zip(*columns, strict=True))), key=lambda p: (-p.score, p.a, p.b))

    def explain(self, pairs: Sequence[Pair], place: Mapping[str, int]) -> list[Explained]:
        """Of each pair, the report that came first named first, the rule, and field by field what was compared and how far it agrees.

        *place*: of each report in the order of the ledger.
        """
        from review.studies.duplicates.explain import explain_pairs

        if not pairs:
            return []
        rows = [pair.row for pair in pairs]
        ordered = [sorted((pair.a, pair.b), key=place.__getitem__) for pair in pairs]
        asked = self._found.pairs.iloc[rows].assign(a=[a for a, _ in ordered], b=[b for _, b in ordered])
        return explain_pairs(replace(self._found, pairs=asked, compared=self._found.compared.iloc[rows]), self._frame)


def frame_of(records: Sequence[RecordView]) -> pd.DataFrame:
    """The engine's columns of these records; ``record`` is the id of the report that each founds."""
    import pandas as pd

    return pd.DataFrame([_row(record) for record in records], columns=list(_COLUMNS), dtype=object)


def _row(record: RecordView) -> tuple[Any, ...]:
    doc, printed = record.doc, record.doc.get("publication") or {}
    article = not record.is_registration  # the numbers of articles that a registration states are of other documents
    return (
        "rep:" + record.id.removeprefix("rec:"),
        doc.get("brief_title") or doc.get("official_title") or "",
        "; ".join(record.authors),
        str(record.year or ""),
        printed.get("journal") or "",
        printed.get("volume") or "",
        printed.get("issue") or "",
        printed.get("pages") or "",
        next(iter(record.identifiers("DOI")), "") if article else "",
        next(iter(record.identifiers("PMID")), "") if article else "",
        doc.get("abstract") or printed.get("abstract") or "",
        "" if article else "; ".join(_own_numbers(record)),
        doc.get("record_type") or "",
        record.is_notice,
    )


def _own_numbers(record: RecordView) -> Sequence[str]:
    """The numbers under which a registration is registered, each as two mentions of a trial are compared."""
    own = (i for i in record.doc.get("identifiers") or () if i["role"] == "primary" and i["type"] not in NOT_TRIAL_NUMBERS)
    return [trial_number(i["type"], i["value"]) for i in own]
