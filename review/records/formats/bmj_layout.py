"""Takes a journal page of the BMJ group apart: title, by-line lists, abstract, keywords, body, footnotes.

Two layouts are known: that of the specialty journals ('Article Text', three numbered lists, 'Request Permissions') and that of
the main journal (a citation line under the title). Site furniture is left out; nothing is taken for a title or an author by
place alone where the lists are missing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from review.model.identifiers import recognise
from review.records import by_line
from review.records.lines import Line, Page, make_line
from review.text import fold_word

TYPES: Final = frozenset(
    fold_word(word)
    for word in (
        "Original research|Original article|Original articles|Research|Research article|Letter|Letters|Letter to the editor|Correspondence"
        "|Correspondence response|Review|Systematic review|Editorial|Editorials|Protocol|Study protocol|Case report|Case reports"
        "|Case series|Scientific abstract|Scientific abstracts|Poster presentation|Poster presentations"
        "|Oral presentation|Oral presentations"
        "|Poster tours|Abstract|Abstracts|Speakers abstracts|Short report|Brief report|Concise report|Extended report"
        "|Extended reports|Clinical science"
        "|Clinical and epidemiological research|Basic and translational research|Translational science|Epidemiology"
        "|Epidemiological science|Epidemiological research|Recommendation|Recommendations|Guideline|Commentary|Viewpoint|Viewpoints"
        "|Research letter|Research methods and reporting|Analysis|Education|Clinical review|Practice|Meta-analysis|PostScript"
        "|Electronic pages|Miscellaneous|Communication|Hypothesis|Perspective|Qualitative research|Cohort profile|Images"
        "|Rapid communication|Brief communication|Clinical research|Clinical trial|Research paper|Paper|Papers|Full papers|Short reports"
        "|Rapid responses|Scientific letter|Case report/series|Narrative review|Scoping review|Mini review|Invited review"
        "|State of the art review"
        "|Reviews|Systematic reviews|Guidelines|Rapid recommendations|Position statement|Consensus statement|Debate|Opinion|Feature|News"
        "|Personal view|Lesson of the week|Education and debate|General practice|Quality improvement report|Methodology|Clinical science"
        "|Basic science|Laboratory science|Book review|Obituary|Observations|Data note|Supplement|Correction|Corrections|Retraction"
    ).split("|")
)
FOOTNOTES: Final = {
    "handling editor": "handling_editor", "contributors": "contributors", "contributor": "contributors", "funding": "funding",
    "competing interests": "competing_interests", "competing interest": "competing_interests",
    "conflict of interest": "competing_interests",
    "conflicts of interest": "competing_interests", "disclosure of interest": "competing_interests",
    "disclosure of interests": "competing_interests", "provenance and peer review": "peer_review",
    "ethics approval": "", "patient consent for publication": "", "patient consent": "", "data availability statement": "",
    "data sharing statement": "", "data sharing": "", "disclaimer": "", "collaborators": "", "correction notice": "", "author note": "",
    "patient and public involvement": "", "acknowledgements": "", "presented at": "", "transparency": "", "ethical approval": "",
    "supplemental material": "-", "supplementary material": "-", "twitter": "-", "x": "-", "map disclaimer": "-", "open access": "-",
    "additional supplemental material is published online only": "-", "publisher s note": "-", "linked articles": "-",
}  # fmt: skip
_FURNITURE: Final = re.compile(
    r"(?:article text|article|article menu|download pdf.*|pdf|free|open access|email alerts|menu|home|search|log ?in|share|print|full text"
    r"|abstract|you are here|skip to main content|article alerts|citation tools|responses|peer review|related content|metrics"
    r"|article info.*|info (?:&|and) metrics|rapid responses|statistics from.*|jump to comment.*"
    r"|if you wish to reuse any or all of this article.*|ccby(?:nc)?(?: open access)?|figures (?:&|and) data)$",
    re.I,
)
_ADDRESS: Final = re.compile(r"(?:https?://|doi:|www\.)\S+$|.*this is an open.access", re.I)
_CORRECTED: Final = re.compile(
    r"this article has (?:an?|been) (?:correct|retract|expression of concern)|please see:|this is a correction", re.I
)
_ABSTRACT_LABEL: Final = re.compile(
    r"(?:background(?: and (?:aims?|objectives?))?|objectives?|aims?|introduction|purpose|context|methods?(?: and (?:analysis|materials))?"
    r"|materials? and methods|patients and methods|design(?: and settings?)?|settings?|participants?|patients|subjects"
    r"|interventions?|data sources?"
    r"|main outcome measures?|outcome measures?|results?|findings|interpretation|conclusions?|trial registration(?: number)?"
    r"|ethics and dissemination|registration|eligibility criteria.*|study selection|review methods)\s*:?$",
    re.I,
)
_STOP: Final = re.compile(
    r"(?:statistics from|request permissions|if you wish to|this is an open.access|https?://|data availability|view full text|footnotes?$"
    r"|introduction$|what (?:is already|this|does|are|we) |key messages?|key ?words\b|significance of this study|strengths and limitations"
    r"|references$|supplementary materials?$|linked articles?$|view mode|how might this|read the full text|log ?in|background$|main text)",
    re.I,
)
_AFTER_BODY: Final = re.compile(
    r"(?:view full text|footnotes?$|references$|supplementary materials?$|supplementary data|data supplement|linked articles?$"
    r"|read the full text|other content recommended|log in using your|acknowledge?ments$|cookies|© )",
    re.I,
)
_DISCLOSURE: Final = re.compile(r"(?:disclosures? of interests?|competing interests|conflicts? of interest)\b\W*\S", re.I)
_DATED: Final = re.compile(r"(?:accepted|received|published|first published)\b.{0,40}\d{4}", re.I)
_PERMISSION: Final = re.compile(r"\b(?:re-?use|permissions?|rightslink|link below|licen[cs]e)\b", re.I)
_LICENCE: Final = re.compile(r"this is an open.access|creativecommons\.org|permits others to distribute", re.I)


@dataclass
class Parts:
    """The parts of a page, each as its lines."""

    title: Line | None = None
    types: list[Line] = field(default_factory=list)
    citation: Line | None = None  # 'BMJ 2019;366:l4679 doi: …' of the main journal
    doi: Line | None = None  # the article's own DOI, alone on its line
    authors: list[Line] = field(default_factory=list)
    affiliations: list[Line] = field(default_factory=list)
    correspondence: list[Line] = field(default_factory=list)
    abstract: list[Line] = field(default_factory=list)
    keywords: list[Line] = field(default_factory=list)
    body: list[Line] = field(default_factory=list)
    footnotes: list[Line] = field(default_factory=list)
    notices: list[Line] = field(default_factory=list)  # 'This article has a correction. Please see:'
    cut_off: bool = False  # 'View Full Text' stands where the body breaks off


def parts_of(page: Page) -> Parts:
    """The parts of *page*."""
    found = Parts()
    lines = page.filled
    start, end = _running_by_line(found, lines)
    if end == start:
        start, end = _by_line(lines)
        _lists(found, lines[start:end])
        end += _address_below(found, lines[end:])
    front = lines[:start] if end > start else _before_text(lines)
    _front(found, front)
    rest = lines[max(end, len(front)) :]
    at = _abstract(found, rest)
    for line in [*(front if end <= start else ()), *rest[at:]]:
        if re.match(r"(?i)statistics from|request permissions", line.plain):
            break
        number = recognise(line.plain, "DOI")
        if number and number.value.startswith("10.1136/"):
            found.doi = line
            break
    _body(found, rest[at:])
    return found


def _running_by_line(found: Parts, lines: Sequence[Line]) -> tuple[int, int]:
    """First and last+1 index of a by-line without lists: the authors in one line over 'Author affiliations'; (0, 0) without it."""
    at = next((n for n, line in enumerate(lines) if n and fold_word(line.plain) == "author affiliations" and not lines[n - 1].marker), 0)
    names = re.split(r"(?<=\d),?\s+(?:and\s+)?(?=[^\W\d_])", lines[at - 1].plain) if at else []
    if not names or _is_citation(lines[at - 1]) or not all(by_line.parse_author(name, 1) for name in names):
        return 0, 0
    end = at + 1
    while end < len(lines) and re.match(r"\d{1,2}\s*[^\W\d_]", lines[end].plain):
        found.affiliations.append(lines[end])
        end += 1
    while end < len(lines) and (by_line.is_correspondence(lines[end].plain) or _DATED.match(lines[end].plain)):
        found.correspondence += [lines[end]] if by_line.is_correspondence(lines[end].plain) else []
        end += 1
    found.authors = [make_line(lines[at - 1].number, name) for name in names]
    return at - 1, end


def _address_below(found: Parts, lines: Sequence[Line]) -> int:
    """How many *lines* go on with an item that is nothing but 'Correspondence to:'; they are joined to it."""
    last = found.correspondence[-1] if found.correspondence else None
    if last is None or not re.fullmatch(r"(?i)correspondence to\W*", last.text):
        return 0
    taken = 0
    while taken < min(5, len(lines)) and not (_STOP.match(lines[taken].plain) or lines[taken].marker or lines[taken].level):
        taken += 1
        if "@" in lines[taken - 1].plain or "{at}" in lines[taken - 1].plain:
            break
    text = ", ".join(line.plain.rstrip(" ,") for line in lines[:taken])
    found.correspondence[-1] = make_line(last.number, f"{last.text} {text}")
    return taken


def _by_line(lines: Sequence[Line]) -> tuple[int, int]:
    """First and last+1 index of the lists of authors, affiliations and correspondence; (0, 0) when there are none."""
    runs: list[tuple[int, int]] = []
    at = 0
    while at < len(lines):
        if not _in_list(lines[at]):
            at += 1
            continue
        begin = at
        while at < len(lines) and (_in_list(lines[at]) or _between_lists(lines[at])):
            at += 1
        runs.append((begin, at))
    for begin, stop in runs:
        if any(by_line.is_correspondence(line.text) for line in lines[begin:stop]):
            return min(_without_menu(lines, begin), stop), stop
    for begin, stop in runs:
        if any(_STOP.match(line.plain) or line.plain.lower() == "abstract" for line in lines[:begin]):
            break
        begin = _without_menu(lines, begin)
        if begin < stop and footnote_label(lines[begin])[0]:
            break
        numbered = any(line.enum in ("1.", "1)") for line in lines[begin:stop])
        if begin < stop and (numbered or by_line.looks_like_author(lines[begin].text)) and len(lines[begin].text) < 120:
            return (begin, stop) if by_line.parse_author(lines[begin].text, 1) else (0, 0)
    return 0, 0


def _in_list(line: Line) -> bool:
    return bool(line.marker) or line.depth > 0 or by_line.is_correspondence(line.plain)


def _between_lists(line: Line) -> bool:
    return fold_word(line.plain) in ("author affiliations", "affiliations", "authors")


def _without_menu(lines: Sequence[Line], begin: int) -> int:
    """Past the bullets of a menu (Article, Metrics, Responses …) that stands right before the first author."""
    while begin < len(lines) and _in_list(lines[begin]) and _FURNITURE.match(lines[begin].text):
        begin += 1
    first = next((n for n in range(begin, len(lines)) if lines[n].enum in ("1.", "1)")), begin)
    if first >= len(lines):
        return begin
    return (
        first
        if all(_FURNITURE.match(line.text) or (line.bullet and not line.enum) for line in lines[begin:first]) and lines[first].enum
        else begin
    )


def _before_text(lines: Sequence[Line]) -> Sequence[Line]:
    """Where there is no by-line: the lines before the abstract, the statistics or the permissions."""
    for n, line in enumerate(lines):
        if line.plain.lower() == "abstract" or re.match(r"(?i)statistics from|request permissions", line.plain):
            return lines[:n]
    cited = next((n for n, line in enumerate(lines) if _is_citation(line)), -1)
    while 0 <= cited < len(lines) - 1 and _FURNITURE.match(lines[cited + 1].text):
        cited += 1  # the menu below the citation line
    return lines[: cited + 1]


def _is_citation(line: Line) -> bool:
    return bool(re.search(r"\bBMJ\s+\d{4}\s*;", line.plain)) and "10.1136/" in line.plain


def _front(found: Parts, lines: Sequence[Line]) -> None:
    """Title, type of article and the citation line, from what stands before the authors."""
    marker = next((n for n in range(len(lines) - 1, -1, -1) if lines[n].plain.lower() == "article text"), -1)
    region = list(lines[marker + 1 :]) if marker >= 0 else list(lines)
    found.citation = next((line for line in lines if _is_citation(line)), None)
    shown: list[Line] = []
    corrected = False
    for line in region:
        if _CORRECTED.search(line.plain):
            corrected = True
            found.notices.append(line)
        elif line is found.citation or _FURNITURE.match(line.text) or _ADDRESS.match(line.plain) or (corrected and line.marker):
            continue
        elif fold_word(line.text) in TYPES:
            found.types.append(line)
        elif not line.marker or line.level:
            shown.append(line)
    headed = [line for line in shown if line.level == 1] or [line for line in shown if line.level]
    if headed:
        found.title = headed[-1]
    elif shown and (marker >= 0 or found.citation is not None):
        before = [line for line in shown if found.citation is None or line.number < found.citation.number] or shown
        after_type = [line for line in before if found.types and line.number > found.types[-1].number]
        if after_type:
            found.title = after_type[0]
        elif len(before) < 4:  # with more of them, something that divides the page is lost
            found.title = before[-1]


def _lists(found: Parts, lines: Sequence[Line]) -> None:
    """Sorts the items of the by-line: a restart of the numbers begins the next list; without numbers the words decide."""
    lists: list[list[Line]] = [[]]
    before = 0
    counted = any(line.enum for line in lines)
    for at, line in enumerate(lines):
        if _between_lists(line) or _DATED.match(line.text) or (at and line.plain == lines[at - 1].plain):
            continue  # a line that a capture printed twice is no restart
        number = int(line.enum.strip(".)")) if line.enum.strip(".)").isdigit() else 0
        if number and number <= before and lists[-1]:
            lists.append([])
        before = number or before
        lists[-1].append(line)
    places = [line for line in lists[0] if by_line.looks_like_affiliation(line.text)]
    no_author = all(line in places or by_line.is_correspondence(line.text) for line in lists[0])  # their list is lost
    for n, items in enumerate(lists):
        for line in items:
            if by_line.is_correspondence(line.text):
                found.correspondence.append(line)
            elif (found.correspondence or (counted and n > 0)) and _is_keyword(line) and not by_line.looks_like_affiliation(line.text):
                found.keywords.append(line)  # a letter has its keywords right below its by-line
            elif n > 0 or (line in places and (no_author or not line.enum or line.text[:1].isdigit())):
                found.affiliations.append(line)
            elif line.enum or any(c.isupper() or not c.islower() for c in line.text if c.isalpha()):  # keywords are in small letters
                found.authors.append(line)


def _abstract(found: Parts, lines: Sequence[Line]) -> int:
    """Fills abstract and keywords; the index of the first line after them."""
    at = next((n for n, line in enumerate(lines) if line.plain.lower().rstrip(":") == "abstract"), None)
    if at is None:
        return 0
    level = lines[at].level
    at += 1
    apart = at < len(lines) and bool(_ABSTRACT_LABEL.match(lines[at].plain))  # labels on lines of their own
    while at < len(lines):
        line = lines[at]
        label = bool(_ABSTRACT_LABEL.match(line.plain))
        if label and (not apart or 0 < line.level <= level):
            break  # the first heading of the body
        first = label and not found.abstract
        if (
            not label
            and not line.bullet
            and not _DISCLOSURE.match(line.plain)
            and len(line.plain) < 40
            and re.fullmatch(r"[A-Z][A-Za-z ,&-]*:?", line.plain)
        ):
            break  # another heading
        if (_STOP.match(line.plain) and not first) or (line.level and not label):
            break
        if line.bullet and found.abstract and len(line.text) < 100:
            break
        if _DISCLOSURE.match(line.plain):
            break
        found.abstract.append(line)
        at += 1
    while at < len(lines) and _DISCLOSURE.match(lines[at].plain):
        found.footnotes.append(lines[at])
        at += 1
    if at < len(lines) and re.match(r"(?i)key ?words\W*$", lines[at].plain):
        at += 1
    while (
        at < len(lines)
        and lines[at].bullet
        and len(lines[at].text) < 100
        and not (_FURNITURE.match(lines[at].text) or footnote_label(lines[at])[0])
    ):
        found.keywords.append(lines[at])
        at += 1
    return at


def _body(found: Parts, lines: Sequence[Line]) -> None:
    """The body without furniture, and the footnotes behind it."""
    at = 0
    asked = next((n for n, line in enumerate(lines) if re.match(r"(?i)request permissions", line.plain)), None)
    counted = next((n for n, line in enumerate(lines) if re.match(r"(?i)statistics from", line.plain)), None)
    if asked is not None:
        at = asked + 1
        if at < len(lines) and _PERMISSION.search(lines[at].plain) and not lines[at].level:
            at += 1
        while at < len(lines) and _is_keyword(lines[at]):
            found.keywords += [lines[at]] if not any(line.text == lines[at].text for line in found.keywords) else []
            at += 1
    elif counted is not None:
        at = counted + 1
    while at < len(lines) and not _AFTER_BODY.match(lines[at].plain):
        line = lines[at]
        if footnote_label(line)[0] and not line.level:
            break
        furniture = _FURNITURE.match(line.plain) or _LICENCE.search(line.plain) or line.level or line.plain.startswith(("|", "http"))
        if not furniture and len(line.plain) > 30 and not (_STOP.match(line.plain) and line.plain.isupper()):
            found.body.append(line)
        at += 1
    found.cut_off = any(re.match(r"(?i)view full text|read the full text", line.plain) for line in lines[at:])
    headed = [n for n, line in enumerate(lines) if n >= at and re.match(r"(?i)footnotes\W*$", line.plain)]
    for line in lines[headed[-1] if headed else at :]:
        if re.match(r"(?i)references$|other content recommended|cookies", line.plain):
            break
        found.footnotes.append(line)


def _is_keyword(line: Line) -> bool:
    return bool(line.bullet) and not line.enum and len(line.text) < 80 and line.text[-1:].isalnum() and not footnote_label(line)[0]


def footnote_label(line: Line) -> tuple[str, str]:
    """(label as printed, text) of a footnote, ``Funding This study …``; empty when the line is none."""
    text = line.text if line.marker else line.plain
    words_ = text.split(" ")
    for count in range(min(8, len(words_)), 0, -1):
        label = " ".join(words_[:count]).rstrip(":")
        rest = " ".join(words_[count:])
        if (
            fold_word(label) in FOOTNOTES
            and label[:1].isupper()
            and (rest[:1].isupper() or rest[:1].isdigit() or not rest or rest[:1] in "@('‘“")
        ):
            return label, rest
    return "", ""
