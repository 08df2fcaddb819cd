"""What must hold of duplicates for any records: no order counts, a file that comes again adds nothing, every record has its group."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from review.studies import find_duplicates
from review.studies.duplicates.entries import columns_of, entries, names_one, rows_of
from review.studies.duplicates.normalise import normalise
from review.studies.duplicates.rules import rule_book
from review.studies.duplicates.scores import compare
from review.studies.duplicates.search import Found, search, search_around

WORDS = [
    "warm",
    "socks",
    "for",
    "cold",
    "feet",
    "at",
    "night",
    "in",
    "women",
    "men",
    "part",
    "i",
    "ii",
    "2",
    "trial",
    "Erratum:",
    "Fuß",
    "足",
]
TITLES = st.one_of(st.none(), st.just(""), st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join), st.text(max_size=12))
RECORDS = st.fixed_dictionaries({
    "title": TITLES,
    "authors": st.sampled_from([None, "Hale, R.; Moss, T.", "Hale R, Moss T", "Moss, Tiv and Hale, Rae", ["Birk, O."], "Hale et al."]),
    "year": st.sampled_from([None, 2012, 2013.0, "2012 Mar", "n.d."]),
    "journal": st.sampled_from([None, "Journal of Feet", "J Feet", "Feetologia", "JOFE"]),
    "volume": st.sampled_from([None, 3.0, "3", "4 Suppl 1"]),
    "number": st.sampled_from([None, "1", "2", "May"]),
    "pages": st.sampled_from([None, "288-97", "288-297", "S12", "e5", "1-9", "12 p"]),
    "doi": st.sampled_from([None, None, "10.5555/1", "https://doi.org/10.5555/1", "10.5555/1.pub2", "10.5555/2"]),
    "pmid": st.sampled_from([None, None, "1", 2]),
    "abstract": st.sampled_from([None, "Wool is warm."]),
    "registry_ids": st.sampled_from([None, ["NCT00000001"], "ISRCTN00000002; NCT00000001"]),
    "record_type": st.sampled_from([None, "article_report", "trial_registration", "conference_abstract", "Published Erratum"]),
})  # fmt: skip
FILES = st.lists(RECORDS, max_size=14)


def frame_of(records: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame([{"record": f"r{k:02}", **record} for k, record in enumerate(records)], columns=["record", *COLUMNS])


COLUMNS = "title authors year journal volume number pages doi pmid abstract registry_ids record_type".split()


@settings(max_examples=30, deadline=None)
@given(records=FILES, seed=st.integers(0, 99))
def test_the_order_of_rows_and_of_columns_makes_no_difference(records: list[dict[str, Any]], seed: int) -> None:
    frame = frame_of(records)
    found = find_duplicates(frame)
    moved = find_duplicates(frame.sample(frac=1, random_state=seed)[["record", *COLUMNS[::-1]]])
    assert moved.pairs.equals(found.pairs) and moved.groups.equals(found.groups) and moved.compared.equals(found.compared)


@settings(max_examples=30, deadline=None)
@given(records=FILES)
def test_every_record_has_one_group_that_the_merges_make(records: list[dict[str, Any]]) -> None:
    frame = frame_of(records)
    found = find_duplicates(frame)
    group = dict(zip(found.groups["record"], found.groups["group"], strict=True))
    assert sorted(group) == sorted(frame["record"]) and len(found.groups) == len(frame)
    assert all(group[group[record]] == group[record] <= record for record in group)
    for a, b, outcome in found.pairs[["a", "b", "outcome"]].values.tolist():
        assert a < b and (group[a] == group[b]) == (outcome == "merge")
    assert not found.pairs.duplicated(["a", "b"]).any() and found.pairs["score"].between(0, 1).all()


@settings(max_examples=30, deadline=None)
@given(records=FILES)
def test_a_file_that_comes_again_adds_nothing(records: list[dict[str, Any]]) -> None:
    """But for entries that say too little to name a document; of these a person is asked, or nobody where they say nothing."""
    standing = rule_book().standing
    once = frame_of([record for record, row in zip(records, rows_of(frame_of(records))[1], strict=True) if names_one(row, standing)])
    again = pd.concat([once, once.assign(record=once["record"] + "b")], ignore_index=True)
    groups = find_duplicates(again).groups
    assert groups[groups["record"].isin(once["record"])].reset_index(drop=True).equals(find_duplicates(once).groups)
    assert set(groups["group"]) <= set(once["record"])


@settings(max_examples=30, deadline=None)
@given(records=st.tuples(RECORDS, RECORDS))
def test_a_is_to_b_as_b_is_to_a(records: tuple[dict[str, Any], dict[str, Any]]) -> None:
    book = rule_book()
    fields = normalise(columns_of(rows_of(frame_of(list(records)))[1]), book)
    there = compare(fields, np.array([0]), np.array([1]))
    back = compare(fields, np.array([1]), np.array([0]))
    for name in there:
        np.testing.assert_array_equal(there[name], back[name], err_msg=name)


@settings(max_examples=40, deadline=None)
@given(records=FILES, data=st.data())
def test_around_new_records_the_pairs_are_those_of_comparing_all(records: list[dict[str, Any]], data: st.DataObject) -> None:
    """Those with a part in what is new all are found, and none that comparing all would not find."""
    frame, book = frame_of(records), rule_book()
    known = entries(*rows_of(frame), book.standing)
    fields = normalise(columns_of(known.contents), book)
    new = data.draw(st.sets(st.integers(0, len(fields) - 1))) if len(fields) else set()
    whole, around = (told(found) for found, _ in (search(fields, book), search_around(fields, book, new, new)))
    assert around <= whole and {pair for pair in whole if new & set(pair[:2])} <= around


def told(found: Found) -> set[tuple[int, int, int, bool]]:
    return set(zip(found.i.tolist(), found.j.tolist(), found.rule.tolist(), found.merges.tolist(), strict=True))
