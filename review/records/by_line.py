"""Reads the by-line of a journal page: authors with their marks, numbered affiliations, and whom to write to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from review.model.record import Affiliation, Author, Corresponding
from review.records.countries import country_code
from review.text import fold_word

_MARKS: Final = re.compile(r"(?<![\d*†‡§¶#\s,])[\d*†‡§¶#\s,]++\Z")
_END: Final = re.compile(r"(?<![\s,;])[\s,;]++\Z")
_ORCID: Final = re.compile(r"(?:https?://)?orcid\.org/(?P<id>\d{4}-\d{4}-\d{4}-\d{3}[\dX])", re.I)
_ROLE: Final = re.compile(r",\s+(?:[a-z].*|(?:MD|PhD|DPhil|MSc|MPH|MRCP|FRCP|FRCPath|RN|BSc|MB\s?BS|MBBS|MBChB|MA|FACR|FACP)\b.*)$")
_GROUP: Final = re.compile(r"(?:and\s+)?(?:on behalf of|for)\s+(?=the\b|[A-Z])", re.I)
_REF: Final = re.compile(r"(?P<ref>\d{1,2})\.?\s*(?=[^\s\d.,])")
_HONORIFIC: Final = re.compile(
    r"(?P<title>(?:Associate |Assistant |Adjunct )?Prof(?:essor)?|Dr|Drs|Mr|Mrs|Ms|Miss|Sir|Dame|A/Prof)\.?\s+(?=[^\W\d_])"
)
_TO: Final = re.compile(r"(?:Correspondence|Corresponding author)(?:\s+(?:and reprint requests\s+)?to)?\s*:?\s*", re.I)
_EMAIL: Final = re.compile(r"(?<![^\s;,<>()])[^\s;,<>()]+(?:@|\{at\}|\[at\]|\(at\))[^\s;,<>()]+", re.I)


def parse_author(text: str, position: int) -> Author | None:
    """The author of one item of the list, ``Wei Example1,2,``; the marks become references to affiliations."""
    orcid = _ORCID.search(text)
    text = re.sub(r"(?:(?<!\s)\s+|(?<=\d))(?:and|&)$", "", _ORCID.sub("", text).strip(" ,;\u00a0")).strip(" ,;")
    name, marks = _unmarked(text)
    group = _GROUP.match(name)
    name = re.sub(r"^the\s+", "", name[group.end() :]) if group else _ROLE.sub("", name)
    name = name.strip(" ,;")
    if not any(c.isalpha() for c in name):
        return None
    refs = tuple(dict.fromkeys(int(mark) for mark in marks))
    return Author(position=position, name=name, affiliation_refs=refs, orcid=orcid["id"] if orcid else None)


def _unmarked(text: str) -> tuple[str, list[str]]:
    """*text* without the marks at its end, and the numbers among them; a text of marks alone has none."""
    text = _END.sub("", text)
    found = _MARKS.search(text)
    return (text[: found.start()], re.findall(r"\d{1,2}", found[0])) if found and found.start() else (text, [])


def parse_affiliation(text: str, position: int) -> Affiliation | None:
    """One affiliation, ``1 Department …`` or ``1Department …``; one without a number takes its place in the list."""
    found = _REF.match(text)
    rest = text[found.end() :] if found else text
    rest = rest.strip(" ,;")
    return Affiliation(ref=int(found["ref"]) if found else position, text=rest) if rest else None


def is_correspondence(text: str) -> bool:
    """True for the item that says whom to write to."""
    return bool(_TO.match(text)) and len(text) > 14


def looks_like_author(text: str) -> bool:
    """True for an item that is a name of two to six words, or a name with marks: what a list without numbers may begin with."""
    name = _ROLE.sub("", _unmarked(_ORCID.sub("", text).strip(" ,;"))[0])
    words = name.split()
    capitals = sum(word[:1].isupper() for word in words)
    return 2 <= len(words) <= 6 and capitals >= 2 and not re.search(r"[\d:;.?!\"]\w|[:;?!]", name) and not looks_like_affiliation(text)


def looks_like_affiliation(text: str) -> bool:
    """True for an item that is an institution and not a person, where no restart of the numbers tells the lists apart."""
    institution = re.search(
        r"\b(?:Departments?|Universit|Hospitals?|Institut|Centre|Center|School|Faculty|Division|College|Unit|Clinic|Service|Laborator|Ministry)",
        text,
    )
    if re.match(r"\d{1,2}\s*[^\W\d_]", text):
        return True
    last = text.rstrip(" .;").rpartition(",")[2].strip()
    return text.count(",") > 0 and (bool(institution) or country_code(last) is not None)


def parse_correspondence(texts: Iterable[str], authors: Sequence[Author]) -> list[Corresponding]:
    """The people of the correspondence items: ``Dr A Name, address; mail; Dr B Name; mail``."""
    people: list[dict[str, str | None]] = []
    known = [fold_word(author.name) for author in authors]
    for text in texts:
        body = _TO.sub("", text, count=1)
        for n, part in enumerate(body.split(";")):
            _take_part(part.strip().strip(" ,."), n == 0, known, people)
    return [Corresponding.model_validate(person) for person in people if any(person.values())]


def _take_part(part: str, first: bool, known: Sequence[str], people: list[dict[str, str | None]]) -> None:
    if not part:
        return
    mail = _EMAIL.search(part)
    rest = (part[: mail.start()] + part[mail.end() :]).strip(" ,.:()") if mail else part
    rest = re.sub(r"(?i)\be-?mail\b:?\s*$", "", rest).strip(" ,")
    title = _HONORIFIC.match(rest)
    named = title or any(fold_word(rest).startswith(name) for name in known if name)
    if people and people[-1]["email"]:  # the one before is complete, so that a name here is that of the next
        named = named or looks_like_author(rest.partition(",")[0])
    begins = bool(first or (named and rest))
    if begins or not people:  # where the line begins with an empty part, what follows is of somebody without a name
        people.append({"name": None, "honorific": None, "email": None, "email_raw": None, "address": None})
    if begins:
        if title:
            people[-1]["honorific"], rest = title["title"], rest[title.end() :]
        name, _, address = rest.partition("(")[0].rstrip().partition(",") if mail and "(" in rest else rest.partition(",")
        people[-1]["name"], people[-1]["address"] = name.strip() or None, address.strip() or None
    elif rest:
        before = people[-1]["address"]
        people[-1]["address"] = f"{before}; {rest}" if before else rest
    if mail and people[-1]["email"] is None:
        people[-1]["email_raw"] = mail.group().rstrip(".")
        people[-1]["email"] = re.sub(r"(?i)\{at\}|\[at\]|\(at\)", "@", mail.group().rstrip("."))


def mark_corresponding(authors: Sequence[Author], people: Sequence[Corresponding]) -> list[Author]:
    """The authors, those who are in *people* marked as corresponding; initials on either side are matched with care."""
    names = [fold_word(person.name) for person in people if person.name]
    return [author.model_copy(update={"corresponding": any(_same(fold_word(author.name), name) for name in names)}) for author in authors]


def _same(full: str, printed: str) -> bool:
    if full == printed:
        return True
    one, other = full.split(), printed.split()
    return len(one) > 1 and len(other) > 1 and one[-1] == other[-1] and len(other[0]) == 1 and one[0][0] == other[0][0]
