"""The patient groups of a ClinicalTrials.Veeva page: label, type, ``Description:``, ``Treatment:``; one without its label is not read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from review.model.record import ArmGroup, Enrollment, Lines, ProblemCode
from review.records import register_values as register
from review.records.build import RecordDraft
from review.records.lines import Line, paragraphs, span_of, stretches
from review.records.sections import is_sentence
from review.records.vocabulary import ARM_TYPE, INTERVENTION_TYPE, look_up
from review.text import fold_word

GROUPS = re.compile(r"(?P<count>\d[\d,]*)\s+(?:participants?|patients?)\s+in\s+(?P<groups>\d+)\s+patient\s+groups?\b.*", re.I)


def put_groups(draft: RecordDraft, lines: Sequence[Line], treatments: AbstractSet[str]) -> None:
    """Puts the groups of *lines* in, the first of which announces them; their number is compared with it."""
    counted = GROUPS.fullmatch(lines[0].plain)
    count = register.whole_number(counted["count"]) if counted else None
    if count is not None and draft.get("enrollment") is None:
        draft.put("enrollment", Enrollment(count=count, raw=lines[0].plain), lines[0])
    lost: list[Lines] = []
    for arm, where, whole in groups(lines[1:], treatments):
        if arm:
            draft.add("arm_groups", arm, where)
        lost += [] if whole else [where]
    if lost:
        draft.problem(ProblemCode.LOSSY_CAPTURE, "arm_groups", "a patient group stands without its label, or a treatment", lost[0])
    arms = draft.get("arm_groups") or []
    if counted and arms and len(arms) != register.whole_number(counted["groups"]):
        note = f"the page announces {counted['groups']} groups, {len(arms)} were found"
        draft.problem(ProblemCode.VALUE_CONFLICT, "arm_groups", note, lines[0])


def groups(lines: Sequence[Line], treatments: AbstractSet[str]) -> Iterator[tuple[ArmGroup | None, Lines, bool]]:
    """(group, its lines, whole) of each group in the filled *lines*; None for one whose label is lost.

    *treatments* are the lines under the page's own 'Treatments': such a line is no label and no description.
    """
    starts = list(_starts(lines, treatments))
    ends = [end for _, end in stretches([n for n, _ in starts], len(lines))]
    for (start, labelled), end in zip(starts, ends, strict=True):
        group, whole = _group(lines[start:end], treatments) if labelled else (None, False)
        yield group, span_of(lines[start:end]), whole


def named(text: str) -> tuple[str | None, str]:
    """(type, name) of 'Drug: name'; the type is None where the word before the colon is not one."""
    kind, colon, name = text.partition(":")
    term = look_up(INTERVENTION_TYPE, kind) if colon else None
    return (term, name.strip()) if term and name.strip() else (None, text.strip())


def _starts(lines: Sequence[Line], treatments: AbstractSet[str]) -> Iterator[tuple[int, bool]]:
    """Where groups begin, and whether there is a label: before a type, or before a part that the group has had already."""
    seen: set[str] = set()
    if lines and _type(lines[0]):
        yield 0, False
    for n, line in enumerate(lines[:-1]):
        if part := _part(line):
            seen.add(part)
            continue
        after = _part(lines[n + 1])
        again = after in seen or (after == "description" and "treatment" in seen)
        if not _type(line) and (_type(lines[n + 1]) or (after and (again or n == 0))):
            lost = line.plain in treatments or is_sentence(line.plain) or ("treatment" in seen and named(line.plain)[0] is not None)
            yield (n + 1, False) if lost else (n, True)
            seen = set()


def _group(lines: Sequence[Line], treatments: AbstractSet[str]) -> tuple[ArmGroup, bool]:
    """(group, nothing lost): after the treatments nothing else is of the group, as the label of a further one may be lost."""
    kind, part, whole = None, "", True
    texts: list[Line] = []
    names: list[str] = []
    for line in lines[1:]:
        if _part(line):
            part = _part(line)
        elif not texts and not part and (found := _type(line)):
            kind = kind or found
        elif line.plain in treatments and named(line.text)[0]:
            part = "treatment"
            names.append(named(line.text)[1])
        elif part == "treatment":
            if treatments and not named(line.text)[0]:
                whole = False
                break
            names.append(named(line.text)[1])
        elif part:
            texts.append(line)
        else:  # a text without its own label may be the label of a further group
            whole = False
            break
    arm = {"label": lines[0].plain, "type": kind, "description": paragraphs(texts) or None, "intervention_names": tuple(names)}
    return ArmGroup.model_validate(arm), whole


def _part(line: Line) -> str:
    key = fold_word(line.plain)
    return {"description": "description", "treatment": "treatment", "treatments": "treatment"}.get(key, "")


def _type(line: Line) -> str | None:
    key = fold_word(line.plain)
    return look_up(ARM_TYPE, key) if key.endswith((" group", " arm")) and key != "other arm" else None
