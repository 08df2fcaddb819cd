"""Three captured pages beside the project, line by line: what is lost is missing, and no other value takes its place."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from review.records import read_bytes
from review.records.fixed_sentences import section_of_blurb
from tests.records.printed_sites import STYLES, made_page, shown

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
if not SEEDS.is_dir():
    pytest.skip("the captured pages are not beside this checkout", allow_module_level=True)

PAGES = {path.name[:3]: path for path in sorted(SEEDS.glob("*.txt"))}
NAMES = (
    "record_type overall_status phases study_type sex healthy_volunteers allocation intervention_model primary_purpose masking who_masked"
    " enrollment minimum_age maximum_age countries conditions keywords lead_sponsor collaborators contacts overall_officials"
    " responsible_party arm_groups related_record_ids locations has_results identifiers"
).split()
# (page, field): a line less makes another page of these, which the reader cannot tell from the first
KNOWN = {("000", "lead_sponsor"), ("004", "conditions")}


def bare(value: Any) -> Any:
    """A value without what is empty in it: a part of what is stated is not wrong."""
    if isinstance(value, dict):
        return {k: bare(v) for k, v in value.items() if v not in (None, [], {}, "") and k != "raw"}
    return [bare(v) for v in value] if isinstance(value, list) else value


def within(found: Any, true: Any) -> bool:
    """Everything in *found* is in *true*."""
    if found in (None, [], {}):
        return True
    if isinstance(found, dict) and isinstance(true, dict):
        return all(key in true and within(value, true[key]) for key, value in found.items())
    if isinstance(found, list) and isinstance(true, list):
        return all(any(within(one, other) for other in true) for one in found)
    return bool(found == true)


@pytest.mark.parametrize("seed", ["000", pytest.param("002", marks=pytest.mark.soak), "004"])
@pytest.mark.parametrize("doubled", [False, True], ids=["lost", "doubled"])
def test_one_line_less_or_more_makes_no_other_value(seed: str, doubled: bool) -> None:
    path = PAGES[seed]
    truth = json.loads((SEEDS / "truth" / f"{path.stem}.json").read_text(encoding="utf-8"))
    lines = path.read_text(encoding="utf-8").split("\n")
    wrong = []
    for at in (n for n, line in enumerate(lines) if line.strip()):
        changed = lines[: at + 1] + lines[at:] if doubled else lines[:at] + lines[at + 1 :]
        record = read_bytes("\n".join(changed).encode(), format=truth["provenance"]["source_format"]).records[0]
        found = record.model_dump(mode="json", include=set(NAMES))
        found["contacts"] = [one for one in found["contacts"] if one["role"] != "FACILITY"]  # theirs, where their site is lost
        found["conditions"] = [] if found["conditions"] == [" ".join(truth["conditions"])] else found["conditions"]
        for name in NAMES:
            if not within(bare(found[name]), bare(truth[name])) and (seed, name) not in KNOWN:
                wrong.append(f"line {at + 1} {name}: {found[name]}")
    assert wrong == []


@pytest.mark.parametrize("style", STYLES)
def test_the_fixed_sentences_of_the_site_are_no_content(style: str) -> None:
    lines = [line for line in PAGES["002"].read_text(encoding="utf-8").split("\n") if line]
    blurbs = {label: text for label, text in pairwise(lines) if section_of_blurb(text)}
    assert len(blurbs) == 16
    for seed in range(12):
        data, stated, _ = made_page(seed, "meddatax", style, blurbs)
        found = shown(read_bytes(data).records[0], list(stated))
        assert {k: v for k, v in found.items() if v} == {k: v for k, v in stated.items() if v}
