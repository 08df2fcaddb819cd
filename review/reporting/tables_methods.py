"""Tables that state how the review was planned, searched and kept, as PRISMA 2020 and PRISMA-S ask; what nobody recorded they do not say.

How people screened, extracted and appraised stands in ``tables_process.py``.
"""

from __future__ import annotations

from review.extraction.forms import items as form_items
from review.extraction.forms import label_of
from review.model.views import SearchView
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import key_of, role_of
from review.reporting.trace_counts import MOST, counted
from review.reporting.trace_view import Trace, TraceEntry
from review.studies.steps import TOOL as IDENTIFIER_RULES

DRAFT = "The protocol is a draft; it has not been frozen."
NOT_REGISTERED = "This review was not registered."
NO_PROTOCOL = "No protocol can be accessed."
NO_SYNTHESIS = "No groups are planned for synthesis; nothing is pooled."
RULES = {
    "same_doi": "two articles have the same DOI",
    "same_pmid": "two articles have the same PubMed number",
    "same_registration": "two entries about registered trials have the same registration number of their own",
    "person": "a person said that they are one document",
}
_PART, _SAID = Column("part", "Part"), Column("text", "As stated", width=4)


def said_none(text: str) -> bool:
    """Whether a field of the protocol says that there is none."""
    return text.strip().rstrip(".").casefold() in ("none", "no", "nil", "not registered", "unregistered")


def statements(rooms: Rooms) -> Table:
    """Title, registration, protocol, amendments, synthesis, support and interests, each in words that can stand in a report."""
    about = rooms.protocol.plan.review
    found: dict[str, Trace] = {}
    rows = (
        ("Title", about.title),
        ("Registration", registration(rooms)),
        ("Protocol", NO_PROTOCOL if said_none(about.protocol_link) else about.protocol_link),
        ("Amendments", amendments(rooms)),
        ("Synthesis", "; ".join(rooms.protocol.plan.synthesis.groups) or NO_SYNTHESIS),
        ("Support", about.funding),
        ("Competing interests", about.competing_interests),
    )
    history = rooms.protocol.history
    if history:
        entries = tuple(
            TraceEntry(e.id, f"Protocol version {e.body['number']}", role_of(rooms, e), e.at, e.body.get("reason", "")) for e in history
        )
        found["statements"] = Trace("statements", "The protocol's versions", "", "", entries)
    cells = tuple((Cell(part), Cell.of(text, "review.toml leaves it open", trace="statements" if history else None)) for part, text in rows)
    below = () if history else (DRAFT,)
    return Table("statements", "Title, registration, support and interests", (_PART, _SAID), cells, (*below, *rooms.table_notes()), found)


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


def strategies(rooms: Rooms) -> Table:
    """Every search as it was run, the strategy in full: where, when, how often, with which limits, filters and peer review.

    What is recorded for no search at all has no line; a note says so.
    """
    found: dict[str, Trace] = {}
    rows = []
    searches = rooms.searches.views()
    told = [one for one in _ASKED if any(search.body[one[0]] for search in searches)]
    for search in searches:
        event, body = rooms.seat.event(search.event), search.body
        key = key_of("strategy", search.id)
        entry = TraceEntry(event.id, "Search recorded", role_of(rooms, event), event.at)
        found[key] = Trace(key, f"Search of {search.source}", "", "", (entry,))
        rows.append(
            (
                Cell(search_name(search), trace=key),
                Cell(kind_of(search)),
                Cell(rooms.labels.day(search.searched)),
                Cell.of(body["strategy"]),
                *(Cell.of(body[field]) for field, _ in told),
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


def search_name(search: SearchView) -> str:
    """The source, with the number of the run where it was searched before."""
    return search.source if search.run == 1 else f"{search.source}, run {search.run}"


def kind_of(search: SearchView) -> str:
    """The kind of the source in words, for other methods with the way of finding."""
    return f"other method: {search.via}" if search.via else search.kind


def duplicates(rooms: Rooms) -> Table:
    """The rules by which documents were found to be the same, who or what applied each, and how many merges it made."""
    merges = {m: rooms.seat.event(m) for report in rooms.studies.report_views() for m in report.merged_by}
    found: dict[str, Trace] = {}
    rows = []
    for rule in dict.fromkeys([*RULES, *(e.body["rule"] for e in merges.values())]):
        made = [e for e in merges.values() if e.body["rule"] == rule]
        tools = dict.fromkeys(e.actor for e in made) if made else {} if rule == "person" else {IDENTIFIER_RULES: None}
        who = "a person" if rule == "person" else "\n".join(named_tool(actor) for actor in tools)
        key = key_of("rule", rule)
        if made:
            entries = tuple(
                TraceEntry(
                    e.id,
                    "The same document",
                    role_of(rooms, e),
                    e.at,
                    e.body["reason"] or "; ".join(f"{k}: {v}" for k, v in e.body["compared"].items()),
                )
                for e in made
            )
            found[key] = Trace(key, RULES.get(rule, rule), f"{len(made):,}", "", entries)
        rows.append(
            (Cell(rule.replace("_", " ")), Cell(RULES.get(rule, rule)), Cell(who), Cell(f"{len(made):,}", trace=key if made else None))
        )
    columns = (
        Column("rule", "Rule"),
        Column("when", "Two entries are one when", width=4),
        Column("by", "Applied by", width=2),
        Column("merges", "Merges", align="right"),
    )
    flow = rooms.flow()
    removed = len(flow.ids("duplicates") | flow.ids("other_duplicates"))
    notes = (
        f"Duplicate records removed: {removed:,}. The earliest record of a document stands for it.",
        "A person can undo a merge, or keep two entries apart against a rule; then they are two.",
    )
    return Table("duplicates", "How duplicates were found", columns, tuple(rows), (*notes, *rooms.table_notes()), found)


def named_tool(actor: str) -> str:
    """An actor that is a tool, as people read it: its name and its version."""
    name, _, version = actor.removeprefix("tool:").partition("@")
    return f"{name}, version {version}" if version else name


def items_sought(rooms: Rooms) -> Table:
    """The items of the extraction form and those that extractors added, with how many values each has."""
    labels = {study.id: study.label for study in rooms.studies.views()}
    cells = [cell for study in rooms.studies.views() for cell in rooms.extraction.cells(study)]
    found: dict[str, Trace] = {}
    rows = []
    for item in dict.fromkeys([*(one.id for one in form_items()), *(cell.item for cell in cells)]):
        own = [cell for cell in cells if cell.item == item]
        silent = sum(cell.value == "not reported" for cell in own)
        name, key = label_of(item), key_of("sought", item)
        entries = [_entry(rooms, c.event, f"{labels[c.study]}: {name}") for c in own[:MOST]]
        found[key] = counted(rooms, key, name, entries, len(own))
        numbers = (len({c.study for c in own}), len(own), silent)
        rows.append((Cell(name), *(Cell(f"{n:,}", trace=key) for n in numbers)))
    columns = (
        Column("item", "Item", width=4),
        Column("studies", "Studies", align="right"),
        Column("values", "Values", align="right"),
        Column("silent", "Of them not reported", align="right"),
    )
    note = "0 values: nothing was recorded. 'Not reported' is a value: the source was read and does not say."
    return Table("items-sought", "Items that were sought", columns, tuple(rows), (note, *rooms.table_notes()), found)


def _entry(rooms: Rooms, event_id: str, what: str) -> TraceEntry:
    event = rooms.seat.event(event_id)
    return TraceEntry(event.id, what, role_of(rooms, event), event.at)


def availability(rooms: Rooms) -> Table:
    """What ``review export`` holds of this review, as far as this viewer may see it, and in which file."""
    records = rooms.records.views()
    studies = rooms.studies.views()
    found: dict[str, Trace] = {}
    views = [a for s in studies for a in rooms.bias.assessments(s)]
    rows = (
        ("Versions of the protocol", [e.id for e in rooms.protocol.history], "ledger.jsonl, text in blobs"),
        ("Searches with their strategies", [s.event for s in rooms.searches.views()], "ledger.jsonl"),
        ("Files as imported", [e.id for e in rooms.records.imports()], "raw"),
        ("Records as they were read", [r.event for r in records], "blobs"),
        ("Decisions on eligibility, with reasons", [e.id for e in rooms.screening.visible_events()], "ledger.jsonl"),
        ("Extracted values, with quotations", [c.event for s in studies for c in rooms.extraction.cells(s)], "ledger.jsonl"),
        ("Questions to authors and sponsors", [e.id for s in studies for e in rooms.extraction.contacts(s)], "ledger.jsonl"),
        ("Appraisals, with the tools' questions", [a.events[-1] for a in views if a.events], "ledger.jsonl, tools in blobs"),
    )
    for what, events, _ in rows:
        key = key_of("share", what)
        found[key] = counted(rooms, key, what, [_entry(rooms, e, what) for e in events[:MOST]], len(events))
    cells = tuple((Cell(what), Cell(f"{len(ids):,}", trace=key_of("share", what)), Cell(where)) for what, ids, where in rows)
    columns = (Column("what", "Material", width=3), Column("n", "n", align="right"), Column("where", "In the export", width=2))
    notes = (
        "`review export` writes these files; the notebooks that make every table and figure from them stand in the folder notebooks.",
        "Where readers can find them is for the authors to say.",
    )
    return Table("availability", "What the export of this review holds", columns, cells, (*notes, *rooms.table_notes()), found)
