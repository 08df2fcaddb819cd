"""A meta-regression on several covariates in one model, from extracted cells: the BCG trials of tests/synthesis/trials.py."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from review.errors import ProtocolInvalid
from review.model.plan import read_plan
from review.reporting.analyses import synthesis
from review.reporting.analysis_covariates import together
from review.reporting.table import Table
from review.synthesis.around import OnSeveral
from tests.reporting.evidence import texts
from tests.reporting.small_synthesis import Cells, arms, planned, reviewed
from tests.rooms.team import PLAN, Team
from tests.synthesis.trials import BCG

BOTH = 'moderators = [["latitude", "allocation"], "latitude", ["latitude", "allocation"]]\n'


def trial(a: int, n1: int, c: int, n2: int, latitude: int | None, allocation: str) -> Cells:
    groups = (("Vaccine", "experimental", {"n_analysed": n1, "events": a}), ("None", "control", {"n_analysed": n2, "events": c}))
    of = [{"item": "allocation", "value": allocation}]
    return [*arms("Flare", groups), *of, *([] if latitude is None else [{"item": "latitude", "value": str(latitude), "unit": "degrees"}])]


def made(folder: object, *, known: int = 13) -> Team:
    """The review of these trials; the latitude of those after the first *known* was not extracted."""
    studies = {f"T{at}": trial(*row[1:5], row[5] if at < known else None, row[6]) for at, row in enumerate(BCG)}
    return reviewed(folder, planned("RR", policies='interval = "hksj"', more=BOTH), studies)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    team = made(tmp_path_factory.mktemp("together"))
    yield team
    team.ledger.close()


@pytest.fixture(scope="module")
def table(team: Team) -> Table:
    return team.nobody.tables.meta_regression("c")


def test_the_model_is_metafors(team: Team) -> None:
    """rma(yi, vi, mods = ~ ablat + alloc, test = "knha") of metafor 3.8.1, its iteration run to the end."""
    [(of, on)] = together(team.nobody._rooms, synthesis(team.nobody._rooms, "c"))
    assert isinstance(on, OnSeveral) and [each.name for each in of] == ["Latitude", "Allocation"]
    model = on.model
    assert model.coef == pytest.approx((0.29319435600333, -0.0272757562981352, -0.2674912115129107, 0.0584612869282705), rel=1e-8)
    assert model.se == pytest.approx((0.41884262187428, 0.00951387207097559, 0.36241070936536, 0.3924872077812963), rel=1e-8)
    found = (model.tau2, model.qm, model.qm_p, model.r2, model.qe, model.i2)
    assert found == pytest.approx(
        (0.1445942973591, 3.44710676347696, 0.0650069792436, 53.839613909219, 26.2034364916485, 70.110248850566), rel=1e-8
    )
    assert model.qm_df == (3, 9)


def test_the_table_says_what_each_coefficient_is_and_leads_to_the_cells(team: Team, table: Table) -> None:
    name = "Latitude (degrees) with Allocation"
    assert texts(table, "covariate") == ["Latitude (degrees)"] * 2 + [name] * 4
    assert texts(table, "term")[2:] == [
        "at Latitude = 0, Allocation alternate", "Latitude: one more (degrees)",
        "Allocation: random v alternate", "Allocation: systematic v alternate",
    ]  # fmt: skip
    assert texts(table, "test")[2] == "together: F\xa0=\xa03.45\xa0(df\xa03,\xa09), p\xa0=\xa00.065"
    told = " ".join(table.notes)
    assert f"{name}: 13 studies with an effect = 13 with a value of each + 0 without." in told
    assert "2 covariates with 13 studies" in told and "(W08)" in told, "ten studies are wanted for each"
    assert "but where several are named together" in told
    trace = table.traces[table.rows[2][0].trace or ""]
    assert {"Doe 2000: Latitude 44 degrees", "Doe 2000: Allocation random"} <= {entry.what for entry in trace.entries}
    [said] = [row[-1].text for row in team.nobody.tables.comparisons().rows]
    assert said == "latitude with allocation, latitude"


def test_studies_without_one_of_them_are_not_in_the_model_and_too_few_refuse_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    some = made(tmp_path_factory.mktemp("some"), known=11)
    told = " ".join(some.nobody.tables.meta_regression("c").notes)
    assert "13 studies with an effect = 11 with a value of each + 2 without (latitude not extracted: Doe 2011, Doe 2012)." in told
    some.ledger.close()
    few = made(tmp_path_factory.mktemp("few"), known=9)
    table = few.nobody.tables.meta_regression("c")
    assert "Latitude (degrees) with Allocation: no meta-regression." in " ".join(table.notes)
    assert "2 covariates with 9 studies" in table.rows[1][1].why
    few.ledger.close()


@pytest.mark.parametrize("wrong", ["[3]", "[[]]", '[["a", 3]]', '[[["a"]]]', '[" "]', "{ a = 1 }"])
def test_what_is_no_model_is_refused_with_its_line_and_an_example(wrong: str) -> None:
    with pytest.raises(ProtocolInvalid, match=r"review\.toml:\d+: comparisons c\.moderators: an item, or a list of items") as refused:
        read_plan(PLAN + planned("RR", more=f"moderators = {wrong}\n"))
    assert '["age_mean", "masking"]' in str(refused.value)
