"""A report page: one HTML file that is complete without a network and readable without a script.

It arranges parts that this package made; what comes from a notebook's outputs is made harmless first (``markup.py``).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence

from review.reporting.documents.island import island
from review.reporting.documents.markup import render_notebook_markdown, safe_link
from review.reporting.documents.notebook_body import NotebookBody, document_body
from review.reporting.escaping import escaped
from review.reporting.labels import Labels, load_labels
from review.reporting.stylesheet import page_script, page_style
from review.reporting.trace_view import MANY, MIME, Trace, origins, traces_from_json, traces_to_json

__all__ = ["MIME", "NotebookBody", "document_body", "page", "render_notebook_markdown", "traces_from_json", "traces_to_json"]

ID = re.compile(r' id="([^"]+)"')
WAY_BACK = re.compile(r' id="from-trace-[^"]*"')  # where 'back to the value' of an article leads
SHORT = 8  # characters of an id that are enough to tell heads apart by eye


def page(
    title: str,
    review_title: str,
    body_parts: Sequence[str],
    *,
    as_of: str,
    heads: Mapping[str, str],
    traces: Mapping[str, Trace],
    demonstration: str = "",
    made: Sequence[tuple[str, str]] = (),
    nav: Sequence[tuple[str, str]] = (),
    labels: Labels | None = None,
) -> str:
    """The page as HTML5 text.

    body_parts: HTML made by this package, in order. as_of: ISO date or time, '' for the last entry. heads: origin to last event id.
    demonstration: the line that an example's page carries at its very top. made: label and text of each line of 'how this was made'.
    nav: address and label of the report's pages; '' as an address is this page. The same arguments give the same bytes.
    """
    words = labels or load_labels()
    style, script = page_style(), page_script()
    body = _unique_ids(body_parts)
    if len(traces) > MANY:
        body, below = WAY_BACK.sub("", body), island(traces, words)
    else:
        below = origins(traces, labels=words, linked=ID.findall(body))
    return (
        f'<!doctype html>\n<html lang="{escaped(words.lang)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n'
        f'<meta name="referrer" content="no-referrer">\n<title>{escaped(title)} · {escaped(review_title)}</title>\n'
        f'<style>{style}</style>\n</head>\n<body class="review" id="top">\n'
        f'<a class="skip" href="#text">{escaped(words.say("page.skip"))}</a>\n'
        f"{_header(title, review_title, as_of, heads, demonstration, nav, words)}"
        f'<main id="text" tabindex="-1">\n<div class="within">\n{body}{below}</div>\n</main>\n'
        f"{_footer(made, heads, words)}{_panel(words)}<script>{script}</script>\n</body>\n</html>\n"
    )


def _policy(style: str, script: str) -> str:
    """Nothing may load but this style, this script and pictures inside the file."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _unique_ids(parts: Iterable[str]) -> str:
    """The parts in one, each id only at its first place: a table shown twice is still one page."""
    seen: set[str] = set()

    def once(found: re.Match[str]) -> str:
        if found[1] in seen:
            return ""
        seen.add(found[1])
        return found[0]

    return "\n".join(ID.sub(once, part) for part in parts) + "\n"


def _header(
    title: str, review_title: str, as_of: str, heads: Mapping[str, str], demonstration: str, nav: Sequence[tuple[str, str]], words: Labels
) -> str:
    line = f'<p class="demonstration" role="note">{escaped(demonstration)}</p>\n' if demonstration else ""
    date = escaped(words.say("page.as_of", date=words.moment(as_of)) if as_of else words.say("page.no_as_of"))
    if as_of:
        date = f'<time datetime="{escaped(as_of)}">{date}</time>'
    short = ", ".join(f"<code>{escaped(head[:SHORT])}</code>" for _, head in sorted(heads.items())) or escaped(words.say("page.no_heads"))
    stamp = f'<p class="stamp">{date} · {escaped(words.say("page.heads"))} {short}</p>\n'
    return (
        f'<header class="top">\n{line}<div class="within">\n<p class="of">{escaped(review_title)}</p>\n<h1>{escaped(title)}</h1>\n'
        f"{stamp}{_nav(nav, words)}</div>\n</header>\n"
    )


def _nav(nav: Sequence[tuple[str, str]], words: Labels) -> str:
    if not nav:
        return ""
    items = []
    for address, label in nav:
        if address and safe_link(address):
            items.append(f'<li><a href="{escaped(address)}">{escaped(label)}</a></li>')
        else:
            items.append(f'<li><a href="#top" aria-current="page">{escaped(label)}</a></li>')
    return f'<nav class="pages" aria-label="{escaped(words.say("page.contents"))}"><ul>{"".join(items)}</ul></nav>\n'


def _footer(made: Sequence[tuple[str, str]], heads: Mapping[str, str], words: Labels) -> str:
    full = "\n".join(f"{origin} {head}" for origin, head in sorted(heads.items()))
    lines = [*made, (words.say("page.made_heads"), full)] if heads else made
    if not lines:
        return ""
    inside = "".join(f"<dt>{escaped(label)}</dt><dd>{escaped(text)}</dd>\n" for label, text in lines)
    fold = f'<details class="made"><summary>{escaped(words.say("page.made"))}</summary>\n<dl>\n{inside}</dl>\n</details>'
    return f'<footer>\n<div class="within">\n{fold}\n</div>\n</footer>\n'


def _panel(words: Labels) -> str:
    """The empty side panel: a script fills it with a copy of an origin, and without one it stays hidden."""
    name, earlier, close, key = (escaped(words.say(f"trace.{part}")) for part in ("panel", "earlier", "close", "close_key"))
    buttons = (
        f'<button type="button" class="earlier" hidden>{earlier}</button>'
        f'<button type="button" class="close">{close}<kbd>{key}</kbd></button>'
    )
    return (
        '<aside class="panel" id="panel" aria-labelledby="panel-name" tabindex="-1" hidden>\n'
        f'<div class="bar"><h2 id="panel-name">{name}</h2><span class="buttons">{buttons}</span></div>\n'
        '<div class="origin"></div>\n</aside>\n'
    )
