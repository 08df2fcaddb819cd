"""Reads PubMed's own XML: articles and chapters of books, with labelled abstracts, authors, links to notices, and registry numbers.

MeSH headings, grants and registry numbers are written as PubMed's text format (MEDLINE) writes them, so that both exports of an article
say the same. An element that is in no field is kept as printed under its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from lxml import etree

from review.model.record import Problem, Record
from review.records.build import Context, RecordDraft, Repeats
from review.records.citation import Value, article
from review.records.formats import Format, Item, Refusal, text_of_lines
from review.records.source import Source
from review.records.xml_entries import XmlEntry, marks_of, xml_entries
from review.text import fold_blanks

NAME: Final = "pubmed_xml"
ENTRIES: Final = ("PubmedArticle", "PubmedBookArticle")
_KINDS: Final = {  # the attribute that says which of several such elements one is
    "ArticleId": "IdType", "ELocationID": "EIdType", "ISSN": "IssnType", "PubMedPubDate": "PubStatus", "ArticleDate": "DateType",
    "OtherAbstract": "Type", "OtherID": "Source", "SupplMeshName": "Type",
}  # fmt: skip
# element, or element and kind -> target
FIELDS: Final = {
    "PMID": "pmid", "ArticleId pubmed": "pmid", "ArticleId doi": "doi", "ELocationID doi": "doi", "ArticleId pmc": "pmcid",
    "DataBank": "note", "ArticleTitle": "title", "VernacularTitle": "official_title", "BookTitle": "journal", "BookTitle alone": "title",
    "Title": "journal", "MedlineTA": "journal_short", "ISOAbbreviation": "journal_short", "PubDate": "date", "Volume": "volume",
    "Issue": "issue", "MedlinePgn": "pages", "StartPage": "start_page", "EndPage": "end_page", "AbstractText": "abstract",
    "Language": "language", "PublicationType": "publication_type", "MeshHeading": "mesh", "Keyword": "keyword", "GrantID": "grant",
    "CoiStatement": "competing_interests", "OtherAbstract plain-language-summary": "lay_summary",
    **dict.fromkeys((
        "AssociatedDataset", "AssociatedPublication", "CommentIn", "CommentOn", "CorrectedandRepublishedIn", "CorrectedandRepublishedFrom",
        "ErratumFor", "ErratumIn", "ExpressionOfConcernFor", "ExpressionOfConcernIn", "OriginalReportIn", "PartialRetractionIn",
        "PartialRetractionOf", "PreprintIn", "PreprintOf", "ReprintIn", "ReprintOf", "RepublishedFrom", "RepublishedIn",
        "RetractedandRepublishedFrom", "RetractedandRepublishedIn", "RetractionIn", "RetractionOf", "ReviewIn", "ReviewOf",
        "SummaryForPatientsIn", "UpdateIn", "UpdateOf", "AssociatedPublicationIn", "Cites",
    ), "comment"),
    **dict.fromkeys((
        "Abbreviation", "Affiliation identifier", "ArticleDate", "ArticleDate Electronic", "ArticleId", "ArticleId bookaccession",
        "ArticleId medline", "ArticleId mid", "ArticleId pii", "ArticleId pmcbook", "ArticleId pmcid", "ArticleId pmcpid",
        "ArticleId pmpid", "ArticleId sici", "Author identifier", "Author short", "BeginningDate", "Chemical", "CitationSubset",
        "CollectionTitle", "ContributionDate", "CopyrightInformation", "Country", "DateCompleted", "DateRevised", "ELocationID pii",
        "Edition", "EndingDate", "Editor", "GeneSymbol", "GeneralNote", "Grant", "ISSN", "ISSN Electronic", "ISSN Print",
        "ISSN Undetermined", "ISSNLinking", "Investigator", "Isbn", "Item", "LocationLabel", "Medium", "NlmUniqueID",
        "NumberOfReferences", "OtherAbstract AAMC", "OtherAbstract AIDS", "OtherAbstract KIE", "OtherAbstract NASA",
        "OtherAbstract PIP", "OtherAbstract Publisher", "OtherID ARPL", "OtherID CLML", "OtherID CPC", "OtherID CPFH", "OtherID IND",
        "OtherID KIE", "OtherID NASA", "OtherID NLM", "OtherID NRCBL", "OtherID PIP", "OtherID POP", "OtherID QCICL", "OtherID QCIM",
        "PersonalNameSubject", "PubMedPubDate accepted", "PubMedPubDate aheadofprint", "PubMedPubDate ecollection",
        "PubMedPubDate entrez", "PubMedPubDate epublish", "PubMedPubDate medline", "PubMedPubDate medliner", "PubMedPubDate pmc",
        "PubMedPubDate pmc-release", "PubMedPubDate pmcr", "PubMedPubDate ppublish", "PubMedPubDate premedline", "PubMedPubDate pubmed",
        "PubMedPubDate pubmedr", "PubMedPubDate received", "PubMedPubDate retracted", "PubMedPubDate revised", "PublicationStatus",
        "PublisherLocation", "PublisherName", "Reference", "ReportNumber", "SectionTitle", "SpaceFlightMission", "SupplMeshName",
        "SupplMeshName Anatomy", "SupplMeshName Disease", "SupplMeshName Organism", "SupplMeshName Population",
        "SupplMeshName Protocol", "Title of reference list", "VolumeTitle",
    ), "extra"),
}  # fmt: skip
_INLINE: Final = frozenset({"i", "b", "u", "sup", "sub", "DispFormula"})
_ORCID: Final = re.compile(r"(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dXx])\s*/?$")
_MIXED: Final = frozenset({"ArticleTitle", "VernacularTitle", "CoiStatement", "Keyword", "Citation"})


def detect(source: Source) -> float:
    """Certain when an article of PubMed's begins in the head of the file; likely when its set does."""
    head = source.beginning
    if source.encoding != "utf-8":
        head = source.head_text.encode("utf-8", "replace")
    if b"<PubmedArticle" not in head and b"<PubmedBookArticle" not in head:
        return 0.0
    return 0.98 if b"<MedlineCitation" in head or b"<BookDocument" in head else 0.6


def read(source: Source, context: Context) -> Iterator[Item]:
    """One record an article or chapter."""
    repeats, index = Repeats(), 0
    for item in xml_entries(source, *ENTRIES):
        if isinstance(item, Refusal | Problem):
            index += isinstance(item, Refusal)
            yield item
        else:
            yield _record(item, context, repeats, index)
            index += 1


def marks(source: Source) -> int:
    """How many articles end in the file."""
    return marks_of(source, *ENTRIES)


def _record(entry: XmlEntry, context: Context, repeats: Repeats, index: int) -> Record:
    found = _Found(entry)
    found.walk(entry.element)
    draft = article(found.values, FIELDS, record_type="article_report" if entry.element.tag == "PubmedArticle" else "other")
    found.people(draft)
    for problem in entry.problems:
        draft.problem(problem.code, problem.field, problem.message, problem.lines)
    draft.note(record_index=index, raw_span=entry.lines, encoding="utf-8")
    return draft.finish(source_format=NAME, context=context, entry=entry.text, n=repeats.count(entry.text))


class _Found:
    """The values of one entry in the order in which they stand; authors apart, because their affiliations are theirs."""

    def __init__(self, entry: XmlEntry) -> None:
        self.values: list[Value] = []
        self._entry = entry
        self._authors: list[tuple[str, list[str], str | None, tuple[int, int]]] = []

    def walk(self, element: etree._Element) -> None:
        """Notes what stands in the parts of *element*: whole where a function knows the kind of a part, else value by value."""
        for part in element:
            tag = part.tag
            if (whole := _WHOLE.get(tag)) is not None:
                whole(self, part)
            elif not len(part):
                if text := part.text:
                    name = _name(part, tag) if tag in _KINDS else tag
                    self.values.append(Value(name, text, self._entry.lines_of(part)))
            elif tag in _MIXED or not _INLINE.isdisjoint([child.tag for child in part]):
                self.note(_name(part, tag), _text(part), part)
            else:
                self.walk(part)

    def note(self, name: str, text: str, element: etree._Element) -> None:
        """One value under *name*, with the lines of *element*."""
        self.values.append(Value(name, text, self._entry.lines_of(element)))

    def abstract(self, element: etree._Element) -> None:
        """The sections as paragraphs, each behind its label as printed."""
        sections = []
        for part in element:
            text = fold_blanks(_text(part))
            if part.tag != "AbstractText":
                self.note(part.tag, text, part)
            elif text:
                label = part.get("Label")
                sections.append(f"{label}: {text}" if label else text)
        name = "AbstractText" if element.tag == "Abstract" else f"OtherAbstract {element.get('Type', '')}"
        self.note(name, "\n\n".join(sections), element)

    def date(self, element: etree._Element) -> None:
        """``2021 Feb 3`` of the issue, ``2021-02-03`` of all others, with the time of day where one stands."""
        parts, tag = [part.text or "" for part in element], element.tag
        if tag == "PubDate":
            self.note(tag, " ".join(parts), element)
        else:  # year, month, day, hour, minute
            self.note(_name(element, tag), f"{'-'.join(parts[:3])} {':'.join(parts[3:])}", element)

    def author(self, element: etree._Element) -> None:
        """A person or a group, with affiliations and ORCID."""
        names, affiliations, orcid = {}, [], None
        for part in element:
            tag = part.tag
            if tag == "AffiliationInfo":
                for inner in part:
                    text = _text(inner)
                    if inner.tag == "Affiliation":
                        affiliations.append(fold_blanks(text))
                    else:
                        self.note("Affiliation identifier", f"{inner.get('Source', '')} {text}", inner)
            elif tag == "Identifier":
                found = _ORCID.search(part.text or "") if part.get("Source", "ORCID") == "ORCID" else None
                if found and orcid is None:
                    orcid = "-".join(found.groups()).upper()
                else:
                    self.note("Author identifier", f"{part.get('Source', '')} {part.text or ''}", part)
            else:
                names[tag] = fold_blanks(_text(part))
        parent = element.getparent()
        if parent.tag == "AuthorList" and parent.get("Type") != "editors":
            lines = self._entry.lines_of(element)
            self._authors.append((_person(names), affiliations, orcid, lines))
            if short := names.get("Initials"):
                self.values.append(Value("Author short", f"{names.get('LastName', '')} {short}", lines))
        else:
            self.note("Investigator" if element.tag == "Investigator" else "Editor", "; ".join((_person(names), *affiliations)), element)

    def heading(self, element: etree._Element) -> None:
        """``Malaria/*drug therapy``: a heading with its qualifiers, each with a star where it is a main topic."""
        parts = [("*" if part.get("MajorTopicYN") == "Y" else "") + (part.text or "") for part in element]
        self.note("MeshHeading", "/".join(parts), element)

    def grant(self, element: etree._Element) -> None:
        """Its number, and the whole as printed."""
        parts = {part.tag: (part.text or "").strip() for part in element}
        if number := parts.get("GrantID"):
            self.note("GrantID", number, element)
        self.note("Grant", "/".join(text for text in parts.values() if text), element)

    def bank(self, element: etree._Element) -> None:
        """``ClinicalTrials.gov/NCT01234567`` for each number of a data bank."""
        name = "".join(part.text or "" for part in element if part.tag == "DataBankName")
        for number in element.iter("AccessionNumber"):
            self.note("DataBank", f"{name}/{number.text or ''}", number)

    def comment(self, element: etree._Element) -> None:
        """What a link to another article points to, under the kind of the link."""
        parts = [f"PMID {part.text or ''}" if part.tag == "PMID" else _text(part) for part in element]
        self.note(element.get("RefType") or element.tag, ". ".join(parts), element)

    def references(self, element: etree._Element) -> None:
        """The cited works; their titles and numbers are not those of the article."""
        for part in element:
            if part.tag in ("Reference", "ReferenceList"):
                _WHOLE[part.tag](self, part)
            else:
                self.note(f"{part.tag} of reference list", _text(part), part)

    def reference(self, element: etree._Element) -> None:
        """A cited work, with its numbers."""
        parts = []
        for part in element:
            if part.tag == "ArticleIdList":
                parts += [f"{number.get('IdType', '')} {_text(number)}".strip() for number in part]
            else:
                parts.append(fold_blanks(_text(part)))
        self.note("Reference", " | ".join(parts), element)

    def book(self, element: etree._Element) -> None:
        """The title of a book: that of the record, unless a chapter has its own."""
        chapter = element.xpath("boolean(../../ArticleTitle)")
        self.note("BookTitle" if chapter else "BookTitle alone", _text(element), element)

    def joined(self, element: etree._Element) -> None:
        """The values of the parts, side by side."""
        self.note(element.tag, " | ".join(text for part in element if (text := fold_blanks(_text(part)))), element)

    def people(self, draft: RecordDraft) -> None:
        """Puts the authors in, in the order of the by-line, and each affiliation once."""
        known: dict[str, int] = {}
        for position, (name, affiliations, orcid, lines) in enumerate(self._authors, start=1):
            for text in affiliations:
                if text and text not in known:
                    known[text] = len(known) + 1
                    draft.add("publication.affiliations", {"ref": known[text], "text": text}, lines)
            refs = tuple(known[text] for text in affiliations if text)
            if name:
                draft.add("publication.authors", {"position": position, "name": name, "affiliation_refs": refs, "orcid": orcid}, lines)


def _person(names: dict[str, str]) -> str:
    """``Hale, Rosa M Jr``; a group by its own name."""
    if group := names.get("CollectiveName"):
        return group
    given = " ".join(part for part in (names.get("ForeName") or names.get("Initials", ""), names.get("Suffix", "")) if part)
    return ", ".join(part for part in (names.get("LastName", ""), given) if part)


def _name(element: etree._Element, tag: str) -> str:
    """Its *tag*, with the kind that an attribute says it to be."""
    kind = _KINDS.get(tag)
    said = element.get(kind) if kind else None
    return f"{tag} {said}" if said else tag


def _text(element: etree._Element) -> str:
    """All text of an element, its markup left out."""
    return "".join(element.itertext()) if len(element) else element.text or ""


_WHOLE: Final[dict[str, Callable[[_Found, etree._Element], None]]] = {
    "Abstract": _Found.abstract, "OtherAbstract": _Found.abstract, "Author": _Found.author, "Investigator": _Found.author,
    "MeshHeading": _Found.heading, "Grant": _Found.grant, "DataBank": _Found.bank, "CommentsCorrections": _Found.comment,
    "Reference": _Found.reference, "ReferenceList": _Found.references,
    "BookTitle": _Found.book, "Chemical": _Found.joined, "PersonalNameSubject": _Found.joined,
    **dict.fromkeys((
        "ArticleDate", "BeginningDate", "ContributionDate", "DateCompleted", "DateRevised", "EndingDate", "PubDate", "PubMedPubDate",
    ), _Found.date),
}  # fmt: skip
FORMAT: Final = Format(NAME, "PubMed XML", detect, read, text_of_lines, marks, FIELDS)
