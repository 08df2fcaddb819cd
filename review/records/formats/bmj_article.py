"""Reads an article page of a BMJ journal, saved as text or as HTML: by-line, abstract, what the body shows, footnotes.

In text the numbers of references are fused with the words before them (``≥5.6`` is 5 and reference 6): such places are kept
and named. In HTML they are superscripts or links and are taken out. Journal, DOI and year come from the page's own metadata or
its citation line, never from a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from review.model.identifiers import PUBLICATION_TYPES, find, recognise
from review.model.record import Affiliation, Author, ProblemCode, Record
from review.records import by_line
from review.records.build import Context, RecordDraft
from review.records.dates import parse_date
from review.records.formats import page_format
from review.records.formats.bmj_layout import FOOTNOTES, Parts, footnote_label, parts_of
from review.records.lines import Line, Page
from review.text import fold_blanks, fold_word

NAME: Final = "bmj_article"
SITE: Final = "BMJ journals"
_SIGNS: Final = (  # printed furniture of the journal pages and what each tells
    (r"article text$", 0.3), (r"download pdf", 0.2), (r"statistics from", 0.15), (r"request permissions", 0.2), (r"view full text", 0.1),
    (r"footnotes$", 0.1), (r"\W*provenance and peer review\b", 0.2),
    (r"\W*+(?:\d\W*+)?correspondence to\b", 0.2), (r"\W*handling editor\b", 0.1),
)  # fmt: skip
_FUSED: Final = (
    re.compile(r"(?<=[A-Za-z)\]%’”'\"])[.,;:]\d{1,3}(?:[,–-]\d{1,3})*(?=\s|$)"),  # '(RA).2 ', 'primary SS,5 '
    re.compile(r"(?<=\d)\.\d{1,2}(?:[,–-]\d{1,2})*(?=\s+[A-Z]|$)"),  # '≥5.6 The', 'IL-23.1 Then'
    re.compile(r"(?<=[a-z]{4})\d{1,2}(?:[,–-]\d{1,2})*(?=\s|[.,;])"),  # 'syndrome1 and'
)
_NOT_FUSED: Final = re.compile(r"(?i)\b(?:p|no|nr|fig|figs|ref|refs|vol|pp|v|version|table|box|week|day|month|year|phase|grade)\.?$")
_REFERENCE: Final = re.compile(r"[\d\s,;–\-−]+|[*†‡§]+")
_GRANT: Final = re.compile(r"(?=[^\s,;()]{0,60}\d)[A-Z0-9][\w./–\-]{3,60}[\w]")
_NUMBERED: Final = re.compile(
    r"(?:grants?|awards?|numbers?|nos?\.?|contract|project|reference|#)\W{0,3}((?:[\w./–\-]{0,60}\d[\w./–\-]{0,60}(?:,? and |, )?)+)", re.I
)
_NOTICES: Final = (
    (ProblemCode.RETRACTED, re.compile(r"this article has (?:a|been) retract", re.I)),
    (ProblemCode.UNDER_CONCERN, re.compile(r"this article has an expression of concern", re.I)),
    (ProblemCode.CORRECTED, re.compile(r"this article has (?:a|been) correct", re.I)),
)
_NO_DATA: Final = (
    "official_title", "brief_summary", "conditions", "interventions", "arm_groups", "primary_outcomes", "secondary_outcomes", "eligibility",
    "minimum_age", "maximum_age", "sex", "study_type", "phases", "enrollment", "overall_status", "lead_sponsor", "locations",
)  # fmt: skip


def detect(page: Page) -> float:
    """Confidence from the furniture of the journals' pages, or from the metadata of an article of this publisher."""
    shown = [line.plain.lower() for line in page.filled]
    score = sum(weight for pattern, weight in _SIGNS if any(re.match(pattern, text) for text in shown))
    if any("{at}" in text for text in shown):
        score += 0.1
    if any(re.search(r"\bbmj \d{4}\s*;\s*\d+", text) and "10.1136/" in text for text in shown):
        score += 0.4
    publisher = " ".join(page.meta.get("citation_publisher", ()) + page.meta.get("dc.publisher", ()))
    if page.first_meta("citation_title") and ((page.first_meta("citation_doi") or "").startswith("10.1136/") or "BMJ" in publisher):
        score += 0.6
    return min(score, 0.99)


def read(page: Page, context: Context) -> Iterator[Record]:
    """The record of the page."""
    parts = parts_of(page)
    presented = any(re.search(r"(?i)\b(?:abstracts?|posters?|presentations?)\b", line.text) for line in parts.types)
    draft = RecordDraft("conference_abstract" if presented else "article_report")
    publication: dict[str, object] = {"publisher_site": "BMJ"}
    spans: dict[str, Sequence[Line]] = {}
    _title(draft, page, parts)
    _citation(publication, page, parts)
    _people(publication, spans, page, parts)
    _text(draft, publication, spans, page, parts)
    _notes(draft, publication, spans, parts)
    _identifiers(draft, publication, page, context, parts)
    for name, value in publication.items():
        draft.put(f"publication.{name}", value, spans.get(name))
    if lost := _lost(publication, draft):
        draft.problem(ProblemCode.LOSSY_CAPTURE, None, f"not in this capture: {', '.join(lost)}")
    _notices(draft, parts)
    draft.not_on_page(*_NO_DATA)
    yield draft.finish(source_format=NAME, context=context, page=page, site=SITE)


def _lost(publication: dict[str, object], draft: RecordDraft) -> list[str]:
    """What every page has and this one has not."""
    authors: Sequence[Author] = publication.get("authors") or ()  # type: ignore[assignment]
    affiliations: Sequence[Affiliation] = publication.get("affiliations") or ()  # type: ignore[assignment]
    known = {one.ref for one in affiliations}
    lost = [] if draft.get("brief_title") else ["a title"]
    refers = sorted({ref for author in authors for ref in author.affiliation_refs} - known)
    return lost + [f"affiliation {ref}, which an author refers to" for ref in refers]


def _notices(draft: RecordDraft, parts: Parts) -> None:
    """What the site says about the article since it came out."""
    for line in parts.notices:
        for code, words in _NOTICES:
            if words.search(line.plain):
                draft.problem(code, None, f"the page says: {line.plain}", line)


def _title(draft: RecordDraft, page: Page, parts: Parts) -> None:
    stated = page.first_meta("citation_title")
    where = parts.title
    if stated:
        draft.put("brief_title", stated, where if where and fold_word(where.text) == fold_word(stated) else None)
    elif where:
        draft.put("brief_title", _clean(where, page), where)
    else:
        draft.problem(ProblemCode.NO_TITLE, "brief_title", "no line of this capture is certain to be the title")


def _citation(publication: dict[str, object], page: Page, parts: Parts) -> None:
    """Journal, year, volume, issue, pages, DOI from the metadata, else from the citation line of the main journal."""
    meta = page.first_meta
    printed = parts.citation.plain if parts.citation else ""
    line = re.search(r"\b(?P<journal>BMJ)\s+(?P<year>\d{4})\s*;\s*(?P<volume>\d+)(?:\s*:\s*(?P<pages>[a-z]?\d+))?", printed)
    again = re.search(r"\bBMJ\s+\d{4}\s*;\s*\d+\s*:\s*([a-z]?\d+)", printed)
    published = meta("citation_publication_date") or meta("citation_date") or meta("citation_online_date") or meta("dc.date") or ""
    date = parse_date(published)
    first, last = meta("citation_firstpage"), meta("citation_lastpage")
    alone = parts.doi.plain if parts.doi else ""
    doi = recognise(meta("citation_doi") or alone, "DOI") or next((f for f in find(printed) if f.type == "DOI"), None)
    year = re.match(r"\d{4}", date.iso if date else published)
    publication |= {
        "journal": meta("citation_journal_title") or (line["journal"] if line else None),
        "year": int(year.group()) if year else int(line["year"]) if line else None,
        "volume": meta("citation_volume") or (line["volume"] if line else None),
        "issue": meta("citation_issue"),
        "pages": f"{first}-{last}" if first and last and first != last else first or (again.group(1) if again else None),
        "doi": doi.value if doi else None,
        "pmid": number if (number := meta("citation_pmid")) and number.isdigit() else None,
        "language": meta("citation_language") or meta("dc.language") or None,
    }
    kinds = [*page.meta.get("citation_article_type", ()), *page.meta.get("article-type", ()), *(line.text for line in parts.types)]
    publication["publication_types"] = tuple({fold_word(kind): kind for kind in reversed(kinds)}.values())[::-1]


def _people(publication: dict[str, object], spans: dict[str, Sequence[Line]], page: Page, parts: Parts) -> None:
    authors: list[Author] = []
    for line in parts.authors:
        author = by_line.parse_author(line.text, len(authors) + 1)
        authors += [author] if author else []
    if not authors:
        names = page.meta.get("citation_author", ()) or page.meta.get("dc.contributor", ())
        authors = [Author(position=n, name=_natural(name)) for n, name in enumerate(names, start=1)]
    affiliations = [a for n, line in enumerate(parts.affiliations, start=1) if (a := by_line.parse_affiliation(line.text, n))]
    if not affiliations:
        stated = dict.fromkeys(page.meta.get("citation_author_institution", ()))
        affiliations = [Affiliation(ref=n, text=text) for n, text in enumerate(stated, start=1)]
    people = by_line.parse_correspondence([line.text or line.plain for line in parts.correspondence], authors)
    publication["authors"] = tuple(by_line.mark_corresponding(authors, people))
    publication["affiliations"], publication["corresponding"] = tuple(affiliations), tuple(people)
    spans |= {"authors": parts.authors, "affiliations": parts.affiliations, "corresponding": parts.correspondence}


def _natural(name: str) -> str:
    """``Wei Example`` of ``Example, Wei``."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() and "," not in first else fold_blanks(name)


def _text(draft: RecordDraft, publication: dict[str, object], spans: dict[str, Sequence[Line]], page: Page, parts: Parts) -> None:
    """Abstract, keywords and body, references taken out where the page tells them from the words."""
    pieces: list[str] = []
    label = ""
    for line in parts.abstract:
        text = _clean(line, page)
        if line.level or (len(text) < 40 and not text.endswith((".", "?")) and re.fullmatch(r"[A-Z][A-Za-z ]+:?", text)):
            label = f"{label} {text}".strip()
            continue
        pieces.append(f"{label} {text}".strip())
        label = ""
    abstract = "\n\n".join([*pieces, *([label] if label else [])]) or None
    draft.put("abstract", abstract, parts.abstract)
    publication["abstract"] = abstract
    for line in parts.keywords:
        draft.add("keywords", line.text, line)
    body = [_clean(line, page) for line in parts.body]
    publication["body_excerpt"] = tuple(body)
    broken = parts.cut_off or bool(body and body[-1].rstrip().endswith(("…", "...")))
    publication["body_truncated"] = broken if body or parts.cut_off else None
    publication["full_text_available"] = False if broken else (True if body else None)
    spans["body_excerpt"] = parts.body
    if page.is_html:
        return
    for field, lines in (("abstract", parts.abstract), ("publication.body_excerpt", parts.body)):
        for n, line in enumerate(lines):
            if fused := fused_citation(line.plain):
                path = field if field == "abstract" else f"{field}[{n}]"
                note = f"'{fused}' may be a word or a number with a reference number behind it"
                draft.problem(ProblemCode.FUSED_CITATION, path, note, line)


def fused_citation(text: str) -> str | None:
    """The printed place in *text* where a reference number is fused with what stands before it; a number before any word."""
    hits: list[tuple[bool, int, str]] = []
    for n, pattern in enumerate(_FUSED):
        for found in pattern.finditer(text):
            before = text[: found.start()]
            if _NOT_FUSED.search(before):
                continue
            word = re.search(r"\S*$", before)
            hits.append((n != 1, found.start(), (word.group() if word else "") + found.group()))
    return min(hits)[2] if hits else None


def _clean(line: Line, page: Page) -> str:
    """The text of a line; in HTML without the superscripts and links that are nothing but reference numbers."""
    if not page.is_html or not line.spans:
        return line.text if line.marker else line.plain
    text, shift = line.plain, 0
    cuts: list[tuple[int, int]] = []
    for span in sorted(line.spans, key=lambda s: (s.start, -s.end)):
        inside = text[span.start : span.end]
        refers = span.kind == "sup" or (span.kind == "link" and re.search(r"#(?:ref|R|B|xref|bib|CR|T\d*fn)", span.href))
        if refers and _REFERENCE.fullmatch(inside) and not (cuts and span.start < cuts[-1][1]):
            cuts.append((span.start, span.end))
    for start, end in cuts:
        if start and text[start - 1 - shift : start - shift] in ("-", "–", ",") and (start - shift) > 0 and text[start - 1 - shift] != ",":
            continue
        text = text[: start - shift] + text[end - shift :]
        shift += end - start
    return re.sub(r" ([.,;:)])", r"\1", fold_blanks(text))


def _notes(draft: RecordDraft, publication: dict[str, object], spans: dict[str, Sequence[Line]], parts: Parts) -> None:
    for line in parts.footnotes:
        label, text = footnote_label(line)
        if not label or not text:
            continue
        name = FOOTNOTES[fold_word(label)]
        if name and name != "-" and not publication.get(name):
            publication[name] = text
            spans[name] = [line]
        elif name == "":
            draft.keep("footnotes", f"{label}: {text}")
    funding = str(publication.get("funding") or "")
    publication["grant_numbers"] = tuple(dict.fromkeys(_grants(funding)))


def _grants(text: str) -> Iterator[str]:
    """Numbers of grants: in brackets, or after the word grant, award, number, No."""
    places = [m.group(1) for m in re.finditer(r"\(([^()]*)\)", text)]
    places += [m.group(1) for m in _NUMBERED.finditer(text)]
    for place in places:
        for found in _GRANT.finditer(place):
            token = found.group().rstrip(".")
            if not re.fullmatch(r"(?:19|20)\d\d(?:[-–/](?:19|20)?\d\d)?", token) and sum(c.isdigit() for c in token) > 2:
                yield token


def _identifiers(draft: RecordDraft, publication: dict[str, object], page: Page, context: Context, parts: Parts) -> None:
    """DOI first, then PubMed number, then the registrations that the article names as its own."""
    if doi := publication["doi"]:
        draft.identifier(str(doi), parts.doi or parts.citation, primary=True)
    draft.identify_by_address(page, context, frozenset({"DOI"}))
    first = next((i for i in draft.get("identifiers") or [] if i.type == "DOI"), None)
    publication["doi"] = publication["doi"] or (first.value if first else None)
    if publication["pmid"]:
        draft.identifier(f"PMID {publication['pmid']}")
    for line in parts.abstract:
        for found in find(line.plain):
            if found.type not in PUBLICATION_TYPES:
                draft.identifier(line.plain[found.start : found.end], line)
    for line in [*parts.body, *parts.footnotes, *parts.keywords]:
        for found in find(line.plain):
            around = line.plain[max(0, found.start - 120) : found.end + 40]
            if found.is_registration and re.search(r"(?i)\bregist(?:ered|ration|ry)\b|clinicaltrials\.gov", around):
                draft.identifier(line.plain[found.start : found.end], line)


FORMAT: Final = page_format(NAME, "BMJ journal article page", detect, read)
