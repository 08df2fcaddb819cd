"""Reading a file: its format by content, errors in one sentence, ids, addresses, provenance."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

import review.records as records
from review.errors import FormatUnknown, NotFound
from review.model.record import Record
from review.records import read, read_bytes, record_id
from review.records.detect import detect
from review.records.formats import Source, formats

PAGES = Path(__file__).parent / "pages"
OWN = ("clinconnect", "meddatax", "veeva")
FORMAT_OF = {"clinconnect": "clinconnect", "meddatax": "meddatax", "veeva": "veeva_ctv"}
FILES = sorted(path for path in PAGES.iterdir() if path.name.startswith(OWN))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_format_is_told_by_content_and_never_by_name(path: Path) -> None:
    reading = read_bytes(path.read_bytes(), "export.ris")
    assert reading.format == FORMAT_OF[path.name.split(".")[0].split("_")[0]]
    assert (reading.read, len(reading.records), reading.refused) == (1, 1, ())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_other_format_comes_near(path: Path) -> None:
    scores = sorted((one.detect(Source(path.read_bytes())) for one in formats().values()), reverse=True)
    assert scores[0] - scores[1] >= 0.2


def test_an_unknown_file_is_refused_with_what_was_seen_and_what_is_accepted(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text("Einkaufszettel\nMilch\nBrot\n", encoding="utf-8")
    with pytest.raises(
        FormatUnknown, match=r"list\.txt: no reader recognises the content; it begins: 'Einkaufszettel / Milch / Brot'"
    ) as caught:
        read(file)
    assert "ClinConnect trial page (clinconnect)" in caught.value.expected


def test_an_export_that_quotes_a_page_is_no_page() -> None:
    page = (PAGES / "meddatax_study.txt").read_text(encoding="utf-8")
    for data in (json.dumps([page.split("\n")]), f"<?xml version='1.0'?>\n<export>\n{page}\n</export>"):
        assert formats()["meddatax"].detect(Source(data.encode())) == 0


@pytest.mark.parametrize("data", [b"", b" \n\r\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    with pytest.raises(FormatUnknown, match=r"empty|no reader recognises"):
        read_bytes(data, "empty.txt")


def test_utf_16_without_its_mark_is_named() -> None:
    with pytest.raises(FormatUnknown, match="UTF-16 without its mark: save the file as UTF-8"):
        read_bytes("TY  - JOUR\nTI  - Warm feet\nER  - \n".encode("utf-16-le"))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="cannot be read: No such file"):
        read(tmp_path / "nothing.txt")
    with pytest.raises(NotFound, match="cannot be read: Is a directory"):
        read(tmp_path)


def test_a_format_can_be_named_and_a_misspelt_one_is_answered() -> None:
    data = (PAGES / "veeva_lossy.txt").read_bytes()
    assert read_bytes(data, format="veeva_ctv").confidence == 1.0
    with pytest.raises(FormatUnknown, match=r"there is no format 'veva_ctv'(?s:.*)did you mean 'veeva_ctv'"):
        read_bytes(data, format="veva_ctv")


def test_two_formats_in_one_file_are_a_tie_and_refused() -> None:
    both = (PAGES / "veeva_arms.txt").read_bytes() + b"\n" + (PAGES / "meddatax_study.txt").read_bytes()
    with pytest.raises(FormatUnknown, match="two readers recognise the content equally"):
        read_bytes(both)


def test_an_id_is_of_source_entry_and_count_and_folds_white_space() -> None:
    assert record_id("WHO ICTRP", "A  trial\n\u00a0here", 1) == record_id("WHO ICTRP", "A trial here", 1)
    assert len({record_id("a", "x", 1), record_id("b", "x", 1), record_id("a", "y", 1), record_id("a", "x", 2)}) == 4
    assert record_id("a", "Sjo\u0308gren", 1) == record_id("a", "Sj\u00f6gren", 1)
    assert record_id("a", "x", 1).startswith("rec:")


def test_the_id_follows_the_searched_source() -> None:
    data = (PAGES / "veeva_arms.txt").read_bytes()
    ids = {read_bytes(data, source=source).records[0].record_id for source in (None, "ClinicalTrials.Veeva", "another")}
    assert len(ids) == 3
    assert read_bytes(data, "other name.txt").records[0].record_id == read_bytes(data).records[0].record_id


def test_an_address_gives_the_number_that_the_page_does_not_show() -> None:
    data = (PAGES / "clinconnect_dash.txt").read_bytes()
    record = read_bytes(data, address="https://clinconnect.io/trials/NCT99999901?utm_source=x").records[0]
    assert [(i.type, i.value, i.role) for i in record.identifiers] == [("NCT", "NCT99999901", "primary")]
    assert record.provenance.source_url == "https://clinconnect.io/trials/NCT99999901?utm_source=x"
    codes = {p.code.value for p in record.problems}
    assert "identifier_from_address" in codes
    assert "no_identifier" not in codes
    assert "identifiers[0]" not in record.provenance.field_spans


def test_an_address_that_names_another_trial_is_a_problem_and_the_page_is_believed() -> None:
    data = (PAGES / "clinconnect_indented.txt").read_bytes()
    record = read_bytes(data, address="https://clinconnect.io/trials/NCT99999909").records[0]
    assert [i.value for i in record.identifiers] == ["NCT99999901"]
    assert "identifier_conflict" in {p.code.value for p in record.problems}


def test_a_number_in_the_host_or_a_broken_address_gives_nothing() -> None:
    data = (PAGES / "clinconnect_dash.txt").read_bytes()
    for address in ("https://NCT99999901.example/", "http://[broken", "javascript:alert(1)"):
        assert read_bytes(data, address=address).records[0].identifiers == ()


def test_a_teaching_copy_says_so() -> None:
    data = (PAGES / "veeva_arms.txt").read_bytes()
    assert read_bytes(data).records[0].provenance.kind == "capture"
    assert read_bytes(data, kind="teaching_copy").records[0].provenance.kind == "teaching_copy"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_stated_field_has_its_lines_and_they_hold_its_words(path: Path) -> None:
    reading = read(path)
    record = reading.records[0]
    lines = reading.text.split("\n")
    spans = record.provenance.field_spans
    for name, first_word in _stated(record):
        if name.startswith("identifiers") and any(p.code.value == "identifier_from_address" for p in record.problems):
            continue
        held = [
            span for known, span in spans.items() if name == known or name.startswith((known + ".", known + "[")) or known.startswith(name)
        ]
        assert held, f"{name} has no lines"
        first, last = min(s[0] for s in held), max(s[1] for s in held)
        assert 1 <= first <= last <= len(lines)
        assert not first_word or first_word in " ".join(lines[first - 1 : last]).replace("\\", ""), name


def _stated(record: Record) -> list[tuple[str, str]]:
    """(path, first word of a text value or '') of every stated field."""
    found: list[tuple[str, str]] = []
    skipped = {"record_id", "record_type", "schema_version", "provenance", "problems", "derived", "extra", "eligibility"}
    for name, value in record.model_dump(mode="json", exclude=skipped).items():
        parts = value.items() if isinstance(value, dict) and name in ("dates", "results") else [("", value)]
        for key, part in parts:
            if part not in (None, [], {}):
                entries = enumerate(part) if isinstance(part, list) and name != "phases" and name != "who_masked" else [(-1, part)]
                for n, one in entries:
                    path = f"{name}.{key}" if key else name
                    word = (
                        one.split(maxsplit=1)[0] if isinstance(one, str) and name in ("brief_title", "brief_summary", "lay_summary") else ""
                    )
                    found.append((path if n < 0 else f"{path}[{n}]", word))
    for group in ("inclusion", "exclusion", "unclassified"):
        found += [(f"eligibility.{group}[{n}]", item.text.split()[0]) for n, item in enumerate(getattr(record.eligibility, group))]
    return found


def test_not_on_page_is_told_from_empty() -> None:
    record = read(PAGES / "meddatax_study.txt").records[0]
    assert "official_title" in record.provenance.not_on_page
    assert "brief_summary" not in record.provenance.not_on_page
    assert not set(record.provenance.not_on_page) & {path.split("[")[0] for path in record.provenance.field_spans}


def test_a_plug_in_adds_a_format(monkeypatch: pytest.MonkeyPatch) -> None:
    import review.records.formats as registry

    class Point:
        @staticmethod
        def load() -> registry.Format:
            return registry.Format("mine", "My format", lambda source: float(source.data == b"mine!"), lambda source, context: iter(()))

    monkeypatch.setattr(registry, "entry_points", lambda group: [Point] if group == "review.formats" else [])
    registry.formats.cache_clear()
    try:
        assert read_bytes(b"mine!").format == "mine"
    finally:
        registry.formats.cache_clear()


def test_an_unknown_name_of_the_package_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'unread'"):
        records.unread  # noqa: B018


@pytest.mark.parametrize("words", ["<html>", "<!DOCTYPE html><html><body>"])
def test_an_export_that_quotes_html_is_not_read_whole_to_tell_its_kind(words: str) -> None:
    held = f"TY  - JOUR\nTI  - What {words} is\nER  - \n".encode() * 4_000
    source = Source(opener=lambda: io.BytesIO(held))
    assert detect(source)[0].name == "ris"
    assert "data" not in vars(source), "the whole file was held"


@pytest.mark.parametrize("before", ["", "\ufeff\n", "<!-- saved -->\n", '<?xml version="1.0"?>\n<!DOCTYPE html>\n'])
def test_the_head_of_a_page_is_the_whole_page(before: str) -> None:
    script = "x;\n" * 40_000
    source = Source(f"{before}<html><head><script>{script}</script></head><body><p>The end</p></body></html>".encode())
    assert source.head is source.page
