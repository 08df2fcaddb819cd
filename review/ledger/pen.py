"""The pen: the one way by which a viewer writes. It refuses a viewer without a name and a correction without the authority."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from review.errors import LedgerMoved, NotAllowed
from review.ledger.ledger import Ledger
from review.model.authority import check_correction
from review.model.event import TOOL_PREFIX, Body, Draft, Event


class Pen:
    """Writes for one reviewer (``actor``), whose roles come from the protocol; a None actor only looks.

    A tool writes through the pen of the reviewer who runs it, under its own name, and only what a tool may.
    still_holds: raises NotAllowed once the protocol gives that reviewer other roles; asked before every fact (of None) and every view (of
    the seat that reads, where the protocol is then read once).
    """

    def __init__(
        self, ledger: Ledger, actor: str | None, roles: Collection[str] = (), still_holds: Callable[[Any], None] = lambda seat: None
    ) -> None:
        self.ledger = ledger
        self.actor = actor
        self.roles = frozenset(roles)
        self.still_holds = still_holds

    def draft(
        self,
        kind: str,
        subject: str,
        body: Body | Mapping[str, Any],
        *,
        replaces: str | None = None,
        withdraws: str | None = None,
        token: str | None = None,
        actor: str | None = None,
    ) -> Draft:
        """A fact in this reviewer's name, or in a tool's, not written yet. Raises NotAllowed for a pen without a name."""
        return Draft(kind, subject, body, actor or self._name(), replaces, withdraws, token)

    def write(
        self,
        kind: str,
        subject: str,
        body: Body | Mapping[str, Any],
        *,
        replaces: str | None = None,
        withdraws: str | None = None,
        token: str | None = None,
        actor: str | None = None,
    ) -> Event:
        """Append one fact. Raises NotAllowed, and whatever ``Ledger.append`` refuses."""
        draft = self.draft(kind, subject, body, replaces=replaces, withdraws=withdraws, token=token, actor=actor)
        return self.write_all([draft])[0]

    def write_as_read(self, draft: Callable[[], Draft], *, blobs: Sequence[tuple[bytes, bool]] = ()) -> Event:
        """Append the fact that *draft* makes of what it reads; it reads again where this reviewer wrote on the same from another window."""
        return self.write_all_as_read(lambda: [draft()], blobs=blobs)[0]

    def write_all_as_read(self, drafts: Callable[[], Sequence[Draft]], *, blobs: Sequence[tuple[bytes, bool]] = ()) -> list[Event]:
        """Append the facts that *drafts* makes of what it reads, in one transaction; as ``write_as_read``."""
        while True:
            read_to = self.ledger.arrived()
            try:
                return self.write_all(drafts(), blobs=blobs, read_to=read_to)
            except LedgerMoved:
                continue

    def write_all(self, drafts: Sequence[Draft], *, blobs: Iterable[tuple[bytes, bool]] = (), read_to: int | None = None) -> list[Event]:
        """Append these facts and blobs in one transaction. Raises NotAllowed, and whatever ``Ledger.append`` refuses."""
        name = self._name()
        self.still_holds(None)
        for draft in drafts:
            if draft.actor != name and not draft.actor.startswith(TOOL_PREFIX):
                raise NotAllowed(
                    f"{name} may not write as {draft.actor}", where=draft.kind, expected=f"{name}, or tool:NAME@VERSION",
                    next_step="open the review as that reviewer",
                )  # fmt: skip
            for target in filter(None, (draft.replaces, draft.withdraws)):
                check_correction(draft.actor, self.roles, self.ledger.event(target))
        return self.ledger.append(drafts, blobs=blobs, read_to=read_to)

    def _name(self) -> str:
        if self.actor is None:
            raise NotAllowed(
                "this review was opened without a reviewer, and so only to look", expected="a reviewer of the protocol",
                next_step="open it with reviewer=…, or give --as …",
            )  # fmt: skip
        return self.actor
