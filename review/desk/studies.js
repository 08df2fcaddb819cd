// The card of studies in the browser: two records beside one another, field by field, what differs underlined and said in words; one key an
// answer. A list of what was decided, by rules too, from which each decision is looked at in the same way and taken back.

const STATES = { same: "the same", alike: "alike", differs: "differs", other: "differs", first_only: "not in both", second_only: "not in both" };
const PARTS = [["documents", "One document or two?"], ["suggested", "Report of this trial?"], ["candidates", "Candidates"]];
const NOTHING = {
  documents: "No two reports wait to be told apart.",
  suggested: "No suggested link waits. Candidates for trials without a report are ranked when you choose them above.",
  candidates: "No trial without a report has a candidate.",
};

class Studies extends Card {
  static label = "Card of studies";
  static falls = { ...Card.falls, decide: ["Saving", "Not confirmed yet"], skip: ["", "No answer yet"], step: ["", "No answer yet"],
    part: ["Looking", "Still looking"], list: ["", "No answer yet"], look: ["", "No answer yet"] };

  constructor(model) {
    super(model);
    this.kept = new Map(); // notes on pairs that were left, should they come back
    this.only = "merged_by_rule";
  }

  commands() {
    return {
      same: ["Same document", () => this.press("same")],
      apart: ["Two documents", () => this.press("apart")],
      link: ["Report of this trial", () => this.press("link")],
      refuse: ["Not of this trial", () => this.press("refuse")],
      take_back: ["Take it back", () => this.press("take_back")],
      note: ["Note", () => this.noting.hidden || this.note.focus()],
      skip: ["Skip", () => this.go({ kind: "skip" })],
      previous: ["Previous", () => this.go({ kind: "step", step: -1 })],
      next: ["Next", () => this.go({ kind: "step", step: 1 })],
      list: ["Decisions", () => this.toggleList()],
      back: ["Back to what waits", () => this.back()],
      ...super.commands(),
    };
  }

  parts() {
    this.alike = make("div", { class: "alike" });
    this.note = make("textarea", { rows: "2", "data-command": "note", "aria-keyshortcuts": spoken(this.keys.note), maxlength: "4000" });
    const key = make("kbd", { "aria-hidden": "true", "data-command": "note" }, written(this.keys.note));
    this.noting = make("label", { class: "note" }, make("span", {}, "Note, as the reason", key), this.note);
    this.moved = make("span", { class: "moved", role: "status" });
    this.tabs = PARTS.map(([part, words], at) => button([words, " ", make("b", {})], () => this.digit(at), { class: "tool filter", "data-part": part, key: digitOf(at) }));
    this.deciding = ["same", "apart", "link", "refuse", "take_back"].map((name) => this.command(name, { class: "decision half", "data-needs": "record" }));
    this.steps = ["skip", "previous", "next"].map((name) => this.command(name, { class: "quiet", "data-needs": "record" }));
    this.leave = this.command("back", { class: "quiet", "data-needs": "quiet", hidden: true });
    this.listing = this.listSheet();
    return {
      head: [make("span", { class: "tabs", role: "group", "aria-label": "What waits" }, ...this.tabs), this.command("list", { class: "tool" })],
      side: [this.alike, this.noting],
      sheets: [this.listing],
      deciding: this.deciding,
      quiet: [this.command("undo", { class: "quiet", "data-needs": "quiet" }), ...this.steps, this.leave],
    };
  }

  listSheet() {
    const sheet = this.sheet("Decisions on reports", "finding decisions");
    this.search = make("input", { type: "search", "aria-label": "Words of a title, a rule, a day or a reason", placeholder: "Words of a title, a rule, a reason", oninput: () => this.look() });
    this.filters = make("div", { class: "row", role: "group", "aria-label": "Which" });
    this.count = make("p", { class: "hint", "aria-live": "polite" });
    this.results = make("div", { class: "results", role: "group", "aria-label": "Decisions", onkeydown: (event) => this.walk(event) });
    sheet.append(this.search, this.filters, this.count, this.results, make("div", { class: "row" }, button("Back", () => this.closeSheet(), { key: "Escape" })));
    return sheet;
  }

  build(el) {
    super.build(el);
    this.root.classList.add("studies");
    this.record.setAttribute("aria-label", "Two records");
    this.side.setAttribute("aria-label", "What was compared, and a note");
    this.said.parentElement.append(this.moved);
  }

  // ---- what the kernel says

  hear(message) {
    if (message.kind === "moved") this.moved.textContent = message.words;
    else super.hear(message);
  }

  /** To rank candidates takes its time in a large review. */
  wait(seconds, then) {
    const patience = this.pending.message.part === "candidates" ? 6 : 1;
    this.pending.timers.push(setTimeout(then, 1000 * patience * this.model.get(seconds)));
  }

  show(message) {
    this.part = message.part;
    for (const tab of this.tabs) {
      tab.setAttribute("aria-pressed", String(tab.dataset.part === message.part));
      tab.querySelector("b").textContent = message.counts[tab.dataset.part] ?? "";
    }
    super.show(message);
  }

  fill(card) {
    super.fill(card);
    this.note.value = (card && this.kept.get(card.report)) ?? "";
    const looked = card?.part === "decided";
    for (const one of this.deciding) one.hidden = !card || !card.answers.includes(one.dataset.command);
    for (const one of this.steps) one.hidden = looked;
    this.leave.hidden = !looked;
    this.noting.hidden = looked;
    if (!card) return;
    this.alike.replaceChildren(...(card.alike.length ? [make("h3", {}, "What was compared"), make("dl", { class: "facts" }, ...card.alike.flatMap(([field, words]) => [make("dt", {}, field), make("dd", {}, words)]))] : []));
  }

  recordOf(card) {
    const heads = card.sides.map((side) => this.headOf(side));
    const body = card.rows.map((row) => make("tr", { role: "row", class: row.state },
      make("th", { scope: "row", role: "rowheader" }, make("span", { class: "named" }, row.field), make("span", { class: "how" }, STATES[row.state] ?? ""),
        ["differs", "other", "alike"].includes(row.state) ? make("span", { class: "words", dir: "auto" }, row.says) : null),
      ...row.runs.map((runs, at) => this.valueOf(card.sides[at], runs, row.from[at]))));
    const table = make("table", { class: "pair", role: "table", "aria-label": "The two records, field by field" },
      make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, make("th", { scope: "col", role: "columnheader" }, "Field"), ...heads)),
      make("tbody", { role: "rowgroup" }, ...body));
    return [make("h3", { class: "question" }, card.question), card.says ? make("p", { class: "rule" }, card.says) : null, table, card.neither.length ? make("p", { class: "source" }, `Neither states: ${card.neither.join(", ")}.`) : null].filter(Boolean);
  }

  headOf(side) {
    const address = webAddress(side.address);
    return make("th", { scope: "col", role: "columnheader" },
      make("span", { class: "letter" }, side.name),
      ...side.found.map((found) => make("span", { class: "source" }, found)),
      address ? make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, "Open the source") : null,
      ...side.notices.map((notice) => make("span", { class: "warning" }, notice)),
      ...side.own.map((own) => make("span", { class: "own" }, own)));
  }

  valueOf(side, runs, from) {
    const text = runs.length
      ? make("span", { class: "value", dir: "auto" }, ...runs.map(([piece, apart]) => (apart ? make("mark", { class: "apart" }, piece) : piece)))
      : make("span", { class: "none" }, "not stated");
    return make("td", { role: "cell" }, make("span", { class: "whose" }, side.name), make("div", {}, text, from ? make("small", { dir: "auto" }, from) : null));
  }

  nothing() {
    return NOTHING[this.part] ?? NOTHING.documents;
  }

  done(sent, answer) {
    if (sent.kind === "undo") return "Undone: this pair is shown again";
    return `Saved: ${answer.words}`;
  }

  arrived(sent, same) {
    if (!["skip", "step"].includes(sent.kind)) return "";
    if (same) return sent.kind === "skip" ? "It is the only one left" : sent.step > 0 ? "This is the last one" : "This is the first one";
    return sent.kind === "skip" ? "Skipped: it comes again at the end" : "";
  }

  answered(message) {
    if (message.kind === "listed") this.list(message);
  }

  // ---- deciding

  send(message) {
    if (!this.pending && this.moved) this.moved.textContent = "";
    super.send(message);
  }

  press(what) {
    if (!this.shown?.answers.includes(what) || !this.seen()) return;
    const { report } = this.keep();
    this.send({ kind: "decide", pair: report, what, note: this.note.value });
  }

  keep() {
    this.kept.set(this.shown.report, this.note.value);
    return this.shown;
  }

  go(message) {
    if (this.pending || !this.shown || this.shown.part === "decided") return;
    this.send({ ...message, pair: this.keep().report });
  }

  back() {
    if (!this.pending && this.shown?.part === "decided") this.send({ kind: "step", pair: this.keep().report });
  }

  digit(at) {
    if (this.pending || at >= PARTS.length) return;
    if (this.shown) this.keep();
    this.send({ kind: "part", part: PARTS[at][0] });
  }

  // ---- the list of decisions

  toggleList() {
    this.toggle(this.listing);
    if (!this.listing.hidden) this.look();
  }

  /** A listing that is still on its way is given up with its sheet: it must not hold up the next key. */
  closeSheet() {
    clearTimeout(this.typing);
    if (this.pending?.message.kind === "list") {
      this.rest();
      this.say("");
    }
    super.closeSheet();
  }

  leaving() {
    clearTimeout(this.typing);
  }

  /** Asks for what the words and the filter find, when the last answer is there and nobody has typed for a moment. */
  look() {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => {
      if (this.listing.hidden) return;
      if (this.pending) this.look();
      else this.send({ kind: "list", words: this.search.value, only: this.only });
    }, 120);
  }

  filter(only) {
    this.only = only;
    this.look();
  }

  list({ rows, more, kinds }) {
    const chips = [{ only: "", words: "All", n: "" }, ...kinds];
    const held = this.filters.contains(document.activeElement) ? document.activeElement.dataset.only : null;
    this.filters.replaceChildren(...chips.map(({ only, words, n }) => button([words, n ? ` ${n}` : ""], () => this.filter(only), { class: "filter", "data-only": only, "aria-pressed": String(only === this.only) })));
    if (held !== null) this.filters.querySelector(`[data-only="${held}"]`)?.focus();
    this.count.textContent = rows.length ? (more ? `${rows.length} of ${rows.length + more}: type words to find others` : `${rows.length} listed`) : "Nothing of this kind was decided.";
    this.results.replaceChildren(...rows.map((row) => button([make("span", { dir: "auto" }, row.first), row.second ? make("span", { dir: "auto" }, row.second) : "", make("small", {}, row.said)],
      () => this.lookAt(row.event), { "data-event": row.event })));
  }

  lookAt(event) {
    this.closeSheet();
    if (this.pending) return;
    if (this.shown) this.keep();
    this.send({ kind: "look", event });
  }
}
