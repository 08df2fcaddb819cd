"""Names of a synthesis mean what they mean elsewhere: capitals and blanks part no arms, and a choice names its study by its label."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.errors import ProtocolInvalid
from tests.reporting.evidence import texts
from tests.reporting.small_synthesis import OUTCOMES, Cells, arms, planned, reviewed
from tests.rooms.team import Team

DRUG, PLACEBO = {"events": 3, "n_analysed": 40}, {"events": 9, "n_analysed": 41}
CHOSEN = '\n[synthesis]\nmulti_arm = "choose"\nchoose = {{ "{name}" = "{arm}" }}\n'
SECOND = '\n[[comparisons]]\nid = "second"\noutcome = "pain"\nmeasure = "RR"\n'


def _two(outcome: str = "Flare") -> Cells:
    return arms(outcome, (("Drug", "experimental", DRUG), ("Placebo", "control", PLACEBO)))


def test_arms_whose_time_points_and_outcomes_are_written_in_two_ways_are_one_comparison(tmp_path: Path) -> None:
    groups = (("Drug", "experimental", DRUG), ("Placebo", "control", PLACEBO))
    both = arms("Flare", groups[:1], timepoint="12 weeks") + arms("FLARES", groups[1:], timepoint="12  Weeks")[1:]
    team = reviewed(tmp_path, planned("RR"), {"First": both, "Other": _two()})
    assert texts(team.nobody.tables.effects("c"), "standing") == ["used", "used"]
    team.ledger.close()


def amend(team: Team, name: str, arm: str) -> None:
    file = team.lead.folder / "review.toml"
    text = file.read_text(encoding="utf-8").partition("\n[synthesis]")[0].partition(OUTCOMES)[0]
    file.write_text(text + CHOSEN.format(name=name, arm=arm) + planned("RR") + SECOND, encoding="utf-8")
    team.lead.protocol.amend(reason="One trial has two doses.", results_known=True)


def test_the_arm_of_a_study_is_chosen_by_its_label_and_a_label_of_none_is_refused_with_its_line(tmp_path: Path) -> None:
    doses = arms("Flare", (("Low", "experimental", DRUG), ("High", "experimental", DRUG), ("Placebo", "control", PLACEBO)))
    team = reviewed(tmp_path, planned("RR") + SECOND, {"First": doses, "Second": _two(), "Pain": _two("Pain"), "More": _two("Pain")})
    rv = team.nobody
    assert "E04" in rv.tables.pooled("c").empty
    with pytest.raises(
        ProtocolInvalid, match=r"a study called 'Do 2000', of which .synthesis. chooses an arm \(review\.toml:\d+\); did you mean"
    ):
        amend(team, "Do 2000", "Low")
    amend(team, "Doe 2000", "low")
    standing = texts(rv.tables.effects("c"), "standing")
    assert standing.count("used") == 2 and "excluded: another arm was chosen: low" in standing
    assert "one was chosen" in " ".join(rv.tables.pooled("c").notes)
    assert texts(rv.tables.effects("second"), "standing").count("used") == 2, "no study of it has an arm to choose"
    assert "chosen" not in " ".join(rv.tables.pooled("second").notes)
    team.ledger.close()


def test_a_study_that_one_of_two_has_answered_is_not_said_to_have_no_result_and_reads_like_one_that_nobody_has(tmp_path: Path) -> None:
    team = reviewed(tmp_path, planned("RR"), {"First": _two(), "Open": [], "Nobody": []})
    [open_one] = [study for study in team.nobody.studies.views() if study.label == "Doe 2001"]
    for cell in _two():
        team.r1.extraction.record(open_one.id, quotation="words of a made report", location="p. 1", **cell)
    for rv in (team.nobody, team.r2):
        standing = dict(zip(texts(table := rv.tables.effects("c"), "study"), texts(table, "standing"), strict=True))
        assert standing["Doe 2001"] == standing["Doe 2002"] and standing["Doe 2001"].endswith(
            "was extracted, or not yet by both extractors"
        )
    team.ledger.close()
