"""docs/architecture.md against the tree: every file of the package has its line, and every line its file."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict

from tests.docs.pages import DOCS, section
from tests.structure.tree import PACKAGE, ROOT, tracked

PAGE = DOCS / "architecture.md"


def test_every_file_of_the_package_has_its_line() -> None:
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for path in tracked():
        if PACKAGE in path.parents and path.name != "__init__.py":
            wanted[path.parent.relative_to(ROOT).as_posix() + "/"].add(path.name)
    told: dict[str, set[str]] = {}
    for part in re.split(r"^### ", section(PAGE, "Rooms, file by file"), flags=re.MULTILINE)[1:]:
        folder = re.match(r"`(.+?)`", part)
        assert folder
        cells = re.findall(r"^\| (`.+?) \|", part, re.MULTILINE)
        told[folder[1]] = {name for cell in cells for name in re.findall(r"`([\w.-]+)`", cell)}
    assert told == dict(wanted)


def test_files_named_elsewhere_on_the_page_are_there() -> None:
    before = PAGE.read_text(encoding="utf-8").split("## Rooms, file by file")[0]
    named = set(re.findall(r"`((?:\w+/)+[\w.*-]*)`", before))
    places = (ROOT, PACKAGE, ROOT / "data", ROOT / "tests")
    assert [name for name in sorted(named - {"reports/"}) if not any(list(base.glob(name)) for base in places)] == []


def test_the_floors_are_those_that_are_checked() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["id"] == "floors")
    floors = section(PAGE, "Floors")
    for name in {word for layer in layers for word in re.findall(r"\w+", layer)}:
        there = (PACKAGE / f"{name}.py").is_file() or (PACKAGE / name / "__init__.py").is_file()
        assert (f"`{name}/`" in floors or f"`{name}.py`" in floors) == there, name
    assert len(contracts) == 4 and "Three more contracts" in floors
