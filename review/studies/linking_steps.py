"""Links in a review: writes those that a rule is sure of, lists those that a person must confirm, ranks candidates for the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from review.ledger.seat import Seat
from review.model.decision import ReportLinked
from review.model.event import Draft
from review.model.views import ReportView, StudyView
from review.studies import state
from review.studies.link_reports import links
from review.studies.link_rules import LINK_RULES_VERSION, LinkRule
from review.studies.linking import FoundLink

if TYPE_CHECKING:
    import pandas as pd

LINK_RULES = f"tool:link-rules@{LINK_RULES_VERSION}"
SAYS_BOTH = "One person linked the report to the study, another refused that; until it is settled it does not count."
CANDIDATES = ("study", "label", "report", "title", "rank", "score", "signals")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A report that may belong to the study of a registration: a person links it or refuses the link.

    ``rule`` names what found it or what raised the doubt, ``says`` is its sentence; ``compared``: the number, the field that states it, and
    the words in which it stands there.
    """

    registration: ReportView
    report: ReportView
    study: str
    rule: str
    says: str
    compared: Mapping[str, str]


class Linking:
    """What ``Studies`` knows of links between registrations and reports. *reports*, *studies*: today's views; *known*: the facts."""

    def __init__(
        self,
        seat: Seat,
        known: Callable[[], state.StudiesState],
        reports: Callable[[], list[ReportView]],
        studies: Callable[[], list[StudyView]],
    ) -> None:
        self._seat, self._known, self._reports, self._studies = seat, known, reports, studies

    def find(self) -> int:
        """Write the links that a rule is sure of, once; what a person took back or refused is left alone. Returns how many.

        Those of registrations among each other come first: what a person said of a study is said of each registration in it.
        """
        return self._write(lambda rule: rule.between == "two registrations") + self._write(lambda rule: rule.between != "two registrations")

    def _write(self, asked: Callable[[LinkRule], bool]) -> int:
        with self._seat.still():
            sure = [f for f in self._found() if f.rule.outcome == "link" and asked(f.rule)]
            said = self._said() if sure else None
            sure = [f for f in sure if said is not None and not said(f.trial, f.article)]
            drafts = [Draft(ReportLinked.kind, found.article, _body(found), LINK_RULES) for found in sure]
        return len(self._seat.pen.write_all(drafts)) if drafts else 0

    def suggested(self) -> list[Suggestion]:
        """What a rule leaves to a person, and nobody has linked, taken back or refused; by registration, then by report."""
        said, homes = self._said(), _homes(self._studies())
        by_id = {report.id: report for report in self._reports()}
        found = []
        for one in self._found():
            together = homes.get(one.trial, frozenset()) & homes.get(one.article, frozenset())
            if one.rule.outcome == "review" and not together and not said(one.trial, one.article):
                study = next(iter(sorted(homes[one.trial])), state.founding_study(one.trial))
                found.append(Suggestion(by_id[one.trial], by_id[one.article], study, one.rule.id, one.rule.says, _compared(one)))
        return [*self._disputed(), *found]

    def _disputed(self) -> list[Suggestion]:
        """Links of people against which another person's refusal stands; until that is settled the report is no report of the study."""
        known = self._known()
        group = {member: report for report in self._reports() for member in report.members}
        held, found = state.disputed_links(known, group), []
        for link in known.links:
            founding = group.get("rep:" + link.body["study"].removeprefix("stu:"))
            if link.id in held and not link.by_tool and founding is not None:
                said = {"linked": link.body["reason"], "refused": held[link.id].body["reason"]}
                study = state.founding_study(founding.id)
                found.append(Suggestion(founding, group[link.subject], study, state.LINKED_AND_REFUSED, SAYS_BOTH, said))
        return found

    def candidates(self, study: StudyView | None, top: int) -> pd.DataFrame:
        """The *top* likeliest reports for *study*, or for each study that has registrations and no other report.

        Columns study, label, report, title, rank (from 1), score (0 to 1), signals. A report of the study and one whose link was taken back
        or refused are left out.
        """
        import pandas as pd

        from review.studies.link_frames import articles_frame, registrations_frame
        from review.studies.link_ranking import rank_links

        asked = [study] if study is not None else [s for s in self._studies() if known_from_registrations(s)]
        reports, said = self._reports(), self._said()
        articles = [r for r in reports if not r.stands.is_registration and not r.is_notice]
        registrations = {r.id: r for s in asked for r in s.reports if r.stands.is_registration}
        if not registrations or not articles:
            return pd.DataFrame([], columns=list(CANDIDATES))
        title = {r.id: r.title for r in articles}
        frames = registrations_frame(list(registrations.values())), articles_frame(articles)
        spoken_of = {e.body["report"] for e in (*self._known().links, *self._known().refusals)}
        named = [a.id for a in articles if not spoken_of.isdisjoint(a.members)]
        left_out = max((sum(said(trial, article) for article in named) for trial in registrations), default=0)
        ranked = rank_links(*frames, top=top + left_out + max(len(s.reports) for s in asked))
        by_trial = {trial: rows for trial, rows in ranked.groupby("registration", sort=False)}
        found: list[tuple[object, ...]] = []
        for one in asked:
            own = [r.id for r in one.reports]
            best: dict[str, tuple[float, str]] = {}
            for trial in own:
                for row in by_trial[trial].itertuples() if trial in by_trial else ():
                    if row.article not in own and not said(trial, row.article) and row.score > best.get(row.article, (0.0, ""))[0]:
                        best[row.article] = (row.score, row.signals)
            order = sorted(best, key=lambda article: (-best[article][0], article))[:top]
            found += [(one.id, one.label, a, title[a], n, *best[a]) for n, a in enumerate(order, start=1)]
        return pd.DataFrame(found, columns=list(CANDIDATES))

    def _found(self) -> list[FoundLink]:
        reports = self._reports()
        return self._seat.made("links", (self._known().changes, reports), lambda: links(reports))

    def _said(self) -> Callable[[str, str], bool]:
        """Whether a report's link to a registration was ever written, or a person said that it is none of the study of that registration.

        Both hold for any reports that are these now.
        """
        known, members = self._known(), {r.id: r.members for r in self._reports()}
        written = {(e.body["report"], e.body["study"]) for e in known.links}
        against = state.spoken_against(known)
        subjects = _subjects(self._studies()) if against else {}

        def said(trial: str, article: str) -> bool:
            own = {state.founding_study(t) for t in members[trial]}
            if any((a, study) in written for a in members[article] for study in own):
                return True
            return any(not against[a].isdisjoint(own | subjects.get(trial, set())) for a in members[article] if a in against)

        return said


def known_from_registrations(study: StudyView) -> bool:
    """Whether all reports of *study* are registrations."""
    return all(report.stands.is_registration for report in study.reports)


def _homes(studies: Sequence[StudyView]) -> dict[str, frozenset[str]]:
    """Report -> the studies that it belongs to."""
    found: dict[str, set[str]] = {}
    for study in studies:
        for report in study.reports:
            found.setdefault(report.id, set()).add(study.id)
    return {report: frozenset(own) for report, own in found.items()}


def _subjects(studies: Sequence[StudyView]) -> dict[str, set[str]]:
    """Report -> the studies that it belongs to, by all ids under which a person may have named them."""
    found: dict[str, set[str]] = {}
    for study in studies:
        for report in study.reports:
            found.setdefault(report.id, set()).update(study.subjects)
    return found


def _body(found: FoundLink) -> ReportLinked:
    return ReportLinked(
        report=found.article, study=state.founding_study(found.trial), rule=found.rule.id, rule_version=found.rule.version,
        compared=_compared(found), reason="",
    )  # fmt: skip


def _compared(found: FoundLink) -> dict[str, str]:
    """The field that was compared, with the number and the words in which it stands."""
    return {"value": found.value, found.field: found.quoted}
