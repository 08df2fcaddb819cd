"""The origins of a page with very many values, as data: each fact once, each wording once; the page's script shows the one asked for.

It writes the same words as ``trace_view.article``; nothing in it is markup, and no text can end the element that holds it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from review.reporting.escaping import anchor, escaped, legal
from review.reporting.labels import Labels
from review.reporting.trace_view import Quote, Trace, TraceEntry, marked_lines


def island(traces: Mapping[str, Trace], words: Labels) -> str:
    """The element that holds all of *traces*, with a sentence that says how to ask for one, and one for readers without a script."""
    ask, without = (escaped(words.say(f"trace.{part}", n=words.number(len(traces)))) for part in ("ask", "no_script"))
    told = json.dumps(_Facts(words).told(traces), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return (
        f'<p class="origins" id="origins">{ask}</p>\n<noscript><p class="origins">{without}</p></noscript>\n'
        f'<script type="application/json" id="origins-data">{told}</script>\n'
    )


class _Facts:
    """Facts and wordings by number, in the order in which they are met; wording 0 is the empty one."""

    def __init__(self, words: Labels) -> None:
        self.words = words
        self._said: dict[str, int] = {"": 0}
        self._facts: dict[TraceEntry, int] = {}
        self._rows: list[list[Any]] = []

    def told(self, traces: Mapping[str, Trace]) -> dict[str, Any]:
        """What the script reads. An origin: label, value, state, facts, how many more. A fact: see ``_row``."""
        origins = {anchor(key): self._origin(trace) for key, trace in traces.items()}
        said = {
            "state": self.words.say("trace.state"),
            "none": self.words.say("trace.no_entries"),
            "event": self.words.say("trace.event", id="{id}"),
            "line": self.words.say("trace.line", n=""),
        }
        return {"labels": said, "said": list(self._said), "facts": self._rows, "origins": origins}

    def _origin(self, trace: Trace) -> list[Any]:
        facts = [self._fact(entry) for entry in trace.entries]
        more = self.words.say("trace.more", n=self.words.number(trace.more)) if trace.more else ""
        return _short([legal(trace.label), facts, legal(trace.value), self._number(trace.state), self._number(more)])

    def _fact(self, entry: TraceEntry) -> int:
        if entry not in self._facts:
            self._facts[entry] = len(self._rows)
            self._rows.append(self._row(entry))
        return self._facts[entry]

    def _row(self, entry: TraceEntry) -> list[Any]:
        """Event, what, role, time as a machine and as a person reads it, reason, why it counts no more, quotation."""
        when = self.words.moment(entry.at) if entry.at else ""
        reason = self.words.say("trace.reason", reason=entry.reason) if entry.reason else ""
        past = self.words.say(f"trace.{entry.past}") if entry.past else ""
        quote = self._quote(entry.quote) if entry.quote is not None else 0
        numbers = [self._number(text) for text in (entry.what, entry.role)]
        return _short([legal(entry.event), *numbers, legal(entry.at), self._number(when), self._number(reason), self._number(past), quote])

    def _quote(self, quote: Quote) -> list[Any]:
        """Its head, and of each line the number and the text before, in and after the mark."""
        source = quote.source or self.words.say("trace.no_source")
        head = self.words.say("trace.teaching" if quote.teaching else "trace.quoted", source=source)
        parts = marked_lines([text for _, text in quote.lines], quote.mark)
        lines = [_short([number, *map(legal, three)]) for (number, _), three in zip(quote.lines, parts, strict=True)]
        return [self._number(head), lines]

    def _number(self, text: str) -> int:
        return self._said.setdefault(legal(text), len(self._said))


def _short(values: list[Any]) -> list[Any]:
    """*values* without what is empty at their end."""
    end = len(values)
    while end and values[end - 1] in (0, ""):
        end -= 1
    return values[:end]
