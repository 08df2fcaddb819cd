"""Writes the golden ledger of a release that is about to be made: ``python -m tests.ledger.write_golden 0.2.0``.

It holds an event of every kind that this release writes, a correction, a withdrawal, a merge and a fork. Once a release is out
its golden ledger is never written again: what cannot be read any more is a fault of the newer release.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tempfile
import types
import typing
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from review.ledger.exchange import export, merge
from review.ledger.ledger import Ledger
from review.model.event import Body, Draft
from review.model.kinds import KINDS
from review.model.ledger_facts import LEDGER_KINDS
from tests.ledger.notes import Clock, counted_origins

GOLDEN = Path(__file__).parent / "golden"
PAGE = "Ein Blatt mit zwei Zeilen – als Datei übernommen.\r\nZweite Zeile.\r\n".encode()


def sample(form: Any, name: str) -> Any:
    """A value of this type: the first word of a closed list, else a text that names its field."""
    origin, inner = typing.get_origin(form), typing.get_args(form)
    if isinstance(form, type) and issubclass(form, BaseModel):
        return {field: sample(info.annotation, field) for field, info in form.model_fields.items()}
    if origin is typing.Annotated:
        return sample(inner[0], name)
    if origin is typing.Literal:
        return inner[0]
    if origin in (typing.Union, types.UnionType):
        return sample(inner[0], name)
    if origin is tuple:
        return [sample(one, name) for one in inner if one is not Ellipsis]
    if origin is list:
        return [sample(inner[0], name)]
    if origin is dict:
        return {"ä": sample(inner[1], name)}
    if form is str:
        return hashlib.sha256(PAGE).hexdigest() if name.endswith("_sha256") else f"“{name}” in words"
    return {int: 1, bool: True}[form]


def write(folder: Path) -> None:
    """The golden ledger into this folder, which must not be there."""
    clock = Clock()
    ordinary: list[type[Body]] = [form for kind, form in sorted(KINDS.items()) if kind not in LEDGER_KINDS]
    with tempfile.TemporaryDirectory() as name:
        aside = Path(name)
        with (
            Ledger.open(aside / "one.sqlite3", clock=clock, mint=counted_origins("one")) as one,
            Ledger.open(aside / "two.sqlite3", clock=clock, mint=counted_origins("two")) as two,
        ):
            drafts = [Draft(form.kind, "rep:1", sample(form, ""), "r1") for form in ordinary]
            written = one.append(drafts, blobs=[(PAGE, True), (b'{"parsed": true}\n', False)])
            clock.forward(minutes=1)
            merge(two, aside / "one.sqlite3")
            one.append([Draft(drafts[0].kind, "rep:2", drafts[0].body, "tool:prefill@1", token="key-1")])
            two.append([Draft(drafts[0].kind, "rep:1", drafts[0].body, "r2", replaces=written[0].id)])
            two.append([Draft("ledger.withdrawn", "rep:1", {"reason": "a slip of the key"}, "r1", withdraws=written[1].id)])
            # a third file that went on where the first had been: a fork
            with Ledger.open(aside / "copy.sqlite3", clock=clock, mint=counted_origins("one")) as copy:
                copy.append([Draft(drafts[2].kind, "rep:3", drafts[2].body, "r3")], blobs=[(PAGE, True)])
            merge(two, aside / "one.sqlite3")
            merge(two, aside / "copy.sqlite3")
            export(two, folder / "data")
            heads = two.heads()
    (folder / "heads.json").write_text(json.dumps(heads, indent=1, sort_keys=True) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    target = GOLDEN / sys.argv[1]
    shutil.rmtree(target, ignore_errors=True)
    write(target)
