"""The contact log: whom the team asked about which study, when and what, and what came of it."""

from __future__ import annotations

from review.reporting.characteristics import study_cell
from review.reporting.references import day
from review.reporting.rooms import Rooms
from review.reporting.study_columns import answer_of, contact_entry
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import key_of
from review.reporting.trace_view import Trace


def contacts(rooms: Rooms) -> Table:
    """One row a question, by study and in the order of the log; without an answer it says up to when."""
    found: dict[str, Trace] = {}
    rows = []
    flow = rooms.flow()
    for study in rooms.studies.views():
        log = rooms.extraction.contacts(study)
        label = study_cell(rooms, study, flow, found) if log else Cell("")
        for event in log:
            body, key = event.body, key_of("contact", event.id.removeprefix("sha256:")[:16])
            answer = answer_of(rooms, event)
            found[key] = Trace(key, f"{study.label}: {body['whom']}", answer, "", (contact_entry(rooms, event),))
            said = (body["whom"], day(body["when"]), body["asked"], answer)
            rows.append((label, *(Cell(text, trace=key) for text in said)))
    columns = (
        Column("study", "Study"),
        Column("whom", "Asked", width=2),
        Column("when", "When"),
        Column("asked", "What was asked for", width=3),
        Column("answer", "Answer", width=3),
    )
    return Table(
        "contacts", "Contacts with authors and sponsors", columns, tuple(rows), rooms.table_notes(), found, "Nobody has been asked yet."
    )
