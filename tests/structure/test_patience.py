"""No test is timed: on a busy machine it would fail, and on a fast one it would show nothing."""

from __future__ import annotations

import ast

from tests.structure.tree import nodes, place, said, test_files

# every file that may read a clock, and why
CLOCKS_READ = {
    "tests/browser/jupyter.py": "it gives up waiting for a server that does not come up; how long that takes is compared with nothing",
}
# every file that may wait for less than a minute at once
SHORT_WAITS = {
    "tests/browser/jupyter.py": "it looks again every second, and ends a server that does not end itself",
}
CLOCKS = {
    "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time", "process_time_ns", "thread_time", "thread_time_ns",
    "time_ns", "getrusage", "default_timer", "timeit", "localtime", "gmtime",
}  # fmt: skip
OF_A_MODULE = {"time": {"time"}, "os": {"times"}, "datetime": {"now", "today", "utcnow"}, "date": {"today"}}  # words of others too
MINUTE = 60


def clocks(node: ast.AST) -> set[str]:
    """The clocks that *node* names."""
    if isinstance(node, ast.ImportFrom):
        return {alias.name for alias in node.names} & ({*CLOCKS, "time"} if node.module == "time" else CLOCKS)
    if isinstance(node, ast.Attribute):
        return {node.attr} & (CLOCKS | OF_A_MODULE.get(ast.unparse(node.value).rpartition(".")[2], set()))
    return set()


def test_no_test_reads_a_clock() -> None:
    """Work is counted, and what might never end is given very much time: tests/patience.py has both."""
    read = {
        f"{place(path, node.lineno)}: {', '.join(sorted(found))}"  # type: ignore[attr-defined]
        for path in test_files()
        if place(path) not in CLOCKS_READ
        for node in nodes(path)
        if (found := clocks(node))
    }
    assert not read, said(sorted(read))


def test_what_is_waited_for_has_a_minute_at_least() -> None:
    """Seconds for a process, thousandths for a browser: whoever waits for less finds a busy machine broken."""
    short = [
        f"{place(path, node.lineno)}: {ast.unparse(keyword)}"
        for path in test_files()
        if place(path) not in SHORT_WAITS
        for node in nodes(path)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "timeout" and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, int | float)
        if keyword.value.value < MINUTE or 1_000 <= keyword.value.value < 1_000 * MINUTE
    ]
    assert not short, said(short)


def test_the_exceptions_are_still_needed() -> None:
    there = {place(path): path for path in test_files()}
    for name in CLOCKS_READ:
        assert any(clocks(node) for node in nodes(there[name])), f"{name} reads no clock any more"
