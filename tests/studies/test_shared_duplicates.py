"""Wrong merges, misses and the review band on labelled sets, shuffled: no more of either than is stated in docs/method.md."""

from __future__ import annotations

import pytest

from review.studies import Duplicates, find_duplicates
from tests.structure.tree import ROOT
from tests.studies.labelled import flagged, in_band, mixed, read_flags, read_set, removed

SHARED = ROOT.parent / "shared" / "bench" / "dedupe"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared/bench/dedupe, which is not beside this checkout")


def groups_of(found: Duplicates) -> list[list[str]]:
    return [list(one) for _, one in found.groups.groupby("group")["record"]]


@pytest.mark.parametrize(
    ("name", "missed", "of_missing"),
    [("stroke", 2, 0.8), ("cytology_screening", 2, 0.8), ("digital_work", 2, 0), ("special_cases", 0, 1)],
)
def test_a_labelled_set(name: str, missed: int, of_missing: float) -> None:
    """The two of digital_work are labelled duplicates and are none: an erratum with its paper, and two editorials."""
    frame, true = read_set(SHARED / name)
    found = find_duplicates(frame.sample(frac=1, random_state=5))
    result = removed(groups_of(found), true)
    assert (result.false, mixed(groups_of(found), true)) == (0, 0)
    assert result.missed <= missed and result.sensitivity >= 0.985
    offered = found.pairs[found.pairs["outcome"] == "review"]
    band, missing = in_band(
        dict(zip(found.groups["record"], found.groups["group"], strict=True)), zip(offered["a"], offered["b"], strict=True), true
    )
    assert len(offered) <= 0.02 * len(frame) and band >= of_missing * missing


def test_groups_do_not_depend_on_the_seed() -> None:
    frame, _ = read_set(SHARED / "stroke")
    first, *others = (find_duplicates(frame.sample(frac=1, random_state=seed)) for seed in (1, 2, 3))
    assert all(other.groups.equals(first.groups) and other.pairs.equals(first.pairs) for other in others)


def test_a_set_of_which_only_flags_are_known() -> None:
    frame, duplicated = read_flags(SHARED / "sra_copper" / "records_labelled.csv")
    assert flagged(groups_of(find_duplicates(frame.sample(frac=1, random_state=5))), duplicated) == (0, 2)
