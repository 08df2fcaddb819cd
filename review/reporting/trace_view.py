"""Where a value comes from, as it is read on a page: value, state, who decided when and why, and the marked line.

It shows what it is handed and looks nothing up. Without a script the origins are plain anchors with a way back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from review.errors import InputRefused, ReportError
from review.reporting.escaping import anchor, escaped
from review.reporting.labels import Labels, load_labels

Past = Literal["", "replaced", "withdrawn"]
LONG_VALUE = 40  # characters; a longer value is read as text and not as a number
MANY = 500  # origins; a page that has more holds them as data, and a notebook's output leaves them to the page
MIME = "application/vnd.review.traces+json"


@dataclass(frozen=True)
class Quote:
    """The lines that a value was read from. ``mark`` is the value as it stands in them, '' where it does not."""

    source: str
    teaching: bool
    lines: tuple[tuple[int, str], ...]
    mark: str


@dataclass(frozen=True)
class TraceEntry:
    """One fact about a value: the event's id, what was done, in which role, when (UTC, ISO 8601).

    past: why it counts no more, '' while it counts; what it said stays readable.
    """

    event: str
    what: str
    role: str
    at: str
    reason: str = ""
    quote: Quote | None = None
    past: Past = ""


@dataclass(frozen=True)
class Trace:
    """All facts about one value, earliest first. ``state``: pre-filled, checked by one, by two, consensus.

    more: how many further facts there are that a long list leaves out.
    """

    key: str
    label: str
    value: str
    state: str
    entries: tuple[TraceEntry, ...]
    more: int = 0


def origins(traces: Mapping[str, Trace], *, labels: Labels | None = None, linked: Iterable[str] | None = None, id: str = "origins") -> str:
    """The folded section 'Origins' with one article for each of *traces*, or '' where there is none.

    linked: the ids that the page has, so that 'back' leads to the value; None supposes that each value is there.
    A link to an article inside opens the fold. More than ``MANY`` are left to the page of the report, which a sentence says.
    """
    if not traces:
        return ""
    words = labels or load_labels()
    if len(traces) > MANY:
        return f'<p class="origins" id="{id}">{escaped(words.say("trace.on_page", n=words.number(len(traces))))}</p>\n'
    ids = None if linked is None else set(linked)
    articles = "".join(
        article(trace, labels=words, linked=ids is None or f"from-trace-{anchor(key)}" in ids) for key, trace in traces.items()
    )
    fold = escaped(words.say("trace.fold", n=words.number(len(traces))))
    return f'<details class="origins" id="{id}"><summary>{fold}</summary>\n{articles}</details>\n'


def article(trace: Trace, *, labels: Labels | None = None, linked: bool = True) -> str:
    """One origin: ``<article id="trace-KEY">``."""
    words = labels or load_labels()
    name = anchor(trace.key)
    back = ("from-trace-" + name, "trace.back") if linked else ("top", "trace.back_top")
    shape = "value long" if len(trace.value) > LONG_VALUE or "\n" in trace.value else "value"
    value = f'<p class="{shape}">{escaped(trace.value)}</p>\n' if trace.value else ""
    state = ""
    if trace.state:
        state = f'<p class="state"><span class="label">{escaped(words.say("trace.state"))}</span> {escaped(trace.state)}</p>\n'
    entries = "".join(_entry(entry, words) for entry in trace.entries) or f"<li>{escaped(words.say('trace.no_entries'))}</li>\n"
    if trace.more:
        entries += f"<li>{escaped(words.say('trace.more', n=words.number(trace.more)))}</li>\n"
    return (
        f'<article class="origin" id="trace-{name}" aria-labelledby="trace-{name}-label">\n'
        f'<h3 aria-level="2" id="trace-{name}-label">{escaped(trace.label)}</h3>\n{value}{state}'
        f'<ol class="entries">\n{entries}</ol>\n'
        f'<p class="back"><a href="#{back[0]}">{escaped(words.say(back[1]))}</a></p>\n</article>\n'
    )


def _entry(entry: TraceEntry, words: Labels) -> str:
    when = f'<time datetime="{escaped(entry.at)}">{escaped(words.moment(entry.at))}</time>' if entry.at else ""
    role = f'<span class="role">{escaped(entry.role)}</span>' if entry.role else ""
    who = " · ".join(part for part in (role, when) if part)
    past = f' <span class="past">{escaped(words.say(f"trace.{entry.past}"))}</span>' if entry.past else ""
    parts = [f'<p class="what">{escaped(entry.what)}{past}</p>']
    if who:
        parts.append(f'<p class="who">{who}</p>')
    if entry.reason:
        parts.append(f'<p class="reason">{escaped(words.say("trace.reason", reason=entry.reason))}</p>')
    if entry.quote is not None:
        parts.append(_quote(entry.quote, words))
    if entry.event:
        short = escaped(words.say("trace.event", id=entry.event.removeprefix("sha256:")[:12]))
        parts.append(f'<p class="event" title="{escaped(entry.event)}">{short}</p>')
    return "<li>" + "".join(parts) + "</li>\n"


def _quote(quote: Quote, words: Labels) -> str:
    source = quote.source or words.say("trace.no_source")
    head = escaped(words.say("trace.teaching" if quote.teaching else "trace.quoted", source=source))
    lines = "".join(
        f'<p class="line"><span class="ln"><span class="unseen">{escaped(words.say("trace.line", n=""))}</span>{number}</span> '
        f'<span class="said">{marked}</span></p>'
        for (number, _), marked in zip(quote.lines, _marked([text for _, text in quote.lines], quote.mark), strict=True)
    )
    return f'<figure class="quote"><figcaption>{head}</figcaption><blockquote>{lines}</blockquote></figure>'


def _marked(lines: list[str], mark: str) -> list[str]:
    """The lines as HTML with the first place of *mark* in a ``<mark>``."""
    return [
        f"{escaped(before)}<mark>{escaped(inside)}</mark>{escaped(after)}" if inside else escaped(before)
        for before, inside, after in marked_lines(lines, mark)
    ]


def marked_lines(lines: Sequence[str], mark: str) -> list[tuple[str, str, str]]:
    """Each line as the text before, in and after the first place of *mark*, which may run over line ends; whole words come first."""
    start, end = _place("\n".join(lines), mark)
    shown, at = [], 0
    for line in lines:
        left, right = max(start - at, 0), min(end - at, len(line))
        shown.append((line[:left], line[left:right], line[right:]) if left < right else (line, "", ""))
        at += len(line) + 1
    return shown


def _place(text: str, mark: str) -> tuple[int, int]:
    words = mark.split()
    if not words:
        return 0, 0
    wanted = r"\s+".join(re.escape(word) for word in words)
    found = re.search(rf"(?<![\w.,]){wanted}(?!\w|[.,]\d)", text) or re.search(wanted, text)
    return found.span() if found else (0, 0)


def merged(collections: Iterable[Mapping[str, Trace]]) -> dict[str, Trace]:
    """All traces of a page by key, in the order in which they come.

    Raises ReportError where one key stands for two different origins: a link must not lead to the wrong one.
    """
    together: dict[str, Trace] = {}
    for traces in collections:
        for key, trace in traces.items():
            if together.setdefault(key, trace) != trace:
                raise ReportError(
                    f"two different origins have the key {key!r}", where="report", next_step="give each table its own prefix for trace keys"
                )
    return together


def traces_to_json(traces: Mapping[str, Trace]) -> list[dict[str, Any]]:
    """The traces as JSON values for an output's data bundle (mime type ``MIME``), in their order."""
    return [
        {
            "key": trace.key,
            "label": trace.label,
            "value": trace.value,
            "state": trace.state,
            "entries": [_entry_json(entry) for entry in trace.entries],
            **({"more": trace.more} if trace.more else {}),
        }
        for trace in traces.values()
    ]


def _entry_json(entry: TraceEntry) -> dict[str, Any]:
    kept: dict[str, Any] = {"event": entry.event, "what": entry.what, "role": entry.role, "at": entry.at}
    if entry.reason:
        kept["reason"] = entry.reason
    if entry.past:
        kept["past"] = entry.past
    if entry.quote is not None:
        kept["quote"] = {
            "source": entry.quote.source,
            "teaching": entry.quote.teaching,
            "lines": [list(line) for line in entry.quote.lines],
            "mark": entry.quote.mark,
        }
    return kept


def traces_from_json(value: object) -> dict[str, Trace]:
    """What ``traces_to_json`` gave, read back. Raises InputRefused where the shape is another."""
    try:
        return {str(one["key"]): _trace_from(one) for one in value}  # type: ignore[attr-defined]
    except (TypeError, KeyError, ValueError) as refused:
        raise InputRefused(
            f"the origins of an output cannot be read: {refused!r}",
            where=MIME,
            expected="a list as `traces_to_json` writes it",
            next_step="run the notebook again with this release",
        ) from refused


def _trace_from(one: dict[str, Any]) -> Trace:
    entries = tuple(_entry_from(entry) for entry in one["entries"])
    return Trace(str(one["key"]), str(one["label"]), str(one["value"]), str(one["state"]), entries, int(one.get("more", 0)))


def _entry_from(one: dict[str, Any]) -> TraceEntry:
    quote = one["quote"] if "quote" in one else None
    read = None
    if quote is not None:
        lines = tuple((int(number), str(text)) for number, text in quote["lines"])
        read = Quote(str(quote["source"]), bool(quote["teaching"]), lines, str(quote["mark"]))
    past = one.get("past", "")
    if past not in get_args(Past):
        raise KeyError(past)
    return TraceEntry(str(one["event"]), str(one["what"]), str(one["role"]), str(one["at"]), str(one.get("reason", "")), read, past)
