"""The manifest of an output folder: what passes for made, what a damaged one says, and what is kept of the same state."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from review.reporting.render_key import Manifest

SOUND = {"key": "k", "as_of": "2026-01-01", "files": {"a.html": "h"}}


def write(folder: Path, part: Any) -> None:
    (folder / "manifest.json").write_text(json.dumps({"parts": {"a": part}}), encoding="utf-8")


def made(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).write_text(f"text of {name}", encoding="utf-8")
    return [folder / name for name in names]


def test_a_sound_manifest_is_read_as_it_stands(tmp_path: Path) -> None:
    write(tmp_path, SOUND)
    assert Manifest.read(tmp_path).parts == {"a": SOUND}


@pytest.mark.parametrize(
    "part",
    [
        {"as_of": "", "files": {}},
        {"key": 1, "as_of": "", "files": {}},
        {"key": "k", "as_of": "", "files": ["a.html"]},
        {"key": "k", "as_of": "", "files": {"/tmp/a.html": "h"}},
        {"key": "k", "as_of": "", "files": {"../a.html": "h"}},
        {"key": "k", "as_of": "", "files": {"": "h"}},
        {"key": "k", "as_of": "", "files": {"tables": "h"}},
        {"key": "k", "as_of": "", "files": {"a\0.html": "h"}},
        {"key": "k", "as_of": "", "files": {"\ud800.html": "h"}},
        {"key": "k", "as_of": "", "files": {"a" * 400: "h"}},
        {"key": "k", "as_of": "", "files": {"a.html": None}},
        {"key": "k", "as_of": "", "files": {}, "warnings": 3},
        {"key": "k", "as_of": "\ud800", "files": {}},
        "a text",
    ],
)
def test_a_manifest_that_was_edited_says_that_nothing_was_made(tmp_path: Path, part: Any) -> None:
    (tmp_path / "tables").mkdir()
    write(tmp_path, part)
    manifest = Manifest.read(tmp_path)
    assert manifest.parts == {} and not manifest.holds("a", "k", ())
    manifest.drop("a")


@pytest.mark.parametrize("content", [b"\xff\xfe{", b"{", b"[]", b"{}", b'{"parts": []}', b'{"parts": ' + b"[" * 100_000, b""])
def test_a_damaged_manifest_says_that_nothing_was_made(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(content)
    assert Manifest.read(tmp_path).parts == {}


def test_of_the_same_key_the_other_files_stay_if_they_are_as_they_were_made(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path)
    manifest.note("a", "k", "", made(tmp_path, "a.ipynb", "a.html", "a.pdf"), ["a letter is missing"])
    (tmp_path / "a.html").write_text("edited", encoding="utf-8")
    manifest.note("a", "k", "", made(tmp_path, "a.ipynb", "a.docx"))
    assert manifest.holds("a", "k", ["a.ipynb", "a.docx", "a.pdf"]) and not (tmp_path / "a.html").exists()
    assert manifest.parts["a"]["warnings"] == ["a letter is missing"]
    manifest.note("a", "another", "", made(tmp_path, "a.ipynb", "a.docx"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.docx", "a.ipynb"] and "warnings" not in manifest.parts["a"]


def test_a_notebook_that_came_out_otherwise_leaves_none_of_its_earlier_files(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path)
    manifest.note("a", "k", "", made(tmp_path, "a.ipynb", "a.html"))
    (tmp_path / "a.ipynb").write_text("a random number", encoding="utf-8")
    manifest.note("a", "k", "", [tmp_path / "a.ipynb"])
    assert not (tmp_path / "a.html").exists()


def test_what_lacked_letters_is_made_again_when_the_machine_has_other_fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = Manifest(tmp_path)
    manifest.note("a", "k", "", made(tmp_path, "a.pdf"), ["a letter is missing"])
    manifest.note("b", "k", "", made(tmp_path, "b.pdf"))
    assert manifest.holds("a", "k", ["a.pdf"])
    monkeypatch.setattr("review.reporting.render_key.fonts", lambda: "one more")
    assert not manifest.holds("a", "k", ["a.pdf"]) and manifest.holds("b", "k", ["b.pdf"])
    manifest.note("a", "k", "", made(tmp_path, "a.html"))
    assert not (tmp_path / "a.pdf").exists(), "it would pass for one made with the new fonts"


def test_a_page_is_made_again_for_other_links_and_its_documents_are_not(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path, links="one page")
    manifest.note("a", "k", "", made(tmp_path, "a.html", "a.docx"))
    manifest.links = "two pages"
    assert not manifest.holds("a", "k", ["a.html"]) and manifest.holds("a", "k", ["a.docx"])
    manifest.note("a", "k", "", made(tmp_path, "a.docx"))
    assert not manifest.holds("a", "k", ["a.html"])
    manifest.note("a", "k", "", made(tmp_path, "a.html"))
    assert manifest.holds("a", "k", ["a.html", "a.docx"])
