// The extraction desk in the browser: a list of studies; the form of one beside its source, where a sentence that is pointed at becomes the
// quotation of the cell that the keys are on; what two extracted differently; registered against reported; a spreadsheet. What is typed and
// not saved goes to the kernel as a draft as soon as one pauses; until the kernel has it, this browser keeps it.

const NOT_REPORTED = "not reported";
const WHOSE = ["One", "The other"];
const PAUSE = 1000; // ms after the last letter, when what is typed goes to the kernel
const ROW = [["arm", "Arm"], ["outcome", "Outcome"], ["timepoint", "Time point"], ["analysis_set", "Analysis set"]];

class Extracting extends FormCard {
  static label = "Extraction desk";
  static falls = {
    ...Card.falls, list: ["", "No answer yet"], go: ["", "No answer yet"], row: ["", "No answer yet"], step: ["", "No answer yet"],
    save: ["Saving", "Not confirmed yet"], confirm: ["Saving", "Not confirmed yet"], missing: ["Saving", "Not confirmed yet"], settle: ["Saving", "Not confirmed yet"],
    judge: ["Saving", "Not confirmed yet"], check: ["Looking at the sheet", "No answer yet"], take: ["Saving", "Not confirmed yet"],
  };

  constructor(model) {
    super(model);
    this.place = 0; // of the section on show
    this.kept = { rows: [], cells: {} }; // of the study on show: rows without a value, and what is typed and not with the kernel yet
  }

  commands() {
    const of = {
      form: {
        confirm: ["Confirm", () => this.confirm()], correct: ["Correct", () => this.correct()], missing: ["Not reported", () => this.missing()],
        quote: ["Quote", () => this.quote()], next: ["Next open", () => this.nextOpen()], row: ["Add a row", () => this.toggleAdding()],
        sheet: ["Spreadsheet", () => this.door.toggle()],
      },
      settle: {
        first: ["Take the one", () => this.settle("first")], second: ["Take the other", () => this.settle("second")], third: ["Another value", () => this.toggleThird()],
        reason: ["Reason", () => this.reason.focus()], next: ["Next one", () => this.stepTo(1)],
      },
      compare: {
        confirm: ["Confirm", () => this.judge("confirmed")], missing: ["No difference", () => this.judge("no_difference")], correct: ["Explained", () => this.judge("explained")],
        ...(this.shown?.words?.length ? { first: ["Take the one", () => this.judge("", "first")], second: ["Take the other", () => this.judge("", "second")] } : {}),
        reason: ["Note", () => this.reason.focus()], next: ["Next one", () => this.stepTo(1)],
      },
      sheet: { ...(this.shown?.many?.fresh ? { confirm: [`Store ${many(this.shown.many.fresh, "value")}`, () => this.takeSheet()] } : {}), sheet: ["Another file", () => this.door.toggle()] },
      list: this.limits?.sheets ? { sheet: ["Spreadsheet", () => this.door.toggle()] } : {},
    }[this.mode] ?? {};
    return { ...of, ...(this.mode === "list" ? {} : { list: ["List", () => this.toList()] }), ...super.commands(), undo: ["Undo", () => this.undo()] };
  }

  parts() {
    const bar = (name, words, kind) => this.command(name, { words, press: () => this.commands()[name]?.[1](), class: kind });
    this.bars = {
      confirm: bar("confirm", "Confirm", "decision"), correct: bar("correct", "Correct", "plain"), missing: bar("missing", "Not reported", "plain"),
      first: bar("first", "Take the one", "decision"), second: bar("second", "Take the other", "decision"), third: bar("third", "Another value", "plain"),
      quote: bar("quote", "Quote", "quiet"), next: bar("next", "Next", "quiet"), row: bar("row", "Add a row", "quiet"), sheet: bar("sheet", "Spreadsheet", "quiet"), list: bar("list", "List", "quiet"), undo: bar("undo", "Undo", "quiet"),
    };
    this.adding = this.sheet("A row", "adding");
    this.thirding = this.sheet("Another value", "thirding");
    this.door = sheetDoor(this);
    const { confirm, correct, missing, first, second, third, ...quiet } = this.bars;
    return { side: [], sheets: [this.adding, this.thirding, this.door.panel], deciding: [confirm, correct, missing, first, second, third], quiet: Object.values(quiet) };
  }

  build(el) {
    super.build(el);
    this.root.classList.add("extracting");
    this.unsaved = make("span", { class: "unsaved", "aria-live": "polite", hidden: true });
    this.said.after(this.unsaved);
    this.asks = (event) => { if (this.unsent()) event.preventDefault(); };
    addEventListener("beforeunload", this.asks);
  }

  leaving() {
    super.leaving();
    clearTimeout(this.typing_);
    removeEventListener("beforeunload", this.asks);
    this.door.leave();
  }

  takesSentences() {
    return (this.mode === "form" && this.cell() !== undefined) || (this.mode === "settle" && !this.thirding.hidden);
  }

  // ---- what comes on show

  fill(card) {
    this.quotes.leave();
    if (this.pane.isOpen()) this.pane.leave();
    this.mode = card?.mode ?? "list";
    this.root.dataset.mode = this.mode;
    this.record.setAttribute("aria-label", { list: "Studies", sheet: "Sheet" }[this.mode] ?? "Source");
    this.fillBars();
    this.unsaved.hidden = true;
    if (this.mode === "list") this.fillList(card);
    else if (this.mode === "sheet") this.fillSheet(card);
    else {
      if (!this.quotes.parts[0].isConnected) this.record.replaceChildren(...this.quotes.parts);
      this.quotes.fill(card.sources);
      if (this.mode === "form") this.fillForm(card);
      else if (this.mode === "compare") this.fillComparison(card);
      else this.fillDifference(card);
      if (document.activeElement === document.body || this.record.contains(document.activeElement)) this.side.focus({ preventScroll: true });
    }
  }

  /** Which buttons there are in the mode on show, and what those are called that mean another thing in each. */
  fillBars() {
    const commands = this.commands();
    for (const [name, one] of Object.entries(this.bars)) {
      one.hidden = !(name in commands);
      if (!one.hidden && ["confirm", "missing", "correct", "sheet"].includes(name)) one.querySelector("span").textContent = commands[name][0];
      if (name === "confirm") one.setAttribute("aria-disabled", "false");
    }
  }

  nothing() {
    return "No study is to be extracted yet.";
  }

  done(sent, answer) {
    if (sent.kind === "take") return `Saved: ${many(answer.kept, "value")} of the sheet`;
    if (sent.kind === "judge") return this.mode === "compare" && this.shown?.words?.length ? "Saved: settled" : "Saved: judged";
    return { save: "Saved", confirm: "Saved: confirmed", missing: "Saved: not reported", settle: "Saved: settled", undo: "Undone" }[sent.kind] ?? "Saved";
  }

  // ---- the list

  fillList(card) {
    this.quotes.fill([]);
    this.study = "";
    const rows = card?.rows ?? [];
    put(this.record, make("h2", {}, "What there is to extract"), rows.length ? null : make("p", { class: "closed" }, this.nothing()),
      make("div", { class: "studies", onkeydown: (event) => this.walkAll(event) }, ...rows.map((row) => this.studyRow(row))));
    put(this.side, rows.length ? make("p", { class: "hint" }, "Choose a study: its form opens beside its source. What was pre-filled is confirmed or corrected with one key.") : null,
      rows.length && this.limits.sheets ? make("p", { class: "hint" }, "Results can be filled in with a spreadsheet program too: take the sheet away, and give it back.") : null);
    this.record.scrollTop = this.side.scrollTop = this.record.parentElement.scrollTop = 0;
  }

  studyRow(row) {
    const about = [row.title, row.became, row.form ? (row.waits ? `${many(row.waits, "cell")} of ${row.total.toLocaleString("en")} for you` : "all looked at by you") : ""];
    const words = [make("b", { dir: "auto" }, row.label), make("small", { dir: "auto" }, about.filter(Boolean).join(" · "))];
    return make("section", { class: "study", "aria-label": row.label },
      row.form ? button(words, () => this.go(row.study, ""), { class: "studyrow" }) : make("p", {}, ...words.flatMap((one) => [one, " "])),
      row.differ ? button([make("b", {}, `${many(row.differ, "cell")} to settle`), make("small", {}, "two differ, or a report is linked no more")], () => this.go(row.study, "settle"), { class: "formrow differs" }) : null,
      row.compared ? button([make("b", {}, "Registered and reported"), make("small", {}, row.judge ? `${many(row.judge, "difference")} of ${row.compared} for you to judge` : `${many(row.compared, "difference")}, all judged by you`)], () => this.go(row.study, "compare"), { class: "formrow" }) : null,
      row.disagree ? button([make("b", {}, `Two judged ${many(row.disagree, "comparison")} differently`), make("small", {}, "settle them")], () => this.go(row.study, "disagree"), { class: "formrow differs" }) : null);
  }

  go(study, other) {
    this.send({ kind: "go", study, other, rows: other ? [] : this.reviewer ? keptDrafts.read(this.reviewer, study).rows : [] });
  }

  opened(message) {
    super.opened(message);
    this.reviewer = message.reviewer;
    this.limits = { file: message.limit, part: message.part, sheets: message.sheets };
  }

  // ---- the form

  fillForm(card) {
    if (this.study !== card.report) {
      this.study = card.report;
      this.kept = keptDrafts.read(this.reviewer, this.study);
      [this.place, this.current] = [Math.max(0, card.sections.findIndex((one) => one.cells.some((cell) => cell.waits))), ""];
    }
    this.sections = card.sections;
    this.items = card.items;
    this.kept.rows = this.kept.rows.filter((row) => !this.sections.some((one) => one.row && sameRow(one.row, row) && one.cells.some((cell) => cell.mine)));
    this.keep();
    const wanted = this.wanted ? this.sections.findIndex((one) => one.row && sameRow(one.row, this.wanted)) : -1;
    if (wanted >= 0) [this.place, this.current] = [wanted, ""];
    this.wanted = null;
    this.place = Math.min(this.place, this.sections.length - 1);
    const cells = this.sections[this.place].cells;
    const next = after(cells, this.current);
    if (this.advance === this.current) this.current = idOf(next.find((cell) => cell.waits) ?? (cells.some((cell) => cell.waits) ? null : next.find((cell) => cell.value === null))) || this.current;
    this.advance = null;
    if (!cells.some((cell) => idOf(cell) === this.current)) this.current = idOf(cells.find((cell) => cell.waits) ?? cells[0]);
    this.strip = make("div", { class: "strip", role: "group", "aria-label": "Sections" });
    this.list = make("ol", { class: "questions cells" });
    put(this.side, make("h3", { class: "about", dir: "auto" }, card.title), make("p", { class: "source", dir: "auto" }, card.about), this.strip, make("h4", { dir: "auto" }, this.sections[this.place].title), this.list);
    this.draw();
  }

  cell() {
    return this.mode === "form" ? this.sections?.[this.place]?.cells.find((one) => idOf(one) === this.current) : undefined;
  }

  draw() {
    const inside = this.side.contains(document.activeElement) && document.activeElement !== this.side;
    this.drawStrip();
    this.side.querySelector("h4").textContent = this.sections[this.place].title;
    this.list.replaceChildren(...this.sections[this.place].cells.map((cell) => (idOf(cell) === this.current ? this.cellOpen(cell) : this.cellClosed(cell))));
    const cell = this.cell();
    this.able();
    this.tellUnsaved();
    this.bars.confirm.setAttribute("aria-disabled", String(!this.confirmable(cell)));
    if (inside) this.side.focus({ preventScroll: true });
    this.list.querySelector("[data-here]")?.scrollIntoView({ block: "nearest" });
    this.lightCell();
  }

  lightCell() {
    const cell = this.cell();
    const draft = cell && this.typedIn(cell);
    const typed = Boolean(draft?.quotation) && draft.quotation !== cell?.quotation;
    if (typed) this.quotes.light([{ text: draft.quotation, sign: "" }]);
    else this.quotes.light([{ text: cell?.quotation, sign: "", lines: cell?.lines, record: cell?.record }], cell?.record ?? "");
  }

  drawStrip() {
    this.strip.replaceChildren(...this.sections.map((section, at) => {
      const left = section.cells.filter((cell) => cell.waits).length;
      const filled = section.cells.filter((cell) => cell.value !== null).length;
      const words = `${section.title}: ${left ? `${left} left` : `${filled} of ${section.cells.length} filled, nothing waits`}`;
      const one = button(make("span", { dir: "auto" }, section.title), () => this.goTo(at), { class: "stop", "aria-label": words, title: words, "aria-current": at === this.place ? "true" : null });
      one.append(make("span", { class: "chip none", "aria-hidden": "true" }, left ? String(left) : filled ? `✓ ${filled}` : "–"));
      return one;
    }));
    this.strip.hidden = this.sections.length < 2;
    this.strip.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }

  /** The state of a cell in words. */
  stateOf(cell) {
    if (this.typedIn(cell)) return "typed, not saved yet";
    if (cell.differs === "two extractors differ") return "two differ: it waits for a consensus";
    if (cell.differs) return cell.differs;
    return cell.state || "open";
  }

  valueOf(cell) {
    return cell.value === null ? "–" : [cell.value, cell.unit].filter(Boolean).join(" ");
  }

  labelOf(cell) {
    return this.items[cell.key[0]].label;
  }

  cellClosed(cell) {
    const words = [make("span", { class: "name" }, this.labelOf(cell), cell.of ? make("small", { dir: "auto" }, cell.of) : null),
      make("span", { class: "value", dir: "auto" }, this.valueOf(cell)), make("small", { class: cell.waits ? "state waits" : "state" }, this.stateOf(cell))];
    return make("li", {}, button(words.flatMap((one) => [one, " "]), () => this.point(idOf(cell)), { class: "cellrow" }));
  }

  cellOpen(cell) {
    const item = this.items[cell.key[0]];
    const typing = this.typing(cell);
    const said = cell.value === null ? [] : [make("p", { class: "value", dir: "auto" }, this.valueOf(cell)),
      cell.quotation ? make("blockquote", { dir: "auto" }, cell.quotation, cell.location ? make("small", {}, cell.location) : null) : null,
      cell.since ? make("p", { class: "hint since", dir: "auto" }, `The form has changed: ${cell.since}.`) : null,
      ...cell.elsewhere.map(([source, value]) => make("p", { class: "hint", dir: "auto" }, `${source} says: ${value}`))];
    return make("li", { "data-here": "", "aria-current": "true" },
      make("p", { class: "asks" }, make("b", {}, item.label), make("small", { class: cell.waits ? "state waits" : "state" }, this.stateOf(cell))),
      cell.of ? make("p", { class: "hint", dir: "auto" }, cell.of) : null, item.help ? make("p", { class: "hint" }, item.help) : null, ...said.filter(Boolean), typing ? this.editor(cell, item) : null);
  }

  /** Whether the fields of a cell are open: it holds nothing yet, or something is typed in it. */
  typing(cell) {
    return cell.value === null || Boolean(this.typedIn(cell));
  }

  /** What is typed in a cell and not saved: what this page has not handed over yet, else the draft that the kernel has. */
  typedIn(cell) {
    return this.kept.cells[idOf(cell)] ?? cell.draft;
  }

  /** What is typed in a cell so far; at first what stands there. */
  draftOf(cell) {
    const units = this.items[cell.key[0]].units;
    return this.typedIn(cell) ?? { value: "", unit: units.length === 1 ? units[0] : "", quotation: "", location: "" };
  }

  editor(cell, item) {
    const draft = this.draftOf(cell);
    const name = item.label;
    const field = (tag, part, label, attributes = {}) => {
      const made = make(tag, { "data-field": part, "aria-label": label, placeholder: label, dir: "auto", ...(tag === "input" ? { type: "text", maxlength: "300" } : { rows: "1", maxlength: "20000" }), ...attributes,
        oninput: () => this.typed(cell, { [part]: made.value }), onkeydown: (event) => this.enter(event, () => this.save()) });
      made.value = draft[part];
      return made;
    };
    const units = make("datalist", { id: mint() }, ...item.units.map((one) => make("option", { value: one })));
    const choices = item.choices.map((word, at) => button(word, () => this.choose(word), { key: digitOf(at), class: "option", "aria-pressed": String(draft.value === word) }));
    const value = choices.length ? make("div", { class: "options", role: "group", "aria-label": `Value of ${name}` }, ...choices)
      : field(item.type === "text" ? "textarea" : "input", "value", `Value of ${name}`, { placeholder: { date: "Date, as 2024-03-31", whole: "Whole number", number: item.bound ? "Number, or a bound as <0.05" : "Number" }[item.type] ?? "Value" });
    const unit = item.number ? field("input", "unit", `Unit of ${name}`, { placeholder: "Unit", list: units.id }) : null;
    return make("div", { class: "support editor" }, make("div", { class: "measured" }, value, unit, units),
      field("textarea", "quotation", `Quotation for ${name}`, { placeholder: "Quoted words: point at a sentence of the source" }), field("input", "location", `Where the quotation for ${name} stands`, { placeholder: "Where it stands" }),
      make("div", { class: "row" }, button("Save", () => this.save(), { key: "Enter", class: "save" }), button("Drop what is typed", () => this.drop(cell), { class: "take drop", hidden: !this.typedIn(cell) })));
  }

  // ---- moving

  point(id) {
    this.keepDrafts();
    this.current = id;
    this.draw();
    this.side.focus({ preventScroll: true });
    this.tellCell();
  }

  step(by) {
    const cells = this.sections[this.place].cells;
    const next = cells[cells.findIndex((one) => idOf(one) === this.current) + by];
    if (next) this.point(idOf(next));
  }

  goTo(at) {
    if (at < 0 || at >= this.sections.length) return;
    const cells = this.sections[at].cells;
    this.keepDrafts();
    [this.place, this.current] = [at, idOf(cells.find((cell) => cell.waits) ?? cells[0])];
    this.side.scrollTop = 0;
    this.draw();
    this.side.focus({ preventScroll: true });
    this.tellCell();
  }

  /** The next cell that waits, in this section or the ones behind it, then from the beginning. */
  nextOpen() {
    const order = [...this.sections.slice(this.place), ...this.sections.slice(0, this.place + 1)];
    for (const [turn, section] of order.entries()) {
      const found = (turn ? section.cells : after(section.cells, this.current)).find((cell) => cell.waits);
      if (found) {
        this.place = this.sections.indexOf(section);
        return this.point(idOf(found));
      }
    }
    this.say("Nothing waits in this study");
  }

  tellCell() {
    const cell = this.cell();
    if (cell) this.tell(`${this.sections[this.place].title}. ${this.labelOf(cell)}: ${cell.value === null ? "" : `${this.valueOf(cell)}, `}${this.stateOf(cell)}.${cell.location ? ` Quoted from ${cell.location}.` : ""}`);
  }

  arrive() {
    super.arrive();
    if (this.mode === "form" && this.shown) this.tellCell();
  }

  stepTo(by) {
    if (!this.pending && this.shown) this.send({ kind: "step", study: this.shown.report, step: by });
  }

  moves() {
    if (this.mode === "form") return { ArrowDown: () => this.step(1), ArrowUp: () => this.step(-1), ArrowRight: () => this.goTo(this.place + 1), ArrowLeft: () => this.goTo(this.place - 1) };
    if (this.mode === "sheet") return {};
    return { ArrowRight: () => this.stepTo(1), ArrowLeft: () => this.stepTo(-1) };
  }

  digit(at) {
    if (this.mode === "compare" && at < this.shown.possible.length && this.sheets.every((one) => one.hidden)) return this.chooseDifference(this.shown.possible[at]);
    const cell = this.cell();
    const words = cell ? this.items[cell.key[0]].choices : [];
    if (this.sheets.every((one) => one.hidden) && at < words.length) this.choose(words[at]);
  }

  // ---- what is typed, and drafts

  typed(cell, change) {
    this.kept.cells[idOf(cell)] = { ...this.draftOf(cell), ...change };
    this.keep();
    this.tellUnsaved();
    clearTimeout(this.typing_);
    this.typing_ = setTimeout(() => this.keepDrafts(), PAUSE);
  }

  /** Hands over what is typed and not with the kernel yet; what cannot be handed over stays in this browser, and is told. */
  async keepDrafts() {
    clearTimeout(this.typing_);
    if (this.keeping || this.mode !== "form") return;
    const [study, kept, cells] = [this.study, this.kept, this.sections.flatMap((section) => section.cells)];
    this.keeping = true;
    this.unkept = "";
    for (const [id, draft] of Object.entries(kept.cells)) {
      const cell = cells.find((one) => idOf(one) === id);
      if (!cell) continue;
      const said = await this.sendDraft(study, cell, draft);
      if (said.kind !== "kept") this.unkept = said.message;
      else if (kept.cells[id] === draft) {
        delete kept.cells[id];
        const now = this.study === study ? this.sections?.flatMap((section) => section.cells).find((one) => idOf(one) === id) : null;
        if (now) now.draft = draft;
      }
    }
    this.keeping = false;
    keptDrafts.write(this.reviewer, study, kept);
    if (this.mode !== "form" || this.kept !== kept) return;
    this.tellUnsaved();
    if (!this.unkept && Object.keys(kept.cells).length) this.typing_ = setTimeout(() => this.keepDrafts(), PAUSE);
  }

  sendDraft(study, cell, draft) {
    return askBeside(this, { kind: "keep", study, cell: sentKey(cell.key), event: cell.own, ...draft }, [], "no answer from the kernel: run the cell again.");
  }

  /** Whether something is typed that is in this browser alone. */
  unsent() {
    return Object.keys(this.kept.cells).length > 0;
  }

  tellUnsaved() {
    this.unsaved.hidden = this.mode !== "form";
    if (this.mode !== "form") return;
    const all = this.sections.flatMap((section) => section.cells).filter((cell) => this.typedIn(cell)).length;
    const here = Object.keys(this.kept.cells).length;
    const where = this.unkept && here ? `; ${here === all ? "it is" : `${here} of it is`} in this browser alone: ${this.unkept}` : here ? "" : "; it is kept as a draft, for you alone";
    this.unsaved.textContent = all ? `Not saved: ${many(all, "cell")}${where}${/[.:]$/.test(where) ? "" : "."}` : "";
    const [state, drop] = [this.list.querySelector("[data-here] .state"), this.list.querySelector("[data-here] .drop")];
    if (state) state.textContent = this.stateOf(this.cell());
    if (drop) drop.hidden = !this.typedIn(this.cell());
  }

  keep() {
    if (this.mode === "form") keptDrafts.write(this.reviewer, this.study, this.kept);
  }

  async drop(cell) {
    const stored = cell.draft || this.keeping;
    const before = cell.draft;
    delete this.kept.cells[idOf(cell)];
    cell.draft = null;
    this.keep();
    this.draw();
    if (!stored) return;
    const said = await this.sendDraft(this.study, cell, { value: "", unit: "", quotation: "", location: "" });
    if (said.kind === "kept") return;
    cell.draft = before;
    this.say(`Not dropped: ${said.message}`, "unconfirmed");
    this.draw();
  }

  choose(word) {
    const cell = this.cell();
    if (!this.typing(cell)) this.correct();
    this.typed(cell, { value: word });
    this.draw();
  }

  correct() {
    const cell = this.cell();
    if (!cell) return;
    if (!this.typing(cell)) {
      const { value, unit, quotation, location } = cell;
      this.typed(cell, { value: value === NOT_REPORTED ? "" : value, unit: unit ?? "", quotation: quotation ?? "", location: location ?? "" });
      this.draw();
    }
    const first = this.list.querySelector("[data-field], .option");
    first?.focus();
    first?.select?.();
  }

  quote() {
    if (this.quotes.quote()) {
      this.say(`Choose the sentence for ${this.labelOf(this.cell())}: point at it, or arrows and Enter`, "unconfirmed");
      this.tell("Choose the sentence by arrows and Enter.");
    } else {
      this.say("Copy the sentence there, paste it here, and say on which page it stands", "unconfirmed");
      this.correct();
      this.list.querySelector("[data-field=quotation]")?.focus();
    }
  }

  quoted(text, where) {
    if (this.mode === "settle" && !this.thirding.hidden) {
      [this.third.quotation.value, this.third.location.value] = [text, where];
      return (this.third.value.value ? this.third.quotation : this.third.value).focus();
    }
    const cell = this.cell();
    if (!cell) return;
    if (!this.typing(cell)) this.correct();
    this.typed(cell, { quotation: text, location: where });
    this.draw();
    this.say("");
    (this.list.querySelector("[data-field=value]") ?? this.side).focus({ preventScroll: true });
    this.tell(`Quoted for ${this.labelOf(cell)}, ${where}.`);
  }

  // ---- what is stored

  confirmable(cell) {
    return Boolean(cell && cell.event && !cell.mine && !this.typedIn(cell));
  }

  confirm() {
    const cell = this.cell();
    if (!this.seen()) return;
    if (cell && this.typedIn(cell)) return this.say("Something is typed here: save it with Enter, or drop it", "unconfirmed");
    if (!this.confirmable(cell)) return this.say(cell?.mine ? "You have looked at this already" : "There is nothing to confirm: give the value, or 'not reported'", "unconfirmed");
    this.send({ kind: "confirm", study: this.study, cell: sentKey(cell.key), event: cell.event });
  }

  missing() {
    if (this.cell() && this.seen()) this.send({ kind: "missing", study: this.study, cell: sentKey(this.cell().key) });
  }

  save() {
    const cell = this.cell();
    const draft = cell && this.typedIn(cell);
    if (this.pending || !cell) return;
    if (!draft?.value.trim()) return this.say("Give the value, or say that it is not reported", "unconfirmed");
    const fields = { value: draft.value.trim(), unit: draft.unit, quotation: draft.quotation, location: draft.location };
    if (!fields.quotation.trim() && folded(fields.value).toLowerCase() !== NOT_REPORTED) return this.say("Point at the words that the value was read from", "unconfirmed");
    this.send({ kind: "save", study: this.study, cell: sentKey(cell.key), ...fields });
  }

  saved(message) {
    const sent = this.pending.message;
    if (["save", "missing", "confirm"].includes(sent.kind)) {
      const id = JSON.stringify(listed(sent.cell));
      delete this.kept.cells[id];
      this.keep();
      this.advance = id;
    }
    super.saved(message);
  }

  undo() {
    const cell = this.cell();
    this.send({ kind: "undo", study: this.study ?? "", item: this.shown?.item?.length ? this.shown.item : "", ...(cell ? { cell: sentKey(cell.key) } : {}) });
  }

  toList() {
    this.keepDrafts();
    if (!this.pending) this.send({ kind: "list" });
  }

  // ---- a spreadsheet that was given back

  fillSheet(card) {
    this.quotes.fill([]);
    this.study = "";
    this.sections = null;
    put(this.record, ...sheetParts(card));
    const counts = [`${many(card.read, "value")} in it`, `${card.unchanged.toLocaleString("en")} as the review holds them`];
    put(this.side, make("h3", { class: "about" }, card.many.told ? "Mend it first" : card.many.fresh ? "Look, then store it" : "Nothing new"), make("p", { class: "source" }, counts.join(" · ")),
      make("p", { class: "hint" }, card.many.told ? "A sheet is taken whole or not at all." : card.many.fresh ? "Nothing is stored yet. What was recorded before stays readable." : ""));
    this.record.scrollTop = this.side.scrollTop = this.record.parentElement.scrollTop = 0;
    this.record.focus({ preventScroll: true });
  }

  takeSheet() {
    if (this.seen()) this.send({ kind: "take" });
  }

  // ---- registered against reported

  fillComparison(card) {
    this.study = card.report;
    this.sections = null;
    this.chosen = new Set(card.mine ? card.mine.difference : card.proposed);
    this.reason = make("textarea", { rows: "2", maxlength: "4000", dir: "auto", "data-command": "reason", "aria-keyshortcuts": spoken(this.keys.reason) });
    this.note_ = make("label", { class: "note" }, make("span", {}, card.words.length ? (card.by_agreement ? "Reason: how you agreed" : "Reason") : "Note: what explains it, and where that stands",
      make("kbd", { "aria-hidden": "true", "data-command": "reason" }, written(this.keys.reason))), this.reason);
    this.drawComparison();
    const sides = [card.registered, card.other].map((side, at) => side && !side.older && { text: side.quotation || side.text, sign: String(at + 1), lines: side.lines, record: side.record }).filter(Boolean);
    this.quotes.light(sides, sides[0]?.record ?? "");
    this.side.scrollTop = 0;
  }

  drawComparison() {
    const inside = this.side.contains(document.activeElement) && document.activeElement !== this.side;
    put(this.side, ...comparingParts(this.shown, this.chosen, (one) => this.chooseDifference(one)), this.note_,
      this.shown.by_agreement ? make("p", { class: "terms" }, "One of these is yours: settle it by agreement with the other extractor, and say so.") : null);
    if (inside) this.side.focus({ preventScroll: true });
  }

  chooseDifference(one) {
    if (this.chosen.has(one)) this.chosen.delete(one);
    else this.chosen.add(one);
    this.drawComparison();
    this.tell(`${one}: ${this.chosen.has(one) ? "differs" : "does not differ"}.`);
  }

  judge(judgement, other = "") {
    if (!this.seen()) return;
    const reason = this.reason.value.trim();
    const ask = (words) => { this.say(words, "unconfirmed"); this.reason.focus(); };
    if (judgement === "explained" && !reason) return ask("Say in the note what explains it, and where that stands");
    if (this.shown.by_agreement && !reason) return ask("Say in the reason that you agreed, or let a third person settle it");
    if (judgement && judgement !== "no_difference" && !this.chosen.size) return this.say("Say first what differs, by its digit", "unconfirmed");
    const difference = judgement === "no_difference" ? [] : this.shown.possible.filter((one) => this.chosen.has(one));
    this.send({ kind: "judge", study: this.study, item: this.shown.item, event: this.shown.event, judgement, difference, other, reason });
  }

  // ---- a row of results

  toggleAdding() {
    if (!this.adding.hidden) return this.closeSheet();
    const { named } = this.shown;
    const here = this.sections[this.place].row ?? [];
    const fields = ROW.map(([name, words], at) => {
      const known = make("datalist", { id: mint() }, ...named[name].map((one) => make("option", { value: one })));
      const field = make("input", { type: "text", maxlength: "300", dir: "auto", list: known.id, onkeydown: (event) => this.enter(event, take) });
      field.value = here[at] ?? "";
      return [make("label", { class: "field" }, make("span", { class: "name" }, words), field, known), field];
    });
    const hint = make("p", { class: "hint", "aria-live": "polite" }, "Leave empty what does not vary. Names that are in use are offered.");
    const take = () => {
      const row = fields.map(([, field]) => folded(field.value) || null);
      if (!row.some(Boolean)) {
        hint.textContent = "Name an arm, an outcome, a time point or an analysis set.";
        fields[0][1].focus();
      } else if (!this.pending) {
        this.closeSheet();
        this.wanted = row;
        if (!this.sections.some((one) => one.row && sameRow(one.row, row))) this.kept.rows.push(sentRow(row));
        this.keep();
        this.send({ kind: "row", study: this.study, rows: [sentRow(row)] });
      }
    };
    this.adding.replaceChildren(make("h3", {}, "A row: of an arm, or of a result"), hint, make("div", { class: "fields" }, ...fields.map(([label]) => label)),
      make("div", { class: "row" }, button("Add", take, { key: "Enter" }), button("Back", () => this.closeSheet(), { key: "Escape" })));
    this.openSheet(this.adding, "input");
  }

  // ---- what two extracted differently

  fillDifference(card) {
    this.study = card.report;
    this.sections = null;
    const label = card.item?.label ?? card.key[0].replaceAll("_", " ");
    this.reason = make("textarea", { rows: "2", maxlength: "4000", dir: "auto", "data-command": "reason", "aria-keyshortcuts": spoken(this.keys.reason) });
    put(this.side, make("h3", { class: "about", dir: "auto" }, card.title), make("p", { class: "source", dir: "auto" }, [card.about, card.many > 1 ? `${card.at} of ${card.many} of this study` : ""].filter(Boolean).join(" · ")),
      make("div", { class: "sides" }, ...card.sides.map((side, at) => make("section", { class: "saying", "aria-label": WHOSE[at] },
        make("p", { class: "whose" }, WHOSE[at]), make("p", { class: "value", dir: "auto" }, [side.value, side.unit].filter(Boolean).join(" ")),
        side.quotation ? make("blockquote", { dir: "auto" }, side.quotation, make("small", {}, side.location)) : make("p", { class: "hint" }, side.not_reported ? "says that no source reports it" : "without words of its own"),
        side.confirmed ? make("p", { class: "hint" }, "confirmed what was pre-filled") : null,
        side.astray ? make("p", { class: "hint" }, "read, or perhaps, from a report that is linked no more") : null,
        button("Show in the source", () => this.lightSides(at), { class: "take", "aria-label": `Show in the source what ${WHOSE[at].toLowerCase()} quotes`, hidden: !side.quotation })))),
      make("label", { class: "note" }, make("span", {}, card.by_agreement ? "Reason: how you agreed" : "Reason", make("kbd", { "aria-hidden": "true", "data-command": "reason" }, written(this.keys.reason))), this.reason),
      card.by_agreement ? make("p", { class: "terms" }, "One of these is yours: settle it by agreement with the other extractor, and say so.") : null);
    this.labelled = label;
    this.lightSides(0);
  }

  /** Marks the words of both, 1 and 2, beginning with those of the side *at*. */
  lightSides(at) {
    const { sides } = this.shown;
    const order = [at, 1 - at].filter((side) => sides[side]); // one alone, where one person is due
    this.quotes.light(order.map((side) => ({ text: sides[side].quotation, sign: String(side + 1), lines: sides[side].lines, record: sides[side].record })), sides[at].record ?? "");
  }

  settle(other, given = {}) {
    if (!this.seen()) return;
    if (this.shown.by_agreement && !this.reason.value.trim()) {
      this.say("Say in the reason that you agreed, or let a third person settle it", "unconfirmed");
      return this.reason.focus();
    }
    this.send({ kind: "settle", study: this.study, cell: sentKey(this.shown.key), event: this.shown.print, other, reason: this.reason.value, ...given });
  }

  toggleThird() {
    if (!this.thirding.hidden) return this.closeSheet();
    const { item } = this.shown;
    const units = make("datalist", { id: mint() }, ...(item?.units ?? []).map((one) => make("option", { value: one })));
    const field = (label, attributes = {}) => make("input", { type: "text", maxlength: "4000", dir: "auto", "aria-label": label, placeholder: label, onkeydown: (event) => this.enter(event, take), ...attributes });
    const words = make("datalist", { id: mint() }, ...[...(item?.choices ?? []), NOT_REPORTED].map((one) => make("option", { value: one })));
    const [value, unit] = [field(`Value of ${this.labelled}`, { list: words.id }), field("Unit", { list: units.id })];
    const [quotation, location] = [field("Quoted words"), field("Where they stand")];
    this.third = { value, quotation, location };
    const hint = make("p", { class: "hint", "aria-live": "polite" }, "Neither of the two: give the value, and point at the words that it was read from.");
    const take = () => {
      const missing = folded(value.value).toLowerCase() === NOT_REPORTED;
      if (!value.value.trim() || !this.reason.value.trim() || !(missing || quotation.value.trim())) {
        const empty = !value.value.trim() ? value : !this.reason.value.trim() ? this.reason : quotation;
        hint.textContent = empty === value ? "Give the value." : empty === quotation ? "Give the words that it was read from." : "A third value needs its reason: say it in the form first.";
        empty.focus();
      } else {
        this.closeSheet();
        this.settle("", { value: value.value.trim(), unit: unit.value, quotation: missing ? "" : quotation.value.trim(), location: missing ? "" : location.value.trim() });
      }
    };
    this.thirding.replaceChildren(make("h3", {}, this.labelled), hint, value, words, ...(item && !item.number ? [] : [unit, units]), quotation, location, make("div", { class: "row" }, button("Settle", take, { key: "Enter" }), button("Back", () => this.closeSheet(), { key: "Escape" })));
    this.openSheet(this.thirding, "input");
  }
}

/** By what the browser names a cell. */
function idOf(cell) {
  return cell ? JSON.stringify(cell.key) : "";
}

function listed({ item, arm, outcome, timepoint, analysis_set }) {
  return [item, arm, outcome, timepoint, analysis_set];
}

function sentKey([item, ...row]) {
  return { item, ...sentRow(row) };
}

function sentRow([arm, outcome, timepoint, analysis_set]) {
  return { arm, outcome, timepoint, analysis_set };
}

/** Whether *row*, a list, is the row that *sent* names, a list or what is sent of one. */
function sameRow(row, sent) {
  const other = Array.isArray(sent) ? sent : ROW.map(([name]) => sent[name]);
  return row.every((one, at) => (one ?? null) === (other[at] ?? null));
}

/** The cells behind the one of that id, then those before it. */
function after(cells, id) {
  const at = cells.findIndex((cell) => idOf(cell) === id);
  return [...cells.slice(at + 1), ...cells.slice(0, Math.max(0, at))];
}

function many(number, what) {
  return `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;
}

/** What is typed and not saved, kept by this browser for one extractor and study, so that it outlives the kernel and the page. */
const keptDrafts = {
  name: (reviewer, study) => `review-desk: extraction ${reviewer} ${study}`,
  read(reviewer, study) {
    try {
      const { rows = [], cells = {} } = JSON.parse(localStorage.getItem(this.name(reviewer, study))) ?? {};
      return { rows, cells };
    } catch { // nothing can be kept here, or what is kept was not written by a card
      return { rows: [], cells: {} };
    }
  },
  write(reviewer, study, kept) {
    try {
      if (kept.rows.length || Object.keys(kept.cells).length) localStorage.setItem(this.name(reviewer, study), JSON.stringify(kept));
      else localStorage.removeItem(this.name(reviewer, study));
    } catch { // then it holds until the page is left
    }
  },
};
