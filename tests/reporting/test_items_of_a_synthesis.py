"""Items by which a comparison goes: one that no form knows is told with its line and the near match; units are told study by study."""

from __future__ import annotations

from pathlib import Path

from review.reporting.table import Table
from tests.reporting.small_synthesis import Cells, arms, planned, reviewed


def study(at: int, *more: dict[str, str]) -> Cells:
    drug, placebo = {"n_analysed": 40 + at, "events": 4 + at}, {"n_analysed": 41, "events": 11}
    return [*arms("Flare", (("Drug", "experimental", drug), ("Placebo", "control", placebo))), *more]


def notes(table: Table) -> str:
    return " ".join(table.notes)


def test_an_item_that_nobody_knows_is_told_with_its_line_and_the_near_match(tmp_path: Path) -> None:
    more = 'subgroup_by = "maskin"\nmoderators = ["age_maen", "own_item", "masking"]\n'
    studies = {f"S{at}": study(at, {"item": "own_item", "value": "3"}, {"item": "masking", "value": "open label"}) for at in range(3)}
    team = reviewed(tmp_path, planned("RR", more=more), studies)
    tables, lines = team.nobody.tables, (team.folder / "review.toml").read_text(encoding="utf-8").splitlines()
    at = {name: next(n for n, line in enumerate(lines, 1) if line.startswith(name)) for name in ("subgroup_by", "moderators")}
    for table in (tables.subgroups("c"), tables.meta_regression("c")):
        told = notes(table)
        assert f"review.toml:{at['subgroup_by']}: comparisons c: 'maskin' of subgroup_by is an item of no form" in told
        assert f"review.toml:{at['moderators']}: comparisons c: 'age_maen' of moderators" in told and "did you mean 'age_mean'" in told
        assert "own_item" not in told.partition("Own item:")[0], "the team's own item, which was extracted, is known"
    assert tables.subgroups("c").empty == "No study of the estimate has a known maskin."
    assert "In no subgroup" in notes(tables.subgroups("c")) or "Doe 2000" in notes(tables.subgroups("c"))
    team.ledger.close()


def test_a_number_without_a_unit_beside_others_with_one_is_told_so(tmp_path: Path) -> None:
    def aged(at: int) -> Cells:
        age = {"item": "age_mean", "arm": "Drug", "value": str(40 + at)}
        return study(at, age | ({"unit": "years"} if at else {}))

    team = reviewed(tmp_path, planned("RR", more='moderators = "age_mean"\n'), {f"S{at}": aged(at) for at in range(11)})
    assert "Mean age stands in several units: no unit or years" in notes(team.nobody.tables.meta_regression("c"))
    team.ledger.close()


def test_a_subgroup_is_no_arbitrary_one_of_several_values(tmp_path: Path) -> None:
    """Doses of two arms put a study into no subgroup; what nobody extracted is not 'not reported'."""

    def dosed(at: int, *doses: tuple[str, str]) -> Cells:
        return study(at, *({"item": "dose", "arm": arm, "value": value} for arm, value in doses))

    studies = {
        "S0": dosed(0, ("Drug", "10  MG")), "S1": dosed(1, ("Drug", "20 mg")), "S2": dosed(2, ("Drug", "20 mg"), ("Other", "10 mg")),
        "S3": dosed(3), "S4": dosed(4, ("Drug", "not reported")), "S5": dosed(5, ("Drug", "10 mg"), ("Other", "10 mg")),
        "S6": dosed(6, ("Drug", "10 mg")),
    }  # fmt: skip
    team = reviewed(tmp_path, planned("RR", more='subgroup_by = "dose"\n'), studies)
    table = team.nobody.tables.subgroups("c")
    assert [(row[0].text, row[1].text) for row in table.rows] == [("10 mg", "3"), ("20 mg", "1")], "one dose in two spellings"
    out = "Doe 2002 (several values), Doe 2003 (not extracted), Doe 2004 (not reported)"
    assert f"In no subgroup, and not in the test between them: {out}." in table.notes
    team.ledger.close()
