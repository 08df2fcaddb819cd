"""A reviewer sees nothing of another's open decisions: every public name, command, export and page is walked."""

from __future__ import annotations

import inspect
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from review import Review
from review.cli import app
from review.errors import InputRefused, NotAllowed, ReviewError
from tests.example.build import ROOT
from tests.reporting.pages import write_documents, write_pages
from tests.rooms.graded import NO_CONCERN
from tests.rooms.team import PLAN, Team, make_team

SECRET = "xyzzy-plugh"

# Names that write, or that hand back only what was given to them; all others are called and looked through.
WRITES = {
    "protocol": {"freeze", "amend", "reached", "withdraw", "require_frozen", "lacks", "further"},
    "searches": {"record", "undo"},
    "records": {"add", "find", "import_files", "undo"},
    "studies": {"find", "merge", "keep_apart", "link", "unlink", "refuse_link", "undo", "classify", "resolve", "register_checked"},
    "screening": {
        "decide",
        "retrieve",
        "undo",
        "pilot",
        "allocate",
        "resolve",
        "stop",
        "remove",
        "import_decisions",
        "undo_import",
        "decisions_on",
    },
    "extraction": {
        "record",
        "confirm",
        "correct",
        "resolve",
        "undo",
        "contact",
        "prefill",
        "visible_event",
        "judge_switching",
        "resolve_switching",
        "keep_draft",
        "write_sheet",  # test_extraction_sheet.py holds that it is one's own
        "sheet",
        "form_of",  # of an event that the viewer may see: test_extraction_forms.py
        "changed_since",  # of a cell that the caller has
        "read_sheet",
    },
    "bias": {
        "judge",
        "copy_domain",
        "not_assessed",
        "resolve",
        "weigh",
        "calibrate",
        "undo",
        "visible_event",
        "tool",
        "unknown_tools",
        "tool_of",  # the file of an assessment that the caller has
        "sides",  # refused while anything is open: tests/rooms/test_appraisal_blindness.py
    },
    "certainty": {"grade", "not_graded", "resolve", "undo", "visible_event"},
    "tables": set(),
    "figures": {
        *("traffic_light", "bias_summary"),  # refused where nothing is judged; figures.bias gives the same of all there is
        # refused where nothing is pooled: tests/reporting/test_synthesis_of_a_review.py
        *("forest", "funnel", "baujat", "labbe", "drapery", "harvest", "albatross", "effect_direction"),
    },
}
OWN = {"close", "create", "open", "folder", "import_files", "merge", "reviewer", *WRITES}


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    """The team of a review that plans a comparison too."""
    made = make_team(tmp_path / "review", plan=f'{PLAN}\n[[comparisons]]\nid = "c1"\noutcome = "o1"\nmeasure = "RR"\n')
    yield made
    made.ledger.close()


@pytest.fixture
def secretive(team: Team) -> Team:
    """r1 has answered everything with a word that nobody else may read; r2 has answered nothing of it."""
    search = team.search("Embase")
    trial, other = team.article(search, "A trial", "10.1000/abc1"), team.article(search, "Another trial", "10.1000/abc2")
    study = team.include(trial)
    mine = team.r1
    mine.screening.decide(other, stage="title_abstract", decision="exclude", reason="P1", note=SECRET)
    mine.studies.classify(study, "awaiting", reason=SECRET)
    mine.extraction.record(study, item="condition", value=SECRET, unit="participants", quotation=SECRET, location=SECRET)
    mine.extraction.keep_draft(study, item="acronym", value=SECRET, quotation=SECRET)
    mine.bias.not_assessed(study, tool="jbi-case-series", reason=SECRET)
    told = {"start": "randomised", "ratings": {**NO_CONCERN, "imprecision": -1}, "explanations": {"imprecision": SECRET}, "comment": SECRET}
    mine.certainty.grade("Activity", comparison="a drug versus placebo", **told)
    mine.certainty.not_graded("Activity", comparison=f"a drug versus {SECRET}", reason=SECRET)
    return team


def walked(rv: Review) -> Iterator[tuple[str, Any]]:
    """(name, value) of everything that the public names of a review give."""
    report = rv.studies.report_views()[0]
    study = rv.studies.views()[0]
    fill: dict[str, Any] = {
        "report": report,
        "study": study,
        "stage": "title_abstract",
        "record": rv.records.views()[0],
        "search": rv.searches.views()[0].id,
        "path": rv.folder / "exported.csv",
        "format": "csv-raw",
        "tool": "jbi-case-series",
        "name": "jbi-case-series",
        "comparison": "a drug versus placebo",
        "outcome": "Activity",
        "changed": ["criteria P1"],
        "before": "2026-01-01",
        "after": "2027-01-01",
    }
    for name in public(rv) - OWN - {"export", "backup", "report"}:
        yield name, called(getattr(rv, name), fill)
    for room, writes in WRITES.items():
        thing = getattr(rv, room)
        yield room, thing
        for name in public(thing) - writes:
            special = {
                ("records", "versions"): {"record": rv.records.views()[0].id},
                ("records", "changes"): {"record": rv.records.views()[0].id},
                ("studies", "best"): {"report": report.id},
                ("protocol", "plan_of"): {"version": rv.protocol.history[0]},
                ("screening", "conflict"): {"report": report.id},
                ("extraction", "form"): {"id": "general"},
                **{("certainty", name): {"comparison": "a drug versus placebo"} for name in ("own", "sides")},
            }
            yield f"{room}.{name}", called(getattr(thing, name), fill, **special.get((room, name), {}))
    yield "the exported records", (rv.folder / "exported.csv").read_text(encoding="utf-8")
    for each in rv.studies.report_views():
        for stage in ("title_abstract", "full_text"):
            yield f"panel of {each.title}", rv.screening.panel(each, stage)
            yield f"conflict on {each.title}", rv.screening.conflict(each.id, stage)
        yield f"decisions on {each.title}", rv.screening.decisions_on(each)
        for stage in ("title_abstract", "full_text"):
            yield f"standing of {each.title}", rv.screening.standing(each, stage)


def public(thing: object) -> set[str]:
    return {name for name in dir(thing) if not name.startswith("_")}


def called(value: Any, fill: dict[str, Any], **given: Any) -> Any:
    if not callable(value):
        return value
    try:
        return value(**{name: fill[name] for name in required(value) if name not in given}, **given)
    except InputRefused as refused:  # what there is nothing to show of; its words tell nothing either
        return str(refused)


def required(call: Any) -> list[str]:
    return [p.name for p in inspect.signature(call).parameters.values() if p.default is p.empty and p.kind is not p.VAR_KEYWORD]


def shown(value: Any) -> str:
    """Everything that a value shows or carries, as text."""
    parts = [repr(value), str(value)]
    for name in ("to_csv", "to_json", "html", "text", "_repr_html_", "_repr_mimebundle_", "lines"):
        part = getattr(value, name, None)
        if isinstance(part, Callable) and not required(part):  # type: ignore[arg-type]
            parts.append(str(part()))
    if isinstance(value, (list, tuple)):
        parts.extend(shown(v) for v in value)
    if is_dataclass(value):  # what its repr leaves out too
        parts.extend(repr(getattr(value, field.name)) for field in fields(value))
    return "\n".join(parts)


@pytest.mark.parametrize("who", ["r2", "nobody"])
def test_no_public_name_tells(secretive: Team, who: str) -> None:
    names = []
    for name, value in walked(getattr(secretive, who)):
        names.append(name)
        assert SECRET not in shown(value), name
    assert len(names) > 60


@pytest.mark.parametrize("who", ["r1", "lead"])
def test_the_walk_would_find_it(secretive: Team, who: str) -> None:
    found = {name for name, value in walked(getattr(secretive, who)) if SECRET in shown(value)}
    assert {"screening.frame", "extraction.frame", "bias.frame", "certainty.frame", "tables.summary_of_findings"} <= found


def test_export_and_backup_are_refused_to_the_other_and_open_to_oneself(secretive: Team, tmp_path: Path) -> None:
    for rv in (secretive.r2, secretive.nobody):
        with pytest.raises(NotAllowed, match="open decisions of another reviewer"):
            rv.export(tmp_path / "out")
        with pytest.raises(NotAllowed, match="open decisions of another reviewer"):
            rv.backup(tmp_path / "copy.sqlite3")
    secretive.r1.export(tmp_path / "own")
    secretive.lead.export(tmp_path / "whole")


@pytest.mark.parametrize(
    "command",
    [
        "status",
        "studies",
        "flow",
        "flow --json",
        "diff 2026-01-01 2027-01-01",
        "verify",
        "export OUT",
        "backup OUT.sqlite3",
        "decisions --out OUT.csv",
        "records --export OUT.csv --format csv-raw",
        "freeze",
        "lab --help",
    ],
)
def test_no_command_tells(secretive: Team, command: str, tmp_path: Path) -> None:
    words = [str(tmp_path / w) if w.startswith("OUT") else w for w in command.split()]
    done = CliRunner().invoke(app, [*words, "--project", str(secretive.folder), "--as", "r2"])
    written = [words_of(file) for file in tmp_path.glob("OUT.csv")]
    assert SECRET not in "".join([done.output, str(done.exception or ""), *written])
    assert done.exit_code == 0 or isinstance(done.exception, ReviewError), done.exception


def test_what_everybody_due_has_answered_is_open(secretive: Team) -> None:
    other = next(r.id for r in secretive.lead.studies.report_views() if r.title == "Another trial")
    assert SECRET not in secretive.r2.screening.frame().to_csv()
    secretive.r2.screening.decide(other, stage="title_abstract", decision="include")
    assert SECRET in secretive.r2.screening.frame().to_csv()
    assert SECRET in secretive.nobody.screening.frame().to_csv()
    assert SECRET in secretive.r2.screening.conflicts().to_csv()
    assert "r1" not in secretive.r2.screening.conflicts().to_csv()


@pytest.mark.parametrize("who", [pytest.param("r2", marks=pytest.mark.soak), "nobody"])
def test_no_page_tells(secretive: Team, who: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEW_PROJECT", str(secretive.folder))
    out = tmp_path / who
    out.mkdir()
    write_pages(getattr(secretive, who), out)
    if who == "r2":  # the documents hold what the pages hold; one viewer's are enough
        write_documents(getattr(secretive, who), out)
    shutil.copytree(ROOT / "notebooks", secretive.folder / "notebooks")
    getattr(secretive, who).report(["40_screening"], out=out / "in a kernel")[0].raise_if_failed()
    nothing_told(out, at_least=60 if who == "r2" else 20)


@pytest.mark.soak
@pytest.mark.parametrize("who", ["r2", "nobody"])
def test_no_page_that_a_kernel_made_tells(secretive: Team, who: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "notebooks", secretive.folder / "notebooks")
    for outcome in getattr(secretive, who).report(out=tmp_path / who):
        outcome.raise_if_failed()
    nothing_told(tmp_path / who, at_least=60)


def nothing_told(folder: Path, *, at_least: int) -> None:
    written = [path for path in folder.rglob("*") if path.is_file()]
    assert len(written) >= at_least
    for file in written:
        assert SECRET not in words_of(file), file.name


def words_of(file: Path) -> str:
    """All text of a written file, the parts of a Word file and the pages of a PDF too; of a PNG its bytes."""
    if file.suffix == ".docx":
        with zipfile.ZipFile(file) as parts:
            return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    if file.suffix == ".pdf":
        return "\n".join(page.extract_text() for page in PdfReader(file).pages)
    return file.read_bytes().decode("utf-8", "replace")


@pytest.mark.soak
def test_the_pages_of_the_lead_would_tell(secretive: Team, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "notebooks", secretive.folder / "notebooks")
    secretive.lead.report(["40_screening"], out=tmp_path)[0].raise_if_failed()
    assert SECRET in words_of(tmp_path / "40_screening.html")


def test_every_command_that_reads_is_tried() -> None:
    writing = {"init", "amend", "search", "import", "restore", "merge", "lab", "desk", "report"}  # the pages are tried above
    alone = {"read", "simulate"}  # they open no review
    tried = {"status", "flow", "diff", "verify", "export", "backup", "freeze", "decisions", "records"}
    assert {c.name or c.callback.__name__ for c in app.registered_commands} == writing | alone | tried  # type: ignore[union-attr]
    groups = {"appraise", "certainty", "extract", "screening", "searches", "studies"}  # the rooms hold what they show
    assert {group.name for group in app.registered_groups} == groups


@pytest.mark.parametrize(("who", "warned"), [pytest.param("lead", True, marks=pytest.mark.soak), ("r1", True), ("nobody", False)])
def test_a_page_that_may_show_open_answers_says_so_first(secretive: Team, who: str, warned: bool, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "notebooks", secretive.folder / "notebooks")
    getattr(secretive, who).report(["10_protocol"], out=tmp_path)[0].raise_if_failed()
    for kind in ("html", "docx", "pdf"):
        said = " ".join(words_of(tmp_path / f"10_protocol.{kind}").split())
        assert ("other reviewers are not to see yet" in said) is warned, kind
