"""Reads the XML that the ISRCTN registry gives: one ``<fullTrial>`` a trial, its sponsors, funders and contacts beside the trial."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree

from review.model.record import Age, Contact, Enrollment, Intervention, Location, Outcome, Sponsor
from review.records import register_fields as put
from review.records import register_values as register
from review.records import vocabulary as words
from review.records.build import Context, RecordDraft
from review.records.dates import parse_age
from review.records.formats import Format, Item, text_of_lines
from review.records.source import Source
from review.records.xml_entries import XmlEntry, marks_of
from review.records.xml_values import XmlValues, registrations
from review.text import fold_blanks

NAME: Final = "isrctn_xml"
SITE: Final = "ISRCTN registry"
_NUMBERS: Final = ("eudraCTNumber", "clinicalTrialsGovNumber", "protocolSerialNumber", "irasNumber", "secondaryNumbers/secondaryNumber")
# element below <trial> -> field
FIELDS: Final[Mapping[str, str]] = {
    "isrctn": "identifiers", "trialDescription/title": "brief_title", "trialDescription/scientificTitle": "official_title",
    "trialDescription/acronym": "acronym", "trialDescription/studyHypothesis": "brief_summary",
    "trialDescription/plainEnglishSummary": "lay_summary", "trialDescription/primaryOutcome": "primary_outcomes",
    "trialDescription/secondaryOutcome": "secondary_outcomes", "trialDesign/primaryStudyDesign": "study_type",
    "trialDesign/studyDesign": "design_raw", "participants/inclusion": "eligibility.inclusion",
    "participants/exclusion": "eligibility.exclusion", "participants/gender": "sex",
    "participants/recruitmentCountries/country": "countries", "participants/targetEnrolment": "enrollment",
    "participants/totalFinalEnrolment": "enrollment", "conditions/condition/description": "conditions",
    "interventions/intervention": "interventions", "trialDesign/overallEndDate": "dates.completion",
    "participants/recruitmentStart": "dates.start",
}  # fmt: skip
_PROSE: Final = ("trialDescription/studyHypothesis", "trialDescription/plainEnglishSummary")


def detect(source: Source) -> float:
    """Certain when the registry's own elements are at the beginning."""
    head = source.head_text
    return 0.98 if "<fullTrial" in head and "<isrctn" in head else 0.6 if "<fullTrial" in head else 0.0


def read(source: Source, context: Context) -> Iterator[Item]:
    """One record a ``<fullTrial>``; one without number and title is refused."""
    return registrations(source, context, "fullTrial", _draft, name=NAME, site=SITE, lacks="the trial has no ISRCTN and no title")


def _without_namespaces(root: etree._Element) -> None:
    """The registry names its elements in a namespace of its own, which says nothing here."""
    for one in root.iter():
        if isinstance(one.tag, str) and one.tag.startswith("{"):
            one.tag = one.tag.rpartition("}")[2]


def _draft(entry: XmlEntry) -> RecordDraft | None:
    _without_namespaces(entry.element)
    trial = XmlValues(entry)
    if not (trial.text("trial/isrctn") or trial.text("trial/trialDescription/title")):
        return None
    draft = RecordDraft("trial_registration")
    draft.note(register=SITE)
    number = trial.text("trial/isrctn")
    draft.identifier(f"ISRCTN{number}" if number.isdigit() else number, trial.lines("trial/isrctn"), primary=True)
    for path in _NUMBERS:
        for one in trial.all(f"trial/externalRefs/{path}"):
            for part in put.parts("".join(one.itertext())):
                draft.identifier(part, trial.entry.lines_of(one))
    for path, field in FIELDS.items():
        if field in ("brief_title", "official_title", "acronym", "brief_summary", "lay_summary"):
            draft.put(field, trial.prose(f"trial/{path}") if path in _PROSE else trial.text(f"trial/{path}"), trial.lines(f"trial/{path}"))
    _design(draft, trial)
    _participants(draft, trial)
    for one in trial.all("trial/conditions/condition"):
        draft.add("conditions", trial.text("description", one), trial.entry.lines_of(one))
    _interventions(draft, trial)
    for name in ("primaryOutcome", "secondaryOutcome"):
        path, field = f"trial/trialDescription/{name}", FIELDS[f"trialDescription/{name}"]
        draft.put(field, [Outcome(measure=text)] if (text := trial.prose(path)) else None, trial.lines(path))
    _bodies(draft, trial)
    return draft


def _design(draft: RecordDraft, trial: XmlValues) -> None:
    here = "trial/trialDesign"
    draft.word("study_type", words.STUDY_TYPE, trial.text(f"{here}/primaryStudyDesign"), trial.lines(f"{here}/primaryStudyDesign"))
    put.put_design(draft, trial.text(f"{here}/studyDesign"), trial.lines(f"{here}/studyDesign"))
    second = f"{here}/secondaryStudyDesign"
    said = trial.text(second).lower()
    if re.search(r"non[- ]?randomi[sz]ed", said):
        draft.put("allocation", "NON_RANDOMIZED", trial.lines(second))
    elif re.search(r"\brandomi[sz]ed controlled\b", said):
        draft.put("allocation", "RANDOMIZED", trial.lines(second))
    draft.keep("secondaryStudyDesign", trial.text(second))
    for field, path in (
        ("start", "trial/participants/recruitmentStart"), ("completion", f"{here}/overallEndDate"),
    ):  # fmt: skip
        draft.date(field, trial.text(path).partition("T")[0], trial.lines(path), label=path.rpartition("/")[2])
    assigned = trial.attribute("trial/isrctn", "dateAssigned").partition("T")[0]
    draft.date("registration", assigned, trial.lines("trial/isrctn"))
    draft.date("last_update", trial.attribute("trial", "lastUpdated").partition("T")[0], trial.lines("trial"))
    draft.put("why_stopped", trial.text(f"{here}/reasonAbandoned"), trial.lines(f"{here}/reasonAbandoned"))
    draft.keep("overallStatusOverride", trial.text(f"{here}/overallStatusOverride"))
    for line in re.split(r"<br\s*/?>|\n", trial.printed("trial/results/publicationDetails")):  # '2018 results in: …', a line a publication
        draft.keep("references_result" if "result" in line.lower() else "references_unspecified", line)


def _participants(draft: RecordDraft, trial: XmlValues) -> None:
    here = "trial/participants"
    inside, outside = f"{here}/inclusion", f"{here}/exclusion"
    put.put_criteria(
        draft, (trial.printed(inside), trial.lines(inside)), (trial.printed(outside), trial.lines(outside)), both=False
    )  # fmt: skip
    put.put_sex(draft, trial.text(f"{here}/gender"), trial.lines(f"{here}/gender"))
    for field, name in (("minimum_age", "lowerAgeLimit"), ("maximum_age", "upperAgeLimit")):
        _age(draft, trial, field, f"{here}/{name}")
    for name, kind in (("totalFinalEnrolment", "ACTUAL"), ("targetEnrolment", "ESTIMATED")):
        raw = trial.text(f"{here}/{name}")
        count = register.whole_number(raw)
        if count is not None and draft.get("enrollment") is None:
            made = Enrollment.model_validate({"count": count, "type": kind, "raw": raw})
            draft.put("enrollment", made, trial.lines(f"{here}/{name}"))
        else:
            draft.keep(name, raw)
    for one in trial.all(f"{here}/recruitmentCountries/country"):
        draft.add("countries", fold_blanks(one.text or ""), trial.entry.lines_of(one))
    for one in trial.all(f"{here}/trialCentres/trialCentre"):
        parts = {"facility": "name", "city": "city", "state": "state", "country": "country"}
        told = {name: trial.text(path, one) or None for name, path in parts.items()}
        if any(told.values()):
            draft.add("locations", Location.model_validate(told), trial.entry.lines_of(one))


def _age(draft: RecordDraft, trial: XmlValues, field: str, path: str) -> None:
    value, unit = trial.attribute(path, "value"), trial.attribute(path, "unit")
    printed = trial.text(path) or f"{value} {unit}".strip()
    if not printed:
        return
    found = parse_age(f"{float(value):g} {unit}" if re.fullmatch(r"\d+(?:\.0+)?", value) else printed, field)
    if found is None:
        draft.unknown(field, printed, trial.lines(path))
        return
    draft.put(field, Age(value=found.value, unit=found.unit, raw=printed), trial.lines(path))


def _interventions(draft: RecordDraft, trial: XmlValues) -> None:
    for one in trial.all("trial/interventions/intervention"):
        where = trial.entry.lines_of(one)
        kind = words.look_up(words.INTERVENTION_TYPE, trial.text("interventionType", one))
        names = list(put.parts(trial.text("drugNames", one), ",")) or [trial.text("description", one)]
        for name in names:
            if name:
                more = trial.text("description", one)
                told = {"name": name, "type": kind, "description": more if more != name else None}
                draft.add("interventions", Intervention.model_validate(told), where)
        put.put_phases(draft, trial.text("phase", one), where)


def _bodies(draft: RecordDraft, trial: XmlValues) -> None:
    for n, one in enumerate(trial.all("sponsor")):
        name = trial.text("organisation", one)
        if name:
            made = Sponsor(name=name, name_raw=name)
            where = trial.entry.lines_of(one)
            draft.put("lead_sponsor", made, where) if n == 0 else draft.add("collaborators", made, where)
    for one in trial.all("funder"):
        draft.add("funding_sources", trial.text("name", one), trial.entry.lines_of(one))
    for one in trial.all("contact"):
        role = trial.text("contactTypes/contactType", one).lower() or trial.text("contactType", one).lower()
        told = {
            "name": " ".join(part for part in (trial.text(n, one) for n in ("title", "forename", "surname")) if part) or None,
            "phone": trial.text("contactDetails/telephone1", one) or None,
            "email": trial.text("contactDetails/email", one) or None,
            "role": {"public": "PUBLIC", "scientific": "SCIENTIFIC"}.get(role, "UNSPECIFIED"),
        }
        if told["name"] or told["email"]:
            draft.add("contacts", Contact.model_validate(told), trial.entry.lines_of(one))


FORMAT: Final = Format(
    NAME, "ISRCTN registry (XML)", detect, read, text_of_lines, lambda source: marks_of(source, "fullTrial"), FIELDS, tried=False
)
