"""What changed between two dates: new records, boxes of the flow, decisions, in words."""

from __future__ import annotations

from collections.abc import Iterable

from review.reporting.rooms import Rooms

MOST = 10


def changes(before: Rooms, after: Rooms) -> list[str]:
    """Lines that say what *after* has that *before* had not, or otherwise; empty when nothing changed."""
    found: list[str] = []
    old = {r.id: r for r in before.records.views()}
    for record in after.records.views():
        if record.id not in old:
            found.append(f"new record: {record.title} ({record.search.source})")
        elif len(record.versions) > len(old[record.id].versions):
            found.append(f"new version: {record.title} ({record.search.source})")
    names = {**_names(before), **_names(after)}
    first, second = before.flow(), after.flow()
    for name in dict.fromkeys([*first.boxes, *second.boxes]):
        was, now = first.boxes.get(name), second.boxes.get(name)
        if (was.ids if was else None) != (now.ids if now else None):
            counts = [f"{box.n:,}" if box else "absent" for box in (was, now)]
            moved = [f"+{len(second.ids(name) - first.ids(name))}", f"-{len(first.ids(name) - second.ids(name))}"]
            found.append(f"{name}: {counts[0]} → {counts[1]} ({', '.join(moved)})")
            for verb, here, there in (("entered", now, first), ("left", was, second)):
                if ids := [i for i in (here.ids if here else ()) if i not in there.ids(name)]:
                    found.append(f"  {verb}: {_listed(names.get(i, i) for i in ids)}")
    known = {e.id for e in before.screening.visible_events()}
    titles = {m: r.title for r in after.studies.report_views() for m in r.members}
    for event in after.screening.visible_events():
        if event.id not in known:
            what = "resolved" if event.kind == "screening.resolved" else "changed to" if event.replaces else "decided"
            found.append(
                f"{what}: {event.body['decision']} at {event.body['stage'].replace('_', ' ')}: {titles.get(event.subject, event.subject)}"
            )
    return found


def _names(rooms: Rooms) -> dict[str, str]:
    """Id -> what a reader calls it: record by title and source, report by title, study by label."""
    return {
        **{r.id: f"{r.title} ({r.search.source})" for r in rooms.records.views()},
        **{r.id: r.title for r in rooms.studies.report_views()},
        **{s.id: s.label for s in rooms.studies.views()},
    }


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    return "; ".join(every[:MOST]) + (f"; and {len(every) - MOST:,} more" if len(every) > MOST else "")
