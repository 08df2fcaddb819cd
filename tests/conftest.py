"""Settings that every test shares: Hypothesis repeats itself but in soak, and nothing of the person's own review leaks in."""

from __future__ import annotations

import gc
import itertools
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.needs import need_postgres, required

# a busy machine makes any deadline a coin toss; the same examples are drawn everywhere and each time, but in soak, where a failure says how
ALIKE = settings(deadline=None, derandomize=True, database=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("alike", ALIKE)
settings.register_profile("soak", ALIKE, derandomize=False)

SCHEMAS = itertools.count(1)
# the files that take longest, longest first: workers that begin with them end together
LONGEST = tuple(
    f"tests/{name}.py"
    for name in (
        "browser/test_folder_of_pages", "example/test_example", "browser/test_desk", "screening/test_many_hands",
        "browser/test_desk_certainty", "browser/test_desk_appraisal", "reporting/test_checklist", "browser/test_report_page",
        "reporting/test_report", "browser/test_desk_conflicts", "rooms/test_blindness", "browser/test_desk_extraction",
        "browser/test_desk_extraction_sheet", "packaging/test_wheel", "reporting/test_evidence_tables", "docs/test_interface",
        "screening/test_ranking", "records/test_shared_samples", "packaging/test_dependencies", "structure/test_floors",
        "rooms/test_extraction_sheet", "ledger/test_merge", "ledger/test_verify", "records/test_patterns", "desk/test_certainty_desk",
        "reporting/test_bias_pictures", "browser/test_desk_studies", "reporting/test_docx", "desk/test_screening_card",
        "browser/test_desk_keys", "reporting/test_render", "ledger/test_exchange", "reporting/test_plots_forest",
        "example/test_shared_main_job", "reporting/test_beside_the_estimate", "records/test_damaged_files", "structure/test_modules",
        "rooms/test_identities", "rooms/test_appraisal_blindness",
    )
)  # fmt: skip
OURS = ("REVIEW_PROJECT", "REVIEW_AS", "REVIEW_DATABASE")


def pytest_configure(config: pytest.Config) -> None:
    required()
    # before a test module is read, for the settings that it states itself complete themselves from these
    settings.load_profile("soak" if "soak" in config.option.markexpr.replace("not soak", "") else "alike")
    for name in OURS:
        os.environ.pop(name, None)
    # every kernel and process that a test starts would compile the whole package anew: half a second each, a hundred times
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(places)))


def pytest_collection_finish() -> None:
    """Half a million objects of thousands of collected tests stay until the end: the collector need not look at them again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


@pytest.fixture(scope="session", autouse=True)
def unhurried() -> Iterator[None]:
    """What is written is handed over, and nobody waits until a disk has it: no test pulls the plug, and half of the time went there.

    That the product does wait is shown by a process of its own in ``ledger/test_append.py``.
    """
    from review.ledger import store

    set_up, connect = store._set_up_sqlite, sqlite3.connect

    def set_up_without_waiting(connection: sqlite3.Connection, record: object) -> None:
        set_up(connection, record)
        connection.execute("PRAGMA synchronous = OFF")

    def connected(*place: Any, **options: Any) -> sqlite3.Connection:
        connection = connect(*place, **options)
        with suppress(sqlite3.Error):  # a damaged file is for whoever opens it to find
            connection.execute("PRAGMA synchronous = OFF")
        return connection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "_set_up_sqlite", set_up_without_waiting)
        patch.setattr(sqlite3, "connect", connected)
        patch.setattr(os, "fsync", lambda file: None)
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of an empty PostgreSQL database of this test process, gone when it ends."""
    programs = need_postgres()
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        user = _unprivileged(folder)
        data, log = folder / "data", folder / "log"
        _as(user, programs / "initdb", "-D", data, "-U", "review", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        for left in reversed(range(5)):  # a port that is free may be taken by another before the server has it
            port = _free_port()
            options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='{folder}' -c fsync=off"
            if _as(user, programs / "pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "-t", 300, "start", may_fail=left > 0):
                break
        try:
            yield f"postgresql+psycopg://review@127.0.0.1:{port}/postgres"
        finally:
            _as(user, programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def places(store: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[], Path | str]]:
    """Gives a fresh and empty place for a ledger each time it is called; a test that asks for it runs on both stores."""
    if store == "sqlite":
        numbers = itertools.count(1)
        yield lambda: tmp_path / f"ledger{next(numbers)}.sqlite3"
        return
    import psycopg

    address = request.getfixturevalue("postgres")
    made: list[str] = []
    with psycopg.connect(address.replace("+psycopg", ""), autocommit=True) as server:

        def schema() -> str:
            made.append(f"ledger_{next(SCHEMAS)}")
            server.execute(f"CREATE SCHEMA {made[-1]}")
            return f"{address}?options=-csearch_path%3D{made[-1]}"

        yield schema
        for name in made:
            server.execute(f"DROP SCHEMA {name} CASCADE")


def _as(user: list[str], *command: object, may_fail: bool = False) -> bool:
    done = subprocess.run([*user, *map(str, command)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600, cwd="/")
    assert may_fail or done.returncode == 0, done.stdout + done.stderr
    return done.returncode == 0


def _unprivileged(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: the command that runs another as its own user, who gets the folder."""
    if os.name != "posix" or os.geteuid() != 0:
        return []
    shutil.chown(folder, "postgres", "postgres")
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
