"""Freezes review.toml as a fact, amends it with a reason, and shows the protocol in force."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from review.errors import NotAllowed, NotFound, ProtocolInvalid, near
from review.ledger.ledger import Ledger
from review.ledger.pen import Pen
from review.ledger.seat import Seat
from review.ledger.snapshots import Snapshots
from review.ledger.undo import take_back
from review.ledger.verifying import Finding
from review.model.authority import unauthorised
from review.model.blinding import Viewer
from review.model.event import Draft, Event, Position
from review.model.facts import Facts, Own
from review.model.plan import FILE_NAME, Plan, changed_parts, missing, read_plan
from review.model.planning import ProtocolAmended, ProtocolFrozen

SUBJECT = "protocol"
_UNDONE_BY = {
    **{kind: f"{kind}.undo" for kind in ("screening", "extraction", "certainty", "studies")},
    **{"record": "records.undo", "records": "records.undo", "search": "searches.undo", "appraisal": "bias.undo"},
    "protocol": "protocol.withdraw",
}
Reached = Callable[[Sequence[str]], tuple[str, Sequence[str]]]


@dataclass(slots=True)
class ProtocolState:
    """The protocol's facts, in order: what was frozen, what was amended."""

    versions: list[Event] = field(default_factory=list)
    facts: Facts = field(default_factory=Facts)
    own: Own = field(default_factory=lambda: Own({ProtocolFrozen.kind, ProtocolAmended.kind}))
    course: list[tuple[Position, Event | None]] = field(default_factory=list)


def fold(state: ProtocolState, event: Event) -> ProtocolState:
    """The state after one more event (advanced in place)."""
    state.facts.add(event)
    if event.kind in (ProtocolFrozen.kind, ProtocolAmended.kind):
        state.versions.append(event)
    if state.own.takes(event):
        live = [version for version in state.versions if state.facts.live(version.id)]
        state.course.append((event.position, live[-1] if live else None))
    return state


class Admission:
    """Who looks: the *reviewer* with the roles that the plan in force gives, nobody for None. Raises NotFound for another name.

    Roles say what is shown, so they stay as they were when the review was opened; once others are in force, ``check`` refuses to go on.
    """

    def __init__(self, ledger: Ledger, file: Path, reviewer: str | None) -> None:
        self._ledger, self._snapshots, self._file, self._reviewer = ledger, Snapshots(ledger), file, reviewer
        self._protocol = Protocol(Seat(self._snapshots, Pen(ledger, None), Viewer()), file)
        self._checked = len(self._protocol.course)
        if reviewer is not None and reviewer not in (known := [r.id for r in self._protocol.plan.reviewers]):
            raise NotFound(
                f"{reviewer!r} is not a reviewer of this review", where=f"{FILE_NAME} [[reviewers]]", next_step=near(reviewer, known)
            )
        self.viewer = Viewer(reviewer, self._roles)
        self._pen = Pen(ledger, reviewer, self.viewer.roles, self.check)

    def seat(self, as_of: str | None) -> Seat:
        """A seat of this viewer at that date; None means up to the last event."""
        return Seat(self._snapshots, self._pen, self.viewer, as_of)

    @property
    def _roles(self) -> frozenset[str]:
        return next((frozenset(r.roles) for r in self._protocol.plan.reviewers if r.id == self._reviewer), frozenset())

    def check(self, seat: Seat | None) -> None:
        """Raises NotAllowed where a version of the protocol came into force since that gives this reviewer other roles.

        seat: where a view is read; at no date in the past the protocol is read there, for the view too.
        """
        here = self._protocol if seat is None or seat.as_of is not None else Protocol(seat, self._file)
        turns = len(here.course) if self._reviewer is not None else self._checked
        if turns == self._checked:
            return
        if (roles := self._roles) != self.viewer.roles:
            raise NotAllowed(
                f"the protocol in force gives {self._reviewer} other roles than when this review was opened",
                expected=", ".join(sorted(roles)) or "none",
                next_step="open it again; in a notebook, run the cells from the first",
            )
        self._checked = turns

    def unauthorised(self, after: int = 0) -> list[Finding]:
        """What people wrote who might not have, by the protocol then, and stands: a merge takes it in, nothing else should.

        after: only of the events that arrived at this database after so many.
        """
        corrections, found = Facts(), []
        new = self._ledger.arrived_after(after) if after else None
        for event, roles in self._with_roles():
            corrected = event.replaces or event.withdraws
            target = self._held(corrected) if corrected else None
            if corrected:
                corrections.add(event)
            if (new is None or event.id in new) and (why := unauthorised(event, roles, target)):
                found.append((event, why))
        return sorted(
            Finding(
                "not_authorised", f"event {event.id}", f"{event.kind}: {why}; it counts until a lead undoes it: {self._undone_by(event)}"
            )
            for event, why in found
            if corrections.live(event.id)
        )

    def _undone_by(self, event: Event) -> str:
        """The call that takes *event* back."""
        meant: Event | None = event
        while meant is not None and meant.withdraws is not None:
            meant = self._held(meant.withdraws)
        verb = _UNDONE_BY.get(meant.kind.partition(".")[0], "") if meant is not None else ""
        return f"rv.{verb}({event.id!r}{', reason=…' if verb == 'protocol.withdraw' else ''})" if verb else "where it was made"

    def _held(self, event: str) -> Event | None:
        try:
            return self._ledger.event(event)
        except NotFound:  # which ``verify`` tells by itself
            return None

    def _with_roles(self) -> Iterator[tuple[Event, Mapping[str, frozenset[str]]]]:
        """Every event since the first freeze with the roles of the version in force then; a draft says nothing of the past."""
        course = [(at, version) for at, version in self._protocol.course if version is not None]
        roles: dict[str, frozenset[str]] | None = None
        for event in self._ledger.events():
            while course and course[0][0] < event.position:
                plan = self._protocol.plan_of(course.pop(0)[1])
                roles = {reviewer.id: frozenset(reviewer.roles) for reviewer in plan.reviewers}
            if roles is not None:
                yield event, roles


class Protocol:
    """The protocol in force: the frozen text where there is one, else the draft in review.toml. Shows itself."""

    def __init__(self, seat: Seat, file: Path, reached: Reached = lambda changed: ("before screening", ())) -> None:
        self._seat, self._file, self.reached = seat, file, reached
        self.further: Callable[[Plan], Sequence[str]] = lambda plan: ()  # what rooms miss in a plan, such as a tool that is not there

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.plan, name)

    @property
    def history(self) -> list[Event]:
        """The live events that froze or amended the protocol, oldest first."""
        state = self._seat.state("protocol", ProtocolState, fold)
        return [event for event in state.versions if state.facts.live(event.id)]

    @property
    def course(self) -> list[tuple[Position, Event | None]]:
        """Position in the ledger -> the version in force from there on, those withdrawn since too; None where that was a draft."""
        return self._seat.state("protocol", ProtocolState, fold).course

    @property
    def frozen(self) -> bool:
        """Whether a version is in force."""
        return bool(self.history)

    @property
    def version(self) -> int:
        """The number of the version in force; 0 for a draft."""
        history = self.history
        return int(history[-1].body["number"]) if history else 0

    @property
    def text(self) -> str:
        """The text in force."""
        history = self.history
        if history:
            return self._text(history[-1])
        return self.draft

    def _text(self, version: Event) -> str:
        sha = version.body["text_sha256"]
        return self._seat.made("protocol", (sha,), lambda: self._seat.blob(sha).decode("utf-8"))

    def plan_of(self, version: Event) -> Plan:
        """The plan as it was at that freeze or amendment."""
        return read_plan(self._text(version))

    @property
    def draft(self) -> str:
        """The text of review.toml as it stands."""
        data = self._file.read_bytes()
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as problem:
            line = 1 + data[: problem.start].count(b"\n")
            raise ProtocolInvalid(
                f"line {line} is not UTF-8",
                where=FILE_NAME,
                next_step="save the file as UTF-8 in your editor; UTF-16 and Windows-1252 are refused",
            ) from problem

    @property
    def plan(self) -> Plan:
        """The plan in force, checked."""
        return self._seat.once("plan", lambda: read_plan(self.text))

    @property
    def drafted_since(self) -> list[str]:
        """The parts in which review.toml differs from the version in force; empty when they are the same."""
        return changed_parts(self.plan, read_plan(self.draft)) if self.frozen else []

    def conflicts(self) -> list[Event]:
        """Freezes made apart and merged since: all of them when there are two or more, for the lead to withdraw all but one."""
        frozen = [event for event in self.history if event.kind == ProtocolFrozen.kind]
        return frozen if len(frozen) > 1 else []

    def lacks(self, plan: Plan) -> list[str]:
        """What *plan* still needs before it can be in force, in words."""
        return [*missing(plan), *self.further(plan)]

    def require_frozen(self, what: str) -> None:
        """Raises NotAllowed while the protocol is a draft."""
        if not self.frozen:
            raise NotAllowed(f"there is no {what} before the protocol is frozen", next_step="review freeze --as LEAD")

    def withdraw(self, event: str, *, reason: str) -> str:
        """Take back a freeze or an amendment, as when two were made apart. Returns the event id."""
        return take_back(self._seat, event, of="protocol.", reason=reason)

    def freeze(self) -> str:
        """Store review.toml as version 1; from here on decisions name the version that they were made under. Returns the event id."""
        if self.frozen:
            raise NotAllowed(
                "the protocol is frozen already", next_step="change review.toml and amend it, with a reason: review amend --reason …"
            )
        text = self.draft
        lacks = self.lacks(read_plan(text))
        if lacks:
            raise ProtocolInvalid(
                "the protocol cannot be frozen yet; it still needs\n" + "\n".join(f"  - {w}" for w in lacks),
                where=FILE_NAME,
                next_step="add these to review.toml",
            )
        data = text.encode("utf-8")
        body = ProtocolFrozen(text_sha256=hashlib.sha256(data).hexdigest(), number=1)
        draft = Draft(ProtocolFrozen.kind, SUBJECT, body, self._seat.pen.actor or "")
        return self._seat.pen.write_all([draft], blobs=[(data, False)])[0].id

    def amend(self, *, reason: str, results_known: bool) -> str:
        """Store review.toml as the next version, why, and whether results were known. No decision is changed. Returns the event id."""
        if not self.frozen:
            raise NotAllowed("the protocol is still a draft; there is nothing to amend", next_step="freeze it first: review freeze")
        if not reason.strip():
            raise ProtocolInvalid("an amendment states its reason", next_step="give one in a sentence")
        text = self.draft
        new = read_plan(text)
        changed = changed_parts(self.plan, new)
        if not changed:
            raise ProtocolInvalid("review.toml is the same as the version in force", next_step="change it, then amend")
        lacks = self.lacks(new)
        if lacks:
            raise ProtocolInvalid("the amended protocol lacks\n" + "\n".join(f"  - {w}" for w in lacks), where=FILE_NAME)
        stage, check = self.reached(changed)
        data = text.encode("utf-8")
        body = ProtocolAmended(
            text_sha256=hashlib.sha256(data).hexdigest(),
            number=self.version + 1,
            reason=reason.strip(),
            results_known=results_known,
            stage_reached=stage,
            changed=tuple(changed),
            check_again=tuple(check),
        )
        draft = Draft(ProtocolAmended.kind, SUBJECT, body, self._seat.pen.actor or "")
        return self._seat.pen.write_all([draft], blobs=[(data, False)])[0].id

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th scope=row>{html.escape(c.id)}</th><td>{c.element}</td><td>{html.escape(c.text)}</td></tr>" for c in self.plan.criteria
        )
        state = f"version {self.version}" if self.frozen else "draft, not frozen"
        return f"<table><caption>{html.escape(self.plan.review.title)} ({state})</caption><tbody>{rows}</tbody></table>"

    def __repr__(self) -> str:
        state = f"version {self.version}" if self.frozen else "draft, not frozen"
        return f"<Protocol {self.plan.review.title!r}, {state}, {len(self.plan.criteria)} criteria>"
