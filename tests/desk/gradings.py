"""A review with evidence to grade: the made trials, judged for bias, a comparator in the protocol; what a browser sends at the desk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from review import Review
from review.certainty import DOWN
from review.desk import CertaintyDesk
from tests.desk.appraisals import LOW
from tests.desk.reviews import Browser
from tests.reporting.made_trials_review import made_review

COMPARISON = "Drug A versus placebo"
FLARES = {"outcome": "flares", "comparison": COMPARISON}
NO_CONCERN = dict.fromkeys(DOWN, 0)
HOSTILE = "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script> & \u202eevil"
JUDGED = {"Alder 2011": {}, "Cedar 2014": {}, "Fir 2018": {"5.2": "Y"}}  # the last at high risk


def lay_out_grading(folder: Path) -> Path:
    """The review in *folder*, three of its five pooled studies judged for bias by both assessors."""
    team = made_review(folder)
    plan = folder / "review.toml"
    asked = f'intervention = "Drug A"\ncomparator = "placebo"\nsetting = "clinics {HOSTILE}"\n'.replace('\\"', '"')
    plan.write_text(plan.read_text(encoding="utf-8").replace('intervention = "a drug"\n', _toml(asked)), encoding="utf-8")
    team.lead.protocol.amend(reason="the comparator is named", results_known=False)
    for rv in team.both:
        for study in rv.studies.views():
            if study.label in JUDGED:
                about = {"tool": "rob2-parallel", "result": "Flare", "effect": "assignment", "outcome": "flares"}
                rv.bias.judge(study.id, **about, answers=LOW | JUDGED[study.label])
    team.ledger.close()
    return folder


def _toml(lines: str) -> str:
    """The lines with what stands between the outer quotation marks written for TOML."""
    made = []
    for line in lines.splitlines():
        name, _, value = line.partition(" = ")
        made.append(f"{name} = {json.dumps(value[1:-1])}")
    return "\n".join(made) + "\n"


class Grader(Browser):
    """What the browser does at the desk of certainty."""

    def __init__(self, folder: Path, reviewer: str) -> None:
        self.rv = Review.open(folder, reviewer=reviewer)
        super().__init__(CertaintyDesk(self.rv))  # type: ignore[arg-type]

    def go(self, *, settles: bool = False, **of: str) -> dict[str, Any]:
        """Opens an outcome, or what two graded differently; the card that came."""
        self.ask("go", **{**FLARES, **of}, settles=settles)
        return dict(self.shown)

    def of_form(self, kind: str, *, token: str = "", because: str = "", **form: Any) -> list[dict[str, Any]]:
        """Sends the form on show, with what is given in it, and what was there before; *because* is said beside it."""
        was = json.loads(json.dumps(self.shown["form"]))
        return self.ask(kind, token=token, **self.shown["place"], form={**was, **form}, reason=because)

    def judged(self, **form: Any) -> dict[str, Any]:
        """What follows from the form with what is given in it."""
        [kept] = self.of_form("keep", **form)
        return kept["judged"]

    def row(self, name: str) -> dict[str, Any]:
        """One line of the list."""
        return next(row for row in self.shown["rows"] if row["name"].startswith(name))
