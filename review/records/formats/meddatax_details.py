"""The sections of a MedDataX study page that hold lists: values, design, arms, criteria, sponsors, places, identifiers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from review.model.record import Identifier, Intervention, Lines, Official, ProblemCode, ResponsibleParty, Sponsor
from review.records.build import RecordDraft
from review.records.countries import country_code
from review.records.criteria import read_criteria
from review.records.dates import parse_age
from review.records.formats import meddatax_blocks as blocks
from review.records.identifiers import find, recognise
from review.records.lines import Line
from review.records.sections import Section, Sections
from review.records.vocabulary import (
    ALLOCATION,
    HEALTHY,
    INTERVENTION_MODEL,
    MASKED,
    MASKING,
    OFFICIAL_ROLE,
    PARTY_TYPE,
    PRIMARY_PURPOSE,
    SEX,
    look_up,
    parse_masking,
)
from review.text import fold_blanks

_LEFTOVER = re.compile(r"(?:\d{1,3} (?:years?|months?|weeks?|days?)|all|male|female|yes|no|n/a)", re.I)
_ROLE_WORDS = re.compile(r"outcomes?[ _]assessors?|care[ _]?givers?|care[ _]providers?|participants?|subjects?|investigators?", re.I)
_OFFICE = re.compile(
    r"\b(?:universit|hospital|institut|cent(?:er|re)\b|college|clinic\b|inc\b|ltd|gmbh|pharma|department|school of|foundation)", re.I
)


def joined_values(draft: RecordDraft, parts: Sections, key: str) -> None:
    section = parts.first(key)
    lines = section.filled if section else []
    for line in lines:
        for value in line.chips or (line.text,):
            draft.add(key, value, line)
    if len(lines) == 1 and not lines[0].chips and not lines[0].marker and " " in lines[0].text:
        note = f"the page prints its {key} in one line without separators; they were not taken apart"
        draft.problem(ProblemCode.CONDITIONS_UNSPLIT, key, note, lines)


_DESIGN: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("allocation", "allocation", ALLOCATION),
    ("model", "intervention_model", INTERVENTION_MODEL),
    ("purpose", "primary_purpose", PRIMARY_PURPOSE),
    ("masking", "masking", MASKING),
)


def design(draft: RecordDraft, parts: Sections) -> None:
    printed: list[str] = []
    where: list[Line] = []
    for key, name, table in _DESIGN:
        section = parts.first(key)
        if section is None or not section.value:
            continue
        if key == "masking":
            _masking(draft, section)
        else:
            draft.word(name, table, section.value, section.value_lines)
        head = (
            section.head.plain.partition(":")[0]
            if section.head and not section.head.cells
            else section.head.cells[0]
            if section.head
            else key
        )
        printed.append(f"{head}: {section.value}")
        where += [*([section.head] if section.head else []), *section.value_lines]
    perspective = parts.first("perspective")
    if perspective and perspective.value:
        printed.append(f"{perspective.label}: {perspective.value}")
        where += [*([perspective.head] if perspective.head else []), *perspective.value_lines]
    draft.put("design_raw", " | ".join(printed), where)
    section = parts.first("design")
    loose = section.filled if section else []
    for line in loose:
        homes = [(name, table) for _, name, table in _DESIGN if look_up(table, line.plain)]
        if len(homes) == 1 and line.plain.isupper() and draft.get(homes[0][0]) is None:
            draft.word(*homes[0], line.plain, line)
    if loose:
        draft.problem(ProblemCode.LOSSY_CAPTURE, None, "values of the study design stand without labels", loose)


def _masking(draft: RecordDraft, section: Section) -> None:
    masking, who = parse_masking(section.value)
    if masking is None:
        draft.unknown("masking", section.value, section.value_lines)
        return
    more = " ".join(line.plain for line in section.filled if line not in section.value_lines)
    found = [*who, *(term for word in _ROLE_WORDS.findall(more) if (term := look_up(MASKED, word)))]
    draft.put("masking", masking, section.value_lines)
    draft.put("who_masked", tuple(dict.fromkeys(found)), section.filled)


def groups(draft: RecordDraft, parts: Sections) -> None:
    """Arms and interventions; an intervention that an arm lists and the list of interventions repeats is one."""
    section = parts.first("groups")
    listed: list[tuple[Intervention, Lines]] = []
    labels: dict[str, list[str]] = {}
    for arm, given, where in blocks.arms(section.lines if section else ()):
        draft.add("arm_groups", arm, where)
        for one in given:
            labels.setdefault(one.name, []).append(arm.label or "")
            listed.append((one, where))
    section = parts.first("interventions")
    own = list(blocks.interventions(section.lines if section else ()))
    seen: set[str] = set()
    for one, where in own or listed:
        if one.name not in seen or own:
            draft.add("interventions", one.model_copy(update={"arm_group_labels": tuple(labels.get(one.name, ()))}), where)
        seen.add(one.name)
    loose = [s for key in ("groups", "interventions") if (s := parts.first(key)) and s.filled]
    if loose and not draft.get("arm_groups") and not draft.get("interventions"):
        note = "arms and interventions stand without the lines that tell their type; they were not taken apart"
        draft.problem(ProblemCode.LOSSY_CAPTURE, "arm_groups", note, [line for s in loose for line in s.filled])


def criteria(draft: RecordDraft, parts: Sections) -> None:
    section = parts.first("criteria")
    lines = list(section.lines) if section else []
    loose = []
    while lines and (not lines[-1].plain or (_LEFTOVER.fullmatch(lines[-1].plain) and not lines[-1].marker)):
        line = lines.pop()
        loose += [line] if line.plain else []
    for line in loose:
        if line.plain in ("ALL", "FEMALE", "MALE"):
            draft.word("sex", SEX, line.plain, line)
    if loose:
        draft.problem(ProblemCode.LOSSY_CAPTURE, None, "ages, sex or volunteers stand without labels after the criteria", loose)
    if any(line.plain for line in lines):
        value = read_criteria(lines)
        draft.eligibility(value)
        if value.unclassified and not value.inclusion and not value.exclusion:
            note = "the page does not say which criteria include and which exclude"
            draft.problem(ProblemCode.CRITERIA_UNSPLIT, "eligibility.unclassified", note, value.raw_lines)
    for name in ("minimum_age", "maximum_age"):
        section = parts.first(name)
        if section and section.value:
            age = parse_age(section.value)
            if age is None:
                draft.unknown(name, section.value, section.value_lines)
            draft.put(name, age, section.value_lines)
    sex, healthy = parts.first("sex"), parts.first("healthy")
    if sex and sex.value:
        draft.word("sex", SEX, sex.value, sex.value_lines)
    if healthy and healthy.value:
        said = look_up(HEALTHY, healthy.value)
        draft.put("healthy_volunteers", None if said is None else said == "YES", healthy.value_lines)


def sponsors(draft: RecordDraft, parts: Sections) -> None:
    section = parts.first("sponsors")
    for role, name, agency, block in blocks.sponsors(section.lines if section else ()):
        raw = name if role == "lead" else None
        sponsor = Sponsor.model_validate({"name": name, "name_raw": raw, "agency_class": agency})
        if role == "lead" and draft.get("lead_sponsor") is None:
            draft.put("lead_sponsor", sponsor, block.lines)
        elif role == "collaborator":
            draft.add("collaborators", sponsor, block.lines)
        else:
            draft.unknown("collaborators", f"{name}: {role}", block.lines)
    if section and section.filled and draft.get("lead_sponsor") is None:
        draft.problem(ProblemCode.LOSSY_CAPTURE, "lead_sponsor", "no line says which sponsor leads; none was taken for it", section.filled)


def responsible(draft: RecordDraft, parts: Sections) -> None:
    section = parts.first("responsible")
    role = re.compile(r"Responsibility Role:?\s*(?P<word>.*)", re.I)
    lines = [line for line, word, _ in blocks.marked(section.lines if section else (), role) if word is None]
    kind = next((word for _, word, _ in blocks.marked(section.lines if section else (), role) if word is not None), None)
    if not section or kind is None:
        return
    values: dict[str, str | None] = {"type": look_up(PARTY_TYPE, kind)}
    for n, line in enumerate(lines):
        name = "name" if n == 0 else "affiliation" if _OFFICE.search(line.plain) or "title" in values else "title"
        values.setdefault(name, line.plain)
    draft.put("responsible_party", ResponsibleParty.model_validate(values), section.filled)


def places(draft: RecordDraft, parts: Sections) -> None:
    section = parts.first("officials")
    for block in blocks.officials(section.lines if section else ()):
        role = look_up(OFFICIAL_ROLE, block.word)
        official = {"name": block.before[0].plain, "role": role, "affiliation": ", ".join(line.plain for line in block.after) or None}
        draft.add("overall_officials", Official.model_validate(official), block.lines)
    section = parts.first("central")
    for contact, where in blocks.contacts(section.lines if section else (), "CENTRAL"):
        draft.add("contacts", contact, where)
    section = parts.first("locations")
    places = list(blocks.sites(section.lines if section else ()))
    facility = parts.first("facility")
    local = list(blocks.contacts(facility.lines if facility else (), None))
    if len(places) == 1:
        places = [(places[0][0].model_copy(update={"contacts": tuple(c for c, _ in local)}), places[0][1])]
    else:
        for contact, where in local:
            draft.add("contacts", contact.model_copy(update={"role": "FACILITY"}), where)
        if local:
            note = f"the page does not say to which of {len(places)} sites these contacts belong"
            draft.problem(ProblemCode.FACILITY_CONTACT_SCOPE, "locations", note, facility.filled if facility else None)
    for place, where in places:
        draft.add("locations", place, where)
    _countries(draft, parts)


def _countries(draft: RecordDraft, parts: Sections) -> None:
    section = parts.first("countries")
    for line in section.filled if section else []:
        for name in line.chips or _side_by_side(line.text):
            draft.add("countries", name, line)
    if section is None or not section.filled:
        for n, place in enumerate(draft.get("locations") or []):
            if place.country and place.country not in (draft.get("countries") or []):
                draft.add("countries", place.country, draft.span(f"locations[{n}]"))


def _side_by_side(text: str) -> list[str]:
    """Country names that stand in one line without separators; the line itself where they are not all known."""
    if country_code(text):
        return [text]
    words, found = text.split(" "), []
    while words:
        size = next((n for n in range(len(words), 0, -1) if country_code(" ".join(words[:n]))), 0)
        if not size:
            return [text]
        found.append(" ".join(words[:size]))
        words = words[size:]
    return found


def other_identifiers(draft: RecordDraft, parts: Sections) -> None:
    section = parts.first("identifiers")
    read_lines = 0
    for value, kind, source, where in blocks.identifiers(section.lines if section else ()):
        read_lines += 1
        known = recognise(value)
        if source == "org_study_id":
            draft.identifier(value, where)
        elif known:
            draft.identifier(known.value, where)
        else:
            issuer = source if source and source != "secondary_id" else fold_blanks(kind.replace("_", " ")) or None
            draft.add("identifiers", Identifier(type="OTHER", value=value, role="secondary", issuer=issuer), where)
    for line in section.filled if section and not read_lines else []:
        draft.identifier(line.plain, line, fallback="OTHER")


def related(draft: RecordDraft, parts: Sections) -> None:
    own = {i.value for i in draft.get("identifiers") or []}
    for section in parts.all("related"):
        for line in section.filled:
            for found in find(line.plain):
                if found.type == "NCT" and found.value not in own:
                    own.add(found.value)
                    draft.add("related_record_ids", found.value, line)
