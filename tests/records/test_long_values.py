"""A value of any length is read in time that grows with it and no faster: no blank, bracket or list without an end holds a reader up."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from typing import Any

import pytest

from review.errors import ReviewError
from review.records import read_bytes
from tests.patience import ENOUGH, calls, ends
from tests.records import corpus

FILLINGS = (" ", "a", "(", "a, ", "1", ".", "; ", "- ", "\n", "1. a\n", "a:\n", "NCT01234567; ", "=", "A. ")
LARGE, LINES = 160_000, 40_000  # signs on one line, and in lines, of which each costs more
PER_SIGN = 500  # calls; what goes through all lines for each of them makes thousands
PAGES = ("bmj_dash.txt", "clinconnect_dash.txt", "ictrp_euctr.txt", "meddatax_study.txt", "veeva_arms.txt")  # one of each site
ONE_EACH = sorted(name for name in corpus.files() if name in PAGES or not name.endswith((".txt", ".html")))
# one of each way of reading; the others are for soak
OFTEN = {"bibtex", "bmj_dash.txt", "central.ris", "ctgov_v2", "ictrp_xml", "medline", "pubmed_xml", "table", "wos_tagged"}
_TAGGED = re.compile(r"(?:[A-Z][A-Z0-9]{1,3} {0,2}-? |%. |\s+|[A-Za-z .&/]+: )?")


def places(name: str, text: str) -> list[tuple[int, int]]:
    """Where the values of a file stand: its elements, strings, cells, or lines behind their tags."""
    first = text.lstrip()[:1]
    if first == "<" and not text.startswith("<1>"):
        return [m.span(1) for m in re.finditer(r">([^<>\n]+)<", text)]
    if first in "{[":
        return [m.span(1) for m in re.finditer(r'"((?:[^"\\\n]|\\.)*)"(?!\s*:)', text)]
    if "csv" in name or name == "table":
        return [m.span() for m in re.finditer(r'[^",\r\n]+', text)]
    if name.startswith("bibtex"):
        return [m.span(1) for m in re.finditer(r'=\s*[{"]([^}"\n]*)[}"]', text)]
    return [(m.start() + _TAGGED.match(m.group()).end(), m.end()) for m in re.finditer(r"[^\r\n]+", text)]  # type: ignore[union-attr]


def filled(name: str, place: tuple[int, int], filling: str, kept: bool) -> Callable[[int], bytes]:
    """The file with one value that is *filling* over and over, up to a size, behind the value that stands there where it is *kept*."""
    text = corpus.files()[name].decode()
    begin, end = place
    written = json.dumps(filling)[1:-1] if text.lstrip()[:1] in "{[" else filling
    return lambda size: (text[: end if kept else begin] + written * (size // len(written)) + text[end:]).encode()


def go_through(data: bytes, what: str, within: float = ENOUGH) -> None:
    """Reads the file to its end; a refusal is an answer too."""
    try:
        with ends(what, within), calls(PER_SIGN * len(data), what):
            found = read_bytes(data, "long")
    except ReviewError:
        pass
    else:
        assert found.read == len(found.records) + len(found.refused)


def by_turns(cases: list[Any], often: Callable[[Any], bool]) -> list[Any]:
    """The cases as parameters, those that are not tried *often* marked for soak."""
    return [pytest.param(*one, marks=() if often(one) else pytest.mark.soak) for one in cases]


def large(filling: str) -> int:
    return LINES if "\n" in filling else LARGE


def try_one(name: str, chance: random.Random, times: int = 1) -> None:
    """A value drawn by *chance*, so many *times* as long as is usual here."""
    text = corpus.files()[name].decode()
    place, filling, kept = chance.choice(places(name, text)), chance.choice(FILLINGS), chance.random() < 0.5
    what = f"{name} with {filling!r} over and over at {text[place[0] : place[1]]!r}"
    go_through(filled(name, place, filling, kept)(times * large(filling)), what, times * ENOUGH)


@pytest.mark.parametrize("name", by_turns([(name,) for name in ONE_EACH], lambda one: one[0] in OFTEN))
def test_a_long_value_is_read_in_time_that_grows_with_it(name: str) -> None:
    try_one(name, random.Random(f"{name} long"))


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(corpus.files()))
def test_values_of_megabytes(name: str) -> None:
    chance = random.Random(f"{name} megabytes")
    for _ in range(12):
        try_one(name, chance, times=12)


# what once took hours: the field of a format, and what stood in it
HELD_UP = [
    ("bmj_dash.txt", "Article Text", "("),
    ("medline", "10.9999/jnw.2019.7", " "),
    ("ictrp_xml", "Cold feet;", "1. a\n"),
    ("ictrp_xml", "Cold feet;", "- a:\n"),
    ("ictrp_xml", "N-17;", "N-18; "),
    ("ictrp_xml", "<Phase>0", " "),
    ("ictrp_xml", "Recruiting", " "),
    ("ictrp_euctr.txt", "Therapeutic confirmatory", "a:\n"),
]


@pytest.mark.parametrize(("name", "word", "filling"), by_turns(HELD_UP, lambda one: one in HELD_UP[:3] or one == HELD_UP[-1]))
def test_what_held_a_reader_up_does_so_no_more(name: str, word: str, filling: str) -> None:
    text = corpus.files()[name].decode()
    at = text.index(word)
    made = filled(name, (at, at + len(word)), filling, True)
    go_through(made(large(filling)), f"{name} with {filling!r} over and over behind {word!r}")
