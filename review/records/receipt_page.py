"""A receipt as a page for JupyterLab: the files with their sums, what changed, and every remark with its line, in a table with a filter.

It needs no widget and asks no other machine for anything; the colours are those of the page around it, dark or light.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from review.records.receipt import FileReceipt, Receipt

ROWS_SHOWN = 1000  # remarks in the page; receipt.problems holds them all
STYLE = """
.review-receipt{font-family:var(--jp-ui-font-family,system-ui,sans-serif);color:var(--jp-ui-font-color1,CanvasText);line-height:1.4}
.review-receipt table{border-collapse:collapse;margin:.5em 0;font-size:.92em}
.review-receipt caption{text-align:left;font-weight:600;padding:.3em 0}
.review-receipt th,.review-receipt td{text-align:left;vertical-align:top;padding:.3em .7em;
 border-bottom:1px solid var(--jp-border-color2,GrayText);max-width:34em;overflow-wrap:break-word;white-space:normal}
.review-receipt th[scope=col],.review-receipt td.n{white-space:nowrap}
.review-receipt q{overflow-wrap:anywhere}
.review-receipt th{background:var(--jp-layout-color2,transparent)}
.review-receipt .n{text-align:right;font-variant-numeric:tabular-nums}
.review-receipt .wrong{font-weight:700}
.review-receipt q{quotes:none;font-family:var(--jp-code-font-family,monospace);font-size:.95em}
.review-receipt input{font:inherit;color:inherit;background:var(--jp-layout-color1,Canvas);border:1px solid currentColor;
 border-radius:3px;padding:.25em .5em;width:min(24em,100%)}
.review-receipt input:focus-visible{outline:2px solid var(--jp-brand-color1,Highlight);outline-offset:1px}
.review-receipt summary{cursor:pointer;font-weight:600;padding:.3em 0}
"""
# every word that was typed must stand in a row; the rows are text already, so nothing typed becomes markup
FILTER = (
    "const w=this.value.toLowerCase().split(' ').filter(Boolean);let n=0;"
    "const f=this.closest('details');"
    "for(const r of f.querySelectorAll('tbody tr')){const t=r.textContent.toLowerCase();"
    "r.hidden=!w.every(x=>t.includes(x));n+=!r.hidden}"
    "f.querySelector('output').textContent=n.toLocaleString('en')+' shown'"
)
_COUNTS = (("Read", "read"), ("New", "new"), ("Versions", "versions"), ("Seen before", "sightings"))


def page(receipt: Receipt) -> str:
    """The receipt as HTML; everything that a file says is escaped."""
    sums = f"{receipt.read:,} read = {receipt.kept:,} kept + {receipt.refused:,} refused"
    state = "Every sum holds, nothing was refused." if receipt.ok else "Look at what was refused, or at the sum that does not hold."
    parts = [
        f"<style>{STYLE}</style>",
        f'<p><strong>{sums}</strong>. <span class="{"" if receipt.ok else "wrong"}">{state}</span></p>',
        f"<p>{escape(receipt.compared)}</p>" if receipt.compared else "",
        _table("Files", ("File", "Format", *(head for head, _ in _COUNTS), "Refused", "Sum holds"), map(_file_row, receipt.files)),
        _changes(receipt.files),
        _remarks(receipt.files),
    ]
    return f'<div class="review-receipt" lang="en">{"".join(parts)}</div>'


def _file_row(f: FileReceipt) -> str:
    numbers = (*(getattr(f, field) for _, field in _COUNTS), len(f.refused))
    holds = _cell("yes") if f.holds else '<td class="wrong">no</td>'
    return f'<tr><th scope="row">{_text(f.file)}</th>{_cell(f.format)}{"".join(map(_number, numbers))}{holds}</tr>'


def _changes(files: Sequence[FileReceipt]) -> str:
    found = [(f.file, *change) for f in files for change in f.changes]
    if not found:
        return ""
    rows = (f"<tr>{_cell(file)}{_cell(title)}{_cell(said)}</tr>" for file, title, said in found[:ROWS_SHOWN])
    table = _table("New versions of known records", ("File", "Record", "What reads otherwise"), rows)
    return table + _rest(len(found), "rv.records.changes(record) shows each field")


def _remarks(files: Sequence[FileReceipt]) -> str:
    found = [(f.file, *remark) for f in files for remark in f.remarks]
    if not found:
        return "<p>The readers remarked nothing.</p>"
    rows = (
        f'<tr>{_cell(file)}<td class="n">{"" if line is None else f"{line:,}"}</td>'
        f"<td><q>{_text(quoted)}</q></td>{_cell(record)}{_cell(field)}{_cell(code.replace('_', ' '))}{_cell(message)}</tr>"
        for file, line, quoted, record, field, code, message in found[:ROWS_SHOWN]
    )
    opened = " open" if len(found) <= 20 or any(f.refused or not f.holds for f in files) else ""
    box = f'<label>Only rows with these words: <input type="search" oninput="{escape(FILTER)}"></label> '
    head = ("File", "Line", "What stands there", "Entry", "Field", "Remark", "In words")
    table = _table("Refusals, warnings and remarks, each with its line", head, rows)
    note = _rest(len(found), "receipt.problems holds them all")
    shown = f'<output aria-live="polite">{min(len(found), ROWS_SHOWN):,} shown</output>'
    return f"<details{opened}><summary>{len(found):,} remarks</summary>{box}{shown}{table}{note}</details>"


def _rest(n: int, where: str) -> str:
    return f"<p>And {n - ROWS_SHOWN:,} more: {where}.</p>" if n > ROWS_SHOWN else ""


def _table(caption: str, head: Sequence[str], rows: Iterable[str]) -> str:
    heads = "".join(f'<th scope="col">{name}</th>' for name in head)
    return f"<table><caption>{caption}</caption><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _cell(text: str) -> str:
    return f"<td>{_text(text)}</td>"


def _number(n: int) -> str:
    return f'<td class="n">{n:,}</td>'


def _text(text: str) -> str:
    """Text of others: escaped, and with a direction of its own."""
    return f'<bdi dir="auto">{escape(text)}</bdi>' if text else ""
