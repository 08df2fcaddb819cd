"""Reads the JSON that Europe PMC answers a search with, lite or core: articles, preprints, patents and books, every member kept.

The markup of titles and abstracts goes; a heading within an abstract becomes the label of its paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from review.model.record import Lines, ProblemCode
from review.records.author_lists import REMARK, without_et_al
from review.records.build import Context, RecordDraft
from review.records.citation import Value
from review.records.formats import Format, Item
from review.records.json_articles import Layout, read_articles
from review.records.source import Source
from review.text import fold_blanks

NAME: Final = "europe_pmc"
FIELDS: Final = {
    "pmid": "pmid", "pmcid": "pmcid", "doi": "doi", "title": "title", "authorString": "extra", "journalTitle": "journal",
    "journalInfo.journal.title": "journal", "journalInfo.journal.isoabbreviation": "journal_short",
    "journalInfo.journal.ISOAbbreviation": "journal_short", "journalInfo.journal.medlineAbbreviation": "journal_short", "pubYear": "year",
    "journalVolume": "volume", "journalInfo.volume": "volume", "issue": "issue", "journalInfo.issue": "issue", "pageInfo": "pages",
    "abstractText": "abstract", "language": "language", "pubTypeList.pubType": "publication_type", "pubType": "publication_types",
    "keywordList.keyword": "keyword", "mesh": "mesh", "grantsList.grant.grantId": "grant", "comment": "comment", "source": "type",
    "fullTextUrlList.fullTextUrl.url": "url", "dbCrossReferenceList.dbCrossReference.dbName": "extra",
    **dict.fromkeys(
        ("RetractionIn", "RetractionOf", "PartialRetractionIn", "PartialRetractionOf", "ErratumIn", "ErratumFor",
         "ExpressionOfConcernIn", "ExpressionOfConcernFor", "CorrectedAndRepublishedIn", "CorrectedAndRepublishedFrom"),
        "comment",
    ),
    **dict.fromkeys((
        "id", "fullTextIdList.fullTextId", "authorIdList.authorId.type", "authorIdList.authorId.value", "affiliation",
        "publicationStatus", "pubModel", "journalIssn", "journalInfo.journalIssueId", "journalInfo.dateOfPublication",
        "journalInfo.monthOfPublication", "journalInfo.yearOfPublication", "journalInfo.printPublicationDate", "journalInfo.journal.nlmid",
        "journalInfo.journal.NLMid", "journalInfo.journal.issn", "journalInfo.journal.ISSN", "journalInfo.journal.essn",
        "journalInfo.journal.ESSN", "grantsList.grant.agency", "grantsList.grant.acronym", "grantsList.grant.orderIn",
        "chemicalList.chemical.name", "chemicalList.chemical.registryNumber", "subsetList.subset.code", "subsetList.subset.name",
        "fullTextUrlList.fullTextUrl.availability", "fullTextUrlList.fullTextUrl.availabilityCode",
        "fullTextUrlList.fullTextUrl.documentStyle", "fullTextUrlList.fullTextUrl.site", "isOpenAccess", "inEPMC", "inPMC", "hasPDF",
        "hasBook", "hasSuppl", "citedByCount", "hasData", "license", "authMan", "epmcAuthMan", "nihAuthMan", "hasReferences",
        "hasTextMinedTerms", "hasDbCrossReferences", "hasLabsLinks", "hasTMAccessionNumbers", "hasEvaluations", "hasPreprint",
        "tmAccessionTypeList.accessionType", "dbCrossReferenceList.dbName", "dateOfCompletion", "dateOfCreation", "dateOfRevision",
        "firstIndexDate", "firstPublicationDate", "electronicPublicationDate", "fullTextReceivedDate", "embargoDate", "manuscriptId",
        "investigatorList.investigator.fullName", "investigatorList.investigator.firstName", "investigatorList.investigator.lastName",
        "investigatorList.investigator.initials", "bookOrReportDetails.publisher", "bookOrReportDetails.yearOfPublication",
        "bookOrReportDetails.comprisingTitle", "bookOrReportDetails.isbn10", "bookOrReportDetails.isbn13", "bookOrReportDetails.edition",
        "bookOrReportDetails.numberOfPages", "bookOrReportDetails.seriesName", "bookOrReportDetails.extraInformation",
        "patentDetails.application.applicationDate", "patentDetails.application.applicationNumber", "patentDetails.countryCode",
        "patentDetails.country", "patentDetails.typeDescription", "versionNumber", "versionList.version.id", "versionList.version.source",
        "versionList.version.versionNumber", "versionList.version.firstPublishDate", "versionList.version.versionDate",
        "dataLinksTagsList.dataLinkstag", "authorList.author.initials", "authorList.author.authorId.type", "bookid",
    ), "extra"),
}  # fmt: skip
TYPES: Final = {"pat": "other", "eth": "other", "hir": "other"}  # sources: patents, theses, guidelines of the NHS
_HEAD: Final = re.compile(r'"resultList"\s*:\s*\{\s*"result"\s*:\s*\[')
_ITEM: Final = re.compile(r'"source"\s*:\s*"(?:MED|PMC|PPR|AGR|CBA|CTX|ETH|HIR|PAT)"')
_MARK: Final = re.compile(r'(?<!\\)"citedByCount"\s*:')
_ORCID: Final = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")


def detect(source: Source) -> float:
    """Sure where a list of results begins in the head of the file, or items state one of Europe PMC's sources."""
    head = source.head_text.lstrip("\ufeff \t\r\n")
    if not head.startswith(("{", "[")):
        return 0.0
    if _HEAD.search(head):
        return 0.97 if _ITEM.search(head) else 0.8
    return 0.9 if _ITEM.search(head) and _MARK.search(head) else 0.0


def read(source: Source, context: Context) -> Iterator[Item]:
    """One record a result."""
    return read_articles(source, context, _LAYOUT)


def marks(source: Source) -> int:
    """How often a result says how often it was cited."""
    return len(_MARK.findall(source.text))


def _inside(value: Any, *path: str) -> list[Any]:
    """The elements of the array at *path*; a value that stands alone is one."""
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, list) else [] if value is None else [value]


def _said(value: Any, name: str) -> str:
    """The text of a member, nothing where there is none."""
    found = value.get(name) if isinstance(value, Mapping) else None
    return fold_blanks(str(found)) if isinstance(found, str | int) else ""


def _mesh(headings: Any, where: Lines | None) -> Iterator[Value]:
    for heading in _inside(headings, "meshHeading"):
        parts = [(heading, "descriptorName"), *((q, "qualifierName") for q in _inside(heading, "meshQualifierList", "meshQualifier"))]
        shown = ("*" * (_said(part, "majorTopic_YN") == "Y") + _said(part, name) for part, name in parts)
        yield Value("mesh", "/".join(text for text in shown if text), where)


def _comments(links: Any, where: Lines | None) -> Iterator[Value]:
    for link in _inside(links, "commentCorrection"):
        kind = re.sub(r"[^A-Za-z]", "", _said(link, "type").title())
        told = ". ".join(text for name in ("reference", "note", "source", "id") if (text := _said(link, name)))
        yield Value(kind if kind in FIELDS else "comment", told if kind in FIELDS else f"{_said(link, 'type')}: {told}", where)


def _nothing(authors: Any, where: Lines | None) -> Iterator[Value]:
    """Authors are put in by ``_authors``, which needs their affiliations with them."""
    return iter(())


def _authors(draft: RecordDraft, item: Mapping[str, Any], lines: Mapping[str, Lines]) -> None:
    known: dict[str, int] = {}
    where, people = lines.get("authorList"), _inside(item.get("authorList"), "author")
    for n, person in enumerate(people, start=1):
        family, given = _said(person, "lastName"), _said(person, "firstName") or _said(person, "initials")
        name = _said(person, "collectiveName") or (f"{family}, {given}" if family and given else family or _said(person, "fullName"))
        told = [_said(one, "affiliation") for one in _inside(person, "authorAffiliationDetailsList", "authorAffiliation")]
        told = [text for text in (*told, _said(person, "affiliation")) if text]
        for text in told:
            if text not in known:
                known[text] = len(known) + 1
                draft.add("publication.affiliations", {"ref": known[text], "text": text}, where)
        orcid = _ORCID.search(" ".join(_said(one, "value") for one in _inside(person, "authorId")))
        refs = tuple(dict.fromkeys(known[text] for text in told))
        if name:
            author = {"position": n, "name": name, "affiliation_refs": refs, "orcid": orcid[0] if orcid else None}
            draft.add("publication.authors", author, where)
        draft.keep("authorList.author.fullName", _said(person, "fullName"))
    if not people:
        where = lines.get("authorString")
        for n, name in enumerate((part for part in _said(item, "authorString").rstrip(".").split(", ") if part), start=1):
            person = without_et_al(name)
            draft.add("publication.authors", {"position": n, "name": person or name} if person != "" else None, where)
            if person is not None:
                draft.problem(ProblemCode.UNPLACED_TEXT, "publication.authors", REMARK.format(name), where)


_LAYOUT: Final = Layout(
    NAME, "resultList.result", ("title", "id", "pmid", "doi"), FIELDS, TYPES,
    {"authorList": _nothing, "meshHeadingList": _mesh, "commentCorrectionList": _comments}, _authors,
)  # fmt: skip
FORMAT: Final = Format(NAME, "Europe PMC JSON", detect, read, lambda source: source.text, marks, FIELDS, tried=False)
