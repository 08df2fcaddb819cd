"""A lead allots the work: what each sees in the queue, what is refused, who leaves, and that nothing is left to nobody."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review import Review
from review.errors import InputRefused, NotAllowed, NotFound
from review.model.decision import ScreeningAllocated
from tests.rooms.team import PLAN, Team, make_team

STAGE = "title_abstract"
MORE = PLAN + "".join(f'\n[[reviewers]]\nid = "{name}"\nroles = ["screener"]\n' for name in ("r3", "r4"))
PEOPLE = ("r1", "r2", "r3", "r4")


class Four:
    """A review with four screeners and some reports."""

    def __init__(self, folder: Path, reports: int) -> None:
        self.team: Team = make_team(folder, plan=MORE)
        more = {name: Review.open(folder, reviewer=name, ledger=self.team.ledger) for name in ("r3", "r4")}
        self.by: dict[str, Review] = {"r1": self.team.r1, "r2": self.team.r2, **more}
        self.opened = dict(self.by)
        self.search = self.team.search()
        self.reports = [self.team.article(self.search, f"Trial {n}") for n in range(reports)]

    @property
    def lead(self) -> Review:
        return self.team.lead

    def queues(self) -> dict[str, list[str]]:
        return {name: rv.screening.queue(STAGE) for name, rv in self.by.items()}

    def decide(self, name: str, report: str, decision: str = "include") -> str:
        reason = "P1" if decision == "exclude" else None
        return self.opened[name].screening.decide(report, stage=STAGE, decision=decision, reason=reason)

    def leaves(self, name: str) -> None:
        """An amendment without this one, whose open review is good for nothing any more."""
        file = self.team.folder / "review.toml"
        head, *people = file.read_text(encoding="utf-8").split("[[reviewers]]")
        kept = "[[reviewers]]".join([head, *(one for one in people if f'"{name}"' not in one)])
        if "[[searches]]" not in kept:
            kept += '\n[[searches]]\nsource = "Embase"\nkind = "database"\n'
        file.write_text(kept, encoding="utf-8")
        self.lead.protocol.amend(reason=f"{name} left the team", results_known=False)
        del self.by[name]


@pytest.fixture
def four(tmp_path: Path):
    made = Four(tmp_path / "review", 12)
    yield made
    made.team.ledger.close()


def test_without_a_rule_everybody_may_take_anything(four: Four) -> None:
    assert four.lead.screening.allocation(STAGE) is None
    assert all(queue == four.reports for queue in four.queues().values())


def test_each_queue_holds_what_is_due_from_its_viewer_and_no_more(four: Four) -> None:
    event = four.lead.screening.allocate(STAGE, scheme="pairs", pairs=[("r1", "r2"), ("r3", "r4")])
    assert four.lead.screening.allocation(STAGE).id == event
    queues = four.queues()
    assert queues["r1"] == queues["r2"] and queues["r3"] == queues["r4"]
    assert sorted(queues["r1"] + queues["r3"]) == sorted(four.reports) and queues["r1"] and queues["r3"]
    assert four.lead.screening.due(STAGE) == {name: len(queue) for name, queue in queues.items()}
    assert four.by["r3"].screening.due(STAGE) == {"r3": len(queues["r3"])}
    assert four.team.nobody.screening.due(STAGE) == {} and four.team.nobody.screening.queue(STAGE) == four.reports
    assert four.lead.screening.queue("full_text") == four.lead.screening.queue(STAGE) == []
    assert f"{len(queues['r3'])} wait for r3" in str(four.by["r3"].status())
    words = str(four.lead.status())
    assert all(f"{name} {len(queue)}" in words for name, queue in queues.items())
    assert "r4" not in str(four.by["r3"].status())


def test_what_is_not_allotted_is_refused_in_words_that_tell_nothing(four: Four) -> None:
    four.lead.screening.allocate(STAGE, scheme="pairs", pairs=[("r1", "r2"), ("r3", "r4")])
    theirs = four.by["r3"].screening.queue(STAGE)[0]
    with pytest.raises(NotAllowed, match="not allotted to you") as before:
        four.decide("r1", theirs)
    four.decide("r3", theirs, "exclude")
    with pytest.raises(NotAllowed, match="not allotted to you") as after:
        four.decide("r1", theirs)
    assert str(before.value) == str(after.value)
    four.decide("r3", theirs, "include")  # one's own answer may be changed
    four.decide("r4", theirs)
    assert four.lead.screening.standing(_view(four, theirs), STAGE).outcome == "include"


def test_only_the_lead_allots_and_undo_brings_the_rule_before_back(four: Four) -> None:
    with pytest.raises(NotAllowed, match="no role lead"):
        four.by["r1"].screening.allocate(STAGE, scheme="all")
    with pytest.raises(InputRefused, match="'abstract' is no stage"):
        four.lead.screening.allocate("abstract", scheme="all")
    first = four.lead.screening.allocate(STAGE, scheme="all")
    second = four.lead.screening.allocate(STAGE, scheme="all", seed=3, note=" a new draw ")
    assert four.lead.screening.allocation(STAGE).body["note"] == "a new draw"
    four.lead.screening.undo(second)
    assert four.lead.screening.allocation(STAGE).id == first
    four.lead.screening.undo(first)
    assert four.lead.screening.allocation(STAGE) is None and all(q == four.reports for q in four.queues().values())


def test_records_imported_later_are_covered_and_merging_moves_nothing(four: Four, tmp_path: Path) -> None:
    four.lead.screening.allocate(STAGE, scheme="quotas", quotas={"r1": 0.5, "r2": 0.25, "r3": 0.25})
    before = four.queues()
    assert before["r4"] == [] and before["r1"] == four.reports
    later = [four.team.article(four.search, f"Later trial {n}") for n in range(8)]
    held = Counter(report for queue in four.queues().values() for report in queue)
    assert all(held[report] == 2 for report in later)
    four.lead.export(tmp_path / "copy")
    other = make_team(tmp_path / "other", plan=MORE, frozen=False)
    other.lead.merge(tmp_path / "copy")
    assert other.r2.screening.queue(STAGE) == four.by["r2"].screening.queue(STAGE)
    other.ledger.close()


def test_a_share_is_read_by_two_and_the_rest_by_one(four: Four) -> None:
    four.lead.screening.allocate(STAGE, scheme="all", double_share=0.5, seed=1)
    twice = {r.id for r in four.lead.studies.report_views() if four.lead.screening.needed(r, STAGE) == 2}
    assert 0 < len(twice) < 12
    for name, queue in four.queues().items():
        for report in queue:
            four.decide(name, report)
    assert sum(len(q) for q in four.queues().values()) == 0
    assert four.lead.screening.frame().groupby("report").size().to_dict() == {r: 2 if r in twice else 1 for r in four.reports}
    assert sum(four.lead.screening.agreement(STAGE, pair=p).n for p in four.lead.screening.reviewer_pairs(STAGE)) == len(twice)
    assert four.team.nobody.flow().boxes["records_passed"].n == 12


def test_what_was_begun_keeps_its_number_of_readers(four: Four) -> None:
    two, one = four.reports[:2]
    four.decide("r1", two)
    four.decide("r2", two, "exclude")
    four.decide("r1", one)
    four.lead.screening.allocate(STAGE, scheme="all", double_share=0)
    needed = {r.id: four.lead.screening.needed(r, STAGE) for r in four.lead.studies.report_views()}
    assert needed == {report: 2 if report in (two, one) else 1 for report in four.reports}
    assert len(four.lead.screening.pairs(STAGE)) == 1, "what two had read apart is still a pair"
    assert sum(one in queue for queue in four.queues().values()) == 1
    single = four.reports[5]
    [reader] = [name for name, queue in four.queues().items() if single in queue]
    four.decide(reader, single)
    four.lead.screening.allocate(STAGE, scheme="all")
    assert four.lead.screening.needed(_view(four, single), STAGE) == 1, "its answer could be seen: a second would not be independent"
    assert four.lead.screening.needed(_view(four, four.reports[7]), STAGE) == 2


def test_who_leaves_strands_nothing(four: Four) -> None:
    four.lead.screening.allocate(STAGE, scheme="pairs", pairs=[("r1", "r2"), ("r3", "r4")])
    queues = four.queues()
    theirs, begun, other = queues["r1"][:3]
    four.decide("r2", begun)
    four.decide("r1", other)
    four.decide("r2", other, "exclude")
    four.leaves("r2")
    for rule in (None, {"scheme": "all", "reviewers": ("r1", "r3", "r4")}):
        if rule:
            four.lead.screening.allocate(STAGE, **rule)
        now = four.queues()
        assert "r2" not in now and sum(theirs in q for q in now.values()) == 2 and sum(begun in q for q in now.values()) == 1
    assert other in {report for report, _ in four.by["r3"].screening.unresolved()}
    four.by["r3"].screening.resolve(other, stage=STAGE, decision="include")
    assert four.lead.screening.standing(_view(four, other), STAGE).outcome == "include"
    with pytest.raises(NotAllowed, match="gives r2 other roles"):
        four.decide("r2", theirs)
    [left] = [n for n, queue in four.queues().items() if begun in queue]
    four.decide(left, begun)
    assert len(four.lead.screening.pairs(STAGE)) == 2, "what the one who left had answered counts"


def test_an_unsure_full_text_of_one_who_left_is_asked_of_another(tmp_path: Path) -> None:
    four = Four(tmp_path / "review", 1)
    file = four.team.folder / "review.toml"
    one = "\n[settings.reviewers_per_stage]\ntitle_abstract = 1\nfull_text = 1\n"
    file.write_text(file.read_text(encoding="utf-8") + one, encoding="utf-8")
    four.lead.protocol.amend(reason="one reader", results_known=False)
    [report] = four.reports
    four.decide("r2", report)
    four.by["r2"].screening.retrieve(report, "retrieved")
    four.by["r2"].screening.decide(report, stage="full_text", decision="unsure")
    four.leaves("r2")
    [asked] = [name for name in ("r1", "r3", "r4") if four.by[name].screening.queue("full_text")]
    four.by[asked].screening.decide(report, stage="full_text", decision="include")
    assert four.lead.screening.unresolved() == [(report, "full_text")], "unsure is never final, and who said it is gone"
    four.team.ledger.close()


def test_a_pilot_is_drawn_by_chance_and_read_by_every_screener(four: Four) -> None:
    four.lead.screening.pilot(round="1", size=4, seed=2)
    drawn = four.by["r4"].screening.queue(STAGE, round="1")
    assert len(drawn) == 4 and all(rv.screening.queue(STAGE, round="1") == drawn for rv in four.by.values())
    four.lead.screening.pilot(round="2", size=8)
    assert set(four.by["r1"].screening.queue(STAGE, round="2")) == set(four.reports) - set(drawn)
    with pytest.raises(InputRefused, match="1 reports cannot be drawn"):
        four.lead.screening.pilot(round="3", size=1)
    with pytest.raises(InputRefused, match="its reports or a size"):
        four.lead.screening.pilot(four.reports, round="3", size=2)
    with pytest.raises(InputRefused, match="its reports or a size"):
        four.lead.screening.pilot(round="3")
    with pytest.raises(NotFound, match="no pilot round '9'"):
        four.by["r1"].screening.queue(STAGE, round="9")


def test_a_pilot_stays_blind_until_every_screener_has_answered(four: Four) -> None:
    report, view = four.reports[0], _view(four, four.reports[0])
    four.lead.screening.pilot([report], round="1")
    four.lead.screening.allocate(STAGE, scheme="pairs", pairs=[("r1", "r2")])
    said = {"r1": ("met", None), "r2": ("not_met", None), "r3": ("met", None), "r4": ("unclear", None)}
    for n, (name, (judged, _)) in enumerate(said.items()):
        assert len(four.team.nobody.screening.panel(view, STAGE, round="1").answers) == 0
        assert four.by[name].screening.pairs(STAGE, round="1") == []
        four.by[name].screening.decide(report, stage=STAGE, round="1", judgements={"P1": judged, "I1": "met"})
        assert four.by[name].screening.queue(STAGE, round="1") == []
        assert sum(report in rv.screening.queue(STAGE, round="1") for rv in four.by.values()) == 3 - n
    assert len(four.team.nobody.screening.pairs(STAGE, round="1")) == 6
    found = four.lead.screening.agreement(STAGE, round="1", criterion="P1", pair=("r1", "r2"))
    assert (found.n, found.categories, found.table[0][2]) == (1, ("met", "unclear", "not_met"), 1)
    assert four.lead.screening.agreement(STAGE, round="1", method="alpha").n == 1
    with pytest.raises(InputRefused, match="no criterion 'S1' at this stage"):
        four.lead.screening.agreement(STAGE, criterion="S1")
    four.leaves("r4")
    assert len(four.lead.screening.pairs(STAGE, round="1")) == 6


def test_a_pilot_does_not_wait_for_one_who_left(four: Four) -> None:
    four.lead.screening.pilot([four.reports[0]], round="1")
    for name in ("r1", "r2", "r3"):
        four.by[name].screening.decide(four.reports[0], stage=STAGE, round="1", decision="include")
    assert four.lead.screening.pairs(STAGE, round="1") == []
    four.leaves("r4")
    assert len(four.lead.screening.pairs(STAGE, round="1")) == 3


rules = st.one_of(
    st.fixed_dictionaries(
        {"scheme": st.just("all"), "reviewers": st.lists(st.sampled_from(PEOPLE), min_size=2, max_size=4, unique=True)},
        optional={"double_share": st.sampled_from([0, 0.5, 1])},
    ),
    st.fixed_dictionaries(
        {
            "scheme": st.just("pairs"),
            "pairs": st.lists(st.sampled_from([("r1", "r2"), ("r2", "r3"), ("r3", "r4")]), min_size=1, unique=True),
        }
    ),
    st.fixed_dictionaries(
        {"scheme": st.just("quotas"), "quotas": st.sampled_from([{"r1": 0.5, "r2": 0.3, "r4": 0.2}, {"r2": 0.5, "r3": 0.5}])},
        optional={"double_share": st.sampled_from([0, 0.5, 1]), "seed": st.integers(0, 3)},
    ),
)
answers = st.tuples(st.sampled_from(PEOPLE), st.integers(0, 5), st.sampled_from(["include", "exclude", "unsure"]))
steps = st.lists(st.one_of(rules, answers, st.sampled_from(["undo", "r4", "a report"])), min_size=4, max_size=14)


def follow(taken: list) -> None:
    """Take these steps, and look after each that nothing is left to nobody."""
    with TemporaryDirectory() as name:
        four = Four(Path(name) / "review", 4)
        try:
            written: list[str] = []
            for step in taken:
                if isinstance(step, dict):
                    with suppress(InputRefused):  # it names one who left
                        written.append(four.lead.screening.allocate(STAGE, **step))
                elif isinstance(step, tuple):
                    who, number, decision = step
                    with suppress(NotAllowed):  # it is not allotted to them
                        written.append(four.decide(who, four.reports[number % len(four.reports)], decision))
                elif step == "undo" and written:
                    four.lead.screening.undo(written.pop())
                elif step == "a report":
                    four.reports.append(four.team.article(four.search, f"A new trial, {len(four.reports)}"))
                elif step == "r4" and len(four.lead.protocol.plan.reviewers) == 5:
                    four.leaves("r4")
                _nothing_is_stranded(four)
        finally:
            four.team.ledger.close()


def _nothing_is_stranded(four: Four) -> None:
    screeners = {r.id for r in four.lead.protocol.plan.reviewers if "screener" in r.roles}
    queues = {name: set(queue) for name, queue in four.queues().items()}
    ruled = four.lead.screening.allocation(STAGE) is not None
    for report in four.lead.studies.report_views():
        asked = [name for name, queue in queues.items() if report.id in queue]
        stand = four.lead.screening.standing(report, STAGE)
        needed = four.lead.screening.needed(report, STAGE)
        assert (stand.outcome is None) == (stand.conflict or bool(set(asked) & screeners)), (report.title, asked, stand)
        assert not ruled or len(asked) <= needed - min(needed, stand.answered), (report.title, asked, stand)
        if stand.conflict:
            assert any(name not in {a.actor for a in four.lead.screening.panel(report, STAGE).answers} for name in (*screeners, "lead"))


@settings(max_examples=4)
@given(steps)
def test_nothing_is_left_to_nobody(taken: list) -> None:
    follow(taken)


@pytest.mark.soak
@settings(max_examples=100)
@given(steps)
def test_nothing_is_left_to_nobody_however_often(taken: list) -> None:
    follow(taken)


def test_the_fact_is_the_rule_and_not_a_list(four: Four) -> None:
    four.lead.screening.allocate(STAGE, scheme="quotas", quotas={"r1": 0.5, "r2": 0.5}, double_share="0.10")
    body = four.lead.screening.allocation(STAGE).body
    assert set(body) == set(ScreeningAllocated.model_fields) and body["quotas"] == {"r1": "0.5", "r2": "0.5"}
    assert body["double_share"] == "0.10" and not any(report in str(body) for report in four.reports)


def _view(four: Four, report: str):
    return next(r for r in four.lead.studies.report_views() if r.id == report)
