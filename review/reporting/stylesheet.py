"""The style sheet and the script of the reports, read from the package as they stand. Both work without a network."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def page_style() -> str:
    """The style of a whole page, screen and print."""
    return table_style() + _asset("report.css")


@cache
def table_style() -> str:
    """The style of tables and origins alone, which a notebook's output carries with it."""
    return _asset("table.css")


@cache
def page_script() -> str:
    """The script that turns links to origins into a side panel."""
    return _asset("report.js")


def _asset(name: str) -> str:
    return files("review.reporting").joinpath("assets", name).read_text(encoding="utf-8")
