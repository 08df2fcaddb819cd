"""The fourteen rules that a flow keeps at every moment, checked on sets of ids; a broken one names the ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from review.reporting.flow import Flow

_OTHER = ("website_results", "organisation_results", "citations_results", "contact_results", "hand_results")
_SPLITS = (
    ("I1", ("database_results", "register_results"), ("duplicates", "excluded_automatic", "excluded_other", "records_screened")),
    ("I2", ("records_screened",), ("records_excluded", "records_waiting", "records_passed")),
    ("I3", ("records_excluded",), ("records_excluded_human", "records_excluded_automatic")),
    ("I5", ("dbr_sought_reports",), ("dbr_notretrieved_reports", "dbr_retrieval_waiting", "dbr_assessed")),
    ("I5", ("other_sought_reports",), ("other_notretrieved_reports", "other_retrieval_waiting", "other_assessed")),
    ("I6", ("dbr_assessed",), ("dbr_excluded", "dbr_ongoing", "dbr_awaiting", "dbr_assessed_waiting", "dbr_included_reports")),
    ("I6", ("other_assessed",), ("other_excluded", "other_ongoing", "other_awaiting", "other_assessed_waiting", "other_included_reports")),
)


def check(flow: Flow) -> list[tuple[str, bool, str]]:
    """(id, holds, message) for I1 to I14, each once, in order."""
    found: dict[str, list[str]] = {f"I{n}": [] for n in range(1, 15)}
    for name, whole, parts in _SPLITS:
        found[name] += _same(
            f"{' + '.join(whole)} and {' + '.join(parts)}", _disjoint(flow, whole, found[name]), _disjoint(flow, parts, found[name])
        )
    for name, rule in _RULES.items():
        found[name] += rule(flow)
    return [(name, not messages, "; ".join(messages)) for name, messages in found.items()]


def _disjoint(flow: Flow, fields: Iterable[str], messages: list[str]) -> set[str]:
    union: set[str] = set()
    for field in fields:
        twice = union & flow.ids(field)
        if twice:
            messages.append(f"{field} shares {_list(twice)} with another box of the same split")
        union |= flow.ids(field)
    return union


def _same(what: str, left: Iterable[str], right: Iterable[str]) -> list[str]:
    left, right = set(left), set(right)
    messages = []
    if left - right:
        messages.append(f"{what}: only on the left {_list(left - right)}")
    if right - left:
        messages.append(f"{what}: only on the right {_list(right - left)}")
    return messages


def _list(ids: Iterable[str]) -> str:
    shown = sorted(ids)
    return ", ".join(shown[:5]) + (f" and {len(shown) - 5} more" if len(shown) > 5 else "")


def _reports(flow: Flow, records: Iterable[str]) -> list[str]:
    return [flow.report_of[r] for r in records]


def _one_to_one(flow: Flow, what: str, records: set[str], sought: str) -> list[str]:
    reports = _reports(flow, records)
    messages = [] if len(set(reports)) == len(reports) else [f"{what}: two records of one report"]
    return messages + _same(what, reports, flow.ids(sought))


def _i4(flow: Flow) -> list[str]:
    return _one_to_one(flow, "reports of records_passed and dbr_sought_reports", set(flow.ids("records_passed")), "dbr_sought_reports")


def _old_only(flow: Flow) -> set[str]:
    """Included reports all of whose included studies are in the previous version."""
    old = flow.ids("previous_studies")
    included = flow.ids("dbr_included_reports") | flow.ids("other_included_reports")
    return {
        r
        for r in included
        if flow.studies_of.get(r) and not flow.ids("new_studies") & set(flow.studies_of[r]) and old & set(flow.studies_of[r])
    }


def _i7(flow: Flow) -> list[str]:
    included = flow.ids("dbr_included_reports") | flow.ids("other_included_reports")
    return _same("new_reports and the included reports less those of previous studies", flow.ids("new_reports"), included - _old_only(flow))


def _i8(flow: Flow) -> list[str]:
    new_reports, new_studies = flow.ids("new_reports"), flow.ids("new_studies")
    covered = {s for r in new_reports for s in flow.studies_of.get(r, ())}
    messages = [f"new studies without a new report: {_list(new_studies - covered)}"] if new_studies - covered else []
    homeless = {r for r in new_reports if not new_studies & set(flow.studies_of.get(r, ()))}
    return messages + ([f"new reports without a new study: {_list(homeless)}"] if homeless else [])


def _i9(flow: Flow) -> list[str]:
    messages: list[str] = []
    for name, box in flow.boxes.items():
        if box.by or name in ("database_results", "register_results", *_OTHER, "dbr_excluded", "other_excluded"):
            parts = [i for ids in box.by.values() for i in ids]
            messages += _same(f"{name} and its lines", box.ids, parts)
            if len(parts) != len(set(parts)):
                messages.append(f"{name}: an id stands in two of its lines")
    return messages


def _i10(flow: Flow) -> list[str]:
    messages: list[str] = []
    found = _disjoint(flow, _OTHER, messages)
    duplicates = flow.ids("other_duplicates")
    if duplicates - found:
        messages.append(f"other_duplicates holds {_list(duplicates - found)}, which no other method found")
    return messages + _one_to_one(
        flow, "reports found by other methods and other_sought_reports", found - duplicates, "other_sought_reports"
    )


def _i11(flow: Flow) -> list[str]:
    both = flow.ids("dbr_sought_reports") & flow.ids("other_sought_reports")
    return [f"in both lanes: {_list(both)}"] if both else []


def _i12(flow: Flow) -> list[str]:
    if "total_studies" not in flow.boxes:
        return []
    return _same(
        "total_studies and previous_studies + new_studies less those now excluded",
        flow.ids("total_studies"),
        (flow.ids("previous_studies") - set(flow.previous_excluded)) | flow.ids("new_studies"),
    )


def _i13(flow: Flow) -> list[str]:
    if "total_reports" not in flow.boxes:
        return []
    expected = (flow.ids("previous_reports") - set(flow.previous_excluded)) | flow.ids("new_reports") | _old_only(flow)
    what = "total_reports and previous_reports less those excluded now + new_reports + new reports of previous studies"
    return _same(what, flow.ids("total_reports"), expected)


def _i14(flow: Flow) -> list[str]:
    twice = [name for name, box in flow.boxes.items() if len(set(box.ids)) != len(box.ids)]
    return [f"an id stands twice in {', '.join(twice)}"] if twice else []


_RULES: dict[str, Callable[[Flow], list[str]]] = {
    "I4": _i4,
    "I7": _i7,
    "I8": _i8,
    "I9": _i9,
    "I10": _i10,
    "I11": _i11,
    "I12": _i12,
    "I13": _i13,
    "I14": _i14,
}
