"""Tables of appraisal: proposed, settled and why; answers with their quoted lines; agreement, calibration; what waits, in status and
commands; what changed between two dates. Each cell leads to its event, and hostile text stays text."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from review import Review
from review.cli import app
from tests.hostile import HOSTILE
from tests.reporting.evidence import column, texts
from tests.rooms.assessing import JBI, LOW, ROB, attach, both_judge, trial
from tests.rooms.team import Team

OTHER = {**LOW, "1.2": "N"}


@pytest.fixture
def appraised(team: Team) -> Team:
    """One trial judged alike by two, with an override, a direction, a quotation found in its text, and an answer put aside."""
    study = trial(team)
    attach(team, study)
    words = {"text": "A web system.", "quotation": "randomly assigned by a web system", "location": "main report, page 1"}
    for rv in team.both:
        rv.bias.judge(
            study, **ROB, answers=LOW, judgements={"D4": "High", "overall": "High"}, override={"D4": "Assessors met the patients."},
            support={"1.1": words}, directions={"D4": "favours experimental"}, sources=["journal article"], aside={"2.3": "PY"},
        )  # fmt: skip
    return team


def run(team: Team, *words: str, who: str | None = "r1") -> str:
    done = CliRunner().invoke(app, ["appraise", *words, "--project", str(team.folder), *(["--as", who] if who else [])])
    assert done.exit_code == 0, done.exception
    return done.output


def test_what_was_proposed_and_what_was_settled_stand_side_by_side(appraised: Team) -> None:
    table = appraised.nobody.tables.judgements("rob2-parallel")
    of = dict(zip((text.split()[0] for text in texts(table, "domain")), table.rows, strict=True))
    place = [c.key for c in table.columns].index
    row = [cell.text for cell in of["D4"]]
    assert (row[place("proposed")], row[place("final")]) == ("+ Low", "x High")
    assert (row[place("why")], row[place("direction")]) == ("Assessors met the patients.", "favours experimental")
    assert "4.1 N" in row[place("path")]
    assert of["D1"][place("why")].missing == "empty"
    matrix = appraised.nobody.tables.assessed("rob2-parallel")
    assert "the rules propose Low. Assessors met the patients." in matrix.text()


def test_each_answer_stands_with_its_words_and_leads_to_the_quoted_line(appraised: Team) -> None:
    table = appraised.nobody.tables.support("rob2-parallel")
    at = next(n for n, text in enumerate(texts(table, "question")) if text.startswith("1.1 "))
    cells = {c.key: table.rows[at][n] for n, c in enumerate(table.columns)}
    assert (cells["support"].text, cells["quotation"].text) == ("A web system.", "randomly assigned by a web system")
    assert cells["location"].text == "main report, page 1 (line 2)"
    trace = table.traces[cells["answer"].trace or ""]
    quote = next(entry.quote for entry in trace.entries if entry.quote)
    assert quote.lines == ((2, "Patients were randomly assigned by a web system"),)
    assert quote.mark == "randomly assigned by a web system"
    assert {entry.role for entry in trace.entries} == {"assessor"}
    assert all(appraised.ledger.event(entry.event).kind == "appraisal.judged" for entry in trace.entries)
    assert any("asked no longer, not counted" in text for text in texts(table, "answer"))
    assert "Sources consulted" in texts(table, "question")


def test_every_cell_with_a_value_has_an_origin(appraised: Team) -> None:
    for name in ("assessed", "judgements", "support"):
        table = getattr(appraised.nobody.tables, name)("rob2-parallel")
        assert table.rows
        for row in table.rows:
            for cell in row:
                assert cell.trace in table.traces or cell.missing == "empty", (name, cell)


def test_results_whose_names_differ_in_signs_alone_have_their_own_origins(team: Team) -> None:
    study = trial(team)
    for result in ("pain < 5", "pain > 5"):
        both_judge(team, study, result=result)
    table = team.nobody.tables.assessed("rob2-parallel")
    assert len({cell.trace for cell in column(table, "study")}) == 2


def test_the_sides_of_a_conflict_are_in_no_table(team: Team) -> None:
    both_judge(team, trial(team), LOW, OTHER)
    assert not team.nobody.tables.judgements("rob2-parallel").rows
    (cell,) = column(team.nobody.tables.assessed("rob2-parallel"), "D1")
    assert cell.missing == "empty"
    assert "the assessors differ" in team.nobody.tables.nice().text()


def test_calibration_is_counted_apart(team: Team) -> None:
    first, second = trial(team, "One"), trial(team, "Two")
    both_judge(team, first)
    team.lead.bias.calibrate([first, second], tool="rob2-parallel", round="1", note="all of us, two trials")
    both_judge(team, second, LOW, OTHER)
    main, own = (team.nobody.bias.agreement("rob2-parallel", round=round).set_index("name") for round in (None, "1"))
    assert (main.loc["D1", "n"], main.loc["D1", "alike"]) == (1, 1), "what was judged before the round opened is none of it"
    assert (own.loc["D1", "n"], own.loc["D1", "alike"]) == (1, 0)
    assert list(own[own["level"] == "question"].query("n > alike").index) == ["1.2"]
    table = team.nobody.tables.calibration()
    assert set(texts(table, "round")) == {"1"}
    assert "all of us, two trials" in {entry.reason for trace in table.traces.values() for entry in trace.entries}
    assert "too few" in team.nobody.tables.appraisal_agreement("rob2-parallel", round="1").text()


def test_status_counts_what_waits_for_each(team: Team) -> None:
    study = trial(team, "A single-arm trial", "single-arm-trial")
    team.lead.bias.calibrate([study], tool="jbi-case-series", round="1")
    assert "1 wait for r1 at risk of bias" in str(team.r1.status())
    team.r1.bias.judge(study, tool="jbi-case-series", result="", answers=JBI, judgements={"overall": "Include"})
    assert "at risk of bias" not in str(team.r1.status())
    assert "Due at risk of bias: r1 0, r2 1" in str(team.lead.status())
    assert "1 wait for r2" in run(team, "status", who="r2")
    assert "1 wait for r2" in run(team, "status", who="lead")


def test_the_commands(team: Team) -> None:
    study = trial(team)
    assert "Nothing that you may see has been assessed." in run(team, "status", who=None)
    both_judge(team, study, LOW, OTHER)
    assert "differ: D1, overall" in run(team, "conflicts")
    assert "conflict" in run(team, "list", who=None)
    assert "Agreement of the assessors" in run(team, "agreement", "--tool", "rob2-parallel")
    refused = CliRunner().invoke(
        app, ["appraise", "not-assessed", study, "--tool", "rob2-parallel", "--reason", "x", "--project", str(team.folder)]
    )
    assert "needs to know for whom" in str(refused.exception)
    assert "Saved" in run(team, "not-assessed", study, "--tool", "rob2-parallel", "--reason", "no number\x1b[2J", "--result", "pain")
    assert "\x1b" not in run(team, "list")


def test_what_changed_between_two_dates(appraised: Team) -> None:
    said = str(appraised.nobody.diff("2026-01-01", "2027-01-01"))
    assert "D4 not Low: Assessors met the patients." in said
    appraised.r1.bias.weigh(appraised.r1.studies.views()[0].id, **ROB, weight="12.5", source="forest plot")
    assert "weight 12.5" in str(appraised.nobody.diff("2026-01-01", "2027-01-01"))


def pages(rv: Review) -> str:
    """Every table of appraisal as a page shows it, with its origins."""
    from review.reporting.trace_view import origins

    tables = [getattr(rv.tables, name)("rob2-parallel") for name in ("assessed", "judgements", "support", "appraisal_agreement")]
    tables += [rv.tables.calibration(), rv.tables.not_assessed(), rv.tables.appraisal_process()]
    return "".join(table.html() + origins(table.traces) for table in tables)


def test_hostile_text_of_an_assessor_is_no_markup(team: Team) -> None:
    study = trial(team)
    texts_ = [text for text in HOSTILE if text.strip() and "\x00" not in text]
    plain = pages(team.r1).count("<script") + pages(team.r1).count("<img")
    team.lead.bias.calibrate([study], tool="rob2-parallel", round="".join(texts_[:3]), note="".join(texts_))
    questions = [q.id for q in team.r1.bias.tool("rob2-parallel").questions("assignment")]
    support = {q: {"text": text, "quotation": text, "location": text} for q, text in zip(questions, texts_ * 2, strict=False)}
    for rv in team.both:
        rv.bias.judge(
            study, tool="rob2-parallel", effect="assignment", result="".join(texts_[:5]), answers=LOW, judgements={"D1": "High"},
            override={"D1": "".join(texts_)}, support=support, sources=texts_,
        )  # fmt: skip
        rv.bias.not_assessed(study, tool="rob2-parallel", result="other", reason="".join(texts_))
    shown = pages(team.nobody)
    assert len(shown) > 20_000
    assert shown.count("<script") + shown.count("<img") == plain
    assert "javascript:" not in "".join(part.split('"')[0] for part in shown.split('href="')[1:])
