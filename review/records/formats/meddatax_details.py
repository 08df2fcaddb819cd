"""The sections of a MedDataX study page that hold lists: values, design, arms, criteria, sponsors, places, identifiers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from review.model.identifiers import find, recognise
from review.model.record import Identifier, Intervention, Lines, Official, ProblemCode, ResponsibleParty, Sponsor
from review.records.build import RecordDraft
from review.records.countries import country_code
from review.records.criteria import read_criteria
from review.records.dates import parse_age
from review.records.fixed_sentences import is_blurb
from review.records.formats import meddatax_blocks as blocks
from review.records.lines import Line, span_of
from review.records.people import contact_part
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
    TRIAL_MODEL,
    look_up,
    parse_masking,
)
from review.text import fold_blanks, fold_word

_LEFTOVER = re.compile(r"(?:\d{1,3} (?:years?|months?|weeks?|days?)|all|male|female|yes|no|n/a)", re.I)
_ROLE_WORDS = re.compile(r"outcomes?[ _]assessors?|care[ _]?givers?|care[ _]providers?|participants?|subjects?|investigators?", re.I)
_OFFICE = re.compile(
    r"\b(?:universit|hospital|institut|cent(?:er|re)\b|college|clinic\b|inc\b|ltd|gmbh|pharma|department|school of|foundation)", re.I
)
_POST = re.compile(
    r"(?:(?:associate|assistant|adjunct|clinical|full|emeritus|senior|deputy|vice|medical|study|attending|head|chief)\b[\s,-]*)*"
    r"(?:prof(?:essor)?|director|physicians?|doctor|consultant|lecturer|chair(?:man)?|surgeon|president|fellow|researcher|investigator|head"
    r"|chief|officer|manager|scientist|resident)\b",
    re.I,
)


def joined_values(draft: RecordDraft, parts: Sections, key: str, *, whole: bool) -> None:
    """Conditions or keywords; *whole*: headings do not get lost in this kind of page."""
    section = parts.first(key)
    lines = section.filled if section else []
    invited = next((n for n, line in enumerate(lines) if n and is_blurb(line.plain, running_text=False)), len(lines))
    parted = invited < len(lines)
    if parted:
        note = "a sentence of the site stands among the values: what follows it belongs to a section whose heading is lost"
        draft.problem(ProblemCode.LOSSY_CAPTURE, key, note, lines[invited:])
        lines = lines[:invited]
    loose = (
        key == "conditions"
        and not whole
        and not parted
        and not parts.has("keywords")
        and not any(line.chips or line.marker for line in lines)
    )
    if loose and len(lines) == 2:
        note = "two lines stand under the conditions: the second may be keywords without their heading, and was not placed"
        draft.problem(ProblemCode.LOSSY_CAPTURE, "keywords", note, lines.pop())
    if not parts.has("design"):
        lines = [line for line in lines if not (line.plain.isupper() and any(look_up(table, line.plain) for _, _, table in _DESIGN))]
    for line in lines:
        for value in line.chips or (line.text,):
            draft.add(key, value, line)
    if len(lines) == 1 and not lines[0].chips and not lines[0].marker and " " in lines[0].text:
        note = f"the page prints its {key} in one line without separators; they were not taken apart"
        draft.problem(ProblemCode.CONDITIONS_UNSPLIT, key, note, lines)


_TERM = re.compile(r"[A-Z_]+")  # as the site prints a design: 'NA' is an allocation, 'N/A' an age without limit
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
            trial = key == "model" and fold_word(section.label).startswith("intervention")
            draft.word(name, TRIAL_MODEL if trial else table, section.value, section.value_lines)
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
        if len(homes) == 1 and _TERM.fullmatch(line.plain) and draft.get(homes[0][0]) is None:
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
    lines, own_lines = ([line for s in parts.all(key) for line in s.lines] for key in ("groups", "interventions"))
    lost: list[Lines] = []
    if lines and not parts.has("interventions"):
        start = blocks.without_heading(lines)
        lines, own_lines = [line for line in lines if line.number < start], [line for line in lines if line.number >= start]
        lost += [span_of(own_lines)] if own_lines else []
    names, texts = blocks.listed(lines)
    own = list(blocks.interventions(own_lines, names, texts))
    listed: list[tuple[Intervention, Lines]] = []
    labels: dict[str, list[str]] = {}
    lost += [where for one, where in own if one is None]
    for arm, given, where, whole in blocks.arms(lines, {one.name: one.description for one, _ in own if one}):
        if arm:
            draft.add("arm_groups", arm, where)
        lost += [] if whole else [where]
        for one in given:
            labels.setdefault(one.name, []).append((arm.label if arm else None) or "")
            listed.append((one, where))
    seen: set[str] = set()
    for found, where in own or listed:
        if found and (own or found.name not in seen):
            draft.add("interventions", found.model_copy(update={"arm_group_labels": tuple(labels.get(found.name, ()))}), where)
            seen.add(found.name)
    if lost:
        note = "arms and interventions stand without the lines that tell their name or type; they were not placed"
        draft.problem(ProblemCode.LOSSY_CAPTURE, "arm_groups", note, min(lost))
    elif (lines or own_lines) and not draft.get("arm_groups") and not draft.get("interventions"):
        note = "arms and interventions stand without the lines that tell their type; they were not taken apart"
        draft.problem(ProblemCode.LOSSY_CAPTURE, "arm_groups", note, [*lines, *own_lines])


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
            age = parse_age(section.value, name)
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
    lost: list[Lines] = []
    for role, name, agency, block in blocks.sponsors(section.lines if section else ()):
        raw = name if role == "lead" else None
        sponsor = Sponsor.model_validate({"name": name, "name_raw": raw, "agency_class": agency}) if name else None
        if not role or not sponsor:
            lost.append(block.lines)
        elif role == "lead" and draft.get("lead_sponsor") is None:
            draft.put("lead_sponsor", sponsor, block.lines)
        elif role == "collaborator":
            draft.add("collaborators", sponsor, block.lines)
        else:
            draft.unknown("collaborators", f"{name}: {role}", block.lines)
    if lost:
        draft.problem(ProblemCode.LOSSY_CAPTURE, "collaborators", "sponsors stand without their role or name; not placed", lost[0])
    if section and section.filled and draft.get("lead_sponsor") is None:
        draft.problem(ProblemCode.LOSSY_CAPTURE, "lead_sponsor", "no line says which sponsor leads; none was taken for it", section.filled)


def responsible(draft: RecordDraft, parts: Sections) -> None:
    section = parts.first("responsible")
    role = re.compile(r"Responsibility Role:?\s*(?P<word>.*)", re.I)
    entries = list(blocks.marked(section.lines if section else (), role))
    end, kind = next(((n, word) for n, (_, word, _) in enumerate(entries) if word is not None), (len(entries), None))
    lines = [line for line, _, _ in entries[:end] if not line.plain.startswith("Role:")]  # below the role a lost heading's lines may stand
    if not section or kind is None:
        if lines:
            draft.problem(ProblemCode.LOSSY_CAPTURE, "responsible_party", "no line says how this party is responsible", lines)
        return
    values: dict[str, str | None] = {"type": look_up(PARTY_TYPE, kind)}
    for line in [line for n, line in enumerate(lines) if not n or line.plain != lines[n - 1].plain]:
        name = "title" if _POST.match(line.plain) else "name" if "name" not in values else "title"
        name = "affiliation" if "name" in values and (_OFFICE.search(line.plain) or name in values) else name
        values.setdefault(name, line.plain)
    draft.put("responsible_party", ResponsibleParty.model_validate(values), section.filled)


def places(draft: RecordDraft, parts: Sections) -> None:
    lost: list[Lines] = []
    section = parts.first("officials")
    for block in blocks.officials(section.lines if section else ()):
        name, after = block.before[0].plain, block.after
        if _OFFICE.search(name) and not after:
            lost.append(block.lines)  # an office in the place of the name
            continue
        lost += [line.lines for line in after[1:]]
        official = {"name": name, "role": look_up(OFFICIAL_ROLE, block.word), "affiliation": after[0].plain if after else None}
        draft.add("overall_officials", Official.model_validate(official), block.lines)
    central, facility, section = parts.first("central"), parts.first("facility"), parts.first("locations")
    for contact, where in blocks.contacts(central.lines if central else (), "CENTRAL"):
        draft.add("contacts", contact, where)
        lost += [] if contact else [where]
    found = list(blocks.sites(section.lines if section else ()))
    sites = [(place, where) for place, where in found if place]
    local = list(blocks.contacts(facility.lines if facility else (), None))
    lost += [where for one, where in [*found, *local] if one is None]
    people = [(contact, where) for contact, where in local if contact]
    if len(sites) == 1:
        sites = [(sites[0][0].model_copy(update={"contacts": tuple(contact for contact, _ in people)}), sites[0][1])]
    elif people:
        for contact, where in people:
            draft.add("contacts", contact.model_copy(update={"role": "FACILITY"}), where)
        note = f"the page does not say to which of {len(sites)} sites these contacts belong"
        draft.problem(ProblemCode.FACILITY_CONTACT_SCOPE, "locations", note, facility.filled if facility else None)
    for place, where in sites:
        draft.add("locations", place, where)
    _countries(draft, parts)
    if lost:
        draft.problem(ProblemCode.LOSSY_CAPTURE, "locations", "people or places stand without their name or role; not placed", min(lost))


def _countries(draft: RecordDraft, parts: Sections) -> None:
    section = parts.first("countries")
    lines = section.filled if section else []
    told = any(":" in line.plain or contact_part(line.plain)[0] for line in lines)
    more = told and not parts.has("central")  # people, the heading of whom is lost
    other = [line for line in lines if more and not all(map(country_code, line.chips or _side_by_side(line.text)))]
    for line in lines:
        for name in line.chips or _side_by_side(line.text):
            if country_code(name) or not more:
                draft.add("countries", name, line)
    if other:
        draft.problem(ProblemCode.LOSSY_CAPTURE, "countries", "people stand among the countries, without their heading; not placed", other)
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
    lost: list[Lines] = []
    for value, kind, source, where in blocks.identifiers(section.lines if section else ()):
        read_lines += 1
        lost += [] if value and source else [where]
        if not value:
            continue
        known = recognise(value)
        if source == "org_study_id":
            draft.identifier(value, where)
        elif known:
            draft.identifier(known.value, where)
        else:
            issuer = source if source and source != "secondary_id" else fold_blanks(kind.replace("_", " ")) or None
            draft.add("identifiers", Identifier(type="OTHER", value=value, role="secondary", issuer=issuer), where)
    for line in section.filled if section and not read_lines else []:
        lost += [] if draft.identifier(line.plain, line, fallback=None) else [line.lines]
    if lost:
        note = "an identifier stands without its type or source, or these without an identifier"
        draft.problem(ProblemCode.LOSSY_CAPTURE, "identifiers", note, lost[0])


def related(draft: RecordDraft, parts: Sections) -> None:
    own = {i.value for i in draft.get("identifiers") or []}
    for section in parts.all("related"):
        for line in section.filled:
            for found in find(line.plain):
                if found.type == "NCT" and found.value not in own:
                    own.add(found.value)
                    draft.add("related_record_ids", found.value, line)
