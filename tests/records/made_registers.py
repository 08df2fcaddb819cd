"""Makes registrations out of chance and prints them as pages of the WHO portal, in the words of each register, with what they state."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from tests.records.register_words import REGISTERS, D, Register

LABELS = (  # label on the page, end of the element's id
    ("Register", "DescriptionLabel"),
    ("Last refreshed on", "Last_updatedLabel"),
    ("Main ID", "TrialIDLabel"),
    ("Date of registration", "Date_registrationLabel"),
    ("Prospective Registration", "Label1"),
    ("Primary sponsor", "Primary_sponsorLabel"),
    ("Public title", "Public_titleLabel"),
    ("Scientific title", "Scientific_titleLabel"),
    ("Acronym", "AcronymLabel"),
    ("Date of first enrolment", "Date_enrollementLabel"),
    ("Target sample size", "Target_sizeLabel"),
    ("Recruitment status", "Recruitment_statusLabel"),
    ("URL", "HyperLink12"),
    ("Study type", "Study_typeLabel"),
    ("Study design", "Study_designLabel"),
    ("Phase", "PhaseLabel"),
)
SECTIONS = (
    ("Countries of recruitment", "Country_Label"),
    ("Health Condition(s) or Problem(s) studied", "Condition_FreeTextLabel"),
    ("Intervention(s)", "Intervention_FreeTextLabel"),
    ("Primary Outcome(s)", "Outcome_NameLabel"),
    ("Secondary Outcome(s)", "Outcome_NameLabel"),
    ("Secondary ID(s)", "SecondaryIDLabel"),
    ("Source(s) of Monetary Support", "Source_NameLabel"),
    ("Secondary Sponsor(s)", "Secondary_SponsorLabel"),
)
TITLES = (
    "Warm gloves for cold hands",
    "Night cream against dry skin: a blind comparison",
    "Phase 2 study of sleep",
    "Blue light - a pilot",
    "The effect of status on sex and age",
    "Étude des pieds fatigués",
    "Short walks (WALK-2)",
    "青い光の研究",
    "Plasma-7 in children <5 kg",
)
BODIES = (
    "Foot Fund",
    "University of Lower Hill",
    "Glove Works GmbH",
    "St. Anna's Hospital",
    "Night & Day, Inc.",
    "北町病院",
    "Institut für Füße",
)
PEOPLE = ("Person A", "Person B, MD", "Prof. Person C", "O. Person-D")
ILLS = ("Cold hands", "Dry skin", "Sjögren's Syndrome", "Short nights; stiff knees"[:12], "Tired feet (chronic)")
CRITERIA = (
    "Cold hands for three months or longer",
    "Able to walk 100 m without help",
    "Haemoglobin above 8 g/dL",
    "Written consent was given",
    "Pregnancy or nursing",
    "Known allergy to wool or to lamps",
    "Another study at the same time",
    "A tumour in the last five years",
    "Surgery, e.g. of the hand, in the last year",
)
OUTCOMES = ("Warmth of the fingers", "Pain [scale 0 - 10]", "Sleep in minutes", "Steps per day", "Colour of the toes (photograph)")
FRAMES = ("week 12", "Baseline, 4 and 8 weeks", "Through study completion, an average of 1 year", "6 months")


def _digits(chance: random.Random, n: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(n))


def _date(y: int, m: int, d: int, how: str) -> str:
    months = "January February March April May June July August September October November December".split()
    return {
        "dmy/": f"{d:02d}/{m:02d}/{y}",
        "iso": f"{y}-{m:02d}-{d:02d}",
        "ymd/": f"{y}/{m:02d}/{d:02d}",
        "dmy-": f"{d:02d}-{m:02d}-{y}",
        "mdy": f"{months[m - 1]} {d}, {y}",
        "long": f"{d} {months[m - 1]} {y}",
    }[how]


@dataclass
class Made:
    """A page before it is printed, and what it states."""

    head: list[tuple[str, str, str]]
    contacts: list[list[tuple[str, str]]]
    criteria: list[str]
    ages: list[tuple[str, str]]
    sections: dict[str, list[str]]
    ethics: list[list[tuple[str, str]]]
    results: list[tuple[str, str]]
    truth: D


def make(seed: int, register: Register | None = None) -> Made:
    """One page of *register* (or of a random one)."""
    chance = random.Random(seed)
    pick = chance.choice
    reg = register or pick(REGISTERS)
    number = "".join(_digits(chance, 1) if c == "#" else c for c in reg.shape)
    canonical = re.sub(r"^(?:JPRN-|CTIS|EUCTR)|-NL$", "", number)
    days = {name: (pick(range(2005, 2026)), pick(range(1, 13)), pick(range(1, 29))) for name in ("registration", "start", "last_refreshed")}
    status, type_, phase, sex, design = pick(reg.statuses), pick(reg.types), pick(reg.phases), pick(reg.sexes), pick(reg.designs)
    low, high = pick(reg.ages), pick(reg.ages)
    groups = [f"{name}:{chance.randint(5, 300)}" for name in pick((("Control group", "Test group"), ("1", "2", "3"), ("Case series",)))]
    size = ";".join(groups) + ";" if reg.arms else str(chance.randint(4, 3000))
    count = sum(int(g.rpartition(":")[2]) for g in groups) if reg.arms else int(size)
    truth: D = {
        "type": reg.kind,
        "id": canonical,
        "register": reg.name,
        "brief_title": pick(TITLES),
        "official_title": pick(TITLES),
        "lead_sponsor": pick(BODIES),
        "overall_status": status[1],
        "study_type": type_[1],
        "phases": phase[1],
        "sex": sex[1],
        "minimum_age": low[1:],
        "maximum_age": high[1:],
        "enrollment": count,
        "prospective_registration": pick((True, False)),
        "acronym": pick(("", "WARM-2")),
        "record_url": f"https://example.org/{canonical}",
        **{f"dates.{name}": f"{y}-{m:02d}-{d:02d}" for name, (y, m, d) in days.items()},
        **{name: design[1].get(name, "") for name in ("allocation", "intervention_model", "primary_purpose", "masking")},
        "who_masked": design[1].get("who_masked", []),
        "countries": chance.sample(["China", "Japan", "Korea, Republic of", "Italy", "Spain"], chance.randint(1, 3)),
    }
    values = {
        "Register": reg.name,
        "Last refreshed on": _date(*days["last_refreshed"], "long"),
        "Main ID": number,
        "Date of registration": _date(*days["registration"], reg.dates[0]),
        "Prospective Registration": "Yes" if truth["prospective_registration"] else "No",
        "Primary sponsor": truth["lead_sponsor"],
        "Public title": truth["brief_title"],
        "Scientific title": truth["official_title"],
        "Acronym": truth["acronym"],
        "Date of first enrolment": _date(*days["start"], reg.dates[1]),
        "Target sample size": size,
        "Recruitment status": status[0],
        "URL": truth["record_url"],
        "Study type": type_[0],
        "Study design": design[0],
        "Phase": phase[0],
    }
    head = [(label, ident, values[label]) for label, ident in LABELS if label != "Acronym" or truth["acronym"]]
    made = Made(head, [], [], [("Age minimum", low[0]), ("Age maximum", high[0]), ("Gender", sex[0])], {}, [], [], truth)
    _lists(made, reg, chance)
    _criteria(made, reg.listing, chance)
    _ends(made, chance)
    return made


def _lists(made: Made, reg: Register, chance: random.Random) -> None:
    truth, pick = made.truth, chance.choice
    ills = chance.sample(ILLS, chance.randint(1, 3))
    truth["conditions"] = ills
    types = {
        "Drug": "DRUG",
        "Device": "DEVICE",
        "Other": "OTHER",
        "Behavioral": "BEHAVIORAL",
        "Biological": "BIOLOGICAL",
        "Diagnostic Test": "DIAGNOSTIC_TEST",
    }
    names = chance.sample(["Warm gloves", "Night cream 5%", "Xylocort 10 mg: one tablet"[:14], "Placebo", "Plasma-7"], chance.randint(1, 3))
    outcomes = {field_: chance.sample(OUTCOMES, chance.randint(n, 3)) for field_, n in (("primary", 1), ("secondary", 0))}
    truth["interventions"] = [("", name) for name in names]
    if reg.kind == "NCT":
        kinds = [pick(list(types)) for _ in names]
        truth["interventions"] = [(types[kind], name) for kind, name in zip(kinds, names, strict=True)]
        printed = [f"{kind}: {name}" for kind, name in zip(kinds, names, strict=True)]
    elif reg.arms:
        printed = ["".join(f"group {n}:{name};" for n, name in enumerate(names, 1))]
    elif reg.kind == "EUDRACT":
        printed = [
            bit
            for name in names
            for bit in (f"Product Name: {name}", "Pharmaceutical Form: Tablet", "INN or Proposed INN: NOT YET", "Concentration number: 5-")
        ]
    else:
        printed = names
    shown: dict[str, list[str]] = {}
    for field_, measures in outcomes.items():
        frames = [pick(FRAMES) if reg.kind in ("NCT", "EUDRACT", "LBCTR") else "" for _ in measures]
        measures = measures[:1] if reg.kind in ("EUDRACT", "LBCTR") else measures
        truth[f"{field_}_outcomes"] = list(zip(measures, frames, strict=False))
        if reg.kind == "NCT":
            shown[field_] = [f"{m} [Time Frame: {f}]" for m, f in truth[f"{field_}_outcomes"]]
        elif reg.arms:
            shown[field_] = ["".join(f"{m};" for m in measures)] if measures else []
        elif reg.kind == "EUDRACT":
            first = ["Main Objective: To learn more", "Secondary Objective: "] if field_ == "primary" else []
            word = "Primary" if field_ == "primary" else "Secondary"
            shown[field_] = first + [
                bit
                for m, f in truth[f"{field_}_outcomes"]
                for bit in (f"{word} end point(s): {m}", f"Timepoint(s) of evaluation of this end point: {f}")
            ]
        elif reg.kind == "LBCTR":
            shown[field_] = [";".join((f"Name: {m}", f"Timepoints: {f}", f"Measure: {m}")) for m, f in truth[f"{field_}_outcomes"]]
        else:
            shown[field_] = measures
    if reg.kind == "EUDRACT":
        ills_printed = [
            bit
            for ill in ills[:1]
            for bit in (
                ill,
                "MedDRA version: 12.1",
                "Level: LLT",
                "Classification code 10013774",
                "Term: Dry eye",
                "Therapeutic area: Diseases [C] - Eye Diseases [C11]",
            )
        ]
        truth["conditions"] = ills[:1]
    else:
        ills_printed = ills
    own, utn = f"FT-{_digits(chance, 3)}/a", "U1111-12" + _digits(chance, 2) + "-" + _digits(chance, 4)
    ids = pick(([], [own], [utn, own], [own + ";" + utn], ["Nil known"], ["None"], ["2011-004321-" + _digits(chance, 2)]))
    truth["secondary"] = [v for line in ids for v in line.split(";") if v not in ("Nil known", "None")]
    support = pick(
        ([], ["Please refer to primary and secondary sponsors"], ["Foot Fund"], ["Foot Fund", "Glove Works GmbH"], ["self-raised"])
    )
    truth["funding_sources"] = [s for s in support if not s.startswith("Please")]
    others = pick(([], ["None"], ["Second Hill Hospital"], ["Second Hill Hospital", "Third Fund"], [""]))
    truth["collaborators"] = [s for s in others if s not in ("None", "")]
    made.sections = dict(
        zip(
            (heading for heading, _ in SECTIONS),
            (truth["countries"], ills_printed, printed, shown["primary"], shown["secondary"], ids, support, others),
            strict=True,
        )
    )


def _criteria(made: Made, listing: str, chance: random.Random) -> None:
    chosen = chance.sample(CRITERIA, chance.randint(2, 7))
    cut = chance.randint(1, len(chosen) - 1)
    sides = {"inclusion": chosen[:cut], "exclusion": chosen[cut:]}
    made.truth |= sides
    for side, items in sides.items():
        numbered = [f"{n}. {text}" for n, text in enumerate(items, 1)]
        word = side.capitalize()
        if listing == "spaced":
            made.criteria += [
                f"{word} Criteria:",
                "",
                *(bit for text in (numbered if chance.random() < 0.6 else [f"- {t}" for t in items]) for bit in (text, "")),
            ]
        elif listing == "same_line":
            made.criteria += [f"{word} criteria: {numbered[0]}", *numbered[1:]]
        elif listing == "run_together" and len(items) > 1:
            made.criteria += [f"{word} criteria: " + " ".join(numbered)]
        elif listing == "question" and len(items) > 1:
            made.criteria += [f"{word} criteria:", *(f"? {text}" for text in items)]
            if side == "inclusion":
                made.criteria += [
                    "Are the trial subjects under 18? no",
                    "Number of subjects for this age range:",
                    "F.1.2 Adults (18-64 years) yes",
                    "F.1.2.1 Number of subjects for this age range 30",
                ]
        else:
            made.criteria += [f"{word} criteria: {numbered[0]}", *numbered[1:]]


def _ends(made: Made, chance: random.Random) -> None:
    truth, pick = made.truth, chance.choice
    blank = [("Name", ""), ("Address", ""), ("Telephone", ""), ("Email", ""), ("Affiliation", "")]

    def full() -> list[tuple[str, str]]:
        return [
            ("Name", pick(PEOPLE)),
            ("Address", pick(("1 Long Road, Hill", ""))),
            ("Telephone", pick(("+41 31 555 01 23", ""))),
            ("Email", pick(("a@example.org", ""))),
            ("Affiliation", pick(("Foot Fund", ""))),
        ]

    made.contacts = pick(([], [blank], [blank, blank], [full()], [full(), blank], [full(), full()], [blank, full()]))
    truth["contacts"] = [tuple(v for _, v in block) for block in made.contacts if any(v for _, v in block)]
    made.ethics = pick(
        (
            [],
            [],
            [[("Status", "Approved"), ("Approval date", "04/07/2011"), ("Contact", "")]],
            [[("Status", ""), ("Approval date", ""), ("Contact", "")]],
            [
                [("Status", "Approved"), ("Approval date", "01/02/2013"), ("Contact", "Board of Hill")],
                [("Status", "Not approved"), ("Approval date", ""), ("Contact", "")],
            ],
        )
    )
    truth["ethics_review"] = [
        (b[0][1], "-".join(reversed(b[1][1].split("/"))) if b[1][1] else "", b[2][1]) for b in made.ethics if any(v for _, v in b)
    ]
    said = pick(("", "", "Yes", "No"))
    posted, done, url = ("07/02/2019", "30/06/2013", "https://example.org/results/1") if said == "Yes" else ("", "", "")
    made.results = [("Results available", said), ("Date Posted", posted), ("Date Completed", done), ("URL", url)]
    truth |= {
        "has_results": {"Yes": True, "No": False}.get(said),
        "results.date_posted": "2019-02-07" if posted else "",
        "results.date_completed": "2013-06-30" if done else "",
        "results.url": url,
    }
