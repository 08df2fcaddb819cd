// The appraisal desk in the browser: a list of studies and forms; a form whose questions open as conditions are met, with its path and the
// lines that support each answer; and what two judged differently, side by side. Every change of a form is sent as a draft.

const ANSWER_KEYS = { Y: "yes", PY: "probably_yes", PN: "probably_no", N: "no", NI: "no_information", NA: "not_applicable", U: "unclear" };
const OVERALL = "overall";
const STATUS = { draft: "Draft", "by one": "Submitted", "not assessed": "Not assessed" };
const TWO = ["One", "The other"];

class Appraisal extends KeptForm {
  static label = "Appraisal desk";
  static falls = {
    ...Card.falls, list: ["", "No answer yet"], choose: ["", "No answer yet"], go: ["", "No answer yet"], copy: ["", "No answer yet"], begin: ["Saving", "Not confirmed yet"],
    keep: ["Saving", "Not confirmed yet"], submit: ["Saving", "Not confirmed yet"], decline: ["Saving", "Not confirmed yet"], settle: ["Saving", "Not confirmed yet"],
  };

  constructor(model) {
    super(model);
    this.domain = 0; // its place; after the last comes the overall judgement
  }

  commands() {
    const form = this.mode === "form";
    const settle = this.mode === "settle";
    const codes = this.tool ? [...new Set(this.tool.domains.flatMap((domain) => domain.questions.flatMap((question) => question.options)))] : [];
    return {
      ...Object.fromEntries(codes.filter((code) => ANSWER_KEYS[code]).map((code) => [ANSWER_KEYS[code], [this.tool.words[code] ?? code, () => this.give(code)]])),
      ...(settle ? { first: ["Take the one", () => this.takeSide(0)], second: ["Take the other", () => this.takeSide(1)] } : {}),
      ...(form || settle ? {
        quote: ["Quote", () => this.quote()],
        support: ["Support", () => this.toSupport()],
        judge: ["Judgement", () => this.toggleJudging()],
        direction: ["Direction", () => this.toggleDirection()],
        submit: [settle ? "Settle" : "Submit", () => this.submit()],
        list: ["List", () => this.toList()],
      } : {}),
      ...(form ? { copy: ["Copy domain 1", () => this.toggleCopying()] } : {}),
      decline: ["Not assessed", () => this.toggleDeclining()],
      ...super.commands(),
      undo: ["Undo", () => this.undo()],
    };
  }

  parts() {
    const bar = (name, words, kind, more = {}) => this.command(name, { words, press: () => this.commands()[name]?.[1](), class: kind, ...more });
    this.bars = {
      quote: bar("quote", "Quote", "plain"), support: bar("support", "Support", "plain"), judge: bar("judge", "Judgement", "plain"), direction: bar("direction", "Direction", "plain"),
      submit: bar("submit", "Submit", "decision submit", { "data-needs": "record" }), list: bar("list", "List", "quiet"), decline: bar("decline", "Not assessed", "quiet"),
      undo: bar("undo", "Undo", "quiet"),
    };
    this.judging = this.sheet("Judgement", "judging");
    this.pointing = this.sheet("Direction of the bias", "pointing");
    this.declining = this.sheet("Not assessed", "declining");
    this.copying = this.sheet("Copy domain 1", "copying");
    this.settling = this.sheet("Consensus", "settling");
    const { quote, support, judge, direction, submit, list, decline, undo } = this.bars;
    return { side: [], sheets: [this.judging, this.pointing, this.declining, this.copying, this.settling], deciding: [quote, support, judge, direction, submit], quiet: [decline, list, undo] };
  }

  // ---- what comes on show

  fill(card) {
    this.quotes.leave();
    this.quotes.forget();
    if (this.pane.isOpen()) this.pane.leave();
    this.mode = card?.mode ?? "list";
    this.root.dataset.mode = this.mode;
    this.tool = card?.tool ?? null;
    this.beginAnew();
    this.record.setAttribute("aria-label", this.mode === "list" ? "Studies" : "Source");
    for (const [name, one] of Object.entries(this.bars)) one.hidden = !(name in this.commands());
    this.bars.submit.querySelector("span").textContent = this.mode === "settle" ? "Settle" : "Submit";
    if (this.mode === "list") this.fillList(card);
    else this.fillForm(card);
    const under = this.mode === "list" && card?.study && this.side.offsetTop > this.record.offsetTop; // where there is no room beside each other
    this.record.scrollTop = this.side.scrollTop = 0;
    this.record.parentElement.scrollTop = under ? this.side.offsetTop - this.record.offsetTop : 0;
  }

  nothing() {
    return "No study is to be assessed yet.";
  }

  done(sent) {
    return { begin: "Saved: a draft was begun", submit: "Submitted", decline: "Saved: not assessed", settle: "Settled", undo: "Undone" }[sent.kind] ?? "Saved";
  }

  // ---- the list

  fillList(card) {
    const rows = card?.rows ?? [];
    put(this.record, make("h2", {}, "What there is to assess"), rows.length ? null : make("p", { class: "closed" }, this.nothing()),
      make("div", { class: "studies", onkeydown: (event) => this.walkAll(event) }, ...rows.map((row) => this.studyRow(row, card))));
    put(this.side, ...(card?.study ? this.beginning(card.study) : rows.length ? [make("p", { class: "hint" }, "Choose a study, or a form that was begun.")] : []));
  }

  studyRow(row, card) {
    const open = (place, settle, ...words) => button(words, () => this.send({ kind: "go", ...place, other: settle ? "settle" : "" }), { class: `formrow${settle ? " differs" : ""}` });
    const is = row.study === card.study?.id;
    return make("section", { class: "study", "aria-label": row.label },
      button([make("b", { dir: "auto" }, row.label), make("small", { dir: "auto" }, [row.title, row.became, row.waits ? "waits for you" : ""].filter(Boolean).join(" · "))],
        () => this.send({ kind: "choose", study: row.study }), { class: "studyrow", "aria-pressed": String(is) }),
      ...row.differing.map(({ words, ...place }) => open(place, true, make("b", {}, "Two judged differently"), make("small", { dir: "auto" }, words))),
      ...row.forms.map(({ words, status, ...place }) => (status === "not assessed"
        ? make("p", { class: "formrow said", dir: "auto" }, make("b", {}, STATUS[status]), ` ${words}`)
        : open(place, false, make("b", {}, STATUS[status]), make("small", { dir: "auto" }, words)))));
  }

  /** What is asked before a form is begun. */
  beginning(study) {
    const head = [make("h3", { dir: "auto" }, study.label), make("p", { class: "source" }, study.design ? `Design: ${study.design}` : "The design is not stated yet: it is extracted first.")];
    const refused = study.refused.length ? make("details", { class: "refused", open: !study.tools.length }, make("summary", {}, `Not for this design: ${study.refused.length}`),
      ...study.refused.map(({ tool, why, instead }) => make("p", {}, make("b", {}, tool), ` ${why}. `, instead ? `Next: ${instead}.` : ""))) : null;
    this.start = { study: study.id, tool: "", result: "", effect: null, form: emptyForm() };
    if (!study.assessor) return [...head, make("p", { class: "hint" }, "You have no role assessor in review.toml; you may settle what two judged differently.")];
    if (!study.tools.length) return [...head, make("p", { class: "warning" }, "No tool fits."), refused];
    const tools = make("div", { class: "choices", role: "group", "aria-label": "Tool" });
    const rest = make("div", {});
    const choose = (tool) => {
      Object.assign(this.start, { tool: tool.tool, effect: tool.effects[0] ?? null, form: { ...emptyForm(), outcome: this.start.form.outcome } });
      tools.replaceChildren(...study.tools.map((one) => button([make("b", {}, one.label), make("small", {}, one.why), ...one.remarks.map((remark) => make("small", {}, remark))], () => choose(one),
        { class: "choice", "aria-pressed": String(one === tool) })));
      rest.replaceChildren(...this.beginFields(study, tool));
    };
    choose(study.tools[0]);
    return [...head, make("h4", {}, "Tool"), tools, refused, rest];
  }

  beginFields(study, tool) {
    const start = this.start;
    const name = make("input", { type: "text", maxlength: "300", list: `${this.listName ??= mint()}`, oninput: () => { start.result = name.value; } });
    name.value = start.result;
    const known = make("datalist", { id: this.listName }, ...study.results.map((one) => make("option", { value: one })));
    const outcomes = choiceRow("Outcome of the protocol", study.outcomes.map((one) => [one.id, one.name]), () => start.form.outcome, (id) => {
      const names = study.outcomes.map((one) => one.name);
      start.form.outcome = id;
      if (id && (!name.value.trim() || names.includes(name.value))) name.value = start.result = study.outcomes.find((one) => one.id === id).name;
    });
    const facts = make("div", {});
    const drawFacts = () => put(facts, ...factFields(tool.facts[start.effect ?? ""], start.form, () => {}));
    const effects = tool.effects.length ? choiceRow("Effect of interest", tool.effects.map((one) => [one, `effect of ${one}`]), () => start.effect, (effect) => {
      start.effect = effect ?? tool.effects[0];
      start.form.deviations = [];
      drawFacts();
    }) : null;
    drawFacts();
    return [
      study.outcomes.length ? outcomes : null,
      make("label", { class: "field" }, make("span", { class: "name" }, tool.unit === "result" ? "Result that is assessed" : "Result, where only one is meant"), name, known),
      effects, facts,
      make("div", { class: "row" }, button("Begin", () => this.begin(), { class: "decision" })),
    ].filter(Boolean);
  }

  begin() {
    const { form, effect, result, tool } = this.start;
    const chosen = this.shown.study.tools.find((one) => one.tool === tool);
    if (chosen.unit === "result" && !result.trim()) return this.say("Name the result that is assessed", "unconfirmed");
    if (chosen.facts[effect ?? ""].deviations.length && !form.deviations.length) return this.say("Name a deviation of interest, since the effect is that of adhering", "unconfirmed");
    if (!this.pending) this.send({ kind: "begin", ...this.start });
  }

  // ---- the form

  fillForm(card) {
    this.place = card.place;
    this.form = structuredClone(card.form);
    this.judged = card.judged;
    this.sides = card.sides;
    const same = this.formName === card.report && this.formMode === card.mode;
    [this.formName, this.formMode] = [card.report, card.mode];
    if (!same) [this.domain, this.current] = [this.firstOpen(), ""];
    this.record.replaceChildren(...this.quotes.parts);
    this.quotes.fill([]);
    this.quotes.fill(card.sources);
    this.strip = make("div", { class: "strip", role: "group", "aria-label": "Domains" });
    this.sheetOf = make("div", { class: "domain" });
    const about = [card.tool.label, card.place.effect ? `effect of ${card.place.effect}` : "", card.outcome ? `outcome: ${card.outcome}` : ""].filter(Boolean).join(" · ");
    const settling = card.mode === "settle";
    const asked = settling ? { ...card.tool.facts, deviations: [], sources: [] } : card.tool.facts; // a consensus has neither of its own
    const unlike = settling ? asked.preliminary.filter((fact) => new Set(card.sides.map((side) => side.preliminary[fact.id] ?? "")).size > 1) : [];
    const facts = make("details", { class: "facts-said", open: unlike.length > 0 }, make("summary", {}, "About this result"),
      ...unlike.map((fact) => make("p", { class: "terms", dir: "auto" }, `${fact.text} `, ...card.sides.map((side, at) => `${TWO[at]}: ${side.preliminary[fact.id] || "not stated"}. `))),
      ...factFields(asked, this.form, () => { this.changed(); this.drawDomain(); }));
    put(this.side, make("h3", { class: "about", dir: "auto" }, card.title), make("p", { class: "source", dir: "auto" }, about),
      ...card.tool.remarks.map((remark) => make("p", { class: "terms" }, remark)),
      card.mode === "form" && card.status !== "draft" ? make("p", { class: "own" }, "You have submitted this. A change is a draft until you submit it again.") : null,
      settling ? make("p", { class: "terms" }, card.by_agreement ? "One of these forms is yours: settle it by agreement with the other assessor, and say so." : "Take one side, or answer yourself, where they differ.") : null,
      settling && !asked.preliminary.length ? null : facts, this.strip, this.sheetOf);
    this.drawDomain();
    if (document.activeElement === document.body || this.record.contains(document.activeElement)) this.side.focus({ preventScroll: true });
  }

  firstOpen() {
    const at = this.tool.domains.findIndex((domain) => this.differs(domain).length || this.judged.domains[domain.id].missing.length);
    return at < 0 ? (this.tool.overall_levels.length ? this.tool.domains.length : 0) : at;
  }

  /** The domain on show; null at the overall judgement. */
  get shownDomain() {
    return this.tool?.domains[this.domain] ?? null;
  }

  get target() {
    return this.shownDomain?.id ?? OVERALL;
  }

  get stops() {
    return this.tool.domains.length + (this.tool.overall_levels.length ? 1 : 0);
  }

  reached(domain = this.shownDomain) {
    return domain ? reachedIn(domain.questions, this.form.answers, this.form.preliminary) : [];
  }

  question() {
    return this.reached().find((one) => one.id === this.current);
  }

  /** An answer in the tool's words; of a question that spells out its choices, in those. */
  word(question, given) {
    if (!given) return "";
    const texts = Object.fromEntries((question?.choices ?? []).map(({ id, text }) => [id, text]));
    return texts[given] ?? this.tool.words[given] ?? given.split("+").map((one) => texts[one] ?? one).join("; ");
  }

  /** The questions of *domain* that the two sides answered differently and that are not settled yet. */
  differs(domain, all = false) {
    if (this.mode !== "settle" || this.sides.some((side) => side.not_assessed)) return [];
    return domain.questions.filter(({ id }) => this.sides[0].answers[id] !== this.sides[1].answers[id] && (all || !this.form.answers[id])).map(({ id }) => id);
  }

  drawStrip() {
    const buttons = this.tool.domains.map((domain, at) => {
      const { final, missing } = this.judged.domains[domain.id];
      const level = this.tool.levels.find((one) => one.label === final);
      const left = this.differs(domain).length;
      const words = final || (left ? `${left} to settle` : missing.length ? `${missing.length} open` : domain.rules || this.tool.items ? "answered" : "not judged");
      return this.stop(at, domain.id, `${domain.id} ${domain.label}: ${words}`, level, missing.length || left ? `${left || missing.length}` : level ? "" : "✓");
    });
    if (this.tool.overall_levels.length) {
      const final = this.judged.overall.final;
      buttons.push(this.stop(this.tool.domains.length, "Overall", `Overall: ${final || "not judged"}`, this.tool.overall_levels.find((one) => one.label === final), ""));
    }
    const focused = [...this.strip.children].indexOf(document.activeElement);
    this.strip.replaceChildren(...buttons);
    if (focused >= 0) buttons[focused]?.focus();
  }

  stop(at, words, label, level, left) {
    const sign = make("span", { class: `chip${level ? "" : " none"}`, "aria-hidden": "true" }, level?.symbol ?? left);
    if (level?.colour) Object.assign(sign.style, { background: level.colour, color: level.ink });
    const one = button(words, () => this.goTo(at), { class: "stop", "aria-label": label, title: label, "aria-current": at === this.domain ? "true" : null });
    one.append(level || left ? sign : "");
    return one;
  }

  goTo(at) {
    if (at < 0 || at >= this.stops) return;
    [this.domain, this.current] = [at, ""];
    this.drawDomain();
    this.side.scrollTop = 0;
    this.tell(this.shownDomain ? `${this.shownDomain.id} ${this.shownDomain.label}.` : "Overall.");
  }

  /** Builds the domain on show anew; answers and the like are marked in it later. */
  drawDomain() {
    const domain = this.shownDomain;
    const inside = this.sheetOf.contains(document.activeElement);
    const reached = this.reached();
    if (!reached.some((one) => one.id === this.current)) this.current = (reached.find((one) => !this.form.answers[one.id]) ?? reached[0])?.id ?? "";
    this.aside = make("div", { class: "aside" });
    this.paths = make("div", { class: "paths" });
    this.judgement = make("div", { class: "judgement-said", role: "group", "aria-label": "Judgement" });
    this.outcome = make("div", { class: "outcome" }, this.paths, this.judgement);
    if (domain) {
      this.rows = new Map(domain.questions.map((question) => [question.id, this.questionRow(question)]));
      this.questions = make("ol", { class: "questions" }, ...[...this.rows.values()].map((row) => row.el));
      put(this.sheetOf, make("h4", {}, `${domain.id} ${domain.label}`), domain.note ? make("p", { class: "hint" }, domain.note) : null, this.questions, this.aside, this.outcome);
    } else {
      this.rows = new Map();
      put(this.sheetOf, make("h4", {}, "Overall"), this.outcome);
    }
    this.mark();
    if (inside && !this.sheetOf.contains(document.activeElement)) this.side.focus({ preventScroll: true });
  }

  questionRow(question) {
    const at = () => this.point(question.id);
    const codes = question.many ? [...question.choices.map((one) => one.id), "none"] : question.options;
    const options = codes.map((code, place) => {
      const command = question.choices.length ? null : ANSWER_KEYS[code];
      const attributes = { class: `option${question.choices.length ? " spelt" : ""}`, "aria-pressed": "false", "data-value": code };
      const press = () => { at(); this.give(code); };
      const words = this.word(question, code);
      return command ? this.command(command, { words, press, ...attributes }) : button(words, press, { key: digitFor(codes, place), ...attributes });
    });
    const text = make("textarea", { rows: "1", maxlength: "4000", "data-field": "text", "aria-label": `Support for ${question.id}`, placeholder: "What supports this answer" });
    const quotation = make("textarea", { rows: "1", maxlength: "4000", "data-field": "quotation", "aria-label": `Quotation for ${question.id}`, placeholder: "Quoted words" });
    const location = make("input", { type: "text", maxlength: "300", "data-field": "location", "aria-label": `Where the quotation for ${question.id} stands`, placeholder: "Where it stands" });
    const fields = { text, quotation, location };
    for (const [name, field] of Object.entries(fields)) {
      field.value = this.form.support[question.id]?.[name] ?? "";
      field.addEventListener("input", () => this.typed(question.id, name, field.value));
    }
    const support = make("div", { class: "support" }, text, make("div", { class: "quote" }, quotation, location));
    const said = make("div", { class: "support-said" });
    const since = make("p", { class: "hint", title: question.condition ? `Asked when ${question.condition}` : null });
    const sides = make("div", { class: "sides" });
    const el = make("li", { onfocusin: this.onEntering(at) }, make("p", { class: "asks", onclick: at }, make("b", {}, question.id), " ", question.text),
      question.note ? make("p", { class: "hint" }, question.note) : null, since,
      make("div", { class: "options", role: "group", "aria-label": `${question.id}: ${question.text}` }, ...options), sides, said, support);
    return { el, options, fields, said, sides, since, behind: [...Object.entries(question.all), ...Object.entries(question.any)] };
  }

  /** Marks answers, the question that the keys are on, what is kept aside, the path and the judgement. */
  mark() {
    const domain = this.shownDomain;
    const inside = this.sheetOf.contains(document.activeElement);
    const reached = this.reached();
    const open = new Set(reached.map((one) => one.id));
    for (const [id, row] of this.rows) {
      const here = id === this.current;
      row.el.hidden = !open.has(id);
      row.el.toggleAttribute("data-here", here);
      here ? row.el.setAttribute("aria-current", "true") : row.el.removeAttribute("aria-current");
      for (const one of row.options) one.setAttribute("aria-pressed", String((this.form.answers[id] ?? "").split("+").includes(one.dataset.value)));
      const opened = row.behind.filter(([name, accepted]) => accepted.includes(this.form.answers[name])).map(([name]) => `${name} ${this.tool.words[this.form.answers[name]]}`);
      row.since.textContent = opened.length ? `Asked since ${opened.join(" and ")}` : "";
      row.since.hidden = !opened.length;
      this.markSupport(id, row);
      this.markSides(id, row);
    }
    if (domain) {
      const kept = domain.questions.filter((one) => this.form.answers[one.id] && !open.has(one.id));
      this.aside.replaceChildren(...(kept.length ? [make("p", {}, make("b", {}, "No longer asked, kept aside: "), kept.map((one) => `${one.id} ${this.word(one, this.form.answers[one.id])}`).join("; "))] : []));
    }
    this.drawPath(domain, reached);
    this.drawStrip();
    if (inside && !this.sheetOf.contains(document.activeElement)) this.side.focus({ preventScroll: true }); // its button was drawn anew
  }

  markSupport(id, row) {
    const { text = "", quotation = "", location = "" } = this.form.support[id] ?? {};
    put(row.said, text ? make("p", { dir: "auto" }, text) : null,
      quotation ? make("blockquote", { dir: "auto" }, quotation, location ? make("small", {}, location) : null) : null);
    for (const [name, field] of Object.entries(row.fields)) {
      if (document.activeElement !== field) field.value = this.form.support[id]?.[name] ?? "";
    }
  }

  markSides(id, row) {
    if (this.mode !== "settle") return;
    const differs = this.sides[0].answers[id] !== this.sides[1].answers[id];
    row.el.toggleAttribute("data-differs", differs);
    row.sides.replaceChildren(...this.sides.map((side, at) => {
      const { text = "", quotation = "", location = "" } = side.support[id] ?? {};
      const name = ["first", "second"][at];
      const words = side.not_assessed ? "not assessed" : this.word(this.shownDomain.questions.find((one) => one.id === id), side.answers[id]) || "not asked";
      return make("div", { class: "saying" },
        make("p", {}, make("span", { class: "whose" }, `${TWO[at]}: `), make("b", {}, words)),
        text ? make("p", { class: "said-why", dir: "auto" }, text) : null, quotation ? make("blockquote", { dir: "auto" }, quotation, location ? make("small", {}, location) : null) : null,
        differs && side.answers[id] ? this.command(name, { words: "Take this", "aria-label": `Take what ${TWO[at].toLowerCase()} says on ${id}`, press: () => { this.point(id); this.takeSide(at); }, class: "take" }) : null);
    }));
  }

  drawPath(domain, reached) {
    const found = domain ? this.judged.domains[domain.id] : this.judged.overall;
    const levels = domain ? this.tool.levels : this.tool.overall_levels;
    if (domain) this.paths.replaceChildren(...pathOf(domain, found, this.form.answers, reached, this.tool), ...(found.hints ?? []).map((hint) => make("p", { class: "hint" }, hint)), ...this.wrong(found));
    else this.paths.replaceChildren(make("ul", { class: "worst" }, ...this.tool.domains.map((one) => make("li", {}, make("b", {}, one.id), ` ${one.label} `, chip(this.judged.domains[one.id].final, this.tool.levels, this.tool.items ? "answered" : "open")))), ...this.wrong(found));
    const target = this.target;
    const why = this.form.override[target];
    const chosen = this.form.judgements[target];
    const said = [];
    if (found.proposed) said.push(make("p", {}, found.path?.length > 1 ? "Proposed, the worst of these: " : "Proposed: ", chip(found.proposed, levels)));
    if (found.score) said.push(make("p", {}, found.score));
    if (found.because && !found.score) said.push(make("p", { class: "because" }, found.because));
    if (!domain && found.flag) said.push(make("p", { class: "flagged" }, found.flag));
    if (chosen) said.push(make("p", {}, found.proposed ? "You judge: " : "Judged: ", chip(chosen, levels), why ? ` because: ${why}` : ""));
    else if (!found.proposed && levels.length && (!domain || domain.judged)) said.push(make("p", { class: "hint" }, found.waits?.length ? `Waits for ${found.waits.join(", ")}.` : domain?.rules ? "No proposal while a question is open." : "A person judges here."));
    if (this.form.directions[target]) said.push(make("p", {}, `Direction: ${this.form.directions[target]}`));
    if (domain?.applicability) said.push(...this.applicability(domain, levels));
    if (this.mode === "settle") said.push(...this.sidesJudged(target, levels));
    this.judgement.replaceChildren(...said);
    this.sheetOf.style.setProperty("--outcome", `${this.outcome.offsetHeight + 16}px`); // it covers the end of a long domain
    this.bars.judge.hidden = domain ? !domain.judged : !levels.length;
    this.bars.direction.hidden = !this.directions().length;
  }

  /** Whether the study fits the review's question, which some tools ask beside bias. */
  applicability(domain, levels) {
    const target = `${domain.id} applicability`;
    return [make("p", { class: "applies" }, `Applicability: ${domain.applicability} `, chip(this.form.judgements[target] ?? "", levels, "not judged"), " ",
      button("Judge it", () => this.toggleJudging(target), { class: "take" }))];
  }

  wrong({ wrong }) {
    return wrong ? [make("p", { class: "warning" }, wrong)] : [];
  }

  sidesJudged(target, levels) {
    return this.sides.map((side, at) => {
      const why = side.why[target];
      return make("p", {}, make("span", { class: "whose" }, `${TWO[at]}: `), side.not_assessed ? `not assessed, since ${side.not_assessed}` : chip(side.finals[target], levels, "–"), why ? ` because: ${why}` : "");
    });
  }

  // ---- answering

  give(code) {
    const question = this.question();
    if (!question || !this.tool) return;
    const many = question.many && code !== "none";
    if (!many && !question.options.includes(code)) return this.tell(`${this.word(question, code)} is no answer to ${question.id}.`);
    const before = new Set(this.reached().map((one) => one.id));
    this.remember();
    const now = this.form.answers[question.id] ?? "";
    if (many) {
      const ticked = new Set(now.split("+"));
      if (!ticked.delete(code)) ticked.add(code);
      setOrDelete(this.form.answers, question.id, question.choices.map((one) => one.id).filter((one) => ticked.has(one)).join("+"));
    } else setOrDelete(this.form.answers, question.id, now === code ? "" : code);
    this.after(question, before, many);
  }

  takeSide(at) {
    const question = this.question();
    const given = question && this.sides[at].answers[question.id];
    if (!given) return;
    const before = new Set(this.reached().map((one) => one.id));
    this.remember();
    this.form.answers[question.id] = given;
    if (this.sides[at].support[question.id]) this.form.support[question.id] = { ...this.sides[at].support[question.id] };
    this.after(question, before);
  }

  /** Goes on to the next open question of the domain, and says what has opened. */
  after(question, before, stay = false) {
    const reached = this.reached();
    const order = reached.map((one) => one.id);
    const at = order.indexOf(question.id);
    const given = this.form.answers[question.id];
    const next = given && !stay && [...reached.slice(at + 1), ...reached.slice(0, at)].find((one) => !this.form.answers[one.id]);
    const opened = order.filter((id) => !before.has(id));
    const closed = [...before].filter((id) => !order.includes(id));
    if (next) this.current = next.id;
    this.changed();
    this.mark();
    this.showCurrent();
    this.tell([`${question.id} ${given ? this.word(question, given) : "has no answer now"}.`, opened.length ? `Opened: ${opened.join(", ")}.` : "", closed.length ? `No longer asked: ${closed.join(", ")}.` : "",
      next ? `Now ${next.id}: ${next.text}.` : "No question of this domain is open."].filter(Boolean).join(" "));
  }

  showCurrent() {
    const row = this.rows.get(this.current)?.el;
    if (row && !row.contains(document.activeElement) && this.sheetOf.contains(document.activeElement)) this.side.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  }

  point(id) {
    if (this.current === id) return;
    this.current = id;
    this.mark();
  }

  step(by) {
    const reached = this.reached();
    const next = reached[reached.findIndex((one) => one.id === this.current) + by];
    if (!next) return;
    this.point(next.id);
    this.showCurrent();
    const given = this.form.answers[next.id];
    this.tell(`${next.id}: ${next.text}. ${this.word(next, given) || "Open"}.`);
  }

  digit(at) {
    const sheet = this.sheets.find((one) => !one.hidden);
    if (sheet) return sheet.querySelectorAll("[data-digit]")[at]?.click();
    const question = this.question();
    if (!question || this.mode === "list") return;
    const codes = question.many ? [...question.choices.map((one) => one.id), "none"] : question.options;
    const code = codes.find((_, place) => digitFor(codes, place) === String((at + 1) % 10));
    if (code !== undefined) this.give(code);
  }

  moves() {
    return { ArrowDown: () => this.step(1), ArrowUp: () => this.step(-1), ArrowRight: () => this.goTo(this.domain + 1), ArrowLeft: () => this.goTo(this.domain - 1) };
  }

  // ---- support and quotation

  typed(id, name, value) {
    const said = { text: "", quotation: "", location: "", ...this.form.support[id], [name]: value };
    if (said.text || said.quotation || said.location) this.form.support[id] = said;
    else delete this.form.support[id];
    super.typed();
  }

  toSupport() {
    const row = this.rows?.get(this.current);
    row?.fields.text.focus();
  }

  quote() {
    const row = this.rows?.get(this.current);
    if (!row) return this.say("Go to a question first, then quote", "unconfirmed");
    if (this.quotes.quote()) {
      this.say(this.quoting(), "unconfirmed");
      this.tell(`Choose the sentence for ${this.current} by arrows and Enter.`);
    } else {
      this.say("Copy the sentence there, paste it here, and say on which page it stands", "unconfirmed");
      row.fields.quotation.focus();
    }
  }

  quoting() {
    return `Choose the sentence for ${this.current}: point at it, or arrows and Enter`;
  }

  quoted(text, where) {
    const row = this.rows.get(this.current);
    if (!row) return;
    this.remember();
    this.form.support[this.current] = { text: "", ...this.form.support[this.current], quotation: text, location: where };
    this.say("");
    this.changed();
    this.mark();
    this.side.focus({ preventScroll: true });
    row.el.scrollIntoView({ block: "nearest" });
    this.tell(`Quoted for ${this.current}, ${where}.`);
  }

  // ---- sheets

  toggleJudging(target = this.target) {
    const domain = this.shownDomain;
    if (!this.judging.hidden) return this.closeSheet();
    if (this.pending || this.dirty) return this.whenFree(() => this.toggleJudging(target)); // what is proposed is on its way
    const choices = this.judged.overall.choices;
    const levels = domain ? this.tool.levels : this.tool.overall_levels.filter((level) => !choices.length || choices.includes(level.label));
    if (!levels.length || this.bars.judge.hidden) return;
    const beside = domain && target !== domain.id; // applicability, which no rule proposes
    const { proposed, waits } = beside ? { proposed: "" } : domain ? this.judged.domains[target] : this.judged.overall;
    if (domain?.rules && !proposed && !beside) return this.say("Answer the open questions first: then there is a proposal to keep or to change", "unconfirmed");
    if (!domain && waits.length) return this.say(`It waits for ${waits.join(", ")}`, "unconfirmed");
    let chosen = this.form.judgements[target] ?? proposed;
    const why = this.reasonField("Why it differs from what is proposed", () => take());
    why.value = this.form.override[target] ?? "";
    const hint = make("p", { class: "hint", "aria-live": "polite" }, proposed ? `Proposed: ${proposed}. Another judgement needs its reason.` : "Nothing is proposed: a person judges.");
    const buttons = levels.map((level, at) => this.numbered(at, [chip(level.label, levels)], () => pick(level.label), { "aria-pressed": String(level.label === chosen) }));
    const pick = (label) => {
      chosen = label;
      buttons.forEach((one, at) => one.setAttribute("aria-pressed", String(levels[at].label === chosen)));
      if (!proposed || chosen === proposed) take();
      else why.focus();
    };
    const take = () => {
      if (proposed && chosen !== proposed && !why.value.trim()) {
        hint.textContent = `Say why it is ${chosen} and not ${proposed}.`;
        why.focus();
        return;
      }
      this.remember();
      const differs = chosen !== proposed;
      setOrDelete(this.form.judgements, target, differs ? chosen : "");
      setOrDelete(this.form.override, target, differs && proposed ? why.value.trim() : "");
      this.closeSheet();
      this.changed();
      this.mark();
    };
    this.judging.replaceChildren(make("h3", {}, domain ? `${beside ? target : domain.id} ${domain.label}` : "Overall"), hint, make("div", { class: "row" }, ...buttons), ...(proposed ? [why] : []),
      make("div", { class: "row" }, proposed ? button("Take it", take, { key: "Enter" }) : null, button("Back", () => this.closeSheet(), { key: "Escape" })));
    this.openSheet(this.judging, "button");
  }

  directions() {
    return this.shownDomain ? this.shownDomain.directions : this.tool?.directions ?? [];
  }

  toggleDirection() {
    if (!this.pointing.hidden) return this.closeSheet();
    const target = this.target;
    const names = this.directions();
    if (!names.length) return;
    const take = (name) => {
      this.remember();
      setOrDelete(this.form.directions, target, name);
      this.closeSheet();
      this.changed();
      this.mark();
    };
    this.pointing.replaceChildren(make("h3", {}, `${target === OVERALL ? "Overall" : target}: where the bias would lead`),
      ...names.map((name, at) => this.numbered(at, name, () => take(name), { "aria-pressed": String(this.form.directions[target] === name) })),
      this.numbered(names.length, "Not stated", () => take(""), {}), button("Back", () => this.closeSheet(), { key: "Escape" }));
    this.openSheet(this.pointing, "button");
  }

  toggleDeclining() {
    if (!this.declining.hidden) return this.closeSheet();
    const place = this.mode !== "list" ? this.place : this.start?.tool ? { study: this.start.study, tool: this.start.tool, result: this.start.result.trim(), effect: null } : null;
    if (!place) return this.say("Choose a study first", "unconfirmed");
    const hint = make("p", { class: "hint", "aria-live": "polite" }, "This is no judgement: it says why there is none.");
    const take = () => {
      if (!why.value.trim()) {
        hint.textContent = "Say why it is not assessed.";
        why.focus();
      } else if (!this.pending) {
        const reason = why.value.trim();
        this.closeSheet();
        this.send({ kind: "decline", ...place, reason, other: this.mode });
      }
    };
    const why = this.reasonField("Why it is not assessed", take);
    this.declining.replaceChildren(make("h3", { dir: "auto" }, `Not assessed: ${place.result || "the study"}`), hint, why,
      make("div", { class: "row" }, button("Not assessed", take, { key: "Enter" }), button("Back", () => this.closeSheet(), { key: "Escape" })));
    this.openSheet(this.declining, "textarea");
  }

  toggleCopying() {
    if (!this.copying.hidden) return this.closeSheet();
    const { others } = this.shown;
    if (!others.length) return this.say("You have no other result of this study to copy from", "unconfirmed");
    this.copying.replaceChildren(make("h3", {}, "Copy domain 1 from"), ...others.map((name, at) => this.numbered(at, name, () => {
      this.closeSheet();
      this.whenFree(() => this.send({ kind: "copy", ...this.place, other: name }));
    })), button("Back", () => this.closeSheet(), { key: "Escape" }));
    this.openSheet(this.copying, "button");
  }

  // ---- sending

  redraw() {
    this.drawDomain();
  }

  /** The form as it may be stored: a quotation waits here until it is said where it stands. */
  toSend() {
    const form = structuredClone(this.form);
    for (const [id, said] of Object.entries(form.support)) {
      if (said.quotation.trim() && !said.location.trim()) form.support[id] = { ...said, quotation: "" };
    }
    return form;
  }

  answered(message) {
    if (message.kind === "kept") {
      this.judged = message.judged;
      this.dropEqual();
      this.mark();
      if (!this.rows.get(this.current)?.el.contains(document.activeElement)) this.showCurrent();
      if (!this.root.dataset.quoting) this.say(message.stored ? "Draft saved" : "Noted; it is stored when you settle", message.stored ? "saved" : "");
      else this.say(this.quoting(), "unconfirmed");
    } else if (message.kind === "copied") {
      this.remember();
      Object.assign(this.form.answers, message.answers);
      Object.assign(this.form.support, message.support);
      this.form.copied = { ...this.form.copied, ...message.copied };
      [this.domain, this.current] = [0, ""];
      this.changed();
      this.drawDomain();
      this.tell(`Domain 1 is copied from ${message.from}: look it over.`);
    }
    this.goOn();
  }

  /** A level chosen against a proposal that has become the proposal itself, or whose proposal is gone, is chosen no more. */
  dropEqual() {
    const proposals = { ...this.judged.domains, [OVERALL]: this.judged.overall };
    for (const [target, level] of Object.entries(this.form.judgements)) {
      const proposed = proposals[target]?.proposed;
      if (proposed && proposed === level) {
        delete this.form.judgements[target];
        delete this.form.override[target];
        this.dirty = true;
      }
    }
  }

  toList() {
    this.whenFree(() => this.send({ kind: "list", study: this.place.study }));
  }

  submit() {
    if (!this.shown || this.mode === "list") return;
    if (this.mode === "settle") return this.toggleSettling();
    const lacking = this.lacking();
    if (lacking) return this.say(lacking, "unconfirmed");
    this.whenFree(() => this.send({ kind: "submit", ...this.place, form: this.toSend() }));
  }

  /** What a form still needs before it can be sent off, in words, with the domain on show where it is; '' where nothing is lacking. */
  lacking() {
    const { facts, domains, items } = this.tool;
    const unstated = this.unstated();
    if (unstated) return unstated;
    const named = !facts.deviations.length || this.form.deviations.length > 0;
    if (!named) this.side.querySelector(".facts-said").open = true;
    if (!named) return "Name a deviation of interest, under 'About this result'";
    const quoted = Object.entries(this.form.support).find(([, said]) => said.quotation.trim() && !said.location.trim());
    if (quoted) return `Say where the quotation of ${quoted[0]} stands`;
    const open = domains.map((domain) => this.judged.domains[domain.id].missing);
    const at = open.findIndex((missing, place) => missing.length && (domains[place].rules || items));
    if (at >= 0) {
      this.goTo(at);
      return `Still open: ${open.flat().join(", ")}`;
    }
    const unjudged = domains.findIndex((domain) => domain.judged && !this.judged.domains[domain.id].final);
    if (unjudged >= 0) this.goTo(unjudged);
    return unjudged >= 0 ? `Judge ${domains[unjudged].id} first` : "";
  }

  /** The first fact that the tool needs and that is not stated, in words; '' where all are. */
  unstated() {
    const fact = this.tool.facts.preliminary.find((one) => one.needed && !this.form.preliminary[one.id]);
    if (fact) this.side.querySelector(".facts-said").open = true;
    return fact ? `State first, under 'About this result': ${fact.text}` : "";
  }

  toggleSettling() {
    if (!this.settling.hidden) return this.closeSheet();
    const unstated = Object.keys(this.form.answers).length ? this.unstated() : "";
    if (unstated) return this.say(unstated, "unconfirmed");
    const left = this.tool.domains.flatMap((domain) => this.differs(domain).filter((id) => this.reached(domain).some((one) => one.id === id)));
    if (left.length) return this.say(`Not settled yet: ${left.join(", ")}`, "unconfirmed");
    const hint = make("p", { class: "hint", "aria-live": "polite" }, "The consensus is a record of its own; both forms stay as they are.");
    const take = () => {
      if (!why.value.trim()) {
        hint.textContent = "A consensus needs a reason.";
        why.focus();
        return;
      }
      const reason = why.value.trim();
      this.closeSheet();
      this.whenFree(() => this.send({ kind: "settle", ...this.place, form: this.toSend(), reason }));
    };
    const why = this.reasonField("How it was settled", take);
    this.settling.replaceChildren(make("h3", {}, "Consensus"), hint, why, make("div", { class: "row" }, button("Settle", take, { key: "Enter" }), button("Back", () => this.closeSheet(), { key: "Escape" })));
    this.openSheet(this.settling, "textarea");
  }
}

/** The digit for the answer at *place*: its own where all answers are digits, else its number in the row. */
function digitFor(codes, place) {
  return codes.every((one) => /^\d$/.test(one)) ? codes[place] : digitOf(place);
}

function emptyForm() {
  return { outcome: null, answers: {}, support: {}, judgements: {}, override: {}, directions: {}, preliminary: {}, sources: [], deviations: [], copied: {} };
}
