// The desk of certainty in the browser: a list of outcomes; a form in which each domain stands beside what the review holds on it, with the
// level drawn as it is rated; and what two graded differently, side by side. Nothing is stored before it is saved.

const TWO = ["One", "The other"];

class Grading extends KeptForm {
  static label = "Desk of certainty";
  static falls = {
    ...Card.falls, list: ["", "No answer yet"], go: ["", "No answer yet"], keep: ["", "Not worked out yet"], grade: ["Saving", "Not confirmed yet"],
    decline: ["Saving", "Not confirmed yet"], settle: ["Saving", "Not confirmed yet"],
  };

  commands() {
    const settle = this.mode === "settle";
    const shared = super.commands();
    return {
      ...(this.mode === "list" ? {} : {
        save: [settle ? "Settle" : "Save", () => this.save()],
        level: ["Level", () => this.toggleLevel()],
        why: ["Explain", () => this.rows?.get(this.current)?.why.focus()],
        decline: ["Not graded", () => this.toggleDeclining()],
        list: ["List", () => this.whenFree(() => this.send({ kind: "list" }))],
      }),
      ...(settle ? { first: ["Take the one", () => this.takeSide(0)], second: ["Take the other", () => this.takeSide(1)] } : {}),
      ...shared,
      undo: ["Undo", () => this.undo()],
    };
  }

  parts() {
    const bar = (name, words, kind, more = {}) => this.command(name, { words, press: () => this.commands()[name]?.[1](), class: kind, ...more });
    this.bars = {
      save: bar("save", "Save", "decision submit", { "data-needs": "record" }), level: bar("level", "Level", "plain"), why: bar("why", "Explain", "plain"),
      decline: bar("decline", "Not graded", "quiet"), list: bar("list", "List", "quiet"), undo: bar("undo", "Undo", "quiet"),
    };
    this.levels = this.sheet("Level", "judging");
    this.declining = this.sheet("Not graded", "declining");
    this.settling = this.sheet("Consensus", "settling");
    const { save, level, why, decline, list, undo } = this.bars;
    this.levelNow = make("span", { class: "level-now" });
    return { head: [this.levelNow], side: [], sheets: [this.levels, this.declining, this.settling], deciding: [save, level, why], quiet: [decline, list, undo] };
  }

  build(el) {
    super.build(el);
    this.root.classList.replace("appraisal", "grading");
    this.record.setAttribute("aria-label", "Outcomes");
    this.side.setAttribute("aria-label", "Level");
  }

  // ---- what comes on show

  fill(card) {
    this.mode = card?.mode ?? "list";
    this.root.dataset.mode = this.mode;
    this.beginAnew();
    this.levelNow.replaceChildren();
    for (const [name, one] of Object.entries(this.bars)) one.hidden = !(name in this.commands());
    this.bars.save.querySelector("span").textContent = this.mode === "settle" ? "Settle" : "Save";
    this.record.setAttribute("aria-label", this.mode === "list" ? "Outcomes" : "Domains");
    if (this.mode === "list") this.fillList(card);
    else this.fillForm(card);
    this.record.scrollTop = this.side.scrollTop = this.record.parentElement.scrollTop = 0;
  }

  done(sent) {
    return { grade: "Saved", decline: "Saved: not graded", settle: "Settled", undo: "Taken back" }[sent.kind] ?? "Saved";
  }

  // ---- the list

  fillList(card) {
    const rows = card?.rows ?? [];
    const names = [...new Set(rows.map((row) => row.comparison))];
    put(this.record, make("h2", {}, "What there is to grade"), ...(names.length ? [] : [make("p", { class: "closed" }, "The protocol states no comparator, and certainty is graded of a comparison only: name one at the side.")]),
      make("div", { class: "studies", onkeydown: (event) => this.walkAll(event) }, ...names.map((name) => make("section", { class: "study", "aria-label": name },
        make("h3", { dir: "auto" }, name), ...rows.filter((row) => row.comparison === name).flatMap((row) => this.outcomeRow(row, card.assessor))))));
    put(this.side, ...(card?.assessor ? this.another(card) : [make("p", { class: "hint" }, "You have no role assessor in review.toml; you may settle what two graded differently.")]));
  }

  outcomeRow(row, assessor) {
    const of = { outcome: row.outcome, comparison: row.comparison };
    const go = (settles) => () => this.send({ kind: "go", ...of, settles });
    const said = [row.waits ? "waits for you" : "", row.begun ? "begun, not saved" : "", row.stands, row.own && row.own !== row.level?.word ? `yours: ${row.own}` : ""].filter(Boolean).join(" · ");
    const words = [make("b", { dir: "auto" }, row.name), " ", levelOf(row.level), make("small", { dir: "auto" }, said), ...row.stale.map((one) => make("small", { class: "changed", dir: "auto" }, `Since then: ${one}`))];
    return [
      assessor ? button(words, go(false), { class: "studyrow" }) : make("p", { class: "studyrow" }, ...words),
      row.differs ? button([make("b", {}, "Two graded differently"), make("small", {}, "settle it")], go(true), { class: "formrow differs" }) : null,
      row.own ? button("Take yours back", () => this.send({ kind: "undo", ...of }), { class: "take back", "aria-label": `Take back your grading of ${row.name}` }) : null,
    ].filter(Boolean);
  }

  /** What is said of grading, and a comparison that is not listed yet. */
  another(card) {
    const start = { comparison: "", outcome: card.outcomes[0]?.[0] ?? "" };
    const begin = () => {
      if (!start.comparison.trim()) return this.say("Name the comparison: INTERVENTION versus COMPARATOR", "unconfirmed");
      this.send({ kind: "go", outcome: start.outcome, comparison: start.comparison, settles: false });
    };
    const apart = card.needed > 1 ? "Two assessors grade each outcome, and neither sees the other's grading before both are saved." : "";
    return [
      make("h3", {}, "How it goes"), make("p", { class: "source" }, `Choose an outcome. Each domain is rated by you, beside what the review holds on it; a rating that counts needs its explanation. ${apart}`),
      ...(card.outcomes.length ? [make("h3", {}, "In another comparison"), selectField("Outcome", card.outcomes, start.outcome, (id) => { start.outcome = id; }),
        wordField("Comparison", start, "comparison", () => {}, { placeholder: "Intervention versus comparator", maxlength: "300", onkeydown: (event) => this.enter(event, begin) }), make("div", { class: "row" }, button("Begin", begin, { class: "decision" }))] : []),
    ];
  }

  // ---- the form

  fillForm(card) {
    const { outcome, comparison, settles } = card.place;
    this.place = { outcome, comparison, settles };
    this.form = structuredClone(card.form);
    Object.assign(this, { judged: card.judged, evidence: card.evidence, sides: card.sides });
    this.current = (card.domains.find((one) => !(one.id in this.form.ratings)) ?? card.domains[0]).id;
    this.drawForm();
    if (document.activeElement === document.body || this.root.contains(document.activeElement)) this.record.focus({ preventScroll: true });
  }

  redraw() {
    this.drawForm();
  }

  drawForm() {
    const card = this.shown;
    const settles = this.mode === "settle";
    this.about = make("div", { class: "evidence" });
    this.byHand = make("div", { class: "byhand" });
    this.rows = new Map(card.domains.map((domain) => [domain.id, this.domainRow(domain)]));
    const of = (down) => make("ol", { class: "questions domains" }, ...card.domains.filter((one) => one.down === down).map((one) => this.rows.get(one.id).el));
    put(this.record,
      make("h2", { dir: "auto" }, card.title), make("p", { class: "source", dir: "auto" }, card.comparison),
      ...card.stale.map((words) => make("p", { class: "warning", dir: "auto" }, `Since it was graded: ${words}`)),
      card.own && !settles ? make("p", { class: "own" }, "You have graded this. What you save now takes its place.") : null,
      settles ? make("p", { class: "terms" }, card.by_agreement ? "One of these gradings is yours: settle it by agreement with the other assessor, and say so." : "Take one side, or rate yourself, where they differ.") : null,
      settles ? this.besides() : null, make("h3", {}, "The evidence"), this.sourceChoice(card), this.about, this.byHand,
      make("h3", {}, "Expected with the comparator"), this.risksWith = make("div", { class: "baselines" }), this.thresholds(),
      make("h3", {}, "What may rate it down"), of(true), make("h3", {}, "What may rate it up"), of(false),
      make("h3", {}, "For the tables"), choiceRow("Importance of the outcome", card.importance.map((one) => [one, one]), () => this.form.importance, (one) => this.set(() => { this.form.importance = one ?? this.form.importance; })),
      wordField("Comment", this.form, "comment", () => this.typed(), { rows: 2 }));
    put(this.side, this.result = make("div", { class: "result" }));
    this.drawByHand();
    this.drawRisksWith();
    this.mark();
  }

  /** Where the effect comes from: a planned synthesis, or by hand. */
  sourceChoice(card) {
    if (!card.planned.length) return make("p", { class: "hint" }, "No synthesis of this outcome is planned in the protocol: state the effect, the studies and the participants by hand.");
    const choices = [...card.planned, ["by hand", "Entered by hand"]];
    return choiceRow("Effect, studies and participants", choices, () => this.form.synthesis || "by hand", (name) => {
      if (name === null) return;
      this.set(() => { this.form.synthesis = name === "by hand" ? "" : name; });
      this.drawByHand();
    });
  }

  drawByHand() {
    const { form, shown: card } = this;
    const typed = () => this.typed();
    const line = (label, where, name, more) => wordField(label, where, name, typed, more);
    const [intervention, comparator] = card.arms;
    const numbers = make("div", { class: "fields" }, line(`Participants with ${intervention}`, form.people, 0, { inputmode: "numeric" }), line(`With ${comparator}`, form.people, 1, { inputmode: "numeric" }));
    const effect = form.effect;
    const own = [
      make("div", { class: "fields" },
        selectField("Measure", card.measures.map(([name, words]) => [name, `${name}: ${words}`]), effect.measure, (name) => { this.set(() => { effect.measure = name; }); this.drawRisksWith(); }),
        line("Estimate", effect, "value", { inputmode: "decimal" }), line("From", effect, "low", { inputmode: "decimal" }), line("To", effect, "high", { inputmode: "decimal" }), line("Unit of a mean difference", effect, "unit")),
      line("Source of the effect", effect, "source", { rows: 1, hint: "Where it was read, or how it was computed" }),
      make("div", { class: "fields" }, line("Studies", form, "studies", { inputmode: "numeric" }), ...numbers.children),
      make("p", { class: "hint" }, "Where only the number of all participants is known, write it in the first field."),
    ];
    const start = choiceRow("Design that the evidence starts from", card.designs.map((one) => [one, WHERE_IT_STARTS[one]]), () => form.start, (one) => this.set(() => { form.start = one ?? ""; }));
    const pooled = make("details", { class: "facts-said", open: !this.judged.start }, make("summary", {}, "State the participants or the starting design yourself"),
      make("p", { class: "hint" }, "What is left empty here is taken from the synthesis and from the extracted designs. Where only the number of all participants is known, write it in the first field."), numbers, start);
    put(this.byHand, ...(form.synthesis ? [pooled] : [...own, start]));
  }

  domainRow(domain) {
    const at = () => this.point(domain.id);
    const ratings = make("div", { class: "options", role: "group", "aria-label": `Rating: ${domain.name}` });
    const told = make("ul", { class: "told" });
    const sides = make("div", { class: "sides" });
    const why = make("textarea", { rows: "1", maxlength: "4000", dir: "auto", "aria-label": `Explanation: ${domain.name}`, placeholder: "Why it is rated so",
      oninput: () => { setOrDelete(this.form.explanations, domain.id, why.value); this.typed(); } });
    const said = make("p", { class: "support-said", dir: "auto" });
    const el = make("li", { onfocusin: this.onEntering(at), onclick: at, "data-domain": domain.id }, make("p", { class: "asks" }, make("b", {}, domain.name)), told, ratings, sides, said, make("div", { class: "support" }, why));
    return { el, ratings, told, sides, why, said, domain };
  }

  /** Draws anew what follows from the form; what is typed in stays as it is. */
  mark() {
    const [inside, held] = [this.record.contains(document.activeElement), document.activeElement?.dataset?.held]; // its button is drawn anew
    for (const [id, row] of this.rows) {
      const here = id === this.current;
      row.el.toggleAttribute("data-here", here);
      here ? row.el.setAttribute("aria-current", "true") : row.el.removeAttribute("aria-current");
      const { ratings, why } = this.judged.options[id];
      put(row.told, ...[...(this.evidence.told[id] ?? []), ...(this.judged.beside[id] ?? []), why].filter(Boolean).map((words) => make("li", { dir: "auto" }, words)));
      row.ratings.replaceChildren(...ratings.map((one, at) => button(ratingWords(one), () => { this.point(id); this.give(one.points); },
        { class: "option", key: digitOf(at), "data-held": `${id} ${one.points}`, "aria-pressed": String(this.form.ratings[id] === one.points) })));
      if (document.activeElement !== row.why) row.why.value = this.form.explanations[id] ?? "";
      row.said.textContent = this.form.explanations[id] ?? "";
      row.el.classList.toggle("lacking", Boolean(this.form.ratings[id]) && !(this.form.explanations[id] ?? "").trim());
      this.markSides(id, row);
    }
    this.drawAbout();
    this.drawResult();
    if (inside && !this.record.contains(document.activeElement)) (this.record.querySelector(`[data-held="${held}"]`) ?? this.record).focus({ preventScroll: true });
  }

  drawAbout() {
    const { evidence, judged } = this;
    const studies = evidence.studies.length;
    const named = studies ? `${studies} ${studies === 1 ? "study" : "studies"}: ${evidence.studies.slice(0, 12).join(", ")}${studies > 12 ? " and others" : ""}` : "none";
    const designs = [...evidence.designs, evidence.unknown_designs ? `${evidence.unknown_designs} not extracted` : ""].filter(Boolean).join(", ");
    const facts = [
      ["Effect", judged.effect || evidence.refused || "not stated"],
      evidence.source ? ["Source", evidence.source] : null,
      [evidence.title ? "Studies pooled" : "Studies included", named],
      ["Participants", judged.people.length === 2 ? this.shown.arms.map((arm, at) => `${judged.people[at]} with ${arm}`).join(", ") : judged.people[0] ? `${judged.people[0]} in all` : "not stated"],
      ["Designs", designs || "not extracted"],
      ["Starts at", judged.start ? `${judged.start.word}: ${judged.start.why}` : "not known: state the design below"],
    ].filter(Boolean);
    put(this.about, make("dl", { class: "facts" }, ...facts.flatMap(([name, words]) => [make("dt", {}, name), make("dd", { dir: "auto" }, words)])));
  }

  drawResult() {
    const { judged } = this;
    const level = judged.final ?? judged.proposed;
    put(this.result, make("h3", {}, "The level"), levelPath(judged),
      judged.open.length ? make("p", { class: "hint" }, `Not rated yet: ${judged.open.join(", ")}.`) : null,
      judged.final ? make("p", { class: "given" }, "You give: ", levelOf(judged.final), this.form.reason ? make("span", { dir: "auto" }, ` because: ${this.form.reason}`) : "") : null,
      level ? make("p", { class: "hint" }, `${level.word}: ${level.meaning}.`) : null,
      ...(judged.problems.length ? [make("h4", { class: "lacking" }, "Before it can be saved"), make("ul", { class: "lacks" }, ...judged.problems.map((words) => make("li", { dir: "auto" }, words)))] : []),
      ...judged.remarks.map((words) => make("p", { class: "terms", dir: "auto" }, words)),
      ...riskParts(judged.risks, this.shown.arms));
    put(this.levelNow, judged.proposed || judged.final ? levelOf(judged.final ?? judged.proposed) : levelOf(judged.so_far && { ...judged.so_far, word: `${judged.so_far.word} so far` }, "Start not known"));
  }

  // ---- risks with the comparator, and thresholds

  drawRisksWith() {
    const risks = this.shown.of_risks.includes(this.measure());
    const rate = this.measure() === "rate ratio";
    const what = risks ? "Risk per 1,000" : rate ? "Rate" : "Mean";
    const { comparator: offered } = this.evidence;
    const rows = this.form.baselines.map((one, at) => make("div", { class: "fields", role: "group", "aria-label": `Risk ${at + 1}` },
      wordField(what, one, "risk", () => this.typed(), { inputmode: "decimal" }), rate ? wordField("Per", one, "per", () => this.typed(), { placeholder: "100 person-years" }) : null,
      wordField("Label", one, "label", () => this.typed(), { placeholder: "as: high risk" }), wordField("Source", one, "source", () => this.typed(), { rows: 1, placeholder: "from where" }),
      button("Remove", () => this.changeRisks(() => this.form.baselines.splice(at, 1)), { class: "take" })));
    const add = (one) => this.changeRisks(() => this.form.baselines.push({ risk: "", label: "", source: "", per: "", ...one }));
    put(this.risksWith, ...rows, make("div", { class: "row" }, button(`Add a ${risks ? "risk" : rate ? "rate" : "mean"}`, () => add({})),
      offered && !this.form.baselines.some((one) => one.source === offered.source) ? button(`Take the ${offered.source}: ${offered.words}`, () => add({ risk: offered.risk, source: offered.source })) : null));
  }

  changeRisks(change) {
    this.set(change);
    this.drawRisksWith();
    (this.risksWith.querySelector(".fields:last-of-type input") ?? this.risksWith.querySelector("button")).focus();
  }

  measure() {
    return this.form.synthesis ? (this.judged.measure ?? "RR") : this.form.effect.measure;
  }

  thresholds() {
    const { threshold } = this.form;
    const line = (label, name, more) => wordField(label, threshold, name, () => this.typed(), more);
    return make("details", { class: "facts-said", open: Boolean(threshold.small) }, make("summary", {}, "Thresholds: from which difference on an effect matters"),
      make("p", { class: "hint" }, "In the unit of the absolute effect: per 1,000 for risks. 0 alone declares the null. Without a threshold no sentence on the size is written."),
      make("div", { class: "fields" }, line("Small from", "small", { inputmode: "decimal" }), line("Moderate from", "moderate", { inputmode: "decimal" }), line("Large from", "large", { inputmode: "decimal" })),
      line("Source of the thresholds", "source", { rows: 1 }),
      choiceRow("Which way is better", [["lower", "Lower"], ["higher", "Higher"]], () => threshold.better, (one) => this.set(() => { threshold.better = one ?? ""; })));
  }

  // ---- rating

  /** Changes the form, to be undone in one step. */
  set(change) {
    this.remember();
    change();
    this.changed();
  }

  give(points) {
    const { current: id, form } = this;
    this.set(() => {
      if (form.ratings[id] === points) delete form.ratings[id];
      else form.ratings[id] = points;
    });
    this.mark();
    const rated = this.judged.options[id].ratings.find((one) => one.points === form.ratings[id]);
    this.tell(`${this.rows.get(id).domain.name}: ${rated ? ratingWords(rated) : "not rated"}.${rated?.points && !form.explanations[id] ? " It needs an explanation." : ""}`);
  }

  digit(at) {
    const sheet = this.sheets.find((one) => !one.hidden);
    if (sheet) return sheet.querySelectorAll("[data-digit]")[at]?.click();
    const rating = this.mode !== "list" && this.judged.options[this.current].ratings[at];
    if (rating) this.give(rating.points);
  }

  point(id) {
    if (this.current === id) return;
    this.current = id;
    for (const [name, { el }] of this.rows) {
      el.toggleAttribute("data-here", name === id);
      name === id ? el.setAttribute("aria-current", "true") : el.removeAttribute("aria-current");
    }
  }

  moves() {
    return { ArrowDown: () => this.step(1), ArrowUp: () => this.step(-1) };
  }

  step(by) {
    const order = [...this.rows.keys()];
    const next = order[order.indexOf(this.current) + by];
    if (!next) return;
    this.point(next);
    const { el, domain } = this.rows.get(next);
    if (!el.contains(document.activeElement)) this.record.focus({ preventScroll: true });
    el.scrollIntoView({ block: "nearest" });
    const rated = this.judged.options[next].ratings.find((one) => one.points === this.form.ratings[next]);
    this.tell(`${domain.name}: ${rated ? ratingWords(rated) : "not rated"}. ${[...el.querySelectorAll(".told li")].map((one) => one.textContent).join(" ")}`);
  }

  escape(event) {
    const open = this.sheets.some((one) => !one.hidden);
    super.escape(event);
    if (this.mode !== "list" && !open) this.record.focus({ preventScroll: true });
  }

  // ---- what two graded differently

  markSides(id, row) {
    if (this.mode !== "settle") return;
    const graded = this.sides.filter((side) => side.form);
    const differs = graded.length > 1 && graded[0].form.ratings[id] !== graded[1].form.ratings[id];
    row.el.toggleAttribute("data-differs", differs);
    const alike = graded.length > 1 && !differs && graded[0].form.explanations[id] === graded[1].form.explanations[id];
    put(row.sides, ...(alike ? [] : this.sides).map((side, at) => {
      const points = side.form?.ratings[id];
      const rated = this.judged.options[id].ratings.find((one) => one.points === points);
      const why = side.form?.explanations[id];
      return make("div", { class: "saying" }, make("p", {}, make("span", { class: "whose" }, `${TWO[at]}: `), make("b", {}, side.form ? (rated ? ratingWords(rated) : "not rated") : "not graded")),
        why ? make("p", { class: "said-why", dir: "auto" }, why) : null,
        side.form ? this.command(["first", "second"][at], { "data-held": `${id} side ${at}`, words: "Take this", "aria-label": `Take what ${TWO[at].toLowerCase()} says on ${row.domain.name}`, press: () => { this.point(id); this.takeSide(at); }, class: "take" }) : null);
    }));
  }

  takeSide(at) {
    const { form } = this.sides[at];
    if (!form) return this.say("This side is not graded: settle it as not graded, or rate it yourself", "unconfirmed");
    const id = this.current;
    this.set(() => {
      if (id in form.ratings) this.form.ratings[id] = form.ratings[id];
      else delete this.form.ratings[id];
      setOrDelete(this.form.explanations, id, form.explanations[id] ?? "");
    });
    this.mark();
  }

  /** What they differ in beside the ratings; the levels, and why one of them is no grading. */
  besides() {
    const [one, other] = this.sides;
    const rows = one.form && other.form ? BESIDE.filter(([, fields]) => fields.some((name) => JSON.stringify(one.form[name]) !== JSON.stringify(other.form[name]))) : [];
    const take = (fields, at) => {
      this.set(() => { for (const name of fields) this.form[name] = structuredClone(this.sides[at].form[name]); });
      this.drawForm();
      this.record.focus({ preventScroll: true });
    };
    const cell = (words, at, fields, name) => make("td", {}, make("span", { dir: "auto" }, words || "not stated"), fields ? button("Take this", () => take(fields, at), { class: "take", "aria-label": `Take what ${TWO[at].toLowerCase()} says on ${name.toLowerCase()}` }) : null);
    const level = make("tr", {}, make("th", { scope: "row" }, "Level"), ...this.sides.map((side) => make("td", { dir: "auto" }, side.form ? levelOf(side.level) : `not graded: ${side.not_graded}`, side.form?.reason ? ` because: ${side.form.reason}` : "")));
    return make("div", { class: "differing" }, make("table", {}, make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "The two gradings"), ...TWO.map((name) => make("th", { scope: "col" }, name)))),
      make("tbody", {}, level, ...rows.map(([name, fields, words]) => make("tr", {}, make("th", { scope: "row" }, name), ...this.sides.map((side, at) => cell(words(side.form), at, fields, name)))))));
  }

  // ---- sheets

  toggleLevel() {
    if (!this.levels.hidden) return this.closeSheet();
    if (this.pending || this.dirty) return this.whenFree(() => this.toggleLevel()); // what follows is on its way
    const { proposed, open } = this.judged;
    if (!proposed) return this.say(open.length ? `No level follows yet: ${open.join(", ")}` : "State the design that the evidence starts from", "unconfirmed");
    let chosen = this.form.final || proposed.number;
    const why = this.reasonField("Why it differs from what follows", () => take());
    why.value = this.form.reason;
    const hint = make("p", { class: "hint", "aria-live": "polite" }, `From the ratings: ${proposed.word}. Another level needs its reason.`);
    const { levels } = this.shown;
    const buttons = levels.map((level, at) => this.numbered(at, levelOf(level), () => pick(level.number), { "aria-pressed": String(level.number === chosen) }));
    const pick = (number) => {
      chosen = number;
      buttons.forEach((one, at) => one.setAttribute("aria-pressed", String(levels[at].number === chosen)));
      if (chosen === proposed.number) take();
      else why.focus();
    };
    const take = () => {
      const differs = chosen !== proposed.number;
      if (differs && !why.value.trim()) {
        hint.textContent = `Say why it is not ${proposed.word}.`;
        return why.focus();
      }
      this.set(() => Object.assign(this.form, { final: differs ? chosen : 0, reason: differs ? why.value.trim() : "" }));
      this.closeSheet();
    };
    this.levels.replaceChildren(make("h3", {}, "The level"), hint, make("div", { class: "row" }, ...buttons), why, make("div", { class: "row" }, button("Take it", take, { key: "Enter" }), button("Back", () => this.closeSheet(), { key: "Escape" })));
    this.openSheet(this.levels, "button");
  }

  /** A sheet that asks for a reason, then does *then* with it. */
  ask(sheet, head, hintWords, label, act, then) {
    if (!sheet.hidden) return this.closeSheet();
    if (this.mode === "list" || (this.pending && this.pending.message.kind !== "keep")) return; // what is being stored is not asked for again
    const hint = make("p", { class: "hint", "aria-live": "polite" }, hintWords);
    const take = () => {
      const reason = why.value.trim();
      if (!reason) {
        hint.textContent = `${label}: it needs words.`;
        return why.focus();
      }
      this.closeSheet();
      this.whenFree(() => then(reason));
    };
    const why = this.reasonField(label, take);
    sheet.replaceChildren(make("h3", { dir: "auto" }, head), hint, why, make("div", { class: "row" }, button(act, take, { key: "Enter" }), button("Back", () => this.closeSheet(), { key: "Escape" })));
    this.openSheet(sheet, "textarea");
  }

  toggleDeclining() {
    this.ask(this.declining, `Not graded: ${this.shown.title}`, "This is no level: it says why there is none.", "Why it is not graded", "Not graded",
      (reason) => this.send({ kind: "decline", ...this.place, reason }));
  }

  save() {
    if (!this.shown || this.mode === "list") return;
    if (this.pending || this.dirty) return this.whenFree(() => this.save()); // what is lacking is on its way
    const { open, problems } = this.judged;
    if (open.length) return this.say(`Not rated yet: ${open.join(", ")}`, "unconfirmed");
    if (problems.length) return this.say(problems[0], "unconfirmed");
    if (this.mode === "form") return this.send({ kind: "grade", ...this.place, form: this.toSend() });
    this.ask(this.settling, "Consensus", "The consensus is a record of its own; both gradings stay as they are.", "How it was settled", "Settle",
      (reason) => this.send({ kind: "settle", ...this.place, form: this.toSend(), reason }));
  }

  answered(message) {
    if (message.kind === "kept") {
      const offered = JSON.stringify(this.evidence.comparator);
      const measure = this.measure();
      Object.assign(this, { judged: message.judged, evidence: message.evidence });
      if (offered !== JSON.stringify(this.evidence.comparator) || measure !== this.measure()) this.drawRisksWith();
      this.mark();
      this.say("Noted; it is stored when you save", "");
    }
    this.goOn();
  }
}
