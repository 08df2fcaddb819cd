"""Reads values in the writings of the registers that feed the WHO portal: designs, sizes, sexes, interventions, outcomes.

Each function takes the printed text and gives what it says in schema 0.1, and nothing for what it does not say: a 'no' in a
form that was never filled in is not a statement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from review.model.record import Age, ArmEnrollment, Enrollment, Intervention, Outcome
from review.records import vocabulary as words
from review.records.dates import parse_age
from review.records.people import contact_part
from review.text import fold_blanks, fold_word

_DESIGN_LABELS: Final = {
    "allocation": "allocation", "randomization": "allocation", "randomisation": "allocation",
    "intervention model": "intervention_model", "interventional model": "intervention_model", "assignment": "intervention_model",
    "observational model": "intervention_model", "observational study model": "intervention_model",
    "primary purpose": "primary_purpose", "purpose": "primary_purpose", "study design purpose": "primary_purpose",
    "masking": "masking", "blinding": "masking",
    "blinding/masking": "masking", "randomized": "allocation", "group": "intervention_model",
    "study design": "intervention_model", "type": "", "control group": "", "duration": "", "selection": "", "timing": "",
    "time perspective": "", "endpoint classification": "", "type of endpoint": "",
    "control": "", "placebo": "", "other design features": "",
    "randomization description": "", "blinding description": "", "method of generating random sequence": "",
    "method of generating randomization sequence": "", "method of allocation concealment": "", "blinding and masking": "masking",
}  # fmt: skip
_DESIGN: Final = re.compile(  # 'Group: Parallel' of one register is no 'Parallel group: yes' of another
    r"\b(?P<label>" + "|".join(sorted(_DESIGN_LABELS, key=len, reverse=True)).replace("|group|", "|(?<=, )group|") + r")\s*:", re.I
)
_EUCTR: Final = re.compile(
    r"\b(?P<flag>Controlled|Randomised|Open|Single blind|Double blind|Parallel group|Cross over|Other)\s*:\s*(?P<said>yes|no)\b", re.I
)
_GROUP_DIGITS: Final = re.compile(r"\d{1,3}(?:[, ]\d{3})+|\d+")
# Words of a design that is one phrase: 'Parallel Non-randomized', 'Randomized parallel controlled trial, double blind'.
_PHRASE_WORDS: Final = (
    ("allocation", "NON_RANDOMIZED", r"\bnon[- ]?randomi[sz]ed\b|\bnot randomi[sz]ed\b"),
    ("allocation", "RANDOMIZED", r"(?<!non-)(?<!non )(?<!non)(?<!not )(?<!quasi-)(?<!quasi )\brandomi[sz](?:ed|ation)\b|\bRCT\b"),
    ("intervention_model", "SINGLE_GROUP", r"\bsingle[- ](?:arm|group|assignment)\b"),
    ("intervention_model", "CROSSOVER", r"\bcross[- ]?over\b"),
    ("intervention_model", "FACTORIAL", r"\bfactorial\b"),
    ("intervention_model", "SEQUENTIAL", r"\bsequential\b"),
    ("intervention_model", "PARALLEL", r"\bparallel\b"),
    ("intervention_model", "CASE_CONTROL", r"\bcase[- ]control\b"),
    ("intervention_model", "COHORT", r"\bcohort\b"),
    ("masking", "NONE", r"\bopen[- ]?(?:label|masking)?\b(?! to\b)|\bno (?:blinding|masking)\b|\bunblinded\b|\bnot blinded\b"),
    ("masking", "SINGLE", r"\bsingle[- ]?(?:blind|mask)"),
    ("masking", "DOUBLE", r"\bdouble[- ]?(?:blind|mask)"),
    ("masking", "TRIPLE", r"\btriple[- ]?(?:blind|mask)"),
    ("primary_purpose", "TREATMENT", r"\btreatment purpose\b|\(treatment\)|\btrial of treatment\b|\btreatment study\b"),
    ("primary_purpose", "PREVENTION", r"\bprevention purpose\b|\(prevention\)"),
    ("primary_purpose", "DIAGNOSTIC", r"\bdiagnos(?:tic|is) purpose\b|\(diagnostic\)"),
    ("primary_purpose", "SCREENING", r"\bscreening purpose\b|\(screening\)"),
    ("primary_purpose", "SUPPORTIVE_CARE", r"\bsupportive(?: care)? purpose\b|\(supportive care\)"),
    ("primary_purpose", "HEALTH_SERVICES_RESEARCH", r"\bhealth services? research purpose\b|\(health services? research\)"),
    ("primary_purpose", "BASIC_SCIENCE", r"\bbasic science(?: purpose\b|\))"),
)
_PHRASES: Final = tuple((field, term, re.compile(pattern, re.I)) for field, term, pattern in _PHRASE_WORDS)
# 'Open: no' says nothing of the word before the colon
_DENIED: Final = re.compile(r"(?<![^:;.,\n])[^:;.,\n]*+(?::\s*+no\b(?:[^:;.,\n]*+(?=:\s*+no\b))?)++", re.I)
_TIME_FRAME: Final = re.compile(r"(?P<measure>.*)\[\s*Time\s?-?Frame\s*:(?P<frame>.*)", re.I | re.S)
_EUCTR_OUTCOME: Final = re.compile(
    r"(?P<label>Main Objective|Secondary Objective|Primary end point\(s\)|Secondary end point\(s\)"
    r"|Timepoint\(s\) of evaluation of this end point)"
    r"\s*:\s*(?P<value>.*)",
    re.I | re.S,
)
_NAMED_OUTCOME: Final = re.compile(r"(?P<label>Name|Timepoints?|Measure)\s*:\s*(?P<value>.*)", re.I | re.S)
_NAMED_PARTS: Final = re.compile(
    r";\s*(?=(?:Timepoints?|Measure|Secondary Objective|(?:Primary|Secondary) end point\(s\)"
    r"|Timepoint\(s\) of evaluation of this end point)\s*:)"
)
_PRODUCT: Final = re.compile(
    r"(?P<label>Trade Name|Product Name|Product Code|Pharmaceutical Form(?: of the placebo)?|INN or Proposed INN|CAS Number"
    r"|Current Sponsor code|Other descriptive name|Concentration (?:unit|type|number)|Route of administration of the placebo)"
    r"\s*:\s*(?P<value>.*)",
    re.I,
)
_GROUPED: Final = re.compile(r"(?P<label>[^:;]{1,160}):(?P<value>[^;]*?)(?:;|$)")
_EMPTY: Final = frozenset(
    {
        "",
        "none",
        "nil",
        "na",
        "n a",
        "nil known",
        "no",
        "not applicable",
        "not available",
        "null",
        "unknown",
        "secondary outcomes are not expected",
    }
)


def is_empty_word(text: str) -> bool:
    """True for 'None', 'N/A', 'Nil known', '-': a filled-in nothing."""
    return fold_word(text) in _EMPTY and not any(c.isalnum() and not c.isascii() for c in text)


def parse_design(text: str) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """(field -> term or roles, [(field, printed word) that is in no table]) of a printed study design."""
    if len(_EUCTR.findall(text)) > 3:
        return _euctr_design(text), []
    labels = list(_DESIGN.finditer(text))
    if not labels:
        return _phrase_design(text), []
    found = _phrase_design(text[: labels[0].start()])
    unknown: list[tuple[str, str]] = []
    for n, label in enumerate(labels):
        end = labels[n + 1].start() if n + 1 < len(labels) else len(text)
        field, raw = _DESIGN_LABELS[label["label"].lower()], text[label.end() : end].strip(" \t\r\n.,;|")
        if not field or not raw or field in found:
            continue
        if field == "masking":
            term, who = words.parse_masking(raw)
            found.update({"masking": term} if term else {}, **({"who_masked": who} if who else {}))
        elif label["label"].lower() == "randomized":
            term = {"yes": "RANDOMIZED", "no": "NON_RANDOMIZED"}.get(raw.lower())
            found.update({field: term} if term else {})
        else:
            term = "SINGLE_GROUP" if fold_word(raw) == "single" else words.look_up(_TABLES[field], raw)
            found.update({field: term} if term else {})
        if not term and not is_empty_word(raw):
            said = _phrase_design(raw).get(field)
            found.update({field: said} if said else {})
            unknown += [] if said else [(field, raw)]
    return found, unknown


_TABLES: Final = {
    "allocation": words.ALLOCATION,
    "intervention_model": words.INTERVENTION_MODEL,
    "primary_purpose": words.PRIMARY_PURPOSE,
}


def _euctr_design(text: str) -> dict[str, Any]:
    """Only what is answered 'yes': a form of nothing but 'no' was not filled in."""
    yes = {flag.lower() for flag, said in _EUCTR.findall(text) if said.lower() == "yes"}
    found = {"allocation": "RANDOMIZED"} if "randomised" in yes else {}
    models = [term for flag, term in (("parallel group", "PARALLEL"), ("cross over", "CROSSOVER")) if flag in yes]
    masks = [term for flag, term in (("open", "NONE"), ("single blind", "SINGLE"), ("double blind", "DOUBLE")) if flag in yes]
    found |= {"intervention_model": models[0]} if len(models) == 1 else {}
    return found | ({"masking": masks[0]} if len(masks) == 1 else {})


def _phrase_design(text: str) -> dict[str, Any]:
    """What the words of one phrase say; two answers to one question are none."""
    found: dict[str, set[str]] = {}
    text = _DENIED.sub(" ", text)
    for field, term, pattern in _PHRASES if text.strip() else ():
        if pattern.search(text):
            found.setdefault(field, set()).add(term)
    return {field: terms.pop() for field, terms in found.items() if len(terms) == 1}


def whole_number(printed: str) -> int | None:
    """The number that *printed* is, commas and blanks between its digits left aside; None for no number or one of more than nine digits."""
    digits = re.sub(r"[,\s]", "", printed)
    return int(digits) if re.fullmatch(r"[0-9]{1,9}", digits) else None


def parse_size(text: str) -> Enrollment | None:
    """``30``, ``1,200``, or the sizes of the arms, ``Control:80;Test:80;``, whose sum is the count; None when it is neither."""
    raw = fold_blanks(text)
    if _GROUP_DIGITS.fullmatch(raw) and (count := whole_number(raw)) is not None:
        return Enrollment(count=count, raw=raw)
    arms = [(label.strip(), size.strip()) for label, size in _GROUPED.findall(raw)]
    sizes = [whole_number(size) for _, size in arms]
    if arms and None not in sizes and not re.sub(_GROUPED, "", raw).strip(" ;"):
        per_arm = tuple(ArmEnrollment(label=label, count=size) for (label, _), size in zip(arms, sizes, strict=True))
        return Enrollment(count=sum(size or 0 for size in sizes), raw=raw, per_arm=per_arm)
    found = re.findall(r"\d+", raw)
    if len(found) == 1 and re.search(r"participants|patients|subjects|persons|people|total", raw, re.I):
        return Enrollment(count=whole_number(found[0]), raw=raw) if whole_number(found[0]) is not None else None
    return None


def parse_sex(text: str) -> str | None:
    """``All``, ``Both males and females``, or the two answers ``Female: yes Male: no``."""
    said = {sex.lower(): answer.lower() for sex, answer in re.findall(r"\b(female|male)s?\s*:\s*(yes|no)\b", text, re.I)}
    if said:
        yes = [sex for sex in ("female", "male") if said.get(sex) == "yes"]
        return "ALL" if len(yes) == 2 else yes[0].upper() if yes and len(said) == 2 else None
    if ":" in text:
        return None
    return words.look_up(words.SEX, text)


@lru_cache(maxsize=1024)  # a register has few such limits
def parse_limit(text: str, field: str = "minimum_age") -> Age | None:
    """An age limit as registers print it, a comparison sign before or after it left aside: ``20years-old <=``, ``>= 20age old``."""
    raw = fold_blanks(text)
    found = parse_age(raw, field) or parse_age(re.sub(r"\s?[<>=≤≥]+\s?", " ", raw).strip(), field)
    return found.model_copy(update={"raw": raw}) if found else None


def parse_interventions(texts: Sequence[str]) -> list[Intervention]:
    """The interventions of the printed lines: ``Drug: name``, ``Group:name;Group:name;``, the product forms of EU registers, or names."""
    products = [_PRODUCT.fullmatch(text) for text in texts]
    if any(products):
        return _products(texts)
    made: list[Intervention] = []
    for text in texts:
        kind, colon, name = text.partition(":")
        term = words.look_up(words.INTERVENTION_TYPE, kind) if colon else None
        groups = [] if term else [(label.strip(), value.strip()) for label, value in _GROUPED.findall(text)]
        if term:
            made += [Intervention.model_validate({"type": term, "name": name.strip()})] if name.strip() else []
        elif groups and text.rstrip().endswith(";") and not re.sub(_GROUPED, "", text).strip(" ;"):
            made += [Intervention(name=value, arm_group_labels=(label,)) for label, value in groups if not is_empty_word(value)]
        elif not is_empty_word(text):
            made.append(Intervention(name=text))
    return made


def _products(texts: Sequence[str]) -> list[Intervention]:
    made: list[dict[str, Any]] = []
    for text in texts:
        found = _PRODUCT.fullmatch(text)
        if not found:
            if not is_empty_word(text):
                made.append({"name": text, "rest": []})
            continue
        label, value = found["label"].lower(), found["value"].strip()
        opens = label == "trade name" or (label == "product name" and (not made or "product name" in made[-1]))
        if opens or not made:
            made.append({"name": "", "rest": []})
        made[-1][label] = value
        if value:
            made[-1]["rest"].append(f"{found['label']}: {value}")
    out: list[Intervention] = []
    for product in made:
        inn = product.get("inn or proposed inn", "")
        names = [
            n for n in (product["name"], product.get("trade name", ""), product.get("product name", ""), inn) if n and not is_empty_word(n)
        ]
        if names:
            others = tuple(dict.fromkeys(n for n in names[1:] if n != names[0]))
            out.append(Intervention(name=names[0], other_names=others, description="\n".join(product["rest"]) or None))
    return out


def parse_outcomes(texts: Sequence[str]) -> tuple[list[Outcome], list[str]]:
    """(outcomes, lines that are not outcomes) of printed lines; only the last ``[Time Frame: …]`` of a line is its time frame."""
    made: list[dict[str, str | None]] = []
    aside: list[str] = []
    for text in (part for whole in texts for part in _NAMED_PARTS.split(whole)):
        labelled = _EUCTR_OUTCOME.fullmatch(text) or _NAMED_OUTCOME.fullmatch(text)
        if labelled:
            _labelled_outcome(labelled["label"].lower(), labelled["value"].strip(), made, aside, text)
            continue
        found = _TIME_FRAME.fullmatch(text)
        frame = found["frame"].strip().removesuffix(".").rstrip().removesuffix("]").strip() if found else ""
        if found and found["measure"].strip():
            made.append({"measure": found["measure"].strip(), "time_frame": frame or None})
        elif found and made and not made[-1].get("time_frame"):
            made[-1]["time_frame"] = frame or None
        elif text.rstrip().endswith(";") and text.count(";") > 0:
            made += [{"measure": part.strip()} for part in text.split(";") if part.strip() and not is_empty_word(part)]
        elif not is_empty_word(text):
            made.append({"measure": text})
    return [Outcome.model_validate(one) for one in made], aside


def _labelled_outcome(label: str, value: str, made: list[dict[str, str | None]], aside: list[str], text: str) -> None:
    if not value or is_empty_word(value):
        return
    if label == "measure" and made and not made[-1].get("description"):
        made[-1]["description"] = value if value != made[-1]["measure"] else None
    elif label.startswith(("primary", "secondary end", "name", "measure")):
        made.append({"measure": value})
    elif label.startswith("time") and made and not made[-1].get("time_frame"):
        made[-1]["time_frame"] = value
    else:
        aside.append(text)


def ethics_blocks(lines: Sequence[tuple[str, Any]], *, below: bool = False) -> list[Mapping[str, Any]]:
    """The ethics reviews of labelled lines ``Status: … Approval date: … Contact: …``, each a mapping of label to (value, where).

    *below*: a value may stand on the line after its label; of the contact it always may.
    """
    found: list[dict[str, Any]] = []
    last = None
    for text, where in lines:
        label, colon, value = text.partition(":")
        key = {"status": "status", "approval date": "approval_date", "contact": "contact"}.get(fold_word(label)) if colon else None
        if key == "status" or (key and not found):
            found.append({})
        if colon and fold_word(label) in ("results available", "date posted", "date completed", "url"):
            break  # the heading of the results is lost
        if key is None and last and last not in found[-1] and ((last == "contact" and not contact_part(text)[0]) or below):
            key, value = last, text
        if key and value.strip():
            found[-1][key] = (value.strip(), where)
        last = key
    return [block for block in found if block]
