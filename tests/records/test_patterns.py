"""Every pattern of the records room ends soon on text that is made to keep it going: repeats of what it repeats, and no match."""

from __future__ import annotations

import ast
import importlib
import itertools
import pkgutil
import re
import re._constants as sign  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, AnyStr

import pytest

import review.records
from tests.patience import ends

SIZE = 32 * 1024
ENOUGH = 2.0  # seconds of processor time: what reads its text once needs a hundredth of it, what begins anew at each sign ten times as much
ROOM = Path(review.records.__file__).parent
WAYS = ("search", "match", "fullmatch", "findall")
AS = {"sub": "findall", "subn": "findall", "split": "findall", "finditer": "findall"}
# how patterns are used under another name than the one they are kept by
HELD = {"_WHOLE": ("fullmatch",), "furniture": ("match",), "exporting.plain.": ("findall",)}
BEHIND = "\0!"  # what no pattern of the room ends with
OFTEN = 18  # repeats of a pattern that are tried in 'make test'; 'make soak' tries all


@dataclass(frozen=True)
class Used:
    """A pattern, where it stands, and the methods that the room calls it with."""

    where: str
    pattern: re.Pattern[Any]
    ways: tuple[str, ...]


@cache
def used() -> tuple[Used, ...]:
    """The compiled patterns of the room's modules, in tables and dialects too, and those written where they are used."""
    found: dict[tuple[Any, int], Used] = {}
    for name in [m.name for m in pkgutil.walk_packages(review.records.__path__, "review.records.")]:
        module = importlib.import_module(name)
        text = Path(str(module.__file__)).read_text(encoding="utf-8")
        for one in itertools.chain(_compiled(module, text), _written(name, text)):
            before = found.get((one.pattern.pattern, one.pattern.flags))
            ways = sorted({*one.ways, *(before.ways if before else ())})
            found[one.pattern.pattern, one.pattern.flags] = Used(before.where if before else one.where, one.pattern, tuple(ways))
    return tuple(found.values())


def _compiled(module: Any, text: str) -> Iterator[Used]:
    def held(value: Any, where: str) -> Iterator[tuple[str, re.Pattern[Any]]]:
        if isinstance(value, re.Pattern):
            yield where, value
        elif isinstance(value, dict):
            yield from (one for key, inner in value.items() for one in held(inner, f"{where}[{key!r}]"))
        elif isinstance(value, (tuple, list, set, frozenset)):
            yield from (one for n, inner in enumerate(value) for one in held(inner, f"{where}[{n}]"))
        elif hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
            yield from (one for key in value.__dataclass_fields__ for one in held(getattr(value, key), f"{where}.{key}"))

    for name, value in vars(module).items():
        for where, pattern in held(value, name):
            ways = {AS.get(way, way) for way in re.findall(rf"\b{re.escape(where)}\.(\w+)\(", text)} & set(WAYS)
            full = f"{module.__name__}.{where}"
            yield Used(full, pattern, tuple(ways) or next((known for part, known in HELD.items() if part in full), WAYS))


def _written(name: str, text: str) -> Iterator[Used]:
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=way), args=[ast.Constant(value=str() | bytes() as own), *rest]):
                if way not in ("compile", "escape"):
                    flags = [*rest, *(word.value for word in node.keywords)]
                    given = sum(getattr(re, flag.attr) for flag in flags if isinstance(flag, ast.Attribute) and hasattr(re, flag.attr))
                    yield Used(f"{name}:{node.lineno}", re.compile(own, given), (AS.get(way, way),))


def samples(items: Sequence[Any], most: int = 4) -> list[str]:
    """Some texts that a part of a pattern matches, near enough: its signs, one of each class, each of its branches."""
    out = [""]
    for kind, value in items:
        match kind:
            case sign.LITERAL:
                able = [chr(value)]
            case sign.IN:
                able = _of_class(value)[:3]
            case sign.NOT_LITERAL | sign.ANY:
                able = ["a", " "]
            case sign.BRANCH:
                able = [text for branch in value[1] for text in samples(branch, 2)][:8]
            case sign.SUBPATTERN:
                able = samples(value[3], most)
            case sign.ATOMIC_GROUP:
                able = samples(value, most)
            case sign.MAX_REPEAT | sign.MIN_REPEAT | sign.POSSESSIVE_REPEAT:
                able = [text * max(value[0], 1) for text in samples(value[2], most)] + [""] * (value[0] == 0)
            case _:
                able = [""]
        out = [before + text for before, text in itertools.islice(itertools.product(out, able), 3 * most)]
    return out


def _of_class(items: Sequence[Any]) -> list[str]:
    tried = "a1 \n,.;:(-A<\"'&xI·"
    literal = [chr(value) for kind, value in items if kind is sign.LITERAL]
    tree = parser.SubPattern(parser.State(), [(sign.IN, list(items))])
    fits = re._compiler.compile(tree, 0)  # type: ignore[attr-defined]
    return [one for one in dict.fromkeys([*literal, *tried]) if fits.match(one)] or ["a"]


def repeats(items: Sequence[Any], before: Sequence[str] = ("",)) -> Iterator[tuple[str, str]]:
    """What stands before each repeat of a pattern, and what is repeated there."""
    items = list(items)
    for n, (kind, value) in enumerate(items):
        ahead = [begun + text for begun in before[:2] for text in samples(items[:n])[:2]]
        if kind in (sign.MAX_REPEAT, sign.MIN_REPEAT, sign.POSSESSIVE_REPEAT):
            yield from ((begun, unit) for unit in samples(value[2], 6) if unit for begun in dict.fromkeys(ahead[:2]))
            yield from repeats(value[2], ahead)
        elif kind is sign.BRANCH:
            for branch in value[1]:
                yield from repeats(branch, ahead)
        elif kind in (sign.SUBPATTERN, sign.ATOMIC_GROUP, sign.ASSERT, sign.ASSERT_NOT):
            yield from repeats(value if kind is sign.ATOMIC_GROUP else value[-1], ahead)


def hostile(pattern: re.Pattern[AnyStr], most: int | None = None) -> list[AnyStr]:
    """Texts of SIZE signs, each of one piece over and over, behind what lets the pattern begin, and behind it what does not let it end."""
    own = pattern.pattern
    is_text = isinstance(own, str)
    found = list(dict.fromkeys(repeats(parser.parse(own, pattern.flags if is_text else pattern.flags & ~re.UNICODE))))
    other = [*(("", begun + unit) for begun, unit in found), *(("", one) for one in (" ", "\n", "a", "1", "(", "-"))]
    other += [(begun, unit + more) for (begun, unit), (_, more) in itertools.islice(itertools.combinations(found, 2), 30)]
    pieces = [*_some(found, most), *_some(other, most and most // 3)]
    texts = [begun + unit * (SIZE // len(unit)) + BEHIND for begun, unit in dict.fromkeys(pieces)]
    return [text if is_text else text.encode("latin-1", "replace") for text in texts]  # type: ignore[misc]


def _some(pieces: list[tuple[str, str]], most: int | None) -> list[tuple[str, str]]:
    return pieces[:: -(-len(pieces) // most) or 1] if most else pieces


def goes_through(one: Used, texts: Sequence[Any], within: float = ENOUGH) -> None:
    with ends(f"{one.where} {one.pattern.pattern!r}", within):
        for text in texts:
            for way in one.ways:
                getattr(one.pattern, way)(text)


def test_the_patterns_of_the_room_are_found_with_what_they_are_used_for() -> None:
    found = {one.where: one for one in used()}
    assert len(found) > 300
    assert found["review.records.criteria._HEADER"].ways == ("fullmatch",)
    assert found["review.records.formats.ris.DIALECT.furniture"].ways == ("match",)


@pytest.mark.parametrize("own", [r"(?P<a>x.+?)\s*(?:b\s*c)?y", r"a(?:b|bc|c)*d\Z"])
def test_a_pattern_that_goes_back_over_its_text_is_caught(own: str) -> None:
    with pytest.raises(pytest.fail.Exception, match="has not come to an end"), ends("it", 0.5):
        for text in hostile(re.compile(own)):
            re.search(own, text)


@pytest.mark.parametrize("part", range(8))
def test_a_pattern_ends_soon_on_what_it_repeats(part: int) -> None:
    for one in used()[part::8]:
        goes_through(one, hostile(one.pattern, OFTEN))


@pytest.mark.soak
@pytest.mark.parametrize("part", range(8))
def test_a_pattern_ends_soon_on_all_that_it_repeats(part: int) -> None:
    for one in used()[part::8]:
        goes_through(one, hostile(one.pattern), 20 * ENOUGH)
