"""What the two registers of the EU state of one trial in several places: sizes, states, ages, numbers of resubmissions."""

from __future__ import annotations

import pytest

from review.records import read_bytes
from review.records.dates import parse_age
from review.records.register_values import parse_limit
from tests.records.formats.test_registers import EUDRACT


def test_a_part_of_the_participants_is_not_the_size_of_the_trial() -> None:
    whole = read_bytes(EUDRACT.encode()).records[0]
    assert whole.enrollment is not None and (whole.enrollment.count, whole.extra["In the member state"]) == (15, ("5",))
    text = EUDRACT.replace("F.4.2.2 In the whole clinical trial: 15", "F.4.2.1 In the EEA: 9")
    part = read_bytes(text.encode()).records[0]
    assert part.enrollment is None
    assert (part.extra["In the member state"], part.extra["In the EEA"]) == (("5",), ("9",))


@pytest.mark.parametrize("printed", ["65+", "65 +", "65+ Years", "65 years and older", "65 Years or above"])
def test_the_group_of_the_oldest_has_no_upper_limit(printed: str) -> None:
    for reader in (parse_age, parse_limit):
        highest, lowest = reader(printed, "maximum_age"), reader(printed)
        assert highest is not None and (highest.value, highest.unit, highest.raw) == (None, None, printed)
        assert lowest is not None and (lowest.value, lowest.unit) == (65, "YEARS")
