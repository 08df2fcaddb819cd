"""Where appraisal stands for one viewer: assessments, drafts, conflicts, rounds, what is due, agreement. It writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from review.bias import agreement, state
from review.bias.proposal import unknown_settings
from review.bias.quoting import StudyText
from review.bias.scores import ScoreCard
from review.bias.tools import Tool, load_tool, parse_tool, tool_names
from review.errors import NotAllowed, NotFound, ToolInvalid, near, near_named
from review.ledger.seat import Seat, at_rest
from review.model.appraisal import AppraisalDrafted, AppraisalJudged
from review.model.blinding import visible
from review.model.consensus import Panel
from review.model.event import Event
from review.model.plan import Plan
from review.model.views import AssessmentView, StudyView
from review.protocol import Protocol

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("study", "label", "tool", "result", "effect", "status", "overall", "reason", "domains")
ADDED = ("outcome", "proposed", "overrides", "directions", "flag", "weight", "round", "reopened")
ALONE = ("study", "label", "tool", "result", "effect", "assessor")
CONFLICT = ("study", "label", "tool", "result", "effect", "first", "second", "differ", "reopened")


class Standings:
    """What may be seen of appraisal, per study, result, effect of interest and assessor; two assessors are blind to each other."""

    def __init__(
        self,
        seat: Seat,
        protocol: Protocol,
        studies: Callable[[], Sequence[StudyView]],
        design_of: Callable[[StudyView], str | None],
        folder: Path,
        texts_of: Callable[[StudyView], Sequence[StudyText]] = lambda study: (),
        included: Callable[[], Sequence[StudyView]] | None = None,
    ) -> None:
        self._seat, self._protocol, self._studies, self._design_of, self._folder = seat, protocol, studies, design_of, folder
        self._texts_of, self._included = texts_of, included or studies

    @property
    def _state(self) -> state.BiasState:
        return self._seat.state("bias", state.BiasState, state.fold)

    @property
    def assessors(self) -> tuple[str, ...]:
        """The reviewers of the protocol who assess."""
        return tuple(r.id for r in self._protocol.plan.reviewers if "assessor" in r.roles)

    @property
    def needed(self) -> int:
        """How many assessors a result is due to: two where the protocol names two or more."""
        return self._protocol.plan.needed("assessor")

    @property
    def sees_open(self) -> bool:
        """Whether this viewer is shown open answers, and what waits for whom: a lead, or who sees all, unless that one assesses too."""
        return self._seat.viewer.sees_open(AppraisalJudged.kind)

    def tool(self, name: str) -> Tool:
        """The tool of that name, under this review's settings: the project's own file wins over a plug-in, a plug-in over what ships."""
        return self._seat.once(f"tool {name}", lambda: self._tailored(name))

    def _tailored(self, name: str) -> Tool:
        plan = self._protocol.plan.appraisal
        return load_tool(name, self._folder).tailored(
            partial_yes=plan.partial_yes, critical_items=plan.critical_items, gradings=plan.gradings
        )

    @at_rest
    def tool_of(self, view: AssessmentView) -> Tool:
        """The tool by the file with which *view* was made, as the ledger keeps it, whatever became of the file since."""
        known = [view.tool_sha256, *(self._seat.event(e).body.get("tool_sha256") for e in reversed(view.events))]
        return self._by_file(view.tool, next((sha256 for sha256 in known if sha256), None))

    @at_rest
    def tool_shown(self, name: str) -> Tool:
        """The tool of that name by the file that was used last, of what this viewer may see; by the file of today where it was not used."""
        return self._seat.once(f"tool shown {name}", lambda: self._by_file(name, self._last_used(name)))

    def _last_used(self, name: str) -> str | None:
        by = (self._state.assessments, self._state.drafts)
        used = [e for kept in by for keys in kept.values() for key, events in keys.items() if key[0] == name for e in events]
        of_file = (e for e in sorted(used, key=lambda e: e.position, reverse=True) if e.body.get("tool_sha256") and self.visible_event(e))
        return next((str(e.body["tool_sha256"]) for e in of_file), None)

    def _by_file(self, name: str, sha256: str | None) -> Tool:
        """The tool of today where it is of that file or the file is not known, else the copy that the ledger keeps."""
        try:
            today = self.tool(name)
        except (NotFound, ToolInvalid):  # removed, renamed or spoilt since
            if sha256 is None:
                raise
        else:
            if sha256 in (None, today.sha256):
                return today
        return self._seat.once(f"tool file {sha256}", lambda: self._kept(name, str(sha256)))

    def _kept(self, name: str, sha256: str) -> Tool:
        plan, form = self._protocol.plan.appraisal, parse_tool(self._seat.blob(sha256), file=f"{name}.toml")
        critical = [item for item in plan.critical_items if item in form.columns()]
        return form.tailored(partial_yes=plan.partial_yes, critical_items=critical, gradings=plan.gradings)

    def unknown_tools(self, plan: Plan) -> list[str]:
        """What is wrong with the tools that *plan* names and with what it sets for them, in words."""
        known = tool_names(self._folder)
        found = [f"an appraisal tool {name!r} that exists ({near(name, known)})" for name in plan.appraisal.tools if name not in known]
        return found + unknown_settings(plan.appraisal.critical_items, plan.appraisal.gradings, self._folder)

    # assessments

    def _events(self, study: StudyView) -> Mapping[state.Key, list[Event]]:
        return state.answers_of(self._state, study.subjects)

    @at_rest
    def assessments(self, study: StudyView) -> list[AssessmentView]:
        """The assessments of *study* that this viewer may see; drafts are none."""
        found = self._state
        rounds = state.pilot_rounds(found)
        views = []
        for key, events in self._events(study).items():
            view = state.assessment_view(study.id, key, events, needed=self.needed, viewer=self._seat.viewer)
            if view is not None:
                weighed = state.weight_of(found, study.subjects, key)
                views.append(
                    replace(
                        view,
                        weight=Decimal(weighed.body["weight"]) if weighed else None,
                        weight_source=weighed.body["source"] if weighed else "",
                        round=state.round_of(rounds, study.subjects, key, state.panel_of(events, needed=self.needed)),
                        score=self._score(view),
                    )
                )
        return views

    def _score(self, view: AssessmentView) -> ScoreCard | None:
        """The points of a tool that sums, by the file that was used; None for any other."""
        if not view.answers or view.tool_sha256 is None:
            return None
        form = self.tool_of(view)
        if form.overall_form.rule != "sum":
            return None
        return form.overall({}, effect=view.effect, answers=view.answers, preliminary=view.preliminary).score

    @at_rest
    def own(self, study: StudyView) -> list[AssessmentView]:
        """What this viewer has sent off on *study* and stands, in the order in which it was sent; ``events`` holds its event."""
        mine: dict[str, tuple[state.Key, Event]] = {}
        for key, events in self._events(study).items():
            answers = state.settled_panel(events, needed=self.needed).answers
            mine |= {a.id: (key, a) for a in answers if a.actor == self._seat.viewer.name}
        views = [(state.side_view(study.id, key, event), event) for key, event in mine.values()]
        return [replace(view, events=(event.id,)) for view, event in sorted(views, key=lambda one: one[1].position)]

    @at_rest
    def drafts(self, study: StudyView) -> list[AssessmentView]:
        """What this viewer has begun on *study* and not sent off; nobody else is shown it."""
        found, own = self._state, study.subjects
        begun = ((key, state.draft_of(found, own, key, self._seat.viewer.name)) for key in state.of_study(found.drafts, own))
        return [state.draft_view(study.id, key, event) for key, event in begun if event is not None]

    @at_rest
    def frame(self) -> pd.DataFrame:
        """One row per assessment that this viewer may see, own drafts behind them: what was assessed, status, judgements and reasons.

        domains, proposed, overrides and directions are mappings by domain; weight is a decimal in the units of its source.
        """
        import pandas as pd

        columns = [*COLUMNS, *ADDED]
        rows = [
            [s.label if name == "label" else dict(getattr(a, name)) if name in _MAPPINGS else getattr(a, name) for name in columns]
            for s in self._studies()
            for a in [*self.assessments(s), *self.drafts(s)]
        ]
        return pd.DataFrame(rows, columns=columns, dtype="object")

    # conflicts

    def _panels(self) -> Iterator[tuple[StudyView, state.Key, list[Event], Panel]]:
        for study in self._studies():
            for key, events in self._events(study).items():
                yield study, key, events, state.panel_of(events, needed=self.needed)

    @at_rest
    def conflicts(self) -> pd.DataFrame:
        """Results on which two assessors differ, both judgements and no names; ``differ``: the domains that differ.

        ``reopened``: somebody changed an assessment after the consensus. Where one of the two took theirs back, ``second`` is None.
        """
        import pandas as pd

        rows = []
        for study, key, events, found in self._panels():
            if found.conflict and found.closed:
                sides = [state.answer(e) for e in sorted(found.answers, key=lambda e: e.id)[:2]]
                first, second = [*sides, None, None][:2]
                reopened = state.settled_panel(events, needed=self.needed).resolution is not None
                named = state.worded(key, events)
                rows.append((study.id, study.label, *named, first, second, _differing(sides), reopened))
        return pd.DataFrame(rows, columns=list(CONFLICT), dtype="object")

    @at_rest
    def sides(self, study: str, *, tool: str, result: str | None, effect: str | None = None) -> list[AssessmentView]:
        """What each assessor says of one result, without names and in an order that tells nothing, once all who are due have answered.

        Raises NotAllowed while an answer is still open, and NotFound where nothing was assessed.
        """
        own = self._study(study)
        key = state.folded((tool, result, effect))
        events = self._events(own).get(key, [])
        found = state.panel_of(events, needed=self.needed)
        if not found.closed:
            raise NotAllowed("not everybody due has answered", where=own.label, next_step="wait for the other")
        return [state.side_view(own.id, key, e) for e in sorted(found.answers, key=lambda e: e.id)]

    # who sees what

    @at_rest
    def visible_event(self, event: Event) -> bool:
        """Whether this viewer may see an event of this room; a draft is its assessor's own until it was sent off and all is open."""
        if event.kind != AppraisalDrafted.kind:
            return visible(event, self._seat.viewer, self._closed)
        if event.actor == self._seat.viewer.name:
            return True
        subjects = self._subjects(event.subject)
        unsent = state.draft_of(self._state, subjects, state.key_of(event), event.actor)
        given = state.answers_of(self._state, subjects).get(state.key_of(event), ())
        return unsent is None and state.panel_of(given, needed=self.needed).closed

    def _closed(self, event: Event) -> bool:
        if event.id not in self._state.home:
            return False
        found = state.answers_of(self._state, self._subjects(self._state.home[event.id][0]))
        met = [events for events in found.values() if any(e.id == event.id for e in events)]
        return any(state.panel_of(events, needed=self.needed).closed for events in met)

    def _subjects(self, subject: str) -> tuple[str, ...]:
        return next((s.subjects for s in self._studies() if subject in s.subjects), (subject,))

    @at_rest
    def open_of_others(self) -> bool:
        """Whether the ledger holds an assessment, or an unfinished one, that this viewer may not see."""
        found = self._state
        kept = (events for by in (found.assessments, found.drafts) for keys in by.values() for events in keys.values())
        return any(not self.visible_event(e) for events in kept for e in events if e.withdraws is None)

    # calibration, what is due, agreement

    @at_rest
    def rounds(self) -> list[Event]:
        """The calibration rounds that stand, oldest first."""
        return state.pilot_rounds(self._state)

    @at_rest
    def due(self, assessor: str | None = None) -> pd.DataFrame:
        """Studies that still wait for an assessor (this viewer unless named), each with the tool: those included, with every tool that the
        protocol plans for their design, and those of a calibration round.

        A study waits again for who has answered on it while another has sent off a result that this person has not; of which result, and
        what, it does not say. What others have begun changes nothing here. Raises NotAllowed for another assessor, unless the viewer
        sees open answers.
        """
        import pandas as pd

        who = assessor or self._seat.viewer.name
        if who != self._seat.viewer.name and not self.sees_open:
            raise NotAllowed("what waits for another assessor is for a lead who does not assess", next_step="leave the name out")
        rows = [(s.id, s.label, tool, round) for s, tool, round in self._asked() if who in self.assessors and not self._done(s, tool, who)]
        return pd.DataFrame(rows, columns=["study", "label", "tool", "round"], dtype="object")

    def _asked(self) -> Iterator[tuple[StudyView, str, str | None]]:
        """Each study with each tool that somebody asked for, and the round where it is one of calibration."""
        rounds, studies = state.pilot_rounds(self._state), self._studies()
        piloted = {}
        for event in rounds:
            for study in studies:
                if not set(study.subjects).isdisjoint(event.body["studies"]):
                    piloted[(study.id, event.body["tool"])] = (study, event.body["tool"], event.body["round"])
        yield from piloted.values()
        known = tool_names(self._folder)
        planned = [self.tool(name) for name in self._protocol.plan.appraisal.tools if name in known]
        for study in self._included():
            design = self._design_of(study)
            for tool in planned:  # while nobody has said what the design is, any of them may fit
                if (study.id, tool.id) not in piloted and (not design or tool.for_design(design)):
                    yield study, tool.id, None

    def _done(self, study: StudyView, tool: str, who: str) -> bool:
        """Whether *who* has answered with *tool* on every result that somebody has sent off, or others have done so for good."""
        panels = [state.panel_of(events, needed=self.needed) for key, events in self._events(study).items() if key[0] == tool]
        if who not in {a.actor for found in panels for a in found.answers}:
            return any(found.closed for found in panels)
        return all(found.closed or who in {a.actor for a in found.answers} for found in panels if found.answers)

    @at_rest
    def alone(self) -> pd.DataFrame:
        """Results that one assessor alone has sent off, of studies where another has sent off others with the same tool: one row each.

        Empty for a viewer who does not see open answers; ``due`` tells each assessor that a study waits, and not why.
        """
        import pandas as pd

        rows = list[tuple[object, ...]]()
        for study in self._studies() if self.sees_open else ():
            panels = {key: state.panel_of(events, needed=self.needed) for key, events in self._events(study).items()}
            people: dict[str, set[str]] = {}
            for key, found in panels.items():
                people.setdefault(key[0], set()).update(a.actor for a in found.answers)
            for key, found in panels.items():
                if found.answers and not found.closed and found.resolution is None and len(people[key[0]]) >= self.needed:
                    rows.append((study.id, study.label, *state.worded(key, found.answers), found.answers[0].actor))
        return pd.DataFrame(rows, columns=list(ALONE), dtype="object")

    @at_rest
    def agreement_rows(self, tool: str, *, effect: str | None = None, round: str | None = None) -> list[agreement.Row]:
        """How far assessors agreed before they knew each other's answers: a row for each domain, the overall judgement and each question.

        effect  where the tool tells effects apart and none is named, those that were assessed follow one another
        round   of that calibration round; left out, of all that belongs to none
        """
        rounds = self.rounds()
        known = [str(e.body["round"]) for e in rounds]
        if round is not None and round not in known:
            raise NotFound(f"there is no calibration round {round!r}", next_step=near(round, known))
        form = self.tool_shown(tool)
        form.domains(effect)  # refuses an effect that the tool does not know
        pairs: dict[str | None, list[tuple[Event, ...]]] = {}
        for study, key, _, found in self._panels():
            both = tuple({e.actor: e for e in found.independent if e.kind == AppraisalJudged.kind}.values())
            mine = key[0] == form.id and effect in (None, key[2])
            if mine and len(both) > 1 and state.round_of(rounds, study.subjects, key, found) == round:
                pairs.setdefault(key[2], []).append(both)
        order = [one for one in form.effects if one in pairs] if form.effects else [None]
        return [row for one in order for row in agreement.rows(form, one, pairs.get(one, []))]

    def agreement(self, tool: str, *, effect: str | None = None, round: str | None = None) -> pd.DataFrame:
        """``agreement_rows`` as a frame: effect, level (domain, overall or question), name, label, n pairs, how many are alike, and raw
        agreement, weighted kappa (linear) and AC1 with 95 % intervals; empty, with a note, where they are too few or undefined."""
        import pandas as pd

        found = self.agreement_rows(tool, effect=effect, round=round)
        return pd.DataFrame([row.flat() for row in found], columns=list(agreement.COLUMNS))

    # looking up

    @at_rest
    def _study(self, study: str) -> StudyView:
        views = self._studies()
        for view in views:
            if study == view.label or study in view.subjects or study == view.id:
                return view
        raise NotFound(f"there is no study {study!r}", next_step=near_named(study, ((v.label, v.id) for v in views)))


_MAPPINGS = ("domains", "proposed", "overrides", "directions")


def _differing(sides: Sequence[tuple[object, ...]]) -> tuple[str, ...]:
    """The names of the domains, of 'overall' and of questions on which two answers differ; none where one of them is no judgement."""
    if len(sides) < 2 or any(len(side) < 3 for side in sides):
        return ()
    flat = [{**dict(side[1]), "overall": side[2], **dict(side[3] if len(side) > 3 else ())} for side in sides]  # type: ignore[call-overload]
    return tuple(name for name in dict.fromkeys([*flat[0], *flat[1]]) if flat[0].get(name) != flat[1].get(name))
