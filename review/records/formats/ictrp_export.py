"""Reads exports of the WHO ICTRP search portal: XML as the portal writes it, and the same columns as CSV.

The portal's exports have no ≥ and ≤ any more, lists parted by semicolons, and HTML line breaks within values; the date of
registration is taken from the column that is always year, month, day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest
from typing import Final

from review.model.identifiers import find
from review.model.record import Contact, EthicsReview, Lines, ProblemCode, Sponsor
from review.records import register_fields as put
from review.records import register_values as register
from review.records import vocabulary as words
from review.records.build import Context, RecordDraft
from review.records.dates import parse_date
from review.records.formats import Format, Item, text_of_lines
from review.records.register_table import Told, register_table
from review.records.source import Source
from review.records.xml_entries import XmlEntry, marks_of
from review.records.xml_values import registrations
from review.text import fold_blanks, fold_word

SITE: Final = "WHO ICTRP"
_PLACEHOLDER: Final = re.compile(r"(?i)please refer to (?:the )?primary|see (?:the )?primary sponsor")
_KIND_OF_NEXT: Final = re.compile(r";\s*(?=[A-Z][A-Za-z ]{2,30}:\s)")


def detect_xml(source: Source) -> float:
    """Certain when the portal's own element is at the beginning."""
    head = source.head_text
    if "<Trials_downloaded_from_ICTRP" in head:
        return 1.0
    return 0.8 if "<Trial>" in head and "<TrialID>" in head and "<Source_Register>" in head else 0.0


def read_xml(source: Source, context: Context) -> Iterator[Item]:
    """One record a ``<Trial>``."""
    lacks = "the trial has no TrialID and no title"
    return registrations(source, context, "Trial", lambda entry: _draft(_told(entry)), name="ictrp_xml", site=SITE, lacks=lacks)


def _told(entry: XmlEntry) -> Told:
    """The filled elements of a ``<Trial>``."""
    told: dict[str, tuple[str, Lines | None]] = {}
    for element in entry.element:
        text = "".join(element.itertext()) if len(element) else element.text or ""
        if text.strip():
            told[fold_word(str(element.tag))] = (text, entry.lines_of(element))
    return told


def _draft(told: Told) -> RecordDraft | None:
    if not any(name in told for name in ("trialid", "public title", "scientific title")):
        return None
    draft = RecordDraft("trial_registration")
    portal = told.get("source register", ("", None))[0]
    draft.note(register=fold_blanks(portal) or None, record_url=fold_blanks(told.get("web address", ("", None))[0]) or None)
    for name, (text, lines) in told.items():
        place = FIELDS.get(name)
        if place is not None:
            place(draft, text, lines, portal)
        else:
            draft.keep(name, put.plain(text))
    put.put_criteria(draft, told.get("inclusion criteria", ("", None)), told.get("exclusion criteria", ("", None)))
    _contacts(draft, told)
    _ethics(draft, told)
    return draft


Place = Callable[[RecordDraft, str, Lines | None, str], None]


def _text(path: str) -> Place:
    return lambda draft, text, lines, portal: draft.put(path, fold_blanks(put.plain(text)), lines)


def _word(path: str, table: words.Table) -> Place:
    return lambda draft, text, lines, portal: (draft.word(path, table, put.plain(text), lines), None)[1]


def _date(field: str, label: str | None = None) -> Place:
    return lambda draft, text, lines, portal: draft.date(field, put.plain(text), lines, label=label, day_first=True)


def _list(path: str) -> Place:
    def into(draft: RecordDraft, text: str, lines: Lines | None, portal: str) -> None:
        for part in put.parts(text):
            draft.add(path, part, lines)

    return into


def _kept(name: str) -> Place:
    return lambda draft, text, lines, portal: draft.keep(name, put.plain(text))


def _elsewhere(draft: RecordDraft, text: str, lines: Lines | None, portal: str) -> None:
    """A value that is read together with others."""


def _number(draft: RecordDraft, text: str, lines: Lines | None, portal: str) -> None:
    draft.identifier(text, lines, primary=True, fallback="OTHER")


def _numbers(draft: RecordDraft, text: str, lines: Lines | None, portal: str) -> None:
    for part in put.parts(text):
        inside = find(part)
        draft.identifier(part[inside[0].start : inside[0].end] if len(inside) == 1 else part, lines)


def _registered(draft: RecordDraft, text: str, lines: Lines | None, portal: str) -> None:
    """``Date_registration3`` is always year, month, day; the printed date beside it has several writings."""
    digits = text.strip()
    day = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if re.fullmatch(r"\d{8}", digits) else digits
    draft.date("registration", day, lines)


def _prospective(draft: RecordDraft, text: str, lines: Lines | None, portal: str) -> None:
    draft.put("prospective_registration", {"yes": True, "no": False}.get(text.strip().lower()), lines)


def _retrospective(draft: RecordDraft, text: str, lines: Lines | None, portal: str) -> None:
    """The older column says the opposite of the newer one."""
    draft.put("prospective_registration", {"yes": False, "no": True}.get(text.strip().lower()), lines)


def _sponsor(draft: RecordDraft, text: str, lines: Lines | None, portal: str) -> None:
    name = fold_blanks(put.plain(text))
    if not register.is_empty_word(name):
        draft.put("lead_sponsor", Sponsor(name=name, name_raw=name), lines)


def _sponsors(draft: RecordDraft, text: str, lines: Lines | None, portal: str) -> None:
    put.put_sponsors(draft, "collaborators", (part for part in put.parts(text) if not _PLACEHOLDER.search(part)), lines)


def _support(draft: RecordDraft, text: str, lines: Lines | None, portal: str) -> None:
    for part in put.parts(text):
        if _PLACEHOLDER.search(part):
            note = "the portal's own words for 'not stated' were left out"
            draft.problem(ProblemCode.PLACEHOLDER_TEXT, "funding_sources", note, lines)
        else:
            draft.add("funding_sources", part, lines)


def _interventions(draft: RecordDraft, text: str, lines: Lines | None, portal: str) -> None:
    texts = [fold_blanks(part) for line in put.plain(text).split("\n") for part in _KIND_OF_NEXT.split(line) if part.strip()]
    for made in register.parse_interventions(texts):
        draft.add("interventions", made, lines)


def _outcomes(path: str) -> Place:
    def into(draft: RecordDraft, text: str, lines: Lines | None, portal: str) -> None:
        made, aside = register.parse_outcomes([fold_blanks(part) for part in re.split(r";|\n", put.plain(text)) if part.strip()])
        for outcome in made:
            draft.add(path, outcome, lines)
        for said in aside:
            draft.keep("objectives", said)

    return into


def _has_results(draft: RecordDraft, text: str, lines: Lines | None, portal: str) -> None:
    draft.put("has_results", {"yes": True, "no": False}.get(text.strip().lower()), lines)


def _results_date(field: str) -> Place:
    def into(draft: RecordDraft, text: str, lines: Lines | None, portal: str) -> None:
        found = parse_date(fold_blanks(text), day_first=True)
        if found is None:
            draft.keep(f"results_date_{field}", text)
        else:
            draft.put(f"results.date_{field}", found.iso, lines)

    return into


def _contacts(draft: RecordDraft, told: Told) -> None:
    """The contacts, whose parts stand in lists side by side."""
    parts = {name: told.get(f"contact {name}", ("", None)) for name in ("firstname", "lastname", "address", "email", "tel", "affiliation")}
    lists = {name: [fold_blanks(one) for one in put.plain(text).split(";")] for name, (text, _) in parts.items()}
    if len(lists["lastname"]) < 2:  # one person, whose address may hold semicolons
        lists |= {name: [fold_blanks(put.plain(parts[name][0]))] for name in ("address", "affiliation")}
    where = next((lines for text, lines in parts.values() if text), None)
    for first, last, address, email, tel, affiliation in zip_longest(*lists.values(), fillvalue=""):
        said = {"name": fold_blanks(f"{first} {last}"), "address": address, "email": email, "phone": tel, "affiliation": affiliation}
        if any(said.values()):
            draft.add("contacts", Contact.model_validate({name: text or None for name, text in said.items()}), where)


def _ethics(draft: RecordDraft, told: Told) -> None:
    status, where = told.get("ethics review status", ("", None))
    date, contact = (told.get(f"ethics review {name}", ("", None))[0] for name in ("approval date", "contact name"))
    found = parse_date(fold_blanks(date), day_first=True)
    if status or date:
        iso = found.iso if found else None
        draft.add("ethics_review", EthicsReview(status=fold_blanks(status) or None, approval_date=iso, contact=contact or None), where)


FIELDS: Final[Mapping[str, Place]] = {
    "trialid": _number,
    "secondary id": _numbers,
    "public title": _text("brief_title"),
    "scientific title": _text("official_title"),
    "acronym": _text("acronym"),
    "source register": _elsewhere,
    "web address": _elsewhere,
    "primary sponsor": _sponsor,
    "secondary sponsor": _sponsors,
    "source support": _support,
    "date registration3": _registered,
    "date registration": _kept("Date_registration"),
    "date enrollement": _date("start", "Date of first enrolment"),
    "last refreshed on": _date("last_refreshed"),
    "prospective registration": _prospective,
    "retrospective flag": _retrospective,
    "recruitment status": _word("overall_status", words.STATUS),
    "study type": _word("study_type", words.STUDY_TYPE),
    "study design": lambda draft, text, lines, portal: put.put_design(draft, text, lines),
    "phase": lambda draft, text, lines, portal: put.put_phases(draft, text, lines, portal),
    "target size": lambda draft, text, lines, portal: put.put_size(draft, text, lines),
    "inclusion agemin": lambda draft, text, lines, portal: put.put_age(draft, "minimum_age", text, lines),
    "inclusion agemax": lambda draft, text, lines, portal: put.put_age(draft, "maximum_age", text, lines),
    "inclusion gender": lambda draft, text, lines, portal: put.put_sex(draft, text, lines),
    "inclusion criteria": _elsewhere,
    "exclusion criteria": _elsewhere,
    "condition": _list("conditions"),
    "intervention": _interventions,
    "primary outcome": _outcomes("primary_outcomes"),
    "secondary outcome": _outcomes("secondary_outcomes"),
    "countries": _list("countries"),
    "contact firstname": _elsewhere,
    "contact lastname": _elsewhere,
    "contact address": _elsewhere,
    "contact email": _elsewhere,
    "contact tel": _elsewhere,
    "contact affiliation": _elsewhere,
    "ethics review status": _elsewhere,
    "ethics review approval date": _elsewhere,
    "ethics review contact name": _elsewhere,
    "results yes no": _has_results,
    "results date posted": _results_date("posted"),
    "results date completed": _results_date("completed"),
    "results url link": _text("results.url"),
}
FORMATS: Final = (
    Format(
        "ictrp_xml", "WHO ICTRP export (XML)", detect_xml, read_xml, text_of_lines, lambda source: marks_of(source, "Trial"),
        {name: name for name in FIELDS},
    ),
    register_table(
        "ictrp_csv", "WHO ICTRP export (CSV)", ("TrialID", "Public title", "Scientific title", "Source Register"), FIELDS, _draft, site=SITE
    ),
)  # fmt: skip
