"""Tables that state how the review was planned, searched and kept, as PRISMA 2020 and PRISMA-S ask; what nobody recorded they do not say.

How people screened, extracted and appraised stands in ``tables_process.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from review.extraction.forms import item_on, label_of
from review.model.event import Event
from review.model.extraction import NOT_REPORTED
from review.model.views import CellView, SearchView
from review.reporting.cells import shortened, shown
from review.reporting.references import day
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import apart_entry, cell_name, key_of, merge_entry, names, role_of, told_by
from review.reporting.trace_counts import MOST, counted, fixed, one_line
from review.reporting.trace_history import told
from review.reporting.trace_plan import field_trace, part_trace
from review.reporting.trace_view import Quote, Trace, TraceEntry
from review.studies.rule_words import merging, says
from review.studies.steps import DUPLICATE_RULES
from review.text import bidi_closed

DRAFT = "The protocol is a draft; it has not been frozen."
NOT_REGISTERED = "This review was not registered."
NO_PROTOCOL = "No protocol can be accessed."
NO_SYNTHESIS = "No groups are planned for synthesis; nothing is pooled."
_PERSON = "person"  # the rule of a merge that a person made
_PART, _SAID = Column("part", "Part"), Column("text", "As stated", width=4)


def said_none(text: str) -> bool:
    """Whether a field of the protocol says that there is none."""
    return text.strip().rstrip(".").casefold() in ("none", "no", "nil", "not registered", "unregistered")


def statements(rooms: Rooms) -> Table:
    """Title, registration, protocol, amendments, synthesis, support and interests, each in words that can stand in a report."""
    about, groups = rooms.protocol.plan.review, "; ".join(rooms.protocol.plan.synthesis.groups)
    found: dict[str, Trace] = {}

    def stated(part: str, text: str, place: tuple[str, str]) -> tuple[Cell, Cell]:
        origin = field_trace(rooms, key_of("statement", *place), part, place, empty="[]")
        return Cell(part), told_by(found, part, replace(origin, value=text) if text else None, "review.toml leaves it open")

    rows = (
        stated("Title", about.title, ("review", "title")),
        stated("Registration", registration(rooms), ("review", "registration")),
        stated("Protocol", NO_PROTOCOL if said_none(about.protocol_link) else about.protocol_link, ("review", "protocol_link")),
        (Cell("Amendments"), told_by(found, "Amendments", _versions(rooms))),
        stated("Synthesis", groups or NO_SYNTHESIS, ("synthesis", "groups")),
        stated("Support", about.funding, ("review", "funding")),
        stated("Competing interests", about.competing_interests, ("review", "competing_interests")),
    )
    below = () if rooms.protocol.frozen else (DRAFT,)
    return Table("statements", "Title, registration, support and interests", (_PART, _SAID), rows, (*below, *rooms.table_notes()), found)


def _versions(rooms: Rooms) -> Trace:
    """Every version of the protocol: when it came to be in force, why, and what it changed."""
    entries = []
    for event in rooms.protocol.history:
        changed = ": " + ", ".join(event.body["changed"]) if event.body.get("changed") else ""
        what = ("amended" if "changed" in event.body else "frozen") + changed
        entries.append(one_line(rooms, event.id, f"Protocol version {event.body['number']}", what, event.body.get("reason", "")))
    return Trace("statement-amendments", "", amendments(rooms), "", tuple(entries) or (TraceEntry("", DRAFT, "draft", ""),))


def registration(rooms: Rooms) -> str:
    """The registration as a sentence where there is none, else as the protocol states it."""
    stated = rooms.protocol.plan.review.registration
    return NOT_REGISTERED if said_none(stated) else stated


def amendments(rooms: Rooms) -> str:
    """How often and when the protocol in force was amended, in one sentence; the table of versions has the reasons."""
    first, *later = rooms.protocol.history or [None]
    if first is None:
        return DRAFT
    day = rooms.labels.day
    frozen = f"frozen on {day(first.at)}"
    if not later:
        return f"None: the protocol was {frozen} and has not been amended."
    times = "once" if len(later) == 1 else f"{len(later):,} times"
    return f"The protocol was {frozen} and amended {times}, on {', '.join(day(e.at) for e in later)}; see the versions of the protocol."


_ASKED = (("platform", "Platform"), ("limits", "Limits"), ("filters", "Filters"), ("peer_review", "Peer review"))
_MORE = (  # shown where a search has it; nobody is asked for it of every search
    ("together_with", "Searched together with"),
    ("url", "Address"),
    ("limits_reason", "Reason for the limits"),
    ("prior_work", "Prior work"),
    ("update_of", "Brings up to date"),
    ("updating", "How it was brought up to date"),
    ("note", "Note"),
)


def strategies(rooms: Rooms) -> Table:
    """Every search as it was run, the strategy in full: where, when, how often, with which limits, filters and peer review.

    What is recorded for no search at all has no line; a note says so.
    """
    found: dict[str, Trace] = {}
    rows = []
    searches = rooms.searches.views()
    told = [one for one in (*_ASKED, *_MORE) if any(search.body[one[0]] for search in searches)]
    for search in searches:
        body = search.body
        key = key_of("strategy", search.id)
        lines = part_trace(rooms, "searches", search.source, "", lambda one: one.source).entries
        planned = [replace(entry, what=f"Planned; {entry.what}") for entry in lines]
        found[key] = Trace(key, f"Search of {search_name(search)}", "", "", (*planned, _run_of(rooms, search)))
        rows.append(
            (
                Cell(search_name(search), trace=key),
                Cell(kind_of(search)),
                Cell(rooms.labels.day(search.searched)),
                Cell.of(body["strategy"]),
                *(Cell.of(_in_words(rooms, search, field)) for field, _ in told),
                Cell(f"{search.hits:,}") if search.hits is not None else Cell("", missing="not_reported"),
            )
        )
    columns = (
        Column("source", "Source"),
        Column("kind", "Kind"),
        Column("searched", "Searched"),
        Column("strategy", "Strategy", width=6),
        *(Column(field, head, width=2) for field, head in told),
        Column("hits", "Hits"),
    )
    silent = [head.lower() for field, head in _ASKED if (field, head) not in told]
    notes = (f"Recorded for no search: {', '.join(silent)}.",) if silent and rows else ()
    empty = "No search has been recorded yet."
    return Table(
        "strategies", "Search strategies in full", columns, tuple(rows), (*notes, *rooms.table_notes()), found, empty, layout="blocks"
    )


def _in_words(rooms: Rooms, search: SearchView, field: str) -> str | None:
    """A field of a search as it is printed; an earlier search by its name and date."""
    value = search.body[field]
    if field == "update_of":
        earlier = next((s for s in rooms.searches.views() if s.id == value), None)
        return f"the search of {rooms.labels.day(earlier.searched)}" if earlier else value
    return ", ".join(value) if field == "together_with" else value


def _run_of(rooms: Rooms, search: SearchView) -> TraceEntry:
    """The search as it was recorded, field by field."""
    event, body = rooms.seat.event(search.event), search.body
    hits = "not stated" if search.hits is None else f"{search.hits:,}"
    said = {
        "searched": rooms.labels.day(search.searched),
        "platform": body["platform"],
        "limits": body["limits"],
        "filters": body["filters"],
        "hits": hits,
    }
    what = "; ".join(f"{name}: {value}" for name, value in said.items() if value)
    return TraceEntry(event.id, f"Search recorded; {what}", role_of(rooms, event), event.at)


def search_name(search: SearchView) -> str:
    """The source, with the number of the run where it was searched before."""
    return search.source if search.run == 1 else f"{search.source}, run {search.run}"


def kind_of(search: SearchView) -> str:
    """The kind of the source in words, for other methods with the way of finding."""
    return f"other method: {search.via}" if search.via else search.kind


def duplicates(rooms: Rooms) -> Table:
    """The rules by which documents were found to be the same, who or what applied each, its merges; and what people did."""
    merges = [(rooms.seat.event(m), report) for report in rooms.studies.report_views() for m in report.merged_by]
    made: dict[tuple[str, str], dict[str, tuple[Event, str]]] = {}
    for event, report in merges:
        by = "" if event.body["rule"] == _PERSON else event.actor
        made.setdefault((by, event.body["rule"]), {})[event.id] = (event, report.title)
    made.setdefault(("", _PERSON), {})
    found: dict[str, Trace] = {}
    rows = []
    for (actor, rule), own in sorted(made.items(), key=lambda one: (one[0][0] == "", -len(one[1]), one[0])):
        key = key_of("rule", actor, rule)
        said = says(rule, actor) or rule
        first = (fixed(f"A rule of {named_tool(actor)}"),) if actor else ()
        shown = [(merge_entry(rooms, e), title) for e, title in list(own.values())[:MOST]]
        entries = [replace(entry, what=f"{bidi_closed(title)}: {entry.what}") for entry, title in shown]
        found[key] = counted(rooms, key, f"Merges: {said}", entries, len(own), first=first, none="No merge")
        by = named_tool(actor) if actor else "a person"
        rows.append((Cell(rule.replace("_", " ")), Cell(said), Cell(by), Cell(f"{len(own):,}", trace=key)))
    rows += _kept_apart(rooms, found)
    columns = (
        Column("rule", "Rule"),
        Column("when", "Two entries are one when", width=4),
        Column("by", "Applied by", width=2),
        Column("merges", "Times", align="right"),
    )
    flow = rooms.flow()
    removed, waiting = len(flow.ids("duplicates") | flow.ids("other_duplicates")), len(rooms.studies.unsure())
    notes = (
        f"Duplicate records removed: {removed:,}. The earliest record of a document stands for it.",
        f"{len(merging())} rules were applied ({named_tool(DUPLICATE_RULES)}); those that joined nothing are not listed.",
        f"Pairs that no rule is sure of, and that wait for a person: {waiting:,}.",
        "A person can undo a merge, or keep two entries apart against a rule; then they are two.",
    )
    return Table("duplicates", "How duplicates were found", columns, tuple(rows), (*notes, *rooms.table_notes()), found)


def _kept_apart(rooms: Rooms, found: dict[str, Trace]) -> list[tuple[Cell, ...]]:
    """The row of the reports that a person kept apart, with the reasons behind its number; none where nobody did."""
    said = {e.id: e for report in rooms.studies.report_views() for e in rooms.studies.kept_apart(report)}
    entries = [entry for entry in told(rooms, [apart_entry(rooms, e) for e in said.values()]) if entry.event in said and not entry.past]
    if not entries:
        return []
    key = key_of("rule", "kept apart")
    found[key] = counted(rooms, key, "Reports kept apart by a person", entries, len(entries))
    words = ("kept apart", "never: a person said that they are different documents", "a person")
    return [(*map(Cell, words), Cell(f"{len(entries):,}", trace=key))]


def named_tool(actor: str) -> str:
    """An actor that is a tool, as people read it: its name and its version."""
    name, _, version = actor.removeprefix("tool:").partition("@")
    return f"{name}, version {version}" if version else name


def items_sought(rooms: Rooms) -> Table:
    """The items of the extraction form and those that extractors added, with how many values each has."""
    cells = [(study.label, cell) for study in rooms.studies.views() for cell in rooms.extraction.cells(study)]
    found: dict[str, Trace] = {}
    rows = []
    on_forms = (item.id for form in sorted(rooms.extraction.forms(), key=lambda form: form.origin == "project") for item in form.items)
    for item in dict.fromkeys([*on_forms, *(cell.item for _, cell in cells)]):
        own = [(label, cell) for label, cell in cells if cell.item == item]
        first: dict[str, tuple[str, CellView]] = {}
        for label, cell in own:
            first.setdefault(cell.study, (label, cell))
        numbers = {
            "studies": list(first.values()),
            "values": own,
            "not reported": [(label, cell) for label, cell in own if cell.value == NOT_REPORTED],
        }
        counts = [_values(rooms, item, column, facts) for column, facts in numbers.items()]
        form = _on_form(rooms, item, [cell.event for _, cell in own])
        rows.append(tuple(told_by(found, origin.label, origin) for origin in (form, *counts)))
    columns = (
        Column("item", "Item", width=4),
        Column("studies", "Studies", align="right"),
        Column("values", "Values", align="right"),
        Column("silent", "Of them not reported", align="right"),
    )
    note = "0 values: nothing was recorded. 'Not reported' is a value: the source was read and does not say."
    return Table("items-sought", "Items that were sought", columns, tuple(rows), (note, *rooms.table_notes()), found)


def _on_form(rooms: Rooms, item: str, events: Sequence[str]) -> Trace:
    """Why an item is sought: its lines in the form, else the first value that an extractor recorded of it."""
    forms = rooms.extraction.forms()
    name, found = label_of(item, forms), item_on(forms, item)
    if found:
        form = found[0]
        whose = "form that ships with the program" if form.origin == "shipped" else "review's own form"
        said = f"On the {whose}: {form.title}, version {form.version}; no fact of the ledger"
        entry = TraceEntry("", said, "form", "", f"sha256 {form.sha256}", Quote(form.file, False, form.lines_of(item), name))
    else:
        first = min(events, key=lambda one: rooms.seat.event(one).position)
        entry = one_line(rooms, first, name, "the team's own, not on the form; added with its first value")
    return Trace(key_of("sought", item), "Item that was sought", name, "", (entry,))


def value_name(label: str, cell: CellView) -> str:
    """A value of the study *label* on one line, as a list names it."""
    return f"{label}, {cell_name(cell)} “{shortened(day(shown(cell)), 80)}”"


def _values(rooms: Rooms, item: str, column: str, facts: Sequence[tuple[str, CellView]]) -> Trace:
    entries = [one_line(rooms, cell.event, value_name(label, cell), cell.state) for label, cell in facts[:MOST]]
    return counted(rooms, key_of("sought", item, column), f"{label_of(item, rooms.extraction.forms())}: {column}", entries, len(facts))


def availability(rooms: Rooms) -> Table:
    """What ``review export`` holds of this review, as far as this viewer may see it, and in which file."""
    found: dict[str, Trace] = {}
    rows = []
    for what, where, lines in _material(rooms):
        key = key_of("share", what)
        found[key] = counted(rooms, key, what, [one_line(rooms, *line) for line in lines[:MOST]], len(lines))
        rows.append((Cell(what), Cell(f"{len(lines):,}", trace=key), Cell(where, trace=key)))
    columns = (Column("what", "Material", width=3), Column("n", "n", align="right"), Column("where", "In the export", width=2))
    notes = (
        "review export writes these files; the notebooks that make every table and figure from them stand in the folder notebooks.",
        "Where readers can find them is for the authors to say.",
    )
    return Table("availability", "What the export of this review holds", columns, tuple(rows), (*notes, *rooms.table_notes()), found)


Line = tuple[str, str, str]  # a fact's event, what it is about, where the export holds it


def _material(rooms: Rooms) -> Iterator[tuple[str, str, Sequence[Line]]]:
    """What the export holds and where, with each fact and the file that it, or what it names, stands in."""
    studies = rooms.studies.views()
    event, ledger, known = rooms.seat.event, "ledger.jsonl", names(rooms)
    versions = [(e.id, f"Version {e.body['number']}", f"ledger.jsonl, {_blob(e.body['text_sha256'])}") for e in rooms.protocol.history]
    yield "Versions of the protocol", "ledger.jsonl, text in blobs", versions
    yield "Searches with their strategies", ledger, [(s.event, search_name(s), ledger) for s in rooms.searches.views()]
    files = [(e.id, e.body["file_name"], f"raw/{e.body['raw_sha256'][:16]}…") for e in rooms.records.imports()]
    yield "Files as imported", "raw", files
    yield (
        "Records as they were read",
        "blobs",
        [(r.event, r.title, _blob(event(r.event).body["parsed_sha256"])) for r in rooms.records.views()],
    )
    decided = [(e.id, known.get(e.subject, e.subject), ledger) for e in rooms.screening.visible_events()]
    yield "Decisions on eligibility, with reasons", ledger, decided
    values = [(c.event, value_name(s.label, c), ledger) for s in studies for c in rooms.extraction.cells(s)]
    yield "Extracted values, with quotations", ledger, values
    yield "Questions to authors and sponsors", ledger, [(e.id, s.label, ledger) for s in studies for e in rooms.extraction.contacts(s)]
    views = [(s.label, a) for s in studies for a in rooms.bias.assessments(s) if a.events]
    appraised = [(a.events[-1], f"{label}, {a.result or 'the study'}", f"ledger.jsonl, tool {a.tool} in blobs") for label, a in views]
    yield "Appraisals, with the tools' questions", "ledger.jsonl, tools in blobs", appraised


def _blob(sha256: str) -> str:
    return f"blobs/{sha256[:16]}…"
