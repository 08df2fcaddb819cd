"""What becomes of a study: who is to classify it, the classifications, blind to each other, and how a conflict of two is ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from review.errors import InputRefused, NotFound, near
from review.ledger.moments import iso_day
from review.ledger.seat import Seat, at_rest
from review.ledger.settling import settle
from review.model.authority import check_resolver, check_role
from review.model.blinding import visible
from review.model.consensus import Panel
from review.model.decision import CLASSIFICATIONS, ClassificationResolved, RegisterChecked, StudyClassified
from review.model.event import Event
from review.model.views import Standing, StudyView
from review.protocol import Protocol
from review.studies import state

if TYPE_CHECKING:
    import pandas as pd


class Classifying:
    """The part of ``Studies`` that decides what becomes of each study. *at_full_text*: where the reports sought stand at full text."""

    _seat: Seat
    _protocol: Protocol
    at_full_text: Callable[[], Mapping[str, Standing]]

    if TYPE_CHECKING:

        def views(self) -> list[StudyView]:
            """Today's studies."""

        @property
        def _state(self) -> state.StudiesState: ...

    @property
    def _needed(self) -> int:
        return self._protocol.plan.settings.reviewers_per_stage.full_text

    @property
    def _screeners(self) -> list[str]:
        return [r.id for r in self._protocol.plan.reviewers if "screener" in r.roles]

    # what stands

    @at_rest
    def panel(self, study: StudyView) -> Panel:
        """The classifications of *study* as this viewer may see them."""
        return self._panel(study).seen_by(self._seat.viewer)

    def _panel(self, study: StudyView) -> Panel:
        return state.classification(self._state, study, self._needed)

    @at_rest
    def final(self, study: StudyView) -> str | None:
        """The final classification of *study*; None while it waits."""
        return state.final_classification(self._panel(study))

    @at_rest
    def finals(self) -> dict[str, str | None]:
        """Study -> its final classification, for each of today's studies of which something was said."""
        said = self._state.classified.keys()
        return {study.id: self.final(study) for study in self.views() if not said.isdisjoint(study.subjects)}

    @at_rest
    def history(self, study: StudyView) -> list[Event]:
        """Every classification and resolution of *study* that this viewer may see, replaced and withdrawn ones too, in ledger order."""
        closed = self._panel(study).closed
        asked = (e for s in study.subjects for e in self._state.classified.get(s, ()) if e.withdraws is None)
        return sorted((e for e in asked if visible(e, self._seat.viewer, lambda event: closed)), key=lambda e: e.position)

    @at_rest
    def conflicts(self) -> pd.DataFrame:
        """Studies classified differently, with both reasons and no names: study, label, first, reason_first, second, reason_second.

        A side is '' once who gave it took it back; what ends the conflict is a resolution all the same.
        """
        import pandas as pd

        rows = []
        for study in self.views():
            found = self._panel(study)
            if found.conflict and found.closed:
                said = [(e.body["classification"], e.body["reason"]) for e in sorted(found.answers, key=lambda e: e.id)]  # as nobody's
                other = [one for one in said[1:] if one[0] != said[0][0]] or said[1:]
                first, second = [*said[:1], *other[:1], ("", ""), ("", "")][:2]
                rows.append((study.id, study.label, *first, *second))
        return pd.DataFrame(rows, columns=["study", "label", "first", "reason_first", "second", "reason_second"])

    def register_check(self, study: StudyView) -> Mapping[str, str] | None:
        """{date, note, event} of the last look at the primary register; None when it was not checked."""
        return state.checked(self._state, study)

    @at_rest
    def open_of_others(self) -> bool:
        """Whether the ledger holds a classification that this viewer may not see."""
        viewer = self._seat.viewer
        panels = [self._panel(s) for s in self.views()]
        return any(not p.closed and not viewer.sees_all and a.actor != viewer.name for p in panels for a in p.answers)

    # what waits

    @at_rest
    def queue(self) -> list[StudyView]:
        """Studies that wait for this viewer's classification (for anybody's, when nobody in particular looks), in their order.

        A study waits once one of its reports is included at full text; those of the previous version are included until somebody says
        otherwise. Of another's open classification nothing follows here.
        """
        who = self._seat.viewer.name
        return [study for study, asked in self._asked() if asked and who in (None, *asked)]

    @at_rest
    def due(self) -> dict[str, int]:
        """How many studies wait for each screener's classification; for the viewer alone, unless the viewer sees all."""
        waiting = [asked for _, asked in self._asked()]
        shown = [name for name in self._screeners if self._seat.viewer.sees_all or name == self._seat.viewer.name]
        return {name: sum(name in asked for asked in waiting) for name in shown}

    def _asked(self) -> list[tuple[StudyView, list[str]]]:
        """Each study to classify, with those who are asked: every screener who has not answered, until as many have as are due."""
        passed = {report for report, stand in self.at_full_text().items() if stand.outcome == "include"}
        before, found = set(self._protocol.plan.previous.studies), []
        for study in self.views():
            if study.id in before or passed.isdisjoint(report.id for report in study.reports):
                continue
            panel = self._panel(study)
            answered = {answer.actor for answer in panel.answers}
            if panel.resolution is None and len(answered) < panel.needed:
                found.append((study, [name for name in self._screeners if name not in answered]))
        return found

    # deciding

    def classify(self, study: str, classification: str, *, reason: str, token: str | None = None) -> str:
        """This reviewer's classification of *study*, with the reason. Returns the event id.

        study  its id, its label, a registration number of it, or the id of a report that is of no other study
        token  sending the same classification again with the same token is the same event
        """
        check_role(self._seat.viewer, "screener", otherwise="open the review as a screener, or resolve a conflict as lead")
        self._protocol.require_frozen("classifying")
        own, known = self._study(study), self._seat.sent(token)
        self._accept(classification, reason)
        body = StudyClassified(classification=classification, reason=reason.strip())  # type: ignore[arg-type]
        pen, kind = self._seat.pen, StudyClassified.kind
        if known is not None:  # a retry: the same fact is the same event, another fact is refused by the ledger
            return pen.write(kind, self._subject(own, known), body, replaces=known.replaces, token=token).id
        return pen.write_as_read(lambda: pen.draft(kind, own.id, body, replaces=self._mine(own), token=token)).id

    @at_rest
    def _mine(self, study: StudyView) -> str | None:
        """This reviewer's live classification, which a new one replaces."""
        return next((a.id for a in reversed(self._panel(study).answers) if a.actor == self._seat.pen.actor), None)

    def resolve(self, study: str, classification: str, *, reason: str, token: str | None = None) -> str:
        """End a conflict of classifications. Returns the event id. *study*, *token*: as in ``classify``."""
        own, known = self._study(study), self._seat.sent(token)
        self._accept(classification, reason)
        found = self._panel(own)
        if known is None:
            check_resolver(self._seat.viewer, found, reason, role="screener", where=own.label)

        def say(settles: tuple[str, ...]) -> ClassificationResolved:
            return ClassificationResolved(classification=classification, reason=reason.strip(), settles=settles)  # type: ignore[arg-type]

        return settle(
            self._seat, self._subject(own, known), found, look=lambda: self._panel(self._study(study)), say=say, where=own.label,
            token=token, known=known,
        ).id  # fmt: skip

    def register_checked(self, study: str, *, date: str, note: str = "", token: str | None = None) -> str:
        """Say that the entry in the primary register was looked at on *date* (ISO). *token*: as in ``classify``. Returns the event id."""
        iso_day(date, where="register_checked")
        own, body = self._study(study), RegisterChecked(date=date, note=note.strip())
        return self._seat.pen.write(RegisterChecked.kind, self._subject(own, self._seat.sent(token)), body, token=token).id

    @staticmethod
    def _subject(own: StudyView, known: Event | None) -> str:
        return known.subject if known is not None and known.subject in own.subjects else own.id

    @staticmethod
    def _accept(classification: str, reason: str) -> None:
        if classification not in CLASSIFICATIONS:
            raise InputRefused(
                f"{classification!r} is no classification",
                expected=", ".join(CLASSIFICATIONS),
                next_step=near(classification, CLASSIFICATIONS),
            )
        if not reason.strip():
            raise InputRefused("this needs a reason", next_step="give one in a sentence")

    # looking up

    @at_rest
    def _study(self, study: str) -> StudyView:
        """The study of that label or id; else the only one of that registration number or report."""
        views = self.views()
        for view in views:
            if study == view.label or study in view.subjects:
                return view
        named = [v for v in views if study in v.registry_numbers or any(study in report.members for report in v.reports)]
        if len(named) == 1:
            return named[0]
        if named:
            raise InputRefused(
                f"{study} is of {len(named)} studies", expected="one of: " + ", ".join(f"{v.label} ({v.id})" for v in named),
                next_step="name the study by its label or id",
            )  # fmt: skip
        raise NotFound(f"there is no study {study!r}", next_step=near(study, (name for v in views for name in (v.label, v.id))))
