"""Prints made-up trials as the pages of three sites, in each style of capture, and says what each page then states."""

from __future__ import annotations

import html
import random
import re
from collections.abc import Mapping, Sequence
from typing import Any

from tests.records.made_trials import Criteria, Trial, make_trial

SITES = ("clinconnect", "meddatax", "veeva")
STYLES = ("indented", "dash", "html")
STATUS_WORDS = {
    "NOT_YET_RECRUITING": ("Not yet recruiting", "Not yet enrolling"), "RECRUITING": ("Recruiting", "Enrolling"),
    "ENROLLING_BY_INVITATION": ("Enrolling by invitation", "Invitation-only"),
    "ACTIVE_NOT_RECRUITING": ("Active, not recruiting", "Active, not enrolling"), "COMPLETED": ("Completed", "Completed"),
    "SUSPENDED": ("Suspended", "Suspended"), "TERMINATED": ("Terminated", "Terminated"), "WITHDRAWN": ("Withdrawn", "Withdrawn"),
    "UNKNOWN": ("Unknown status", "Unknown"),
}  # fmt: skip
ACCESS_WORDS = {
    "AVAILABLE": ("Available", "Available"), "NO_LONGER_AVAILABLE": ("No longer available", "No longer available"),
    "APPROVED_FOR_MARKETING": ("Approved for marketing", "Approved for marketing"),
    "TEMPORARILY_NOT_AVAILABLE": ("Temporarily not available", "Temporarily not available"),
}  # fmt: skip
MODEL_WORDS = {"SINGLE_GROUP": "Single Group Assignment", "PARALLEL": "Parallel Assignment", "CROSSOVER": "Crossover Assignment",
          "FACTORIAL": "Factorial Assignment", "SEQUENTIAL": "Sequential Assignment"}  # fmt: skip
PURPOSE_WORDS = {"TREATMENT": "Treatment", "PREVENTION": "Prevention", "DIAGNOSTIC": "Diagnostic", "SUPPORTIVE_CARE": "Supportive Care",
            "SCREENING": "Screening", "HEALTH_SERVICES_RESEARCH": "Health Services Research", "BASIC_SCIENCE": "Basic Science",
            "DEVICE_FEASIBILITY": "Device Feasibility", "OTHER": "Other"}  # fmt: skip
MASKING_WORDS = {"NONE": "None (Open label)", "SINGLE": "Single Blind", "DOUBLE": "Double Blind", "TRIPLE": "Triple Blind",
            "QUADRUPLE": "Quadruple Blind"}  # fmt: skip
MASKED_WORDS = {"PARTICIPANT": "Participants", "CARE_PROVIDER": "Caregivers", "INVESTIGATOR": "Investigators",
          "OUTCOMES_ASSESSOR": "Outcome Assessors"}  # fmt: skip
FUNDERS = {"INDUSTRY": "Industry", "NIH": "NIH", "FED": "U.S. Federal", "OTHER_GOV": "Other Government", "INDIV": "Individual",
           "NETWORK": "Network", "OTHER": "Other", "UNKNOWN": "Unknown"}  # fmt: skip
MONTHS = "January February March April May June July August September October November December".split()


# --- printing: a page is a list of pieces, which each style sets in its own way

Piece = tuple[str, Any]


def printed(pieces: Sequence[Piece], style: str, chance: random.Random) -> bytes:
    """The page that *pieces* are, in one style of capture."""
    if style == "html":
        return _html(pieces, chance).encode()
    out: list[str] = []
    mark = chance.choice(["- ", "- • ", "* "])
    for kind, value in pieces:
        if kind in ("bullets", "numbers"):
            shown = []
            for n, (text, subs) in enumerate(value, start=1):
                number = f"{n}. " if kind == "numbers" else ""
                lead = ("  " + (number or "• ")) if style == "indented" else mark + number
                shown.append(lead + escaped(text))
                shown += [("    • " if style == "indented" else "  - ") + escaped(sub) for sub in subs]
            out.append("\n".join(shown))
        elif kind in ("lines", "chips"):
            out.append("\n".join(escaped(line) for line in value) if kind == "lines" else " ".join(value))
        elif value:
            out.append(escaped(value))
    return ("\n\n" if style == "indented" else "\n").join(out).encode()


def lossy(pieces: Sequence[Piece], chance: random.Random, share: float = 0.3) -> list[Piece]:
    """What a capture that drops labels and values leaves of *pieces*; the head of the page stays."""
    kept = list(pieces[:6])
    for (kind, value), (before, _) in zip(pieces[6:], pieces[5:], strict=False):
        if not (kind == "label" and chance.random() < share) and not (before == "label" and chance.random() < share):
            kept.append((kind, value))
    return kept


def escaped(text: str) -> str:
    """*text* with the Markdown escapes that these sites print."""
    return re.sub(r"([\[\]<>^*])", r"\\\1", text)


def _html(pieces: Sequence[Piece], chance: random.Random) -> str:
    head, par = chance.choice([("h2", "p"), ("h3", "div"), ("div", "div"), ("p", "p"), ("dt", "dd")])
    out = ["<!doctype html><html><head><title>x</title><script>var other = 'NCT00000001'</script><style>p{}</style></head><body><main>"]
    for kind, value in pieces:
        if kind in ("bullets", "numbers"):
            tag = "ol" if kind == "numbers" else "ul"
            rows = []
            for text, subs in value:
                inner = f"<ul>{''.join(f'<li>{html.escape(sub)}</li>' for sub in subs)}</ul>" if subs else ""
                rows.append(f"<li>{html.escape(text)}{inner}</li>")
            out.append(f"<{tag}>{''.join(rows)}</{tag}>")
        elif kind == "chips":
            out.append(f"<{par}>{''.join(f'<span>{html.escape(v)}</span>' for v in value)}</{par}>")
        elif kind == "lines":
            out.append("".join(f"<{par}>{html.escape(v)}</{par}>" for v in value))
        elif value:
            tag = {"title": "h1", "label": head}.get(kind, par)
            out.append(f"<{tag}>{html.escape(value)}</{tag}>")
    return "".join([*out, "</main></body></html>"])


def _day(value: tuple[int, int, int], shape: str) -> str:
    year, month, day = value
    name = MONTHS[month - 1]
    return {"iso": f"{year}-{month:02d}-{day:02d}", "short": f"{name[:3]} {day}, {year}", "long": f"{name} {day:02d}, {year}",
            "padded": f"{name[:3]} {day:02d}, {year}"}[shape]  # fmt: skip


def _iso(value: tuple[int, int, int]) -> str:
    return _day(value, "iso")


def _status(trial: Trial, site: int, word: str | None = None) -> str:
    """The site's word for the status, with the reason in brackets where there is one."""
    shown = word or {**STATUS_WORDS, **ACCESS_WORDS}[trial.status][site]
    return f"{shown} ({trial.why_stopped})" if trial.why_stopped else shown


def _list(criteria: Criteria) -> Piece:
    """As a list of the site, or as lines whose marks the site does not know: these it prints as text."""
    if criteria.mark in ("•", "1."):
        return ("numbers" if criteria.mark == "1." else "bullets", criteria.items)
    return ("lines", [f"{criteria.mark.replace('1', str(n))} {text}" for n, (text, _) in enumerate(criteria.items, start=1)])


def _stated_list(name: str, criteria: Criteria) -> dict[str, Any]:
    return {f"eligibility.{name}": [(text, [sub for sub in subs]) for text, subs in criteria.items]}


# --- ClinConnect


def clinconnect(trial: Trial, chance: random.Random, blurbs: Mapping[str, str]) -> tuple[list[Piece], dict[str, Any]]:
    """Pieces and stated values of a ClinConnect page; every third one in the older layout."""
    older = chance.random() < 0.3
    name = trial.lead[0]
    numbered = chance.random() < 0.6
    shape = chance.choice(["short", "padded", "long"])
    pieces: list[Piece] = [("text", "ClinConnect ClinConnect Logo"), ("text", f"Search / Trial {trial.number}")] if numbered else []
    pieces += [("title", trial.title), ("text", f"Launched by {name.upper()} · {_day(trial.dates['first'], shape)}"),
               ("label", "Trial Information"), ("text", f"Current as of {_day(trial.dates['fresh'], 'long')}")]  # fmt: skip
    if not older:
        pieces += [("text", _status(trial, 0)), ("label", "Keywords"), ("chips", trial.keywords)]
    pieces += [("label", "ClinConnect Summary"), *(("text", s) for s in trial.summary)]
    pieces += [] if older else [("label", "Gender"), ("text", trial.sex), ("label", "Eligibility criteria")]
    rows: list[tuple[str, list[str]]] = []
    for word, criteria in (("Inclusion", trial.inclusion), ("Exclusion", trial.exclusion)):
        rows.append((f"{word} Criteria:", []))
        for n, (text, subs) in enumerate(criteria.items, start=1):
            rows.append((text if criteria.mark == "•" else f"{criteria.mark.replace('1', str(n))} {text}", subs))
    pieces.append(("bullets", rows))
    about = chance.choice([name, name, "The Other Body"])
    pieces += [("label", f"About {about}"), ("text", "It has 300 beds. It is a place of walking."), ("label", "Contacts")]
    contacts = chance.random() < 0.5
    pieces += [("text", trial.contact[0]), ("text", trial.contact[2])] if contacts else []
    pieces += [("label", "Locations"), *(("text", ", ".join([p[0], p[1] or "", p[2]])) for _, p, _ in trial.sites[:5])]
    pieces += [("label", "Patients applied"), ("label", "Trial Officials"), ("text", trial.official[0]),
               ("text", trial.official[1].replace("_", " ").title()), ("text", trial.official[2]), ("label", "Timeline")]  # fmt: skip
    pieces += [("text", t) for t in ("First submit", "Trial launched", "Trial updated", "Estimated completion", "Not reported")]
    same = about == name
    stated: dict[str, Any] = {
        "identifiers": [trial.number] if numbered else [],
        "brief_title": trial.title,
        "lay_summary": "\n\n".join(trial.summary),
        "overall_status": None if older else trial.status,
        "why_stopped": None if older else trial.why_stopped,
        "sex": None if older else trial.sex,
        "dates.first_submitted": _iso(trial.dates["first"]),
        "dates.last_refreshed": _iso(trial.dates["fresh"]),
        "keywords": [] if older else trial.keywords,
        "lead_sponsor.name": name if same else name.upper(),
        "lead_sponsor.about": "It has 300 beds. It is a place of walking." if same else None,
        "contacts": [(trial.contact[0], None, trial.contact[2])] if contacts else [],
        "locations": [(p[0], p[1], p[2]) for _, p, _ in trial.sites[:5]],
        "overall_officials": [trial.official],
    }
    return pieces, stated | _stated_list("inclusion", trial.inclusion) | _stated_list("exclusion", trial.exclusion)


# --- MedDataX


def meddatax(trial: Trial, chance: random.Random, blurbs: Mapping[str, str]) -> tuple[list[Piece], dict[str, Any]]:
    """Pieces and stated values of a MedDataX study page. *blurbs*: the fixed sentence after each heading."""
    updated = _iso(trial.dates["update"])
    pieces: list[Piece] = [("title", trial.title), ("text", f"NCT ID: {trial.number}"), ("text", f"Last Updated: {updated}")]

    def section(label: str, *content: Piece) -> None:
        pieces.append(("label", label))
        if label in blurbs:
            pieces.append(("text", blurbs[label]))
        pieces.extend(content)

    def values(*pairs: tuple[str, str | None]) -> list[Piece]:
        return [piece for label, value in pairs if value for piece in (("label", label), ("text", value))]

    section("Study Results", ("text", "Results pending"))
    section("Basic Information", *values(
        ("Recruitment Status", _status(trial, 0, trial.status)), ("Clinical Phase", "/".join(trial.phases)),
        ("Total Enrollment", f"{trial.count} participants"),
        ("Study Classification", trial.study_type), ("Study Start Date", _iso(trial.dates["start"])),
        ("Study Completion Date", _iso(trial.dates["end"])),
    ))  # fmt: skip
    section("Brief Summary", *(("text", s) for s in trial.summary))
    section("Detailed Description", *(("text", s) for s in trial.description))
    section("Conditions", ("chips", trial.conditions))
    if trial.keywords:
        section("Keywords", ("chips", trial.keywords))
    observed = trial.study_type == "OBSERVATIONAL"
    section("Study Design", *values(
        ("Allocation Method", trial.allocation), ("Observational Model Type" if observed else "Intervention Model", trial.model),
        ("Primary Study Purpose", trial.purpose), ("Study Time Perspective", "PROSPECTIVE" if observed else None),
        ("Blinding Strategy", trial.masking),
    ), ("text", " ".join(MASKED_WORDS[m] for m in trial.masked)))  # fmt: skip
    known = {t["name"]: t for t in trial.treatments}
    groups: list[Piece] = []
    for arm in trial.arms:
        groups += [("text", arm["label"]), ("text", f"Group Type {arm['type']}"), ("text", arm["description"])]
        for name in arm["names"]:
            groups += [("text", name), ("text", f"Intervention Type {known[name]['type']}"), ("text", known[name]["description"])]
    if trial.arms:
        section("Study Groups", *groups)
    own = [(t["name"], t["description"], f"Intervention Type {t['type']}") for t in trial.treatments]
    section("Interventions", *(("text", line) for lines in own for line in lines))
    low, high = (f"{age[0]} {age[1].title()}" if age else "N/A" for age in trial.ages)
    lists = [("text", "Inclusion Criteria"), _list(trial.inclusion), ("text", "Exclusion Criteria"), _list(trial.exclusion)]
    section("Eligibility Criteria", *lists, *values(
        ("Minimum Eligible Age", low), ("Maximum Eligible Age", high), ("Eligible Sex", trial.sex),
        ("Accepts Healthy Volunteers", "Yes" if trial.healthy else "No"),
    ))  # fmt: skip
    bodies = [(*body, "collaborator") for body in trial.others] + [(*trial.lead, "lead")]
    section("Sponsors", *(p for name, agency, role in bodies for p in (("text", name), ("text", agency), ("text", f"Sponsor Role {role}"))))
    section("Responsible Party", ("text", trial.official[0]), ("text", "Professor"), ("text", "Responsibility Role PRINCIPAL_INVESTIGATOR"))
    section("Principal Investigators", ("text", trial.official[0]), ("text", f"Role: {trial.official[1]}"), ("text", trial.official[2]))
    if trial.sites:
        section("Locations", *(("text", line) for name, place, status in trial.sites for line in (
            name, ", ".join(part for part in place if part), f"Site Status {status}" if status else "")))  # fmt: skip
    countries = list(dict.fromkeys(place[2] for _, place, _ in trial.sites))
    section("Countries", ("chips", countries))
    section("Central Contacts", *(("text", line) for line in (trial.contact[0], "Role: CONTACT", *trial.contact[1:])))
    section("Other Identifiers", *(("text", line) for line in (trial.org_id, "Identifier Type: -", "Identifier Source: org_study_id")))
    section("More Related Trials", ("text", "Another study of hats"), ("text", "NCT00000002 COMPLETED PHASE2"))
    stated: dict[str, Any] = {
        "identifiers": [trial.number, trial.org_id], "brief_title": trial.title, "overall_status": trial.status,
        "why_stopped": trial.why_stopped, "phases": trial.phases,
        "study_type": trial.study_type, "enrollment.count": trial.count, "enrollment.type": None,
        "has_results": False, "results.status": "PENDING", "dates.last_update": updated,
        "dates.start": _iso(trial.dates["start"]), "dates.completion": _iso(trial.dates["end"]),
        "brief_summary": "\n\n".join(trial.summary), "detailed_description": "\n\n".join(trial.description) or None,
        "conditions": trial.conditions, "keywords": trial.keywords, "allocation": trial.allocation, "intervention_model": trial.model,
        "primary_purpose": trial.purpose, "masking": trial.masking, "who_masked": trial.masked,
        "arm_groups": [(a["label"], a["type"], a["description"], a["names"]) for a in trial.arms],
        "interventions": [(t["name"], t["type"], t["description"]) for t in trial.treatments],
        "minimum_age": trial.ages[0], "maximum_age": trial.ages[1], "sex": trial.sex, "healthy_volunteers": trial.healthy,
        "lead_sponsor.name": trial.lead[0], "lead_sponsor.agency_class": trial.lead[1], "collaborators": trial.others,
        "responsible_party": (trial.official[0], "Professor", "PRINCIPAL_INVESTIGATOR"), "overall_officials": [trial.official],
        "locations": [(p[0], p[1], p[2]) for _, p, _ in trial.sites], "countries": countries,
        "sites": [(name, status or None) for name, _, status in trial.sites],
        "contacts": [(trial.contact[0], trial.contact[1], trial.contact[2])], "related_record_ids": ["NCT00000002"],
    }  # fmt: skip
    return pieces, stated | _stated_list("inclusion", trial.inclusion) | _stated_list("exclusion", trial.exclusion)


# --- Veeva


def veeva(trial: Trial, chance: random.Random, blurbs: Mapping[str, str]) -> tuple[list[Piece], dict[str, Any]]:
    """Pieces and stated values of a ClinicalTrials.Veeva page."""
    name = trial.lead[0]
    logo = chance.choice([[f"{name} logo"], [name[0].upper()], []])
    phases = [p.replace("EARLY_", "Early ").replace("PHASE", "Phase ").replace("NA", "N/A") for p in trial.phases]
    funders = list(dict.fromkeys(FUNDERS[a] for _, a in [trial.lead, *trial.others]))
    word = {"INTERVENTIONAL": "Interventional", "OBSERVATIONAL": "Observational", "EXPANDED_ACCESS": "Expanded Access"}[trial.study_type]
    people = "patient" if trial.count == 1 else "patients"
    pieces: list[Piece] = [("text", "ClinicalTrials.Veeva"), ("text", "Menu"), ("title", trial.title)]
    pieces += [("text", line) for line in (*logo, name)]
    pieces += [("label", "Status and phase" if phases else "Status"), ("lines", [_status(trial, 1), *reversed(phases)])]
    pieces += [("label", "Conditions"), ("lines", trial.conditions)]
    pieces += [("label", "Treatments"), ("lines", [f"{t['type'].replace('_', ' ').title()}: {t['name']}" for t in trial.treatments])]
    pieces += [("label", "Study type"), ("text", word), ("label", "Funder types"), ("lines", funders)]
    pieces += [("label", "Identifiers"), ("lines", [trial.number, trial.org_id]), ("label", "Details and patient eligibility")]
    pieces += [("label", "About"), *(("text", line) for line in trial.summary)]
    pieces += [("label", "Full description"), *(("text", s) for s in trial.description)] if trial.description else []
    if trial.study_type != "EXPANDED_ACCESS":
        pieces += [("label", "Enrollment"), ("text", f"{trial.count:,} {'estimated ' if trial.estimated else ''}{people}")]
    pieces += [("label", "Sex"), ("text", trial.sex.title()), ("label", "Ages"), ("text", _ages(trial)),
               ("label", "Volunteers"), ("text", "Accepts Healthy Volunteers" if trial.healthy else "No Healthy Volunteers")]  # fmt: skip
    pieces += [("label", "Inclusion criteria"), _list(trial.inclusion), ("label", "Exclusion criteria"), _list(trial.exclusion)]
    known = {t["name"]: t for t in trial.treatments}
    if trial.study_type != "EXPANDED_ACCESS":
        pieces.append(("label", "Trial design"))
    if trial.study_type == "INTERVENTIONAL":
        allocation = {"RANDOMIZED": "Randomized", "NON_RANDOMIZED": "Non-Randomized", "NA": "N/A"}[trial.allocation or "NA"]
        for label, value in (("Primary purpose", PURPOSE_WORDS[trial.purpose or ""]), ("Allocation", allocation),
                             ("Interventional model", MODEL_WORDS[trial.model or ""]),
                             ("Masking", MASKING_WORDS[trial.masking or ""])):  # fmt: skip
            pieces += [("label", label), ("text", value)]
    with_arms = bool(trial.arms) and chance.random() < 0.7
    if with_arms:
        people = "participants" if trial.count != 1 else "participant"
        plural = "s" if len(trial.arms) > 1 else ""
        pieces.append(("text", f"{trial.count:,} {people} in {len(trial.arms)} patient group{plural}"))
        for arm in trial.arms:
            lines = [arm["label"], f"{arm['type'].replace('_', ' ').title()} group"]
            lines += ["Description:", arm["description"]] if arm["description"] else []
            named = [f"{known[name]['type'].replace('_', ' ').title()}: {name}" for name in arm["names"]]
            lines += ["Treatment:", *named] if named else []
            pieces.append(("lines", lines))
    pieces += [("label", "Trial contacts and locations"), ("text", str(len(trial.sites))), ("text", "Loading..."),
               ("label", "Central trial contact"), ("text", f"{trial.contact[0]}; Person Z, PhD")]  # fmt: skip
    timeline = chance.random() < 0.4
    if timeline:
        days = {key: _day(trial.dates[key], "padded") for key in ("update", "start", "end")}
        pieces += [("label", "Timeline"), ("text", f"Last updated: {days['update']}"), ("label", "Start date"),
                   ("text", f"{days['start']} • 2 years ago"), ("label", "Today"), ("text", "Nov 22, 2026"), ("label", "End date"),
                   ("text", f"{days['end']} • in 1 year"), ("label", "Lead Sponsor"), ("text", "A daughter of it")]  # fmt: skip
    pieces += [("text", "Data sourced from clinicaltrials.gov"), ("text", "Clinical trials"),
               ("text", "Find clinical trialsTrials by location"), ("text", "© Copyright 2026 Veeva Systems")]  # fmt: skip
    access = trial.study_type == "EXPANDED_ACCESS"
    stated: dict[str, Any] = {
        "identifiers": [trial.number, trial.org_id], "brief_title": trial.title, "overall_status": trial.status,
        "why_stopped": trial.why_stopped, "phases": trial.phases,
        "study_type": trial.study_type, "conditions": trial.conditions, "lead_sponsor.name": name,
        "lead_sponsor.agency_class": {v: k for k, v in FUNDERS.items()}[funders[0]] if len(funders) == 1 else None,
        "brief_summary": "\n\n".join(trial.summary), "detailed_description": "\n\n".join(trial.description) or None,
        "enrollment.count": None if access else trial.count,
        "enrollment.type": None if access else "ESTIMATED" if trial.estimated else "ACTUAL",
        "minimum_age": trial.ages[0], "maximum_age": trial.ages[1], "sex": trial.sex, "healthy_volunteers": trial.healthy,
        "allocation": trial.allocation, "intervention_model": None if trial.study_type != "INTERVENTIONAL" else trial.model,
        "primary_purpose": trial.purpose, "masking": trial.masking, "location_count": len(trial.sites), "countries": [], "locations": [],
        "interventions": [(t["name"], t["type"], None) for t in trial.treatments],
        "arm_groups": [(a["label"], a["type"], a["description"], a["names"]) for a in trial.arms] if with_arms else [],
        "contacts": [(trial.contact[0], None, None), ("Person Z, PhD", None, None)],
        **{f"dates.{field}": _iso(trial.dates[key]) if timeline else None
           for field, key in (("last_update", "update"), ("start", "start"), ("completion", "end"))},
    }  # fmt: skip
    return pieces, stated | _stated_list("inclusion", trial.inclusion) | _stated_list("exclusion", trial.exclusion)


def _ages(trial: Trial) -> str:
    low, high = trial.ages
    if low and high:
        unit = "" if low[1] == high[1] else f"{low[1].lower()} "
        return f"{low[0]} {unit}to {high[0]} {high[1].lower()} old"
    if low:
        return f"{low[0]}+ {low[1].lower()} old"
    return f"Under {high[0]} {high[1].lower()} old" if high else "All"


MAKERS = {"clinconnect": clinconnect, "meddatax": meddatax, "veeva": veeva}


def made_page(seed: int, site: str, style: str, blurbs: Mapping[str, str] | None = None) -> tuple[bytes, dict[str, Any], list[Piece]]:
    """(page, what it states, its pieces) of the trial number *seed*."""
    chance = random.Random(f"{seed} {site} {style}")  # the same page every time
    pieces, stated = MAKERS[site](make_trial(chance), chance, blurbs or {})
    if style != "html":  # boxes side by side are one line of text
        for name in ("conditions", "keywords") if site != "veeva" else ():
            if len(stated.get(name, ())) > 1:
                stated[name] = [" ".join(stated[name])]
    return printed(pieces, style, chance), stated, pieces


def shown(record: Any, names: Sequence[str]) -> dict[str, Any]:
    """The values of *record* under the names and in the shapes of ``stated``."""
    return {name: _value(record, name) for name in names}


def _value(record: Any, name: str) -> Any:
    if name.startswith("eligibility."):
        return [(item.text, [sub.text for sub in item.subitems]) for item in getattr(record.eligibility, name.partition(".")[2])]
    found = record
    for part in name.partition(".")[::2] if name != "sites" else ("locations", ""):
        found = getattr(found, part, None) if part else found
    if name in ("minimum_age", "maximum_age"):
        return (found.value, found.unit) if found and found.value is not None else None
    if name.startswith("dates."):
        return found.date if found else None
    fields = {
        "identifiers": "value", "arm_groups": "label type description intervention_names", "interventions": "name type description",
        "collaborators": "name agency_class", "responsible_party": "name title type", "overall_officials": "name role affiliation",
        "locations": "city state country", "sites": "facility status", "contacts": "name phone email",
    }.get(name, "").split()  # fmt: skip
    if isinstance(found, tuple):
        return [_part(part, fields) for part in found] if fields else list(found)
    return _part(found, fields) if fields and found else found


def _part(part: Any, fields: Sequence[str]) -> Any:
    values = [getattr(part, name) for name in fields]
    return tuple(list(v) if isinstance(v, tuple) else v for v in values) if len(values) > 1 else values[0]
