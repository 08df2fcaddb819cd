"""An executed notebook as the parts of a page: its prose and its outputs, without its code.

Outputs are taken as from a stranger: HTML and SVG keep only what ``markup.py`` lists, everything else is shown as text.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from review.reporting.documents.markup import clean_html, clean_svg, render_notebook_markdown, split_title
from review.reporting.documents.sections import filled
from review.reporting.escaping import escaped
from review.reporting.labels import Labels, load_labels
from review.reporting.notebook import source_of, tags_of
from review.reporting.trace_view import MIME, Trace, merged, traces_from_json

PARAMETERS = frozenset({"parameters", "injected-parameters"})
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
HEADING = re.compile(r"<h[23][^>]*>([^<]*)</h[23]>\s*</div>\s*$")
TITLE = re.compile(r'(<caption id="[^"]*"|<p class="caption")>([^<]*)<')
WIDGET = "application/vnd.jupyter.widget-view+json"


@dataclass(frozen=True)
class NotebookBody:
    """What a page needs of a notebook: title ('' without one), parts, traces, the source of its parameters, and whether it stopped."""

    title: str
    parts: tuple[str, ...]
    traces: Mapping[str, Trace]
    parameters: str
    failed: bool


def document_body(cells: Iterable[Mapping[str, Any]], *, labels: Labels | None = None) -> NotebookBody:
    """The cells of an executed notebook (nbformat 4) as body parts for ``page``.

    The first heading of level one becomes the title; code is left out, the cells tagged ``parameters`` are kept for 'how this was made';
    an error is shown where it stopped. Raises ReportError where two outputs give one key to different origins.
    """
    words = labels or load_labels()
    title, parts, parameters, failed = "", [], [], False
    collected: list[Mapping[str, Trace]] = []
    for at, cell in enumerate(filled(cells)):
        kind, source = cell.get("cell_type"), source_of(cell)
        if kind == "markdown":
            found, rest = ("", source) if title or parts else split_title(source)
            title = title or found
            if rest.strip():
                parts.append(f'<div class="prose">\n{render_notebook_markdown(rest)}</div>\n')
        elif kind == "code":
            if PARAMETERS & set(tags_of(cell)):
                parameters.append(source.strip())
            outputs = list(cell.get("outputs") or [])
            failed = failed or any(output.get("output_type") == "error" for output in outputs)
            parts += _outputs(outputs, words, f"c{at}-")
            collected += [traces_from_json(data_of(output)[MIME]) for output in outputs if MIME in data_of(output)]
    return NotebookBody(title, tuple(_said_once(parts)), merged(collected), "\n\n".join(parameters), failed)


def _said_once(parts: list[str]) -> Iterator[str]:
    """The parts, in which a table whose heading has the words of its title does not show them again; they are still read aloud."""
    above = ""
    for part in parts:
        title = TITLE.search(part)
        if title and title[2] == above:
            opening = title[1].replace(' class="caption"', "") + ' class="caption unseen">'
            part = part[: title.start()] + opening + part[title.end(1) + 1 :]
        heading = HEADING.search(part)
        above = heading[1] if heading else ""
        yield part


def _outputs(outputs: list[Mapping[str, Any]], words: Labels, prefix: str) -> Iterator[str]:
    for at, output in enumerate(outputs):
        kind = output.get("output_type")
        if kind == "stream":
            yield f'<pre class="{"stderr" if output.get("name") == "stderr" else "stdout"}">{_plain(output.get("text"))}</pre>\n'
        elif kind == "error":
            yield _error(output, words)
        elif kind in {"display_data", "execute_result"}:
            yield _shown(output, words, f"{prefix}{at}-")


def _shown(output: Mapping[str, Any], words: Labels, prefix: str) -> str:
    """The richest form of an output that a page can hold."""
    data = data_of(output)
    if "text/html" in data:
        return f'<div class="output">\n{clean_html(joined(data["text/html"]), drop_origins=MIME in data, prefix=prefix)}</div>\n'
    alt = alt_of(output, words)
    if "image/svg+xml" in data:
        svg = clean_svg(joined(data["image/svg+xml"]), prefix=prefix, label=alt)
        if svg:
            return f'<figure class="picture">{svg}</figure>\n'
    for kind in ("image/png", "image/jpeg"):
        if kind in data and (picture := base64_of(joined(data[kind]))):
            return f'<figure class="picture"><img alt="{escaped(alt)}" src="data:{kind};base64,{picture}"></figure>\n'
    if "text/markdown" in data:
        return f'<div class="prose">\n{render_notebook_markdown(joined(data["text/markdown"]))}</div>\n'
    if "text/plain" in data and WIDGET not in data:
        return f"<pre>{_plain(data['text/plain'])}</pre>\n"
    return ""


def _error(output: Mapping[str, Any], words: Labels) -> str:
    what = ": ".join(part for part in (_text(output.get("ename")), _text(output.get("evalue"))) if part)
    said = escaped(ANSI.sub("", words.say("page.stopped", what=what)))
    lines = _plain("\n".join(_text(line) for line in output.get("traceback") or []))
    fold = f"<details><summary>{escaped(words.say('page.traceback'))}</summary><pre>{lines}</pre></details>" if lines else ""
    return f'<div class="error" role="note"><p class="what">{said}</p>{fold}</div>\n'


def alt_of(output: Mapping[str, Any], words: Labels) -> str:
    """The words for a figure: its metadata's ``alt``, else the object's own text unless that is a bare repr."""
    metadata = output.get("metadata") or {}
    for place in (metadata, *(value for value in metadata.values() if isinstance(value, Mapping))):
        if place.get("alt"):
            return _text(place["alt"])
    plain = joined(data_of(output).get("text/plain", "")).strip()
    return words.say("page.figure") if not plain or plain.startswith("<") else plain


def data_of(output: Mapping[str, Any]) -> Mapping[str, Any]:
    return output.get("data") or {}


def joined(value: object) -> str:
    return "".join(str(line) for line in value) if isinstance(value, list | tuple) else _text(value)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _plain(value: object) -> str:
    return escaped(ANSI.sub("", joined(value)).rstrip("\n"))


def base64_of(value: str) -> str:
    """*value* without line ends, or '' where it is not base64."""
    try:
        return base64.b64encode(base64.b64decode("".join(value.split()), validate=True)).decode()
    except binascii.Error:
        return ""
