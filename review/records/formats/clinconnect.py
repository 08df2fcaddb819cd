"""ClinConnect: a trial page for patients, with a machine-written lay summary and no number in its text when saved as dashed lines.

The date after 'Launched by' is taken for the first submission and marked as inferred. A contact that the site shows on unrelated
trials is left out. The text under 'About X' belongs to the sponsor only where X is the sponsor.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from review.model.record import Contact, Official, ProblemCode, Record, Sponsor
from review.records.build import Context, RecordDraft
from review.records.countries import country_code, location_of
from review.records.criteria import header_group, read_criteria
from review.records.dates import parse_date
from review.records.fixed_sentences import is_placeholder_contact
from review.records.formats import page_format
from review.records.lines import Line, Page, paragraphs, stretches, trimmed
from review.records.people import contact_part
from review.records.sections import Sections, cut, is_sentence, one_value_each, without_values
from review.records.vocabulary import OFFICIAL_ROLE, SEX, look_up, parse_status
from review.text import fold_blanks, fold_word

NAME = "clinconnect"
SITE = "ClinConnect (clinconnect.io)"

_LABELS = {
    "trial information": "information", "keywords": "keywords", "clinconnect summary": "summary", "gender": "gender", "sex": "gender",
    "eligibility criteria": "criteria", "contacts": "contacts", "locations": "locations", "patients applied": "applied",
    "trial officials": "officials", "timeline": "timeline", "first submit": "first_submit", "trial launched": "launched",
    "trial updated": "updated", "estimated completion": "completion", "similar trials": "end", "discussion": "end",
}  # fmt: skip
_ORDER = (
    "information keywords summary gender criteria about contacts locations applied officials timeline first_submit launched updated"
    " completion end"
).split()
_LAUNCHED = re.compile(r"Launched by\s++(?P<sponsor>(?![·•|∙]).+?(?<!\s))?\s*+(?:[·•|∙]\s*+(?P<date>[^·•|∙]*))?", re.I)
_CURRENT = re.compile(r"Current as of:?\s+(?P<date>.+)", re.I)
_ABOUT = re.compile(r"About\s+(?P<who>\S.{1,150})")
_HEADER_ID = re.compile(r"(?:.*[/›»>])?\s*Trial(?:\s*+[/›»>])?\s*+(NCT\d{8})", re.I)
_FURNITURE = re.compile(r"(?:clinconnect|clinconnect logo|search|trial|home|log in|login|sign up|menu|find trials| )+", re.I)
_WEIGHTS = {
    "launched": 0.4, "clinconnect summary": 0.4, "current": 0.2, "patients applied": 0.15, "trial officials": 0.15,
    "trial launched": 0.15, "trial information": 0.1, "first submit": 0.05,
}  # fmt: skip
_NEVER = (
    "official_title", "acronym", "brief_summary", "detailed_description", "conditions", "interventions", "arm_groups",
    "primary_outcomes", "secondary_outcomes", "other_outcomes", "minimum_age", "maximum_age", "healthy_volunteers", "study_type",
    "phases", "allocation", "intervention_model", "primary_purpose", "masking", "enrollment", "collaborators", "dates.start",
    "dates.completion", "dates.registration", "dates.last_update", "has_results", "ethics_review",
)  # fmt: skip


def detect(page: Page) -> float:
    """How surely *page* is one, by the site's own phrases."""
    score = 0.0
    seen = set()
    for line in page.filled:
        if line.bullet or len(line.plain) > 300:
            continue
        key = fold_word(line.plain)
        if "launched" not in seen and _LAUNCHED.fullmatch(line.plain):
            seen.add("launched")
        elif _CURRENT.fullmatch(line.plain):
            seen.add("current")
        elif key in _WEIGHTS:
            seen.add(key)
    for sign, weight in _WEIGHTS.items():
        score += weight * (sign in seen)
    return min(score, 1.0) if len(seen) > 1 else 0.0


def read(page: Page, context: Context) -> Iterator[Record]:
    """The one record of the page."""
    draft = RecordDraft("trial_registration")
    launched = next((line for line in page.filled if _LAUNCHED.fullmatch(line.plain)), None)
    about = _about(page, launched)
    labels = {**_LABELS, **({fold_word(about.plain): "about"} if about else {})}
    parts = cut(page.lines, labels, frozenset(("gender",)), running=frozenset(("summary", "about")), order=_ORDER)
    _head(draft, page, launched)
    _dates_and_status(draft, page, parts)
    _keywords(draft, parts)
    _summary(draft, parts)
    _one(draft, parts)
    _criteria(draft, page, parts)
    _sponsor(draft, launched, about, parts)
    _contacts(draft, parts)
    _locations(draft, parts)
    _officials(draft, parts)
    draft.identify_by_address(page, context, frozenset({"NCT"}))
    draft.not_on_page(*_NEVER)
    _lossy(draft, launched, parts)
    draft.undecide_criteria(page)
    yield draft.finish(source_format=NAME, context=context, page=page, site=SITE)


def _about(page: Page, launched: Line | None) -> Line | None:
    """The heading 'About X': the one that names the sponsor, else the last one before the contacts that reads like a heading."""
    sponsor = _sponsor_name(launched)
    end = next((line.number for line in page.filled if fold_word(line.plain) in ("contacts", "locations", "trial officials")), None)
    after = launched.number if launched else 0
    found = [
        line
        for line in page.filled
        if not line.marker and line.number > after and (end is None or line.number < end) and _ABOUT.fullmatch(line.plain)
    ]
    own = next((line for line in found if sponsor and line.plain[6:].strip().casefold() == sponsor.casefold()), None)
    if own:
        return own
    short = [line for line in found if line.level or (len(line.plain) <= 100 and not line.plain.endswith((":", ";")))]
    short = [line for line in short if line.level or not is_sentence(line.plain)]
    return short[-1] if short else None


def _sponsor_name(launched: Line | None) -> str:
    found = _LAUNCHED.fullmatch(launched.plain) if launched else None
    return fold_blanks(found["sponsor"] or "") if found else ""


def _head(draft: RecordDraft, page: Page, launched: Line | None) -> None:
    """Number and title: what stands before 'Launched by', the site's own furniture aside."""
    above = [line for line in page.filled if launched is None or line.number < launched.number]
    known = next((n for n, line in enumerate(above) if fold_word(line.plain) in _LABELS), len(above))
    above = above[:known]
    titles = []
    for line in above:
        if found := _HEADER_ID.fullmatch(line.plain):
            draft.identifier(found[1], line, primary=True)
        elif not _FURNITURE.fullmatch(fold_word(line.plain)) and re.search(r"\w", line.plain):
            titles.append(line)
    title = next((line for line in titles if line.level == 1), titles[-1] if titles and launched else titles[0] if titles else None)
    if title is None:
        draft.problem(ProblemCode.NO_TITLE, "brief_title", "the capture holds no title")
    else:
        draft.put("brief_title", title.plain, title)


def _dates_and_status(draft: RecordDraft, page: Page, parts: Sections) -> None:
    for n, line in enumerate(page.filled):
        if (found := _LAUNCHED.fullmatch(line.plain)) and draft.get("dates.first_submitted") is None:
            printed, where = (found["date"] or "").strip(), [line]
            for following in page.filled[n + 1 : n + 3] if not printed else []:
                if parse_date(following.plain.strip(" ·•|∙")):
                    printed, where = following.plain.strip(" ·•|∙"), [line, following]
                    break
            draft.date("first_submitted", printed, where, label="Launched by … ·", inferred=True)
            if printed:
                note = "the date after 'Launched by' is taken for the first submission to the register; it is not the start of the study"
                draft.problem(ProblemCode.LAUNCHED_DATE_MEANING, "dates.first_submitted", note, where)
            break
    current = next((line for line in page.filled if _CURRENT.fullmatch(line.plain)), None)
    if current:
        draft.date("last_refreshed", _CURRENT.fullmatch(current.plain)["date"], current, label="Current as of")  # type: ignore[index]
    for key in ("first_submit", "launched", "updated", "completion"):  # what these dates are of is not said; most pages leave them out
        section = parts.first(key)
        if section and parse_date(section.value):
            draft.keep(section.label, section.value)
    information = parts.first("information")
    left = []
    own = set(_before_criteria(information.lines)) if information else set()
    for line in information.filled if information else []:
        if line is current or _LAUNCHED.fullmatch(line.plain):
            continue
        status, reason = parse_status(line.plain)
        if status and draft.get("overall_status") is None:
            draft.put("overall_status", status, line)
            draft.put("why_stopped", reason, line)
        elif line in own:
            left.append(line)
    if left:
        draft.problem(
            ProblemCode.UNPLACED_TEXT, None, "text under 'Trial Information' that is neither date nor status was not placed", left
        )


def _before_criteria(lines: Sequence[Line]) -> Sequence[Line]:
    """The *lines* above the first heading of criteria: older pages have them without a section of their own."""
    return lines[: next((n for n, line in enumerate(lines) if header_group(line)), len(lines))]


def _keywords(draft: RecordDraft, parts: Sections) -> None:
    section = parts.first("keywords")
    found = [line for line in _before_criteria(section.filled) if line.plain] if section else []
    whole = parts.has("summary")
    lines = [line for n, line in enumerate(found) if whole or line.marker or (n == 0 and not is_sentence(line.plain))]
    for line in lines:
        for value in line.chips or (line.text,):
            draft.add("keywords", value, line)
    if len(lines) == 1 and not lines[0].chips and not lines[0].marker and " " in lines[0].text:
        note = "the page prints its keywords in one line without separators; they were not taken apart"
        draft.problem(ProblemCode.CONDITIONS_UNSPLIT, "keywords", note, lines)
    _left_out(draft, "lay_summary", [line for line in found if line not in lines])


def _summary(draft: RecordDraft, parts: Sections) -> None:
    """The lay summary: without criteria, which older pages set below it, and without the sex, whose label may be lost."""
    section = parts.first("summary")
    shown = _before_criteria(section.lines) if section else ()
    left: list[Line] = []
    if section and len(shown) < len(section.lines):
        shown, left = without_values(shown, lambda line: bool(line.marker))
    if not parts.has("gender"):
        shown, sex = without_values(shown, lambda line: line.plain in ("ALL", "FEMALE", "MALE"))
        left += sex
    draft.put("lay_summary", paragraphs(shown), shown)
    _left_out(draft, "lay_summary", left)


def _left_out(draft: RecordDraft, field: str, lines: Sequence[Line]) -> None:
    if lines:
        draft.problem(ProblemCode.LOSSY_CAPTURE, field, "these lines lack their label; they were not placed", lines)


def _one(draft: RecordDraft, parts: Sections) -> None:
    section = parts.first("gender")
    if section and section.value:
        draft.word("sex", SEX, section.value, section.value_lines)


def _criteria(draft: RecordDraft, page: Page, parts: Sections) -> None:
    section = parts.first("criteria")
    lines: Sequence[Line] = section.lines if section else ()
    if not any(line.plain for line in lines):
        lines = _unlabelled_criteria(parts)
    lines = trimmed(lines)
    marked = [n for n, line in enumerate(lines) if line.marker]
    if marked and marked[-1] < len(lines) - 1:  # a list that is over: what follows is the sponsor's text, its heading lost
        rest = [line for line in lines[marked[-1] + 1 :] if line.plain]
        if not parts.has("about") or sum(len(line.plain) for line in rest) > 200:
            draft.problem(ProblemCode.UNPLACED_TEXT, None, "text after the criteria stands under no heading; it was not placed", rest)
            lines = lines[: marked[-1] + 1]
    if not any(line.plain for line in lines):
        return
    value = read_criteria(lines)
    draft.eligibility(value)
    if value.unclassified and not value.inclusion and not value.exclusion:
        note = "the page does not say which criteria include and which exclude"
        draft.problem(ProblemCode.CRITERIA_UNSPLIT, "eligibility.unclassified", note, value.raw_lines)


def _unlabelled_criteria(parts: Sections) -> Sequence[Line]:
    """Criteria in a page without 'Eligibility criteria': from the first heading of a list to the end of that section."""
    for section in parts.ordered:
        start = next((n for n, line in enumerate(section.lines) if header_group(line)), None)
        if start is not None:
            return section.lines[start:]
    return ()


def _sponsor(draft: RecordDraft, launched: Line | None, about: Line | None, parts: Sections) -> None:
    raw = _sponsor_name(launched)
    section = parts.first("about")
    who = fold_blanks(about.plain[6:]) if about else ""
    shown: Sequence[Line] = section.lines if section else ()
    if not parts.has("contacts"):
        shown, left = without_values(shown, lambda line: not is_sentence(line.plain))
        _left_out(draft, "contacts", left)
    text = paragraphs(shown)
    if not raw:
        return
    same = who.casefold() == raw.casefold()
    sponsor = Sponsor(name=who if same else raw, name_raw=raw, about=text or None if same else None)
    draft.put("lead_sponsor", sponsor, [line for line in (launched, *(section.all_lines if section and same else ())) if line])
    if about and not same:
        draft.problem(ProblemCode.UNPLACED_TEXT, "lead_sponsor.about", f"the text describes '{who}', not the sponsor '{raw}'", about)


def _contacts(draft: RecordDraft, parts: Sections) -> None:
    section = parts.first("contacts")
    lines = [line for line in section.filled if not line.text.isdigit() or len(line.text) > 5] if section else []
    fixed = [line for line in lines if is_placeholder_contact(line.text)]
    if fixed:
        note = "the site shows this contact on unrelated trials; it was left out"
        draft.problem(ProblemCode.PLACEHOLDER_CONTACT, "contacts", note, fixed)
    end = len(lines)
    if not parts.has("locations"):
        end = next((n for n, line in enumerate(lines) if "," in line.plain and location_of(line.text).country), end)
    if not parts.has("officials"):
        end = next((n - 1 for n, line in enumerate(lines[:end]) if n and look_up(OFFICIAL_ROLE, line.text)), end)
    _left_out(draft, "locations", lines[end:])
    lines = lines[:end]
    contact: dict[str, str] = {}
    held: list[Line] = []
    for line in [line for line in lines if line not in fixed]:
        shape, value = contact_part(line.text)
        kind = shape or ("affiliation" if "name" in contact and "affiliation" not in contact else "name")
        if kind in contact or (kind == "name" and contact):
            draft.add("contacts", Contact(role="UNSPECIFIED", **contact), held)
            contact, held = {}, []
        contact[kind] = value
        held.append(line)
    if contact:
        draft.add("contacts", Contact(role="UNSPECIFIED", **contact), held)


def _locations(draft: RecordDraft, parts: Sections) -> None:
    section = parts.first("locations")
    countries: list[str] = []
    lines = [line for line in section.filled if not line.text.isdigit()] if section else []  # a number alone: of those who applied
    if not parts.has("officials"):
        named = next((n for n, line in enumerate(lines) if not country_code(location_of(line.text).country or "")), len(lines))
        _left_out(draft, "overall_officials", lines[named:])
        lines = lines[:named]
    for line in lines:
        place = location_of(line.text)
        draft.add("locations", place, line)
        if place.country and place.country not in countries:
            countries.append(place.country)
            draft.add("countries", place.country, line)


def _officials(draft: RecordDraft, parts: Sections) -> None:
    """Name, role, affiliation on a line each; the role tells where a block stands, as the affiliation may be missing."""
    section = parts.first("officials")
    lines = section.filled if section else []
    lines = [line for n, line in enumerate(lines) if not n or line.plain != lines[n - 1].plain]
    roles = [n for n, line in enumerate(lines) if look_up(OFFICIAL_ROLE, line.text)]
    for at, following in stretches(roles, len(lines) + 1):
        if at == 0:
            continue
        block = lines[at + 1 : max(following - 1, at + 1)]
        role = look_up(OFFICIAL_ROLE, lines[at].text)
        official = {"name": lines[at - 1].text, "role": role, "affiliation": ", ".join(line.text for line in block) or None}
        draft.add("overall_officials", Official.model_validate(official), [lines[at - 1], lines[at], *block])
    if lines and not roles:
        draft.problem(ProblemCode.UNPLACED_TEXT, "overall_officials", "officials without a role that is known were not placed", lines)


def _lossy(draft: RecordDraft, launched: Line | None, parts: Sections) -> None:
    """Older pages have neither status nor keywords, sex and a heading of the criteria; newer ones have all of them."""
    empty = [key for key in ("summary", "gender", "criteria", "locations") if (s := parts.first(key)) and not s.filled and not s.inline]
    newer = ["information", "keywords", "gender", "criteria"] if any(parts.has(key) for key in ("keywords", "gender", "criteria")) else []
    missing = [key for key in (*newer, "summary", "contacts", "locations", "officials") if not parts.has(key)]
    _, beyond = one_value_each(parts, ("gender",))
    if launched is None or empty or missing or beyond:
        lost = ", ".join(dict.fromkeys([*empty, *missing])) or ("the line with sponsor and date" if launched is None else "a label")
        draft.problem(ProblemCode.LOSSY_CAPTURE, None, f"labels stand without their values, or are missing: {lost}", beyond)


FORMAT = page_format(NAME, "ClinConnect trial page", detect, read)
