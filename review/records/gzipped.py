"""Reads a ``.gz`` as far as it is sound: member after member, and what follows them or was cut off is told, not read.

A member is sound once its checksum is right. One that is broken or was cut off is not read, nor is anything after it: without its end
nothing tells whether what it unpacks to is what was packed.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from review.errors import InputRefused
from review.model.record import Problem, ProblemCode

BEGINNING: Final = b"\x1f\x8b"
_PIECE: Final = 256 * 1024
_ENDS: Final = "a member ends"
_NEXT: Final = "export it again, or unpack it and import what is whole"


@dataclass(frozen=True, slots=True)
class Sound:
    """How many bytes of what a ``.gz`` unpacks to are sound, and what is to be said of the rest, if there is any."""

    size: int
    problems: tuple[Problem, ...] = ()


class Unpacked:
    """What a ``.gz`` unpacks to, as a stream of at most *size* bytes; it closes *packed*."""

    def __init__(self, packed: BinaryIO, size: int) -> None:
        self._packed, self._left, self._held = packed, size, bytearray()
        self._pieces = (piece for piece, _ in _pieces(packed))

    def read(self, size: int) -> bytes:
        """*size* bytes, fewer only at the end."""
        wanted = min(size, self._left)
        while len(self._held) < wanted:
            self._held += next(self._pieces)
        given = bytes(self._held[:wanted])
        del self._held[:wanted]
        self._left -= wanted
        return given

    def __enter__(self) -> Unpacked:
        return self

    def __exit__(self, *_: object) -> None:
        self._packed.close()


def sound(packed: BinaryIO, name: str, most: int) -> Sound:
    """What of *packed* can be read; no more than *most* bytes and one piece are unpacked. Raises InputRefused where nothing can."""
    given = whole = 0
    why, code = "", ProblemCode.CUT_OFF
    try:
        for piece, said in _pieces(packed):
            given += len(piece)
            if given > most:
                return Sound(given)
            if said == _ENDS:
                whole = given
            elif said:
                code, why = ProblemCode.TEXT_OUTSIDE_RECORDS, said
    except EOFError:
        why = "the archive was cut off or damaged: what no checksum vouches for was not read, and entries are missing"
    except zlib.error as error:
        why = f"the archive is broken after its first {whole:,} bytes ({error}): what follows was not read, and entries may be missing"
    if why and not whole:
        raise InputRefused(why, where=name, next_step=_NEXT)
    return Sound(whole, (Problem(code=code, message=why),) if why else ())


def _pieces(packed: BinaryIO) -> Iterator[tuple[bytes, str]]:
    """The unpacked bytes in pieces, each with _ENDS where a member ends, its checksum right; last, in words, what follows that is none.

    Raises EOFError for a file that was cut, zlib.error for a broken member. Zeros may follow a member.
    """
    held = packed.read(_PIECE)
    while held:
        if not held.startswith(BEGINNING):
            other = len(held) + sum(len(more) for more in iter(lambda: packed.read(_PIECE), b""))
            yield b"", f"after the end of the archive follow {other:,} bytes that are not packed, and were left out"
            return
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)  # with the head and the checksum of a .gz
        while not member.eof:
            piece = member.decompress(held, _PIECE)
            held = member.unconsumed_tail
            if not (held or piece or member.eof):
                held = packed.read(_PIECE)
                if not held:
                    raise EOFError
            yield piece, _ENDS if member.eof else ""
        held = member.unused_data.lstrip(b"\0")
        while len(held) < len(BEGINNING) and (more := packed.read(_PIECE)):
            held = (held + more).lstrip(b"\0")
