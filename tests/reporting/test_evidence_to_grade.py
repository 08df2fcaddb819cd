"""What the review holds for those who grade: the numbers of the synthesis, the same for everybody; and how a pooled effect is printed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.certainty import DOWN, Baseline, Threshold
from review.certainty.absolute import Absolute
from review.certainty.information import needed_to_find, optimal_information_size
from review.errors import InputRefused, NotFound
from tests.reporting.evidence import texts
from tests.reporting.made_trials_review import made_review
from tests.reporting.small_synthesis import Cells, arms, planned, reviewed
from tests.rooms.graded import NO_CONCERN
from tests.rooms.team import Team

FLARES, PAIN = "flares-drug", "pain-drug"
NAME = "Drug A versus placebo"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    team = made_review(tmp_path_factory.mktemp("evidence"))
    yield team
    team.ledger.close()


def test_the_numbers_are_those_of_the_tables(made: Team) -> None:
    found = made.nobody.certainty.evidence("Flare")
    assert found.synthesis == FLARES and [label for _, label in found.studies] == [
        name for name, said in zip(*_column(made, "standing"), strict=True) if said == "used"
    ]
    assert found.effect is not None and found.effect.entered == f"from the synthesis of {FLARES}" and found.participants == (285, 284)
    [i2], [prediction], [q] = (texts(made.nobody.tables.pooled(FLARES), name) for name in ("i2", "prediction", "q"))
    assert i2.partition(".")[0] in found.told["inconsistency"][0] and q.split("(")[0].strip() in found.told["inconsistency"][0]
    assert prediction.replace("\u00a0", " ") in found.told["inconsistency"][1]
    risks = sorted(c / n for c, n in ((11, 41), (3, 26), (15, 78), (7, 31), (20, 108)))
    assert found.comparator == (f"{risks[2]:.3g}", "median risk with the comparator of the 5 studies")
    assert set(found.told) >= set(DOWN) and all(found.told.values())


def _column(made: Team, key: str) -> tuple[list[str], list[str]]:
    table = made.nobody.tables.effects(FLARES)
    return texts(table, "study"), texts(table, key)


def test_without_a_synthesis_it_says_so(made: Team) -> None:
    found = made.nobody.certainty.evidence("flares", synthesis="")
    assert (found.effect, found.participants, found.comparator) == (None, (), None) and len(found.studies) == 10
    assert found.told["inconsistency"] == ("No synthesis stands behind this grading.",)
    assert made.nobody.certainty.evidence("o1").synthesis == ""
    with pytest.raises(InputRefused, match="planned for another outcome than Activity"):
        made.nobody.certainty.evidence("o1", synthesis=FLARES)
    with pytest.raises(NotFound, match="no comparison 'none' is planned"):
        made.nobody.certainty.evidence("o1", synthesis="none")


def test_it_is_the_same_for_every_viewer_whatever_is_open(made: Team) -> None:
    before = made.nobody.certainty.evidence("flares")
    study = next(s.id for s in made.lead.studies.views() if s.label == "Alder 2011")
    about = {"tool": "rob2-parallel", "result": "Flare", "effect": "assignment", "outcome": "flares"}
    made.r1.bias.not_assessed(study, tool=about["tool"], reason="SECRETWORD", result="Flare")
    oak = next(s.id for s in made.lead.studies.views() if s.label == "Oak 2023")
    cell = {"arm": "Drug A", "outcome": "Flare", "timepoint": "26 weeks", "quotation": "1 of 9", "location": "p. 2"}
    made.r1.extraction.record(oak, item="events", value="1", **cell)
    assert [rv.certainty.evidence("flares") for rv in (made.r1, made.r2, made.lead, made.nobody)] == [before] * 4


def test_a_pooled_effect_brings_what_it_is_of_and_is_printed_rounded(made: Team) -> None:
    made.r1.certainty.grade("Flare", comparison=NAME, effect=FLARES, start="randomised", ratings=NO_CONCERN)
    made.r1.certainty.grade("Pain", comparison=NAME, effect=PAIN, start="randomised", ratings=NO_CONCERN, participants=400)
    frame = made.r1.certainty.frame().set_index("outcome")
    assert list(frame["participants"]) == [569, 400] and list(frame["studies"]) == [5, 4], "what is stated goes before what is pooled"
    table = made.r1.tables.summary_of_findings(NAME)
    rows = {row[0].text.partition(" (")[0]: row for row in table.rows}
    assert rows["Flare"][3].text == "RR 0.50\n(0.27 to 0.92)" and rows["Flare"][4].text == "569\n(5 studies, randomised)"
    assert rows["Pain"][2].text == "4.99 lower\n(8.97 lower to 1.01 lower)"
    assert "The unit or scale of this difference is not stated." in rows["Pain"][2].notes
    profile = made.r1.tables.evidence_profile(NAME)
    assert "RR 0.50\n(0.27 to 0.92)" in texts(profile, "relative") and "4.99 lower\n(8.97 lower to 1.01 lower)" in texts(
        profile, "absolute"
    )


def test_a_retracted_study_is_named_beside_the_level(tmp_path: Path) -> None:
    team = made_review(tmp_path)
    file = tmp_path / "again.nbib"
    file.write_text(
        "PMID- 90000001\nOWN - NLM\nTI  - Alder: a made trial of drug A\nFAU - Alder, Made\nAU  - Alder M\nDP  - 2011\nTA  - Made J\n"
        "PT  - Journal Article\nPT  - Retracted Publication\n",
        encoding="utf-8",
    )
    team.r1.import_files([file], search=team.search("PubMed", "database"))
    assert ("Alder 2011 (retracted)") in [label for _, label in team.nobody.certainty.evidence("flares").studies]
    for rv in team.both:
        rv.certainty.grade("Flare", comparison=NAME, effect=FLARES, start="randomised", ratings=NO_CONCERN)
    for table in (team.nobody.tables.summary_of_findings(NAME), team.nobody.tables.evidence_profile(NAME)):
        [cell] = [cell for cell in (row[[c.key for c in table.columns].index("certainty")] for row in table.rows) if cell.flag]
        assert cell.flag == "retracted" and "In this evidence: Alder 2011, retracted" in cell.notes
    team.ledger.close()


def test_a_deviation_from_a_standard_error_says_so_among_the_findings_too(made: Team) -> None:
    table = made.nobody.tables.narrative_findings()
    [cell] = [cell for row in table.rows for cell in row if "30.5 (SD 12.0)" in cell.text]
    assert any("standard error × √(participants analysed)" in note for note in cell.notes)


@pytest.mark.parametrize(("risk", "difference", "people"), [("0.5", "-0.25", 110), ("0.2", "-0.1", 394), ("0.1", "0.1", 394)])
def test_the_optimal_information_size_is_that_of_the_textbook(risk: str, difference: str, people: int) -> None:
    assert optimal_information_size(risk, difference) == people
    z = sum(NormalDist().inv_cdf(p) for p in (0.975, 0.8))
    one, other = float(risk), float(risk) + float(difference)
    each = z * z * (one * (1 - one) + other * (1 - other)) / (one - other) ** 2
    assert each <= people / 2 < each + 1


@given(risk=st.decimals("0.001", "0.999", places=3), least=st.integers(1, 400), fewer=st.booleans())
def test_it_goes_the_way_of_the_effect_unless_no_risk_is_left(risk: Decimal, least: int, fewer: bool) -> None:
    found = Absolute(Decimal(-1 if fewer else 1), None, None)
    base, declared = Baseline(risk, source="s"), Threshold(least, source="protocol")
    way = Decimal(-least if fewer else least) / 1000
    other = risk + (way if 0 <= risk + way <= 1 else -way)
    if 0 <= other <= 1:
        assert needed_to_find(declared, base, found) == optimal_information_size(risk, other - risk)
    else:
        assert needed_to_find(declared, base, found) is None
    assert needed_to_find(Threshold(0, source="protocol"), base, found) is None and needed_to_find(None, base, found) is None


@pytest.mark.parametrize(("risk", "difference"), [("0.1", "0"), ("0.1", "-0.2"), ("0.9", "0.2")])
def test_no_size_follows_from_an_impossible_risk(risk: str, difference: str) -> None:
    with pytest.raises(InputRefused, match="no size follows"):
        optimal_information_size(risk, difference)


def _flares(design: str, drug: dict[str, int], *, also: str = "") -> Cells:
    groups = [("Drug", "experimental", drug), ("Placebo", "control", {"n_analysed": 100, "events": 20})]
    more = arms("Flare", [*groups, ("High dose", "experimental", drug)] if also else groups)
    return [{"item": "design", "value": design}, *more[1:]]


def test_people_are_those_who_took_part_whatever_a_design_made_of_them(tmp_path: Path) -> None:
    """Cut by a design effect, halved by a split of the control, or twice in a crossover: participants of a grading are people."""
    drug = {"n_analysed": 90, "events": 9}
    wards = [*_flares("cluster-randomised-trial", drug), {"item": "icc", "value": "0.05"}, {"item": "clusters", "value": "19"}]
    studies = {
        "Plain": _flares("randomised-trial", drug), "Wards": wards, "Doses": _flares("randomised-trial", drug, also="High dose"),
        "Nothing": _flares("randomised-trial", {"n_analysed": 90}),
    }  # fmt: skip
    team = reviewed(tmp_path / "a", planned("RR", policies='multi_arm = "split"'), studies)
    found = team.nobody.certainty.evidence("Flare")
    assert found.participants == (90 * 4, 100 * 3), "the shared control once, the wards whole"
    assert found.told["imprecision"] == (
        "Events: 36 of 360 with the intervention; 60 of 300 with the comparator.",
        "For their clusters these count as fewer in the estimate: Doe 2001.",
    )
    assert found.comparator == ("0.2", "median risk with the comparator of the 3 studies")
    assert "Left out of the synthesis: Doe 2003 (events not stated in Drug)." in found.told["publication_bias"]
    team.ledger.close()
    crossed = {"Plain": studies["Plain"], "Crossed": _flares("crossover-trial", {"n_analysed": 100, "events": 9})}
    team = reviewed(tmp_path / "b", planned("RR"), crossed)
    found = team.nobody.certainty.evidence("Flare")
    assert found.participants == (90 + 100 + 100,)
    assert found.told["imprecision"] == ("People analysed: 290 in all.", "The people of crossover trials count once: Doe 2001.")
    team.r1.certainty.grade("Flare", comparison="A versus B", effect="c", start="randomised", ratings=NO_CONCERN)
    assert list(team.r1.certainty.frame()["participants"]) == [290]
    team.ledger.close()


def test_what_is_not_pooled_has_no_test_because_it_is_not_pooled(tmp_path: Path) -> None:
    team = reviewed(tmp_path, planned("RR"), {"Plain": _flares("randomised-trial", {"n_analysed": 90, "events": 9})})
    assert team.nobody.certainty.evidence("Flare").told["publication_bias"][0].endswith("nothing is pooled.")
    team.ledger.close()
