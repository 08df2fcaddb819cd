"""ClinicalTrials.Veeva: a study page fed by ClinicalTrials.gov, with labels on lines of their own.

The sponsor shown is the parent organisation, funder types cover lead and collaborators together, and the number under the
contacts is a count of sites. A capture that lost its values is read as far as labels still stand over values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from review.model.identifiers import recognise
from review.model.record import ArmGroup, Contact, Enrollment, Identifier, Intervention, ProblemCode, Record, Sponsor
from review.records import register_values as register
from review.records.build import Context, RecordDraft
from review.records.criteria import read_criteria
from review.records.dates import parse_age_range, parse_date
from review.records.formats import page_format
from review.records.formats.veeva_groups import GROUPS, named, put_groups
from review.records.lines import Line, Page, paragraphs
from review.records.people import contact_part
from review.records.sections import Section, Sections, cut, is_sentence, one_value_each, without_values
from review.records.vocabulary import (
    AGENCY,
    ALLOCATION,
    HEALTHY,
    INTERVENTION_MODEL,
    PRIMARY_PURPOSE,
    SEX,
    STUDY_TYPE,
    look_up,
    parse_masking,
    parse_phases,
    parse_status,
)
from review.text import fold_word

NAME = "veeva_ctv"
SITE = "ClinicalTrials.Veeva (ctv.veeva.com)"

_LABELS = {
    "status and phase": "status", "status": "status", "phase": "phase", "conditions": "conditions",
    "treatments": "treatments", "study type": "study_type", "funder types": "funders",
    "funder type": "funders", "identifiers": "identifiers", "details and patient eligibility": "details", "about": "about",
    "full description": "description", "enrollment": "enrollment", "sex": "sex", "ages": "ages", "volunteers": "volunteers",
    "inclusion criteria": "criteria", "exclusion criteria": "criteria", "inclusion and exclusion criteria": "criteria",
    "inclusion exclusion criteria": "criteria", "eligibility criteria": "criteria",
    "trial design": "design",
    "primary purpose": "purpose", "allocation": "allocation", "interventional model": "model", "observational model": "model",
    "masking": "masking", "trial contacts and locations": "contacts", "trial contact and locations": "contacts",
    "central trial contact": "central", "central trial contacts": "central", "timeline": "timeline",
    "first submitted": "first_submitted", "start date": "start", "study start date": "start",
    "end date": "completion", "study end date": "completion", "study completion date": "completion", "completion date": "completion",
    "primary completion date": "primary_completion", "today": "today", "lead sponsor": "lead", "lead sponsors": "lead",
    "collaborating sponsor": "collaborators", "collaborating sponsors": "collaborators", "collaborators": "collaborators",
    "trial documents": "documents", "trial document": "documents", "why stopped": "stopped", "reason stopped": "stopped",
    "last updated": "last_update", "last update": "last_update", "data sourced from clinicaltrials gov": "end",
    "clinical trials": "end", "find clinical trials": "end", "resources": "end", "related trials": "end", "similar trials": "end",
}  # fmt: skip
_DATES = ("first_submitted", "start", "primary_completion", "completion", "last_update")
_INLINE = frozenset(("enrollment", "sex", "ages", "study_type", *_DATES))
_DESIGN = ("purpose", "allocation", "model", "masking")
_ALWAYS = ("status", "conditions", "study_type", "identifiers", "sex", "ages", "volunteers")
_ORDER = (
    "status stopped phase conditions treatments study_type funders identifiers details about description enrollment sex ages volunteers"
    " criteria design purpose allocation model masking documents contacts central timeline last_update first_submitted start today"
    " primary_completion completion lead collaborators end"
).split()
_SIGNS = frozenset(("status", "funders", "details", "identifiers", "volunteers", "contacts", "study_type", "treatments", "ages"))
_FURNITURE = frozenset(
    "clinicaltrials veeva|menu|search|log in|sign in|sign up|skip to main content|home|back|find clinical trials|find trials|share|save"
    "|print|loading|clinicaltrials veeva logo|veeva logo|clinical trials".split("|")
)
_AFTER_ARMS = frozenset(("documents", "contacts", "central", "end", "timeline", "lead"))
_LOGO = re.compile(r"(.+) logo", re.I)
_ENROLLED = re.compile(
    r"(?P<count>\d[\d,]*)\s*+(?P<estimated>estimated|anticipated|expected)?\s*+(?:patients?|participants?|subjects?|people)?", re.I
)
_ISSUED = re.compile(r"(?P<value>\S.*?) ?\((?P<issuer>[^()]+(?:\([^()]*\)[^()]*)*)\)")
_NEVER = ("official_title", "keywords", "primary_outcomes", "secondary_outcomes", "other_outcomes", "overall_officials",
          "dates.completion", "dates.primary_completion", "has_results", "ethics_review", "countries", "locations")  # fmt: skip


def detect(page: Page) -> float:
    """How surely *page* is one: by its own labels, most of which no other site has; its name alone is not enough."""
    seen = {_LABELS[key] for line in page.filled if not line.bullet and len(line.plain) < 60 and (key := fold_word(line.plain)) in _LABELS}
    score = 0.11 * len(seen & _SIGNS)
    text = page.filled
    if any(fold_word(line.plain) == "clinicaltrials veeva" for line in text[:6]):
        score += 0.3
    if any("Veeva Systems" in line.plain for line in text[-8:]):
        score += 0.1
    if "details" in seen or "volunteers" in seen:
        score += 0.15
    return min(score, 1.0) if len(seen & _SIGNS) >= 2 else 0.0


def read(page: Page, context: Context) -> Iterator[Record]:
    """The one record of the page."""
    draft = RecordDraft("trial_registration")
    parts = _cut(page)
    _title_and_sponsor(draft, parts)
    _status(draft, parts)
    alone, untyped = not parts.has("treatments"), not parts.has("study_type")
    for line in _values(parts, "conditions"):
        if (alone and named(line.text)[0]) or (untyped and look_up(STUDY_TYPE, line.text)):
            break  # of what stands below, its label lost
        for value in line.chips or (line.text,):
            draft.add("conditions", value, line)
    _identifiers(draft, parts)
    _texts(draft, parts)
    _people(draft, parts)
    _criteria(draft, page, parts)
    _design(draft, parts)
    _arms(draft, page, parts)
    _treatments(draft, parts)
    _contacts(draft, parts)
    _timeline(draft, parts)
    draft.identify_by_address(page, context, frozenset({"NCT"}))
    draft.not_on_page(*_NEVER)
    _lossy(draft, page, parts)
    draft.undecide_criteria(page)
    yield draft.finish(source_format=NAME, context=context, page=page, site=SITE)


def _cut(page: Page) -> Sections:
    """The page's sections; a heading of criteria is one with or without a colon, and ends at the trial's design."""
    return cut(page.lines, _LABELS, _INLINE, running=frozenset(("about", "description")), order=_ORDER)


def _values(parts: Sections, key: str) -> list[Line]:
    section = parts.first(key)
    return section.filled if section else []


def _title_and_sponsor(draft: RecordDraft, parts: Sections) -> None:
    """Title and sponsor stand before the first label, with a logo's letter or name between them."""
    lines = [line for line in parts.before if fold_word(line.plain) not in _FURNITURE]
    at = next((n for n, line in enumerate(lines) if _is_logo(line)), None)
    title = next((line for line in lines if line.level == 1), None) or next(iter(lines[:at]), None)
    if title is None:
        draft.problem(ProblemCode.NO_TITLE, "brief_title", "the capture holds no title")
    else:
        draft.put("brief_title", title.plain, title)
    logo = lines[at] if at is not None else None
    named_by = logo if logo and _LOGO.fullmatch(logo.plain) else None
    after = [line for line in lines if line.number > (logo or title or line).number and not _is_logo(line)]
    sure = len(parts.ordered) > 1 and parts.ordered[1].key in ("status", "phase")  # else values without labels stand here
    beginning = logo.plain.casefold() if logo and not named_by else None
    names = after[-1:] if sure else [line for line in after if beginning and line.plain.casefold().startswith(beginning)][:1]
    if title and not logo and not after:
        draft.problem(ProblemCode.LOSSY_CAPTURE, "lead_sponsor", "one line stands above the labels: it was taken for the title", title)
    if names:
        _sponsor(draft, parts, names[0], names[0].plain)
    elif named_by:
        _sponsor(draft, parts, named_by, _LOGO.fullmatch(named_by.plain)[1])  # type: ignore[index]


def _sponsor(draft: RecordDraft, parts: Sections, line: Line, name: str) -> None:
    funders = _values(parts, "funders")
    terms = [look_up(AGENCY, line.text) for line in funders]
    agency = terms[0] if len(terms) == 1 else None
    draft.put("lead_sponsor", Sponsor.model_validate({"name": name, "name_raw": name, "agency_class": agency}), line)
    if len(terms) > 1:
        note = "the funder types cover lead and collaborators together: " + ", ".join(line.text for line in funders)
        draft.problem(ProblemCode.SPONSOR_CLASS_UNDECIDED, "lead_sponsor.agency_class", note, funders)
    elif funders and agency is None:
        draft.unknown("lead_sponsor.agency_class", funders[0].text, funders)


def _is_logo(line: Line) -> bool:
    return bool(_LOGO.fullmatch(line.plain)) or len(line.plain) <= 2


def _status(draft: RecordDraft, parts: Sections) -> None:
    """The first line is the status, the others are phases; either may be missing, and then what stands below is no status."""
    phases: list[str] = []
    where: list[Line] = []
    unknown = False
    for line in [*_values(parts, "status"), *_values(parts, "phase")]:
        read_phases = parse_phases(line.text)
        if read_phases and ("phase" in fold_word(line.text) or read_phases == ("NA",)):
            phases += read_phases
            where.append(line)
        elif draft.get("overall_status") is None and not unknown:
            status, reason = parse_status(line.text)
            draft.put("overall_status", status, line)
            draft.put("why_stopped", reason, line)
            if status is None:
                unknown = True
                draft.unknown("overall_status", line.text, line)
        else:
            draft.unknown("phases", line.text, line)
    draft.put("phases", tuple(sorted(set(phases), key=lambda p: (p == "NA", p))), where)


def _identifiers(draft: RecordDraft, parts: Sections) -> None:
    for n, line in enumerate(_values(parts, "identifiers")):
        if is_sentence(line.text) or line.text.endswith(":") or _is_value(line):
            break  # of what stands below, its heading lost
        issued = _ISSUED.fullmatch(line.text)
        value = issued["value"] if issued else line.text
        if issued and recognise(value) is None:
            draft.add("identifiers", Identifier(type="OTHER", value=value, role="secondary", issuer=issued["issuer"]), line)
        else:
            known = recognise(value)
            draft.identifier(value, line, primary=n == 0 and bool(known and known.is_registration))


def _texts(draft: RecordDraft, parts: Sections) -> None:
    for key, field in (("about", "brief_summary"), ("description", "detailed_description")):
        section = parts.first(key)
        text, left = without_values(section.lines if section else (), _is_value)
        draft.put(field, paragraphs(text), text)
        if left:
            draft.problem(ProblemCode.LOSSY_CAPTURE, field, "values stand without their labels after this text; not placed", left)


def _is_value(line: Line) -> bool:
    """True for what a label below the running text has as its value, and what is no sentence."""
    counted = _ENROLLED.fullmatch(line.plain) and not line.plain.isdigit()
    aged = re.search(r"\bold$", line.plain) and parse_age_range(line.plain)
    return bool(counted or aged or line.plain in ("All", "Female", "Male") or look_up(HEALTHY, line.plain))


def _people(draft: RecordDraft, parts: Sections) -> None:
    _one(draft, parts, "study_type", "study_type", {word: term for word, term in STUDY_TYPE.items() if term != "OTHER"})
    _one(draft, parts, "sex", "sex", SEX)
    section = parts.first("enrollment")
    if section and section.value:
        _enrollment(draft, section)
    section = parts.first("ages")
    if section and section.value:
        ages = parse_age_range(section.value)
        if ages is None:
            draft.unknown("minimum_age", section.value, section.value_lines)
        else:
            draft.put("minimum_age", ages[0], section.value_lines)
            draft.put("maximum_age", ages[1], section.value_lines)
    section = parts.first("volunteers")
    if section and section.value:
        said = look_up(HEALTHY, section.value)
        if said:
            draft.put("healthy_volunteers", said == "YES", section.value_lines)
        else:
            draft.unknown("healthy_volunteers", section.value, section.value_lines)


def _one(draft: RecordDraft, parts: Sections, key: str, field: str, table: Mapping[str, str]) -> None:
    section = parts.first(key)
    if section and section.value:
        draft.word(field, table, section.value, section.value_lines)


def _enrollment(draft: RecordDraft, section: Section) -> None:
    found = _ENROLLED.fullmatch(section.value)
    count = register.whole_number(found["count"]) if found else None
    if not found or count is None:
        draft.unknown("enrollment", section.value, section.value_lines)
        return
    kind = "ESTIMATED" if found["estimated"] else "ACTUAL"
    draft.put("enrollment", Enrollment(count=count, type=kind, raw=section.value), section.value_lines)


def _criteria(draft: RecordDraft, page: Page, parts: Sections) -> None:
    """All criteria sections together: from the first heading to the last line before the next label."""
    found = [s for s in parts.all("criteria")]
    if not any(s.filled for s in found):
        return
    first = min(s.all_lines[0].number for s in found if s.all_lines)
    last = max(s.all_lines[-1].number for s in found if s.all_lines)
    lines = page.lines[first - 1 : last]
    end = next((n for n, line in enumerate(lines) if GROUPS.fullmatch(line.plain) or fold_word(line.plain) == "loading"), len(lines))
    lines, _ = without_values(lines[:end], lambda line: not line.marker and (line.plain.isdigit() or _is_design(line)))
    value = read_criteria(lines)
    draft.eligibility(value)
    if value.unclassified and not value.inclusion and not value.exclusion:
        note = "the page does not say which criteria include and which exclude"
        draft.problem(ProblemCode.CRITERIA_UNSPLIT, "eligibility.unclassified", note, value.raw_lines)


def _is_design(line: Line) -> bool:
    tables = (PRIMARY_PURPOSE, ALLOCATION, INTERVENTION_MODEL)
    return any(look_up(table, line.plain) for table in tables) or parse_masking(line.plain)[0] is not None


def _design(draft: RecordDraft, parts: Sections) -> None:
    printed: list[str] = []
    where: list[Line] = []
    tables = {
        "purpose": ("primary_purpose", PRIMARY_PURPOSE),
        "allocation": ("allocation", ALLOCATION),
        "model": ("intervention_model", INTERVENTION_MODEL),
    }
    for key in _DESIGN:
        section = parts.first(key)
        if section is None or not section.value or GROUPS.fullmatch(section.value):
            continue
        if key == "masking":
            masking, who = parse_masking(section.value)
            if masking:
                draft.put("masking", masking, section.value_lines)
                draft.put("who_masked", who, section.value_lines)
            else:
                draft.unknown("masking", section.value, section.value_lines)
        else:
            draft.word(*tables[key], section.value, section.value_lines)
        printed.append(f"{section.label}: {section.value}")
        where += section.all_lines[:1] + section.value_lines
    draft.put("design_raw", " | ".join(printed), where)


def _arms(draft: RecordDraft, page: Page, parts: Sections) -> None:
    """The blocks after 'N participants in K patient groups'."""
    filled = page.filled
    start = next((n for n, line in enumerate(filled) if GROUPS.fullmatch(line.plain)), None)
    if start is None:
        return
    end = next((n for n in range(start, len(filled)) if _LABELS.get(fold_word(filled[n].plain)) in _AFTER_ARMS), len(filled))
    loading = next((n for n in range(start, end) if fold_word(filled[n].plain) == "loading"), end)
    lines = filled[start : loading - 1 if loading < end and filled[loading - 1].plain.isdigit() else loading]
    put_groups(draft, lines, {line.plain for line in _own_treatments(parts)})


def _own_treatments(parts: Sections) -> list[Line]:
    """The lines under 'Treatments', which is also a heading inside a patient group."""
    section = next((s for s in parts.all("treatments") if s.filled and s.head and fold_word(s.head.plain) == "treatments"), None)
    lines = section.filled if section else []
    whole = parts.has("study_type")
    return [line for line in lines if whole or named(line.text)[0]]


def _treatments(draft: RecordDraft, parts: Sections) -> None:
    arms: list[ArmGroup] = draft.get("arm_groups") or []
    for line in _own_treatments(parts):
        kind, name = named(line.text)
        labels = tuple(arm.label for arm in arms if arm.label and name in arm.intervention_names)
        draft.add("interventions", Intervention.model_validate({"type": kind, "name": name, "arm_group_labels": labels}), line)


def _contacts(draft: RecordDraft, parts: Sections) -> None:
    section = parts.first("contacts")
    for line in section.filled[:2] if section else []:
        if re.fullmatch(r"[0-9]{1,5}", line.plain.replace(",", "")):
            draft.put("location_count", register.whole_number(line.plain), line)
            break
    central = parts.first("central")
    if not central:
        return
    contact: dict[str, str] = {}
    held: list[Line] = []
    for line in central.filled:
        kind, value = contact_part(line.plain)
        if fold_word(line.plain) in _FURNITURE:
            continue
        if parse_date(line.plain.partition("•")[0].strip()) or line.plain.startswith(("©", "Find clinical trials")):
            break  # the timeline or the foot of the page, its heading lost
        if kind:
            contact[kind] = value
            held.append(line)
            continue
        for name in value.split(";"):  # several contacts stand in one line
            if contact:
                draft.add("contacts", Contact(role="CENTRAL", **contact), held)
            contact, held = {"name": name.strip()}, [line]
    if contact:
        draft.add("contacts", Contact(role="CENTRAL", **contact), held)


def _timeline(draft: RecordDraft, parts: Sections) -> None:
    """Dates, each perhaps with its distance from today, and the sponsors by their own names, where the page has them."""
    for field in _DATES:
        section = parts.first(field)
        printed = section.value.partition("•")[0].strip() if section else ""
        if section and parse_date(printed):
            draft.date(field, printed, section.value_lines)
    for line in _values(parts, "lead"):
        draft.keep("Lead Sponsor", line.text)
    for line in _values(parts, "collaborators"):
        draft.add("collaborators", Sponsor(name=line.text), line)
    section = parts.first("stopped")
    if section and section.value:
        draft.put("why_stopped", section.value, section.value_lines)


def _lossy(draft: RecordDraft, page: Page, parts: Sections) -> None:
    """A capture is lossy when labels that always have a value stand empty or are gone; what is lost is then not known to be absent."""
    arms = next((line.number for line in page.filled if GROUPS.fullmatch(line.plain)), len(page.lines) + 1)
    empty, beyond = one_value_each(parts, ("study_type", "enrollment", "sex", "ages", "volunteers", *_DESIGN))
    beyond = [line for line in beyond if line.number < arms]
    empty += [key for key in ("status", "conditions", "identifiers") if parts.has(key) and not _values(parts, key)]
    missing = [key for key in (*_ALWAYS, "about", "criteria") if not parts.has(key)]
    if empty or missing or beyond:
        lost = ", ".join([*empty, *missing]) or "a label"
        draft.problem(ProblemCode.LOSSY_CAPTURE, None, f"labels stand without their values, or are missing: {lost}", beyond)


FORMAT = page_format(NAME, "ClinicalTrials.Veeva study page", detect, read)
