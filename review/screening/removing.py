"""Removal before screening: which records may be taken out, and in what words. It refuses what somebody has screened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from review.errors import InputRefused, NotAllowed, NotFound, near
from review.model.authority import LEAD, check_role
from review.model.blinding import Viewer
from review.model.decision import REMOVED_BY, RecordsRemoved
from review.model.views import ReportView

_NAMED = 5  # refusals that a message spells out


def may_remove(viewer: Viewer) -> None:
    """Raises NotAllowed unless *viewer* is a screener or a lead."""
    if LEAD not in viewer.roles:
        check_role(viewer, "screener", otherwise="ask a screener or the lead to remove them")


def removal_of(records: Sequence[str], *, by: str, reason: str, tool: str | None, note: str) -> RecordsRemoved:
    """The fact to store. Raises InputRefused for a way, a tool or a reason that cannot stand in the flow."""
    if by not in REMOVED_BY:
        raise InputRefused(f"{by!r} is no way to remove records", expected=", ".join(REMOVED_BY), next_step=near(by, REMOVED_BY))
    if by == "automation" and not (tool or "").strip():
        raise InputRefused(
            "removal by automation names its tool or rule", next_step='give tool="…", or by="other" where a person chose them'
        )
    if by == "other" and tool is not None:
        raise InputRefused("a tool belongs to removal by automation", next_step='give by="automation", or leave the tool out')
    if not reason.strip():
        raise InputRefused("removal before screening needs its reason", next_step='give reason="…"; the flow counts by it')
    return RecordsRemoved(records=tuple(records), by=by, tool=tool.strip() if tool else None, reason=reason.strip(), note=note.strip())  # type: ignore[arg-type]


def standing_records(asked: Sequence[str], reports: Sequence[ReportView], why_kept: Callable[[ReportView], str]) -> list[str]:
    """The records meant by these ids of records or reports, each once. Raises one error that names those that may not be removed.

    why_kept: why the report of a record may not be removed; '' where it may.
    """
    home: Mapping[str, ReportView] = {i: r for r in reports for i in (*r.members, *(record.id for record in r.records))}
    found: dict[str, None] = {}
    refused: list[str] = []
    for one in [asked] if isinstance(asked, str) else asked:
        if one not in home:
            raise NotFound(f"there is no record {one!r}", next_step=near(one, list(home)[:2000]))
        report = home[one]
        if one.startswith("rec:") and one != report.stands.id:
            refused.append(f"{one}: it is a duplicate of {report.stands.id} and removed as one")
        elif why := why_kept(report):
            refused.append(f"{one}: {why}")
        else:
            found[report.stands.id] = None
    if refused:
        more = f"\n  and {len(refused) - _NAMED} more" if len(refused) > _NAMED else ""
        raise NotAllowed(
            "nothing was removed, because these may not be:\n  " + "\n  ".join(refused[:_NAMED]) + more,
            next_step="leave these out; what was decided is undone first, or the record is excluded by screening",
        )
    if not found:
        raise InputRefused("there is nothing to remove", expected="ids of records, as rv.records.frame() has them")
    return list(found)


def why_kept(lane: str, *, removed: bool, screened: bool, left: bool) -> str:
    """Why a report may not be removed; '' where it may."""
    if lane == "other":
        return "it came by other methods, from which nothing is removed before screening"
    if removed:
        return "it is removed already"
    if screened:
        return "somebody has decided on it"
    return "a decision to stop has left it to automation" if left else ""
