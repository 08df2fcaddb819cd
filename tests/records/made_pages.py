"""Makes trials out of chance and prints them as the pages of three sites, in each style of capture, with what each page then states."""

from __future__ import annotations

import html
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SITES = ("clinconnect", "meddatax", "veeva")
STYLES = ("indented", "dash", "html")
NOUNS = "tired feet|cold hands|dry skin|short nights|stiff knees|loud ears|slow walks|sore throats|青い光|больные колени|العيون الجافة".split("|")
THINGS = "Warm gloves|Night cream 5%|Xylocort 10 mg|Walking school|Blue light|Short talks|Plasma-7|Iron pills|Sham lamp|Placebo".split("|")
KINDS = "DRUG|BIOLOGICAL|DEVICE|PROCEDURE|RADIATION|BEHAVIORAL|GENETIC|DIETARY_SUPPLEMENT|DIAGNOSTIC_TEST|COMBINATION_PRODUCT|OTHER".split("|")
ARMS = "EXPERIMENTAL|ACTIVE_COMPARATOR|PLACEBO_COMPARATOR|SHAM_COMPARATOR|NO_INTERVENTION|OTHER".split("|")
BODIES = "University of Lower Hill|Foot Fund|Glove Works GmbH|St. Anna's Hospital|Institut für Füße|北町病院|Night & Day, Inc.|Hill, Dale and Partners".split("|")
AGENCIES = "INDUSTRY|NIH|FED|OTHER_GOV|INDIV|NETWORK|OTHER|UNKNOWN".split("|")
PLACES = (
    ("Bern", "Canton of Bern", "Switzerland"), ("Ulm", None, "Germany"), ("Seoul", None, "Korea, Republic of"),
    ("Footville", "Ohio", "United States"), ("Oslo", None, "Norway"), ("Lyon", "Rhône", "France"), ("Kyoto", "Kyoto", "Japan"),
    ("Tehran", None, "Iran, Islamic Republic of"), ("Tbilisi", None, "Georgia"), ("Atlanta", "Georgia", "United States"),
)  # fmt: skip
SENTENCES = (
    "The sponsor keeps a list of sex, ages and status of everybody who comes.",
    "Status: nobody had asked before, which is why the study type is new.",
    "Conditions such as rain, and interventions such as hats, are written down.",
    "In 12 weeks the score falls by > 3 points [range 1-4] and stays < 10^9 units*.",
    "A visit takes an hour; Launched by a clinic, the scheme has grown.",
    "<script>alert('x')</script> is a name that one person gave.",
    "=SUM(A1:A9) was typed into a field, and {{ name }} into another.",
    "参加者は毎晩三十分歩く。", "Каждый участник приходит дважды.", "يمشي كل مشارك نصف ساعة.",
    "Blinding strategy, allocation method and masking are told in the protocol.",
    "Enrollment ended early. Last Updated: never. Sponsors were asked.",
)  # fmt: skip
HEADINGS = ("Study Design:", "Interventions:", "Masking:", "Eligibility criteria:", "Allocation: by a coin", "Enrollment: about 40 people",
            "Sex: both", "Locations:")  # fmt: skip
CRITERIA = (
    "Aged over the limit of the clinic", "Able to walk 100 m without help", "Haemoglobin > 8 g/dL and platelets < 50", "C. difficile in the last year",
    "Written consent, in any language", "Sex, weight and height are known", "Status of the liver: Child-Pugh A", "No other study at the same time",
    "Score ≥ 5 on the scale of 2016", "夜に眠れない", "Pregnant or nursing", "E.g. a fall, a blow, or a burn", "Locations of pain other than the foot",
    "History of [any] tumour*",
)  # fmt: skip
STATUSES = {
    "NOT_YET_RECRUITING": ("Not yet recruiting", "Not yet enrolling"), "RECRUITING": ("Recruiting", "Enrolling"),
    "ENROLLING_BY_INVITATION": ("Enrolling by invitation", "Invitation-only"),
    "ACTIVE_NOT_RECRUITING": ("Active, not recruiting", "Active, not enrolling"), "COMPLETED": ("Completed", "Completed"),
    "SUSPENDED": ("Suspended", "Suspended"), "TERMINATED": ("Terminated", "Terminated"), "WITHDRAWN": ("Withdrawn", "Withdrawn"),
    "UNKNOWN": ("Unknown status", "Unknown"),
}  # fmt: skip
ACCESS = {
    "AVAILABLE": ("Available", "Available"), "NO_LONGER_AVAILABLE": ("No longer available", "No longer available"),
    "APPROVED_FOR_MARKETING": ("Approved for marketing", "Approved for marketing"),
    "TEMPORARILY_NOT_AVAILABLE": ("Temporarily not available", "Temporarily not available"),
}  # fmt: skip
MODELS = {"SINGLE_GROUP": "Single Group Assignment", "PARALLEL": "Parallel Assignment", "CROSSOVER": "Crossover Assignment",
          "FACTORIAL": "Factorial Assignment", "SEQUENTIAL": "Sequential Assignment"}  # fmt: skip
PURPOSES = {"TREATMENT": "Treatment", "PREVENTION": "Prevention", "DIAGNOSTIC": "Diagnostic", "SUPPORTIVE_CARE": "Supportive Care",
            "SCREENING": "Screening", "HEALTH_SERVICES_RESEARCH": "Health Services Research", "BASIC_SCIENCE": "Basic Science",
            "DEVICE_FEASIBILITY": "Device Feasibility", "OTHER": "Other"}  # fmt: skip
MASKINGS = {"NONE": "None (Open label)", "SINGLE": "Single Blind", "DOUBLE": "Double Blind", "TRIPLE": "Triple Blind",
            "QUADRUPLE": "Quadruple Blind"}  # fmt: skip
MASKED = {"PARTICIPANT": "Participants", "CARE_PROVIDER": "Caregivers", "INVESTIGATOR": "Investigators",
          "OUTCOMES_ASSESSOR": "Outcome Assessors"}  # fmt: skip
FUNDERS = {"INDUSTRY": "Industry", "NIH": "NIH", "FED": "U.S. Federal", "OTHER_GOV": "Other Government", "INDIV": "Individual",
           "NETWORK": "Network", "OTHER": "Other", "UNKNOWN": "Unknown"}  # fmt: skip
MONTHS = "January February March April May June July August September October November December".split()


@dataclass
class Criteria:
    """One list of criteria: its items with their sub-items, and how it is set."""

    items: list[tuple[str, list[str]]]
    numbered: bool


@dataclass
class Trial:
    """What is true of a made-up trial; each site prints a part of it."""

    number: str
    title: str
    study_type: str
    status: str
    phases: list[str]
    conditions: list[str]
    summary: list[str]
    description: list[str]
    arms: list[dict[str, Any]]
    treatments: list[dict[str, Any]]
    count: int
    estimated: bool
    ages: tuple[tuple[int, str] | None, tuple[int, str] | None]
    sex: str
    healthy: bool
    inclusion: Criteria
    exclusion: Criteria
    lead: tuple[str, str]
    others: list[tuple[str, str]]
    allocation: str | None
    model: str | None
    purpose: str | None
    masking: str | None
    masked: list[str]
    sites: list[tuple[str, tuple[str, str | None, str], str]]
    dates: dict[str, tuple[int, int, int]]
    org_id: str
    official: tuple[str, str, str]
    contact: tuple[str, str, str]
    keywords: list[str] = field(default_factory=list)


def make_trial(chance: random.Random) -> Trial:
    """A trial of any kind: interventional, observational or expanded access."""
    pick, some = chance.choice, lambda pool, low, high: chance.sample(list(pool), chance.randint(low, high))
    kind = chance.choices(["INTERVENTIONAL", "OBSERVATIONAL", "EXPANDED_ACCESS"], [7, 2, 1])[0]
    trial = kind == "INTERVENTIONAL"
    status = pick(list(ACCESS if kind == "EXPANDED_ACCESS" else STATUSES))
    treatments = [{"name": name, "type": pick(KINDS), "description": pick([None, f"{name} is given once a day.", pick(SENTENCES)])}
                  for name in some(THINGS, 1, 4)]  # fmt: skip
    arms = [{"label": f"{pick('ABCDEFG')}{n}: {pick(NOUNS)}", "type": pick(ARMS), "names": [], "description": pick([None, pick(SENTENCES)])}
            for n in range(chance.randint(1, 4))]  # fmt: skip
    for arm in arms:
        arm["names"] = [] if arm["type"] == "NO_INTERVENTION" else [t["name"] for t in some(treatments, 1, len(treatments))]
    low = pick([None, (18, "YEARS"), (6, "MONTHS"), (12, "YEARS"), (2, "WEEKS"), (3, "DAYS"), (40, "YEARS")])
    high = pick([None, (65, "YEARS"), (80, "YEARS"), (17, "YEARS") if not low or low[1] != "YEARS" else (99, "YEARS")])
    masking = pick(list(MASKINGS))
    size = {"NONE": 0, "SINGLE": 1, "DOUBLE": 2, "TRIPLE": 3, "QUADRUPLE": 4}[masking]
    bodies = some(BODIES, 1, 6)
    return Trial(
        number=f"NCT{chance.randint(10_000_000, 99_999_999)}",
        title=f"{pick(THINGS)} {pick(['for', 'against', 'in adults with'])} {pick(NOUNS)}{pick(['', ' (WARM-2)', ': a study of status and sex'])}",
        study_type=kind,
        status=status,
        phases=pick([["NA"], ["PHASE1"], ["EARLY_PHASE1"], ["PHASE2", "PHASE3"], ["PHASE1", "PHASE2"], ["PHASE3"], ["PHASE4"], ["PHASE2"]]) if trial else [],
        conditions=[noun.title() for noun in some(NOUNS, 1, 3)],
        keywords=[noun.title() for noun in some(NOUNS, 0, 3)],
        summary=some(SENTENCES, 1, 4),
        description=[*some(SENTENCES, 0, 5), *some(HEADINGS, 0, 1), *some(SENTENCES, 1, 2)] if chance.random() < 0.8 else [],
        arms=arms if kind != "EXPANDED_ACCESS" else [],
        treatments=treatments,
        count=0 if status == "WITHDRAWN" else pick([1, 12, 48, 395, 1240, 20_500]),
        estimated=status in ("RECRUITING", "NOT_YET_RECRUITING", "UNKNOWN"),
        ages=(low, high),
        sex=pick(["ALL", "FEMALE", "MALE"]),
        healthy=chance.random() < 0.4,
        inclusion=_criteria(chance),
        exclusion=_criteria(chance),
        lead=(bodies[0], pick(AGENCIES)),
        others=[(name, pick(AGENCIES)) for name in bodies[1:]],
        allocation=pick(["RANDOMIZED", "NON_RANDOMIZED", "NA"]) if trial else None,
        model=pick(list(MODELS)) if trial else pick(["COHORT", "CASE_CONTROL", "CASE_ONLY", "OTHER"]) if kind == "OBSERVATIONAL" else None,
        purpose=pick(list(PURPOSES)) if trial else None,
        masking=masking if trial else None,
        masked=sorted(chance.sample(list(MASKED), size), key=list(MASKED).index) if trial else [],
        sites=[(f"{pick(BODIES)}{pick(['', ', Ward 2'])}", pick(PLACES), pick(["", "RECRUITING", "COMPLETED", "WITHDRAWN"]))
               for _ in range(pick([0, 1, 1, 3, 30]))],
        dates={name: (chance.randint(1999, 2027), chance.randint(1, 12), chance.randint(1, 28)) for name in ("first", "fresh", "update", "start", "end")},
        org_id=f"HILL-{chance.randint(100, 999)}/{pick('AB')}",
        official=(pick(["Person A, MD", "Person B", "Person Ç, Prof."]), pick(["PRINCIPAL_INVESTIGATOR", "STUDY_DIRECTOR", "STUDY_CHAIR"]), pick(BODIES)),
        contact=(f"Person {pick('DEF')}", "+49 700 123 4567", "person@example.org"),
    )  # fmt: skip


def _criteria(chance: random.Random) -> Criteria:
    texts = chance.sample(CRITERIA, chance.randint(1, 6))
    items: list[tuple[str, list[str]]] = [(text, []) for text in texts]
    if chance.random() < 0.3:
        items[-1] = ("Any of the following:", chance.sample(["a cough", "a cold", "a fever > 38", "two falls"], chance.randint(2, 3)))
    return Criteria(items, chance.random() < 0.5)


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


def _list(criteria: Criteria) -> Piece:
    return ("numbers" if criteria.numbered else "bullets", criteria.items)


def _stated_list(name: str, criteria: Criteria) -> dict[str, Any]:
    return {f"eligibility.{name}": [(text, [sub for sub in subs]) for text, subs in criteria.items]}


# --- ClinConnect


def clinconnect(trial: Trial, chance: random.Random, blurbs: Mapping[str, str]) -> tuple[list[Piece], dict[str, Any]]:
    """Pieces and stated values of a ClinConnect page; every third one in the older layout."""
    older = chance.random() < 0.3
    name, agency = trial.lead
    numbered = chance.random() < 0.6
    shape = chance.choice(["short", "padded", "long"])
    pieces: list[Piece] = [("text", "ClinConnect ClinConnect Logo"), ("text", f"Search / Trial {trial.number}")] if numbered else []
    pieces += [("title", trial.title), ("text", f"Launched by {name.upper()} · {_day(trial.dates['first'], shape)}"),
               ("label", "Trial Information"), ("text", f"Current as of {_day(trial.dates['fresh'], 'long')}")]  # fmt: skip
    pieces += [] if older else [("text", STATUSES.get(trial.status, ACCESS.get(trial.status, ("",)))[0]), ("label", "Keywords"), ("chips", trial.keywords)]
    pieces += [("label", "ClinConnect Summary"), *(("text", s) for s in trial.summary)]
    pieces += [] if older else [("label", "Gender"), ("text", trial.sex), ("label", "Eligibility criteria")]
    rows: list[tuple[str, list[str]]] = []
    for word, criteria in (("Inclusion", trial.inclusion), ("Exclusion", trial.exclusion)):
        rows.append((f"{word} Criteria:", []))
        for n, (text, subs) in enumerate(criteria.items, start=1):
            rows.append((f"{n}. {text}" if criteria.numbered else text, subs))
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
    pieces: list[Piece] = [("title", trial.title), ("text", f"NCT ID: {trial.number}"), ("text", f"Last Updated: {_iso(trial.dates['update'])}")]

    def section(label: str, *content: Piece) -> None:
        pieces.append(("label", label))
        if label in blurbs:
            pieces.append(("text", blurbs[label]))
        pieces.extend(content)

    def values(*pairs: tuple[str, str | None]) -> list[Piece]:
        return [piece for label, value in pairs if value for piece in (("label", label), ("text", value))]

    section("Study Results", ("text", "Results pending"))
    section("Basic Information", *values(
        ("Recruitment Status", trial.status), ("Clinical Phase", "/".join(trial.phases)), ("Total Enrollment", f"{trial.count} participants"),
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
        ("Primary Study Purpose", trial.purpose), ("Study Time Perspective", "PROSPECTIVE" if observed else None), ("Blinding Strategy", trial.masking),
    ), ("text", " ".join(MASKED[m] for m in trial.masked)))  # fmt: skip
    known = {t["name"]: t for t in trial.treatments}
    groups: list[Piece] = []
    for arm in trial.arms:
        groups += [("text", arm["label"]), ("text", f"Group Type {arm['type']}"), ("text", arm["description"])]
        for name in arm["names"]:
            groups += [("text", name), ("text", f"Intervention Type {known[name]['type']}"), ("text", known[name]["description"])]
    if trial.arms:
        section("Study Groups", *groups)
    section("Interventions", *(p for t in trial.treatments for p in (("text", t["name"]), ("text", t["description"]), ("text", f"Intervention Type {t['type']}"))))
    low, high = (f"{age[0]} {age[1].title()}" if age else "N/A" for age in trial.ages)
    section("Eligibility Criteria", ("text", "Inclusion Criteria"), _list(trial.inclusion), ("text", "Exclusion Criteria"), _list(trial.exclusion), *values(
        ("Minimum Eligible Age", low), ("Maximum Eligible Age", high), ("Eligible Sex", trial.sex),
        ("Accepts Healthy Volunteers", "Yes" if trial.healthy else "No"),
    ))  # fmt: skip
    bodies = [(*body, "collaborator") for body in trial.others] + [(*trial.lead, "lead")]
    section("Sponsors", *(p for name, agency, role in bodies for p in (("text", name), ("text", agency), ("text", f"Sponsor Role {role}"))))
    section("Responsible Party", ("text", trial.official[0]), ("text", "Professor"), ("text", "Responsibility Role PRINCIPAL_INVESTIGATOR"))
    section("Principal Investigators", ("text", trial.official[0]), ("text", f"Role: {trial.official[1]}"), ("text", trial.official[2]))
    if trial.sites:
        section("Locations", *(p for name, place, status in trial.sites for p in (
            ("text", name), ("text", ", ".join(part for part in place if part)), ("text", f"Site Status {status}" if status else ""))))  # fmt: skip
    countries = list(dict.fromkeys(place[2] for _, place, _ in trial.sites))
    section("Countries", ("chips", countries))
    section("Central Contacts", ("text", trial.contact[0]), ("text", "Role: CONTACT"), ("text", trial.contact[1]), ("text", trial.contact[2]))
    section("Other Identifiers", ("text", trial.org_id), ("text", "Identifier Type: -"), ("text", "Identifier Source: org_study_id"))
    section("More Related Trials", ("text", "Another study of hats"), ("text", "NCT00000002 COMPLETED PHASE2"))
    stated: dict[str, Any] = {
        "identifiers": [trial.number, trial.org_id], "brief_title": trial.title, "overall_status": trial.status, "phases": trial.phases,
        "study_type": trial.study_type, "enrollment.count": trial.count, "enrollment.type": None, "has_results": False, "results.status": "PENDING",
        "dates.last_update": _iso(trial.dates["update"]), "dates.start": _iso(trial.dates["start"]), "dates.completion": _iso(trial.dates["end"]),
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
    name, agency = trial.lead
    logo = chance.choice([[f"{name} logo"], [name[0].upper()], []])
    phases = [p.replace("EARLY_", "Early ").replace("PHASE", "Phase ").replace("NA", "N/A") for p in trial.phases]
    funders = list(dict.fromkeys(FUNDERS[a] for _, a in [trial.lead, *trial.others]))
    word = {"INTERVENTIONAL": "Interventional", "OBSERVATIONAL": "Observational", "EXPANDED_ACCESS": "Expanded Access"}[trial.study_type]
    status = STATUSES.get(trial.status, ACCESS.get(trial.status, ("", "")))[1]
    people = "patient" if trial.count == 1 else "patients"
    pieces: list[Piece] = [("text", "ClinicalTrials.Veeva"), ("text", "Menu"), ("title", trial.title), *(("text", x) for x in logo), ("text", name)]
    pieces += [("label", "Status and phase" if phases else "Status"), ("lines", [status, *reversed(phases)])]
    pieces += [("label", "Conditions"), ("lines", trial.conditions)]
    pieces += [("label", "Treatments"), ("lines", [f"{t['type'].replace('_', ' ').title()}: {t['name']}" for t in trial.treatments])]
    pieces += [("label", "Study type"), ("text", word), ("label", "Funder types"), ("lines", funders)]
    pieces += [("label", "Identifiers"), ("lines", [trial.number, trial.org_id]), ("label", "Details and patient eligibility"), ("label", "About")]
    pieces += [("text", s) for s in trial.summary]
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
        for label, value in (("Primary purpose", PURPOSES[trial.purpose or ""]), ("Allocation", allocation),
                             ("Interventional model", MODELS[trial.model or ""]), ("Masking", MASKINGS[trial.masking or ""])):  # fmt: skip
            pieces += [("label", label), ("text", value)]
    with_arms = bool(trial.arms) and chance.random() < 0.7
    if with_arms:
        people = "participants" if trial.count != 1 else "participant"
        pieces.append(("text", f"{trial.count:,} {people} in {len(trial.arms)} patient group{'s' if len(trial.arms) > 1 else ''}"))
        for arm in trial.arms:
            lines = [arm["label"], f"{arm['type'].replace('_', ' ').title()} group"]
            lines += ["Description:", arm["description"]] if arm["description"] else []
            lines += ["Treatment:", *(f"{known[n]['type'].replace('_', ' ').title()}: {n}" for n in arm["names"])] if arm["names"] else []
            pieces.append(("lines", lines))
    pieces += [("label", "Trial contacts and locations"), ("text", str(len(trial.sites))), ("text", "Loading..."),
               ("label", "Central trial contact"), ("text", f"{trial.contact[0]}; Person Z, PhD"), ("text", "Data sourced from clinicaltrials.gov"),
               ("text", "Clinical trials"), ("text", "Find clinical trialsTrials by location"), ("text", "© Copyright 2026 Veeva Systems")]  # fmt: skip
    access = trial.study_type == "EXPANDED_ACCESS"
    stated: dict[str, Any] = {
        "identifiers": [trial.number, trial.org_id], "brief_title": trial.title, "overall_status": trial.status, "phases": trial.phases,
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
    one = lambda part: tuple(list(v) if isinstance(v := getattr(part, f), tuple) else v for f in fields) if len(fields) > 1 else getattr(part, fields[0])  # noqa: E731
    if isinstance(found, tuple):
        return [one(part) for part in found] if fields else list(found)
    return one(found) if fields and found else found
