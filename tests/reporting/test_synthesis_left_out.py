"""A study that a person leaves out of a comparison: its reason stands in review.toml, is kept by the ledger, and is seen everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from review.errors import ProtocolInvalid
from review.model.plan import read_plan
from tests.reporting import made_trials_review
from tests.reporting.evidence import texts
from tests.reporting.made_trials_review import COMPARISONS, Made, made_review
from tests.rooms.team import PLAN, Team

FLARES, WHY = "flares-drug", "it states an odds ratio alone, and its authors did not answer"
TRIALS = (*made_trials_review.TRIALS[:1], *made_trials_review.TRIALS[2:5], Made("Rowan", 2019))
STATED = (("effect_measure", "odds ratio"), ("effect", "0.42"), ("ci_lower", "0.16"), ("ci_upper", "1.1025"))


def with_left_out(name: str, why: str) -> str:
    return COMPARISONS.replace('id = "flares-drug"\n', f'id = "flares-drug"\nleave_out = {{ "{name}" = "{why}" }}\n')


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made_trials_review, "TRIALS", TRIALS)
        team = made_review(tmp_path_factory.mktemp("left-out"))
    studies = {study.label.partition(" ")[0]: study.id for study in team.nobody.studies.views()}
    for rv in team.both:
        for item, value in STATED:
            rv.extraction.record(
                studies["Rowan"], item=item, outcome="Flare", timepoint="26 weeks", value=value, location="abstract",
                quotation="A made double-blind trial for tests; the numbers are invented.",
            )  # fmt: skip
    yield team
    team.ledger.close()


def amend(team: Team, name: str, why: str) -> None:
    file = team.lead.folder / "review.toml"
    text = file.read_text(encoding="utf-8")
    start = text.index('[[outcomes]]\nid = "flares"')
    file.write_text(text[:start] + with_left_out(name, why).lstrip(), encoding="utf-8")
    team.lead.protocol.amend(reason="One trial states another measure.", results_known=True)


def test_one_row_stops_a_synthesis_until_a_person_leaves_it_out(made: Team) -> None:
    rv = made.nobody
    refused = rv.tables.pooled(FLARES)
    assert not refused.rows and "Rowan 2019 (OR, not RR)" in refused.empty and "leave_out in its [[comparisons]]" in refused.empty
    with pytest.raises(ProtocolInvalid, match=r"Rowen 2019.*flares-drug leaves out \(review\.toml:\d+\); did you mean 'Rowan 2019'"):
        amend(made, "Rowen 2019", WHY)
    amend(made, "Rowan 2019", WHY)
    table = rv.tables.effects(FLARES)
    standing = dict(zip(texts(table, "study"), texts(table, "standing"), strict=True))
    assert standing["Rowan 2019"] == f"excluded: left out by a person: {WHY}" and list(standing.values()).count("used") == 4
    assert texts(rv.tables.pooled(FLARES), "k") == ["4", "4"]
    said = "comparisons: 6 = 4 used + 2 excluded"
    assert said in " ".join(rv.tables.pooled(FLARES).notes) and said in rv.figures.forest(FLARES).caption
    assert "Rowan 2019" in texts(rv.tables.not_pooled(FLARES), "study")
    drawn = next(row for row in rv.figures.forest(FLARES).numbers if row.get("label") == "Rowan 2019")
    assert WHY in str(drawn["reason"])
    key = next(row[0].trace for row in table.rows if row[0].text == "Rowan 2019")
    first = table.traces[str(key)].entries[0]
    assert first.what.startswith("Protocol version 2") and first.reason == "One trial states another measure."
    assert first.quote is not None and WHY in " ".join(line for _, line in first.quote.lines)
    assert any(entry.quote and "made double-blind" in str(entry.quote.lines) for entry in table.traces[str(key)].entries)


@pytest.mark.parametrize("why", ["", "  "])
def test_a_reason_is_given(why: str) -> None:
    with pytest.raises(
        ProtocolInvalid,
        match=r"review\.toml:\d+: comparisons flares-drug\.leave_out\.Rowan 2019: a study is left out with its reason: leave_out = \{ \"",
    ):
        read_plan(PLAN + with_left_out("Rowan 2019", why))


def test_a_study_that_is_gone_is_named_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A draft is read as it stands, so nobody asked for its studies before."""
    from tests.rooms.team import make_team

    team = make_team(tmp_path, plan=PLAN + COMPARISONS)
    file = team.lead.folder / "review.toml"
    monkeypatch.setattr(type(team.nobody.protocol), "plan", property(lambda self: read_plan(self.draft)))
    monkeypatch.setattr(type(team.nobody.protocol), "text", property(lambda self: self.draft))
    file.write_text(PLAN + with_left_out("Gone 2001", WHY), encoding="utf-8")
    with pytest.raises(ProtocolInvalid, match=r"review\.toml:\d+: comparisons flares-drug: leave_out names 'Gone 2001'"):
        team.nobody.tables.pooled(FLARES)
    team.ledger.close()
