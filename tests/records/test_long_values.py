"""A value of any length is read in time that grows with it and no faster: no blank, bracket or list without an end holds a reader up."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from review.errors import ReviewError
from review.records import read_bytes
from tests.records import corpus

FILLINGS = (" ", "a", "(", "a, ", "1", ".", "; ", "- ", "\n", "1. a\n", "a:\n", "NCT01234567; ", "=", "A. ")
SMALL, LARGE = 8_000, 32_000
SLOWER = 12  # a loop in a loop takes 16 times as long for four times the text; what is linear takes 4, and the clock is rough
BELOW = 1.0  # seconds within which nothing is measured: what grows faster than the text takes many at this size
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


def cost(data: bytes) -> float:
    """Seconds of the processor that reading takes; a refusal is an answer too."""
    start = time.process_time()
    try:
        found = read_bytes(data, "long")
    except ReviewError:
        pass
    else:
        assert found.read == len(found.records) + len(found.refused)
    return time.process_time() - start


def fastest(data: bytes) -> float:
    """The least of three costs: what else runs on the machine only adds to them."""
    return min(cost(data) for _ in range(3))


def by_turns(cases: list[Any], often: Callable[[Any], bool]) -> list[Any]:
    """The cases as parameters, those that are not tried *often* marked for soak."""
    return [pytest.param(*one, marks=() if often(one) else pytest.mark.soak) for one in cases]


def try_one(name: str, chance: random.Random, small: int, large: int) -> None:
    text = corpus.files()[name].decode()
    place, filling, kept = chance.choice(places(name, text)), chance.choice(FILLINGS), chance.random() < 0.5
    made = filled(name, place, filling, kept)
    long = cost(made(large))
    if long > BELOW:
        long, short = fastest(made(large)), fastest(made(small))
        assert long < short * SLOWER, f"{name}: {filling!r} at {text[place[0] : place[1]]!r}: {short:.2f} s, then {long:.2f} s"


@pytest.mark.parametrize("name", by_turns([(name,) for name in ONE_EACH], lambda one: one[0] in OFTEN))
def test_a_long_value_is_read_in_time_that_grows_with_it(name: str) -> None:
    try_one(name, random.Random(f"{name} long"), SMALL, LARGE)


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(corpus.files()))
def test_values_of_megabytes(name: str) -> None:
    chance = random.Random(f"{name} megabytes")
    for _ in range(12):
        try_one(name, chance, 500_000, 2_000_000)


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
    long = cost(made(LARGE))
    assert long < BELOW or fastest(made(LARGE)) < SLOWER * fastest(made(SMALL))
