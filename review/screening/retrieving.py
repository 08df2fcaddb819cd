"""How a document was obtained, with the file that a person attaches. It refuses another word, and a file that cannot be read."""

from __future__ import annotations

import hashlib
from pathlib import Path

from review.errors import InputRefused, near
from review.model.decision import RETRIEVALS, ReportRetrieved


def retrieval_of(status: str, file: str | Path | None, note: str) -> tuple[ReportRetrieved, list[tuple[bytes, bool]]]:
    """The fact to store, and the blobs that go with it."""
    if status not in RETRIEVALS:
        raise InputRefused(f"{status!r} is no status of retrieval", expected=", ".join(RETRIEVALS), next_step=near(status, RETRIEVALS))
    if file is None:
        return ReportRetrieved(status=status, file_sha256=None, file_name=None, note=note), []  # type: ignore[arg-type]
    data = _bytes_of(Path(file))
    body = ReportRetrieved(status=status, file_sha256=hashlib.sha256(data).hexdigest(), file_name=Path(file).name, note=note)  # type: ignore[arg-type]
    return body, [(data, False)]


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        raise InputRefused(f"{file} cannot be read: {problem.strerror}", next_step="check the name of the file") from problem
