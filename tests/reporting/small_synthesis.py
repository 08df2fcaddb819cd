"""A made review of a few made studies with given cells, for tests of one synthesis; nothing in it is of a real study."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.rooms.team import PLAN, Team, make_team

OUTCOMES = '\n[[outcomes]]\nid = "flares"\nname = "Flare"\n\n[[outcomes]]\nid = "pain"\nname = "Pain"\n'
Cells = list[dict[str, str]]


def planned(measure: str, outcome: str = "flares", policies: str = "", more: str = "") -> str:
    """What review.toml plans: the comparison 'c' of *outcome* by *measure*; *policies*: lines of [synthesis], *more*: of the comparison."""
    about = f'\n[[comparisons]]\nid = "c"\noutcome = "{outcome}"\nmeasure = "{measure}"\n{more}\n'
    return (f"\n[synthesis]\n{policies}\n" if policies else "") + OUTCOMES + about


def arms(outcome: str, groups: Iterable[tuple[str, str, Mapping[str, object]]], **about: str) -> Cells:
    """The cells of a randomised trial from (arm, role, {item: value}); *about* is of each result, as its time point."""
    cells: Cells = [{"item": "design", "value": "randomised-trial"}]
    for arm, role, values in groups:
        cells.append({"item": "arm_role", "arm": arm, "value": role})
        cells += [{"item": item, "arm": arm, "outcome": outcome, "value": str(value), **about} for item, value in values.items()]
    return cells


def stated(outcome: str, values: Mapping[str, str], **about: str) -> Cells:
    """The cells of a randomised trial that states an effect and no arms."""
    return [
        {"item": "design", "value": "randomised-trial"},
        *({"item": item, "outcome": outcome, "value": value, **about} for item, value in values.items()),
    ]


def reviewed(folder: Path, plan: str, studies: Mapping[str, Cells]) -> Team:
    """The review, each study a made report of that name from 2000 on, its cells extracted by both alike."""
    team = make_team(folder, plan=PLAN + plan)
    search = team.search("PubMed", "database")
    for at, (name, cells) in enumerate(studies.items()):
        study = team.include(team.article(search, f"{name}: a made trial", year=2000 + at), "included")
        for rv in team.both:
            for cell in cells:
                rv.extraction.record(study, quotation="words of a made report", location="p. 1", **cell)
    return team
