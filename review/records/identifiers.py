"""Finds and normalises trial registry numbers, DOIs and PubMed numbers in text; refuses near misses instead of guessing.

``find`` reads running text, ``recognise`` one whole value, ``canonical`` gives the normalised writing alone. The formats are
those that the registries publish; the idea of one anchored pattern a registry follows ctregistries (CC BY 4.0), the patterns are
written for this project. A universal trial number, an IRAS number and a PROSPERO number are found too, but they do not
name a registration of a trial: ``Found.is_registration`` is false for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Final
from urllib.parse import unquote

PUBLICATION_TYPES: Final = frozenset({"DOI", "PMID", "PMCID"})

_GAP = r"[\s.:#_\-\u2010-\u2015]{0,3}"  # what people put between a registry's letters and its digits
_DASH = r"\s?[\-\u2010-\u2015]\s?"
_LABEL = rf"(?:(?:No|Nr|number){_GAP})?"


@dataclass(frozen=True)
class Found:
    """One identifier in a text: *value* in canonical form, *start* and *end* the character offsets of what was printed."""

    type: str
    value: str
    issuer: str
    start: int
    end: int
    is_registration: bool = True


@dataclass(frozen=True)
class _Rule:
    """How one issuer writes its numbers. *heads*: the literal beginnings, in lower case unless *exact_case*; the pattern is
    tried only where one of them stands, which keeps a long abstract cheap."""

    issuer: str
    type: str
    heads: tuple[str, ...]
    pattern: str
    form: str  # canonical form; {0}, {1} are the groups with blanks and signs removed
    fold: Callable[[str], str] = str
    exact_case: bool = False
    is_registration: bool = True
    left: str = field(default=r"(?<![A-Za-z0-9])")
    right: str = field(default=r"(?![A-Za-z0-9])")


def _chictr_form(body: str) -> str:
    """ChiCTR2000029308, and the older ChiCTR-IPR-15006471 with its kind in letters."""
    letters = "".join(c for c in body if c.isalpha()).upper()
    digits = "".join(c for c in body if c.isdigit())
    return f"-{letters}-{digits}" if letters else digits


_RULES: Final = (
    _Rule("ClinicalTrials.gov", "NCT", ("nct",), rf"NCT{_GAP}(\d{{8}})", "NCT{0}"),
    _Rule("ISRCTN", "ISRCTN", ("isrctn",), rf"ISRCTN{_GAP}(\d{{8}})", "ISRCTN{0}"),
    # 'EudraCT', 'EudraCT No.' and ICTRP's 'EUCTR' may lead; a country may follow: it is not part of the number.
    # EudraCT serials begin with 0, those of the newer EU portal with 5; four parts are the newer form.
    _Rule(
        "EudraCT",
        "EUDRACT",
        ("eudract", "euctr", "20"),
        rf"(?:EudraCT{_GAP}{_LABEL}|EUCTR{_GAP})?(20\d\d){_DASH}(0\d{{5}}){_DASH}(\d\d)(?:-[A-Z]{{2,3}})?",
        "{0}-{1}-{2}",
        left=r"(?<![A-Za-z0-9.])(?<!\d-)",
        right=r"(?![A-Za-z0-9])(?!-\d)",
    ),
    _Rule(
        "EU CT (CTIS)",
        "EUCT",
        ("euct", "ctis", "20"),
        r"(?:EUCT(?:R)?[\s:\-]{0,2}|CTIS[\s:\-]{0,2})?(20\d\d)-(5\d{5})-(\d\d)-(\d\d)",
        "{0}-{1}-{2}-{3}",
        left=r"(?<![A-Za-z0-9.])(?<!\d-)",
        right=r"(?![A-Za-z0-9])(?!-\d)",
    ),
    _Rule("ChiCTR", "CHICTR", ("chictr",), rf"ChiCTR{_GAP}((?:[A-Z]{{2,4}}{_GAP})?\d{{8,10}})", "ChiCTR{0}", _chictr_form),
    _Rule("ITMCTR", "OTHER", ("itmctr",), rf"ITMCTR{_GAP}(\d{{10}})", "ITMCTR{0}"),
    _Rule("CTR (China CDE)", "OTHER", ("ctr20",), r"CTR(20\d{6})", "CTR{0}", left=r"(?<![A-Za-z0-9\-])"),
    _Rule("UMIN-CTR", "UMIN", ("jprn", "umin"), rf"(?:JPRN{_GAP})?UMIN{_GAP}(?:CTR{_GAP})?(\d{{9}})", "UMIN{0}"),
    _Rule("JapicCTI", "JPRN", ("jprn", "japic"), rf"(?:JPRN{_GAP})?Japic{_GAP}CTI{_GAP}(\d{{6}})", "JapicCTI-{0}"),
    _Rule("JMACCT", "JPRN", ("jprn", "jma"), rf"(?:JPRN{_GAP})?JMA{_GAP}IIA(\d{{5}})", "JMA-IIA{0}"),
    _Rule("jRCT", "JRCT", ("jprn", "jrct"), rf"(?:JPRN{_GAP})?jRCT{_GAP}([a-z]?{_GAP}\d{{9,10}})", "jRCT{0}", str.lower),
    _Rule("ANZCTR", "ACTRN", ("actrn", "anzctr"), rf"(?:ACTRN|ANZCTR){_GAP}(126\d{{11}})", "ACTRN{0}"),
    _Rule("CTRI", "CTRI", ("ctri",), rf"CTRI{_GAP}/\s?(20\d\d)\s?/\s?(\d{{2,3}})\s?/\s?(\d{{6}})", "CTRI/{0}/{1}/{2}"),
    _Rule("DRKS", "DRKS", ("drks",), rf"DRKS{_GAP}(000\d{{5}})", "DRKS{0}"),
    _Rule("NTR", "NTR", ("ntr",), rf"NTR{_GAP}(\d{{2,5}})", "NTR{0}"),
    # four digits only and no dots: NL26560.042.09 is the number of a Dutch ethics dossier
    _Rule("NTR", "NTR", ("NL",), r"NL(\d{4})", "NL{0}", exact_case=True, right=r"(?![A-Za-z0-9])(?!\.\d)"),
    _Rule("NL-OMON", "OTHER", ("nl-omon",), r"NL-OMON(\d{4,6})", "NL-OMON{0}"),
    _Rule("IRCT", "IRCT", ("irct",), rf"IRCT{_GAP}((?:20)?\d{{10,14}}N\d{{1,3}})", "IRCT{0}", str.upper),
    _Rule("PACTR", "PACTR", ("pactr",), rf"PACTR{_GAP}(20\d{{13,14}})", "PACTR{0}"),
    _Rule("CRIS", "KCT", ("cris", "kct"), rf"(?:CRiS{_GAP})?KCT{_GAP}(\d{{7}})", "KCT{0}"),
    _Rule("LBCTR", "LBCTR", ("lbctr",), rf"LBCTR{_GAP}(\d{{10}})", "LBCTR{0}"),
    _Rule("RPCEC", "OTHER", ("rpcec",), rf"RPCEC{_GAP}(\d{{8}})", "RPCEC{0}"),
    _Rule("SLCTR", "SLCTR", ("slctr",), rf"SLCTR{_GAP}/?\s?(20\d\d)\s?/\s?(\d{{3}})", "SLCTR/{0}/{1}"),
    _Rule("TCTR", "TCTR", ("tctr",), rf"TCTR{_GAP}(20\d{{9}})", "TCTR{0}"),
    _Rule("REPEC", "OTHER", ("PER-",), r"PER-(\d{3})-(\d{2})", "PER-{0}-{1}", exact_case=True, right=r"(?![A-Za-z0-9\-])"),
    _Rule("ReBEC", "REBEC", ("rbr",), rf"RBR{_GAP}([1-9][0-9a-z]{{5,8}})", "RBR-{0}", str.lower),
    _Rule(
        "WHO",
        "UTN",
        ("utn", "u1"),
        rf"(?:UTN{_GAP})?U(1\d{{3}})-(\d{{4}})-(\d{{4}})",
        "U{0}-{1}-{2}",
        is_registration=False,
        right=r"(?![A-Za-z0-9\-])",
    ),
    _Rule("IRAS", "OTHER", ("iras",), rf"IRAS{_GAP}(?:ID)?{_GAP}(\d{{5,7}})", "IRAS {0}", is_registration=False),
    _Rule("PROSPERO", "OTHER", ("crd",), rf"CRD{_GAP}(4\d{{10,13}})", "CRD{0}", is_registration=False),
    _Rule(
        "PubMed",
        "PMID",
        ("pmid", "pubmed"),
        rf"(?:PMID{_GAP}|pubmed(?:\.ncbi\.nlm\.nih\.gov)?/)([1-9]\d{{0,7}})",
        "{0}",
        is_registration=False,
    ),
    _Rule("PubMed Central", "PMCID", ("pmc",), r"PMC\s?([1-9]\d{3,8})", "PMC{0}", is_registration=False),
)

_DOI = r"(?<![A-Za-z0-9.])10\.\d{4,9}(?:\.\d+)*/[^\s\"<>\u2026]+"
_ISSUER_OF_DOI = "DOI"


@cache
def _pattern(rule: _Rule) -> re.Pattern[str]:
    return re.compile(rule.left + rule.pattern + rule.right, 0 if rule.exact_case else re.IGNORECASE)


@cache
def _doi_pattern() -> re.Pattern[str]:
    return re.compile(_DOI)


def find(text: str) -> list[Found]:
    """All identifiers in *text*, in the order of their places; one that stands inside another is dropped.

    A DOI that is only an ISRCTN number in disguise (10.1186/ISRCTN…) is given as that registration.
    """
    lowered = text.lower()
    if len(lowered) != len(text):  # a few letters grow when they are lowered; the offsets must stay those of the text
        lowered = "".join(c.lower() if c.isascii() else c for c in text)
    found = list(_dois(text))
    for rule in _RULES:
        for start in _starts(text if rule.exact_case else lowered, rule.heads):
            match = _pattern(rule).match(text, start)
            if match:
                found.append(_as_found(rule, match))
    found.sort(key=lambda f: (f.start, -f.end))
    kept: list[Found] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
        elif one.type == "ISRCTN" and kept[-1].type == "DOI" and kept[-1].end == one.end:
            kept[-1] = one
    return kept


def recognise(value: str, type: str | None = None) -> Found | None:
    """The identifier that *value* as a whole is, or None; with *type* only one of that type.

    With the type given, a bare number is enough for PMID, PMCID and the registries whose numbers are written without letters.
    """
    text = value.strip()
    whole = [f for f in find(text) if not _outside(text, f)]
    if whole:
        return whole[0] if type in (None, whole[0].type) else None
    if type is None or not text:
        return None
    prefix = {"PMID": "PMID ", "PMCID": "PMC", "NCT": "NCT", "ISRCTN": "ISRCTN", "DRKS": "DRKS", "ACTRN": "ACTRN", "UMIN": "UMIN"}.get(type)
    if prefix is None or not text.isascii() or not text.isdigit():
        return None
    again = [f for f in find(prefix + text) if f.type == type]
    if not again:
        return None
    return Found(type, again[0].value, again[0].issuer, 0, len(text), again[0].is_registration)


def canonical(type: str | None, value: str) -> str | None:
    """*value* in the writing in which two mentions of it are equal, or None if it is not an identifier (of *type*)."""
    found = recognise(value, type)
    return found.value if found else None


def _outside(text: str, found: Found) -> str:
    """What stands around the identifier, an address or 'doi:' before it aside: empty when the text is nothing else."""
    before = re.sub(r"(?i)^(?:https?://\S*|doi:?\s*)$", "", text[: found.start].strip())
    after = text[found.end :].strip(" .;,/")
    return before + after


def _starts(text: str, heads: tuple[str, ...]) -> Iterator[int]:
    for head in heads:
        at = text.find(head)
        while at >= 0:
            yield at
            at = text.find(head, at + 1)


def _as_found(rule: _Rule, match: re.Match[str]) -> Found:
    groups = [rule.fold(re.sub(r"[\s.:#_\-\u2010-\u2015]", "", group or "")) for group in match.groups()]
    return Found(rule.type, rule.form.format(*groups), rule.issuer, match.start(), match.end(), rule.is_registration)


def _dois(text: str) -> Iterator[Found]:
    if "10." not in text:
        return
    for match in _doi_pattern().finditer(text):
        printed = _trim_doi(match.group())
        value = unquote(printed).lower()
        if len(value.split("/", 1)[-1]) > 1:
            yield Found("DOI", value, _ISSUER_OF_DOI, match.start(), match.start() + len(printed), False)


def _trim_doi(printed: str) -> str:
    """Without the sentence's punctuation, and without a closing bracket that the DOI did not open."""
    while printed:
        last = printed[-1]
        if last in ".,;:!?'\u2019\u201d]}*|" or (last == ")" and printed.count(")") > printed.count("(")):
            printed = printed[:-1]
        else:
            break
    return printed
