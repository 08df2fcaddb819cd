"""Finds and normalises trial registry numbers, DOIs and PubMed numbers in text; refuses near misses instead of guessing.

``find`` reads running text, ``recognise`` one whole value, ``canonical`` gives the normalised writing alone. The formats are
those that the registries publish; the idea of one anchored pattern a registry follows ctregistries (CC BY 4.0), the patterns are
written for this project. A universal trial number, an IRAS number and a PROSPERO number are found too, but they do not
name a registration of a trial: ``Found.is_registration`` is false for them.

Every abstract goes through ``find``, so most texts are let go after a few looks at their *skeleton*: capitals, digits (all as 0)
and signs, without small letters. A number with five digits in a row is then looked for right before such digits; the few
registries that get by with fewer digits are looked for where their own sign stands in the skeleton. The time grows with the
length of the text and no faster, whatever the text is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final
from urllib.parse import unquote

PUBLICATION_TYPES: Final = frozenset({"DOI", "PMID", "PMCID"})

_GAP = r"[\s.:#_\-\u2010-\u2015]{0,3}"  # what people put between a registry's letters and its digits
_DASH = r"\s?[\-\u2010-\u2015]\s?"
_LOOSE = r"[\s\-\u2010-\u2015]{1,3}"
_LABEL = rf"(?:(?:No|Nr|number){_GAP})?"
_REACH = 40  # the longest way from the first letter of a number to its long run of digits
_LONGEST_DOI = 300
_SHORTEST = 5  # NTR12


@dataclass(frozen=True)
class Found:
    """One identifier in a text: *value* in canonical form, *start* and *end* the character offsets of what was printed."""

    type: str
    value: str
    issuer: str
    start: int
    end: int
    is_registration: bool = True


@dataclass(frozen=True, eq=False)  # a rule is looked up as itself
class _Rule:
    """How one issuer writes its numbers. *heads*: the literal beginnings, in small letters unless *exact_case*; the pattern is
    tried only there. *signs*: one of them stands in the skeleton of a text with such a number; none means five digits in a row."""

    issuer: str
    type: str
    heads: tuple[bytes, ...]
    pattern: str
    form: str  # canonical form; {0}, {1} are the groups with blanks and signs removed
    fold: Callable[[str], str] = str
    signs: tuple[bytes, ...] = ()
    exact_case: bool = False
    is_registration: bool = True
    left: str = r"(?<![A-Za-z0-9])"
    right: str = r"(?![A-Za-z0-9])"


def _chictr_form(body: str) -> str:
    """ChiCTR2000029308, and the older ChiCTR-IPR-15006471 with its kind in letters."""
    letters = "".join(c for c in body if c.isalpha()).upper()
    digits = "".join(c for c in body if c.isdigit())
    return f"-{letters}-{digits}" if letters else digits


_EU_LEFT = r"(?<![A-Za-z0-9.])(?<![0-9]-)"
_NO_MORE = r"(?![A-Za-z0-9])(?!-[0-9])"
_RULES: Final = (
    _Rule("ClinicalTrials.gov", "NCT", (b"nct",), rf"NCT{_GAP}([0-9]{{8}})", "NCT{0}"),
    _Rule("ISRCTN", "ISRCTN", (b"isrctn",), rf"ISRCTN{_GAP}([0-9]{{8}})", "ISRCTN{0}"),
    # 'EudraCT', 'EudraCT No.' and ICTRP's 'EUCTR' may lead; a country may follow: it is not part of the number.
    # EudraCT serials begin with 0, those of the newer EU portal with 5; four parts are the newer form.
    _Rule(
        "EudraCT",
        "EUDRACT",
        (b"eudract", b"euctr", b"20"),
        rf"(?:(?:EudraCT|EUCTR){_GAP}{_LABEL}(?=20[0-9]{{2}}{_LOOSE}0)|(?=20[0-9]{{2}}{_DASH}0[0-9]{{5}}{_DASH}))"
        rf"(20[0-9]{{2}}){_LOOSE}(0[0-9]{{5}}){_LOOSE}([0-9]{{2}})(?:-(?:[A-Z]{{2}}|Outside-EU/EEA|3rd)(?![A-Za-z]))?",
        "{0}-{1}-{2}",
        left=_EU_LEFT,
        right=_NO_MORE,
    ),
    _Rule(
        "EU CT (CTIS)",
        "EUCT",
        (b"eu", b"ctis", b"20"),
        rf"(?:(?:EU[\s\-]?CT(?:R|IS)?|CTIS){_GAP}{_LABEL})?(20[0-9]{{2}}){_DASH}(5[0-9]{{5}}){_DASH}([0-9]{{2}}){_DASH}([0-9]{{2}})",
        "{0}-{1}-{2}-{3}",
        left=_EU_LEFT,
        right=_NO_MORE,
    ),
    _Rule("ChiCTR", "CHICTR", (b"chictr",), rf"ChiCTR{_GAP}((?:[A-Z]{{2,4}}{_GAP})?[0-9]{{8,10}})", "ChiCTR{0}", _chictr_form),
    _Rule("ITMCTR", "OTHER", (b"itmctr",), rf"ITMCTR{_GAP}([0-9]{{10}})", "ITMCTR{0}"),
    _Rule("CTR (China CDE)", "OTHER", (b"ctr",), r"CTR(20[0-9]{6})", "CTR{0}", left=r"(?<![A-Za-z0-9\-])"),
    _Rule("UMIN-CTR", "UMIN", (b"jprn", b"umin"), rf"(?:JPRN{_GAP})?UMIN{_GAP}(?:CTR{_GAP})?([0-9]{{9}})", "UMIN{0}"),
    _Rule("JapicCTI", "JPRN", (b"jprn", b"japic"), rf"(?:JPRN{_GAP})?Japic{_GAP}CTI{_GAP}([0-9]{{6}})", "JapicCTI-{0}"),
    _Rule("JMACCT", "JPRN", (b"jprn", b"jma"), rf"(?:JPRN{_GAP})?JMA{_GAP}IIA{_GAP}([0-9]{{5}})", "JMA-IIA{0}"),
    _Rule("jRCT", "JRCT", (b"jprn", b"jrct"), rf"(?:JPRN{_GAP})?jRCT{_GAP}([a-z]?{_GAP}[0-9]{{9,10}})", "jRCT{0}", str.lower),
    _Rule("ANZCTR", "ACTRN", (b"actrn", b"anzctr"), rf"(?:ACTRN|ANZCTR){_GAP}(126[0-9]{{11}})", "ACTRN{0}"),
    _Rule("CTRI", "CTRI", (b"ctri",), rf"CTRI{_GAP}/\s?(20[0-9]{{2}})\s?/\s?([0-9]{{2,3}})\s?/\s?([0-9]{{6}})", "CTRI/{0}/{1}/{2}"),
    _Rule("DRKS", "DRKS", (b"drks",), rf"DRKS{_GAP}(000[0-9]{{5}})", "DRKS{0}"),
    _Rule("NTR", "NTR", (b"NTR",), rf"NTR{_GAP}([0-9]{{2,5}})", "NTR{0}", signs=(b"NTR",), exact_case=True),
    # four digits only and no dots: NL26560.042.09 is the number of a Dutch ethics dossier
    _Rule("NTR", "NTR", (b"NL",), r"NL([0-9]{4})", "NL{0}", signs=(b"NL0000",), exact_case=True, right=r"(?![A-Za-z0-9])(?!\.[0-9])"),
    _Rule("NL-OMON", "OTHER", (b"NL-OMON",), r"NL-OMON([0-9]{4,6})", "NL-OMON{0}", signs=(b"NL-OMON",), exact_case=True),
    _Rule("IRCT", "IRCT", (b"irct",), rf"IRCT{_GAP}([0-9]{{10,16}}N[0-9]{{1,3}})", "IRCT{0}", str.upper),
    _Rule("PACTR", "PACTR", (b"pactr",), rf"PACTR{_GAP}(20[0-9]{{13,14}})", "PACTR{0}"),
    _Rule("CRIS", "KCT", (b"cris", b"kct"), rf"(?:CRiS{_GAP})?KCT{_GAP}([0-9]{{7}})", "KCT{0}"),
    _Rule("LBCTR", "LBCTR", (b"lbctr",), rf"LBCTR{_GAP}([0-9]{{10}})", "LBCTR{0}"),
    _Rule("RPCEC", "OTHER", (b"rpcec",), rf"RPCEC{_GAP}([0-9]{{8}})", "RPCEC{0}"),
    _Rule(
        "SLCTR", "SLCTR", (b"slctr",), rf"SLCTR{_GAP}/?\s?(20[0-9]{{2}})\s?/\s?([0-9]{{3}})", "SLCTR/{0}/{1}", signs=(b"0000/000", b"SLCTR")
    ),
    _Rule("TCTR", "TCTR", (b"tctr",), rf"TCTR{_GAP}(20[0-9]{{9}})", "TCTR{0}"),
    _Rule("REPEC", "OTHER", (b"PER-",), r"PER-([0-9]{3})-([0-9]{2})", "PER-{0}-{1}", signs=(b"PER-0",), exact_case=True, right=_NO_MORE),
    _Rule("ReBEC", "REBEC", (b"rbr",), rf"RBR{_GAP}([1-9][0-9a-z]{{5,8}})", "RBR-{0}", str.lower, signs=(b"RBR",)),
    _Rule(
        "WHO",
        "UTN",
        (b"utn", b"u1"),
        rf"(?:UTN{_GAP})?U(1[0-9]{{3}})[\-\u2010-\u2015]([0-9]{{4}})[\-\u2010-\u2015]([0-9]{{4}})",
        "U{0}-{1}-{2}",
        signs=(b"0000-0000-0000", b"0000?0000?0000"),
        is_registration=False,
        right=r"(?![A-Za-z0-9\-])",
    ),
    _Rule("IRAS", "OTHER", (b"iras",), rf"IRAS{_GAP}(?:ID)?{_GAP}([0-9]{{5,7}})", "IRAS {0}", is_registration=False),
    _Rule("PROSPERO", "OTHER", (b"crd",), rf"CRD{_GAP}(4[0-9]{{10,13}})", "CRD{0}", is_registration=False),
    _Rule(
        "PubMed",
        "PMID",
        (b"pmid", b"pubmed"),
        rf"(?:PMID{_GAP}|PubMed{_GAP}ID{_GAP}|pubmed(?:\.ncbi\.nlm\.nih\.gov)?/)([1-9][0-9]{{4,7}})",
        "{0}",
        is_registration=False,
    ),
    _Rule("PubMed", "PMID", (b"PMID",), rf"PMID{_GAP}([1-9][0-9]{{0,3}})", "{0}", signs=(b"PMID",), exact_case=True, is_registration=False),
    _Rule("PubMed Central", "PMCID", (b"pmc",), rf"(?:PMCID{_GAP}(?:PMC)?|PMC)\s?([1-9][0-9]{{4,8}})", "PMC{0}", is_registration=False),
)
_REBEC: Final = next(rule for rule in _RULES if rule.type == "REBEC")
_LONG: Final = tuple((head, rule) for rule in _RULES if not rule.signs for head in rule.heads)
_SHORT: Final = tuple((sign, rule) for rule in _RULES for sign in rule.signs)
_LONG_HEADS: Final = re.compile(b"|".join(re.escape(head) for head, _ in _LONG))
_SHORT_SIGNS: Final = re.compile(b"|".join(re.escape(sign) for sign, _ in _SHORT))

_DIGITS: Final = bytes(ord("0") if chr(c).isdigit() and c < 128 else c for c in range(256))
_SMALL: Final = bytes(range(ord("a"), ord("z") + 1))
_RUN = re.compile(rb"0+")
# A DOI with a SICI inside may hold < and >; any other ends there. All end before the letters of East Asian scripts, before '|',
# and before the address or the DOI that an export joined to it with a comma or a semicolon.
_JOINED = r"(?![,;](?:https?:|doi:|10\.[0-9]{4}))"
_DOI = re.compile(
    r"(?:(?<![A-Za-z0-9.])|(?<=doi))10\.[0-9]{4,9}(?:\.[0-9]+)*(?:/|%2F)"
    rf"(?:\(SICI\)(?:{_JOINED}[^\s\"|\u2e80-\uffef])+|(?:{_JOINED}[^\s\"|<>\u2026\u2e80-\uffef])+)",
    re.I,
)
_IN_ADDRESS = re.compile(r"https?://\S*$", re.I)
_PLAIN_DOI = re.compile(r"10\.[0-9]{4,9}/[A-Za-z0-9._/\-]{1,250}[A-Za-z0-9]")  # most: nothing of it can be meant otherwise
_PUT_BETWEEN = re.compile(r"[\s.:#_\-\u2010-\u2015]")
_LED_IN = re.compile(r"(?i)^(?:https?://\S*|doi:?\s*)$")
_ADDRESS_TAIL = re.compile(r"(?:/(?:full|fulltext|abstract|e?pdf|html|meta))*(?:[?#].*)?$", re.I)


@cache
def _pattern(rule: _Rule) -> re.Pattern[str]:
    return re.compile(rule.left + rule.pattern + rule.right, 0 if rule.exact_case else re.IGNORECASE)


def find(text: str) -> list[Found]:
    """All identifiers in *text*, in the order of their places; one that stands inside another is dropped.

    A DOI that is only an ISRCTN number in disguise (10.1186/ISRCTN…) is given as that registration.
    """
    if len(text) < _SHORTEST:
        return []
    raw = text.encode("ascii", "replace")  # one byte a character, so that places stay the same
    skeleton = raw.translate(_DIGITS, _SMALL)
    found: list[Found] = []
    if b"00.0000" in skeleton:
        found += _dois(text)
    if b"00000" in skeleton:
        found += _before_long_runs(text, raw)
    for sign, rule in _SHORT if _SHORT_SIGNS.search(skeleton) else ():
        if sign in skeleton:
            found += _at_heads(text, raw if rule.exact_case else raw.lower(), rule)
    if b"rbr" in raw:  # the one that is often written in small letters, as part of an address
        found += _at_heads(text, raw, _REBEC)
    return _apart(found) if found else found


def _before_long_runs(text: str, raw: bytes) -> Iterator[Found]:
    """The numbers with five or more digits in a row: their letters are looked for right before the digits."""
    digits, end = raw.translate(_DIGITS), 0
    at = digits.find(b"00000")
    while at >= 0:
        low = max(end, at - _REACH)
        window = raw[low:at].lower()
        for head, rule in _LONG if _LONG_HEADS.search(window) else ():
            place = window.find(head)
            while place >= 0:
                if match := _pattern(rule).match(text, low + place):
                    yield _as_found(rule, match)
                place = window.find(head, place + 1)
        run = _RUN.match(digits, at)
        end = run.end() if run else at + 5
        at = digits.find(b"00000", end)


def _at_heads(text: str, raw: bytes, rule: _Rule) -> Iterator[Found]:
    for head in rule.heads:
        at = raw.find(head)
        while at >= 0:
            if match := _pattern(rule).match(text, at):
                yield _as_found(rule, match)
            at = raw.find(head, at + 1)


def _apart(found: list[Found]) -> list[Found]:
    """In order of place; of two that overlap the one that begins first, of two that begin together the longer one."""
    found.sort(key=lambda f: (f.start, -f.end))
    kept: list[Found] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
        elif one.type == "ISRCTN" and kept[-1].type == "DOI" and kept[-1].end == one.end:
            kept[-1] = one
    return kept


@lru_cache(maxsize=256)  # an entry says its numbers in several places
def recognise(value: str, type: str | None = None) -> Found | None:
    """The identifier that *value* as a whole is, or None; with *type* only one of that type.

    With the type given, a bare number is enough for PMID, PMCID and the registries whose numbers are letters and digits.
    """
    text = value.strip()
    prefix = _BARE.get(type or "")
    if prefix is not None and text.isascii() and text.isdigit():
        for rule in _RULES_OF[type or ""]:
            if match := _pattern(rule).match(prefix + text):
                again = _as_found(rule, match)
                return Found(again.type, again.value, again.issuer, 0, len(text), again.is_registration)
        return None
    if _PLAIN_DOI.fullmatch(text) and "isrctn" not in (small := text.lower()):
        return Found("DOI", small, "DOI", 0, len(text), False) if type in (None, "DOI") else None
    whole = [f for f in find(text) if not _outside(text, f)]
    return whole[0] if whole and type in (None, whole[0].type) else None


_BARE: Final = {
    "PMID": "PMID ", "PMCID": "PMC", "NCT": "NCT", "ISRCTN": "ISRCTN", "DRKS": "DRKS", "ACTRN": "ACTRN", "UMIN": "UMIN",
    "CHICTR": "ChiCTR", "KCT": "KCT", "TCTR": "TCTR", "PACTR": "PACTR", "LBCTR": "LBCTR",
}  # fmt: skip
_RULES_OF: Final = {type: tuple(rule for rule in _RULES if rule.type == type) for type in _BARE}


def canonical(type: str | None, value: str) -> str | None:
    """*value* in the writing in which two mentions of it are equal, or None if it is not an identifier (of *type*)."""
    found = recognise(value, type)
    return found.value if found else None


def _outside(text: str, found: Found) -> str:
    """What stands around the identifier, an address or 'doi:' before it aside: empty when the text is nothing else."""
    before = _LED_IN.sub("", text[: found.start].strip()) if found.start else ""
    after = text[found.end :].strip(" .;,/")
    return before + after


def _as_found(rule: _Rule, match: re.Match[str]) -> Found:
    groups = [rule.fold(_PUT_BETWEEN.sub("", group or "")) for group in match.groups()]
    return Found(rule.type, rule.form.format(*groups), rule.issuer, match.start(), match.end(), rule.is_registration)


def _dois(text: str) -> Iterator[Found]:
    at = end = text.find("10.")
    while at >= 0:
        match = _DOI.match(text, at) if at >= end else None
        at = text.find("10.", at + 1)
        if not match:
            continue
        printed, end = match.group(), match.end()
        if len(printed) > _LONGEST_DOI:
            continue
        before = text[max(0, match.start() - 80) : match.start()]
        if "://" in before and _IN_ADDRESS.search(before):
            printed = _ADDRESS_TAIL.sub("", printed)
        printed = _trim_doi(printed)
        end = match.start() + len(printed)
        value = _without_escapes(printed).lower()
        if len(value.split("/", 1)[-1]) > 1:
            yield Found("DOI", value, "DOI", match.start(), end, False)


def _without_escapes(printed: str) -> str:
    """With ``%2F`` written out, unless that leaves no DOI or has two readings."""
    if "%" not in printed:
        return printed
    plain = unquote(printed)
    again = _DOI.fullmatch(plain)
    return plain if again and "%" not in plain and _trim_doi(plain) == plain else printed


def _trim_doi(printed: str) -> str:
    """Without the sentence's punctuation, and without a closing bracket that the DOI did not open."""
    while printed:
        last = printed[-1]
        if last in ".,;:!?'\u2019\u201d([{]}*|=&" or (last == ")" and printed.count(")") > printed.count("(")):
            printed = printed[:-1]
        else:
            break
    return printed
