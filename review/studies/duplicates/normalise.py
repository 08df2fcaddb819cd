"""The fields of records in the one form in which they are compared. A column at a time: what many records share is looked at once."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import fields as parts
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from review.model.notice_titles import is_about_another, is_notice_title, is_notice_type
from review.studies.duplicates.journals import LONGEST_NAME, main_name

if TYPE_CHECKING:
    import numpy as np

    from review.studies.duplicates.rules import RuleBook

_MARKS = re.compile("[\u0300-\u036f\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")  # combining marks
_NOT_WORD = re.compile(r"[\W_]+")
_SMALL = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,20}>")
# 'RETRACTED: A title', 'A title [Chinese]', 'A title (in German)' and 'A title (Structured abstract)' are editions of 'A title'
_AROUND_TITLE = re.compile(
    r"^\W*(?:retracted|withdrawn)(?: (?:article|paper|publication))?\s*[:—-]\s*"
    r"|\[(?:published |see |summary for )?(?:erratum|errata|correct|comment|republish|retract|patients).*$"
    r"|\[[^\][\n]{3,24}\]\W*$"
    r"|\((?:article )?in [a-z]{4,12}\)\W*$"
    r"|\((?:(?:provisional|structured|brief) )?(?:a(?:bstract)?|r(?:ecord)?)\)?\W*$"  # also cut off
    r"|[:.] (?:original (?:article|paper|research)|review article)\W*$",
    re.IGNORECASE,
)
_MAY_BE_MARKED = re.compile("retracted|withdrawn|article|paper|research", re.IGNORECASE).search
# letters that are no letter with a mark
_LETTERS = {
    ord(letter): name
    for letter, name in zip(
        "αβγδεζηθικλμνξοπρσςτυφχψωøæœłđðþı",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau upsilon phi chi psi "
        "omega o ae oe l d d th i".split(),
        strict=True,
    )
}
# letters of two or three bytes that were read as one byte each: 'Ã¼' is 'ü', and 'â€' with what follows a quotation mark or a dash
_MISREAD = re.compile("â€.?|[ÂÃ][-¿ŒœŠšŸŽžƒˆ˜–-›€™]")
_UNTOLD = frozenset(
    "unknown|n a|na|none|null|nan|untitled|no title|not available|no title available|title not available|anonymous|anon".split("|")
)
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_DIGITS = re.compile(r"\d+")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_DOI_VERSION = re.compile(r"\.pub\d+$")
_PAGE = re.compile(r"\b([a-z]{0,2})0*(\d{1,9})")
_HOW_MANY_PAGES = re.compile(r"\W*\d+ ?(?:p|pp|pages|s)\b\W*$")  # of a thesis, say: no place
_LOST_FIRST = re.compile(r"\W*[a-z]+\s?[-\u2010-\u2015]+\s*\d")
_ABSTRACT_NUMBER = re.compile(r"^\W*(?:abstract\W+)?(?:no\W+)?[a-z]{0,3}[ -]?\d{1,5}(?:[-.]\d+)*\s*[:.]\s+", re.IGNORECASE)
_ENOUGH_OF_TITLE = 14  # letters, for two titles to be two
MOST_TITLES = 5  # that one DOI can have, as spelt by databases; above that it is the DOI of a supplement or a book
_MONTHS = {m: str(n) for n, m in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}
_ROMAN = {r: str(n) for n, r in enumerate("i ii iii iv v vi vii viii ix x xi xii".split(), start=1)}
_COUNTED = dict(zip("two three four five six seven first second third fourth fifth".split(), "23456712345", strict=True))
_IN_SERIES = "part|phase|type|stage|study|series|chapter|volume|vol|section|grade|class|paper|no|number|report|article|lecture|group"
# numerals: digits, 'II' and 'two' anywhere; 'I', 'V', 'X' or a letter only behind 'Part' and its like, or 'I' at the end
_NUMERAL = re.compile(
    rf"\d+(?: \d{{3}})*|\b(?:ii|iii|iv|vi|vii|viii|ix|xi|xii|{'|'.join(_COUNTED)})\b|(?<!^)\b[ivx]$|(?:\b(?:{_IN_SERIES}) )(?:[a-z]|one)\b"
)
_MAY_COUNT = re.compile(rf".*\d|(?:[ivx]+|{'|'.join(_COUNTED)}|{_IN_SERIES})$").match
_MAY_NOTICE = re.compile("err|corr|retr|withdr|expr|notice|comm|publi|auth|edit").match
_NO_NAME = frozenset({"jr", "sr", "ii", "iii", "et", "al", "the", "group", "and"})
KINDS = {
    "registration": ("trial registration", "registration", "clinical trial registration"),
    "abstract": ("conference abstract", "meeting abstract", "abstract", "journal conference abstract"),
    "proceedings": ("inproceedings", "conference", "conference paper", "proceedings paper", "cpaper", "conf"),
    "article": ("article", "article report", "journal article", "jour", "journal"),
    "book": ("book", "incollection", "inbook", "chapter", "chap", "book section", "proceedings"),
    "preprint": ("preprint", "unpublished", "posted content"),
    "thesis": ("thesis", "phdthesis", "mastersthesis", "thes", "dissertation"),
}
_KIND = {word: kind for kind, words in KINDS.items() for word in words}


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of n records, each an array of n: texts '' and numbers -1 where nothing is stated.

    ``title`` has no blanks, ``words`` has, ``printed`` is as it was but for marks. ``persons`` are the long parts of all names, persons
    apart by semicolons, ``first`` those of the first author. ``abstract`` is its beginning, ``text`` all of it as printed.
    ``registration`` are all own numbers of a registration, apart by blanks.
    ``numerals`` are the numbers that the title states, ``poles`` what it says of population and kind; ``standing`` says whether such a
    title comes back in other issues, ``about`` whether it is a notice or a comment. ``tongues`` are words that a title of one language has.
    """

    title: np.ndarray
    words: np.ndarray
    printed: np.ndarray
    persons: np.ndarray
    first: np.ndarray
    year: np.ndarray
    journal: np.ndarray
    volume: np.ndarray
    number: np.ndarray
    page: np.ndarray
    pages: np.ndarray
    doi: np.ndarray
    doi_base: np.ndarray
    pmid: np.ndarray
    abstract: np.ndarray
    text: np.ndarray
    registration: np.ndarray
    kind: np.ndarray
    numerals: np.ndarray
    poles: np.ndarray
    standing: np.ndarray
    about: np.ndarray
    tongues: Mapping[str, frozenset[str]]

    def __len__(self) -> int:
        return len(self.title)


def folded(values: Sequence[str]) -> list[str]:
    """Each value in small letters and digits with single blanks, without accents; '' for what says that nothing is known."""
    known = {value: _folded(value) for value in set(values)}
    return [known[value] for value in values]


def _folded(value: str) -> str:
    if value.isascii():
        plain = " ".join(value.translate(_SMALL).split())
    else:
        value = _MARKS.sub("", unicodedata.normalize("NFKD", value.casefold())).translate(_LETTERS)
        plain = " ".join(_NOT_WORD.sub(" ", value).split())
    return "" if plain in _UNTOLD else plain


def _without_markup(text: str) -> str:
    return _TAG.sub("", html.unescape(text)) if "&" in text or "<" in text else text


def _plain(title: str, kind: str) -> str:
    """Without HTML, marks of retraction, what databases put behind a title, and the number before that of a conference abstract."""
    title = _without_markup(title)
    if "Â" in title or "Ã" in title or "â€" in title:
        title = _MISREAD.sub(_reread, title)
    if kind == "abstract":
        title = _ABSTRACT_NUMBER.sub("", title, count=1)
    if "[" in title or "(" in title or _MAY_BE_MARKED(title[:14] + " " + title[-14:]):
        title = _AROUND_TITLE.sub("", _AROUND_TITLE.sub("", title))  # 'A title. [Review] [33 refs]' has two
    return title


def _reread(misread: re.Match[str]) -> str:
    try:
        return misread[0].encode("cp1252").decode("utf-8")
    except UnicodeError:
        return " "


def normalise(columns: Mapping[str, Sequence[str]], book: RuleBook) -> Fields:
    """The fields of records given by column as texts. What titles may say, in which words, and how those that return begin: *book*."""
    import numpy as np

    types = folded(columns["record_type"])
    kinds = [_KIND.get(one, "") for one in types]
    printed = [_plain(title, kind) for title, kind in zip(columns["title"], kinds, strict=True)]
    words = folded(printed)
    each = [frozenset(title.split(" ")) for title in words]
    vocabulary = frozenset().union(*each)

    def having(test: Callable[[str], object]) -> list[bool]:
        """Whether each title has a word that passes *test*: asked once a word, as most titles have none."""
        wanted = {word for word in vocabulary if test(word)}
        return [not wanted.isdisjoint(title) for title in each]

    persons, firsts = _authors(columns["authors"])
    pages = [_pages(one) for one in columns["pages"]]
    dois = [_doi(one) for one in columns["doi"]]
    years = [int(found[1]) if (found := _YEAR.search(one)) else -1 for one in columns["year"]]
    journals = columns["journal"]
    main_names = {one: main_name(_without_markup(one[:LONGEST_NAME])) for one in set(journals)}
    registered = [_own_numbers(one) for one in columns["registry_ids"]]
    told = [one.casefold() in ("true", "1") for one in columns["notice"]]
    return Fields(
        title=texts([one.replace(" ", "") for one in words]),
        words=texts(words),
        printed=texts(printed),
        persons=texts(persons),
        first=texts(firsts),
        year=np.array(years, dtype=np.int64),
        journal=texts(folded([main_names[one] for one in journals])),
        # where a source has no volume it may put the year there
        volume=texts([v if (v := _first_digits(one)) != str(y) else "" for one, y in zip(columns["volume"], years, strict=True)]),
        number=texts([_MONTHS.get(one[:3].casefold()) or _first_digits(one) for one in columns["number"]]),
        page=texts([first for first, _ in pages]),
        pages=texts([f"{first}-{last}" if first or last else "" for first, last in pages]),
        doi=texts(dois),
        doi_base=texts([_DOI_VERSION.sub("", one) for one in dois]),
        pmid=texts(["" if "pmc" in one.casefold() else _first_digits(one) for one in columns["pmid"]]),
        abstract=texts([one[:400].replace(" ", "")[:300] for one in folded([v[:600] for v in columns["abstract"]])]),
        text=texts(columns["abstract"]),
        registration=texts([number if kind == "registration" else "" for number, kind in zip(registered, kinds, strict=True)]),
        kind=texts(kinds),
        numerals=texts([_numerals(one) if may else "" for one, may in zip(words, having(_MAY_COUNT), strict=True)]),
        poles=texts(_poles(each, vocabulary, book.axes)),
        standing=np.fromiter((returns(title, book.standing) for title in words), dtype=bool, count=len(words)),
        about=np.array(
            [
                said or (may and _is_notice(title)) or is_notice_type(kind)
                for said, title, kind, may in zip(told, columns["title"], types, having(_MAY_NOTICE), strict=True)
            ],
            dtype=bool,
        ),
        tongues=book.tongues,
    )


_NUMBERS = {"year": int, "standing": bool, "about": bool}  # the others are texts
_EACH = tuple(part.name for part in parts(Fields) if part.name != "tongues")


def values_of(fields: Fields) -> list[tuple[Any, ...]]:
    """The fields of each record, for ``fields_of`` to put together again."""
    return list(zip(*(getattr(fields, name).tolist() for name in _EACH), strict=True))


def fields_of(values: Sequence[tuple[Any, ...]], book: RuleBook) -> Fields:
    """The fields of records, each of which was normalised among others before."""
    import numpy as np

    columns = zip(_EACH, zip(*values, strict=True) if values else [()] * len(_EACH), strict=True)
    made = {name: np.array(one, dtype=_NUMBERS[name]) if name in _NUMBERS else texts(one) for name, one in columns}
    return Fields(**made, tongues=book.tongues)


def texts(values: Sequence[str]) -> np.ndarray:
    """An array of these texts, as they are."""
    import numpy as np

    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def with_own_dois(fields: Fields, without: Collection[int] = ()) -> Fields:
    """*fields* without the DOIs that name none of their records, as far as those at the places *without* are not there."""
    dois = fields.doi.tolist()
    lent = _lent(dois, fields.words.tolist(), without)
    if not lent:
        return fields
    own = ["" if doi in lent else doi for doi in dois]
    return replace(fields, doi=texts(own), doi_base=texts([_DOI_VERSION.sub("", one) for one in own]))


def _lent(dois: Sequence[str], titles: Sequence[str], without: Collection[int]) -> set[str]:
    """The DOIs that records of more than ``MOST_TITLES`` titles bear: they are those of supplements and books."""
    often = {doi for doi, n in Counter(dois).items() if n > MOST_TITLES and doi}
    borne: dict[str, set[str]] = {doi: set() for doi in often}
    for at, (doi, title) in enumerate(zip(dois, titles, strict=True) if often else ()):
        if doi in often and at not in without:
            borne[doi].add(title[:_ENOUGH_OF_TITLE])
    return {doi for doi, told in borne.items() if len(told) > MOST_TITLES}


def _first_digits(text: str) -> str:
    found = _DIGITS.search(text)
    return (found[0].lstrip("0") or "0") if found else ""


def _doi(text: str) -> str:
    if "%" in text or "&" in text:
        text = html.unescape(unquote(text))
    found = _DOI.search(text.casefold()) if text else None
    return found[0].rstrip(".,;:)]") if found else ""


def _own_numbers(registry_ids: str) -> str:
    """The numbers before the first semicolon, which commas part, sorted, with one blank between them; those behind are of others."""
    if not registry_ids:
        return ""
    return " ".join(sorted({number for one in registry_ids.partition(";")[0].split(",") if (number := "".join(one.split()).upper())}))


def _pages(text: str) -> tuple[str, str]:
    """First and last page: '288-97' is ('288', '297'), 'Suppl-29' is ('', '29'); ('', '') where no page is stated."""
    text = text.casefold()
    found = _PAGE.findall(text)
    if not found or _HOW_MANY_PAGES.match(text):
        return "", ""
    (letters, first), last = found[0], found[1][1] if len(found) > 1 else ""
    if not last and _LOST_FIRST.match(text):
        return "", first
    if last and len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return letters + first, last


def _numerals(words: str) -> str:
    """The numbers that a title states, in its order: 'part ii of 3' is '2 3'."""
    found = []
    for match in _NUMERAL.finditer(words):
        said = match[0]
        last = said.replace(" ", "") if said[0].isdigit() else said.rsplit(" ", 1)[-1]
        found.append(_ROMAN.get(last) or _COUNTED.get(last) or ("1" if last == "one" else last))
    return " ".join(found)


def _poles(titles: Sequence[frozenset[str]], vocabulary: Iterable[str], axes: tuple[tuple[str, tuple[str, ...]], ...]) -> list[str]:
    """What each title says of population and kind, as sorted poles; 'increas*' is each word that begins so."""
    begins, forms = _forms(axes)
    likely = [word for word in vocabulary if word.startswith(begins)]  # most words are of no axis: few are held against each
    pole_of = {word: pole for pole, form in forms for word in likely if form.fullmatch(word)}
    words = pole_of.keys()
    return ["" if words.isdisjoint(title) else " ".join(sorted({pole_of[word] for word in words & title})) for title in titles]


@cache
def _forms(axes: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[tuple[str, ...], list[tuple[str, re.Pattern[str]]]]:
    """(how the words of all poles begin, each pole with the form of its words)."""
    return tuple(word.rstrip("*") for _, listed in axes for word in listed), [(pole, _any_of(listed)) for pole, listed in axes]


def returns(title: str, standing: tuple[str, ...]) -> bool:
    """Whether a folded title begins as those do that come back in other issues."""
    return _any_of(standing).match(title) is not None


@cache
def _any_of(listed: tuple[str, ...]) -> re.Pattern[str]:
    ends = (re.escape(word.rstrip("*")) + (r"\w*" if word.endswith("*") else "") for word in listed)
    return re.compile(rf"(?:{'|'.join(ends)})\b")


def _is_notice(title: str) -> bool:
    """A notice or a comment, not the article itself whose title was marked."""
    return is_notice_title(title) or (is_about_another(title) and title.lstrip(" [").casefold().startswith("comment"))


def _authors(values: Sequence[str]) -> tuple[list[str], list[str]]:
    """The long parts of the names, family and given, for databases mistake one for the other: of all persons, and of the first."""
    each = [_split_authors(value) for value in values]
    distinct = list({author for one in each for author in one})
    persons = {
        author: " ".join([part for part in plain.split(" ") if len(part) > 1 and part not in _NO_NAME])
        for author, plain in zip(distinct, folded(distinct), strict=True)
    }
    return [";".join([persons[author] for author in one if persons[author]]) for one in each], [
        persons[one[0]] if one else "" for one in each
    ]


def _split_authors(value: str) -> list[str]:
    """'A, B and C, D', 'A, B; C, D' and 'A B, C D' are two authors, 'A, B' is one."""
    if ";" in value or " and " in value:
        return [part for part in value.replace(" and ", ";").split(";") if part.strip()]
    if value.count(",") > 1 or (value.count(",") == 1 and " " in value.partition(",")[0].strip()):
        return [part for part in value.split(",") if part.strip()]
    return [value] if value.strip() else []
