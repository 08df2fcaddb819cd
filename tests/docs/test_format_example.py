"""The format that docs/write-a-format.md describes: installed as a plug-in, and read as the page says."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from review.records import formats, read
from tests.docs.pages import DOCS, blocks

PAGE = DOCS / "write-a-format.md"


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with the page's file to read, whose module is importable and declared as the page declares it."""
    [listed], [entry_point] = blocks(PAGE, "text"), blocks(PAGE, "toml")
    module, _ = blocks(PAGE, "python")
    (tmp_path / "trials.txt").write_text(listed, encoding="utf-8")
    site = tmp_path / "site"
    info = site / "clinic_list-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "clinic_list.py").write_text(module, encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: clinic-list\nVersion: 1.0\n", encoding="utf-8")
    declared = entry_point.replace('[project.entry-points."review.formats"]', "[review.formats]").replace('"', "")
    (info / "entry_points.txt").write_text(declared, encoding="utf-8")
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.chdir(tmp_path)
    formats.formats.cache_clear()
    yield tmp_path
    formats.formats.cache_clear()
    sys.modules.pop("clinic_list", None)


def test_the_page_reads_its_own_example(clinic: Path) -> None:
    _, tried = blocks(PAGE, "python")
    exec(compile(tried, PAGE.name, "exec"), {})


def test_the_plug_in_stands_beside_the_formats_that_ship(clinic: Path) -> None:
    assert {"clinic_list", "ctgov_v2", "ictrp_page"} <= set(formats.formats())


@pytest.mark.parametrize(
    "spoil",
    [lambda text: text.replace("\n", "\r\n").encode(), lambda text: b"\xef\xbb\xbf" + text.encode(), lambda text: text.rstrip().encode()],
    ids=["CRLF", "byte order mark", "no line end"],
)
def test_it_loses_nothing_to_how_the_file_was_saved(clinic: Path, spoil: Callable[[str], bytes]) -> None:
    whole = read("trials.txt")
    other = clinic / "other.txt"
    other.write_bytes(spoil((clinic / "trials.txt").read_text(encoding="utf-8")))
    again = read(other)
    assert (again.format, again.read, len(again.refused)) == (whole.format, 3, 1)
    assert [r.record_id for r in again.records] == [r.record_id for r in whole.records]


def test_a_file_that_was_cut_gives_what_is_whole(clinic: Path) -> None:
    text = (clinic / "trials.txt").read_text(encoding="utf-8")
    cut = clinic / "cut.txt"
    cut.write_text(text[: text.index("Title: Warm")], encoding="utf-8")
    reading = read(cut)
    assert [r.identifiers[0].value for r in reading.records] == ["CLINIC-7", "CLINIC-9"]
    assert {str(p.code) for p in reading.problems} == {"receipt_mismatch"}
