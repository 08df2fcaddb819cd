"""Journal pages of two layouts in six styles of capture: what they state, nothing that they do not, and what a lost line does."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.records import read_bytes
from tests.records.made_articles import LAYOUTS, STYLES, make, printed, stated
from tests.records.printed_registers import compared


def read(data: bytes, name: str | None = None) -> dict[str, Any]:
    (record,) = read_bytes(data, "page", name).records
    return stated(record)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_a_page_states_is_read_and_nothing_else(layout: str, style: str) -> None:
    for seed in range(8):
        data, truth = printed(make(seed), layout, style, random.Random(seed))
        assert compared(truth, read(data))[1:] == ([], []), seed


@given(st.integers(0, 10**6), st.sampled_from(LAYOUTS), st.sampled_from(STYLES))
@settings(max_examples=40)
def test_any_made_page(seed: int, layout: str, style: str) -> None:
    data, truth = printed(make(seed), layout, style, random.Random(seed))
    assert compared(truth, read(data))[1:] == ([], [])


SURE = (
    "brief_title",
    "journal",
    "year",
    "volume",
    "issue",
    "pages",
    "doi",
    "pmid",
    "publication_types",
    "handling_editor",
    "funding",
    "peer_review",
)


@given(st.integers(0, 10**6), st.sampled_from(LAYOUTS), st.sampled_from(["indented", "dash"]), st.booleans(), st.data())
@settings(max_examples=60)
def test_a_line_that_is_lost_or_doubled_makes_no_citation(seed: int, layout: str, style: str, doubled: bool, data: st.DataObject) -> None:
    page, truth = printed(make(seed), layout, style, random.Random(seed))
    lines = page.decode().split("\n")
    at = data.draw(st.sampled_from([n for n, line in enumerate(lines) if line.strip()]))
    found = read("\n".join(lines[:at] + [lines[at]] * (2 if doubled else 0) + lines[at + 1 :]).encode(), "bmj_article")
    wrong = {name: found[name] for name in SURE if found[name] not in ("", [], truth[name])}
    assert wrong == {}
    names = {name for name, _, _ in truth["authors"]}
    assert {name for name, _, _ in found["authors"]} <= names
    assert {mail for *_, mail in found["corresponding"]} <= {mail for *_, mail in truth["corresponding"]} | {""}
