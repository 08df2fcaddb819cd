"""Appraisal tools: finds, reads and checks their files, and asks their rules. It refuses a file with any problem, a design that a tool is
not made for, and an answer that it does not allow. Nothing is ever summed.

A tool file in the project wins over a plug-in (entry-point group ``review.tools``), a plug-in over what ships.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from importlib.metadata import entry_points
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from review.bias import algorithm
from review.bias.algorithm import Domain, Judged, Level, Overall, Question
from review.bias.tool_check import check
from review.bias.tool_form import NotFor, ToolForm
from review.errors import InputRefused, NotFound, ToolInvalid, near

GROUP = "review.tools"
UNSTATED = frozenset({"", "unknown", "unclear", "not-stated", "not-reported", "trial", "interventional", "clinical-trial"})


class Tool(ToolForm):
    """One appraisal tool, frozen. ``sha256`` is of the file's bytes, ``text`` its content, ``origin`` where it came from."""

    file: str
    origin: str
    sha256: str
    text: str

    def __repr__(self) -> str:
        return f"<Tool {self.id} {self.version}, {self.origin}: {self.label}>"

    __str__ = __repr__

    def domains(self, effect: str | None = None) -> tuple[Domain, ...]:
        """The domains for one effect of interest; without it those of every effect. Raises InputRefused for an unknown effect."""
        self._check_effect(effect)
        return tuple(domain for domain in self.all_domains if effect is None or domain.effect in ("", effect))

    def domain(self, name: str, effect: str | None = None) -> Domain:
        """One domain. Raises NotFound for an unknown name, InputRefused when the effect of interest is needed and not given."""
        self._check_effect(effect)
        named = [domain for domain in self.all_domains if domain.id == name]
        if not named:
            known = dict.fromkeys(domain.id for domain in self.all_domains)
            raise NotFound(f"there is no domain {name!r}", where=self.id, next_step=near(str(name), known))
        for domain in named:
            if domain.effect in ("", effect):
                return domain
        raise InputRefused(
            "the effect of interest is not stated, and the questions depend on it",
            where=f"{self.id} {name}",
            expected=" or ".join(self.effects),
            next_step=f"give effect={self.effects[0]!r}",
        )

    def questions(self, effect: str | None = None) -> tuple[Question, ...]:
        """All questions in order, for one effect of interest; without it those of every effect."""
        return tuple(question for domain in self.domains(effect) for question in domain.questions)

    def reached(self, domain: str, answers: Mapping[str, str | None], effect: str | None = None) -> tuple[Question, ...]:
        """The questions of a domain that are asked, given the answers so far."""
        return self.domain(domain, effect).reached(answers)

    def judge(self, domain: str, answers: Mapping[str, str | None], *, effect: str | None = None) -> Judged:
        """What the tool proposes for one domain.

        answers: question id -> answer code; None, '' or no entry is no answer.
        A tool with rules gives ``.judgement`` (label), ``.level`` (id) and ``.path``, the rules that fired with the answers behind them.
        A tool without rules judges nothing: it checks the answers, lists ``.missing``, for items gives ``.cells`` (question -> level id).
        Raises AnswerRefused for an answer that is forbidden or, with rules, missing.

        >>> judged = load_tool("rob2-parallel").judge("D3", {"3.1": "N", "3.2": "PN", "3.3": "N"})
        >>> judged.judgement
        'Low'
        >>> print(judged.path[0])
        3.1 N, 3.2 PN, 3.3 N → Low: gaps that cannot depend on how people fared (D3-unrelated)
        """
        form = self.domain(domain, effect)
        where = f"{self.id} {domain}" + (f" ({form.effect})" if form.effect else "")
        by_rules = self.judgement == "rules"
        counted = algorithm.accept(form, answers, where=where, complete=by_rules)
        if by_rules:
            return algorithm.decide(form, counted, self.levels, effect=effect)
        asked = [question.id for question in form.reached(counted)]
        missing = tuple(name for name in asked if name not in counted)
        cells = {name: self.cells[counted[name]] if name in counted else None for name in asked} if self.layout == "items" else None
        return Judged(domain, effect, None, None, cells=cells, missing=missing)

    def overall(self, found: Mapping[str, str], *, effect: str | None = None) -> Overall:
        """What the tool proposes over all domains: the worst, or nothing where people decide.

        found: domain id -> level id or label. Several domains at the flagged level raise ``.flag``; the judgement is never raised for it.
        Raises InputRefused for an unknown level and for a domain without one: an unfinished appraisal has no overall judgement.

        >>> t = load_tool("rob2-parallel")
        >>> t.overall({"D1": "Low", "D2": "Low", "D3": "Some concerns", "D4": "Low", "D5": "Low"}).judgement
        'Some concerns'
        """
        choices = tuple(level.label for level in self.overall_levels or self.levels)
        if self.overall_form.rule == "none":
            return Overall(None, None, "", ())
        if self.overall_form.rule == "manual":
            return Overall(None, None, "", choices)
        wanted = dict.fromkeys(domain.id for domain in self.domains(effect))
        for name in found:
            if name not in wanted:
                raise NotFound(f"there is no domain {name!r}", where=self.id, next_step=near(str(name), wanted))
        absent = [name for name in wanted if not found.get(name)]
        if absent:
            raise InputRefused(
                f"no judgement for {', '.join(absent)}",
                where=f"{self.id} overall",
                expected="one for every domain",
                next_step="judge them first",
            )
        levels = {name: self.level(found[name]) for name in wanted}
        form = self.overall_form
        return algorithm.worst_of(levels, flag_level=form.flag_level, flag_at=form.flag_at, flag=form.flag, choices=choices)

    def level(self, name: str) -> Level:
        """The level of this id or label. Raises InputRefused, with near matches."""
        return algorithm.level_named(name, self.levels, where=self.id)

    def overall_level(self, name: str) -> Level:
        """The level of the overall scale of this id or label; the tool's levels where it has no scale of its own."""
        return algorithm.level_named(name, self.overall_levels or self.levels, where=f"{self.id} overall")

    def refuse_design(self, design: str | None) -> None:
        """Nothing where the tool is made for the design; else raises InputRefused with the reason and the tool to use.

        design: a word of the tool files such as 'single-arm-trial'; blanks, capitals and 'randomized' are understood.
        A design that does not say how people were allocated is asked about, not guessed.
        """
        word = "-".join((design or "").casefold().replace("randomized", "randomised").replace("_", " ").replace("-", " ").split())
        barred = next((entry for entry in self.not_for if entry.design == word), None)
        if barred:
            raise self._barred(barred)
        if word in self.designs or "any" in self.designs:
            return
        known = [*self.designs, *(entry.design for entry in self.not_for)]
        if word in UNSTATED:
            raise InputRefused(
                f"{self.label} cannot be chosen while the design is {word or 'not stated'}",
                where=self.id,
                expected=", ".join(self.designs),
                next_step="state the design: were people allocated, was it at random, one by one or in groups, and was anybody compared?",
            )
        raise InputRefused(
            f"{self.label} says nothing about the design {word!r}",
            where=self.id,
            expected=", ".join(self.designs),
            next_step=near(word, known),
        )

    def _barred(self, entry: NotFor) -> InputRefused:
        instead = entry.hint or ("use " + " or ".join(entry.use) if entry.use else "choose another tool")
        return InputRefused(
            f"{self.label} is not made for a {entry.design}: {entry.why}",
            where=self.id,
            expected=", ".join(self.designs),
            next_step=instead,
        )

    def _check_effect(self, effect: str | None) -> None:
        if effect is not None and effect not in self.effects:
            raise InputRefused(
                f"there is no effect of interest {effect!r}",
                where=self.id,
                expected=" or ".join(self.effects) or "none: this tool does not tell effects apart",
                next_step=near(str(effect), self.effects),
            )


def load_tool(name: str, folder: Path | str | None = None) -> Tool:
    """The tool of this name: from *folder* (a project's own files), else from a plug-in, else as shipped.

    Raises NotFound with near matches, and ToolInvalid with every problem of the file.
    """
    project = _in_project(folder)
    if name in project:
        path, data = project[name]
        return parse_tool(data, file=str(path), origin="project")
    plugged = _plugged()
    if name in plugged:
        return parse_tool(plugged[name], file=name, origin="plug-in")
    shipped = _shipped()
    if name in shipped:
        return parse_tool(shipped[name], file=f"{name}.toml", origin="shipped")
    raise NotFound(f"there is no appraisal tool {name!r}", where="tools", next_step=near(str(name), {*project, *plugged, *shipped}))


def tool_names(folder: Path | str | None = None) -> dict[str, str]:
    """Every tool that can be loaded, in alphabetical order, with where it comes from: 'project', 'plug-in' or 'shipped'."""
    found = dict.fromkeys(_shipped(), "shipped") | dict.fromkeys(_plugged(), "plug-in") | dict.fromkeys(_in_project(folder), "project")
    return dict(sorted(found.items()))


@lru_cache(maxsize=64)
def parse_tool(data: bytes, *, file: str, origin: str = "kept copy") -> Tool:
    """A tool from the bytes of its file, such as the copy that a ledger keeps. Raises ToolInvalid with every problem."""
    text = _decoded(data, file)
    content = _content(text, file)
    form, problems = check(content)
    if problems:
        many = "one problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = "".join(f"\n  - {key}: {found}" for key, found in problems.items())
        raise ToolInvalid(f"{many} in this tool file{lines}", where=file, next_step="docs/write-a-tool.md describes every key")
    kept = {"file": file, "origin": origin, "sha256": hashlib.sha256(data).hexdigest(), "text": text}
    return Tool.model_validate(form.model_dump(by_alias=True) | kept)


def _decoded(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise ToolInvalid(
            f"byte {problem.start} is not UTF-8", where=file, expected="text in UTF-8", next_step="save the file as UTF-8"
        ) from problem


def _content(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))  # some editors put a byte order mark first
    except tomllib.TOMLDecodeError as problem:
        raise ToolInvalid(f"not TOML: {problem}", where=file, next_step="docs/write-a-tool.md shows a whole file") from problem


def _in_project(folder: Path | str | None) -> dict[str, tuple[Path, bytes]]:
    """The project's own tool files by id. One that cannot be read is refused, lest a shipped tool be used in its place unseen."""
    found: dict[str, tuple[Path, bytes]] = {}
    for path in sorted(Path(folder).glob("*.toml")) if folder is not None else []:
        data = path.read_bytes()
        name = _content(_decoded(data, str(path)), str(path)).get("id")
        name = name if isinstance(name, str) and name else path.stem
        if name in found:
            raise ToolInvalid(
                f"the id {name!r} is also that of {found[name][0].name}",
                where=str(path),
                expected="one file for each id",
                next_step="rename one",
            )
        found[name] = (path, data)
    return found


def _plugged() -> dict[str, bytes]:
    """The tools of installed plug-ins by id: an entry point names a path to a tool file, or its text."""
    found: dict[str, bytes] = {}
    for entry in entry_points(group=GROUP):
        place = f"plug-in {entry.name} ({entry.value})"
        try:
            offered = entry.load()
        except (ImportError, AttributeError) as problem:
            raise ToolInvalid(f"cannot be loaded: {problem}", where=place, next_step="reinstall or remove this plug-in") from problem
        if entry.name in found:
            raise ToolInvalid("two plug-ins offer this tool", where=place, expected="one", next_step="remove one of them")
        if isinstance(offered, Traversable):
            found[entry.name] = offered.read_bytes()
        elif isinstance(offered, str):
            found[entry.name] = offered.encode("utf-8")
        else:
            raise ToolInvalid(
                f"offers a {type(offered).__name__}", where=place, expected="a path to a tool file, or its text", next_step="ask its author"
            )
    return found


def _shipped() -> dict[str, bytes]:
    """The tools that ship, by id."""
    folder = resources.files("review.bias") / "tools"
    return {entry.name.removesuffix(".toml"): entry.read_bytes() for entry in folder.iterdir() if entry.name.endswith(".toml")}
