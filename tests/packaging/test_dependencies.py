"""What is declared is what is used, and the same in every file that declares it."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

from tests.structure.tree import PACKAGE, ROOT, modules, parsed, place, said, tracked

# conda-forge's names where they differ
CONDA = {"jupyter-client": "jupyter_client", "jupyter-core": "jupyter_core", "typst": "typst-py"}
# a part of pydantic that comes in its exact version with it
COMES_WITH = {"pydantic-core": "pydantic"}
PIN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*==\d[\w.+!]*")
CONDA_ENTRY = re.compile(r"([a-z0-9][a-z0-9_-]*) ((?:>=\d[\d.]*)(?:,<\d[\d.]*))")
OURS = {"review", "tests", "benchmarks"}
# the doors may offer what an extra brings, and say what to install where it is absent
EXTRAS = {"desk": {"anywidget", "IPython", "ipywidgets", "traitlets"}, "cli_desk.py": {"jupyterlab", "voila"}}


@cache
def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def requirements(*extras: str) -> dict[str, Requirement]:
    lines = [*project()["dependencies"], *(line for extra in extras for line in project()["optional-dependencies"][extra])]
    return {canonical(requirement.name): requirement for requirement in map(Requirement, lines)}


def everything() -> dict[str, Requirement]:
    return requirements(*project()["optional-dependencies"])


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    found = [line for line in lines if line and not line.startswith("#")]
    assert [line for line in found if not PIN.fullmatch(line)] == [], "a pin is name==version, without addresses or markers"
    assert found == sorted(found)
    return dict(line.split("==") for line in found)


def test_every_direct_dependency_has_a_range_and_a_pin_inside_it() -> None:
    held = pins()
    for name, requirement in everything().items():
        assert {clause.operator for clause in requirement.specifier} == {">=", "<"}, f"{name} needs a lower and an upper bound"
        assert requirement.specifier.contains(held[name]), f"{name}=={held[name]} is outside {requirement.specifier}"


def test_the_tested_set_is_what_runs_here() -> None:
    """Only where this environment was made from the pins, as `make test` does; a free install may differ."""
    other = {name: version for name, version in pins().items() if (found := installed(name)) and Version(found) != Version(version)}
    if other:
        pytest.skip(f"this environment was not made from constraints.txt: {', '.join(sorted(other)[:5])} differ")
    assert not other


def installed(name: str) -> str | None:
    try:
        return distribution(name).version
    except PackageNotFoundError:
        return None


def test_the_extra_for_developers_holds_the_others() -> None:
    dev = {canonical(Requirement(line).name): str(Requirement(line).specifier) for line in project()["optional-dependencies"]["dev"]}
    for extra in ("lab", "postgres", "dask"):
        for line in project()["optional-dependencies"][extra]:
            assert dev[canonical(Requirement(line).name)] == str(Requirement(line).specifier)


def test_conda_names_and_ranges_are_those_of_pyproject() -> None:
    content = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert set(content) == {"name", "channels", "dependencies"}
    assert content["channels"] == ["conda-forge"]
    entries = [entry for entry in content["dependencies"] if isinstance(entry, str)]
    assert [entry for entry in content["dependencies"] if isinstance(entry, dict)] == [{"pip": ["--editable ."]}]
    assert entries[0] == f"python {project()['requires-python']}" and entries[1].startswith("pip >=")
    told = {}
    for entry in entries[2:]:
        match = CONDA_ENTRY.fullmatch(entry)
        assert match, f"{entry!r} is not a name and an explicit range"
        told[match.group(1)] = match.group(2)
    wanted = {CONDA.get(name, name): requirement.specifier for name, requirement in requirements("lab").items()}
    assert set(told) == set(wanted)
    assert {name: Requirement(f"x{spec}").specifier for name, spec in told.items()} == wanted


def uses(paths: Iterable[Path]) -> Iterator[tuple[Path, int, str, set[str]]]:
    """Every import of something that is not ours and not Python's, with the distributions that provide it."""
    providers = packages_distributions()
    for path in paths:
        for node in ast.walk(parsed(path)):
            for name in imported(node):
                if name not in sys.stdlib_module_names and name not in OURS:
                    yield (
                        path,
                        getattr(node, "lineno", 0),
                        name,
                        {COMES_WITH.get(canonical(p), canonical(p)) for p in providers.get(name, [name])},
                    )


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.split(".")[0] for alias in node.names]
    return [node.module.split(".")[0]] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []


def test_the_core_imports_what_it_declares_and_declares_what_it_imports() -> None:
    core, used, undeclared = requirements(), set(), []
    for path, line, name, distributions in uses(modules()):
        used |= distributions
        if not distributions & set(core) and name not in EXTRAS.get(path.relative_to(PACKAGE).parts[0], set()):
            undeclared.append(f"{place(path, line)}: {name}")
    assert not undeclared, said(undeclared)
    # ipykernel is started as a program, never imported
    assert set(core) - used - {"ipykernel"} == set()


def test_tests_and_benchmarks_import_what_developers_install() -> None:
    declared = set(everything())
    rest = [path for path in tracked() if path.suffix == ".py" and PACKAGE not in path.parents]
    undeclared = [f"{place(path, line)}: {name}" for path, line, name, distributions in uses(rest) if not distributions & declared]
    assert not undeclared, said(undeclared)


def test_every_direct_dependency_is_argued_for() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = {cells[-4] for line in text.splitlines() if line.startswith("| ") and len(cells := line.strip("| ").split(" | ")) in (4, 5)}
    assert set(everything()) == {canonical(name) for name in rows if name not in ("package",)}
    assert "conda solve was not run" in text


def test_no_direct_dependency_is_under_the_gpl() -> None:
    lesser = {"psycopg"}
    assert lesser.isdisjoint(requirements())
    for name in everything():
        found = distribution(name).metadata
        told = " ".join(
            filter(None, [found.get("License-Expression"), (found.get("License") or "")[:200], *found.get_all("Classifier", [])])
        )
        assert name in lesser or not re.search(r"\bA?L?GPL|GNU ", told), f"{name}: {told}"


def test_the_versions_of_python_are_told_once_and_the_same() -> None:
    assert project()["requires-python"] == ">=3.11,<3.14"
    assert "(3, 11) <= sys.version_info[:2] < (3, 14)" in (ROOT / ".ci" / "python").read_text(encoding="utf-8")
    listed = [line.rsplit(" ", 1)[1] for line in project()["classifiers"] if line.startswith("Programming Language :: Python :: 3.")]
    assert listed == ["3.11", "3.12", "3.13"]
