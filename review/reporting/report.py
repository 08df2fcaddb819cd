"""Renders the report notebooks of a review: pages that open offline, documents, tables and figures, and a manifest of what was made.

What has not changed is not rendered again. Everything is made from one frozen copy of the review.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from review.errors import InputRefused, NotFound, ParameterRefused, ReviewError, near
from review.reporting import publishing, render
from review.reporting.grid import Grid, grid_jobs, read_grid
from review.reporting.notebook import Job, inspect, plan
from review.reporting.render import Outcome, Progress, Writer, text_to, write_all
from review.reporting.render_key import MANIFEST, Ground, Manifest, digest, ground, hash_of, source_bytes
from review.reporting.rooms import Rooms
from review.reporting.snapshot import Snapshot, frozen

if TYPE_CHECKING:
    from nbformat import NotebookNode

READS_OTHERS = "rendered"  # the parameter of a report that is run last, on the folder of the others' executed notebooks
TABLES, FIGURES, PICTURES, WHOLE, INDEX, CHECKLISTS = "tables", "figures", "pictures of bias", "review", "index", "checklists"


def report_notebooks(folder: Path) -> dict[str, Path]:
    """Name -> file of the notebooks that are reports (they have the parameter ``as_of``), in their order."""
    found = sorted((folder / "notebooks").glob("[0-9]*.ipynb"))
    return {path.stem: path for path in found if "as_of" in inspect(path)}


def chosen(folder: Path, names: Sequence[str] | str | None) -> list[Path]:
    """The notebooks of these names ('30_flow' or 'flow', one alone as it is), all when none is named."""
    known = report_notebooks(folder)
    if not known:
        raise NotFound(
            "there are no report notebooks",
            where="notebooks/",
            next_step="`review init` writes them into a new review; copy them from there",
        )
    if not names:
        return list(known.values())
    names = [names] if isinstance(names, str) else names
    short = {name.partition("_")[2]: name for name in known}
    for name in names:
        if name not in known and name not in short:
            raise NotFound(f"there is no report {name!r}", next_step=near(name, [*known, *short]))
    return [known[short.get(name, name)] for name in names]


def render_reports(
    at: Callable[[str | None], Rooms],
    folder: Path,
    names: Sequence[str] | str | None,
    *,
    out: str | Path,
    parameters: Mapping[str, Any] | None = None,
    as_of: str | None = None,
    grid: str | Path | Mapping[str, Any] | None = None,
    formats: Sequence[str] | str | None = None,
    again: bool = False,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> list[Outcome]:
    """Run the notebooks, or those of a grid, and write what they show to *out* (below the review's folder unless absolute).

    at: the rooms as of a date. Every page shows one moment: *as_of*, else the last event, whatever is written meanwhile.
    """
    rooms, given = at(at(as_of).as_of), dict(parameters or {})
    taken = sorted({"as_of", "reviewer", READS_OTHERS} & set(given))
    if taken:
        raise ParameterRefused(f"{' and '.join(taken)} cannot be set as a parameter", expected="--as-of for the date, --as for who looks")
    pinned = {"as_of": rooms.as_of, "reviewer": rooms.seat.viewer.name or ""}
    wanted = publishing.formats_of(formats)
    _may_be_folder(folder / out)
    if grid is not None:
        if names:
            raise InputRefused("a grid names its notebooks itself", next_step="leave the names out, or the grid")
        read = read_grid(grid)
        jobs = grid_jobs(read, lambda these: chosen(folder, these), pinned, given)
        nav = [(f"{INDEX}.html", rooms.labels.say("grid.title", axes=", ".join(read.parameters)))]
        order = Order(jobs, folder / out / read.name, wanted, nav, {}, grid=read)
    else:
        notebooks = chosen(folder, names)
        known = {name for path in notebooks for name in inspect(path)}
        shared = {**{name: value for name, value in pinned.items() if name in known}, **given}
        jobs = plan(notebooks, shared, as_text=all(isinstance(v, str) for v in given.values()))
        target = folder / out
        every = report_notebooks(folder)
        shown = {name: path for name, path in every.items() if path in notebooks or (target / f"{name}.html").exists()}
        nav = [(f"{name}.html", publishing.title_of(path)) for name, path in shown.items()]
        order = Order(jobs, target, wanted, nav, every, whole=names is None)
    return Rendering(order, rooms, at, folder, again, executor, progress or (lambda done, total, name: None)).run()


def _may_be_folder(target: Path) -> None:
    """Refuse a place that is a file, or below one, before anything runs."""
    for place in (target, *target.parents):
        if place.exists():
            if not place.is_dir():
                raise InputRefused(f"{place} is a file", expected="a folder for what is rendered", next_step="give another --out")
            return


@dataclass(frozen=True)
class Order:
    """What is to be made: jobs, where, in which formats, with which links. every: the review's reports; whole: these are all of them."""

    jobs: list[Job]
    target: Path
    formats: tuple[str, ...]
    nav: list[tuple[str, str]]
    every: dict[str, Path]
    whole: bool = False
    grid: Grid | None = None


@dataclass
class Rendering:
    """One render: what stands already is left, the rest is made from one copy of the review."""

    order: Order
    rooms: Rooms
    at: Callable[[str | None], Rooms]
    folder: Path
    again: bool
    executor: Executor | None
    progress: Progress
    manifest: Manifest = field(init=False)
    ground: Ground = field(init=False)
    last: frozenset[str] = frozenset()
    _copy: Snapshot | None = None
    _done: int = 0

    def run(self) -> list[Outcome]:
        """Make what is missing, and the manifest; outcomes in the order of the jobs."""
        order = self.order
        self.manifest = Manifest.read(order.target)
        self.manifest.links = digest(json.dumps(order.nav).encode("utf-8"))
        self.ground = ground(self.folder, self.rooms.seat.viewer.name or "")
        self.progress(0, len(order.jobs), "")
        self.last = frozenset(job.name for job in order.jobs if READS_OTHERS in inspect(job.notebook))
        with ExitStack() as stack:
            made = {o.name: o for o in self._reports([job for job in order.jobs if job.name not in self.last], stack)}
            # the reports that read the others leave a core idle: what needs no executed notebook is made then
            last = [job for job in order.jobs if job.name in self.last]
            made |= {o.name: o for o in self._reports(last, stack, meanwhile=lambda: self._from_the_ledger(stack))}
            outcomes = [made[job.name] for job in order.jobs]
            self._from_notebooks(outcomes, stack)
        self._write_manifest(outcomes)
        return outcomes

    def _reports(self, jobs: Sequence[Job], stack: ExitStack, meanwhile: Callable[[], None] = lambda: None) -> list[Outcome]:
        target, made = self.order.target, {}
        waiting: list[tuple[Job, str]] = []
        for job in jobs:
            key = self._key(job)
            wanted = [f"{job.name}.{ending}" for ending in ("ipynb", *self.order.formats)]
            if not self.again and self.manifest.holds(job.name, key, wanted):
                made[job.name] = self._unchanged(job)
                self._step(job.name)
            else:
                waiting.append((job, key))
        if waiting:
            copy = self._frozen(stack)
            asked = [self._reading_others(job, copy) if job.name in self.last else job for job, _ in waiting]
            outcomes = render.render(
                asked,
                out=target,
                root=copy.folder,
                reviewer=self.rooms.seat.viewer.name,
                executor=self.executor,
                progress=lambda done, total, name: self._step(name) if name else None,
                to_files=self._files,
                meanwhile=meanwhile,
            )
            for (job, key), outcome in zip(waiting, outcomes, strict=True):
                as_of = self._as_of(job)
                if outcome.ok:
                    self.manifest.note(job.name, key, as_of, outcome.files, outcome.warnings)
                else:
                    self.manifest.failed(job.name, as_of)
                made[job.name] = outcome
        else:
            meanwhile()
        return [made[job.name] for job in jobs]

    def _key(self, job: Job) -> str:
        others = {name: hash_of(path) for name, path in self._others(job).items()} if job.name in self.last else {}
        return self.ground.key(source_bytes(job), dict(job.values), self._heads(self._as_of(job)), others)

    def _as_of(self, job: Job) -> str:
        return str(job.values.get("as_of", self.rooms.as_of))

    def _heads(self, as_of: str) -> Mapping[str, str]:
        return self.rooms.heads if as_of == self.rooms.as_of else self.at(as_of).heads

    def _others(self, job: Job) -> dict[str, Path]:
        """The executed notebooks of the other reports, as far as they stand whole."""
        names = [name for name in self.order.every if name not in self.last and self.manifest.parts.get(name, {}).get("key")]
        paths = {name: self.order.target / f"{name}.ipynb" for name in names}
        return {name: path for name, path in paths.items() if path.exists()}

    def _reading_others(self, job: Job, copy: Snapshot) -> Job:
        return Job(job.notebook, job.name, {**job.values, READS_OTHERS: str(copy.take_in(self._others(job)))})

    def _frozen(self, stack: ExitStack) -> Snapshot:
        if self._copy is None:
            self._copy = stack.enter_context(frozen(self.rooms, self.folder))
        return self._copy

    def _files(self, job: Job, notebook: NotebookNode) -> Mapping[str, Writer]:
        assert self._copy is not None
        return publishing.report_files(self._copy.at(self._as_of(job)), notebook.cells, self.order.nav, self.order.formats)

    def _unchanged(self, job: Job) -> Outcome:
        files, page = tuple(self.manifest.files(job.name)), self.order.target / f"{job.name}.html"
        told = tuple(self.manifest.parts[job.name].get("warnings", ()))
        notebook = self.order.target / f"{job.name}.ipynb"
        return Outcome(job.name, job.notebook, notebook, page if page in files else None, files=files, warnings=told, unchanged=True)

    def _step(self, name: str) -> None:
        self._done += 1
        self.progress(self._done, len(self.order.jobs), name)

    def _from_the_ledger(self, stack: ExitStack) -> None:
        """The tables and figures of a review that are made beside its reports."""
        if self.order.grid is not None:
            return
        names = {job.name for job in self.order.jobs}
        for name in publishing.WITH_TABLES:
            if name in names:
                self._part(f"{TABLES} {name}", "", stack, partial(publishing.table_files, report=name))
        if "30_flow" in names:
            self._part(FIGURES, "", stack, publishing.figure_files)
        if "60_bias" in names:
            self._part(PICTURES, "", stack, publishing.bias_files)

    def _from_notebooks(self, outcomes: Sequence[Outcome], stack: ExitStack) -> None:
        """What is made of executed reports: the checklists and the combined document of a review; the list of a grid."""
        order, ok = self.order, all(outcome.ok for outcome in outcomes)
        if order.grid is not None:
            title = order.nav[0][1]
            rows = [(f"{o.name}.html" if o.page else "", o.name, self._axes(job)) for o, job in zip(outcomes, order.jobs, strict=True)]
            self._part(INDEX, rows, stack, lambda rooms: {f"{INDEX}.html": _text(publishing.index_page(rooms, title, rows))})
            return
        for outcome in outcomes:
            if outcome.name == "80_checklist" and outcome.ok and (path := outcome.path):
                self._part(CHECKLISTS, hash_of(path), stack, lambda rooms, path=path: publishing.checklist_files(path))
        documents = [name for name in order.formats if name != "html"]
        members = self._members()
        if order.whole and documents and ok:
            notebooks = [outcome.path for outcome in outcomes if outcome.path]
            files = [f"{WHOLE}.{ending}" for ending in documents]
            self._part(WHOLE, members, stack, lambda rooms: publishing.combined_files(rooms, notebooks, documents), files)
            self.manifest.parts.get(WHOLE, {})["members"] = members
        elif self.manifest.parts.get(WHOLE, {}).get("members") != members:
            self.manifest.drop(WHOLE)  # it would show another state of a report than the report's own page

    def _members(self) -> str:
        """The state of all reports, as one hash: the heads that they are stamped with, and each executed notebook as it stands."""
        stands = {name: hash_of(self.order.target / f"{name}.ipynb") for name in self.order.every}
        return digest(json.dumps([self.rooms.heads, stands], sort_keys=True).encode("utf-8"))

    def _axes(self, job: Job) -> dict[str, Any]:
        assert self.order.grid is not None
        return {axis: job.values[axis] for axis in self.order.grid.parameters}

    def _part(
        self, name: str, rests_on: Any, stack: ExitStack, make: Callable[[Rooms], Mapping[str, Writer]], wanted: Sequence[str] = ()
    ) -> None:
        """Make one part beside the reports, unless it stands already; one that cannot be made is taken away, its report says why."""
        key = self.ground.key(b"", {"part": name}, self.rooms.heads, self.rooms.as_of, rests_on)
        if not self.again and self.manifest.holds(name, key, wanted):
            return
        rooms = self._frozen(stack).at(self.rooms.as_of)
        try:
            files = {self.order.target / file: writer for file, writer in make(rooms).items()}
        except ReviewError:
            self.manifest.drop(name)
            return
        for path in files:
            path.parent.mkdir(parents=True, exist_ok=True)
        self.manifest.note(name, key, self.rooms.as_of, files, write_all(files))

    def _write_manifest(self, outcomes: Sequence[Outcome]) -> None:
        besides = {*(f"{TABLES} {name}" for name in publishing.WITH_TABLES), FIGURES, PICTURES, WHOLE, INDEX, CHECKLISTS}
        known = {*self.order.every, *(outcome.name for outcome in outcomes), *besides}
        for name in [name for name in self.manifest.parts if name not in known]:
            self.manifest.drop(name)  # a report that the review has no more, or a value that the grid has no more
        parts = self.manifest.parts
        reports = {name: "ok" if part["key"] else "failed" for name, part in parts.items() if name not in besides}
        made: dict[str, Any] = {"title": self.rooms.protocol.plan.review.title, "as_of": self.rooms.as_of, "heads": self.rooms.heads}
        made |= {"demonstration": self.rooms.demonstration} if self.rooms.demonstration else {}
        made |= {"reports": dict(sorted(reports.items())), "parts": dict(sorted(parts.items()))}
        text = json.dumps(made, ensure_ascii=False, indent=1) + "\n"
        path = self.order.target / MANIFEST
        if hash_of(path) != digest(text.encode("utf-8")):
            write_all({path: _text(text)})


def _text(text: str) -> Writer:
    return lambda path: text_to(path, text)
