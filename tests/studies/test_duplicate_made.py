"""Made-up families of records whose truth is known: what is two is never merged, and what is one is merged or shown to a person."""

from __future__ import annotations

from collections import Counter

import pytest

from review.studies import Duplicates, find_duplicates
from tests.studies.made_records import Family, families, frame_of

ASKED = {"online first, no DOI"}  # the same document as far as one can see, or a meeting's abstract of the year before


def found_in(made: list[Family]) -> list[tuple[Family, int, int]]:
    """(family, merges, pairs for a person) of each, all compared in one table."""
    found: Duplicates = find_duplicates(frame_of(made))
    group = dict(zip(found.groups["record"], found.groups["group"], strict=True))
    pairs = found.pairs[["a", "b", "outcome"]].values.tolist()
    assert [(a, b) for a, b, outcome in pairs if outcome == "merge" and a[:4] != b[:4]] == [], "records of two families are one document"
    outcomes = Counter((a[:4], outcome) for a, b, outcome in pairs if a[:4] == b[:4])
    return [
        (one, len(one.records) - len({group[f"{n:04}-{k}"] for k in range(len(one.records))}), outcomes[f"{n:04}", "review"])
        for n, one in enumerate(made)
    ]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_family_of_two_documents_is_merged_and_what_is_one_is_merged_or_shown(seed: int) -> None:
    found = found_in(families(seed))
    assert [one.name for one, merged, _ in found if merged and not one.same] == []
    assert [one.name for one, merged, asked in found if one.same and not merged and not asked] == []
    assert {one.name for one, merged, _ in found if one.same and not merged} <= ASKED
