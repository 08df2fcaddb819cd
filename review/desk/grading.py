"""The desk of certainty: one outcome at a time, each domain of GRADE beside what the review holds on it, the level drawn as it is rated.

It proposes no rating and shows, beside this assessor's own gradings, only what both have sent off, without names; a person gives the level.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple

from pydantic import ValidationError

from review.certainty.absolute import OF_RISKS, PER, number
from review.certainty.grading import compared, design_from
from review.certainty.state import folded_name
from review.desk import grading_form, grading_list
from review.desk.card import Ask, Card, Message, closed_without, script
from review.desk.grading_form import GradingSent, Taken
from review.errors import InputRefused, NotAllowed
from review.model.certainty import CertaintyView, Evidence
from review.model.plan import Outcome
from review.project import Review

GONE = "this outcome is not on show any more. Next: choose it in the list."


class Place(NamedTuple):
    """What is graded: an outcome of the protocol in a comparison, and whether a difference of two is settled."""

    outcome: str = ""
    comparison: str = ""
    settles: bool = False


class GradingAsk(Ask):
    """What the browser sends to this desk; outcome and comparison are those that were on show when the key was pressed.

    settles: whether what is opened or on show is a difference. reason: why it is not graded, or how it was settled.
    """

    kind: Literal["open", "list", "go", "keep", "grade", "decline", "settle", "undo"]
    outcome: str = ""
    comparison: str = ""
    settles: bool = False
    form: GradingSent = GradingSent()
    reason: str = ""

    @property
    def place(self) -> Place:
        """What the message is about."""
        return Place(self.outcome, self.comparison, self.settles)


class CertaintyDesk(Card):
    """Grade the certainty of outcomes for the reviewer of *rv*, an assessor; settle what two graded differently, as an assessor or a lead.

    keys: {command: key} in place of the desk's own; digits give the ratings. What is typed and not saved is a draft of its author's.
    Raises InputRefused for a key.
    """

    _esm = script("document.js", "quoting.js", "form_card.js", "kept_form.js", "grading_form.js", "grading.js", shows="Grading")
    _css = Path(__file__).with_name("desk.css")
    Asked = GradingAsk
    SHORTCUTS: ClassVar = {
        "why": "t", "level": "o", "first": "f", "second": "g", "save": "shift+s", "decline": "x", "list": "b", **Card.SHORTCUTS,
    }  # fmt: skip

    def __init__(self, rv: Review, *, keys: Mapping[str, str] | None = None) -> None:
        super().__init__(rv, keys=keys)
        self._open: Place | None = None
        self._typed: dict[Place, GradingSent] = {}  # forms that are not saved, as this kernel has heard of them
        self._unkept: set[Place] = set()  # of these, those whose draft was refused
        self._stored: dict[str, str] = {}  # token -> event
        self._done: list[str] = []  # events of this sitting, to undo from the end
        self._known: tuple[int, tuple[str, str], Evidence] | None = None  # up to which fact, of what, and the evidence

    def answer(self, ask: GradingAsk) -> Iterator[Message]:
        """The answers to one message: what was kept or stored, then what to look at."""
        if closed := self._closed():
            yield {"kind": "closed", "token": ask.token, "message": closed}
            return
        if ask.kind == "keep":
            yield self._keep(ask)
            return
        if ask.kind == "open":
            yield {"kind": "opening", "token": ask.token, "stage": "Certainty of the evidence", "reviewer": self._rv.reviewer}
        elif ask.kind == "list":
            self._open = None
        elif ask.kind == "go":
            self._open = self._opening(ask)
        else:
            yield {"kind": "saved", "token": ask.token, "event": self._write(ask)}
        with self._rv.still():
            card = self._card(ask.token)
        yield card

    def _closed(self) -> str:
        """Why nobody can grade here, and what to do; '' where somebody can."""
        return closed_without(self._rv, "assessor", "grades")

    def _opening(self, ask: GradingAsk) -> Place:
        """What is opened, with its comparison as it is named already."""
        intervention, comparator = compared(ask.comparison)
        if not ask.settles and not grading_list.is_assessor(self._rv):
            raise NotAllowed(f"{self._rv.reviewer} has no role assessor", next_step="choose what two graded differently")
        name = f"{intervention} versus {comparator}"
        own = self._rv.certainty.comparison
        known = [*([own] if own else []), *self._rv.certainty.comparisons()]
        return Place(ask.outcome, next((one for one in known if folded_name(one) == folded_name(name)), name), ask.settles)

    # what is stored

    def _keep(self, ask: GradingAsk) -> Message:
        """Keeps what was typed as a draft, and says what follows from it."""
        place = self._on_show(ask)
        outcome = self._outcome(place)
        if ask.form != self._draft(place) or place in self._unkept:
            self._typed[place] = ask.form
            self._unkept.add(place)  # until the draft is written: where that is refused, the same form is no draft yet
            before, of = self._rv.arrived(), {"comparison": place.comparison, "settles": place.settles}
            self._rv.certainty.keep_draft(place.outcome, **of, form=ask.form.model_dump_json(), token=ask.token)
            self._unkept.discard(place)
            if self._known is not None and self._known[0] == before and self._rv.arrived() == before + 1:
                self._known = (before + 1, *self._known[1:])  # a draft is no evidence
        evidence = self._evidence(place, ask.form)
        return {"kind": "kept", "token": ask.token, **self._follows(place, outcome, ask.form, evidence)}

    def _draft(self, place: Place) -> GradingSent | None:
        """What this reviewer typed there and has not saved, here or in an earlier kernel; None too for a form of another release."""
        if place in self._typed:
            return self._typed[place]
        found = self._rv.certainty.drafts().get((place.outcome, place.comparison, place.settles))
        try:
            return GradingSent.model_validate_json(found) if found else None
        except ValidationError:
            return None

    def _on_show(self, ask: GradingAsk) -> Place:
        """Raises NotAllowed for a card that went stale: what it is about is open no more, or is open as something else."""
        if self._open is None or ask.place != self._open:
            raise NotAllowed(GONE)
        return self._open

    def _write(self, ask: GradingAsk) -> str:
        if ask.token not in self._stored:
            write = {"grade": self._grade, "decline": self._decline, "settle": self._settle, "undo": self._undo}
            self._stored[ask.token] = write[ask.kind](ask)
        return self._stored[ask.token]

    def _grade(self, ask: GradingAsk) -> str:
        place = self._on_show(ask)
        given = self._taken(ask.form, self._evidence(place, ask.form)).given()
        event = self._rv.certainty.grade(place.outcome, comparison=place.comparison, **given, token=ask.token)
        return self._leave(place, event)

    def _decline(self, ask: GradingAsk) -> str:
        place = self._on_show(ask)
        certainty, of = self._rv.certainty, {"comparison": place.comparison, "token": ask.token}
        if place.settles:
            return self._leave(place, certainty.resolve(place.outcome, why=ask.reason, not_graded=True, **of))
        return self._leave(place, certainty.not_graded(place.outcome, reason=ask.reason, **of))

    def _settle(self, ask: GradingAsk) -> str:
        place = self._on_show(ask)
        given = self._taken(ask.form, self._evidence(place, ask.form)).given()
        event = self._rv.certainty.resolve(place.outcome, comparison=place.comparison, why=ask.reason, **given, token=ask.token)
        return self._leave(place, event)

    def _leave(self, place: Place, event: str) -> str:
        self._done.append(event)
        self._typed.pop(place, None)
        self._unkept.discard(place)
        self._open = None
        return event

    def _undo(self, ask: GradingAsk) -> str:
        """Takes back this reviewer's own grading of the outcome that is named, else what was stored last in this sitting."""
        if ask.outcome:
            own = self._rv.certainty.own(ask.outcome, comparison=ask.comparison)
            if own is None:
                raise NotAllowed("there is no grading of yours to take back", next_step="look at the list again")
            event = own.events[0]
        elif self._done:
            event = self._done[-1]
        else:
            raise NotAllowed("nothing was stored at this card since it was opened", next_step="take a grading back in the list")
        undone = self._rv.certainty.undo(event)
        self._done = [one for one in self._done if one != event]
        self._open = None
        return undone

    # what is shown

    def _card(self, token: str) -> Message:
        rows = grading_list.rows(self._rv)
        content = self._opened(self._open) if self._open else None
        if content is None:
            self._open = None
            content = self._list(rows)
        waits = sum(row["waits"] or row["differs"] for row in rows)
        words = f"{waits:,} left" if waits else "Nothing waits"
        share = 1 - waits / max(1, len(rows))
        return {"kind": "card", "token": token, "card": content, "progress": words, "share": share}

    def _list(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        begun = {(place.outcome, place.comparison) for place in self._typed if not place.settles}
        begun |= {(outcome, comparison) for outcome, comparison, settles in self._rv.certainty.drafts() if not settles}
        listed = [{**row, "begun": (row["outcome"], row["comparison"]) in begun} for row in rows]
        outcomes = [[o.id, grading_list.named(o)] for o in self._rv.protocol.plan.outcomes]
        return {
            "mode": "list",
            "report": "",
            "title": "What there is to grade",
            "rows": listed,
            "own": self._rv.certainty.comparison or "",
            "outcomes": outcomes,
            "assessor": grading_list.is_assessor(self._rv),
            "needed": self._rv.certainty.needed,
        }

    def _opened(self, place: Place) -> dict[str, Any] | None:
        """The form or the difference that is open; None where it is there no more."""
        outcome = next((o for o in self._rv.protocol.plan.outcomes if o.id == place.outcome), None)
        if outcome is None:
            return None
        sides = self._rv.certainty.sides(place.outcome, comparison=place.comparison) if place.settles else []
        if place.settles and len(sides) < 2:
            return None
        own = self._rv.certainty.own(place.outcome, comparison=place.comparison)
        form = self._draft(place) or GradingSent.model_validate(self._begun(place, outcome, own, sides))
        evidence = self._evidence(place, form)
        intervention, comparator = compared(place.comparison)
        view = self._view(place)
        return {
            "mode": "settle" if place.settles else "form",
            "report": "\n".join(map(str, place)),
            "place": place._asdict(),
            "title": grading_list.named(outcome),
            "comparison": place.comparison,
            "arms": [intervention, comparator],
            "planned": [[one.id, _planned(one.title, one.id, one.timepoint)] for one in self._planned(outcome)],
            "stale": list(view.stale) if view else [],
            "own": own is not None,
            "by_agreement": own is not None and place.settles,
            "sides": [_side(side) for side in sides],
            "form": form.model_dump(mode="json"),
            **grading_form.constants(),
            **self._follows(place, outcome, form, evidence),
        }

    def _begun(self, place: Place, outcome: Outcome, own: CertaintyView | None, sides: list[CertaintyView]) -> dict[str, Any]:
        """With what a form begins: what both have said alike, one's own grading, or the synthesis that is planned."""
        if place.settles:
            gradings = [side.grading for side in sides if side.grading is not None]
            return grading_form.alike(gradings)
        if own is not None and own.grading is not None:
            return grading_form.form_of(own.grading)
        planned = self._planned(outcome)
        return {"synthesis": planned[0].id if len(planned) == 1 else ""}

    def _follows(self, place: Place, outcome: Outcome, form: GradingSent, evidence: Evidence) -> dict[str, Any]:
        """What the review holds, and what follows from the form."""
        intervention, _ = compared(place.comparison)
        found = self._taken(form, evidence)
        return {"evidence": _shown(evidence, found), "judged": grading_form.judged(found, intervention, outcome.name)}

    def _taken(self, form: GradingSent, evidence: Evidence) -> Taken:
        design = design_from([word or None for word in evidence.designs]) if form.synthesis else None
        return grading_form.taken(form, evidence, design, self._rv.protocol.plan.settings.grade_start_nrs)

    def _evidence(self, place: Place, form: GradingSent) -> Evidence:
        """What there is on the outcome in the synthesis that the form names, looked up anew only when anybody has written since."""
        arrived, of = self._rv.arrived(), (place.outcome, form.synthesis)
        if self._known is None or self._known[:2] != (arrived, of):
            self._known = (arrived, of, self._rv.certainty.evidence(place.outcome, synthesis=form.synthesis))
        return self._known[2]

    def _planned(self, outcome: Outcome) -> list[Any]:
        return [one for one in self._rv.protocol.plan.comparisons if one.outcome == outcome.id]

    def _outcome(self, place: Place) -> Outcome:
        found = next((o for o in self._rv.protocol.plan.outcomes if o.id == place.outcome), None)
        if found is None:
            raise InputRefused("the protocol names this outcome no more", expected="an outcome of the list")
        return found

    def _view(self, place: Place) -> CertaintyView | None:
        return next((one for one in self._rv.certainty.gradings(place.comparison) if one.outcome == place.outcome), None)


def _planned(title: str, name: str, timepoint: str) -> str:
    """A planned comparison in words."""
    return ", ".join(filter(None, (title or name, timepoint)))


def _shown(evidence: Evidence, found: Taken) -> dict[str, Any]:
    """The evidence as the browser shows it; the comparator's median as it is typed."""
    offered = None
    if evidence.comparator and found.effect is not None:
        value, source = evidence.comparator
        risks = found.effect.measure in OF_RISKS
        typed = f"{number(value, 'the median') * PER:f}".rstrip("0").rstrip(".") if risks else value
        offered = {"risk": typed, "source": source, "words": f"{typed} per 1,000" if risks else typed}
    return {
        "title": evidence.title,
        "studies": [label for _, label in evidence.studies],
        "designs": sorted({word for word in evidence.designs if word}),
        "unknown_designs": sum(not word for word in evidence.designs),
        "source": evidence.effect.source if evidence.effect else "",
        "refused": evidence.refused,
        "people": [f"{n:,}" for n in evidence.participants],
        "comparator": offered,
        "told": {domain: list(said) for domain, said in evidence.told.items()},
    }


def _side(side: CertaintyView) -> dict[str, Any]:
    """One of two gradings that differ, without a name."""
    if side.grading is None:
        return {"not_graded": side.reason, "form": None, "level": None}
    return {"not_graded": "", "form": grading_form.form_of(side.grading), "level": grading_list.level_of(side)}
