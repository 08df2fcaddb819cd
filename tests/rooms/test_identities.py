"""The identities of the flow hold after every event of random reviews, in all four templates, and every number has its list."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from lxml import html as lxml_html

from review.errors import ReviewError
from review.model.decision import CLASSIFICATIONS, RETRIEVALS, STAGES, ScreeningDecided
from review.model.event import Draft
from review.reporting.flow import Box, Flow
from tests.rooms.team import PLAN, Team, broken, make_team

DBR = (("Embase", "database", None), ("WHO ICTRP", "register", None))
ELSEWHERE = (("A website", "other", "website"), ("Reference lists", "other", "citation"), ("By hand", "other", "hand"))
OLD = ("Old 2015", "Older 2012")
PREVIOUS = f'\n[previous]\nstudies = ["{OLD[0]}", "{OLD[1]}"]\nreports = ["Old 2015, main report", "Older 2012, abstract"]\n'
TEMPLATES = tuple(product((False, True), (False, True)))  # with a previous version, with other methods
STEPS = 16
LISTED = 5  # of so many reviews one has its lists read too
SELDOM = (23, 27, 33, 39, 48, 51)  # reviews in which that happens which the first sixteen lack
# what must have happened somewhere in these reviews, or the walk proves nothing
HAPPENS = (
    "new_v1", "new_v2", "upd_v1", "upd_v2", "excluded_automatic", "excluded_other", "duplicates", "other_duplicates",
    "records_excluded_human", "by a tool", "not screened after stopping", "records_waiting", "dbr_excluded", "other_excluded",
    "dbr_ongoing", "dbr_awaiting", "other_ongoing", "dbr_included_reports", "other_included_reports", "dbr_notretrieved_reports",
    "report of several studies", "previous study excluded", "new report of an old study", "undone", "removal undone", "merge undone",
    "decided after removal",
)  # fmt: skip


class Walk:
    """One random review: what the rules refuse is simply not done."""

    def __init__(self, seed: int, folder: Path, seen: Counter[str]) -> None:
        self.chance, self.seen = random.Random(seed), seen
        previous, other = TEMPLATES[seed % len(TEMPLATES)]
        self.template = ("upd" if previous else "new") + ("_v2" if other else "_v1")
        self.sources = (*DBR, *(ELSEWHERE if other else ()))
        plan = PLAN + (PREVIOUS if previous else "")
        if seed % 3 == 0:
            plan += "\n[settings]\nreviewers_per_stage = { title_abstract = 1, full_text = 1 }\n"
        self.team = make_team(folder, plan=plan)
        self.searches = [self.team.search(*source) for source in self.sources]
        self.old = OLD if previous else ()
        self.undoable: list[tuple[Any, str, str]] = []

    def run(self, steps: range = range(STEPS), holds: Callable[[Team], bool] = lambda team: not broken(team)) -> Flow:
        for step in steps:
            verb = Walk.add if step < 4 else self.chance.choice(VERBS)
            try:
                verb(self)
            except (ReviewError, IndexError):  # refused, or there is nothing yet to do it to
                continue
            assert holds(self.team), verb.__name__
        return self.team.nobody.flow()

    def report(self) -> str:
        return self.chance.choice(self.team.lead.studies.report_views()).id

    def who(self) -> Any:
        return self.chance.choice(self.team.both)

    def done(self, room: Any, event: str, what: str) -> None:
        self.undoable.append((room, event, what))

    def add(self) -> None:
        n = self.chance.randrange(6)  # few, so that databases, registers and websites find the same document
        found = self.chance.randrange(len(self.sources))
        self.team.article(self.searches[found], f"Trial {n}", f"10.1000/abc{n}", year=2000 + self.chance.randrange(4))

    def decide(self) -> None:
        decision, rv = self.chance.choice(("include", "include", "exclude", "unsure")), self.who()
        reason = self.chance.choice(("P1", "I1", None)) if decision == "exclude" else None
        event = rv.screening.decide(self.report(), stage=self.chance.choice(STAGES), decision=decision, reason=reason)
        self.done(rv.screening, event, "decision")

    def carry(self) -> None:
        """A report from screening to its end, in one go."""
        report, end = self.report(), self.chance.choice((*CLASSIFICATIONS[:3], "excluded at full text", "excluded by title"))
        if not next(r for r in self.team.lead.studies.report_views() if r.id == report).lane == "other":
            first = "exclude" if end == "excluded by title" else "include"
            self.team.decide(report, first, first)
        had = self.chance.random() < 0.85
        self.team.r1.screening.retrieve(report, "retrieved" if had else "not_retrieved")
        if not had:
            return
        self.team.decide(report, *["exclude" if end.startswith("excluded") else "include"] * 2, stage="full_text")
        for rv in self.team.both:
            rv.studies.classify(self.team.study(report), end, reason="so")

    def classify(self) -> None:
        study = self.chance.choice((self.team.study(self.report()), *self.old))
        said = self.chance.choice(CLASSIFICATIONS)
        for rv in self.team.both if self.chance.random() < 0.7 else (self.who(),):
            self.done(rv.studies, rv.studies.classify(study, said, reason="so"), "classification")

    def merge(self) -> None:
        reports = {self.report(), self.report()}
        self.done(self.team.lead.studies, self.team.lead.studies.merge(sorted(reports), reason="the same document"), "merge")

    def link(self) -> None:
        study = self.chance.choice((self.team.study(self.report()), *self.old, *self.old))
        self.done(self.team.lead.studies, self.team.lead.studies.link(self.report(), study, reason="the same trial"), "link")

    def retrieve(self) -> None:
        rv = self.who()
        self.done(rv.screening, rv.screening.retrieve(self.report(), self.chance.choice(RETRIEVALS)), "retrieval")

    def resolve(self) -> None:
        decision = self.chance.choice(("include", "exclude"))
        reason, stage = ("P1" if decision == "exclude" else None), self.chance.choice(STAGES)
        event = self.team.lead.screening.resolve(self.report(), stage=stage, decision=decision, reason=reason)
        self.done(self.team.lead.screening, event, "resolution")

    def remove(self) -> None:
        how = self.chance.choice(({"by": "automation", "tool": "date filter 2.1"}, {"by": "other"}))
        reason = self.chance.choice(("published before 2000", "a letter"))
        event = self.team.r1.screening.remove([self.report()], reason=reason, **how)  # type: ignore[arg-type]
        self.done(self.team.r1.screening, event, "removal")

    def tool(self) -> None:
        body = ScreeningDecided(
            stage="title_abstract", decision=self.chance.choice(("exclude", "exclude", "include")), judgements={}, reason=None,
            also_failed=(), override=False, note="", criteria_version=1, round=None,
        )  # fmt: skip
        self.team.ledger.append([Draft(ScreeningDecided.kind, self.report(), body, "tool:classifier@1")])

    def stop(self) -> None:
        event = self.team.lead.screening.stop(rule="by hand", target_recall="0.95", note="enough")
        self.done(self.team.lead.screening, event, "stop")

    def undo(self) -> None:
        room, event, what = self.chance.choice(self.undoable)
        room.undo(event)
        self.seen.update(("undone", f"{what} undone"))

    def count(self, flow: Flow) -> None:
        """What the end of this review shows."""
        self.seen[flow.template] += 1
        self.seen.update(name for name, box in flow.boxes.items() if box.n)
        lines = flow.boxes["records_excluded_automatic"].by
        self.seen.update(line if line.startswith("not screened") else "by a tool" for line in lines)
        old_only = (flow.ids("dbr_included_reports") | flow.ids("other_included_reports")) - flow.ids("new_reports")
        removed = {record for e in self.team.nobody.screening.removals() for record in e.body["records"]}
        gone = flow.ids("excluded_automatic") | flow.ids("excluded_other") | flow.ids("duplicates")
        for what, there in (
            ("report of several studies", any(len(studies) > 1 for studies in flow.studies_of.values())),
            ("previous study excluded", flow.previous_excluded),
            ("new report of an old study", old_only),
            ("decided after removal", removed - gone),
        ):
            self.seen[what] += bool(there)


VERBS = (
    *[Walk.add] * 2, *[Walk.decide] * 3, *[Walk.carry] * 5, *[Walk.classify] * 3, *[Walk.merge] * 2, *[Walk.link] * 2,
    Walk.retrieve, Walk.retrieve, Walk.resolve, Walk.remove, Walk.remove, Walk.tool, Walk.tool, Walk.stop, Walk.undo, Walk.undo,
)  # fmt: skip


def every_number_has_its_list(team: Team, flow: Flow) -> None:
    """Each link of the drawing leads to a list of as many as it says, and each entry to its origin."""
    figure = team.nobody.figures.flow()
    page = lxml_html.fragment_fromstring(figure.html, create_parent="div")
    lists = {one.get("id"): one for one in page.iter("article")}
    links = [a.get("href") for a in page.iter("a") if (a.get("id") or "").startswith("from-box-")]
    assert links and set(lists) == {f"box-{name}" for name in flow.boxes}
    for link in links:
        box = flow.boxes[link.removeprefix("#box-")]
        entries = lists[link[1:]].findall(".//li")
        assert len(entries) == box.n == len(box.ids), link
    for one in page.iter("a"):
        if one.get("class") == "trace":
            assert one.get("href").removeprefix("#trace-") in figure.traces


def random_reviews(seeds: Iterable[int]) -> Counter[str]:
    seen: Counter[str] = Counter()
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            walk = Walk(seed, Path(folder), seen)
            try:
                flow = walk.run()
                assert flow.template == walk.template
                if seed % LISTED == 0:
                    every_number_has_its_list(walk.team, flow)
                walk.count(flow)
            except AssertionError as failed:
                failed.add_note(f"in the random review {seed}")
                raise
            finally:
                walk.team.ledger.close()
    return seen


def test_they_hold_after_every_event_of_random_reviews() -> None:
    seen = random_reviews([*range(16), *SELDOM])
    assert [what for what in HAPPENS if not seen[what]] == []
    assert all(seen[template] >= 4 for template in HAPPENS[:4])


@pytest.mark.soak
def test_they_hold_on_a_thousand() -> None:
    seen = random_reviews(range(1100))
    assert [what for what in HAPPENS if not seen[what]] == []


END = ("records_excluded", "excluded_automatic", "excluded_other", "dbr_excluded", "other_excluded", "dbr_notretrieved_reports",
       "other_notretrieved_reports", "dbr_included_reports", "other_included_reports")  # fmt: skip
FOUND = ("database_results", "register_results", "website_results", "organisation_results", "citations_results", "hand_results")
REMOVED = {*FOUND, "duplicates", "other_duplicates"}


def the_update_adds_up(team: Team, before: str, seen: Counter[str]) -> None:
    """The flow of the update since *before*: its rules hold, and what was settled and stayed so is in no box but as a duplicate."""
    then, after, update = team.nobody.flow(as_of=before), team.nobody.flow(), team.nobody.diff(before, str(team.ledger.last_at())).flow
    assert [one for one in update.identities() if not one[1]] == []
    came = set(after.report_of) - set(then.report_of)
    assert came <= {record for name in FOUND for record in update.ids(name)}
    included = then.ids("total_studies") or then.ids("new_studies")
    settled = {after.report_of.get(i, i) for name in END for i in then.ids(name) & after.ids(name)}
    settled -= {
        r for r in settled if included.intersection(then.studies_of.get(r, ())) != included.intersection(after.studies_of.get(r, ()))
    }
    settled -= {r for r in settled if after.ids("new_studies").intersection(after.studies_of.get(r, ())) - included}
    for name, box in update.boxes.items():
        if name.startswith(("previous_", "total_")) or box.unit == "studies":
            continue
        again = {i for i in box.ids if after.report_of.get(i, i) in settled}
        assert not again or name in REMOVED, name
        seen["found again"] += name in ("duplicates", "other_duplicates") and bool(again & came)


@pytest.mark.soak
def test_the_update_since_any_moment_of_a_random_review_adds_up() -> None:
    seen: Counter[str] = Counter()
    for seed in range(20):
        with tempfile.TemporaryDirectory() as folder:
            walk = Walk(seed, Path(folder), Counter())
            try:
                walk.run()
                moments = [event.at for event in walk.team.ledger.events()]
                for before in walk.chance.sample(moments, 2):
                    the_update_adds_up(walk.team, before, seen)
            except AssertionError as failed:
                failed.add_note(f"in the random review {seed}")
                raise
            finally:
                walk.team.ledger.close()
    assert seen["found again"]


def test_a_broken_flow_names_the_ids(team: Team) -> None:
    report = team.article(team.search(), "A trial", "10.1000/abc1")
    flow = team.nobody.flow()
    wrong = replace(flow, boxes={**flow.boxes, "records_passed": Box("records_passed", "records", ("rec:" + report.removeprefix("rep:"),))})
    found = {name: message for name, holds, message in wrong.identities() if not holds}
    assert set(found) == {"I2", "I4"}
    assert report.removeprefix("rep:") in found["I2"]
