"""The five captured pages beside the project: every stated value, nothing that is not stated, as text, dashed, and as HTML."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from review.model.record import ProblemCode, Record
from review.records import read, read_bytes

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
if not SEEDS.is_dir():
    pytest.skip("the captured pages are not beside this checkout", allow_module_level=True)

FILES = sorted(SEEDS.glob("*.txt"))
CLOSED = {
    "possible_lost_comparison", "fused_citation", "conditions_unsplit", "no_identifier", "placeholder_contact", "age_conflict",
    "ambiguous_number", "month_end_date_precision", "lossy_capture", "lost_character", "design_contradiction", "launched_date_meaning",
}  # fmt: skip
SCHEMA_KEYS = ("precision",)  # the schema has it, the truth files leave it out
APART = ("derived", "problems", "record_id", "extra", "provenance")


def truth(path: Path) -> dict[str, Any]:
    return json.loads((SEEDS / "truth" / f"{path.stem}.json").read_text(encoding="utf-8"))


def differences(stated: Any, found: Any, path: str = "", *, lines: bool = True) -> list[str]:
    """Every stated leaf that is not equal, and every value where the truth has nothing."""
    if isinstance(stated, dict):
        if not isinstance(found, dict):
            return [f"{path}: {found!r} instead of {stated!r}"]
        out: list[str] = []
        for key, value in stated.items():
            if not key.startswith("_") and (lines or key not in ("lines", "raw_lines")):
                out += differences(value, found.get(key), f"{path}.{key}", lines=lines)
        extra = {k: v for k, v in found.items() if k not in stated and v not in (None, [], {}, False) and k not in SCHEMA_KEYS}
        return out + [f"{path}.{k}: {v!r} is not stated" for k, v in extra.items() if lines or k not in ("lines", "raw_lines")]
    if isinstance(stated, list):
        if len(stated) != len(found or []):
            return [f"{path}: {found!r} instead of {stated!r}"]
        return [d for n, (a, b) in enumerate(zip(stated, found, strict=True)) for d in differences(a, b, f"{path}[{n}]", lines=lines)]
    return [] if stated == found else [f"{path}: {found!r} instead of {stated!r}"]


def compared(record: Record, expected: dict[str, Any], *, lines: bool = True) -> list[str]:
    found = record.model_dump(mode="json")
    stated = {k: v for k, v in expected.items() if k not in APART}
    values = {k: v for k, v in found.items() if k not in APART}
    unsplit = any(p.code == ProblemCode.CONDITIONS_UNSPLIT and p.field == "conditions" for p in record.problems)
    if unsplit and values["conditions"] == [" ".join(stated["conditions"])]:
        values["conditions"] = stated["conditions"]
    return differences(stated, values, lines=lines)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_stated_value_and_no_other(path: Path) -> None:
    record = read(path).records[0]
    assert compared(record, truth(path)) == []
    assert record.provenance.source_format == truth(path)["provenance"]["source_format"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_file_is_described_as_the_truth_says(path: Path) -> None:
    found = read(path).records[0].provenance.model_dump(mode="json")
    stated = {k: v for k, v in truth(path)["provenance"].items() if k != "site"}  # how a site is called is ours to say
    assert {key: found.get(key) for key in stated} == stated


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_remark_of_the_closed_list_is_made(path: Path) -> None:
    wanted = {note["code"] for note in truth(path)["_notes"]} & CLOSED
    assert wanted <= {p.code.value for p in read(path).records[0].problems}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_address_gives_the_number_that_the_capture_lacks(path: Path) -> None:
    address = truth(path)["_known_address"]
    record = read(path, address=address).records[0]
    assert record.provenance.source_url == address
    number = re.search(r"NCT\d{8}", address)
    if number:
        assert record.identifiers[0].value == number.group()


def dashed(text: str) -> str:
    """No blank lines, lists with dashes."""
    kept = [line for line in text.split("\n") if line.strip()]
    return "\n".join(re.sub(r"^  (\d+\.) ", r"- \1 ", re.sub(r"^  • ", "- ", line)) for line in kept)


def indented(text: str) -> str:
    """Blank lines between everything, lists with indented bullets."""
    out: list[str] = []
    for line in text.split("\n"):
        item = re.sub(r"^- (?:• )?", "  • ", line)
        out += [item] if item.startswith("  •") and out and out[-1].startswith("  •") else ["", item]
    return "\n".join(out[1:])


def as_html(tag: str) -> Callable[[str], str]:
    """A plausible page: one element a line, lists as lists; every second short line may be a label."""

    def convert(text: str) -> str:
        out, kind, titled = ["<!doctype html><html><head><script>var other = 'NCT99999999'</script></head><body>"], "", False
        for line in text.split("\n"):
            if not line.strip():
                continue
            item = re.match(r"^(?:  |- )(?:• )?(.*)", line)
            ordered = bool(re.match(r"^  \d+\. ", line))
            wanted = ("ol" if ordered else "ul") if item else ""
            if kind != wanted:
                out.append((f"</{kind}>" if kind else "") + (f"<{wanted}>" if wanted else ""))
                kind = wanted
            if item:
                shown = re.sub(r"^\d+\. ", "", item[1]) if ordered else item[1]
                out.append(f"<li>{html.escape(shown)}</li>")
                continue
            name = "h1" if not titled and len(line) > 30 else tag
            titled = titled or name == "h1"
            out.append(f"<{name}><span>{html.escape(line)}</span></{name}>")
        return "".join([*out, f"</{kind}>" if kind else "", "</body></html>"])

    return convert


VARIANTS = [
    ("000", "indented", indented), ("000", "paragraphs", as_html("p")), ("000", "blocks", as_html("div")),
    ("002", "dashed", dashed), ("002", "paragraphs", as_html("p")), ("002", "definitions", as_html("dd")),
    ("001", "dashed", dashed), ("001", "indented", indented), ("001", "paragraphs", as_html("p")), ("001", "definitions", as_html("dd")),
    ("003", "dashed", dashed), ("003", "indented", indented), ("003", "paragraphs", as_html("p")), ("003", "blocks", as_html("div")),
    ("004", "dashed", dashed), ("004", "paragraphs", as_html("p")), ("004", "blocks", as_html("div")),
]  # fmt: skip


@pytest.mark.parametrize(("seed", "name", "convert"), VARIANTS, ids=[f"{s}-{n}" for s, n, _ in VARIANTS])
def test_another_style_of_the_same_page_gives_the_same_values(seed: str, name: str, convert: Callable[[str], str]) -> None:
    path = next(path for path in FILES if path.name.startswith(seed))
    data = convert(path.read_text(encoding="utf-8")).encode()
    assert compared(read_bytes(data, path.name).records[0], truth(path), lines=False) == []


def test_boxes_of_conditions_are_two_conditions() -> None:
    path = next(path for path in FILES if path.name.startswith("002"))
    first, second = truth(path)["conditions"]
    page = as_html("p")(path.read_text(encoding="utf-8"))
    together = f"<span>{html.escape(f'{first} {second}')}</span>"
    assert together in page
    page = page.replace(together, f"<span>{html.escape(first)}</span><span>{html.escape(second)}</span>")
    record = read_bytes(page.encode()).records[0]
    assert record.conditions == (first, second)
