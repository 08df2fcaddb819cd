"""Reads the text that the EU Clinical Trials Register gives for a search: full details, one entry a trial and member state.

Every line is 'code label: value', in which a value may go on over further lines; a value in another language than English has
'(es)' or the like at the end of its label and counts only where no English one stands. A question that the form leaves blank or
answers with 'No' says nothing of the trial.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from review.model.record import Contact, DateStruct, Enrollment, Intervention, Lines, Outcome, ProblemCode, Sponsor
from review.records import register_fields as put
from review.records import register_values as register
from review.records import vocabulary as words
from review.records.build import PART, Context, RecordDraft, Repeats
from review.records.countries import country_code
from review.records.dates import parse_date
from review.records.formats import Format, Item, Refusal, text_of_lines
from review.records.source import LINE_LIMIT, Source
from review.text import fold_blanks

NAME: Final = "eudract_text"
SITE: Final = "EU Clinical Trials Register"
_BEGIN: Final = re.compile(r"EudraCT Number:")
_CODED: Final = re.compile(
    r"(?P<code>[A-H]\.(?:\d+(?:\.\d+)*|IMP)|[NP]\. [A-Z][\w ]+)(?: (?:and|to) [A-H][\d.]+)?(?P<label>[^:]*)(?::\s?(?P<value>.*))?$"
)
_HEADING: Final = re.compile(r"[A-HNP]\. [A-Z]|Summary$|Sponsor \d+$")
_LANGUAGE: Final = re.compile(r"\(([a-z]{2})\)\s*$")
_IN_LINK: Final = re.compile(r"/20\d\d-\d{6}-\d\d/([A-Za-z]{2}|3rd)(?:[/?#]|$)", re.I)
_HEAD: Final = ("Sponsor's Protocol Code Number", "National Competent Authority", "Clinical Trial Type", "Trial Status", "Link",
    "Date on which this record was first entered in the EudraCT database")  # fmt: skip
# code of the form -> what it says, for the reader of this table
FIELDS: Final[Mapping[str, str]] = {
    "A.2": "identifiers", "A.3": "official_title", "A.3.1": "brief_title", "A.3.2": "acronym", "A.4.1": "identifiers",
    "A.5.1": "identifiers", "A.5.2": "identifiers", "A.5.3": "identifiers", "B.1.1": "lead_sponsor", "B.4.1": "funding_sources",
    "B.5.1": "contacts", "D.3.1": "interventions", "E.1.1": "conditions", "E.2.1": "extra.main_objective",
    "E.2.2": "extra.secondary_objectives", "E.3": "eligibility.inclusion", "E.4": "eligibility.exclusion",
    "E.5.1": "primary_outcomes", "E.5.2": "secondary_outcomes", "E.7.1": "phases", "E.7.2": "phases", "E.7.3": "phases",
    "E.7.4": "phases", "E.8.1": "allocation", "F.3": "sex", "F.4.2.2": "enrollment",
}  # fmt: skip
_PHASES: Final = {"E.7.1": "PHASE1", "E.7.2": "PHASE2", "E.7.3": "PHASE3", "E.7.4": "PHASE4"}
_MODELS: Final = {"E.8.1.5": "PARALLEL", "E.8.1.6": "CROSSOVER"}
_OTHER_SIZES: Final = {"F.4.1": "In the member state", "F.4.2.1": "In the EEA"}  # no total of the trial, which F.4.2.2 alone states
_MASKS: Final = {"E.8.1.2": "NONE", "E.8.1.3": "SINGLE", "E.8.1.4": "DOUBLE"}


@dataclass
class _Answer:
    """One line of the form: its code (or the label of a line of the head), language, value, lines."""

    code: str
    language: str
    value: str
    lines: Lines


@dataclass
class _Entry:
    """One trial in one member state, while its lines are read."""

    first: int
    last: int = 0
    texts: list[str] = field(default_factory=list)
    answers: list[_Answer] = field(default_factory=list)

    def all(self, code: str) -> list[_Answer]:
        """The filled answers of *code*: those in English, else those in the first other language."""
        filled = [a for a in self.answers if a.code == code and a.value.strip()]
        english = [a for a in filled if not a.language]
        return english or [a for a in filled if a.language == filled[0].language]

    def one(self, code: str) -> _Answer | None:
        """The first of these answers."""
        return next(iter(self.all(code)), None)

    def yes(self, code: str) -> _Answer | None:
        """The answer where it is 'Yes'."""
        return next((a for a in self.all(code) if a.value.strip().lower() == "yes"), None)


def detect(source: Source) -> float:
    """Confidence from the lines with which every entry begins."""
    head = source.head_text
    signs = ("EudraCT Number:", "National Competent Authority:", "A. Protocol Information", "A.2 EudraCT number:")
    return sum(sign in head for sign in signs) / len(signs) if head.count("\n") > 3 and "<html" not in head[:2000].lower() else 0.0


def read(source: Source, context: Context) -> Iterator[Item]:
    """One record an entry; an entry without number and title is refused."""
    seen, lines, index = Repeats(), source.lines(), 0
    for entry in _entries(iter(lines)):
        where, text = (entry.first, entry.last), "\n".join(entry.texts)
        if lines.has_long(where):
            yield Refusal(source.name, f"a line of this entry is longer than {LINE_LIMIT:,} bytes", entry.first, text[:80])
            continue
        if not (entry.one("EudraCT Number") or entry.one("A.2") or entry.one("A.3")):
            yield Refusal(source.name, "the entry has no EudraCT number and no title", entry.first, text[:80])
            continue
        draft = _draft(entry)
        draft.note(record_index=index, raw_span=where, register=SITE)
        yield draft.finish(source_format=NAME, context=context, entry=text, n=seen.count(text), site=SITE)
        index += 1
    yield from lines.problems()


def marks(source: Source) -> int:
    """How often section A begins: entries are parted by another line."""
    return source.count(re.compile(rb"A\. Protocol Information"))


def _entries(lines: Iterator[tuple[int, str]]) -> Iterator[_Entry]:
    entry: _Entry | None = None
    for number, raw in lines:
        line = raw.replace("\t", " ")
        if _BEGIN.match(line):
            if entry:
                yield entry
            entry = _Entry(number)
        if entry is None:
            continue
        if line.strip():
            entry.last = number
            entry.texts.append(raw)
            _take(entry, number, line)
    if entry:
        yield entry


def _take(entry: _Entry, number: int, line: str) -> None:
    found = _CODED.match(line)
    label, colon, value = line.partition(":")
    if found and found["value"] is not None:
        language = _LANGUAGE.search(found["label"])
        entry.answers.append(_Answer(found["code"], language[1] if language else "", found["value"].strip(), (number, number)))
    elif colon and (label in _HEAD or _BEGIN.match(line)):
        entry.answers.append(_Answer(label, "", value.strip(), (number, number)))
    elif found or _HEADING.match(line):
        entry.answers.append(_Answer("", "", "", (number, number)))  # whatever follows belongs to no value
    elif entry.answers and entry.answers[-1].code:
        last = entry.answers[-1]
        last.value, last.lines = f"{last.value}\n{line.strip()}".strip(), (last.lines[0], number)


def _draft(entry: _Entry) -> RecordDraft:
    draft = RecordDraft("trial_registration")
    if number := entry.one("EudraCT Number") or entry.one("A.2"):
        draft.identifier(number.value, number.lines, primary=True)
    for code in ("Sponsor's Protocol Code Number", "A.4.1", "A.5.1", "A.5.2", "A.5.3"):
        for answer in entry.all(code):
            draft.identifier(answer.value, answer.lines)
    lay, full = entry.one("A.3.1"), entry.one("A.3")
    for path, answer in (("brief_title", lay or full), ("official_title", full), ("acronym", entry.one("A.3.2"))):
        if answer:
            draft.put(path, fold_blanks(answer.value), answer.lines)
    _status(draft, entry)
    for n, answer in enumerate(entry.all("B.1.1")):
        made = Sponsor(name=fold_blanks(answer.value), name_raw=fold_blanks(answer.value))
        draft.put("lead_sponsor", made, answer.lines) if n == 0 else draft.add("collaborators", made, answer.lines)
    for answer in entry.all("B.4.1"):
        draft.add("funding_sources", fold_blanks(answer.value), answer.lines)
    if (body := entry.one("B.5.1")) is not None:
        said = {"affiliation": "B.5.1", "name": "B.5.2", "phone": "B.5.4", "email": "B.5.6"}
        parts = {name: a.value for name, code in said.items() if (a := entry.one(code))}
        draft.add("contacts", Contact.model_validate(parts), body.lines)
    for answer in entry.all("E.1.1"):
        draft.add("conditions", fold_blanks(answer.value), answer.lines)
    _products(draft, entry)
    _plan(draft, entry)
    _people(draft, entry)
    for code, name in (("E.2.1", "main_objective"), ("E.2.2", "secondary_objectives")):
        if answer := entry.one(code):
            draft.keep(name, answer.value)
    return draft


def _status(draft: RecordDraft, entry: _Entry) -> None:
    status = entry.one("P. End of Trial Status") or entry.one("Trial Status")
    if status:
        draft.word("overall_status", words.STATUS, status.value, status.lines)
    if entered := entry.one("Date on which this record was first entered in the EudraCT database"):
        if found := parse_date(entered.value):
            made = DateStruct(date=found.iso, precision=found.precision, source_label="first entered", raw=entered.value)
            draft.put("dates.first_submitted", made, entered.lines)
        else:
            draft.unknown("dates.first_submitted", entered.value, entered.lines)
    if authority := entry.one("A.1") or entry.one("National Competent Authority"):
        draft.add("countries", fold_blanks(authority.value).partition(" - ")[0], authority.lines)
    if link := entry.one("Link"):
        draft.note(record_url=link.value)
    if state := _state_of(link.value if link else "", authority.value if authority else ""):
        draft.derived[PART] = state


def _state_of(link: str, authority: str) -> str:
    """Which of the entries under its number this is: the last part of its address, else the country; a trial has one for each state."""
    if found := _IN_LINK.search(link):
        return found[1].upper()
    country = fold_blanks(authority).partition(" - ")[0]
    return country_code(country) or country


def _products(draft: RecordDraft, entry: _Entry) -> None:
    """One intervention a product: its own name, else its trade name, else its substance."""
    product: dict[str, _Answer] = {}

    def close() -> None:
        names = [product[code] for code in ("D.3.1", "D.2.1.1.1", "D.3.8") if code in product and product[code].value]
        if names:
            others = tuple(dict.fromkeys(fold_blanks(n.value) for n in names[1:] if n.value != names[0].value))
            draft.add("interventions", Intervention(name=fold_blanks(names[0].value), other_names=others), names[0].lines)

    for answer in entry.answers:
        if answer.code == "D.IMP":
            close()
            product = {}
        elif answer.code.startswith("D.") and not answer.language:
            product.setdefault(answer.code, answer)
    close()


def _plan(draft: RecordDraft, entry: _Entry) -> None:
    """Criteria, outcomes, phases and design."""
    inside, outside = entry.one("E.3"), entry.one("E.4")
    put.put_criteria(
        draft,
        (inside.value, inside.lines) if inside else ("", None),
        (outside.value, outside.lines) if outside else ("", None),
        both=False,
    )
    for code, frame, path in (("E.5.1", "E.5.1.1", "primary_outcomes"), ("E.5.2", "E.5.2.1", "secondary_outcomes")):
        if answer := entry.one(code):
            when = entry.one(frame)
            made = Outcome(measure=fold_blanks(answer.value), time_frame=fold_blanks(when.value) if when else None)
            draft.add(path, made, answer.lines)
    phases = [(phase, answer) for code, phase in _PHASES.items() if (answer := entry.yes(code))]
    if phases:
        draft.put("phases", tuple(phase for phase, _ in phases), (phases[0][1].lines[0], phases[-1][1].lines[1]))
    if randomised := entry.yes("E.8.1.1"):
        draft.put("allocation", "RANDOMIZED", randomised.lines)
    for path, terms in (("intervention_model", _MODELS), ("masking", _MASKS)):
        said = [(term, answer) for code, term in terms.items() if (answer := entry.yes(code))]
        if len(said) == 1:
            draft.put(path, said[0][0], said[0][1].lines)
    if type_ := entry.one("Clinical Trial Type"):
        draft.keep("Clinical Trial Type", type_.value)
    draft.put("study_type", "INTERVENTIONAL", (entry.first, entry.first))  # the register holds interventional trials of medicines only


def _people(draft: RecordDraft, entry: _Entry) -> None:
    female, male = entry.yes("F.2.1"), entry.yes("F.2.2")
    if female or male:
        term = "ALL" if female and male else "FEMALE" if female else "MALE"
        draft.put("sex", term, (female or male).lines)  # type: ignore[union-attr]
    if healthy := entry.one("F.3.1"):
        draft.put("healthy_volunteers", {"yes": True, "no": False}.get(healthy.value.lower()), healthy.lines)
    for answer in (a for a in entry.answers if a.code.startswith("F.1") and a.value.lower() == "yes"):
        draft.keep("age_groups", answer.code)
    size = entry.one("F.4.2.2")
    if size and (count := register.whole_number(size.value)) is not None:
        draft.put("enrollment", Enrollment(count=count, type="ESTIMATED", raw=size.value), size.lines)
    elif size:
        draft.unknown("enrollment", size.value, size.lines)
    for code, label in _OTHER_SIZES.items():
        if part := entry.one(code):
            draft.keep(label, part.value)
    if draft.get("lead_sponsor") is None:
        draft.problem(ProblemCode.SECTION_MISSING, "lead_sponsor", "the entry names no sponsor", (entry.first, entry.last))


FORMAT: Final = Format(NAME, "EU Clinical Trials Register (text, full details)", detect, read, text_of_lines, marks, FIELDS)
