"""Tables of what was searched and taken in: searches, receipts, remarks of the readers, records."""

from __future__ import annotations

from review.model.event import Event
from review.reporting.notices import flag_of
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import key_of, quote_of, record_entries, role_of
from review.reporting.trace_counts import Behind, counted
from review.reporting.trace_view import Trace, TraceEntry

# shown where any search has them; the strategies in full have the rest
_MORE = (("filters", "Filters"), ("peer_review", "Peer review"), ("note", "Note"), ("by", "Searched by"))
_KINDS = {"register": "register", "database": "database", "other": "other method"}


def searches(rooms: Rooms) -> Table:
    """Every search run, with or without a file."""
    found: dict[str, Trace] = {}
    rows = []
    behind, came_in = Behind(rooms), dict[str, list[str]]()
    for record in rooms.records.views():
        came_in.setdefault(record.search.id, []).append(record.id)
    said = [more for more in _MORE if any(search.body[more[0]] for search in rooms.searches.views())]
    for search in rooms.searches.views():
        event = rooms.seat.event(search.event)
        found[key_of(search.id)] = Trace(
            key_of(search.id),
            f"Search of {search.source}",
            "",
            "",
            (TraceEntry(event.id, "Search recorded", role_of(rooms, event), event.at),),
        )
        body = search.body
        of_search = behind.trace(key_of("came-in", search.id), f"Records of {search.source}", came_in.get(search.id, ()))
        found[of_search.key] = of_search
        rows.append(
            (
                Cell(search.source, trace=key_of(search.id)),
                Cell(_KINDS[search.kind] + (f": {search.via}" if search.via else "")),
                Cell.of(body["platform"]),
                Cell(rooms.labels.day(search.searched)),
                Cell(f"{search.hits:,}") if search.hits is not None else Cell("", missing="not_reported"),
                Cell(f"{len(came_in.get(search.id, ())):,}", trace=of_search.key),
                Cell.of(body["strategy"]),
                Cell.of(body["limits"]),
                *(Cell.of(body[key]) for key, _ in said),
                Cell(str(search.run)),
            )
        )
    columns = (
        Column("source", "Source", width=2),
        Column("kind", "Kind"),
        Column("platform", "Platform"),
        Column("searched", "Searched"),
        Column("hits", "Hits", align="right"),
        Column("records", "Records", align="right"),
        Column("strategy", "Strategy", width=4),
        Column("limits", "Limits", width=2),
        *(Column(key, head, width=2) for key, head in said),
        Column("run", "Run", align="right"),
    )
    note = "Records: the new ones that the search brought, before duplicates between the sources were removed." if rows else ""
    if refused := len(rooms.records.refusals()):
        note += f" Files that were refused and have not come in since: {refused:,}; see the receipts."
    return Table("searches", "Searches", columns, tuple(rows), rooms.table_notes(note), found, "No search has been recorded yet.")


def receipts(rooms: Rooms) -> Table:
    """One row a file: read = new + versions + seen before + refused."""
    found: dict[str, Trace] = {}
    rows = []
    for event in rooms.records.imports():
        body = event.body
        key = key_of("receipt", event.id[:16])
        found[key] = _import_trace(rooms, event, key)
        count = [sum(i["how"] == how for i in body["items"]) for how in ("new", "version", "sighting")]
        refused = len(body["refused"])
        holds = body["read"] == sum(count) + refused
        rows.append(
            (
                Cell(body["file_name"], trace=key),
                Cell(body["format"]),
                *(Cell(f"{n:,}") for n in (body["read"], *count, refused)),
                Cell("yes" if holds else "no", flag="" if holds else "sum broken"),
                Cell("\n".join([*body["warnings"], *(f"line {r['line']}: {r['reason']}" for r in body["refused"])]) or "none"),
            )
        )
    for event in rooms.records.refusals():
        key, body = key_of("receipt", event.id[:16]), event.body
        entry = TraceEntry(event.id, f"File refused: {body['reason']}", role_of(rooms, event), event.at)
        found[key] = Trace(key, f"Import of {body['file_name']}", "", "", (entry,))
        counts = (Cell(f"{n:,}") for n in (1, 0, 0, 0, 1))
        rows.append((Cell(body["file_name"], trace=key), Cell("unknown"), *counts, Cell("yes"), Cell(f"refused whole: {body['reason']}")))
    columns = (
        Column("file", "File", width=3),
        Column("format", "Format"),
        Column("read", "Read", align="right"),
        Column("new", "New", align="right"),
        Column("versions", "Versions", align="right"),
        Column("sightings", "Seen before", align="right"),
        Column("refused", "Refused", align="right"),
        Column("holds", "Sum holds"),
        Column("warnings", "Warnings and refusals", width=3),
    )
    note = "Read = new + versions + seen before + refused; only new records are identified in the flow."
    if rooms.records.refusals():
        note += " A file that was refused whole, and has not come in since, counts as one entry."
    return Table(
        "receipts", "Receipts of the imports", columns, tuple(rows), rooms.table_notes(note), found, "No file has been imported yet."
    )


def _import_trace(rooms: Rooms, event: Event, key: str) -> Trace:
    """The origin of a receipt: the import, each refusal with its line, and what came of each entry."""
    body, role = event.body, role_of(rooms, event)
    what = f"File imported, sha-256 {body['raw_sha256'][:16]}…, read by {body['parser']}"
    entries = [TraceEntry(event.id, what, role, event.at, "; ".join(body["warnings"]))]
    entries += [TraceEntry(event.id, f"Refused, line {r['line']}: {r['reason']}", role, event.at) for r in body["refused"]]
    titles = rooms.seat.made("titles", (views := rooms.records.views(),), lambda: {r.id: r.title for r in views})
    entries += [TraceEntry(event.id, f"{_HOW[i['how']]}: {titles.get(i['record'], i['record'])}", role, event.at) for i in body["items"]]
    return counted(rooms, key, f"Import of {body['file_name']}: entries read", entries, len(entries))


_HOW = {"new": "New", "version": "New version of a record", "sighting": "Seen before"}


def records(rooms: Rooms) -> Table:
    """Every unique record: title, source, identifiers, and what became of it as a document."""
    found: dict[str, Trace] = {}
    stands = {record.id: (report.stands.id == record.id, report) for report in rooms.studies.report_views() for record in report.records}
    rows = []
    for record in rooms.records.views():
        key = key_of(record.id)
        first, report = stands[record.id]
        found[key] = Trace(key, record.title, "", "", tuple(record_entries(rooms, record, duplicate=not first)))
        became = "stands for its report" if first else f"duplicate of the record from {report.stands.search.source}"
        rows.append(
            (
                Cell(record.title, trace=key, flag=flag_of([record])),
                Cell(record.search.source),
                Cell("; ".join(record.identifiers())) if record.identifiers() else Cell("", missing="not_reported"),
                Cell(record.doc["record_type"].replace("_", " ")),
                Cell(became),
                Cell(f"{len(record.versions):,}"),
            )
        )
    columns = (
        Column("title", "Title", width=4),
        Column("source", "Source", width=2),
        Column("identifiers", "Identifiers", width=2),
        Column("type", "Type"),
        Column("became", "In this review", width=2),
        Column("versions", "Versions", align="right"),
    )
    return Table("records", "Records", columns, tuple(rows), rooms.table_notes(), found, "No record has come in yet.")


def remarks(rooms: Rooms) -> Table:
    """What the readers of the pages remarked: suspicious values kept as they stand, text left out of a field, captures with losses."""
    found: dict[str, Trace] = {}
    rows = []
    for record in rooms.records.views():
        for n, problem in enumerate(record.doc.get("problems") or ()):
            lines = problem.get("lines")
            key, event = key_of("remark", record.id, str(n)), rooms.seat.event(record.event)
            quote = quote_of(rooms, record, (lines[0], lines[1]), "") if lines else None
            entry = TraceEntry(event.id, "Remark of the reader", "import", event.at, "", quote)
            found[key] = Trace(key, f"{record.title}: {problem['code']}", problem["message"], "", (entry,))
            rows.append(
                (
                    Cell(record.title, trace=key, flag=flag_of([record])),
                    Cell(record.search.source),
                    Cell.of(problem.get("field")),
                    Cell(str(problem["code"]).replace("_", " ")),
                    Cell(problem["message"]),
                )
            )
    columns = (
        Column("title", "Record", width=3),
        Column("source", "Source", width=2),
        Column("field", "Field", width=2),
        Column("code", "Remark", width=2),
        Column("message", "In words", width=4),
    )
    note = "A remark changes no value: what stands on the page is kept, and a person decides what it means."
    return Table("remarks", "Remarks of the readers", columns, tuple(rows), rooms.table_notes(note), found, "The readers remarked nothing.")
