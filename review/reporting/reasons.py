"""The reasons for exclusion in words: those in force, and those of the protocol's version that a decision was made under."""

from __future__ import annotations

from review.model.event import Event
from review.model.views import Standing
from review.protocol import Protocol


class Reasons:
    """The criteria of every version of the protocol as reasons; of a draft, its own. They hold while the protocol does."""

    def __init__(self, protocol: Protocol) -> None:
        self._versions = [(e, {c.id: c.as_reason for c in protocol.plan_of(e).criteria}) for e in protocol.history]
        self._numbered = {e.body["number"]: words for e, words in self._versions}
        self.in_force = {c.id: c.as_reason for c in protocol.plan.criteria}
        for _, words in reversed(self._versions):
            self.in_force.update({i: reason for i, reason in words.items() if i not in self.in_force})

    def of(self, event: Event, criterion: str | None = None) -> str:
        """The reason of a decision (or another *criterion* of it) in the words of the version that it was made under.

        A resolution names no version: it is read by the one in force when it was made. '' where the event gives no reason.
        """
        wanted = criterion or event.body.get("reason")
        if not wanted:
            words = event.body.get("reason_words", "")  # of an imported decision, for which no criterion is known
            return f"“{words}”, as imported" if words else ""
        number = event.body.get("criteria_version")
        words = self._in_force_at(event) if number is None else self._numbered.get(number, {})
        return words.get(wanted) or self.in_force.get(wanted, wanted)

    def at(self, stand: Standing) -> str:
        """The reason with which a report stands excluded, in its decision's own words; '' where none was recorded."""
        return "" if stand.said is None else self.of(stand.said)

    def _in_force_at(self, event: Event) -> dict[str, str]:
        before = [words for version, words in self._versions if version.position < event.position]
        return before[-1] if before else {}
