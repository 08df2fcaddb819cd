"""What a test needs beyond Python: found, or the test is skipped and says why.

With ``REVIEW_TEST_REQUIRE=browser,postgres,libreoffice`` in the environment such a skip is a failure instead.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

KNOWN = ("browser", "postgres", "libreoffice")


def required() -> set[str]:
    """What must be there on this machine; an unknown name is a usage error, since a misspelt one would require nothing."""
    asked = {name.strip() for name in os.environ.get("REVIEW_TEST_REQUIRE", "").split(",") if name.strip()}
    if asked - set(KNOWN):
        raise pytest.UsageError(f"REVIEW_TEST_REQUIRE: {', '.join(sorted(asked - set(KNOWN)))} is none of {', '.join(KNOWN)}")
    return asked


def need_browser() -> str:
    """The path of a Chromium; drive it with ``BROWSER_ARGS``."""
    found = _program("chromium", "chromium-browser", "google-chrome")
    return _found("browser", found, "no Chromium on the PATH (apt-get install chromium)")


def need_libreoffice() -> str:
    """The path of soffice."""
    return _found("libreoffice", _program("soffice", "libreoffice"), "no LibreOffice on the PATH (apt-get install libreoffice-writer)")


def need_spreadsheet() -> str:
    """The path of soffice, where it reads spreadsheets too: Debian keeps each part of LibreOffice in a package of its own."""
    found = Path(need_libreoffice()).resolve()
    parts = {part.name for part in found.parent.glob("libs[cw]lo.so")}
    return _found("libreoffice", "" if parts == {"libswlo.so"} else str(found), "no spreadsheets in it (apt-get install libreoffice-calc)")


def need_pdf_tools() -> str:
    """The folder of pdftoppm and pdftotext, which go with the tests that need LibreOffice."""
    found = _program("pdftoppm")
    return _found("libreoffice", found and str(Path(found).parent), "no pdftoppm on the PATH (apt-get install poppler-utils)")


def need_postgres() -> Path:
    """The folder of PostgreSQL's server programs (initdb, pg_ctl), which Debian keeps off the PATH."""
    beside = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    initdb = str(beside[-1]) if beside else _program("initdb")
    return Path(_found("postgres", initdb, "no PostgreSQL server programs (apt-get install postgresql)")).parent


# a browser run as root in a container has no sandbox, and must not look for its maker's hosts
BROWSER_ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def _program(*names: str) -> str:
    return next((found for name in names if (found := shutil.which(name))), "")


def _found(what: str, place: str, otherwise: str) -> str:
    if place:
        return place
    if what in required():
        pytest.fail(f"{what} is required by REVIEW_TEST_REQUIRE: {otherwise}", pytrace=False)
    pytest.skip(f"{what}: {otherwise}")
