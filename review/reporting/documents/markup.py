"""Markup that comes from outside a page's own code, made harmless: notebook Markdown, HTML outputs, SVG figures.

Only what is listed here stays; scripts, styles, event attributes, forms, frames and everything that would load from elsewhere go.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

from lxml import etree
from lxml import html as lxml_html
from markdown_it import MarkdownIt

from review.reporting.documents.svg import GRAPHIC, GRAPHIC_ATTRIBUTES, own_ids, presentation
from review.reporting.escaping import escaped, legal

ELEMENTS = frozenset(
    """
    a abbr article b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure
    h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp section small span strong sub summary sup table tbody td
    tfoot th thead time tr u ul var wbr
    """.split()
)
DROPPED = frozenset(  # with all that is in them
    """
    animate animatecolor animatemotion animatetransform applet area audio base button canvas dialog discard embed feimage
    foreignobject form frame frameset handler head iframe input link listener listing map math meta metadata mpath noembed
    noframes noscript object option plaintext portal script select set slot source style template textarea title track video
    xmp
    """.split()
)
ATTRIBUTES = frozenset(
    """
    abbr alt class colspan datetime dir headers height href id lang open reversed role rowspan scope src start tabindex
    title type value width
    """.split()
)
LINK = re.compile(r"(?:#|https?://|mailto:|(?![a-z][a-z0-9+.-]*:|[/\\]{2}|\\))", re.IGNORECASE)
FRAME = re.compile(r"</?(?:html|body|head)(?=[\s/>])[^>]*>|<!doctype[^>]*>", re.IGNORECASE)
REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
LONGEST_CODE = 7  # digits: 1114111 is the last character
DATA_IMAGE = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml)[;,]", re.IGNORECASE)


def safe_link(address: str) -> bool:
    """Whether *address* may be followed from a report: a place in the page, a file beside it, http, https or mailto."""
    return LINK.match(re.sub(r"[\x00-\x20]", "", address)) is not None


def clean_html(text: str, *, drop_origins: bool = False, prefix: str = "") -> str:
    """*text* with only the listed elements and attributes, as a browser will read it again.

    drop_origins: leave out the folded origins that a notebook's output carries (the page shows them once for all).
    prefix: put before the ids inside each SVG, so that two figures on a page do not share theirs.
    """
    if not text.strip():
        return ""
    parser = etree.HTMLParser(remove_comments=True, remove_pis=True, no_network=True, huge_tree=True, encoding="utf-8")
    inside = FRAME.sub("", REFERENCE.sub(_referred, legal(text)))
    root = etree.fromstring(f"<!doctype html><html><body>{inside}</body></html>".encode(), parser)
    body = None if root is None else root.find("body")
    if body is None:
        return ""
    if drop_origins:
        for fold in body.xpath(".//*[self::details or self::p][@class='origins']"):
            _drop(fold)
    _clean(body)
    for at, svg in enumerate(body.iter("svg")):
        own_ids(svg, f"{prefix}{at + 1}-")
    return _inside(body)


def clean_svg(text: str, *, prefix: str = "", label: str = "") -> str:
    """An SVG file as an inline figure without scripts, style sheets or anything external; '' where it is not readable.

    label: what it shows, in words, where the file has no title of its own.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = etree.fromstring(legal(text).encode(), parser)
    except etree.XMLSyntaxError:
        return ""
    for element in list(root.iter()):
        if isinstance(element.tag, str):
            element.tag = etree.QName(element).localname
        for name in list(element.attrib):
            local = etree.QName(name).localname
            if local != name:
                element.set(local, element.attrib.pop(name))
    etree.cleanup_namespaces(root)
    if root.tag != "svg":
        return ""
    body = etree.Element("body")
    body.append(root)
    _clean(body)
    own_ids(root, prefix)
    if root.find("title") is None and not root.get("aria-label"):
        root.set("role", "img")
        root.set("aria-label", label)
    return _inside(body)


def _clean(body: etree._Element) -> None:
    for element in list(body.iterdescendants()):
        tag = element.tag.lower() if isinstance(element.tag, str) else ""
        graphic = _in_graphic(element)
        if graphic and tag in GRAPHIC:
            _keep(element, graphic=True)
        elif tag in DROPPED or not tag or graphic:
            _drop(element)
        elif tag in ELEMENTS:
            _keep(element, graphic=False)
            if tag == "img" and element.get("src") is None:
                _leave(element, element.get("alt", ""))
                _drop(element)
        else:
            _unwrap(element)


def _referred(found: re.Match[str]) -> str:
    """A character reference, or U+FFFD where it stands for what XML cannot hold."""
    digits, base = (found[1], 16) if found[1] else (found[2], 10)
    code = int(digits, base) if len(digits.lstrip("0")) <= LONGEST_CODE else 0
    return found[0] if code <= sys.maxunicode and legal(chr(code)) == chr(code) else "\ufffd"


def _in_graphic(element: etree._Element) -> bool:
    return element.tag == "svg" or any(True for _ in element.iterancestors("svg"))


def _keep(element: etree._Element, *, graphic: bool) -> None:
    if graphic:
        presentation(element)
    allowed = GRAPHIC_ATTRIBUTES | ATTRIBUTES if graphic else ATTRIBUTES
    for name, value in list(element.attrib.items()):
        plain = name.lower().removeprefix("xlink:")
        if not (plain in allowed or re.fullmatch(r"aria-[a-z]+", plain)) or not _harmless(element, plain, value, graphic):
            del element.attrib[name]
        elif name != plain and name.lower().startswith("xlink:"):
            element.set(plain, element.attrib.pop(name))
    if element.tag == "a" and element.get("href", "#")[:1] != "#":
        element.set("rel", "noopener noreferrer")


def _harmless(element: etree._Element, name: str, value: str, graphic: bool) -> bool:
    if name == "href":
        if element.tag == "a":
            return safe_link(value)
        return DATA_IMAGE.match(value) is not None if element.tag == "image" else value.startswith("#")
    if name == "src":
        return element.tag == "img" and DATA_IMAGE.match(value) is not None
    return not graphic or not re.search(r"url\s*\(\s*['\"]?(?!#)|\\", value, re.IGNORECASE)


def _drop(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    _leave(element, element.tail or "")
    parent.remove(element)


def _unwrap(element: etree._Element) -> None:
    parent = element.getparent()
    at = parent.index(element)
    children = list(element)
    _leave(element, element.text or "")
    if children:
        children[-1].tail = (children[-1].tail or "") + (element.tail or "")
    else:
        _leave(element, element.tail or "")
    element.tail = None
    parent.remove(element)
    for offset, child in enumerate(children):
        parent.insert(at + offset, child)


def _leave(element: etree._Element, text: str) -> None:
    """Put *text* just before *element*."""
    before, parent = element.getprevious(), element.getparent()
    if before is not None:
        before.tail = (before.tail or "") + text
    elif parent is not None:
        parent.text = (parent.text or "") + text


def _inside(body: etree._Element) -> str:
    return escaped(body.text or "") + "".join(lxml_html.tostring(child, encoding="unicode", method="html") for child in body)


@cache
def _markdown() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.validateLink = safe_link  # type: ignore[method-assign]
    reader.add_render_rule("image", lambda self, tokens, at, options, env: escaped(tokens[at].content))
    return reader


def render_notebook_markdown(text: str) -> str:
    """Markdown as HTML: raw HTML stays text, links are those of ``safe_link``, a picture becomes its description.

    The page has the only heading of level one, so that one of level one here becomes one of level two.
    """
    tokens = _markdown().parse(text)
    for token in _headings(tokens):
        if token.tag == "h1":
            token.tag = "h2"
    return _markdown().renderer.render(tokens, _markdown().options, {})


def split_title(text: str) -> tuple[str, str]:
    """The plain text of a heading of level one with which *text* begins, and the Markdown after it; '' and *text* without one."""
    tokens = _markdown().parse(text)
    if not tokens or tokens[0].type != "heading_open" or tokens[0].tag != "h1" or tokens[0].map is None:
        return "", text
    return _plain(tokens[1]), "\n".join(text.split("\n")[tokens[0].map[1] :])


def headings_apart(text: str) -> Iterator[tuple[int, str]]:
    """Markdown as headings (level and plain text) and the text between them (level 0), in order."""
    lines, past = text.split("\n"), 0
    tokens = _markdown().parse(text)
    for at, token in enumerate(tokens):
        if token.type == "heading_open" and token.level == 0 and token.map:
            yield 0, "\n".join(lines[past : token.map[0]])
            yield int(token.tag[1]), _plain(tokens[at + 1])
            past = token.map[1]
    yield 0, "\n".join(lines[past:])


def _plain(inline: Any) -> str:
    return "".join(child.content for child in inline.children or [] if child.type in {"text", "code_inline", "image"})


def _headings(tokens: list[Any]) -> Iterator[Any]:
    return (token for token in tokens if token.type in {"heading_open", "heading_close"})
