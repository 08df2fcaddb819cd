"""What the two registers of the EU state of one trial in several places: sizes, states, ages, numbers of resubmissions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from review.records import read_bytes
from review.records.dates import parse_age
from review.records.register_values import parse_limit
from tests.records.formats.test_registers import CTIS, EUDRACT
from tests.rooms.team import make_team


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


def test_a_resubmission_is_a_version_and_two_in_one_file_are_one_report(tmp_path: Path) -> None:
    team = make_team(tmp_path / "review")
    first, second = ({**CTIS, "ctNumber": f"2023-501234-56-0{n}"} for n in range(2))
    for source, files in (("CTIS", ([first], [second])), ("The EU portal", ([first, second],))):
        search = team.search(source, "register")
        for n, entries in enumerate(files):
            (tmp_path / f"{n}.json").write_text(json.dumps(entries), encoding="utf-8")
            team.r1.import_files([tmp_path / f"{n}.json"], search=search)
    assert [len(r.versions) for r in team.nobody.records.views()] == [2, 1, 1]
    team.r1.studies.find()
    assert [len(r.records) for r in team.nobody.studies.report_views()] == [3]
    team.ledger.close()
