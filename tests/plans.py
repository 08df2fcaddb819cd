"""review.toml of small reviews for tests, put together from the few things in which they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

BOTH = ("title_abstract", "full_text")


def criterion(id: str, element: str, text: str, stages: Sequence[str] = BOTH, **more: str) -> str:
    """One criterion; *more* are further lines of it, as not_met."""
    lines = "".join(f'{name} = "{value}"\n' for name, value in more.items())
    return f'\n[[criteria]]\nid = "{id}"\nelement = "{element}"\nstage = {_listed(stages)}\ntext = "{text}"\n{lines}'


def plan(
    title: str, *criteria: str, people: Mapping[str, Sequence[str]], population: str, intervention: str, outcome: tuple[str, str]
) -> str:
    """The text of a plan whose one source is a database. people: the roles of each reviewer; outcome: id and name."""
    reviewers = "".join(f'\n[[reviewers]]\nid = "{name}"\nroles = {_listed(roles)}\n' for name, roles in people.items())
    return f"""
[review]
title = "{title}"
registration = "none"

[question]
population = "{population}"
intervention = "{intervention}"
{"".join(criteria)}
[[outcomes]]
id = "{outcome[0]}"
name = "{outcome[1]}"
{reviewers}
[[searches]]
source = "Embase"
kind = "database"
"""


def _listed(words: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{word}"' for word in words) + "]"
