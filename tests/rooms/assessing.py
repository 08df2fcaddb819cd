"""Studies ready for appraisal, answers of a whole form, and a page whose lines can be quoted; for tests of appraisal."""

from __future__ import annotations

from typing import Any

from review.bias.tools import Tool
from tests.rooms.team import Team

LOW = {
    "1.1": "Y", "1.2": "Y", "1.3": "N", "2.1": "N", "2.2": "N", "2.6": "Y", "3.1": "Y",
    "4.1": "N", "4.2": "N", "4.3": "N", "5.1": "Y", "5.2": "N", "5.3": "N",
}  # fmt: skip
JBI = {str(n): "Y" for n in range(1, 11)}
ROB: dict[str, Any] = {"tool": "rob2-parallel", "result": "activity at week 24", "effect": "assignment"}
TEXT = "Methods\nPatients were randomly assigned by a web system\nin blocks of four.\nResults\nAll were followed to week 24.\n"


def trial(team: Team, title: str = "A randomised trial", design: str = "randomised-trial") -> str:
    """An included study of that design; returns its id."""
    made = team.include(team.article(team.search(f"Embase {title}"), title), "included")
    for rv in team.both:
        rv.extraction.record(made, item="design", value=design, quotation="as the report says", location="page 2")
    return made


def attach(team: Team, study: str) -> None:
    """A text file with the lines of ``TEXT`` is in hand for the study's first report."""
    file = team.folder / "main report.txt"
    file.write_text(TEXT, encoding="utf-8", newline="\n")
    report = next(s for s in team.lead.studies.views() if s.id == study).reports[0]
    team.r1.screening.retrieve(report.id, "retrieved", file=file)


def both_judge(team: Team, study: str, first: dict[str, str] = LOW, second: dict[str, str] = LOW, **more: Any) -> tuple[str, str]:
    """Both assessors judge one result of the study with RoB 2; returns their events."""
    one = team.r1.bias.judge(study, **{**ROB, **more}, answers=first)
    return one, team.r2.bias.judge(study, **{**ROB, **more}, answers=second)


def filled(tool: Tool, effect: str | None = None) -> dict[str, dict[str, str]]:
    """A whole form of any tool, as ``judge`` and ``resolve`` take it: the first answer to each question that is asked, the best level."""
    facts = {f.id: f.options[0] if f.options else "20" if f.kind == "number" else "age" for f in tool.preliminary if f.required}
    answers: dict[str, str] = {}
    for domain in tool.domains(effect):
        while open_ := [q for q in tool.reached(domain.id, answers, effect, preliminary=facts) if q.id not in answers]:
            answers[open_[0].id] = open_[0].options[0]
    by_rules = {d.id for d in tool.domains(effect) if (d.judgement or tool.judgement) == "rules"}
    by_people = [name for name in tool.judged(effect) if name not in by_rules and tool.layout != "items"]
    return {"answers": answers, "preliminary": facts, "judgements": dict.fromkeys(by_people, tool.levels[0].label if tool.levels else "")}
