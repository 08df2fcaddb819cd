"""Reads ClinicalTrials.gov records as its version 2 interface gives them in JSON: a study, an array, a search answer, or one a line.

Every value carries the lines on which it stands in the file; where a file has everything on one line, in the file set out
over many lines (``text_of``). Markdown escapes are undone. The older layout that another package makes is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from review.model.identifiers import recognise
from review.model.record import (
    Age,
    ArmGroup,
    Contact,
    Enrollment,
    Identifier,
    Intervention,
    IpdSharing,
    Lines,
    Location,
    Official,
    Outcome,
    Problem,
    ProblemCode,
    ResponsibleParty,
    Sponsor,
)  # fmt: skip
from review.records import vocabulary as words
from review.records.build import Context, RecordDraft, Repeats
from review.records.criteria import criteria_of_text
from review.records.dates import parse_age
from review.records.formats import Format, Item, Refusal
from review.records.json_lines import Entry, Envelope, JsonFile, JsonValue, set_out, split
from review.records.lines import decode, newline_of, split_lines
from review.records.register_fields import lined, remark_lost_comparisons
from review.records.source import Source

NAME: Final = "ctgov_v2"
SITE: Final = "ClinicalTrials.gov"
_DEEP: Final = "protocolSection"  # the member whose values get lines of their own
_MARK: Final = re.compile(r'"protocolSection"\s*:')
_LEGACY: Final = re.compile(r'"(?:required_header|id_info|clinical_study)"\s*:')
_LEGACY_REASON: Final = (
    "this is the older ClinicalTrials.gov record as another package converted it; take it from ClinicalTrials.gov again as JSON (version 2)"
)
_DATES: Final = {  # member of statusModule -> field of dates; the first that is there counts
    "studyFirstSubmitDate": "first_submitted", "studyFirstPostDateStruct": "first_posted", "startDateStruct": "start",
    "primaryCompletionDateStruct": "primary_completion", "completionDateStruct": "completion", "lastUpdatePostDateStruct": "last_update",
    "lastUpdateSubmitDate": "last_update", "resultsFirstPostDateStruct": "results_posted",
}  # fmt: skip


def detect(source: Source) -> float:
    """Confidence from the member names at the head of the file."""
    head = source.head.flat.lstrip("\ufeff \t\r\n")
    if not head.startswith(("{", "[")):
        return 0.0
    if _MARK.search(head) and '"identificationModule"' in head:
        return 0.98
    if _MARK.search(head) or re.search(r'"studies"\s*:\s*\[', head):
        return 0.8
    return 0.7 if len(set(_LEGACY.findall(head))) > 1 else 0.0


def text_of(source: Source) -> str:
    """The text that the line numbers of these records point into: the file itself, or set out when it stands on one line."""
    return _readable(source.text)


def read(source: Source, context: Context) -> Iterator[Item]:
    """The studies of the file; what is no study is refused with its line."""
    text, encoding, notes = decode(source.data)
    yield from notes
    if not _MARK.search(text) and len(set(_LEGACY.findall(text))) > 1:
        yield Refusal(source.name, _LEGACY_REASON, 1)
        return
    facts = {"encoding": encoding, "newline": newline_of(text), "register": SITE}
    text = _readable(text)
    file, seen = JsonFile(text, "studies"), Repeats()
    facts["lines"] = file.lines.at(max(len(text) - 1, 0))
    for index, found in enumerate(file.objects(source.name, _unfit)):
        if isinstance(found, Refusal):
            yield found
            continue
        entry, where, own = found
        draft = _draft(JsonValue(entry.value or {}, file.spans(entry, _DEEP)))
        if entry.cut:
            draft.problem(ProblemCode.CUT_OFF, None, "the file ends inside this study; what is whole was read", where)
        draft.note(**facts, record_index=index, raw_span=where)
        yield draft.finish(source_format=NAME, context=context, entry=own, n=seen.count(own), site=SITE)
    yield from _around(file.envelope, file.entries)


def marks(source: Source) -> int | None:
    """How often the member stands in the file that every study has; none where the file is refused as a whole."""
    return len(_MARK.findall(source.text)) or None


def _unfit(entry: Entry) -> str:
    """Why an entry is no study, or nothing."""
    if entry.value is None:
        return f"not a study: {entry.why}"
    if not isinstance(entry.value.get("protocolSection"), Mapping):
        return "not a study: it has no protocolSection" + (" (the file ends before it)" if entry.cut else "")
    return ""


def _around(envelope: Envelope, entries: list[Entry]) -> Iterator[Problem]:
    total = envelope.members.get("totalCount")
    if (isinstance(total, int) and total > len(entries)) or envelope.members.get("nextPageToken"):
        said = f"{total} studies" if isinstance(total, int) else "more studies"
        note = f"the search found {said}, this file holds {len(entries)}: the other pages of the answer are missing"
        yield Problem(code=ProblemCode.CAPPED_EXPORT, message=note)


def _readable(text: str) -> str:
    """*text*, set out over many lines where an object of some size stands on a single one."""
    body = text.strip("\ufeff \t\r\n")
    if max((len(line) for line in split_lines(body)), default=0) < 20_000 and body.count("\n") > 3 * len(_MARK.findall(body)):
        return text
    envelope, entries = split(body, "studies")
    if any(entry.value is None for entry in entries):
        return text
    studies = [set_out(entry.value or {}, _DEEP) for entry in entries]
    if envelope.kind in ("object", "lines"):
        return "\n".join(studies)
    listed = "[\n" + ",\n".join(studies) + "\n]"
    if envelope.kind == "array":
        return listed
    around = set_out(envelope.members, "").removesuffix("\n}")
    return f'{around}{"," if envelope.members else ""}\n"studies": {listed}\n}}'


def _draft(study: JsonValue) -> RecordDraft:
    draft = RecordDraft("trial_registration")
    for part in (
        _identification,
        _status,
        _sponsors,
        _description,
        _design,
        _arms,
        _outcomes,
        _eligibility,
        _places,
        _results,
        _references,
    ):
        part(study, draft)
    return draft


def _identification(study: JsonValue, draft: RecordDraft) -> None:
    here = ("protocolSection", "identificationModule")
    if number := study.text(*here, "nctId"):
        found = recognise(number, "NCT")
        if found is None:
            draft.problem(ProblemCode.IDENTIFIER_MALFORMED, "identifiers", f"'{number}' is not an NCT number", study.lines(*here, "nctId"))
        draft.identifier(number, study.lines(*here, "nctId"), primary=found is not None)
    if own := study.text(*here, "orgStudyIdInfo", "id"):
        draft.identifier(own, study.lines(*here, "orgStudyIdInfo", "id"))
    for path in study.each(*here, "secondaryIdInfos"):
        if number := study.text(*path, "id"):
            _secondary(draft, number, study.text(*path, "domain"), study.lines(*path, "id"))
    for path in study.each(*here, "nctIdAliases"):
        draft.identifier(study.text(*path) or "", study.lines(*path))
        draft.keep("nctIdAliases", study.text(*path) or "")
    for field, member in (("brief_title", "briefTitle"), ("official_title", "officialTitle"), ("acronym", "acronym")):
        draft.put(field, study.text(*here, member), study.lines(*here, member))


def _secondary(draft: RecordDraft, number: str, issuer: str | None, where: Lines | None) -> None:
    if recognise(number):
        draft.identifier(number, where)
        return
    entry = Identifier(type="OTHER", value=number, role="secondary", issuer=issuer)
    if entry not in (draft.get("identifiers") or []):
        draft.add("identifiers", entry, where)


def _status(study: JsonValue, draft: RecordDraft) -> None:
    here = ("protocolSection", "statusModule")
    draft.word("overall_status", words.STATUS, study.text(*here, "overallStatus") or "", study.lines(*here, "overallStatus"))
    draft.put("why_stopped", study.text(*here, "whyStopped"), study.lines(*here, "whyStopped"))
    for member, field in _DATES.items():
        path = (*here, member, "date") if member.endswith("Struct") else (*here, member)
        raw, kind = study.text(*path), study.text(*here, member, "type")
        if raw and draft.get(f"dates.{field}") is None:
            draft.date(field, raw, study.lines(*path), count_type=kind if kind in ("ACTUAL", "ESTIMATED") else None)


def _sponsors(study: JsonValue, draft: RecordDraft) -> None:
    here = ("protocolSection", "sponsorCollaboratorsModule")
    if lead := _sponsor(study, (*here, "leadSponsor")):
        draft.put("lead_sponsor", lead, study.lines(*here, "leadSponsor"))
    for path in study.each(*here, "collaborators"):
        draft.add("collaborators", _sponsor(study, path), study.lines(*path))
    party = (*here, "responsibleParty")
    if study.at(*party):
        kind = words.look_up(words.PARTY_TYPE, study.text(*party, "type") or "")
        name, title = study.text(*party, "investigatorFullName"), study.text(*party, "investigatorTitle")
        affiliation = study.text(*party, "investigatorAffiliation")
        made = ResponsibleParty.model_validate({"name": name, "title": title, "type": kind, "affiliation": affiliation})
        draft.put("responsible_party", made, study.lines(*party))


def _sponsor(study: JsonValue, path: tuple[str | int, ...]) -> Sponsor | None:
    name = study.text(*path, "name")
    agency = words.look_up(words.AGENCY, study.text(*path, "class") or "")
    return Sponsor.model_validate({"name": name, "name_raw": name, "agency_class": agency}) if name else None


def _description(study: JsonValue, draft: RecordDraft) -> None:
    here = ("protocolSection", "descriptionModule")
    draft.put("brief_summary", study.prose(*here, "briefSummary"), study.lines(*here, "briefSummary"))
    draft.put("detailed_description", study.prose(*here, "detailedDescription"), study.lines(*here, "detailedDescription"))
    for member in ("conditions", "keywords"):
        for path in study.each("protocolSection", "conditionsModule", member):
            draft.add(member, study.text(*path), study.lines(*path))


def _design(study: JsonValue, draft: RecordDraft) -> None:
    here = ("protocolSection", "designModule")
    info = (*here, "designInfo")
    for field, table, path in (
        ("study_type", words.STUDY_TYPE, (*here, "studyType")),
        ("allocation", words.ALLOCATION, (*info, "allocation")),
        ("intervention_model", words.INTERVENTION_MODEL, (*info, "interventionModel")),
        ("intervention_model", words.INTERVENTION_MODEL, (*info, "observationalModel")),
        ("primary_purpose", words.PRIMARY_PURPOSE, (*info, "primaryPurpose")),
        ("masking", words.MASKING, (*info, "maskingInfo", "masking")),
    ):
        draft.word(field, table, study.text(*path) or "", study.lines(*path))
    if printed := study.texts(*here, "phases"):
        phases = words.parse_phases("/".join(printed))
        if phases is None:
            draft.unknown("phases", ", ".join(printed), study.lines(*here, "phases"))
        draft.put("phases", phases, study.lines(*here, "phases"))
    masked = [term for who in study.texts(*info, "maskingInfo", "whoMasked") if (term := words.look_up(words.MASKED, who))]
    draft.put("who_masked", tuple(masked), study.lines(*info, "maskingInfo", "whoMasked"))
    count, kind = study.at(*here, "enrollmentInfo", "count"), study.text(*here, "enrollmentInfo", "type")
    if isinstance(count, int) and not isinstance(count, bool):
        made = Enrollment(count=count, type=kind if kind in ("ACTUAL", "ESTIMATED") else None, raw=str(count))
        draft.put("enrollment", made, study.lines(*here, "enrollmentInfo"))
    shown = ("allocation", "interventionModel", "observationalModel", "timePerspective", "primaryPurpose")
    pairs = [f"{name}: {value}" for name in shown if (value := study.text(*info, name))]
    if masking := study.text(*info, "maskingInfo", "masking"):
        pairs.append(f"masking: {masking}")
    draft.put("design_raw", " | ".join(pairs), study.lines(*info))


def _arms(study: JsonValue, draft: RecordDraft) -> None:
    here = ("protocolSection", "armsInterventionsModule")
    for path in study.each(*here, "armGroups"):
        names = tuple(_bare_name(name) for name in study.texts(*path, "interventionNames"))
        kind = words.look_up(words.ARM_TYPE, study.text(*path, "type") or "")
        arm = {"label": study.text(*path, "label"), "type": kind, "description": study.text(*path, "description")}
        draft.add("arm_groups", ArmGroup.model_validate({**arm, "intervention_names": names}), study.lines(*path))
    for path in study.each(*here, "interventions"):
        if name := study.text(*path, "name"):
            kind = words.look_up(words.INTERVENTION_TYPE, study.text(*path, "type") or "")
            made = {
                "type": kind, "name": name, "description": study.text(*path, "description"),
                "other_names": study.texts(*path, "otherNames"), "arm_group_labels": study.texts(*path, "armGroupLabels"),
            }  # fmt: skip
            draft.add("interventions", Intervention.model_validate(made), study.lines(*path))


def _bare_name(name: str) -> str:
    """``rapamycin`` of ``Drug: rapamycin``."""
    kind, colon, rest = name.partition(": ")
    return rest if colon and words.look_up(words.INTERVENTION_TYPE, kind) else name


def _outcomes(study: JsonValue, draft: RecordDraft) -> None:
    for member, field in (("primaryOutcomes", "primary"), ("secondaryOutcomes", "secondary"), ("otherOutcomes", "other")):
        for path in study.each("protocolSection", "outcomesModule", member):
            if measure := study.text(*path, "measure"):
                made = Outcome(measure=measure, description=study.text(*path, "description"), time_frame=study.text(*path, "timeFrame"))
                draft.add(f"{field}_outcomes", made, study.lines(*path))


def _eligibility(study: JsonValue, draft: RecordDraft) -> None:
    here = ("protocolSection", "eligibilityModule")
    text, where = study.at(*here, "eligibilityCriteria"), study.lines(*here, "eligibilityCriteria")
    if isinstance(text, str) and text.strip():
        found = criteria_of_text(text)
        groups = {group: lined(getattr(found, group), where) for group in ("inclusion", "exclusion", "unclassified")}
        made = found.model_copy(update={**groups, "raw_lines": where})
        draft.eligibility(made)
        remark_lost_comparisons(draft, made, " (≥ or ≤) in the protocol")
    for field, member in (("minimum_age", "minimumAge"), ("maximum_age", "maximumAge")):
        if raw := study.text(*here, member):
            age: Age | None = parse_age(raw, field)
            if age is None:
                draft.unknown(field, raw, study.lines(*here, member))
            draft.put(field, age, study.lines(*here, member))
    draft.word("sex", words.SEX, study.text(*here, "sex") or "", study.lines(*here, "sex"))
    healthy = study.at(*here, "healthyVolunteers")
    draft.put("healthy_volunteers", healthy if isinstance(healthy, bool) else None, study.lines(*here, "healthyVolunteers"))


def _places(study: JsonValue, draft: RecordDraft) -> None:
    here = ("protocolSection", "contactsLocationsModule")
    for path in study.each(*here, "overallOfficials"):
        if name := study.text(*path, "name"):
            role = words.look_up(words.OFFICIAL_ROLE, study.text(*path, "role") or "")
            made = {"name": name, "role": role, "affiliation": study.text(*path, "affiliation")}
            draft.add("overall_officials", Official.model_validate(made), study.lines(*path))
    for path in study.each(*here, "centralContacts"):
        draft.add("contacts", _contact(study, path, "CENTRAL"), study.lines(*path))
    for path in study.each(*here, "locations"):
        place = {name: study.text(*path, name) for name in ("facility", "city", "state", "country")}
        status = words.look_up(words.STATUS, study.text(*path, "status") or "")
        people = tuple(c for one in study.each(*path, "contacts") if (c := _contact(study, one, "FACILITY")))
        draft.add("locations", Location.model_validate({**place, "status": status, "contacts": people}), study.lines(*path))
        if place["country"] and place["country"] not in (draft.get("countries") or []):
            draft.add("countries", place["country"], study.lines(*path, "country"))


def _contact(study: JsonValue, path: tuple[str | int, ...], role: str) -> Contact | None:
    parts = {name: study.text(*path, name) for name in ("name", "affiliation", "phone", "email")}
    return Contact.model_validate({**parts, "role": role}) if any(parts.values()) else None


def _results(study: JsonValue, draft: RecordDraft) -> None:
    stated, section = study.at("hasResults"), study.at("resultsSection")
    if isinstance(stated, bool):
        draft.put("has_results", stated, study.lines("hasResults"))
    elif isinstance(section, Mapping) and section:
        draft.put("has_results", True, study.lines("resultsSection"))
    if stated is False and isinstance(section, Mapping) and section:
        draft.problem(ProblemCode.VALUE_CONFLICT, "has_results", "hasResults is false, but results are in the file")
    posted = draft.get("dates.results_posted")
    if posted is not None:
        here = ("protocolSection", "statusModule", "resultsFirstPostDateStruct", "date")
        draft.put("results.date_posted", posted.date, study.lines(*here))
    sharing = ("protocolSection", "ipdSharingStatementModule")
    plan = study.text(*sharing, "ipdSharing")
    if plan in ("YES", "NO", "UNDECIDED"):
        made = IpdSharing.model_validate({"statement": plan, "description": study.text(*sharing, "description")})
        draft.put("ipd_sharing", made, study.lines(*sharing))


def _references(study: JsonValue, draft: RecordDraft) -> None:
    """Publications that the register names, by their kind (result, derived, background), in ``extra``: links, not identifiers."""
    for path in study.each("protocolSection", "referencesModule", "references"):
        kind = (study.text(*path, "type") or "unspecified").lower()
        number, citation = study.text(*path, "pmid"), study.text(*path, "citation")
        said = ". ".join(part for part in (f"PMID {number}" if number else None, citation) if part)
        draft.keep(f"references_{kind}", said)


_PARTS: Final = (
    _identification, _status, _sponsors, _description, _design, _arms, _outcomes, _eligibility, _places, _results, _references,
)  # fmt: skip
FORMAT: Final = Format(NAME, "ClinicalTrials.gov JSON, version 2", detect, read, text_of, marks)
