"""The words of registries and the terms of schema 0.1, as exact tables: a word that is not in a table is never guessed.

Keys are folded by ``review.text.fold_word``, so ``Active, not recruiting`` and ``ACTIVE_NOT_RECRUITING`` are one entry.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from review.model.record import Phase
from review.text import fold_blanks, fold_word

Table = Mapping[str, str]


def _table(**terms: str) -> dict[str, str]:
    """``TERM="word|other word"`` turned round; the term itself is one of its words."""
    made = {}
    for term, words in terms.items():
        for word in (term, *words.split("|")):
            if word:
                made[fold_word(word)] = term
    return made


STATUS: Table = _table(
    NOT_YET_RECRUITING="not yet recruiting|preinitiation|recruiting planned|not recruiting yet|pending|upcoming|not yet enrolling|planned",
    RECRUITING="recruiting|recruiting ongoing|enrolling|open to recruitment|open|ongoing recruiting|open public recruiting",
    ENROLLING_BY_INVITATION="enrolling by invitation|invitation only|by invitation|invitation-only",
    ACTIVE_NOT_RECRUITING="active, not recruiting|active, not enrolling|closed follow up continuing"
    "|recruiting complete follow up continuing|complete follow up continuing",
    COMPLETED="complete|completed|recruiting complete|complete follow up complete|finished"
    "|closed follow up complete|recruiting complete follow up complete|main results already published|trial completed",
    SUSPENDED="temporary halt|temporarily halted|temporary closed|suspended|suspended recruiting",
    TERMINATED="terminated|prematurely ended|stopped early|stopped|discontinued",
    WITHDRAWN="withdrawn|withdrawn prior to enrollment",
    UNKNOWN="unknown|unknown status",
    AUTHORISED="authorised|authorized|authorised recruitment may be ongoing or finished|authorised-recruitment may be ongoing or finished",
    NOT_RECRUITING="not recruiting",
    AVAILABLE="available",
    NO_LONGER_AVAILABLE="no longer available",
    TEMPORARILY_NOT_AVAILABLE="temporarily not available",
    APPROVED_FOR_MARKETING="approved for marketing",
    WITHHELD="withheld",
)
STUDY_TYPE: Table = _table(
    INTERVENTIONAL="interventional|interventional study"
    "|intervention|interventional clinical trial|interventional clinical trial of medicinal product",
    OBSERVATIONAL="observational|observational study|observational non invasive|observational patient registry|patient registry"
    "|non interventional|non interventional study|noninterventional",
    EXPANDED_ACCESS="expanded access|expanded access study",
    DIAGNOSTIC="diagnostic test|diagnostic|diagnostic study",
    OTHER="other|others",
)
ALLOCATION: Table = _table(
    RANDOMIZED="randomized|rct|randomised|randomized controlled trial|randomised controlled trial|randomized controlled"
    "|randomized parallel",
    NON_RANDOMIZED="non-randomized|nonrandomized|non randomised"
    "|non-randomized controlled trial|non-randomised trial|non randomized control",
    NA="n/a|na|not applicable|n a single arm study",
)
INTERVENTION_MODEL: Table = _table(
    SINGLE_GROUP="single group assignment|single group|single arm|single-arm|single assignment|single arm study",
    PARALLEL="parallel assignment|parallel|parallel group|parallel groups",
    CROSSOVER="crossover assignment|cross-over assignment|cross over|crossover|cross-over",
    FACTORIAL="factorial assignment|factorial",
    SEQUENTIAL="sequential assignment|sequential",
    COHORT="cohort|cohort study",
    CASE_CONTROL="case-control|case control|case control study",
    CASE_ONLY="case-only|case only|case series",
    CASE_CROSSOVER="case-crossover|case crossover",
    ECOLOGIC_OR_COMMUNITY="ecologic or community|ecologic or community study",
    FAMILY_BASED="family-based|family based",
    OTHER="other",
)
# of a trial: 'Other' is a model of observational studies only
TRIAL_MODEL: Table = {word: term for word, term in INTERVENTION_MODEL.items() if term != "OTHER"}
PRIMARY_PURPOSE: Table = _table(
    TREATMENT="treatment|therapeutic|treatment purpose|treatment study",
    PREVENTION="prevention|preventive|prophylaxis",
    DIAGNOSTIC="diagnostic|diagnosis",
    SUPPORTIVE_CARE="supportive care|supportive",
    SCREENING="screening",
    HEALTH_SERVICES_RESEARCH="health services research|health service research",
    BASIC_SCIENCE="basic science|basic research|basic research physiological study|basic science physiological study",
    DEVICE_FEASIBILITY="device feasibility",
    ECT="ect|educational counseling training",
    OTHER="other",
)
MASKING: Table = _table(
    NONE="none|none (open label)|open label|open|no masking"
    "|open-label|not blinded|no blinding|unblinded|open not masked|open masking not used",
    SINGLE="single|single blind|single-blind|single blinded|single masked",
    DOUBLE="double|double masked",
    TRIPLE="triple|triple blind|triple-blind|triple masked|triple blinded",
    QUADRUPLE="quadruple|quadruple masked|quadruple blind",
    DOUBLE_LEGACY="double-blind|double blind|double blinded",
)
MASKED: Table = _table(
    PARTICIPANT="participant|subject|patient|participants|patients|subjects",
    CARE_PROVIDER="care provider|caregiver|caregivers|care providers|therapist clinician",
    INVESTIGATOR="investigator|investigators",
    OUTCOMES_ASSESSOR="outcomes assessor|outcome assessor|outcomes assessors|outcome assessors|assessor",
)
SEX: Table = _table(
    ALL="all|both|both males and females|both male and female|male and female|female and male|men and women|any"
    "|all male and female|male female|female male",
    FEMALE="female|females|women|female only|females only|woman",
    MALE="male|males|men|male only|males only|man",
)
INTERVENTION_TYPE: Table = _table(
    DRUG="drug|drugs|pharmaceutical|medicine",
    BIOLOGICAL="biological|biologic|biological vaccine|vaccine",
    DEVICE="device",
    PROCEDURE="procedure|procedure surgery|surgery",
    RADIATION="radiation",
    BEHAVIORAL="behavioral|behavioural|behavior|behaviour",
    GENETIC="genetic|gene transfer",
    DIETARY_SUPPLEMENT="dietary supplement|dietary supplements|supplement",
    DIAGNOSTIC_TEST="diagnostic test",
    COMBINATION_PRODUCT="combination product|combination",
    OTHER="other|others",
)
ARM_TYPE: Table = _table(
    EXPERIMENTAL="experimental|experimental group|experimental arm",
    ACTIVE_COMPARATOR="active comparator|active comparator group|active comparator arm",
    PLACEBO_COMPARATOR="placebo comparator|placebo comparator group|placebo comparator arm",
    SHAM_COMPARATOR="sham comparator|sham comparator group|sham comparator arm",
    NO_INTERVENTION="no intervention|no intervention group|no intervention arm",
    OTHER="other|other group|other arm",
)
AGENCY: Table = _table(
    INDUSTRY="industry",
    NIH="nih|u s national institutes of health",
    FED="fed|federal|u s federal|u s federal agency|u s fed|us fed|other u s federal agency|us federal government",
    OTHER_GOV="other gov|other government|other_gov",
    INDIV="indiv|individual",
    NETWORK="network",
    AMBIG="ambig",
    OTHER="other",
    UNKNOWN="unknown",
)
OFFICIAL_ROLE: Table = _table(
    PRINCIPAL_INVESTIGATOR="principal investigator|pi",
    SUB_INVESTIGATOR="sub investigator|sub-investigator|co investigator",
    STUDY_DIRECTOR="study director",
    STUDY_CHAIR="study chair|study chairman",
)
PARTY_TYPE: Table = _table(
    SPONSOR="sponsor",
    PRINCIPAL_INVESTIGATOR="principal investigator",
    SPONSOR_INVESTIGATOR="sponsor-investigator|sponsor investigator",
)
HEALTHY: Table = _table(
    YES="yes|true|accepts healthy volunteers|accepted|healthy volunteers|healthy volunteers accepted|accepts healthy",
    NO="no|false|no healthy volunteers|not accepted|does not accept healthy volunteers|patients only",
)
_PHASES: dict[str, tuple[Phase, ...]] = {
    "1": ("PHASE1",), "i": ("PHASE1",), "2": ("PHASE2",), "ii": ("PHASE2",), "3": ("PHASE3",), "iii": ("PHASE3",),
    "4": ("PHASE4",), "iv": ("PHASE4",), "1a": ("PHASE1",), "1b": ("PHASE1",), "ib": ("PHASE1",), "ia": ("PHASE1",),
    "2a": ("PHASE2",), "2b": ("PHASE2",), "iia": ("PHASE2",), "iib": ("PHASE2",), "3a": ("PHASE3",), "3b": ("PHASE3",),
    "iiia": ("PHASE3",), "iiib": ("PHASE3",), "n a": ("NA",), "na": ("NA",), "not applicable": ("NA",), "early 1": ("EARLY_PHASE1",),
    "early1": ("EARLY_PHASE1",), "early i": ("EARLY_PHASE1",), "early phase 1": ("EARLY_PHASE1",), "early phase1": ("EARLY_PHASE1",),
    "not applicable n a": ("NA",), "phase 0": ("EARLY_PHASE1",), "none": ("NA",), "not selected": ("NA",), "not specified": (),
}  # fmt: skip
_ORDER = ("EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4", "NA")
_EUCTR_PHASE = re.compile(r"\(phase\s+(i{1,3}|iv)\)\s*:\s*(yes|no)?", re.I)


# the fields whose words a table shows as the source prints them
SHOWN: Mapping[str, Table] = {
    "overall_status": STATUS,
    "study_type": STUDY_TYPE,
    "allocation": ALLOCATION,
    "intervention_model": INTERVENTION_MODEL,
    "primary_purpose": PRIMARY_PURPOSE,
    "masking": MASKING,
    "sex": SEX,
    "arm_groups.type": ARM_TYPE,
    "interventions.type": INTERVENTION_TYPE,
    "phases": {word if "phase" in word else f"phase {word}": terms[0] for word, terms in _PHASES.items() if len(terms) == 1},
}


@lru_cache(maxsize=256)
def words_for(field: str, term: str) -> tuple[str, ...]:
    """The words of sources that are read as *term* in that field of a record, folded as by ``fold_word``, the longest first."""
    return tuple(sorted((word for word, read in SHOWN.get(field, {}).items() if read == term), key=lambda word: (-len(word), word)))


def look_up(table: Table, word: str) -> str | None:
    """The term of *word* in *table*, or None when the word is not in it."""
    return table.get(fold_word(word))


@lru_cache(maxsize=1024)  # a register writes them in few ways
def parse_phases(text: str) -> tuple[Phase, ...] | None:
    """The phases of ``Phase 1/Phase 2``, ``PHASE2, PHASE3``, ``II-III``, ``N/A``, sorted; None when a part is not a phase."""
    if flags := _EUCTR_PHASE.findall(text):
        return _sorted([_PHASES[number.lower()][0] for number, said in flags if said.lower() == "yes"])
    whole = fold_word(text)
    if whole in _PHASES:
        return _PHASES[whole]
    found: list[Phase] = []
    for part in re.split(r"[/,;|&+]|\band\b|\bor\b|\bto\b|(?<=[0-9iv])\s*[-–]\s*(?=phase|[0-9iv])|\s(?=phase)", fold_blanks(text).lower()):
        key = re.sub(r"^(early )?\s*phase[\s_:-]*", r"\1", fold_word(part)).strip()
        if not key:
            continue
        if key not in _PHASES:
            return None
        found.extend(_PHASES[key])
    return _sorted(found) if found else None


def _sorted(phases: list[Phase]) -> tuple[Phase, ...]:
    return tuple(sorted(set(phases), key=_ORDER.index))


_ROLES = re.compile(r"[,;/]| and ")
_MASKINGS = (None, "SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE")


@lru_cache(maxsize=1024)
def parse_masking(text: str) -> tuple[str | None, tuple[str, ...]]:
    """(masking, who is masked) of ``Double (Participant, Investigator)``; masking None when the word is not in the table.

    'Double blind' with three or four roles is the registry's old wording: DOUBLE_LEGACY; with two or no roles it is DOUBLE. Where the
    roles alone are named, 'Participant and Investigator Blinded', their number is the masking, if each of them is known.
    """
    text = re.sub(r"\(\s*masking roles?\s*:\s*", "(", text, flags=re.I)
    if named := re.fullmatch(r"([^(]*) (?:blind|mask)ed", text.strip(), re.I):
        roles = [look_up(MASKED, part) for part in _ROLES.split(named[1]) if part.strip()]
        known = tuple(dict.fromkeys(term for term in roles if term))
        if known:
            return (_MASKINGS[len(known)] if all(roles) else None), known
    found = re.fullmatch(r"([^(]*)(?:\(([^)]*)\)\s*\.?)?", text.strip())
    if not found:
        return None, ()
    masking = look_up(MASKING, found[1]) or look_up(MASKING, text)
    who = tuple(term for part in _ROLES.split(found[2] or "") if (term := look_up(MASKED, part)))
    if masking == "DOUBLE_LEGACY" and len(who) < 3:
        masking = "DOUBLE"
    return masking, tuple(dict.fromkeys(who))


def parse_status(text: str) -> tuple[str | None, str | None]:
    """(status, why the study stopped) of ``Withdrawn (no funding)`` or ``Terminated: few came``; status None when the word is not known."""
    if term := look_up(STATUS, text):
        return term, None
    found = re.fullmatch(r"([^(:]{1,100})(?:\((?P<inside>.*)\)|:(?P<after>.*))", text.strip(), re.S)
    term = look_up(STATUS, found[1]) if found else None
    if not found or term not in ("WITHDRAWN", "TERMINATED", "SUSPENDED"):
        return None, None
    return term, (found["inside"] or found["after"] or "").strip() or None
