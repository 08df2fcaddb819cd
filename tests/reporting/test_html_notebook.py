"""An executed notebook becomes a page: prose and outputs stay, code goes, and nothing in an output runs."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import nbformat
import pytest

from review.errors import InputRefused, ReportError
from review.reporting.documents.html import MIME, document_body, page, traces_to_json
from tests.reporting.examples import table, trace

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()


def shown(data: dict[str, Any], metadata: dict[str, Any] | None = None) -> nbformat.NotebookNode:
    return nbformat.v4.new_output("display_data", data=data, metadata=metadata or {})


def code(*outputs: nbformat.NotebookNode, source: str = "secret_code()", tags: tuple[str, ...] = ()) -> nbformat.NotebookNode:
    return nbformat.v4.new_code_cell(source, outputs=list(outputs), metadata={"tags": list(tags)})


def markdown(text: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_markdown_cell(text)


def parts(*outputs: nbformat.NotebookNode) -> str:
    return "".join(document_body([code(*outputs)]).parts)


def test_title_prose_outputs_and_parameters() -> None:
    body = document_body(
        [
            markdown("# Flow of the review\n\nWhat was *found*."),
            code(source="as_of = ''\n", tags=("parameters",)),
            code(source="as_of = '2026-11-21'", tags=("injected-parameters",)),
            code(shown({"text/html": "<p>shown</p>", "text/plain": "plain"})),
            markdown("# Another\n"),
        ]
    )
    assert body.title == "Flow of the review" and not body.failed
    assert body.parameters == "as_of = ''\n\nas_of = '2026-11-21'"
    text = "".join(body.parts)
    assert "<em>found</em>" in text and "<p>shown</p>" in text and "<h2>Another</h2>" in text
    assert "plain" not in text and "secret_code" not in text and "<h1" not in text


def test_a_table_of_the_package_brings_its_origins_once() -> None:
    one = table()
    body = document_body([code(shown(one._repr_mimebundle_()))])
    assert body.traces == one.traces
    html = page("T", "R", body.parts, as_of="", heads={}, traces=body.traces)
    assert html.count('id="trace-s0-enrolled"') == 1 and html.count("<style>") == 1


def test_a_title_that_the_heading_above_has_said_is_read_aloud_and_not_shown_again() -> None:
    full, none = table(), replace(table(), rows=(), traces={})
    for one, kept in ((full, 'id="table-included-title" class="caption unseen">'), (none, '<p class="caption unseen">')):
        said = "".join(document_body([markdown(f"## {one.title}"), code(shown(one._repr_mimebundle_()))]).parts)
        other = "".join(document_body([markdown(f"## {one.title}\n\nA word."), code(shown(one._repr_mimebundle_()))]).parts)
        assert kept + one.title in said and said.count(one.title) == other.count(one.title) and "caption unseen" not in other


def test_two_outputs_with_one_key_for_two_origins_stop() -> None:
    outputs = [shown({MIME: traces_to_json({"k": trace("k", "L", value)})}) for value in ("1", "2")]
    with pytest.raises(ReportError, match="two different origins"):
        document_body([code(*outputs)])


def test_origins_of_another_shape_stop() -> None:
    with pytest.raises(InputRefused, match="origins of an output cannot be read"):
        document_body([code(shown({MIME: {"k": 1}}))])


def test_pictures_carry_their_words() -> None:
    text = parts(
        shown({"image/png": PNG, "text/plain": "<Figure size 640x480>"}, {"image/png": {"alt": "Three <trials>"}}),
        shown({"image/png": PNG, "text/plain": "Two trials"}),
        shown({"image/png": PNG, "text/plain": "<Figure>"}),
        shown({"image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>'}, {"alt": "A path"}),
    )
    assert f'alt="Three &lt;trials&gt;" src="data:image/png;base64,{PNG}"' in text
    assert 'alt="Two trials"' in text and 'alt="Figure without a description"' in text and 'aria-label="A path"' in text


def test_a_picture_that_is_none_is_its_text() -> None:
    assert parts(shown({"image/png": '"><script>', "text/plain": "a picture"})) == "<pre>a picture</pre>\n"


def test_text_and_streams_are_text() -> None:
    stream = nbformat.v4.new_output("stream", name="stderr", text="\x1b[31m<b>warned</b>\x1b[0m\n")
    assert parts(stream) == '<pre class="stderr">&lt;b&gt;warned&lt;/b&gt;</pre>\n'
    assert parts(shown({"text/plain": "<b> & 王"})) == "<pre>&lt;b&gt; &amp; 王</pre>\n"
    assert "<em>a</em>" in parts(shown({"text/markdown": "*a* <b>"}))


def test_a_card_is_not_shown_as_its_name() -> None:
    assert parts(shown({"application/vnd.jupyter.widget-view+json": {"model_id": "x"}, "text/plain": "Card()"})) == ""


def test_an_error_is_shown_where_it_stopped() -> None:
    error = nbformat.v4.new_output("error", ename="NotFound", evalue="no <study>", traceback=["\x1b[0;31mNotFound\x1b[0m", "line <1>"])
    body = document_body([code(error)])
    assert body.failed
    assert "This step stopped: NotFound: no &lt;study&gt;" in body.parts[0] and "line &lt;1&gt;" in body.parts[0]
    assert "\x1b" not in body.parts[0]


def test_nothing_in_an_output_runs() -> None:
    text = parts(
        shown({"text/html": "<script>alert(1)</script><img src=x onerror=alert(1)><p onclick=x()>kept</p>"}),
        shown({"image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg" onload="x()"><script>y()</script></svg>'}),
    )
    assert (
        "kept" in text
        and "<script" not in text
        and "alert" not in text
        and "onerror" not in text
        and "onclick" not in text
        and "onload" not in text
    )


def test_two_figures_do_not_share_ids() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><clipPath id="c"/><g clip-path="url(#c)"/></svg>'
    text = parts(shown({"image/svg+xml": svg}), shown({"image/svg+xml": svg}), shown({"text/html": svg}))
    assert 'id="c0-0-c"' in text and 'id="c0-1-c"' in text and 'id="c0-2-1-c"' in text and "url(#c0-1-c)" in text
