"""The report notebooks run in this process, without a kernel: what each cell shows, as an executed notebook; and its page, read back."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lxml import html as lxml_html

from review.reporting.documents.html import page
from review.reporting.documents.notebook_body import document_body
from review.reporting.notebook import source_of
from tests.structure.tree import ROOT

Cells = list[dict[str, Any]]


def run(out: Path) -> Path:
    """Run every report notebook but the checklist on the review that REVIEW_PROJECT names, and write them executed into *out*."""
    out.mkdir(parents=True)
    for source in sorted(one for kind in ("[0-9]0", "[0-9]5", "7[12]") for one in (ROOT / "notebooks").glob(f"{kind}_*.ipynb")):
        if not source.stem.startswith("80_"):
            notebook = json.loads(source.read_text(encoding="utf-8"))
            execute(notebook["cells"])
            (out / source.name).write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
    return out


def execute(cells: Cells, reviewer: str = "", rendered: str = "") -> None:
    """Run the code cells for *reviewer* and put what they show into them; rendered: the folder that a checklist reads."""
    shown: list[Any] = []
    names: dict[str, Any] = {"display": shown.append}
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        shown.clear()
        tree = ast.parse(source_of(cell))
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "cell", "exec"), names)
        names |= {"reviewer": reviewer, "rendered": rendered}
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last is not None else None
        shown += [] if value is None else [value]
        bundles = [json.loads(json.dumps(one._repr_mimebundle_())) for one in shown]
        cell["outputs"] = [{"output_type": "display_data", "data": bundle, "metadata": {}} for bundle in bundles]
    names["rv"].close()


def change(folder: Path, report: str, alter: Callable[[Cells], None]) -> None:
    """Let *alter* change the cells of one executed notebook."""
    file = folder / f"{report}.ipynb"
    notebook = json.loads(file.read_text(encoding="utf-8"))
    alter(notebook["cells"])
    file.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")


def outputs(cells: Cells) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """Each structured output with the list that it stands in."""
    for cell in cells:
        for output in list(cell.get("outputs") or []):
            block = output.get("data", {}).get("application/vnd.review.block+json")
            if block:
                yield cell["outputs"], output


def without(key: str) -> Callable[[Cells], None]:
    """Takes the table of that key, or the figure of that caption, out of the cells."""

    def alter(cells: Cells) -> None:
        for stands_in, output in outputs(cells):
            block = output["data"]["application/vnd.review.block+json"]
            if key in (block.get("key"), block.get("caption")):
                stands_in.remove(output)
                return
        raise LookupError(key)

    return alter


def with_words(key: str, old: str, new: str) -> Callable[[Cells], None]:
    """Puts *new* for *old* in the rows of the table of that key."""

    def alter(cells: Cells) -> None:
        for _, output in outputs(cells):
            block = output["data"]["application/vnd.review.block+json"]
            if block.get("key") == key:
                before = json.dumps(block["rows"], ensure_ascii=False)
                after = before.replace(json.dumps(old, ensure_ascii=False), json.dumps(new, ensure_ascii=False))
                assert after != before
                block["rows"] = json.loads(after)
                return
        raise LookupError(key)

    return alter


def read_page(folder: Path, report: str) -> Any:
    """The page of an executed notebook, made by the package and parsed by another program."""
    cells = json.loads((folder / f"{report}.ipynb").read_text(encoding="utf-8"))["cells"]
    body = document_body(cells)
    made = page(body.title, "A review", body.parts, as_of="", heads={}, traces=body.traces)
    return lxml_html.document_fromstring(made)


def rows_of(element: Any) -> list[str]:
    """The text of each row of the table in *element*; where rows are set as small tables, of each of these."""
    small = element.xpath(".//table[contains(@class, 'block')]")
    return [" ".join(" ".join(text.strip() for text in row.itertext() if text.strip()).split()) for row in small or element.iter("tr")]
