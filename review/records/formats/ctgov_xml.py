"""Reads the XML that ClinicalTrials.gov gave for a study until 2024: one ``<clinical_study>`` a file, or several in one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree

from review.model.record import ArmGroup, Contact, CountType, Intervention, Location, Official, Outcome, ResponsibleParty, Sponsor
from review.records import register_fields as put
from review.records import vocabulary as words
from review.records.build import Context, RecordDraft
from review.records.dates import parse_age
from review.records.formats import Format, Item, text_of_lines
from review.records.source import Source
from review.records.xml_entries import XmlEntry, marks_of
from review.records.xml_values import XmlValues, registrations
from review.text import fold_blanks

NAME: Final = "ctgov_xml"
SITE: Final = "ClinicalTrials.gov"
# element -> field, for texts that are put in as they stand
FIELDS: Final[Mapping[str, str]] = {
    "brief_title": "brief_title", "official_title": "official_title", "acronym": "acronym", "why_stopped": "why_stopped",
    "brief_summary/textblock": "brief_summary", "detailed_description/textblock": "detailed_description",
}  # fmt: skip
_WORDS: Final = {
    "overall_status": ("overall_status", words.STATUS),
    "study_type": ("study_type", words.STUDY_TYPE),
    "study_design_info/allocation": ("allocation", words.ALLOCATION),
    "study_design_info/intervention_model": ("intervention_model", words.INTERVENTION_MODEL),
    "study_design_info/observational_model": ("intervention_model", words.INTERVENTION_MODEL),
    "study_design_info/primary_purpose": ("primary_purpose", words.PRIMARY_PURPOSE),
    "eligibility/gender": ("sex", words.SEX),
}
_DATES: Final = {
    "study_first_submitted": "first_submitted", "study_first_posted": "first_posted", "start_date": "start",
    "primary_completion_date": "primary_completion", "completion_date": "completion", "last_update_posted": "last_update",
    "results_first_posted": "results_posted",
}  # fmt: skip
_TYPES: Final[Mapping[str, CountType]] = {
    "Actual": "ACTUAL", "Anticipated": "ESTIMATED", "Estimate": "ESTIMATED", "Estimated": "ESTIMATED",
}  # fmt: skip
_READ: Final = frozenset(
    "id_info sponsors oversight_info primary_outcome secondary_outcome other_outcome condition arm_group intervention eligibility"
    " overall_official overall_contact overall_contact_backup location location_countries responsible_party keyword phase enrollment"
    " required_header brief_summary detailed_description study_design_info clinical_results reference results_reference".split()
) | {path.partition("/")[0] for path in (*FIELDS, *_WORDS, *_DATES)}


def detect(source: Source) -> float:
    """Certain when the register's own element is at the beginning."""
    head = source.head_text
    return 0.98 if "<clinical_study" in head and ("<id_info" in head or "<required_header" in head or "<nct_id" in head) else 0.0


def read(source: Source, context: Context) -> Iterator[Item]:
    """One record a ``<clinical_study>``; one without number and title is refused."""
    return registrations(source, context, "clinical_study", _draft, name=NAME, site=SITE, lacks="the study has no NCT number and no title")


def _draft(entry: XmlEntry) -> RecordDraft | None:
    study = XmlValues(entry)
    if not (study.text("id_info/nct_id") or study.text("brief_title") or study.text("official_title")):
        return None
    draft = RecordDraft("trial_registration")
    draft.note(register=SITE, record_url=study.text("required_header/url") or None)
    draft.identifier(study.text("id_info/nct_id"), study.lines("id_info/nct_id"), primary=True)
    for path in ("id_info/org_study_id", "id_info/secondary_id", "id_info/nct_alias"):
        for one in study.all(path):
            draft.identifier(fold_blanks(one.text or ""), study.entry.lines_of(one))
            if path == "id_info/nct_alias":
                draft.keep("nctIdAliases", fold_blanks(one.text or ""))  # named as in the JSON of the register
    for path, field in FIELDS.items():
        draft.put(field, study.prose(path) if "/" in path else study.text(path), study.lines(path))
    for path, (field, table) in _WORDS.items():
        draft.word(field, table, study.text(path), study.lines(path))
    for path, field in _DATES.items():
        draft.date(field, study.text(path), study.lines(path), count_type=_TYPES.get(study.attribute(path, "type")))
    put.put_phases(draft, study.text("phase"), study.lines("phase"))
    _masking(draft, study)
    _size(draft, study)
    _sponsors(draft, study)
    _arms(draft, study)
    _eligibility(draft, study)
    _places(draft, study)
    for path, field in (("condition", "conditions"), ("keyword", "keywords")):
        for one in study.all(path):
            draft.add(field, fold_blanks(one.text or ""), study.entry.lines_of(one))
    if study.root.find("clinical_results") is not None or draft.get("dates.results_posted"):
        draft.put("has_results", True, study.lines("clinical_results") or study.lines("results_first_posted"))
    for tag, kind in (("results_reference", "result"), ("reference", "unspecified")):  # kept as the reader of the JSON keeps them
        for one in study.all(tag):
            number, citation = study.text("PMID", one), study.text("citation", one)
            said = ". ".join(part for part in (f"PMID {number}" if number else "", citation) if part)
            draft.keep(f"references_{kind}", said)
    for one in study.root:
        if isinstance(one.tag, str) and one.tag not in _READ:
            draft.keep(one.tag, fold_blanks(" ".join(one.itertext())))
    return draft


def _masking(draft: RecordDraft, study: XmlValues) -> None:
    path = "study_design_info/masking"
    if said := study.text(path):
        term, who = words.parse_masking(said)
        draft.put("masking", term, study.lines(path))
        draft.put("who_masked", who, study.lines(path))
        if term is None:
            draft.unknown("masking", said, study.lines(path))
    parts = [f"{one.tag.replace('_', ' ').capitalize()}: {fold_blanks(one.text or '')}" for one in study.all("study_design_info/*")]
    draft.put("design_raw", " | ".join(parts), study.lines("study_design_info"))


def _size(draft: RecordDraft, study: XmlValues) -> None:
    put.put_size(draft, study.text("enrollment"), study.lines("enrollment"))
    made, kind = draft.get("enrollment"), _TYPES.get(study.attribute("enrollment", "type"))
    if made is not None and kind:
        draft.put("enrollment", made.model_copy(update={"type": kind}), study.lines("enrollment"))


def _sponsors(draft: RecordDraft, study: XmlValues) -> None:
    for path, lead in (("sponsors/lead_sponsor", True), ("sponsors/collaborator", False)):
        for one in study.all(path):
            name, said = study.text("agency", one), study.text("agency_class", one)
            if name:
                kind = words.look_up(words.AGENCY, said) if said else None
                made = Sponsor.model_validate({"name": name, "name_raw": name, "agency_class": kind})
                where = study.entry.lines_of(one)
                draft.put("lead_sponsor", made, where) if lead else draft.add("collaborators", made, where)
    if type_ := words.look_up(words.PARTY_TYPE, study.text("responsible_party/responsible_party_type")):
        parts = {"name": "investigator_full_name", "title": "investigator_title", "affiliation": "investigator_affiliation"}
        told = {name: study.text(f"responsible_party/{path}") or None for name, path in parts.items()}
        draft.put("responsible_party", ResponsibleParty.model_validate({**told, "type": type_}), study.lines("responsible_party"))
    for one in study.all("overall_official"):
        if name := _person(study, one):
            role = words.look_up(words.OFFICIAL_ROLE, study.text("role", one))
            said = {"name": name, "role": role, "affiliation": study.text("affiliation", one) or None}
            draft.add("overall_officials", Official.model_validate(said), study.entry.lines_of(one))


def _person(study: XmlValues, one: etree._Element) -> str:
    parts = [study.text(name, one) for name in ("first_name", "middle_name", "last_name")]
    degrees = study.text("degrees", one)
    return " ".join(part for part in parts if part) + (f", {degrees}" if degrees else "")


def _arms(draft: RecordDraft, study: XmlValues) -> None:
    for one in study.all("arm_group"):
        label, kind = study.text("arm_group_label", one), study.text("arm_group_type", one)
        term = words.look_up(words.ARM_TYPE, kind) if kind else None
        made = ArmGroup.model_validate({"label": label or None, "type": term, "description": study.text("description", one) or None})
        draft.add("arm_groups", made, study.entry.lines_of(one))
    for one in study.all("intervention"):
        name, kind = study.text("intervention_name", one), study.text("intervention_type", one)
        if name:
            told = {
                "name": name,
                "type": words.look_up(words.INTERVENTION_TYPE, kind) if kind else None,
                "description": study.text("description", one) or None,
                "other_names": [fold_blanks(n.text or "") for n in one.findall("other_name")],
                "arm_group_labels": [fold_blanks(n.text or "") for n in one.findall("arm_group_label")],
            }
            draft.add("interventions", Intervention.model_validate(told), study.entry.lines_of(one))
    for path, field in (
        ("primary_outcome", "primary_outcomes"),
        ("secondary_outcome", "secondary_outcomes"),
        ("other_outcome", "other_outcomes"),
    ):
        for one in study.all(path):
            if measure := study.text("measure", one):
                frame, more = study.text("time_frame", one) or None, study.text("description", one) or None
                draft.add(field, Outcome(measure=measure, time_frame=frame, description=more), study.entry.lines_of(one))


def _eligibility(draft: RecordDraft, study: XmlValues) -> None:
    found = study.root.find("eligibility/criteria")
    if found is not None:
        put.put_criteria(draft, ("".join(found.itertext()), study.entry.lines_of(found)))
    for field in ("minimum_age", "maximum_age"):
        if raw := study.text(f"eligibility/{field}"):
            age = parse_age(raw, field)
            if age is None:
                draft.unknown(field, raw, study.lines(f"eligibility/{field}"))
            draft.put(field, age, study.lines(f"eligibility/{field}"))
    said = {"accepts healthy volunteers": True, "yes": True, "no": False}.get(study.text("eligibility/healthy_volunteers").lower())
    draft.put("healthy_volunteers", said, study.lines("eligibility/healthy_volunteers"))


def _places(draft: RecordDraft, study: XmlValues) -> None:
    for one in study.all("location"):
        status = study.text("status", one)
        told = {name: study.text(f"facility/{path}", one) or None for name, path in (
            ("facility", "name"), ("city", "address/city"), ("state", "address/state"), ("country", "address/country"))}  # fmt: skip
        told["status"] = words.look_up(words.STATUS, status) if status else None
        draft.add("locations", Location.model_validate(told), study.entry.lines_of(one))
    for one in study.all("location_countries/country"):
        draft.add("countries", fold_blanks(one.text or ""), study.entry.lines_of(one))
    for path, role in (("overall_contact", "CENTRAL"), ("overall_contact_backup", "BACKUP")):
        for one in study.all(path):
            told = {
                "name": _person(study, one) or None,
                "phone": study.text("phone", one) or None,
                "email": study.text("email", one) or None,
            }
            if any(told.values()):
                draft.add("contacts", Contact.model_validate({**told, "role": role}), study.entry.lines_of(one))


FORMAT: Final = Format(
    NAME,
    "ClinicalTrials.gov XML (older)",
    detect,
    read,
    text_of_lines,
    lambda source: marks_of(source, "clinical_study"),
    FIELDS,
    tried=False,
)
