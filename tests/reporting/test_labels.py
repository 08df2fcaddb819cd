"""The words of the reports: checked when they are read, and written the same way everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.errors import InputRefused
from review.reporting.flow_text import FIELDS, alone, said
from review.reporting.labels import load_labels


def test_numbers_and_dates_are_written_for_people() -> None:
    words = load_labels()
    assert words.number(4312) == "4,312"
    assert words.count(1, "studies") == "1 study"
    assert words.count(0, "reports") == "0 reports"
    assert words.day("2026-11-21") == "21 Nov 2026"
    assert words.moment("2026-11-21T14:05:59.123456Z") == "21 Nov 2026, 14:05 UTC"
    assert words.moment("2026-11-21T23:30:00-02:00") == "22 Nov 2026, 01:30 UTC"
    assert words.moment("2026-11-21") == "21 Nov 2026"
    assert words.moment("in autumn") == "in autumn"


def test_every_field_of_the_flow_has_a_name() -> None:
    words = load_labels()
    for lane, fields in FIELDS.items():
        assert words.say(f"flow.way.{lane}")
        for field in fields:
            assert alone(field, words) and "{" not in alone(field, words)
            if words.has(f"flow.field.{field}"):
                assert "7" in said(field, 7, words)


def test_a_project_says_a_few_things_otherwise(tmp_path: Path) -> None:
    own = tmp_path / "labels.toml"
    own.write_text('lang = "de"\n[flow.field]\nduplicates = "Dubletten"\n[number]\ngroup = "."\n', encoding="utf-8")
    words = load_labels(own)
    assert words.lang == "de"
    assert said("duplicates", 1512, words) == "Dubletten (n\u00a0=\u00a01.512)"
    assert words.say("table.not_reported") == "not reported"


def test_all_problems_are_listed_at_once(tmp_path: Path) -> None:
    own = tmp_path / "labels.toml"
    own.write_text(
        '[table]\nnot_reportd = "x"\nempty = 3\n[flow]\nn = "({count})"\n[date]\nmonths = "a b c"\n[trace]\nclose = "{"\n', encoding="utf-8"
    )
    with pytest.raises(InputRefused, match="these words cannot be used") as refused:
        load_labels(own)
    message = str(refused.value)
    for part in ("'table.not_reported'", "table.empty: text in quotes", "flow.n: only ['n']", "twelve names", "trace.close: "):
        assert part in message


def test_what_is_not_toml_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "labels.toml"
    own.write_text("lang = ", encoding="utf-8")
    with pytest.raises(InputRefused, match="this is not TOML"):
        load_labels(own)


def test_an_unknown_key_is_answered_with_a_near_one() -> None:
    with pytest.raises(InputRefused, match=r"table\.not_reported"):
        load_labels().say("table.not_reportet")
