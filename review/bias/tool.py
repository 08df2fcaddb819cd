"""One appraisal tool: its questions, what they propose, and the designs that it is for. It refuses a design that it is not made for and an
answer that it does not allow; points are summed only where the tool sums them and nothing is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from review.bias import algorithm, scores
from review.bias.algorithm import NONE_OF_THEM, Domain, Judged, Level, Question
from review.bias.designs import made_for, refuse_design
from review.bias.scores import Overall
from review.bias.tool_check import APPLICABILITY
from review.bias.tool_form import ToolForm
from review.bias.wording import SUFFIX, Wording, read_wording
from review.errors import AnswerRefused, InputRefused, NotFound, near


class Tool(ToolForm):
    """One appraisal tool, frozen. ``sha256`` is of the file's bytes, ``text`` its content, ``origin`` where it came from.

    ``settings``: what the review's own settings make of it, in sentences that are reported with it.
    """

    file: str
    origin: str
    sha256: str
    text: str
    settings: tuple[str, ...] = ()
    gradings_on: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Tool {self.id} {self.version}, {self.origin}: {self.label}>"

    __str__ = __repr__

    @property
    def deviations(self) -> tuple[str, ...]:
        """The kinds of deviation of interest over all effects; ``deviations_by_effect`` says for which effect at least one is named."""
        return tuple(dict.fromkeys(kind for kinds in self.deviations_by_effect.values() for kind in kinds))

    @property
    def remarks(self) -> tuple[str, ...]:
        """Sentences that stand on every form and under every table of this tool: what is not verified first."""
        no_sum = "Answers are not summed, and no share of them is given." if self.overall_form.sum else ""
        discouraged = f"Discouraged: {self.discouraged}" if self.discouraged else ""
        return tuple(filter(None, (self.unverified, discouraged, *self.settings, no_sum)))

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

    def columns(self, effect: str | None = None) -> dict[str, str]:
        """What has a level of its own, with its words: the domains, or the items of a tool of items (whose parts are joined)."""
        if self.layout != "items":
            return {domain.id: domain.label for domain in self.domains(effect)}
        found: dict[str, str] = {}
        for question in self.questions(effect):
            found[question.column] = f"{found[question.column]}; {question.text}" if question.column in found else question.text
        return found

    def judged(self, effect: str | None = None) -> tuple[str, ...]:
        """The names that judgements may carry: each domain, and '<domain> applicability' where that is judged beside bias."""
        return tuple(
            name
            for domain in self.domains(effect)
            for name in (domain.id, f"{domain.id} {APPLICABILITY}" if APPLICABILITY in domain.judgements else "")
            if name
        )

    def word(self, question: str, answer: str) -> str:
        """The words of an answer: of its code, or of the choices ticked."""
        asked = next((entry for entry in self.questions() if entry.id == question), None)
        if asked is None or not asked.choices:
            return self.answers.get(answer, answer)
        texts = {choice.id: choice.text for choice in asked.choices} | {NONE_OF_THEM: "none of them"}
        return "; ".join(texts.get(ticked, ticked) for ticked in answer.split(algorithm.AND))

    def accept_preliminary(self, given: Mapping[str, str | None] | None, *, complete: bool = False) -> dict[str, str]:
        """The preliminary facts that count: None and '' are no answer; with *complete*, every required one must be there.

        Raises AnswerRefused for an unknown fact, a choice that is not offered, a number that is none, and one that is missing.
        """
        known = {fact.id: fact for fact in self.preliminary}
        for name in given or {}:
            if name not in known:
                raise AnswerRefused(
                    f"there is no preliminary fact {name!r}",
                    where=self.id,
                    expected=", ".join(known) or "none",
                    next_step=near(str(name), known),
                )
        counted: dict[str, str] = {}
        for name, fact in known.items():
            said = (given or {}).get(name)
            where = f"{self.id}, {name}: {fact.text}"
            if said in (None, ""):
                if complete and fact.required:
                    raise AnswerRefused(
                        "not given", where=where, expected=" or ".join(fact.options) or fact.kind, next_step="state it first"
                    )
            elif fact.kind == "choice" and said not in fact.options:
                raise AnswerRefused(f"{said!r} was given", where=where, expected=" or ".join(fact.options), next_step="give one of them")
            elif not isinstance(said, str) or (fact.kind == "number" and not said.strip().replace(".", "", 1).isdecimal()):
                raise AnswerRefused(
                    f"{said!r} was given", where=where, expected=f"a {fact.kind}", next_step="write it in digits, or as text"
                )
            else:
                counted[name] = said
        return counted

    def reached(
        self,
        domain: str,
        answers: Mapping[str, str | None],
        effect: str | None = None,
        *,
        preliminary: Mapping[str, str | None] | None = None,
    ) -> tuple[Question, ...]:
        """The questions of a domain that are asked, given the answers and preliminary facts so far."""
        return self.domain(domain, effect).reached(answers, self._facts(preliminary))

    def judge(
        self,
        domain: str,
        answers: Mapping[str, str | None],
        *,
        effect: str | None = None,
        preliminary: Mapping[str, str | None] | None = None,
    ) -> Judged:
        """What the tool proposes for one domain.

        answers      question id -> answer code; None, '' or no entry is no answer
        preliminary  preliminary fact -> what was stated; a choice among them may open questions
        Rules give ``.judgement`` (label), ``.level`` (id) and ``.path``, the rules that fired with the answers behind them. Where people
        judge, the answers are checked, ``.missing`` lists what is open, and for items ``.cells`` is item -> level id.
        Raises AnswerRefused for an answer that is forbidden or, with rules, missing.

        >>> from review.bias import load_tool
        >>> judged = load_tool("rob2-parallel").judge("D3", {"3.1": "N", "3.2": "PN", "3.3": "N"})
        >>> judged.judgement
        'Low'
        >>> print(judged.path[0])
        3.1 N, 3.2 PN, 3.3 N → Low: gaps that cannot depend on how people fared (D3-unrelated)
        """
        form = self.domain(domain, effect)
        where = f"{self.id} {domain}" + (f" ({form.effect})" if form.effect else "")
        by_rules = (form.judgement or self.judgement) == "rules"
        facts = self._facts(preliminary)
        unstated = self._unstated(form, facts)
        if by_rules and unstated:
            raise AnswerRefused(
                f"no answer to {unstated[0]}", where=where, expected="the fact that opens questions", next_step="state it first"
            )
        counted = algorithm.accept(form, answers, where=where, complete=by_rules, given=facts)
        shown = algorithm.hints(form, counted, facts)
        if by_rules:
            found = algorithm.decide(form, counted, self.levels, effect=effect, given=facts)
            return Judged(found.domain, effect, found.judgement, found.level, found.path, hints=shown)
        asked = form.reached(counted, facts)
        missing = (*unstated, *(question.id for question in asked if question.id not in counted))
        cells = self._cells(asked, counted) if self.layout == "items" else None
        return Judged(domain, effect, None, None, cells=cells, missing=missing, hints=shown)

    def cell(self, question: str, answer: str) -> str:
        """The level id as which one accepted answer of a tool of items is shown."""
        if self.cells_from == "answers":
            return self.cells[answer]
        asked = next(entry for entry in self.questions() if entry.id == question)
        earned, best = scores.points_of(asked, answer, self.points), scores.most_points(asked, self.points)
        return self.cells["all" if earned == best else "part" if earned else "none"]

    def _cells(self, asked: Sequence[Question], counted: Mapping[str, str]) -> dict[str, str | None]:
        """Item -> level: the worst of its parts, those outside the order of levels aside; None while a part that is asked has no answer."""
        by_id = {level.id: level for level in self.levels}
        found: dict[str, str | None] = {}
        for item in dict.fromkeys(question.column for question in asked):
            parts = [question for question in asked if question.column == item]
            shown = [by_id[self.cell(part.id, counted[part.id])] for part in parts if part.id in counted]
            found[item] = max(shown, key=algorithm.rank).id if len(shown) == len(parts) else None
        return found

    def overall(
        self,
        found: Mapping[str, str],
        *,
        effect: str | None = None,
        answers: Mapping[str, str | None] | None = None,
        preliminary: Mapping[str, str | None] | None = None,
    ) -> Overall:
        """What the tool proposes over all domains: the worst, the sum, the rating, or nothing where people decide.

        found    domain id -> level id or label, for the rule 'worst'; '<domain> applicability' may stand there too and does not count
        answers  question id -> answer code, for the rules 'sum' and 'amstar2'; a missing one leaves sum and rating blank
        A flag asks people to look again and never raises the judgement.
        Raises InputRefused for an unknown level and for a domain without one: an unfinished appraisal has no overall judgement.

        >>> from review.bias import load_tool
        >>> t = load_tool("rob2-parallel")
        >>> t.overall({"D1": "Low", "D2": "Low", "D3": "Some concerns", "D4": "Low", "D5": "Low"}).judgement
        'Some concerns'
        """
        scale = self.overall_levels or self.levels
        form = self.overall_form
        if form.rule == "none":
            return Overall(None, None, "", ())
        if form.rule == "manual":
            return Overall(None, None, "", tuple(level.label for level in scale))
        if form.rule in ("sum", "amstar2"):
            return self._scored(effect, answers or {}, preliminary)
        return self._worst(found, effect)

    def _worst(self, found: Mapping[str, str], effect: str | None) -> Overall:
        wanted = dict.fromkeys(domain.id for domain in self.domains(effect))
        for name in found:
            if name not in self.judged(effect):
                raise NotFound(f"there is no domain {name!r}", where=self.id, next_step=near(str(name), wanted))
        absent = [name for name in wanted if not found.get(name)]
        if absent:
            raise InputRefused(
                f"no judgement for {', '.join(absent)}",
                where=f"{self.id} overall",
                expected="one for every domain",
                next_step="judge them first",
            )
        return scores.worst_of({name: self.level(found[name]) for name in wanted}, self.overall_form, self.overall_levels or self.levels)

    def _scored(self, effect: str | None, answers: Mapping[str, str | None], preliminary: Mapping[str, str | None] | None) -> Overall:
        known = [question.id for question in self.questions(effect)]
        for name in answers:
            if name not in known:
                raise AnswerRefused(f"there is no question {name!r}", where=self.id, next_step=near(str(name), known))
        facts = self._facts(preliminary)
        asked: dict[str, tuple[Question, ...]] = {}
        counted: dict[str, str] = {}
        cells: dict[str, str | None] = {}
        missing: list[str] = []
        for domain in self.domains(effect):
            own = {question.id: answers.get(question.id) for question in domain.questions}
            judged = self.judge(domain.id, own, effect=effect, preliminary=preliminary)
            asked[domain.id] = domain.reached(own, facts)
            counted |= {question.id: str(own[question.id]) for question in asked[domain.id] if own[question.id]}
            cells |= judged.cells or {}
            missing += judged.missing
        left = tuple(dict.fromkeys(missing))
        if self.overall_form.rule == "amstar2":
            return scores.weakness_rating(cells, self.overall_form, self.overall_levels, left)
        switched_on = [grading for grading in self.gradings if grading.id in self.gradings_on]
        card = scores.score_card(asked, counted, left, self.points, switched_on, self.overall_form.unit)
        return Overall(None, None, "", (), score=card, missing=left, because=str(card))

    def tailored(self, *, partial_yes: str = "no-weakness", critical_items: Sequence[str] = (), gradings: Sequence[str] = ()) -> Tool:
        """The tool under a review's own settings ([appraisal] of review.toml), which ``.settings`` reports.

        partial_yes     'weakness' counts a partial answer among the weaknesses, 'no-weakness' does not
        critical_items  the critical items, where the review changes the tool's own
        gradings        ids of gradings to show; those that are unofficial stay marked so
        A setting that is not about this tool changes nothing. Raises InputRefused for a critical item that the tool does not have.
        """
        on = tuple(grading.id for grading in self.gradings if grading.id in gradings)
        said = [
            f"Grading switched on by this review, not by the tool's authors: {g.label}."
            for g in self.gradings
            if g.id in on and not g.official
        ]
        form = self.overall_form
        if form.rule == "amstar2":
            items = list(self.columns())
            strange = [item for item in critical_items if item not in items]
            if strange:
                raise InputRefused(
                    f"there is no item {', '.join(strange)}",
                    where=f"critical_items, {self.id}",
                    expected=", ".join(items),
                    next_step="correct review.toml",
                )
            critical = tuple(critical_items) or form.critical
            weak = (*form.weak, form.partial) if partial_yes == "weakness" and form.partial else form.weak
            own = (
                "as the tool has them"
                if critical == form.critical
                else f"set by this review; the tool's own are {', '.join(form.critical)}"
            )
            counts = "counts as a weakness, set by this review" if weak != form.weak else "does not count as a weakness"
            said = [f"Critical items: {', '.join(critical)} ({own}).", f"A partial yes {counts}.", *said]
            form = form.model_copy(update={"critical": critical, "weak": weak})
        return self.model_copy(update={"overall_form": form, "gradings_on": on, "settings": tuple(said)})

    def level(self, name: str) -> Level:
        """The level of this id or label. Raises InputRefused, with near matches."""
        return algorithm.level_named(name, self.levels, where=self.id)

    def overall_level(self, name: str) -> Level:
        """The level of the overall scale of this id or label; the tool's levels where it has no scale of its own."""
        return algorithm.level_named(name, self.overall_levels or self.levels, where=f"{self.id} overall")

    def for_design(self, design: str | None) -> bool:
        """Whether the tool is made for the design and can be used as it is."""
        return made_for(self, design) and not self.template

    def refuse_design(self, design: str | None, folder: Path | str | None = None, among: Sequence[Tool] | None = None) -> None:
        """Nothing where the tool is made for the design; else raises InputRefused with the reason and the tool to use.

        design: a word of the tool files such as 'single-arm-trial'; blanks, capitals and 'randomized' are understood.
        folder: the review's own tool files, for what is to be used instead.
        A design that does not say how people were allocated is asked about, not guessed. A template is refused until it is copied.
        """
        refuse_design(self, design, folder, among)

    def official(self, folder: Path | str | None) -> Wording | None:
        """The official wording that a team keeps for its own use in *folder*/<id>.wording.toml, None where there is none.

        Raises ToolInvalid for a file that is not about this tool and version, or names a question that it does not have.
        """
        path = None if folder is None else Path(folder) / f"{self.id}{SUFFIX}"
        return read_wording(path, self) if path is not None and path.is_file() else None

    def wording_hash(self, folder: Path | str | None) -> str:
        """The SHA-256 of the official wording in *folder*, '' where there is none: what an assessment says of it."""
        found = self.official(folder)
        return found.sha256 if found else ""

    def _facts(self, preliminary: Mapping[str, str | None] | None) -> dict[str, str]:
        """The preliminary choices that may open questions."""
        if not preliminary:
            return {}
        choices = {fact.id for fact in self.preliminary if fact.kind == "choice"}
        return {name: said for name, said in self.accept_preliminary(preliminary).items() if name in choices}

    def _unstated(self, domain: Domain, facts: Mapping[str, str]) -> tuple[str, ...]:
        """The preliminary facts that questions of a domain hang on and that are not stated."""
        open_choices = [fact.id for fact in self.preliminary if fact.kind == "choice" and fact.id not in facts]
        behind = {name for question in domain.questions for name, _ in question.behind} if open_choices else set()
        return tuple(name for name in open_choices if name in behind)

    def _check_effect(self, effect: str | None) -> None:
        if effect is not None and effect not in self.effects:
            raise InputRefused(
                f"there is no effect of interest {effect!r}",
                where=self.id,
                expected=" or ".join(self.effects) or "none: this tool does not tell effects apart",
                next_step=near(str(effect), self.effects),
            )
