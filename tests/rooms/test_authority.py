"""Who may write what, held against the ledger: what a merge brings that was not its writer's to write is taken in and told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from review import Review
from review.ledger import exchange
from review.ledger.ledger import Ledger
from review.model.decision import ScreeningDecided
from review.model.event import Draft
from review.model.ledger_facts import WITHDRAWN, LedgerWithdrawn
from review.model.planning import ProtocolFrozen
from tests.rooms.team import PLAN, Team, make_team


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = make_team(tmp_path / "review")
    yield made
    made.ledger.close()


def codes(rv: Review) -> list[tuple[str, str]]:
    return [(one.code, one.message.partition(":")[0]) for one in rv.verify()]


def test_any_reviewer_may_freeze(tmp_path: Path) -> None:
    team = make_team(tmp_path / "draft", frozen=False)
    team.r1.protocol.freeze()
    assert codes(team.nobody) == []
    team.ledger.close()


def test_what_everybody_does_in_the_own_role_is_no_finding(team: Team) -> None:
    report = team.article(team.search(), "A trial")
    event = team.r1.screening.decide(report, stage="title_abstract", decision="include")
    team.r2.screening.decide(report, stage="title_abstract", decision="exclude", note="another disease")
    team.lead.screening.resolve(report, stage="title_abstract", decision="include", note="it is one")
    team.lead.screening.undo(event)
    both = PLAN.replace('id = "lead"\nroles = ["lead"]', 'id = "lead"\nroles = ["lead", "screener"]')
    (team.folder / "review.toml").write_text(both, encoding="utf-8")
    team.lead.protocol.amend(reason="the lead screens too", results_known=False)
    late = team.article(team.search(), "A late trial")
    Review.open(team.folder, reviewer="lead", ledger=team.ledger).screening.decide(late, stage="title_abstract", decision="include")
    assert codes(team.nobody) == [], "roles are those of the moment"


def test_a_merge_tells_what_was_not_its_writers_to_write_and_drops_nothing(team: Team, tmp_path: Path) -> None:
    report = team.article(team.search(), "A trial")
    own = team.r2.screening.decide(report, stage="title_abstract", decision="include")
    team.lead.export(tmp_path / "export")
    text = (team.folder / "review.toml").read_bytes()
    with Ledger.open(tmp_path / "other.sqlite3", clock=team.ledger.clock) as other:
        rv = Review(team.folder, other, None)
        exchange.merge(other, tmp_path / "export")
        decided = dict(other.event(own).body)
        body = ProtocolFrozen(text_sha256=other.put_blob(text), number=1)
        other.append(
            [
                Draft(WITHDRAWN, report, LedgerWithdrawn(reason="undone"), "r1", withdraws=own),
                Draft(ProtocolFrozen.kind, "protocol", body, "r1"),
                Draft(ScreeningDecided.kind, report, decided, "lead"),
                Draft(ScreeningDecided.kind, report, decided, "somebody"),
            ]
        )
        assert len(rv.verify()) == 3
    assert team.lead.verify() == []
    merged = team.lead.merge(tmp_path / "other.sqlite3")
    told = sorted(one.message for one in merged.unauthorised)
    assert merged.events == 4 and {one.code for one in merged.unauthorised} == {"not_authorised"}
    assert [one.split(";")[0] for one in told] == [
        f"ledger.withdrawn: r1 corrected what r2 wrote (event {own}), without the role lead",
        "screening.decided: lead had not the role screener then",
        "screening.decided: somebody was no reviewer of the protocol then",
    ]
    assert sorted(team.lead.verify()) == sorted(merged.unauthorised)
    assert team.lead.merge(tmp_path / "other.sqlite3").unauthorised == (), "it is told once by the merge, and by verify always"
    undone = {one.message.rpartition(": ")[2]: one.where.removeprefix("event ") for one in merged.unauthorised}
    assert set(undone) == {f"rv.screening.undo({event!r})" for event in undone.values()}
    for at, event in enumerate(undone.values(), start=1):
        team.lead.screening.undo(event)
        assert len(team.lead.verify()) == 3 - at, "what a lead has undone is named no more"
