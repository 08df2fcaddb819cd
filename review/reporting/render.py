"""Runs notebooks into reports: each in a fresh kernel of this interpreter, two at a time, by papermill in process.

Refuses to start a kernel for an unknown or mistyped parameter. Nothing half-made keeps a report's name: a notebook
that fails is kept as ``NAME.failed.ipynb`` with its traceback, and the others finish. The same notebooks, values and
project give the same bytes, wherever the project folder stands: its path is taken out of what was printed.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import TYPE_CHECKING

from review.errors import InputRefused, NotebookFailed, ReviewError
from review.reporting.notebook import Job, Parameter, Value, check, inspect, plan, strip, tags_of, tidy

if TYPE_CHECKING:
    from jupyter_client.manager import KernelManager
    from nbformat import NotebookNode

__all__ = ["Job", "Outcome", "Parameter", "Value", "Writer", "check", "inspect", "plan", "render", "strip", "text_to", "tidy", "write_all"]

# the longest socket path that Linux and macOS take is 107 and 103 bytes; five sockets add '-ipc-5' to the stem
LONGEST_SOCKET = 96
# a kernel that starts does so in about half a second; a loaded machine may need far longer
START_SECONDS = 120
# a crash names every thread with its calls
LAST_WORDS = 200
# of a name in bytes: file systems take 255, with '.failed.ipynb' and what a half-written file is called meanwhile
LONGEST_NAME = 220
_RUNNING: dict[Path, tuple[str | None, Popen[bytes]]] = {}  # folder of a run -> the project that its kernel reads, and the kernel
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")

Progress = Callable[[int, int, str], None]
Writer = Callable[[Path], Sequence[str]]
"""Writes one file to the path that it is given; returns what its reader must be told, such as letters that no font has."""


@dataclass(frozen=True)
class Outcome:
    """What became of one job: ``error`` is empty when all ``files`` are whole, else its first line says where and what.

    path: the executed notebook. page: its page, where one was made. unchanged: everything stood already, and nothing was run.
    """

    name: str
    notebook: Path
    path: Path | None
    page: Path | None = None
    error: str = ""
    files: tuple[Path, ...] = ()
    warnings: tuple[str, ...] = ()
    unchanged: bool = False

    @property
    def ok(self) -> bool:
        return not self.error

    def __str__(self) -> str:
        if self.error:
            return f"{self.name}: stopped: {self.error.strip().splitlines()[0]}" + (f" (see {self.path})" if self.path else "")
        done = f"{self.page or self.path}" + (" (unchanged)" if self.unchanged else "")
        return "\n".join([done, *(f"  {warning}" for warning in self.warnings)])

    def raise_if_failed(self) -> Outcome:
        if self.error:
            raise NotebookFailed(self.error, where=self.notebook.name, next_step=f"open {self.path.name}" if self.path else "")
        return self


@dataclass(frozen=True)
class Ran:
    """What a worker hands back: the notebook as text, and what went wrong, if anything."""

    text: str
    error: str = ""


def render(
    jobs: Sequence[Job],
    *,
    out: Path,
    root: Path,
    reviewer: str | None = None,
    executor: Executor | None = None,
    workers: int = 2,
    progress: Progress | None = None,
    to_files: Callable[[Job, NotebookNode], Mapping[str, Writer]] | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> list[Outcome]:
    """Run every job in the project folder ``root``, whose ledger is its own, and write ``NAME.ipynb`` and more into ``out``.

    executor: any of concurrent.futures, else threads, ``workers`` of them; each waits for a kernel of its own.
    progress: called here with (done, total, name), first with 0. to_files: ending (``.html``) -> what writes it from the executed
    notebook; this is done here, while other kernels still run, as is *meanwhile* before the first is awaited. Outcomes stand in the
    order of the jobs. Raises ParameterRefused before any kernel starts.
    """
    names = [job.name for job in jobs]
    whole = all(name and Path(name).name == name and len(os.fsencode(name)) <= LONGEST_NAME for name in names)
    if len(set(names)) < len(names) or not whole:
        raise InputRefused(
            f"these cannot be the names of reports: {', '.join(names)}",
            expected=f"plain and different file names of at most {LONGEST_NAME} bytes",
        )
    checked = [check(job.notebook, job.values) for job in jobs]
    asked = [(job.notebook.read_text(encoding="utf-8"), values) for job, values in zip(jobs, checked, strict=True)]
    out.mkdir(parents=True, exist_ok=True)
    kernel = _environment(root, reviewer)
    made: dict[str, Outcome] = {}
    report = progress or (lambda done, total, name: None)
    report(0, len(jobs), "")
    with _pool(executor, workers, kernel["REVIEW_PROJECT"]) as pool:
        futures: dict[Future[Ran], Job] = {
            pool.submit(run, text, values, str(root.resolve()), kernel): job for job, (text, values) in zip(jobs, asked, strict=True)
        }
        if meanwhile:
            meanwhile()
        for future in as_completed(futures):
            job = futures[future]
            made[job.name] = _keep(job, _result(future), out, to_files)
            report(len(made), len(jobs), job.name)
    return [made[name] for name in names]


def run(text: str, values: Mapping[str, Value], root: str, environment: Mapping[str, str | None]) -> Ran:
    """One notebook in one fresh kernel, values in and values out, so that any executor may carry it elsewhere."""
    # a thread of its own, because the event loop that papermill's run needs must meet no other and be closed
    with ThreadPoolExecutor(max_workers=1) as own:
        return own.submit(_run, text, values, root, environment).result()


def _run(text: str, values: Mapping[str, Value], root: str, environment: Mapping[str, str | None]) -> Ran:
    import nbformat
    import papermill
    from jupyter_core.utils import ensure_event_loop
    from nbclient.exceptions import CellControlSignal, DeadKernelError
    from papermill.exceptions import PapermillException

    error = ""
    with _short_folder() as folder:
        source, target = folder / "in.ipynb", folder / "out.ipynb"
        source.write_text(text, encoding="utf-8", newline="\n")
        try:
            papermill.execute_notebook(
                _literal_path(source),
                _literal_path(target),
                dict(values),
                kernel_name="python3",
                language="python",
                progress_bar=False,
                start_timeout=START_SECONDS,
                kernel_manager_class=_kernel_class(folder, environment),
                resources={"metadata": {"path": root}},
                shutdown_kernel="immediate",
                record_timing=False,
                coalesce_streams=True,
            )
        except (PapermillException, CellControlSignal, DeadKernelError, RuntimeError, OSError) as failure:
            error = _said(failure, folder)
        finally:
            _RUNNING.pop(folder, None)
            ensure_event_loop().close()
        reached = nbformat.read(target if target.exists() else source, as_version=4)
    reached.cells = [cell for cell in reached.cells if "papermill-error-cell-tag" not in tags_of(cell)]
    error = _traceback(reached) or (error and _place(reached) + error)
    # the folder of a run is a passing one: its path says nothing, and no two runs would be alike
    return Ran((nbformat.writes(tidy(reached)) + "\n").replace(json.dumps(root, ensure_ascii=False)[1:-1], "."), error.replace(root, "."))


def _keep(job: Job, ran: Ran, out: Path, to_files: Callable[[Job, NotebookNode], Mapping[str, Writer]] | None) -> Outcome:
    """Write what a job made under its final names, all of it or only the notebook that failed."""
    import nbformat

    failed, error, warnings = out / f"{job.name}.failed.ipynb", ran.error, ()
    if not error:
        try:
            more = to_files(job, nbformat.reads(ran.text, as_version=4)) if to_files else {}
            named = {out / f"{job.name}{ending}": writer for ending, writer in more.items()}
            notebook = out / f"{job.name}.ipynb"
            warnings = write_all({**named, notebook: lambda path: text_to(path, ran.text)})
        except ReviewError as refusal:
            error = f"the page was not made: {refusal}"
    if error:
        if ran.text:
            write_all({failed: lambda path: text_to(path, ran.text)})
        return Outcome(job.name, job.notebook, failed if ran.text else None, error=error)
    failed.unlink(missing_ok=True)
    page = out / f"{job.name}.html"
    return Outcome(job.name, job.notebook, notebook, page if page in named else None, files=(notebook, *named), warnings=warnings)


def _result(future: Future[Ran]) -> Ran:
    """What a worker handed back, or what stopped it: its process, its machine, its scheduler; an interruption goes on."""
    problem = future.exception()
    if problem is None:
        return future.result()
    if isinstance(problem, BrokenExecutor):
        return Ran("", f"the worker process ended before the notebook did: {problem}")
    if not isinstance(problem, Exception):
        raise problem
    return Ran("", f"the worker stopped: {type(problem).__name__}: {problem}\n{''.join(traceback.format_exception(problem))}")


def write_all(files: Mapping[Path, Writer]) -> tuple[str, ...]:
    """Write every file under a temporary name beside its own, then name them all; on any error none gets its name.

    A reader sees the old file or the whole new one. Returns what the writers remarked.
    """
    warnings: list[str] = []
    with ExitStack() as parts:
        made: dict[Path, Path] = {}
        for path, writer in files.items():
            # the ending stays, because some writers go by it
            part = made[path] = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
            parts.callback(part.unlink, missing_ok=True)
            warnings += writer(part)
        for path, part in made.items():
            os.replace(part, path)
    return tuple(dict.fromkeys(warnings))


def text_to(path: Path, text: str) -> tuple[str, ...]:
    """Write a text as it is, with line feeds; nothing to remark."""
    path.write_text(text, encoding="utf-8", newline="\n")
    return ()


@contextmanager
def _pool(executor: Executor | None, workers: int, root: str | None) -> Iterator[Executor]:
    """The caller's executor, left open, or threads of our own; an interruption drops what has not begun, and ends what runs in *root*."""
    if executor is not None:
        yield executor
        return
    own = ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix="render")
    whole = False
    try:
        yield own
        whole = True
    finally:
        own.shutdown(wait=False, cancel_futures=True)
        for place, process in list(_RUNNING.values()):
            if not whole and place == root:
                process.kill()  # what its notebook still does is of no use to anybody, and may take hours
        own.shutdown()


@contextmanager
def _short_folder() -> Iterator[Path]:
    """A private temporary folder whose path is short enough for sockets where one can be had."""
    usual = tempfile.gettempdir()
    base = "/tmp" if len(usual) > LONGEST_SOCKET - 20 and os.access("/tmp", os.W_OK) else usual
    # a kernel that was just killed may still hold files for a moment on some systems
    with tempfile.TemporaryDirectory(prefix="rv-", dir=base, ignore_cleanup_errors=True) as folder:
        yield Path(folder).resolve()


def _environment(root: Path, reviewer: str | None) -> dict[str, str | None]:
    """What kernels see differently from this process; None takes a variable away."""
    return {
        "REVIEW_PROJECT": str(root.resolve()),
        # the folder's own ledger, not the live one
        "REVIEW_DATABASE": None,
        "REVIEW_AS": reviewer,
        # one thread for each of two kernels: sums of floats come out the same, and nobody waits for the other
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
        "PYTHONHASHSEED": "0",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        # a kernel that crashes leaves its last words in its log
        "PYTHONFAULTHANDLER": "1",
        # figures stand in the page, whatever this process draws on
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        # a person's start-up file, strictness and terminal are no part of a report
        **dict.fromkeys(("PYTHONSTARTUP", "PYTHONWARNINGS", "COLUMNS", "LINES")),
    }


def _kernel_class(folder: Path, environment: Mapping[str, str | None]) -> type[KernelManager]:
    """A kernel manager of this interpreter, whatever kernels are installed, over sockets in ``folder`` where it can."""
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    changed = {**environment, "IPYTHONDIR": str(folder / "ipython")}
    ipc = os.name == "posix" and len(os.fsencode(folder / "k-ipc-5")) <= LONGEST_SOCKET

    class PrivateKernel(AsyncKernelManager):
        """Started from a specification in memory, with a start-up folder of its own."""

        def __init__(self, **options: object) -> None:
            super().__init__(transport="ipc" if ipc else "tcp", connection_file=str(folder / "k.json"), **options)

        @property
        def kernel_spec(self) -> KernelSpec:
            # what libraries say past Python goes to the log, where it outlives a crash
            command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--IPKernelApp.capture_fd_output=False"]
            return KernelSpec(argv=command, display_name="Python 3", language="python")

        async def start_kernel(self, **options: object) -> None:
            seen = {name: value for name, value in {**os.environ, **changed}.items() if value is not None}
            with open(folder / "kernel.log", "ab") as log:
                await super().start_kernel(env=seen, stdout=log, stderr=log, **options)
            _RUNNING[folder] = changed["REVIEW_PROJECT"], self.provisioner.process

    return PrivateKernel


def _literal_path(path: Path) -> str:
    """papermill fills ``{…}`` in paths with parameters; a folder may really be called so."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _said(failure: BaseException, folder: Path) -> str:
    """What stopped a run outside its cells, with the last words of the kernel."""
    log = folder / "kernel.log"
    last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-LAST_WORDS:] if log.exists() else []
    return "\n".join([f"the kernel stopped: {failure or type(failure).__name__}", *last])


def _numbered(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """Code cells with the numbers that they have in the source, where no cell of given values was put in."""
    injected = 0
    for number, cell in enumerate(notebook.cells, start=1):
        injected += "injected-parameters" in tags_of(cell)
        if cell.cell_type == "code":
            yield number - injected, cell


def _traceback(notebook: NotebookNode) -> str:
    """The first error that a cell gave, without colours, or ''."""
    for number, cell in _numbered(notebook):
        for output in cell.outputs:
            if output.output_type == "error":
                lines = (f"cell {number}: {output.ename}: {output.evalue}", *output.traceback)
                return ANSI.sub("", "\n".join(lines)).rstrip()
    return ""


def _place(notebook: NotebookNode) -> str:
    """The cell that papermill had reached when the kernel stopped, as the start of a message."""
    begun = [number for number, cell in _numbered(notebook) if cell.metadata.get("papermill", {}).get("start_time")]
    return f"cell {begun[-1]}: " if begun else ""
