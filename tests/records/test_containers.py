"""Folders and archives: every export in them is found, and what is a trap is refused in bounded time and memory."""

from __future__ import annotations

import gzip
import io
import os
import tracemalloc
import zipfile
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from review.errors import InputRefused, NotFound
from review.records import containers
from review.records.containers import sources
from review.records.formats import Refusal
from review.records.gzipped import Unpacked, sound
from review.records.reading import entries
from review.records.source import Source

MB = 1024 * 1024
TABLE = b"title,abstract,year\nWarm feet,Feet were warmed,2020\n"


def found(path: Path) -> dict[str, str]:
    """Name -> 'read' and how many entries, or why the member is refused."""
    out = {}
    for one in sources(path):
        if isinstance(one, Refusal):
            out[one.file] = one.reason
        else:
            held = entries(one)
            list(held)
            out[one.name] = f"read {held.kept}"
    return out


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_a_folder_gives_the_files_of_its_folders_and_none_that_is_hidden(tmp_path: Path) -> None:
    for name in ("b.csv", "a/one.csv", "a/.hidden.csv", ".cache/two.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(TABLE)
    assert found(tmp_path) == {"a/one.csv": "read 1", "b.csv": "read 1"}


def test_a_packed_file_is_read_by_what_is_in_it_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "export.csv.gz").write_bytes(gzip.compress(TABLE))
    (tmp_path / "packed.txt").write_bytes(gzip.compress(TABLE))
    zipped(tmp_path / "all.zip", {"x/one.csv": TABLE, "two.csv": TABLE, "__MACOSX/x/._one.csv": b"x", "x/": b""})
    assert found(tmp_path) == {
        "all.zip/x/one.csv": "read 1", "all.zip/two.csv": "read 1", "export.csv": "read 1", "packed.txt": "read 1",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["../../evil.csv", "/etc/evil.csv", "C:\\evil.csv", "..\\evil.csv", "a/../../evil.csv"])
def test_a_member_whose_name_leads_out_of_the_archive_is_refused(tmp_path: Path, name: str) -> None:
    seen = found(zipped(tmp_path / "all.zip", {name: TABLE, "good.csv": TABLE}))
    assert seen.pop("all.zip/good.csv") == "read 1"
    assert list(seen.values()) == ["its name leads to a place outside of the archive"]


def test_an_archive_that_would_unpack_without_end_is_refused_in_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "_FREE", 4 * MB)  # 64 MB of ordinary size, made smaller with all else here
    bomb = io.BytesIO()
    with gzip.GzipFile(fileobj=bomb, mode="wb") as packed:
        packed.write(b"title,abstract\n")
        for _ in range(40):
            packed.write(bytes(MB))
    (tmp_path / "bomb.gz").write_bytes(bomb.getvalue())
    zipped(tmp_path / "bomb.zip", {"bomb.csv": bytes(40 * MB), "good.csv": TABLE})
    tracemalloc.start()
    seen = {}
    for one in sources(tmp_path):
        if isinstance(one, Refusal):
            seen[one.file] = one.reason
            continue
        if one.name == "bomb":
            with pytest.raises(InputRefused, match="bomb.gz: it unpacks to more than"):
                assert one.digest
        else:
            seen[one.name] = "read"
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seen["bomb.zip/bomb.csv"].startswith("it would unpack to 41,943,040 bytes") and seen["bomb.zip/good.csv"] == "read"
    assert used < 20 * MB  # of which 4 MB are what a file of ordinary size is held in


def test_a_workbook_a_locked_and_a_broken_archive_are_refused_in_words(tmp_path: Path) -> None:
    zipped(tmp_path / "book.xlsx", {"[Content_Types].xml": b"<x/>", "xl/sheet1.xml": b"<x/>"})
    whole = zipped(tmp_path / "cut.zip", {"one.csv": TABLE * 50}).read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[:60])
    locked = bytearray(zipped(tmp_path / "locked.zip", {"one.csv": TABLE}).read_bytes())
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(locked)
    seen = found(tmp_path)
    assert seen["book.xlsx"].startswith("this is a document or a workbook") and seen["cut.zip"].startswith("the archive cannot be read")
    assert seen["locked.zip/one.csv"].startswith("it is locked with a password")


def of_packed(path: Path, packed: bytes) -> tuple[int, list[tuple[str, str]]]:
    """How many entries a .gz of these bytes gives, read = kept + refused, and what is said of the file."""
    path.write_bytes(packed)
    (one,) = sources(path)
    assert isinstance(one, Source)
    held = entries(one)
    items = list(held)
    assert len(items) == held.kept + held.refused
    return held.kept, [(str(p.code), p.message) for p in held.problems]


def test_a_packed_file_of_several_members_is_one_file_and_zeros_after_it_are_none(tmp_path: Path) -> None:
    packed = gzip.compress(TABLE) + gzip.compress(b"Cold feet,Feet were cooled,2021\n" * 2) + gzip.compress(b"")
    assert of_packed(tmp_path / "two.csv.gz", packed) == (3, [])
    assert of_packed(tmp_path / "zeros.csv.gz", packed + bytes(700_000)) == (3, [])


def test_bytes_after_the_end_of_a_packed_file_are_left_out_and_counted(tmp_path: Path) -> None:
    said = [("text_outside_records", "after the end of the archive follow 300,005 bytes that are not packed, and were left out")]
    assert of_packed(tmp_path / "more.csv.gz", gzip.compress(TABLE) + b"--more" * 50_000 + b"12345") == (1, said)
    assert of_packed(tmp_path / "one.csv.gz", gzip.compress(TABLE) + b"\x1f")[0] == 1


def test_of_a_packed_file_that_was_cut_only_what_a_checksum_vouches_for_is_read(tmp_path: Path) -> None:
    packed = gzip.compress(b"".join(b"Feet %d,Feet were warmed %d times,2020\n" % (n, n * n) for n in range(4_000)))
    for cut in (packed[: len(packed) // 2], packed[:-4]):
        kept, ((code, said),) = of_packed(tmp_path / "second.csv.gz", gzip.compress(TABLE) + cut)
        assert (kept, code) == (1, "cut_off") and said.startswith("the archive was cut off or damaged: what no checksum vouches for")
        (tmp_path / "only.csv.gz").write_bytes(cut)
        (one,) = sources(tmp_path / "only.csv.gz")
        assert isinstance(one, Source)
        with pytest.raises(InputRefused, match=r"only\.csv\.gz: the archive was cut off or damaged(?s:.*)export it again"):
            assert one.digest


def test_a_broken_member_of_a_packed_file_is_left_and_the_sound_ones_before_it_are_read(tmp_path: Path) -> None:
    broken = bytearray(gzip.compress(b"Cold feet,Feet were cooled,2021\n"))
    broken[-8] ^= 1  # its checksum
    kept, ((code, said),) = of_packed(tmp_path / "half.csv.gz", gzip.compress(TABLE) + broken)
    assert (kept, code) == (1, "cut_off") and said.startswith(f"the archive is broken after its first {len(TABLE)} bytes")
    (tmp_path / "broken.csv.gz").write_bytes(broken)
    (one,) = sources(tmp_path / "broken.csv.gz")
    assert isinstance(one, Source)
    with pytest.raises(InputRefused, match=r"broken\.csv\.gz: the archive is broken(?s:.*)export it again"):
        assert one.digest


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 400), bit=st.integers(0, 7), drop=st.booleans())
@example(at=264, bit=1, drop=False)  # so that the second member runs on past its end
def test_a_packed_file_that_was_damaged_anywhere_is_read_or_refused_and_never_changed(at: int, bit: int, drop: bool) -> None:
    text = b"".join(b"Feet %d,warmed,2020\n" % n for n in range(40))
    packed = bytearray(gzip.compress(text) + gzip.compress(text))
    at %= len(packed)
    if drop:
        del packed[at:]
    else:
        packed[at] ^= 1 << bit
    try:
        size = sound(io.BytesIO(packed), "feet.gz", 10**6).size
    except InputRefused:
        return
    with Unpacked(io.BytesIO(packed), size) as stream:
        read = b"".join(iter(lambda: stream.read(77), b""))
    assert len(read) == size and (text + text).startswith(read)


def test_a_file_of_ordinary_size_is_read_once_and_a_large_one_is_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    (tmp_path / "one.csv").write_bytes(TABLE)

    def opener() -> BinaryIO:
        opened.append(1)
        return (tmp_path / "one.csv").open("rb")

    small = Source(name="one.csv", opener=opener)
    assert not small.was_read
    assert small.digest[1] == len(TABLE) and small.was_read and small.data == TABLE and list(entries(small)) and len(opened) == 1
    monkeypatch.setattr("review.records.source.HELD", len(TABLE) - 1)
    large = Source(name="one.csv", opener=opener)
    assert large.digest == small.digest and list(entries(large)) and len(opened) > 2


def test_what_is_not_there_is_named_with_what_is(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_bytes(TABLE)
    with pytest.raises(NotFound, match=r"exprot\.csv is not there(?s:.*)did you mean 'export\.csv'"):
        list(sources(tmp_path / "exprot.csv"))


def test_a_link_that_leads_out_of_a_folder_a_pipe_and_an_empty_archive(tmp_path: Path) -> None:
    inside = tmp_path / "found"
    inside.mkdir()
    (tmp_path / "other.csv").write_bytes(TABLE)
    (inside / "link.csv").symlink_to(tmp_path / "other.csv")
    (inside / "one.csv").write_bytes(TABLE)
    zipped(inside / "empty.zip", {})
    assert found(inside) == {"one.csv": "read 1", "empty.zip": "the archive holds no file"}
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputRefused, match="pipe is no ordinary file"):
        list(sources(tmp_path / "pipe"))
