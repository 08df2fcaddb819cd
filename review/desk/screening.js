// The screening card in the browser: criteria judged by one key each, include, exclude with its reason, unsure, note and skip.

const JUDGEMENTS = [["met", "Met", "✓"], ["not_met", "Not met", "✕"], ["unclear", "Unclear", "?"]];
const DECISIONS = [["include", "Include"], ["exclude", "Exclude"], ["unsure", "Unsure"]];
const ELEMENTS = { P: "population", I: "intervention", C: "comparator", O: "outcome", S: "study design", T: "time" };

class Screening extends Card {
  static label = "Screening card";
  static falls = { ...Card.falls, decide: ["Saving", "Not confirmed yet"], skip: ["", "No answer yet"] };

  constructor(model) {
    super(model);
    this.criteria = [];
    this.marks = {}; // criterion id -> judgement
    this.kept = new Map(); // what was marked on the records that were decided or skipped, should they come back
    this.current = 0;
  }

  commands() {
    return {
      ...Object.fromEntries(DECISIONS.map(([decision, label]) => [decision, [label, () => this.press(decision)]])),
      ...Object.fromEntries(JUDGEMENTS.map(([value, label]) => [value, [label, () => this.judge(value)]])),
      note: ["Note", () => this.note.focus()],
      skip: ["Skip", () => this.skip()],
      ...super.commands(),
    };
  }

  parts() {
    this.list = make("ol", { class: "criteria" });
    this.note = make("textarea", { rows: "2", "data-command": "note", "aria-keyshortcuts": spoken(this.keys.note), maxlength: "4000" });
    const key = make("kbd", { "aria-hidden": "true", "data-command": "note" }, written(this.keys.note));
    this.reasons = this.sheet("Reason of the exclusion", "reasons");
    return {
      side: [make("h3", {}, "Criteria"), this.list, make("label", { class: "note" }, make("span", {}, "Note", key), this.note)],
      sheets: [this.reasons],
      deciding: DECISIONS.map(([decision]) => this.command(decision, { class: `decision ${decision}`, "data-needs": "record" })),
      quiet: [this.command("undo", { class: "quiet", "data-needs": "quiet" }), this.command("skip", { class: "quiet", "data-needs": "record" })],
    };
  }

  opened(message) {
    super.opened(message);
    this.reasonNeeded = message.reason_needed;
    this.criteria = message.criteria;
    this.list.replaceChildren(...this.criteria.map((criterion, at) => {
      const judged = JUDGEMENTS.map(([value, , sign]) => this.command(value, {
        sign, class: `judgement ${value}`, "aria-pressed": "false", "data-value": value,
        press: () => { this.current = at; this.judge(value); } }));
      const name = make("abbr", { title: ELEMENTS[criterion.element], class: criterion.element }, criterion.id);
      const text = make("p", { onclick: () => this.point(at) }, make("kbd", { "aria-hidden": "true" }, digitOf(at)), name, criterion.text);
      return make("li", { onfocusin: () => this.point(at) }, text,
        make("div", { class: "judgements", role: "group", "aria-label": `${criterion.id}: ${criterion.text}` }, ...judged));
    }));
    this.reasons.replaceChildren(make("h3", {}, "Why exclude it?"),
      ...this.criteria.map((criterion, at) => button([make("b", {}, criterion.id), " ", criterion.text], () => this.exclude(criterion.id), { key: digitOf(at) })),
      ...(this.reasonNeeded ? [] : [this.command("exclude", { words: "Without a reason" })]),
      button("Back", () => this.closeSheet(), { key: "Escape" }));
  }

  fill(card) {
    const before = this.kept.get(card?.report) ?? { judgements: {}, note: "" };
    this.marks = { ...before.judgements };
    this.note.value = before.note;
    this.current = 0;
    this.mark();
    super.fill(card);
  }

  done(sent) {
    return sent.kind === "decide" ? `Saved: ${sent.decision}` : super.done(sent);
  }

  arrived(sent, same) {
    if (sent.kind !== "skip") return "";
    return same ? "It is the only one left" : "Skipped: it comes again at the end";
  }

  // ---- deciding

  press(decision) {
    if (!this.seen()) return;
    const failed = Object.values(this.marks).includes("not_met");
    if (decision !== "exclude" || failed) this.decide(decision, null);
    else if (this.reasons.hidden) this.openSheet(this.reasons);
    else if (!this.reasonNeeded) this.exclude(null);
  }

  exclude(reason) {
    if (!this.pending && this.shown) this.decide("exclude", reason);
  }

  decide(decision, reason) {
    this.closeSheet();
    this.send({ kind: "decide", report: this.shown.report, ...this.keep(), decision, reason });
  }

  keep() {
    const marked = { judgements: { ...this.marks }, note: this.note.value };
    this.kept.set(this.shown.report, marked);
    return marked;
  }

  skip() {
    if (this.pending || !this.shown) return;
    this.keep();
    this.send({ kind: "skip", report: this.shown.report });
  }

  // ---- judgements

  digit(at) {
    if (this.reasons.hidden) this.point(at);
    else if (at < this.criteria.length) this.exclude(this.criteria[at].id);
  }

  point(at) {
    if (at < this.criteria.length) {
      this.current = at;
      this.mark();
    }
  }

  judge(value) {
    const criterion = this.criteria[this.current];
    if (!this.shown || this.pending || !criterion) return;
    if (this.marks[criterion.id] === value) delete this.marks[criterion.id];
    else this.marks[criterion.id] = value;
    const said = this.marks[criterion.id] ? JUDGEMENTS.find(([name]) => name === value)[1].toLowerCase() : "not assessed";
    const open = (at) => this.marks[this.criteria[at].id] === undefined;
    const order = this.criteria.map((_, step) => (this.current + step) % this.criteria.length);
    this.current = order.find(open) ?? this.current;
    this.mark();
    this.tell(`${criterion.id} ${said}. Now ${this.criteria[this.current].id}.`);
  }

  /** Shows the judgements and which criterion the keys are on. */
  mark() {
    [...this.list.children].forEach((row, at) => {
      const here = at === this.current && this.shown !== null;
      row.toggleAttribute("data-here", here);
      here ? row.setAttribute("aria-current", "true") : row.removeAttribute("aria-current");
      for (const one of row.querySelectorAll("button")) one.setAttribute("aria-pressed", String(this.marks[this.criteria[at].id] === one.dataset.value));
      if (here && this.side.scrollHeight > this.side.clientHeight) row.scrollIntoView({ block: "nearest" });
    });
  }
}

function digitOf(at) {
  return at < 9 ? String(at + 1) : at === 9 ? "0" : "";
}
