"""Makes trials out of chance: every kind, status, phase and age, with texts that hold words of labels, markup and other scripts."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

NOUNS = "tired feet|cold hands|dry skin|short nights|stiff knees|loud ears|slow walks|青い光|больные колени|العيون الجافة".split("|")
THINGS = "Warm gloves|Night cream 5%|Xylocort 10 mg|Walking school|Blue light|Short talks|Plasma-7|Iron pills|Sham lamp|Placebo".split("|")
KINDS = (
    "DRUG BIOLOGICAL DEVICE PROCEDURE RADIATION BEHAVIORAL GENETIC DIETARY_SUPPLEMENT DIAGNOSTIC_TEST COMBINATION_PRODUCT OTHER"
).split()
ARMS = "EXPERIMENTAL|ACTIVE_COMPARATOR|PLACEBO_COMPARATOR|SHAM_COMPARATOR|NO_INTERVENTION|OTHER".split("|")
BODIES = (
    "University of Lower Hill|Foot Fund|Glove Works GmbH|St. Anna's Hospital|Institut für Füße|北町病院|Night & Day, Inc."
    "|Hill, Dale and Partners"
).split("|")
AGENCIES = "INDUSTRY|NIH|FED|OTHER_GOV|INDIV|NETWORK|OTHER|UNKNOWN".split("|")
PLACES = (
    ("Bern", "Canton of Bern", "Switzerland"), ("Ulm", None, "Germany"), ("Seoul", None, "Korea, Republic of"),
    ("Footville", "Ohio", "United States"), ("Oslo", None, "Norway"), ("Lyon", "Rhône", "France"), ("Kyoto", "Kyoto", "Japan"),
    ("Tehran", None, "Iran, Islamic Republic of"), ("Tbilisi", None, "Georgia"), ("Atlanta", "Georgia", "United States"),
    ("Leeds", None, "United Kingdom"),
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
    "Aged over the limit of the clinic", "Able to walk 100 m without help", "Haemoglobin > 8 g/dL and platelets < 50",
    "C. difficile in the last year", "Written consent, in any language", "Sex, weight and height are known",
    "Status of the liver: Child-Pugh A", "No other study at the same time", "Score ≥ 5 on the scale of 2016", "夜に眠れない",
    "Pregnant or nursing", "E.g. a fall, a blow, or a burn", "Locations of pain other than the foot", "History of [any] tumour*",
)  # fmt: skip
STATUSES = (
    "NOT_YET_RECRUITING RECRUITING ENROLLING_BY_INVITATION ACTIVE_NOT_RECRUITING COMPLETED SUSPENDED TERMINATED WITHDRAWN UNKNOWN"
).split()
ACCESS = "AVAILABLE NO_LONGER_AVAILABLE APPROVED_FOR_MARKETING TEMPORARILY_NOT_AVAILABLE".split()
MODELS = "SINGLE_GROUP PARALLEL CROSSOVER FACTORIAL SEQUENTIAL".split()
PURPOSES = (
    "TREATMENT PREVENTION DIAGNOSTIC SUPPORTIVE_CARE SCREENING HEALTH_SERVICES_RESEARCH BASIC_SCIENCE DEVICE_FEASIBILITY OTHER"
).split()
MASKINGS = "NONE SINGLE DOUBLE TRIPLE QUADRUPLE".split()
MASKED = "PARTICIPANT CARE_PROVIDER INVESTIGATOR OUTCOMES_ASSESSOR".split()
DATES = ("first", "fresh", "update", "start", "end")
MARKS = ("•", "•", "1.", "1.", "1)", "(1)", "1、")


@dataclass
class Criteria:
    """One list of criteria: its items with their sub-items, and how it is set."""

    items: list[tuple[str, list[str]]]
    mark: str  # of its first item


@dataclass
class Trial:
    """What is true of a made-up trial; each site prints a part of it."""

    number: str
    title: str
    study_type: str
    status: str
    why_stopped: str | None
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
    status = pick(ACCESS if kind == "EXPANDED_ACCESS" else STATUSES)
    treatments = [
        {"name": name, "type": pick(KINDS), "description": pick([None, f"{name} is given once a day.", "Two puffs a day", pick(SENTENCES)])}
        for name in some(THINGS, 1, 4)
    ]
    arms = [{"label": f"{pick('ABCDEFG')}{n}: {pick(NOUNS)}", "type": pick(ARMS), "names": [], "description": pick([None, pick(SENTENCES)])}
            for n in range(chance.randint(1, 4))]  # fmt: skip
    for arm in arms:
        arm["names"] = [] if arm["type"] == "NO_INTERVENTION" else [t["name"] for t in some(treatments, 1, len(treatments))]
    low = pick([None, (18, "YEARS"), (6, "MONTHS"), (12, "YEARS"), (2, "WEEKS"), (3, "DAYS"), (40, "YEARS")])
    high = pick([None, (65, "YEARS"), (80, "YEARS"), (17, "YEARS") if not low or low[1] != "YEARS" else (99, "YEARS")])
    masking = pick(MASKINGS)
    size = MASKINGS.index(masking)
    bodies = some(BODIES, 1, 6)
    title = f"{pick(THINGS)} {pick(['for', 'against', 'in adults with'])} {pick(NOUNS)}"
    phases = [["NA"], ["PHASE1"], ["EARLY_PHASE1"], ["PHASE2", "PHASE3"], ["PHASE1", "PHASE2"], ["PHASE3"], ["PHASE4"], ["PHASE2"]]
    models = list(MODELS) if trial else ["COHORT", "CASE_CONTROL", "CASE_ONLY", "OTHER"] if kind == "OBSERVATIONAL" else [None]
    state = ["", "RECRUITING", "COMPLETED", "WITHDRAWN"]
    sites = [(pick(BODIES) + pick(["", ", Ward 2"]), pick(PLACES), pick(state)) for _ in range(30)]
    role = pick(["PRINCIPAL_INVESTIGATOR", "STUDY_DIRECTOR", "STUDY_CHAIR"])
    return Trial(
        number=f"NCT{chance.randint(10_000_000, 99_999_999)}",
        title=title + pick(["", " (WARM-2)", ": a study of status and sex"]),
        study_type=kind,
        status=status,
        why_stopped=pick(["no money (and no time)", "few came"]) if status in ("WITHDRAWN", "TERMINATED") else None,
        phases=pick(phases) if trial else [],
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
        model=pick(models),
        purpose=pick(PURPOSES) if trial else None,
        masking=masking if trial else None,
        masked=sorted(chance.sample(MASKED, size), key=MASKED.index) if trial else [],
        sites=sites[: pick([0, 1, 1, 3, 30])],
        dates={name: (chance.randint(1999, 2027), chance.randint(1, 12), chance.randint(1, 27)) for name in DATES},
        org_id=f"HILL-{chance.randint(100, 999)}/{pick('AB')}",
        official=(pick(["Person A, MD", "Person B", "Person Ç, Prof."]), role, pick(BODIES)),
        contact=(f"Person {pick('DEF')}", "+49 700 123 4567", "person@example.org"),
    )


def _criteria(chance: random.Random) -> Criteria:
    texts = chance.sample(CRITERIA, chance.randint(1, 6))
    items: list[tuple[str, list[str]]] = [(text, []) for text in texts]
    mark = chance.choice(MARKS)
    if mark in "•1." and chance.random() < 0.3:
        items[-1] = ("Any of the following:", chance.sample(["a cough", "a cold", "a fever > 38", "two falls"], chance.randint(2, 3)))
    return Criteria(items, mark)
