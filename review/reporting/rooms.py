"""The rooms of one review at one date, as the reports are given them; and the flow that follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from review.bias.quoting import StudyText
from review.bias.steps import Bias
from review.certainty.absolute import Effect
from review.certainty.steps import Certainty
from review.errors import NotAllowed
from review.extraction.steps import Extraction
from review.ledger.moments import as_of_limit
from review.ledger.seat import Seat
from review.model.blinding import Viewer
from review.model.certainty import Evidence
from review.model.decision import STAGES
from review.model.event import Event
from review.model.plan import FILE_NAME, Outcome
from review.model.views import AssessmentView, ReportView, Standing, StudyView
from review.protocol import Protocol
from review.records.steps import Records, Searches
from review.records.vocabulary import words_for
from review.reporting.analysis_exclusions import unknown
from review.reporting.flow import Flow, FlowFacts, derive
from review.reporting.labels import Labels, project_labels
from review.reporting.reasons import Reasons
from review.screening.retrieving import TEXT
from review.screening.steps import Screening
from review.screening.stopping import p_in_words, percent
from review.studies.steps import Studies

NOT_OBTAINED = "awaiting: full text not obtained"
DEMONSTRATION = "Demonstration: page texts paraphrased, decisions invented. Do not cite."


@dataclass(frozen=True)
class Rooms:
    """Everything that a report may ask. ``seat`` says who looks and as of when."""

    seat: Seat
    protocol: Protocol
    searches: Searches
    records: Records
    studies: Studies
    screening: Screening
    extraction: Extraction
    bias: Bias
    certainty: Certainty
    folder: Path

    @property
    def labels(self) -> Labels:
        """The words of the reports: those that ship, with the review's own ``labels.toml`` laid over them."""
        return project_labels(self.folder)

    @property
    def blind(self) -> tuple[Screening, Studies, Extraction, Bias, Certainty]:
        """The rooms in which people answer without seeing each other."""
        return self.screening, self.studies, self.extraction, self.bias, self.certainty

    def may_carry(self, done: str) -> None:
        """Raises NotAllowed where the whole ledger would show this viewer open decisions of others. *done*: what is asked, 'exported'."""
        if not self.seat.viewer.sees_all and any(room.open_of_others() for room in self.blind):
            raise NotAllowed(
                f"the ledger cannot be {done} by you now: it holds open decisions of another reviewer",
                next_step="ask the lead, or decide what waits for you first",
            )

    @property
    def as_of(self) -> str:
        """The date of these views: the one asked for, else that of the last event; '' while the ledger is empty."""
        if self.seat.as_of:
            return self.seat.as_of
        return self.seat.snapshots.ledger.last_at() or ""

    @property
    def heads(self) -> dict[str, str]:
        """Origin -> id of its last event that these views rest on."""
        return self.seat.snapshots.ledger.heads(as_of=self.seat.as_of)

    @property
    def demonstration(self) -> str:
        """The line that a teaching review shows first on every page and export; '' for a real one."""
        return DEMONSTRATION if self.protocol.plan.settings.teaching_copy else ""

    @property
    def first_line(self) -> str:
        """What stands first on every page: that it is a demonstration, and that it may show what others are not to see yet; else ''."""
        heads = tuple(sorted(self.heads.items()))
        private = self.seat.made("private", (heads,), self._private)
        return " ".join(line for line in (self.demonstration, private) if line)

    def _private(self) -> str:
        """The warning where this viewer may see open answers that somebody who only looks does not."""
        seat = self.seat
        if seat.viewer.name is None:
            return ""
        looking = furnish(Seat(seat.snapshots, seat.pen, Viewer(), seat.as_of), self.folder)
        if not any(room.open_of_others() for room in looking.blind):
            return ""
        return self.labels.say("page.private", viewer=seat.viewer.name)

    @property
    def day(self) -> str:
        """The date of these views as an ISO date; '' while the ledger is empty."""
        return as_of_limit(self.as_of)[:10] if self.as_of else ""

    def table_notes(self, *own: str) -> tuple[str, ...]:
        """The notes under a table: those of its *own* that say something, then the line of a teaching review."""
        return tuple(note for note in (*own, self.demonstration) if note)

    @property
    def wording(self) -> Reasons:
        """The reasons in the words of every version of the protocol."""
        history = tuple(event.id for event in self.protocol.history)
        return self.seat.made("wording", (self.protocol.plan, history), lambda: Reasons(self.protocol))

    def reasons(self) -> dict[str, str]:
        """Criterion id -> the reason in the words in force, in the protocol's order; criteria of older versions after them."""
        return self.wording.in_force

    def reason_of(self, event: Event, criterion: str | None = None) -> str:
        """The reason of a decision (or another *criterion* of it) in the words of the protocol's version that it was made under."""
        return self.wording.of(event, criterion)

    def reason_at(self, stand: Standing) -> str:
        """The reason with which a report stands excluded, in its decision's own words; '' where none was recorded."""
        return self.wording.at(stand)

    def tools_at(self, stand: Standing) -> str:
        """The tools whose answers make a standing, by name and version."""
        actors = sorted({self.seat.event(e).actor for e in stand.events})
        return ", ".join(actor.removeprefix("tool:").replace("@", " ") for actor in actors)

    def became(self, study: StudyView, flow: Flow | None = None) -> str:
        """What became of *study*, in words, as *flow* has it (made here when not given)."""
        flow = flow or self.flow()
        final, places = self.studies.final(study), places_of(study, flow)
        if study.id in flow.ids("new_studies"):
            return "included"
        if places & {"included_reports", "ongoing", "awaiting"} and final in ("included", "ongoing", "awaiting"):
            return final
        if study.id in flow.ids("previous_studies") and final in (None, "included"):
            return "included" if "included_reports" in places else "included in the previous version"
        if places & _OPEN:  # what passed and stands with another study waits here for this study's classification
            return "waits; classified as excluded" if final == "excluded" else "waits"
        if places and places <= set(_REMOVED):
            return "removed before screening"
        if "records_waiting" in places:
            return "waits at title and abstract" if places == {"records_waiting"} else "waits"
        if "excluded" in places:
            return "excluded at full text"
        if "notretrieved_reports" in places:
            return NOT_OBTAINED
        if places == {"records_excluded_automatic"}:
            return "by automation: not screened after stopping"
        return "excluded at title and abstract" if places else f"classified as {final}" if final else "waits"

    def flow(self) -> Flow:
        """The flow of records, reports and studies at this date."""
        with self.seat.still():
            # read by almost every table of a page: made once for each state of the ledger, the protocol and the words
            rests_on = (tuple(sorted(self.heads.items())), self.protocol.plan, self.labels)
            return self.seat.made("flow", rests_on, lambda: derive(self.flow_facts()))

    def flow_facts(self) -> FlowFacts:
        """What the flow is derived from, at this date."""
        plan, words, wording = self.protocol.plan, self.labels, self.wording
        return FlowFacts(
            searches=self.searches.views(),
            records=self.records.views(),
            reports=self.studies.report_views(),
            studies=self.studies.views(),
            title_abstract=self.screening.standings("title_abstract"),
            full_text=self.screening.standings("full_text"),
            retrieval=lambda r: self.screening.retrieval(r)[0],
            classifications=self.studies.finals(),
            removals=self.screening.removed(),
            left_unseen=self.screening.left(),
            reasons=wording.in_force,
            reason_of=wording.at,
            tools_of=self.tools_at,
            previous_studies=plan.previous.studies,
            previous_reports=plan.previous.reports,
            notes=[
                *(self._stop_note(stop, words) for stop in self.screening.stops()),
                *self._import_notes(words),
                *self._alone_notes(words),
                *self._stranded_notes(words),
            ],
            as_of=self.as_of,
            heads=self.heads,
            words=words,
        )

    def _import_notes(self, words: Labels) -> list[str]:
        """Which decisions were made elsewhere and came in with a file."""
        return [
            words.say(f"flow.note.imported_{one.as_}_{one.stage}", n=words.number(one.decisions), file=one.file, tool=one.tool)
            for one in self.screening.imports()
        ]

    def _alone_notes(self, words: Labels) -> list[str]:
        """How many reports one person alone has read by a rule, at each stage where there are any."""
        alone = ((stage, len(self.screening.alone(stage))) for stage in STAGES)
        return [words.say(f"flow.note.alone_{stage}", n=words.number(n)) for stage, n in alone if n]

    def _stranded_notes(self, words: Labels) -> list[str]:
        """How many reports were decided on at full text and are not among those assessed now."""
        n = len(self.screening.stranded())
        return [words.say("flow.note.stranded", n=words.number(n))] if n else []

    def _stop_note(self, stop: Event, words: Labels) -> str:
        seen, left = words.number(stop.body["seen_by_a_person"]), words.number(len(stop.body["left"]))
        said = words.say("flow.note.stopped", rule=stop.body["rule"], recall=stop.body["target_recall"], seen=seen, left=left)
        return " ".join([said, *self.tested(stop)])

    def tested(self, stop: Event) -> list[str]:
        """What the stopping test said when a person stopped, and what that person stated, in sentences."""
        words, body = self.labels, stop.body
        p, confidence, stated = body["p"], body.get("confidence"), body.get("stated_p")
        said = [words.say(f"flow.note.stopped_no_p_{why}")] if (why := body.get("why_no_p")) else []
        if p is not None and confidence is None:  # of before: who says whether it was computed?
            stated = p
        elif p is not None:
            key = "stopped_reached" if float(p) < 1 - float(confidence) else "stopped_not_reached"
            share = percent(float(confidence))
            said.append(words.say(f"flow.note.{key}", recall=body["target_recall"], p=p_in_words(float(p)), confidence=share))
        return [*said, *([words.say("flow.note.stopped_stated", p=stated)] if stated else [])]


_OPEN = {"included_reports", "ongoing", "awaiting", "assessed_waiting", "retrieval_waiting"}
_REMOVED = ("excluded_automatic", "excluded_other")
_SCREENED = (*_REMOVED, "records_waiting", "records_excluded_human", "records_excluded_automatic")
_AT_FULL_TEXT = (
    "included_reports",
    "ongoing",
    "awaiting",
    "assessed_waiting",
    "excluded",
    "retrieval_waiting",
    "notretrieved_reports",
)


def places_of(study: StudyView | ReportView, flow: Flow) -> set[str]:
    """Where the reports stand in the flow: the boxes of full text without their lane, and those of title and abstract."""
    reports = {r.id for r in study.reports} if isinstance(study, StudyView) else {study.id}
    stands = {r.stands.id for r in study.reports} if isinstance(study, StudyView) else {study.stands.id}
    found = {name for name in _AT_FULL_TEXT for lane in ("dbr", "other") if reports & flow.ids(f"{lane}_{name}")}
    return found | {name for name in _SCREENED if stands & flow.ids(name)}


def furnish(seat: Seat, folder: Path) -> Rooms:
    """The rooms at this seat, each given the views that it needs of the others."""
    protocol = Protocol(seat, folder / FILE_NAME)
    searches = Searches(seat, protocol)
    records = Records(seat, protocol, searches, folder / "mappings")
    studies = Studies(seat, protocol, records.views)
    records.find = studies.find
    extraction = Extraction(seat, protocol, studies.views, records.text_of, words_for, folder / "forms")
    extraction.registered.versions_of = records.versions_of

    def prefill_of(report: ReportView) -> None:
        for study in studies.views():
            if any(r.id == report.id for r in study.reports):
                extraction.prefill(study)

    screening = Screening(seat, protocol, studies.report_views, prefill_of)
    protocol.reached = screening.reached
    studies.at_full_text = lambda: screening.standings("full_text")

    def texts_of(study: StudyView) -> list[StudyText]:
        pages = [StudyText(r.search.source, r.own_text(records.text_of(r)), r.text_sha256, r.id) for r in study.records if r.text_sha256]
        found = (screening.document(report) for report in study.reports)
        files = [one for one in found if one is not None and one.media_type == TEXT and all(one.sha256 != page.sha256 for page in pages)]
        return [*pages, *(StudyText(one.name, one.read().decode("utf-8-sig", "replace").splitlines(), one.sha256) for one in files)]

    def studies_included() -> list[StudyView]:
        finals = studies.finals()
        return [study for study in studies.views() if finals.get(study.id) == "included"]

    bias = Bias(seat, protocol, studies.views, extraction.design, folder / "tools", texts_of, studies_included)
    protocol.further = lambda plan: [*bias.unknown_tools(plan), *unknown(plan, protocol.draft, studies.views())]
    # what a grading rests on must be the same for every viewer: the appraisals as somebody sees them who only looks
    public = Bias(Seat(seat.snapshots, seat.pen, Viewer(), seat.as_of), protocol, studies.views, extraction.design, folder / "tools")

    def included() -> list[tuple[StudyView, list[AssessmentView]]]:
        finals = studies.finals()
        return [(s, public.assessments(s)) for s in studies.views() if finals.get(s.id) == "included"]

    @cache
    def for_anybody() -> Rooms:
        return furnish(Seat(seat.snapshots, seat.pen, Viewer(), seat.as_of), folder)

    def pooled(comparison: str) -> Effect:
        """As everybody may see it: what a grading rests on must be the same for every viewer."""
        from review.reporting.analyses import effect_of

        return effect_of(for_anybody(), comparison)

    def evidence(outcome: Outcome, comparison: str) -> Evidence:
        """As everybody may see it, for the same reason."""
        from review.reporting.evidence_to_grade import evidence_on

        return evidence_on(for_anybody(), outcome, comparison)

    certainty = Certainty(seat, protocol, included, extraction.design, pooled, evidence)
    return Rooms(seat, protocol, searches, records, studies, screening, extraction, bias, certainty, folder)
