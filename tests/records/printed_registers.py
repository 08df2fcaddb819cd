"""Prints made registrations as pages in each style of capture, and tells what a record says in the terms of their truth."""

from __future__ import annotations

import html
import random
from typing import Any

from review.model.record import Record
from tests.records.made_registers import LABELS, SECTIONS, Made

STYLES = ("plain", "indented", "below", "dash", "table", "html", "bare_html")
FRONT = ["World Health Organization site", "Skip Navigation Links", "", "Main", "Note: own words of a test page."]
BACK = ["Disclaimer: own words of a test page.", "Copyright - World Health Organization - Version 3.6 - Version history"]
CONDITIONS, CRITERIA = "Health Condition(s) or Problem(s) studied", "Key inclusion & exclusion criteria"


def lines_of(made: Made) -> list[tuple[str, str, str]]:
    """The page as (kind, label or text, value): kinds field, heading, item, text."""
    out = [("text", text, "") for text in FRONT] + [("field", label, value) for label, _, value in made.head]
    for heading, _ in SECTIONS[:1]:
        out += [("heading", heading, ""), *(("item", text, "") for text in made.sections[heading])]
    out += [("heading", "Contacts", ""), *(("field", label, value) for block in made.contacts for label, value in block)]
    out += [
        ("heading", CRITERIA, ""),
        *(("text", text, "") for text in made.criteria),
        *(("field", label, value) for label, value in made.ages),
    ]
    for heading, _ in SECTIONS[1:]:
        out += [("heading", heading, ""), *(("item", text, "") for text in made.sections[heading])]
    out += [("heading", "Ethics review", ""), *(("field", label, value) for block in made.ethics for label, value in block)]
    out += [("heading", "Results", ""), *(("field", label, value) for label, value in made.results)]
    return out + [("text", text, "") for text in BACK]


def printed(made: Made, style: str, chance: random.Random) -> bytes:
    """The page in one style of capture."""
    if style in ("html", "bare_html"):
        return _html(made, style == "html").encode()
    out: list[str] = []
    for kind, text, value in lines_of(made):
        first, *rest = value.split("\n")
        label = text + ":" + chance.choice(("", " ", "\u00a0 ")) if first else text + ":"
        match (style, kind):
            case ("below", "field"):
                out += [f"{text}:", *([first] if first else []), *rest]
            case ("table", "field"):
                out += [f"| {text}: | {' '.join([first, *rest]).strip()} |"]
            case ("dash", "field"):
                out += [f"- {label} {first}".rstrip(), *rest] if chance.random() < 0.0 else [f"{label} {first}", *rest]
            case (_, "field"):
                out += [f"{label} {first}", *rest]
            case ("indented", "item"):
                out += [f"  • {text}"]
            case ("dash", "item"):
                out += [f"- {text}"]
            case ("table", "item"):
                out += [f"| {text} |"]
            case ("indented", "heading"):
                out += ["", text, ""]
            case _:
                out += [text]
    if style in ("dash", "table"):
        out = [line for line in out if line.strip()]
    if style == "indented":
        out = [bit for line in out for bit in ([line] if line.startswith("  •") or not line else [line, ""])]
    return "\n".join(out).encode()


def _html(made: Made, ids: bool) -> str:
    def span(ident: str, text: str, n: int = 1) -> str:
        shown = "<br>".join(html.escape(bit) for bit in text.split("\n"))
        return f'<span id="DataList{n}_ctl0{n % 9}_{ident}">{shown}</span>' if ids else f"<span>{shown}</span>"

    idents = {label: ident for label, ident in LABELS}
    out = ["<!doctype html><html><head><title>ICTRP Search Portal</title></head><body><h3>Main</h3><p>Note: own words.</p><table>"]
    out += [f"<tr><td>{label}:</td><td>{span(idents[label], value)}</td></tr>" for label, _, value in made.head]
    out.append("</table>")

    def cells(heading: str, ident: str) -> None:
        rows = "".join(f"<tr><td>{span(ident, text, n)}</td></tr>" for n, text in enumerate(made.sections[heading], 1))
        out.append(f"<div><h3>{html.escape(heading)}</h3><table>{rows}</table></div>")

    cells(*SECTIONS[0])
    names = {
        "Name": "LastnameLabel",
        "Address": "AddressLabel",
        "Telephone": "TelephoneLabel",
        "Email": "EmailLabel",
        "Affiliation": "AffiliationLabel",
    }
    rows = "".join(
        f"<tr><td>{label}:</td><td>{span(names[label], value, n)}</td></tr>"
        for n, block in enumerate(made.contacts)
        for label, value in block
    )
    out.append(f"<div><h3>Contacts</h3><table>{rows}</table></div><div><h3>{html.escape(CRITERIA)}</h3>")
    cut = next(n for n, text in enumerate(made.criteria) if text.startswith("Exclusion"))
    out += [
        span("Inclusion_criteriaLabel", "\n".join(made.criteria[:cut])) + "<br>",
        span("Exclusion_criteriaLabel", "\n".join(made.criteria[cut:])),
    ]
    rows = "".join(f"<tr><td>{label}:</td><td>{span(f'Label{n}', value)}</td></tr>" for n, (label, value) in enumerate(made.ages))
    out.append(f"<table>{rows}</table></div>")
    for heading, ident in SECTIONS[1:]:
        cells(heading, ident)
    for heading, blocks in (("Ethics review", made.ethics), ("Results", [made.results])):
        rows = "".join(f"<tr><td>{label}:</td><td>{span('X', value)}</td></tr>" for block in blocks for label, value in block)
        out.append(f"<div><h3>{heading}</h3><table>{rows}</table></div>")
    return "".join([*out, "<p>Disclaimer: own words.</p></body></html>"])


def stated(record: Record) -> dict[str, Any]:
    """What *record* says, in the terms of ``Made.truth``; '' and [] stand for nothing."""
    r = record
    first = next((i for i in r.identifiers if i.role == "primary"), None)
    age = lambda a: (a.value, a.unit) if a else (None, None)  # noqa: E731
    return {
        "type": first.type if first else "",
        "id": first.value if first else "",
        "register": r.provenance.register_name or "",
        "record_url": r.provenance.record_url or "",
        "brief_title": r.brief_title or "",
        "official_title": r.official_title or "",
        "acronym": r.acronym or "",
        "lead_sponsor": r.lead_sponsor.name if r.lead_sponsor else "",
        "overall_status": r.overall_status or "",
        "study_type": r.study_type or "",
        "phases": list(r.phases),
        "sex": r.sex or "",
        "minimum_age": age(r.minimum_age),
        "maximum_age": age(r.maximum_age),
        "enrollment": r.enrollment.count if r.enrollment else "",
        "prospective_registration": r.prospective_registration,
        **{f"dates.{n}": d.date if (d := getattr(r.dates, n)) else "" for n in ("registration", "start", "last_refreshed")},
        **{n: getattr(r, n) or "" for n in ("allocation", "intervention_model", "primary_purpose", "masking")},
        "who_masked": list(r.who_masked),
        "countries": list(r.countries),
        "conditions": list(r.conditions),
        "interventions": [(i.type or "", i.name) for i in r.interventions],
        **{f"{n}_outcomes": [(o.measure, o.time_frame or "") for o in getattr(r, f"{n}_outcomes")] for n in ("primary", "secondary")},
        "secondary": [i.value for i in r.identifiers if i.role == "secondary"],
        "funding_sources": list(r.funding_sources),
        "collaborators": [c.name for c in r.collaborators],
        "has_results": r.has_results,
        "results.date_posted": r.results.date_posted or "",
        "results.date_completed": r.results.date_completed or "",
        "results.url": r.results.url or "",
        "contacts": [(c.name or "", c.address or "", c.phone or "", c.email or "", c.affiliation or "") for c in r.contacts],
        "ethics_review": [(e.status or "", e.approval_date or "", e.contact or "") for e in r.ethics_review],
        "inclusion": [c.text for c in r.eligibility.inclusion],
        "exclusion": [c.text for c in r.eligibility.exclusion],
        "unclassified": [c.text for c in r.eligibility.unclassified],
    }


def leaves(path: str, value: Any) -> list[tuple[str, Any]]:
    """The simple values of *value* by path; nothing for nothing."""
    if isinstance(value, (list, tuple)):
        return [leaf for n, one in enumerate(value) for leaf in leaves(f"{path}[{n}]", one)]
    return [] if value in ("", None) else [(path, value)]


def compared(truth: dict[str, Any], found: dict[str, Any]) -> tuple[int, list[str], list[str]]:
    """(right, missing, wrong) of the simple values; a value where the truth has none is wrong."""
    said = dict(leaf for name, value in truth.items() for leaf in leaves(name, value))
    read = dict(leaf for name, value in found.items() for leaf in leaves(name, value))
    missing = [f"{path}: {value!r}" for path, value in said.items() if path not in read]
    wrong = [f"{path}: {value!r} for {said.get(path)!r}" for path, value in read.items() if said.get(path) != value]
    return sum(read.get(path) == value for path, value in said.items()), missing, wrong
