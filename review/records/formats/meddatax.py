"""MedDataX: a study page and a results page, fed by ClinicalTrials.gov, in sections that each begin with a fixed sentence.

The site sets conditions and keywords side by side without separators, lists the lead sponsor last, prints the last day of a month
where the register has no day, and shows numbers of other trials at the end: none of that is taken for what it looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from review.model.identifiers import recognise
from review.model.record import Enrollment, ProblemCode, Record
from review.records import register_values as register
from review.records.build import Context, RecordDraft
from review.records.dates import parse_date
from review.records.fixed_sentences import is_blurb, section_of_blurb
from review.records.formats import meddatax_blocks as blocks
from review.records.formats import meddatax_details as details
from review.records.formats import page_format
from review.records.lines import Line, Page, make_line, paragraphs, trimmed
from review.records.sections import Section, Sections, cut, is_sentence, one_value_each, without_values
from review.records.vocabulary import (
    STATUS,
    STUDY_TYPE,
    look_up,
    parse_phases,
    parse_status,
)
from review.text import fold_word

NAME = "meddatax"
SITE = "MedDataX (meddatax.com)"

_LABELS = {
    "nct id": "nct", "last updated": "last_update", "study results": "results", "basic information": "basic",
    "recruitment status": "status", "clinical phase": "phase", "study phase": "phase", "total enrollment": "enrollment",
    "target enrollment": "enrollment", "study classification": "study_type", "study start date": "start",
    "study completion date": "completion", "primary completion date": "primary_completion", "primary outcome timeframe": "timeframe",
    "results posted on": "results_posted", "results overview": "overview", "participant flow": "flow", "adverse events": "adverse",
    "baseline characteristics": "baseline", "brief summary": "summary", "detailed description": "description",
    "conditions": "conditions", "keywords": "keywords", "study design": "design", "allocation method": "allocation",
    "intervention model": "model", "observational model": "model", "observational model type": "model",
    "primary study purpose": "purpose", "blinding strategy": "masking", "study groups": "groups", "interventions": "interventions",
    "eligibility criteria": "criteria", "minimum eligible age": "minimum_age", "maximum eligible age": "maximum_age",
    "eligible sex": "sex", "accepts healthy volunteers": "healthy", "sponsors": "sponsors", "responsible party": "responsible",
    "principal investigators": "officials", "investigators": "officials", "study officials": "officials",
    "overall officials": "officials", "locations": "locations", "countries": "countries", "central contacts": "central",
    "facility contacts": "facility", "other identifiers": "identifiers", "more related trials": "related",
    "related clinical trials": "related", "related trials": "related", "study time perspective": "perspective",
    "time perspective": "perspective", "references": "end", "publications": "end", "provided documents": "end",
    "study documents": "end", "reference links": "end", "external links": "end", "study oversight": "end", "more information": "end",
    "additional information": "end", "oversight": "end", "ipd sharing": "end", "documents": "end",
    "why stopped": "stopped", "why study stopped": "stopped", "reason stopped": "stopped", "reason for stopping": "stopped",
}  # fmt: skip
# Related trials may stand anywhere: some captures set them between two sections.
_ORDER = (
    "nct last_update results basic overview status stopped phase enrollment study_type start primary_completion completion timeframe"
    " results_posted summary description conditions keywords design allocation model purpose perspective masking groups interventions"
    " criteria minimum_age maximum_age sex healthy sponsors responsible officials locations countries central facility identifiers flow"
    " baseline adverse end"
).split()
_INLINE = frozenset(
    "nct last_update status phase enrollment study_type start completion primary_completion results_posted timeframe sex minimum_age"
    " maximum_age healthy allocation model purpose masking".split()
)
_FURNITURE = frozenset(("meddatax", "home", "clinical trials", "search", "menu", "back"))
_RUNNING = frozenset(("summary", "description", "overview"))
_ONE_VALUE = _INLINE - {"masking"}
_ALWAYS = ("nct", "basic", "status", "study_type", "summary", "description", "conditions", "design", "criteria", "sex", "sponsors")
_NOT_STATED = frozenset(("-", "--", "—", "not provided", "not specified", "not available", "not reported", "unspecified"))
_SIGNS = {
    "nct": 0.1, "basic": 0.2, "study_type": 0.1, "groups": 0.15, "masking": 0.15, "purpose": 0.1, "related": 0.1, "sponsors": 0.05,
    "healthy": 0.05, "overview": 0.3, "flow": 0.15, "results_posted": 0.2, "criteria": 0.05, "facility": 0.1, "minimum_age": 0.1,
}  # fmt: skip
_RESULTS_TITLE = re.compile(r"Trial Outcomes (?:&|and) Findings for (?P<title>.+?)(?:(?<!\s)\s*+\((?:NCT )?NCT\d{8}\))?", re.I)
_GLUED = re.compile(r"(View full results)\s*(Basic Information)", re.I)
_COUNT = re.compile(r"(?P<count>\d[\d,]*)\s*(?:participants?|patients?|subjects?)?", re.I)
_NEVER = ("official_title", "acronym", "lay_summary", "dates.registration", "dates.first_submitted", "ethics_review", "ipd_sharing")
_NEVER_ON_STUDY = ("primary_outcomes", "secondary_outcomes", "other_outcomes")
_NEVER_ON_RESULTS = ("eligibility", "lead_sponsor", "collaborators", "locations", "countries", "contacts", "brief_summary", "conditions",
                     "keywords", "study_type", "allocation", "masking", "sex", "minimum_age", "maximum_age", "dates.start")  # fmt: skip


def detect(page: Page) -> float:
    """How surely *page* is one: by labels of its own; a single one of them is no evidence."""
    seen = {_LABELS.get(fold_word(line.plain.partition(":")[0])) for line in page.filled if len(line.plain) < 80 and not line.bullet}
    score = sum(weight for key, weight in _SIGNS.items() if key in seen)
    if any(fold_word(line.plain).startswith("last updated ") for line in page.filled[:12]) and "nct" in seen:
        score += 0.15
    if any(_RESULTS_TITLE.fullmatch(line.plain) for line in page.filled[:10]):
        score += 0.4
    blurbs = sum(is_blurb(line.plain, running_text=True) for line in page.filled)
    return min(score + 0.15 * blurbs, 1.0) if len(seen & set(_SIGNS)) > 1 or blurbs > 1 else 0.0


def read(page: Page, context: Context) -> Iterator[Record]:
    """The one record of the page."""
    draft = RecordDraft("trial_registration")
    parts = _cut(page)
    results_page = parts.has("overview") or parts.has("results_posted")
    _head(draft, parts)
    if results_page:
        _overview(draft, parts)
        _outcomes(draft, parts)
    _basic(draft, parts)
    for key, name in (("summary", "brief_summary"), ("description", "detailed_description")):
        section = parts.first(key)
        text: Sequence[Line] = section.lines if section else ()
        if not parts.has("conditions"):
            text, left = without_values(text, lambda line: not line.marker and not is_sentence(line.plain))
            if left:
                draft.problem(ProblemCode.LOSSY_CAPTURE, name, "these lines may be values of a section whose heading is lost", left)
        draft.put(name, paragraphs(text), text)
    for key in ("conditions", "keywords"):
        details.joined_values(draft, parts, key, whole=page.is_html)
    details.design(draft, parts)
    details.groups(draft, parts)
    details.criteria(draft, parts)
    details.sponsors(draft, parts)
    details.responsible(draft, parts)
    details.places(draft, parts)
    details.other_identifiers(draft, parts)
    details.related(draft, parts)
    draft.identify_by_address(page, context, frozenset({"NCT"}))
    draft.not_on_page(*_NEVER, *(_NEVER_ON_RESULTS if results_page else _NEVER_ON_STUDY))
    _lossy(draft, parts, results_page)
    draft.undecide_criteria(page)
    yield draft.finish(source_format=NAME, context=context, page=page, site=SITE)


def _cut(page: Page) -> Sections:
    """The sections without their fixed sentences, each of which opens its section also where the heading is lost."""
    lines: list[Line] = []
    before = ""
    for line in page.lines:
        key = section_of_blurb(line.plain)
        if key and line.plain == before:
            continue
        if key and _LABELS.get(fold_word(before)) != key:
            lines.append(make_line(line.number, next(label for label, own in _LABELS.items() if own == key)))
        glued = _GLUED.fullmatch(line.plain)  # two labels that a capture glued together
        lines += [make_line(line.number, part) for part in glued.groups()] if glued else [line]
        before = line.plain or before
    cleaned: list[Section] = []
    for section in cut(lines, _LABELS, _INLINE, running=_RUNNING, order=_ORDER).ordered:
        first = next((n for n, line in enumerate(section.lines) if line.plain), None)
        if section.key and first is not None and is_blurb(section.lines[first].plain, running_text=section.key in _RUNNING):
            section = Section(section.key, section.head, tuple(trimmed(section.lines[first + 1 :])), section.inline)
        if section.key in _ONE_VALUE and section.value.lower() in _NOT_STATED:
            section = Section(section.key, section.head)
        if section.key == "officials" and cleaned[-1].key == "masking" and not section.filled and section.head:
            last = cleaned.pop()  # 'Investigators' under the blinding are those who are blinded
            section = Section("masking", last.head, (*last.lines, section.head), last.inline)
        cleaned.append(section)
    return Sections(tuple(cleaned))


def _head(draft: RecordDraft, parts: Sections) -> None:
    lines = [
        line for line in parts.before if fold_word(line.plain) not in ("meddatax", "home", "clinical trials", "search", "menu", "back")
    ]
    title = next((line for line in lines if line.level == 1), lines[-1] if lines else None)
    if title is None:
        draft.problem(ProblemCode.NO_TITLE, "brief_title", "the capture holds no title")
    else:
        results = _RESULTS_TITLE.fullmatch(title.plain)
        draft.put("brief_title", results["title"] if results else title.plain, title)
    section = parts.first("nct")
    known = recognise(section.value) if section and section.value else None
    if section and known and known.type == "NCT":
        draft.identifier(known.value, section.value_lines, primary=True)
    _date(draft, parts, "last_update", label="Last Updated")
    results = parts.first("results")
    for line in results.filled if results else []:
        if re.search(r"\b(?:not (?:yet )?(?:published|posted)|results pending)\b", line.plain, re.I):
            draft.put("has_results", False, line)
        elif re.search(r"\bhave been (?:published|posted)\b|results available", line.plain, re.I):
            draft.put("has_results", True, line)
        if found := re.fullmatch(r"Results (pending|available)", line.plain, re.I):
            draft.put("results.status", found[1].upper(), line)


def _date(draft: RecordDraft, parts: Sections, name: str, *, label: str | None = None, month_end: bool = False) -> None:
    section = parts.first(name)
    if section and section.value:
        draft.date(name, section.value, section.value_lines, label=label, month_end=month_end)


def _overview(draft: RecordDraft, parts: Sections) -> None:
    """The results page: its five values, with labels, or in a lossy capture without."""
    draft.put("has_results", True, [s.head for key in ("overview", "flow", "results_posted") if (s := parts.first(key)) and s.head][:1])
    section = parts.first("overview")
    lines = section.filled if section else []
    at = next((n for n, line in enumerate(lines) if line.plain.isupper() and look_up(STATUS, line.plain)), None)
    if at is not None:
        draft.problem(ProblemCode.LOSSY_CAPTURE, None, "values of the results overview stand without labels", lines[at:])
        for line in lines[at:]:
            _typed(draft, line)
        last = lines[-1] if parse_date(lines[-1].plain) else None
        if last:
            _results_date(draft, last.plain, [last])
        lines = lines[:at]
    if lines:
        draft.keep("Results Overview", paragraphs(lines))
    posted, frame = parts.first("results_posted"), parts.first("timeframe")
    if posted and posted.value:
        _results_date(draft, posted.value, posted.value_lines)
    if frame and frame.value:
        draft.keep("Primary outcome timeframe", frame.value)


def _results_date(draft: RecordDraft, printed: str, where: Sequence[Line]) -> None:
    draft.date("results_posted", printed, where)
    found = parse_date(printed)
    draft.put("results.date_posted", found.iso if found else None, where)


def _outcomes(draft: RecordDraft, parts: Sections) -> None:
    left = []
    for name, outcome, where in (found for section in parts.ordered for found in blocks.outcomes(section.lines)):
        if outcome:
            draft.add(name, outcome, where)
        else:
            left.append(where)
    if left:
        note = f"{len(left)} outcome blocks without a table that names the measure were not read"
        draft.problem(ProblemCode.UNPLACED_TEXT, "primary_outcomes", note, left[0])


def _basic(draft: RecordDraft, parts: Sections) -> None:
    """Status, phase, number, type and two dates; where the labels are lost, by the shape of each value and its order."""
    status, kind = parts.first("status"), parts.first("study_type")
    if status and status.value:
        term, reason = parse_status(status.value)
        draft.put("overall_status", term, status.value_lines)
        draft.put("why_stopped", reason, status.value_lines)
        if term is None:
            draft.unknown("overall_status", status.value, status.value_lines)
    stopped = parts.first("stopped")
    if stopped and stopped.filled:
        draft.put("why_stopped", paragraphs(stopped.lines), stopped.filled)
    if kind and kind.value:
        draft.word("study_type", STUDY_TYPE, kind.value, kind.value_lines)
    phase, enrollment = parts.first("phase"), parts.first("enrollment")
    if phase and phase.value:
        _phase(draft, phase.value, phase.value_lines)
    if enrollment and enrollment.value:
        _count(draft, enrollment.value, enrollment.value_lines)
    for name in ("start", "completion", "primary_completion"):
        _date(draft, parts, name, month_end=True)
    section = parts.first("basic")
    lines = section.filled if section else []
    dated = [line for line in lines if parse_date(line.plain) and not _COUNT.fullmatch(line.plain)]
    for line in lines:
        _typed(draft, line)
    if lines:
        draft.problem(ProblemCode.LOSSY_CAPTURE, None, "values of the basic information stand without labels", lines)
    if len(dated) == 2:
        draft.date("start", dated[0].plain, dated[0], month_end=True)
        draft.date("completion", dated[1].plain, dated[1], month_end=True)
    elif dated:
        draft.problem(ProblemCode.UNPLACED_TEXT, "dates", "a date without its label was not placed", dated)


def _typed(draft: RecordDraft, line: Line) -> None:
    """A value without label that only one field can hold."""
    if line.plain.isupper() and look_up(STATUS, line.plain):
        draft.word("overall_status", STATUS, line.plain, line)
    elif line.plain.isupper() and line.plain in ("INTERVENTIONAL", "OBSERVATIONAL", "EXPANDED_ACCESS"):
        draft.word("study_type", STUDY_TYPE, line.plain, line)
    elif (line.plain == "NA" or line.plain.upper().startswith(("PHASE", "EARLY"))) and parse_phases(line.plain):
        _phase(draft, line.plain, [line])
    elif re.fullmatch(r"\d[\d,]* participants?", line.plain):
        _count(draft, line.plain, [line])


def _phase(draft: RecordDraft, printed: str, where: Sequence[Line]) -> None:
    phases = parse_phases(printed)
    if phases is None:
        draft.unknown("phases", printed, where)
    draft.put("phases", phases, where)


def _count(draft: RecordDraft, printed: str, where: Sequence[Line]) -> None:
    found = _COUNT.fullmatch(printed)
    if found and (count := register.whole_number(found["count"])) is not None:
        draft.put("enrollment", Enrollment(count=count, raw=printed), where)
    else:
        draft.unknown("enrollment", printed, where)


def _lossy(draft: RecordDraft, parts: Sections, results_page: bool) -> None:
    """Labels that the site always prints, without their values or gone, and lines beyond the one value of a label."""
    empty, beyond = one_value_each(parts, _ONE_VALUE - {"nct", "last_update", "timeframe", "results_posted"})
    empty += [key for key in ("criteria", "sponsors") if (s := parts.first(key)) and not s.filled]
    missing = [] if results_page else [key for key in _ALWAYS if not parts.has(key)]
    if empty or missing or beyond:
        lost = ", ".join(empty + missing) or "a label"
        draft.problem(ProblemCode.LOSSY_CAPTURE, None, f"labels stand without their values, or are missing: {lost}", beyond)


FORMAT = page_format(NAME, "MedDataX trial page", detect, read)
