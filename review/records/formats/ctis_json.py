"""Reads trials of the EU's Clinical Trials Information System (CTIS) as its public site gives them in JSON: one, an array, one a line.

What the sponsor had authorised counts; translations are left where they stand. The plan gives age groups, not limits, and the
number of participants in the countries concerned and in the rest of the world.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from review.model.record import Contact, Criterion, DateStruct, Eligibility, Enrollment, Intervention, Outcome, ProblemCode, Sponsor
from review.records import vocabulary as words
from review.records.build import Context, RecordDraft, Repeats
from review.records.dates import parse_date
from review.records.formats import Format, Item, Refusal
from review.records.json_lines import Entry, JsonFile, JsonValue
from review.records.lines import decode
from review.records.source import Source

NAME: Final = "ctis_json"
SITE: Final = "EU Clinical Trials Information System"
_PLAN: Final = "authorizedPartI"
_DETAILS: Final = (_PLAN, "trialDetails")
_ABOUT: Final = (*_DETAILS, "trialInformation")
# member of the JSON -> field, for the reader of this table
FIELDS: Final[Mapping[str, str]] = {
    "ctNumber": "identifiers", "eudraCtInfo.eudraCtCode": "identifiers", "publicTitle": "brief_title", "fullTitle": "official_title",
    "shortTitle": "acronym", "ctStatus": "overall_status", "trialPhase": "phases", "gender": "sex",
    "primarySponsor.organisation.name": "lead_sponsor", "coSponsors": "collaborators", "medicalConditions": "conditions",
    "products": "interventions", "principalInclusionCriteria": "eligibility.inclusion",
    "principalExclusionCriteria": "eligibility.exclusion", "primaryEndPoints": "primary_outcomes",
    "secondaryEndPoints": "secondary_outcomes", "memberStatesConcerned": "countries", "rowCountriesInfo": "countries",
    "sourceOfMonetarySupport": "funding_sources", "estimatedRecruitmentStartDate": "dates.start",
    "estimatedEndDate": "dates.completion", "submissionDate": "dates.first_submitted", "lastUpdated": "dates.last_update",
    "totalNumberEnrolled": "enrollment",
}  # fmt: skip

_STATUS: Final = {  # the register's own words; 'ended' leaves open whether as planned
    "authorised not started": "NOT_YET_RECRUITING", "authorised recruitment pending": "NOT_YET_RECRUITING",
    "authorised recruiting": "RECRUITING", "ongoing recruiting": "RECRUITING", "ongoing recruitment ended": "ACTIVE_NOT_RECRUITING",
    "temporarily halted": "SUSPENDED",
}  # fmt: skip


def detect(source: Source) -> float:
    """Confidence from member names that only this register has."""
    head = source.head_text.lstrip("\ufeff \t\r\n")
    if not head.startswith(("{", "[")):
        return 0.0
    signs = ('"ctNumber"', '"authorizedPartI"', '"ctStatus"', '"primarySponsor"', '"publicEvaluation"', '"memberStatesConcerned"')
    return min(0.3 + 0.2 * sum(sign in head for sign in signs), 0.98) if '"ctNumber"' in head else 0.0


def read(source: Source, context: Context) -> Iterator[Item]:
    """One record a trial; an object without number and plan is refused."""
    text, encoding, notes = decode(source.data)
    yield from notes
    file, seen = JsonFile(text, "data"), Repeats()
    for index, found in enumerate(file.objects(source.name, _unfit)):
        if isinstance(found, Refusal):
            yield found
            continue
        entry, where, own = found
        value = entry.value or {}
        draft = _draft(_Trial(value, file.spans(entry, "authorizedApplication" if "authorizedApplication" in value else _PLAN)))
        if entry.cut:
            draft.problem(ProblemCode.CUT_OFF, None, "the file ends inside this trial; what is whole was read", where)
        draft.note(record_index=index, raw_span=where, register=SITE, encoding=encoding)
        yield draft.finish(source_format=NAME, context=context, entry=own, n=seen.count(own), site=SITE)


def _unfit(entry: Entry) -> str:
    """Why an entry is no trial, or nothing."""
    if entry.value is None:
        return f"not a trial: {entry.why}"
    known = "ctNumber" in entry.value or _PLAN in entry.value or "authorizedApplication" in entry.value
    return "" if known else "not a trial: it has no ctNumber and no authorised plan"


def text_of(source: Source) -> str:
    """The file itself."""
    return source.text


class _Trial(JsonValue):
    """A trial, whose plan stands at the top in one layout and within the authorised application in the other."""

    def __init__(self, value: Mapping[str, object], lines: Mapping[tuple[str | int, ...], tuple[int, int]]) -> None:
        held = value.get("authorizedApplication")
        if isinstance(held, Mapping):
            value = {**value, **held}
            lines = {**lines, **{path[1:]: span for path, span in lines.items() if len(path) > 1 and path[0] == "authorizedApplication"}}
        super().__init__(value, lines)

    def named(self, *path: str | int, sign: str) -> list[tuple[str, tuple[int, int] | None]]:
        """(text of member *sign*, lines) of each element of the array at *path*."""
        found = ((self.text(*one, sign), self.lines(*one, sign) or self.lines(*one)) for one in self.each(*path))
        return [(text, lines) for text, lines in found if text]


def _draft(trial: _Trial) -> RecordDraft:
    draft = RecordDraft("trial_registration")
    if number := trial.text("ctNumber"):
        draft.identifier(number, trial.lines("ctNumber"), primary=True)
    if older := trial.text("eudraCtInfo", "eudraCtCode"):
        draft.identifier(older, trial.lines("eudraCtInfo"))
    names = (*_DETAILS, "clinicalTrialIdentifiers")
    for number, lines in trial.named(*names, "secondaryIdentifyingNumbers", "additionalRegistries", sign="number"):
        draft.identifier(number, lines)
    for member in ("whoUniversalTrialNumber", "nctNumber", "isrctnNumber"):
        path = (*names, "secondaryIdentifyingNumbers", member, "number")
        draft.identifier(trial.text(*path) or "", trial.lines(*path))
    for field, member in (("brief_title", "publicTitle"), ("official_title", "fullTitle"), ("acronym", "shortTitle")):
        draft.put(field, trial.text(*names, member), trial.lines(*names, member))
    if draft.get("brief_title") is None:
        draft.put("brief_title", trial.text("title") or trial.text("ctTitle"), trial.lines("title"))
    draft.put("study_type", "INTERVENTIONAL", trial.lines("ctNumber"))  # the register holds interventional trials of medicines only
    draft.word("overall_status", words.STATUS | _STATUS, trial.text("ctStatus") or "", trial.lines("ctStatus"))
    _people(draft, trial)
    _plan(draft, trial)
    _places(draft, trial)
    return draft


def _people(draft: RecordDraft, trial: _Trial) -> None:
    name = trial.text("primarySponsor", "organisation", "name")
    sponsors = trial.named(_PLAN, "sponsors", sign="name")
    if name is None:
        leads = [one for one in trial.each(_PLAN, "sponsors") if trial.at(*one, "primary") is True]
        name = next((n for one in leads if (n := trial.text(*one, "organisation", "name"))), sponsors[0][0] if sponsors else None)
    if name:
        draft.put("lead_sponsor", Sponsor(name=name, name_raw=name), trial.lines("primarySponsor") or trial.lines(_PLAN, "sponsors"))
    for one in trial.each("coSponsors"):
        other = trial.text(*one, "organisation", "name")
        if other and other != name and not any(s.name == other for s in draft.get("collaborators") or ()):
            draft.add("collaborators", Sponsor(name=other, name_raw=other), trial.lines("coSponsors"))
    for body, lines in trial.named(*_ABOUT, "sourceOfMonetarySupport", sign="organisationName"):
        draft.add("funding_sources", body, lines)
    for role, member in (("PUBLIC", "publicContacts"), ("SCIENTIFIC", "scientificContacts")):
        for one in trial.each("primarySponsor", member):
            said = {
                "name": trial.text(*one, "functionalName"),
                "email": trial.text(*one, "functionalEmailAddress"),
                "phone": trial.text(*one, "telephone"),
                "affiliation": trial.text(*one, "organisation", "name"),
            }
            if any(said.values()):
                draft.add("contacts", Contact.model_validate({**said, "role": role}), trial.lines("primarySponsor"))


def _plan(draft: RecordDraft, trial: _Trial) -> None:
    for condition, lines in trial.named(*_ABOUT, "medicalCondition", "partIMedicalConditions", sign="medicalCondition"):
        draft.add("conditions", condition, lines)
    for one in trial.each(_PLAN, "products"):
        names = [trial.text(*one, "productDictionaryInfo", "prodName"), trial.text(*one, "productName")]
        names += [trial.text(*one, "productDictionaryInfo", "activeSubstanceName"), trial.text(*one, "jsonActiveSubstanceNames")]
        told = list({n.lower(): n for n in reversed(names) if n and n.lower() not in ("n/a", "na", "-")}.values())[::-1]
        if told:
            draft.add("interventions", Intervention(name=told[0], other_names=tuple(told[1:])), trial.lines(*one))
    _criteria(draft, trial)
    for member, field in (("primaryEndPoints", "primary_outcomes"), ("secondaryEndPoints", "secondary_outcomes")):
        for measure, lines in trial.named(*_ABOUT, "endPoint", member, sign="endPoint"):
            draft.add(field, Outcome(measure=measure), lines)
    draft.keep("main_objective", trial.text(*_ABOUT, "trialObjective", "mainObjective") or "")
    phase = trial.text("trialPhase")
    if phase:
        inside = re.search(r"\((Phases? [IV][^()]*)\)", phase)  # 'Therapeutic exploratory (Phase II)'
        made = words.parse_phases(inside[1] if inside else phase)
        draft.put("phases", made, trial.lines("trialPhase"))
        if made is None:
            draft.unknown("phases", phase, trial.lines("trialPhase"))
    group = (*_ABOUT, "populationOfTrialSubjects")
    female, male = trial.at(*group, "isFemaleSubjects"), trial.at(*group, "isMaleSubjects")
    if isinstance(female, bool) and isinstance(male, bool) and (female or male):
        draft.put("sex", "ALL" if female and male else "FEMALE" if female else "MALE", trial.lines(*group))
    draft.keep("age_groups", trial.text("ageGroup") or "")
    duration = (*_ABOUT, "trialDuration")
    for field, path, kind in (
        ("start", (*duration, "estimatedRecruitmentStartDate"), "ESTIMATED"), ("completion", (*duration, "estimatedEndDate"), "ESTIMATED"),
        ("first_submitted", ("submissionDate",), None), ("last_update", ("lastUpdated",), None),
    ):  # fmt: skip
        raw = trial.text(*path) or ""
        found = parse_date(raw.partition("T")[0]) if raw else None
        if found:
            made = DateStruct.model_validate({"date": found.iso, "precision": found.precision, "type": kind, "raw": raw})
            draft.put(f"dates.{field}", made, trial.lines(*path))
        elif raw:
            draft.unknown(f"dates.{field}", raw, trial.lines(*path))


def _criteria(draft: RecordDraft, trial: _Trial) -> None:
    made = {}
    for group, member in (("inclusion", "principalInclusionCriteria"), ("exclusion", "principalExclusionCriteria")):
        told = trial.named(*_ABOUT, "eligibilityCriteria", member, sign=member)
        made[group] = tuple(Criterion(number=str(n), text=text, lines=lines) for n, (text, lines) in enumerate(told, start=1))
    if any(made.values()):
        draft.eligibility(Eligibility(**made, raw_lines=trial.lines(*_ABOUT, "eligibilityCriteria")))


def _places(draft: RecordDraft, trial: _Trial) -> None:
    for path in (("memberStatesConcerned",), (_PLAN, "rowCountriesInfo")):
        for one in trial.each(*path):
            country = trial.text(*one, "countryName") or trial.text(*one, "mscName") or trial.text(*one, "name")
            if country and country not in (draft.get("countries") or ()):
                draft.add("countries", country, trial.lines(*one) or trial.lines(*path))
    inside = [trial.at(*one, "recruitmentSubjectCount") for one in trial.each("memberStatesConcerned")]
    rest = trial.at(_PLAN, "rowSubjectCount")
    if inside and all(isinstance(n, int) for n in inside) and isinstance(rest, int):
        raw = f"{sum(inside)} in the countries concerned, {rest} in the rest of the world"
        made = Enrollment(count=sum(inside) + rest, type="ESTIMATED", raw=raw)
        draft.put("enrollment", made, trial.lines("memberStatesConcerned"))


FORMAT: Final = Format(NAME, "EU Clinical Trials Information System (JSON)", detect, read, text_of, fields=FIELDS)
