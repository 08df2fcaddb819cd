"""A page that is cut, damaged or something else gives a partial record or one clear refusal, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from review.errors import FormatUnknown
from review.records import read_bytes
from review.records.formats import formats

PAGES = Path(__file__).parent / "pages"
FILES = sorted(path for path in PAGES.iterdir() if path.name.startswith(("clinconnect", "meddatax", "veeva")))
NAMES = {"clinconnect": "clinconnect", "meddatax": "meddatax", "veeva": "veeva_ctv"}
WHOLE = {path.name: path.read_bytes() for path in FILES}
names = st.sampled_from(sorted(WHOLE))


def readable(data: bytes) -> None:
    """Read by content, and by every format that is forced on it."""
    try:
        reading = read_bytes(data, "page")
    except FormatUnknown:
        pass
    else:
        assert reading.read == len(reading.records) + len(reading.refused)
    for name in NAMES.values():
        for record in read_bytes(data, "page", name).records:
            for first, last in record.provenance.field_spans.values():
                assert 1 <= first <= last <= (record.provenance.lines or 0)


@given(names, st.floats(0, 1))
@settings(max_examples=60)
def test_a_page_may_be_cut_at_any_byte(name: str, share: float) -> None:
    data = WHOLE[name]
    readable(data[: int(len(data) * share)])


@given(names, st.randoms(use_true_random=False), st.integers(1, 12))
@settings(max_examples=60)
def test_lines_may_be_missing_or_out_of_order(name: str, chance: object, count: int) -> None:
    lines = WHOLE[name].split(b"\n")
    for _ in range(count):
        at = chance.randrange(len(lines))  # type: ignore[attr-defined]
        if chance.random() < 0.6:  # type: ignore[attr-defined]
            del lines[at]
        else:
            lines.insert(chance.randrange(len(lines)), lines.pop(at))  # type: ignore[attr-defined]
        if not lines:
            break
    readable(b"\n".join(lines))


@given(names, st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=6)), max_size=8))
@settings(max_examples=60)
def test_bytes_may_be_damaged(name: str, changes: list[tuple[float, bytes]]) -> None:
    data = bytearray(WHOLE[name])
    for share, new in changes:
        at = int(share * len(data))
        data[at : at + len(new)] = new
    readable(bytes(data))


@given(st.binary(max_size=300))
@example(b"\x00" * 50)
@example("Étude clinique\nCritères d'inclusion:\n- Âge".encode())
@example(b"Launched by")
@example(b"Group Type\nIntervention Type\nSponsor Role\nRole:\nSite Status")
@example(b"Study Groups\n\nGroup Type\n\nInterventions\n\nIntervention Type")
@example(b"5 participants in 2 patient groups\nDescription:\nTreatment:")
@settings(max_examples=60)
def test_anything_else_is_refused_or_read_without_a_traceback(data: bytes) -> None:
    readable(data)


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_what_a_cut_page_still_shows_is_what_the_whole_page_shows(name: str) -> None:
    """Cutting must not change a value into another: each stated scalar of a part is that of the whole, or a beginning of it."""
    fields = (
        "brief_title",
        "overall_status",
        "study_type",
        "sex",
        "allocation",
        "intervention_model",
        "masking",
        "healthy_volunteers",
        "phases",
    )
    form = NAMES[name.split(".")[0].split("_")[0]]
    whole = read_bytes(WHOLE[name], format=form).records[0]
    lines = WHOLE[name].split(b"\n")
    for count in range(1, len(lines)):
        part = read_bytes(b"\n".join(lines[:count]), format=form).records[0]
        for field in fields:
            value, full = getattr(part, field), getattr(whole, field)
            assert value in (None, full, ()) or (field == "phases" and set(value) <= set(full)), (field, count, value, full)


def test_every_format_has_a_name_and_a_label() -> None:
    for name, one in formats().items():
        assert one.name == name
        assert one.label
