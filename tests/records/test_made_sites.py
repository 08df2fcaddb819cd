"""Made-up trials, printed as pages of three sites in every style, read back to what the pages state, and to nothing else."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from review.model.record import Record
from review.records import read_bytes
from tests.records.printed_sites import SITES, STYLES, lossy, made_page, printed, shown

FORMATS = {"clinconnect": "clinconnect", "meddatax": "meddatax", "veeva": "veeva_ctv"}
# fields that no page of the three sites shows
NOWHERE = (
    "official_title acronym abstract primary_outcomes secondary_outcomes other_outcomes funding_sources ethics_review ipd_sharing".split()
)
# values of one line or one number: what is lost may be missing, but no other value may stand in its place
SCALARS = (
    "identifiers overall_status phases study_type enrollment.count enrollment.type maximum_age healthy_volunteers allocation"
    " intervention_model primary_purpose masking who_masked dates.last_update dates.last_refreshed dates.first_submitted countries"
    " collaborators locations has_results"
).split()
pages = st.tuples(st.integers(0, 10_000), st.sampled_from(SITES), st.sampled_from(STYLES))


def record(data: bytes, site: str) -> Record:
    reading = read_bytes(data, "page", FORMATS[site])
    assert (reading.read, len(reading.refused)) == (1, 0)
    return reading.records[0]


def codes(found: Record) -> set[str]:
    return {problem.code.value for problem in found.problems}


def is_empty(value: Any) -> bool:
    return value is None or value in ([], ())


def wrong(stated: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """The scalars of *found* that are neither as stated nor missing; a list may be a part of what is stated."""
    out = []
    for name in SCALARS:
        value, true = found.get(name), stated.get(name)
        if isinstance(value, list) and isinstance(true, list) and all(any(part_of(one, other) for other in true) for one in value):
            continue
        if is_empty(value) or value == true:
            continue
        out.append(f"{name}: {value!r} instead of {true!r}")
    return out


def part_of(value: Any, true: Any) -> bool:
    """Equal, or a tuple in which nothing else is stated."""
    if isinstance(value, tuple) and isinstance(true, tuple):
        return all(one in (None, other) for one, other in zip(value, true, strict=True))
    return bool(value == true)


@given(pages)
@example((3, "meddatax", "indented"))
@example((5, "veeva", "dash"))
@example((11, "clinconnect", "html"))
@settings(max_examples=90)
def test_a_page_reads_back_to_what_it_states(page: tuple[int, str, str]) -> None:
    data, stated, _ = made_page(*page)
    found = record(data, page[1])
    assert {name: value for name, value in shown(found, list(stated)).items() if not is_empty(value)} == {
        name: value for name, value in stated.items() if not is_empty(value)
    }
    if page[1] != "clinconnect" or stated["locations"]:  # a page without a single place looks like one that lost them
        assert "lossy_capture" not in codes(found)
    assert [name for name in NOWHERE if getattr(found, name)] == []


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("style", STYLES)
def test_a_made_page_is_told_by_its_content(site: str, style: str) -> None:
    for seed in range(6):
        reading = read_bytes(made_page(seed, site, style)[0])
        assert (reading.format, reading.confidence >= 0.6) == (FORMATS[site], True), (seed, reading.confidence)


@given(pages, st.floats(0.1, 0.5))
@settings(max_examples=60)
def test_what_a_capture_lost_is_missing_and_said_and_nothing_takes_its_place(page: tuple[int, str, str], share: float) -> None:
    _, stated, pieces = made_page(*page)
    left = lossy(pieces, random.Random(page[0]), share)
    found = record(printed(left, page[2], random.Random(page[0])), page[1])
    assert wrong(stated, shown(found, list(stated))) == []
    labels, kept = ([value for kind, value in some if kind == "label"] for some in (pieces, left))
    always = {"ClinConnect Summary", "Recruitment Status", "Brief Summary", "Status and phase", "Conditions", "Study type", "Ages"}
    if always & (set(labels) - set(kept)):
        assert "lossy_capture" in codes(found)


@given(pages, st.floats(0, 0.999))
@settings(max_examples=80)
def test_a_line_that_is_lost_or_doubled_makes_no_other_value(page: tuple[int, str, str], place: float) -> None:
    data, stated, _ = made_page(page[0], page[1], "indented" if page[2] == "html" else page[2])
    lines = data.decode().split("\n")
    at = next(n for n in [*range(int(place * len(lines)), len(lines)), 0] if lines[n].strip())
    for changed in (lines[:at] + lines[at + 1 :], lines[: at + 1] + lines[at:]):
        found = record("\n".join(changed).encode(), page[1])
        assert wrong(stated, shown(found, list(stated))) == [], lines[at]
