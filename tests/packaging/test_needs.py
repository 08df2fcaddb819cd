"""A test that lacks a program says so, and fails where the program was required."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests import needs


@pytest.mark.parametrize("need", [needs.need_browser, needs.need_libreoffice, needs.need_pdf_tools])
def test_a_missing_program_is_a_skip_with_its_reason_or_a_failure(
    need: Callable[[], str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("REVIEW_TEST_REQUIRE", "")
    with pytest.raises(pytest.skip.Exception, match=r"on the PATH \(apt-get install"):
        need()
    monkeypatch.setenv("REVIEW_TEST_REQUIRE", "browser, libreoffice")
    with pytest.raises(pytest.fail.Exception, match="is required by REVIEW_TEST_REQUIRE: no "):
        need()


def test_a_misspelt_requirement_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEW_TEST_REQUIRE", "browser,postgress")
    with pytest.raises(pytest.UsageError, match="postgress is none of browser, postgres, libreoffice"):
        needs.required()


@pytest.mark.postgres
def test_a_server_of_our_own_answers(postgres: str) -> None:
    engine = create_engine(postgres)
    with engine.connect() as connection:
        assert connection.execute(text("show server_encoding")).scalar_one() == "UTF8"
    engine.dispose()
