"""A file that comes from the browser in parts: put together again, and refused where it is too large or a part is missing."""

from __future__ import annotations

from collections.abc import Sequence

from review.errors import InputRefused

PART = 1 << 20  # bytes of a file in one message of the browser


class Upload:
    """One file on its way from the browser, in parts that may come again; it never holds more than *limit* bytes."""

    def __init__(self, limit: int) -> None:
        self._limit, self._name, self._parts = limit, "", dict[int, bytes]()

    def take(self, name: str, number: int, buffers: Sequence[bytes]) -> None:
        """Keeps part *number*, from 0, of the upload *name*; another name begins another file."""
        if name != self._name:
            self._name, self._parts = name, {}
        self._parts[number] = b"".join(bytes(one) for one in buffers)
        if sum(map(len, self._parts.values())) > self._limit:
            self._parts = {}
            most = f"{self._limit // 1_000_000} MB"
            raise InputRefused(f"the file is larger than {most}", next_step="attach a smaller one, as without its images")

    def whole(self, name: str, size: int, file: str) -> bytes:
        """The file's bytes. Raises InputRefused where a part of it did not arrive."""
        data = b"".join(self._parts[number] for number in sorted(self._parts)) if name == self._name else b""
        if len(data) != size or sorted(self._parts) != list(range(len(self._parts))):
            raise InputRefused(f"{file} did not arrive whole", next_step="choose the file again")
        return data
