"""Reads one record page of the WHO ICTRP search portal, saved as text or as HTML, in every style of capture.

The page has a head of ``Label: value`` lines and then sections in a fixed order. A value belongs to a label only where the page
shows the two together: where labels or values were lost on the way, text without its label stays unplaced. The portal prints
``=`` or ``?`` for ``≥`` and ``≤``; such text is kept as it is, with a remark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from review.model.identifiers import find
from review.model.record import Contact, Eligibility, EthicsReview, ProblemCode, Record, Sponsor
from review.records import register_fields as put
from review.records import register_values as register
from review.records import vocabulary as words
from review.records.build import Context, RecordDraft
from review.records.criteria import header_group, read_criteria
from review.records.dates import parse_date
from review.records.formats import page_format
from review.records.formats.ictrp_layout import CONTACT, HEAD, IDS, ORDER, RESULTS, Cut, cut, label_of, shown, take_ids
from review.records.lines import Line, Page, make_line, wrapped
from review.text import fold_word

NAME: Final = "ictrp_page"
SITE: Final = "WHO ICTRP search portal (trialsearch.who.int)"

_ADDRESS: Final = re.compile(r"(?:https?://|www\.)\S", re.I)
_PLACEHOLDER: Final = re.compile(r"(?i)please refer to (?:the )?primary|see (?:the )?primary sponsor")
_REGISTERED: Final = frozenset(
    "NCT ISRCTN EUDRACT EUCT CHICTR JPRN JRCT UMIN CTRI DRKS ACTRN IRCT NTR PACTR KCT SLCTR TCTR LBCTR REBEC OTHER".split()
)
_EU_AGE_FORM: Final = re.compile(r"(?i)(?:are the trial subjects under 18\?|number of subjects for this age range|F\.1\.\d)")
_MEDDRA: Final = re.compile(r"(?i)\W*(?:MedDRA version|Level:|Classification code|Term:|System Organ Class|Therapeutic area)")


def detect(page: Page) -> float:
    """Confidence from the labels of the head and of the sections; the address of the portal counts for nothing."""
    folded = {fold_word(shown(line).partition(":")[0]) for line in page.filled}
    head = sum(label in folded for label in HEAD)
    sections = sum(any(word.startswith(start) for word in folded) for _, start in ORDER if start)
    ids = sum(bool(page.by_id(suffix)) for suffix in IDS) if page.is_html else 0
    share = max(head, ids) / 15 * 0.6 + sections / 12 * 0.4
    return 0.0 if max(head, ids) < 4 and sections < 6 else min(share, 1.0)


def read(page: Page, context: Context) -> Iterator[Record]:
    """The record of the page."""
    found = cut(page)
    take_ids(page, found)
    draft = RecordDraft("trial_registration")
    missing = found.missing
    empty = [key for key in ("register", "id", "title", "sponsor", "status", "type") if key in found.head and not found.head[key].text]
    if missing or len(empty) > 1:
        note = "labels or values were lost in this capture: " + ", ".join([*missing, *(f"{key} (empty)" for key in empty)])
        draft.problem(ProblemCode.LOSSY_CAPTURE, None, note)
    _head(draft, found)
    _places(draft, found)
    _criteria(draft, found)
    _lists(draft, found)
    _results(draft, found)
    draft.identify_by_address(page, context, _REGISTERED)
    if found.stray:
        draft.problem(ProblemCode.UNPLACED_TEXT, None, f"{len(found.stray)} lines stand under no label", found.stray)
    draft.not_on_page("brief_summary", "detailed_description", "arm_groups", "keywords", "healthy_volunteers", "locations")
    yield draft.finish(source_format=NAME, context=context, page=page, site=SITE)


def _head(draft: RecordDraft, found: Cut) -> None:
    def value(key: str) -> tuple[str, list[Line]]:
        held = found.head.get(key)
        return (held.text, held.lines) if held else ("", [])

    text, where = value("id")
    if text:
        draft.identifier(text, where, primary=True, fallback="OTHER")
    for field_, key in (("brief_title", "title"), ("official_title", "scientific"), ("acronym", "acronym")):
        draft.put(field_, value(key)[0], value(key)[1])
    name, where = value("register")
    url, _ = value("url")
    draft.note(register=name or None, record_url=url if _ADDRESS.match(url) else None)
    sponsor, where = value("sponsor")
    if sponsor and not register.is_empty_word(sponsor):
        draft.put("lead_sponsor", Sponsor(name=sponsor, name_raw=sponsor), where)
    for field_, key, label in (
        ("registration", "registered", None), ("start", "enrolled", "Date of first enrolment"), ("last_refreshed", "refreshed", None),
    ):  # fmt: skip
        draft.date(field_, value(key)[0], value(key)[1], label=label, day_first=True)
    said, where = value("prospective")
    draft.put("prospective_registration", {"yes": True, "no": False}.get(said.lower()), where)
    for field_, table, key in (("overall_status", words.STATUS, "status"), ("study_type", words.STUDY_TYPE, "type")):
        draft.word(field_, table, value(key)[0], value(key)[1])
    put.put_size(draft, *value("size"))
    put.put_phases(draft, *value("phase"), name)
    put.put_design(draft, *value("design"))
    _ages(draft, found)


def _ages(draft: RecordDraft, found: Cut) -> None:
    for field_, key in (("minimum_age", "age_low"), ("maximum_age", "age_high")):
        if (held := found.head.get(key)) is not None:
            put.put_age(draft, field_, held.text, held.lines)
    if (held := found.head.get("sex")) is not None:
        put.put_sex(draft, held.text, held.lines)


def _places(draft: RecordDraft, found: Cut) -> None:
    for line in found.whole("countries"):
        for country in map(str.strip, shown(line).split(";")):
            if country and not register.is_empty_word(country):
                draft.add("countries", country, line)
    block: dict[str, str] = {}
    lines: list[Line] = []

    def close() -> None:
        if block:
            draft.add("contacts", Contact.model_validate({**block, "role": "UNSPECIFIED"}), lines)

    last = ""
    for line in found.whole("contacts"):
        key, value = label_of(line, CONTACT)
        if key == "name":
            close()
            block, lines = {}, []
        if key:
            last = key
        elif last == "address" and found.below is False and block.get("address"):
            key, value = last, f"{block['address']}, {shown(line)}"
        elif last and found.below and not block.get(last):
            key, value = last, shown(line)
        if key and value:
            block[key] = value
            lines.append(line)
    close()


def _criteria(draft: RecordDraft, found: Cut) -> None:
    lines = found.sections.get("criteria", []) if "ages" in found.sections else []
    aside = [line for line in lines if _EU_AGE_FORM.match(line.plain)]
    for line in aside:
        draft.keep("age_groups", line.plain)
    lines = [line for line in lines if line not in aside]
    if sum(line.plain.startswith("? ") for line in lines) > 1:
        draft.problem(ProblemCode.LOST_CHARACTER, "eligibility", "the list marks of the criteria were printed as '?'", lines)
        lines = [make_line(line.number, "• " + line.plain[2:]) if line.plain.startswith("? ") else line for line in lines]
    if "age_low" not in found.head:  # its label is lost; its value may stand last
        while lines and (not lines[-1].plain or register.parse_limit(lines[-1].plain) or register.parse_sex(lines[-1].plain)):
            found.stray += [lines[-1]] if lines[-1].plain else []
            lines = lines[:-1]
    made = _one_count(read_criteria(list(_closed_up(lines))), bool(found.missing))
    draft.eligibility(made)
    put.remark_lost_comparisons(draft, made, ": the portal prints '=' or '?' for ≥ and ≤")


def _closed_up(lines: list[Line]) -> Iterator[Line]:
    """*lines* without the blank ones inside a criterion that was broken at a margin and set as paragraphs."""
    filled = [n for n, line in enumerate(lines) if line.plain]
    before = dict(zip(filled[1:], filled, strict=False))
    inside = {
        gap
        for n, last in before.items()
        if (lines[n].plain[:1].islower() or wrapped(lines[last])) and lines[last].plain[-1] not in ".;:!?"
        if not lines[n].marker and header_group(lines[n]) is None
        for gap in range(last + 1, n)
    }
    return (line for n, line in enumerate(lines) if n not in inside)


def _one_count(made: Eligibility, lossy: bool) -> Eligibility:
    """Where only one of the two lists has a heading, the numbers must go on one by one; from a break on nothing is certain.

    On a page that lost other labels nothing of it is: the other heading may be lost as well.
    """
    if bool(made.inclusion) == bool(made.exclusion):
        return made
    group = "inclusion" if made.inclusion else "exclusion"
    items = getattr(made, group)
    numbers = [int(item.number) if item.number and item.number.isdigit() else 0 for item in items]
    breaks = (n for n in range(1, len(items)) if numbers[n - 1] and numbers[n] and numbers[n] != numbers[n - 1] + 1)
    at = 0 if lossy or numbers[0] > 1 else next(breaks, None)
    if at is None:
        return made
    return made.model_copy(update={group: items[:at], "unclassified": (*items[at:], *made.unclassified)})


def _lists(draft: RecordDraft, found: Cut) -> None:
    def printed(key: str) -> list[tuple[str, Line]]:
        return [(shown(line), line) for line in found.whole(key)]

    for text, line in printed("conditions"):
        if _MEDDRA.match(text):
            draft.keep("condition_codes", text)
        elif not register.is_empty_word(text):
            draft.add("conditions", text.rstrip("; "), line)
    lines = [line for _, line in printed("interventions")]
    for made in register.parse_interventions([text for text, _ in printed("interventions")]):
        own = [line for text, line in printed("interventions") if made.name in text]
        draft.add("interventions", made, own[:1] or lines)
    for key, field_ in (("primary", "primary_outcomes"), ("secondary", "secondary_outcomes")):
        outcomes, aside = register.parse_outcomes([text for text, _ in printed(key)])
        for outcome in outcomes:
            own = [line for text, line in printed(key) if outcome.measure in text]
            draft.add(field_, outcome, own[:1] or [line for _, line in printed(key)])
        for text in aside:
            draft.keep("objectives", text)
    for text, line in printed("ids"):
        for part in map(str.strip, text.split(";")):
            inside = find(part)
            if not register.is_empty_word(part):
                draft.identifier(part[inside[0].start : inside[0].end] if len(inside) == 1 else part, line)
    for text, line in printed("support"):
        if _PLACEHOLDER.search(text):
            draft.problem(ProblemCode.PLACEHOLDER_TEXT, "funding_sources", "the portal's own words for 'not stated' were left out", line)
        elif not register.is_empty_word(text):
            draft.add("funding_sources", text, line)
    for text, line in printed("sponsors"):
        if not register.is_empty_word(text) and not _PLACEHOLDER.search(text) and not _ADDRESS.match(text):
            draft.add("collaborators", Sponsor(name=text, name_raw=text), line)


def _results(draft: RecordDraft, found: Cut) -> None:
    for block in register.ethics_blocks([(shown(line), line) for line in found.whole("ethics")], below=found.below):
        date = parse_date(block["approval_date"][0], day_first=True) if "approval_date" in block else None
        made = EthicsReview(
            status=block["status"][0] if "status" in block else None,
            approval_date=date.iso if date else None,
            contact=block["contact"][0] if "contact" in block else None,
        )
        draft.add("ethics_review", made, [where for _, where in block.values()])
    for key, value, line in _answers(found):
        if key == "available":
            draft.put("has_results", {"yes": True, "no": False}.get(value.lower()), line)
        elif key == "url" and _ADDRESS.match(value):
            draft.put("results.url", value, line)
        elif date := parse_date(value, day_first=True):
            draft.put(f"results.date_{key}", date.iso, line)


def _answers(found: Cut) -> Iterator[tuple[str, str, Line]]:
    """(key, value, line) of the results; a value below its label counts only where none of the labels is lost."""
    lines = found.sections.get("results", [])
    below = found.below and all(any(label_of(line, RESULTS)[0] == key for line in lines) for key in RESULTS.values())
    waits = ""
    for line in lines:
        key, value = label_of(line, RESULTS)
        if not key and waits and below and line.plain:
            key, value, waits = waits, shown(line), ""
        elif key or line.plain:
            waits = key if not value else ""
        if key and value:
            yield key, value, line


FORMAT: Final = page_format(NAME, "WHO ICTRP record page", detect, read)
