"""Reads the table that ClinicalTrials.gov gives for a search, as CSV: one row a study, lists parted by bars.

An outcome stands in it as measure, description and time frame with commas between them, which cannot be told apart again: the
whole is kept as the measure. Age groups and the class of the funder are kept as printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from review.model.record import Lines, Location, Outcome, Sponsor
from review.records import register_fields as put
from review.records import register_values as register
from review.records import vocabulary as words
from review.records.build import RecordDraft
from review.records.dates import parse_age_range
from review.records.register_table import Told, register_table
from review.text import fold_blanks

NAME: Final = "ctgov_csv"
SITE: Final = "ClinicalTrials.gov"
FIELDS: Final[Mapping[str, str]] = {
    "nct number": "identifiers", "other ids": "identifiers", "study title": "brief_title", "acronym": "acronym",
    "brief summary": "brief_summary", "study status": "overall_status", "study results": "has_results", "conditions": "conditions",
    "interventions": "interventions", "primary outcome measures": "primary_outcomes",
    "secondary outcome measures": "secondary_outcomes", "other outcome measures": "other_outcomes", "sponsor": "lead_sponsor",
    "collaborators": "collaborators", "sex": "sex", "age": "minimum_age", "phases": "phases", "enrollment": "enrollment",
    "study type": "study_type", "study design": "design_raw", "start date": "dates.start",
    "primary completion date": "dates.primary_completion", "completion date": "dates.completion",
    "first posted": "dates.first_posted", "results first posted": "dates.results_posted",
    "last update posted": "dates.last_update", "locations": "locations", "study url": "provenance.record_url",
}  # fmt: skip


def _draft(held: Told) -> RecordDraft | None:
    if not ("nct number" in held or "study title" in held):
        return None
    draft = RecordDraft("trial_registration")
    told, lines = {name: text for name, (text, _) in held.items()}, next(where for _, where in held.values())
    draft.note(register=SITE, record_url=told.get("study url"))
    draft.identifier(told.get("nct number", ""), lines, primary=True)
    for number in put.parts(told.get("other ids", ""), "|"):
        draft.identifier(number, lines)
    for name in ("study title", "acronym", "brief summary"):
        draft.put(FIELDS[name], fold_blanks(put.plain(told.get(name, ""))), lines)
    draft.word("overall_status", words.STATUS, told.get("study status", ""), lines)
    draft.word("study_type", words.STUDY_TYPE, told.get("study type", ""), lines)
    draft.put("has_results", {"yes": True, "no": False}.get(told.get("study results", "").strip().lower()), lines)
    for condition in put.parts(told.get("conditions", ""), "|"):
        draft.add("conditions", condition, lines)
    for made in register.parse_interventions(list(put.parts(told.get("interventions", ""), "|"))):
        draft.add("interventions", made, lines)
    for name in ("primary outcome measures", "secondary outcome measures", "other outcome measures"):
        for outcome in put.parts(told.get(name, ""), "|"):
            draft.add(FIELDS[name], Outcome(measure=outcome), lines)
    if sponsor := fold_blanks(told.get("sponsor", "")):
        draft.put("lead_sponsor", Sponsor(name=sponsor, name_raw=sponsor), lines)
    put.put_sponsors(draft, "collaborators", put.parts(told.get("collaborators", ""), "|"), lines)
    put.put_sex(draft, told.get("sex", ""), lines)
    ages = parse_age_range(told.get("age", ""))
    for field, age in zip(("minimum_age", "maximum_age"), ages or (), strict=False):
        draft.put(field, age, lines)
    if not ages:
        draft.keep("Age", told.get("age", ""))
    put.put_phases(draft, told.get("phases", "").replace("|", "/"), lines)
    put.put_size(draft, told.get("enrollment", ""), lines)
    put.put_design(draft, told.get("study design", ""), lines)
    for name, field in FIELDS.items():
        if field.startswith("dates."):
            draft.date(field.removeprefix("dates."), told.get(name, ""), lines)
    for place in put.parts(told.get("locations", ""), "|"):
        _place(draft, place, lines)
    for name, cell in told.items():
        if name not in FIELDS:
            draft.keep(name, cell)
    return draft


def _place(draft: RecordDraft, printed: str, lines: Lines | None) -> None:
    """A site, 'Facility, City, State, Postcode, Country': its parts cannot all be told apart, its country can."""
    country = printed.rpartition(",")[2].strip()
    draft.add("locations", Location(raw=printed, country=country or None), lines)
    if country and country not in (draft.get("countries") or ()):
        draft.add("countries", country, lines)


FORMAT: Final = register_table(
    NAME, "ClinicalTrials.gov table (CSV)", ("NCT Number", "Study Title", "Study Status"), FIELDS, _draft, site=SITE, tried=False
)
