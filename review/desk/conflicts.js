// The conflict card in the browser: the answers beside each other without names, and what ends the conflict: include, or exclude with its reason.

const SAYS = { include: ["Include", "✓"], exclude: ["Exclude", "✕"], unsure: ["Unsure", "?"] };
const JUDGED = { met: "✓ met", not_met: "✕ not met", unclear: "? unclear", not_assessed: "– not assessed" };
const WHOSE = ["One answer", "The other", "A third", "A fourth"];

class Conflicts extends Card {
  static label = "Conflict card";
  static falls = { ...Card.falls, resolve: ["Saving", "Not confirmed yet"], skip: ["", "No answer yet"] };

  constructor(model) {
    super(model);
    this.kept = new Map(); // notes on conflicts that were skipped or resolved, should they come back
  }

  commands() {
    return {
      include: ["Include", () => this.press("include")],
      exclude: ["Exclude", () => this.press("exclude")],
      near_miss: ["Near miss", () => this.nearMiss()],
      note: ["Note", () => this.note.focus()],
      skip: ["Skip", () => this.skip()],
      ...super.commands(),
    };
  }

  parts() {
    this.question = make("h3", { class: "question" });
    this.answers = make("div", { class: "answers" });
    this.differing = make("div", { class: "differing" });
    this.terms = make("p", { class: "terms", id: mint(), hidden: true },
      "One of these answers is yours: you can end the conflict only by agreement with the other reviewer. Say so in the note.");
    this.note = make("textarea", { rows: "2", "data-command": "note", "aria-keyshortcuts": spoken(this.keys.note), maxlength: "4000" });
    const key = make("kbd", { "aria-hidden": "true", "data-command": "note" }, written(this.keys.note));
    this.near = this.command("near_miss", { class: "flag", sign: "◇", "aria-pressed": "false",
      title: "Excluded, and yet one that readers would look for: it is listed in the report with its reason" });
    this.reasons = this.sheet("Reason of the exclusion", "reasons");
    return {
      side: [this.question, this.answers, this.differing, make("label", { class: "note" }, make("span", {}, "Note", key), this.note), this.terms, this.near],
      sheets: [this.reasons],
      deciding: ["include", "exclude"].map((name) => this.command(name, { class: `decision half ${name}`, "data-needs": "record" })),
      quiet: [this.command("undo", { class: "quiet", "data-needs": "quiet" }), this.command("skip", { class: "quiet", "data-needs": "record" })],
    };
  }

  build(el) {
    super.build(el);
    this.side.setAttribute("aria-label", "Answers");
  }

  fill(card) {
    super.fill(card);
    this.note.value = (card && this.kept.get(this.placeOf(card))) ?? "";
    this.setNear(false);
    if (!card) return;
    this.near.hidden = card.stage !== "full_text";
    this.terms.hidden = !card.by_agreement;
    this.note.toggleAttribute("aria-required", card.by_agreement);
    this.note.setAttribute("aria-describedby", card.by_agreement ? this.terms.id : "");
    const both = card.sides.length === 2 ? "both" : "all";
    this.question.textContent = `${card.stage_name}: ${card.about_reasons ? `${both} exclude; which reason counts?` : "include or exclude?"}`;
    this.answers.replaceChildren(...card.sides.map((side, at) => this.answer(card, side, WHOSE[at] ?? "Another")));
    this.differing.replaceChildren(...this.table(card));
    this.reasons.replaceChildren(make("h3", {}, card.about_reasons ? "Which reason counts?" : "Why exclude it?"),
      ...card.criteria.map((criterion, at) => button([make("b", {}, criterion.id), " ", criterion.text], () => this.exclude(criterion.id), { key: digitOf(at) })),
      ...(card.stage === "full_text" ? [] : [this.command("exclude", { words: "Without a reason" })]),
      button("Back", () => this.closeSheet(), { key: "Escape" }));
  }

  answer(card, side, whose) {
    const [says, sign] = SAYS[side.decision];
    const reason = card.judged.find((one) => one.id === side.reason);
    const unnamed = side.reason_words ? `“${side.reason_words}”, as imported` : "No reason given";
    return make("section", { class: "answer", "aria-label": whose },
      make("p", { class: "whose" }, whose),
      make("p", { class: `says ${side.decision}` }, make("span", { "aria-hidden": "true" }, `${sign} `), says),
      side.decision === "exclude" ? make("p", { class: "because", dir: "auto" }, side.reason ? make("b", {}, side.reason) : unnamed, reason?.reason ? ` ${reason.reason}` : "") : null,
      side.near_miss ? make("p", { class: "because" }, "◇ Near miss") : null,
      side.note ? make("p", { class: "said-why", dir: "auto" }, side.note) : null,
      side.changed_to ? make("p", { class: "since" }, `Changed since to: ${SAYS[side.changed_to][0].toLowerCase()}`) : null);
  }

  /** The criteria that were judged differently, a row each. */
  table(card) {
    const differ = card.judged.filter(({ id }) => new Set(card.sides.map((side) => side.judgements[id] ?? "not_assessed")).size > 1);
    if (!differ.length) return [];
    const head = make("tr", {}, make("th", { scope: "col" }, "Judged differently"), ...card.sides.map((_, at) => make("th", { scope: "col" }, WHOSE[at] ?? "Another")));
    return [make("table", {}, make("thead", {}, head), make("tbody", {}, ...differ.map((criterion) => make("tr", {},
      make("th", { scope: "row", title: criterion.text }, criterion.id, make("span", { class: "text", dir: "auto" }, criterion.text)),
      ...card.sides.map((side) => { const value = side.judgements[criterion.id] ?? "not_assessed"; return make("td", { class: value }, JUDGED[value] ?? value); })))))];
  }

  nothing() {
    return "No conflict waits for a resolution.";
  }

  done(sent) {
    if (sent.kind !== "resolve") return "Undone: this conflict waits again";
    return `Saved: ${sent.decision}${sent.reason ? ` (${sent.reason})` : ""}`;
  }

  arrived(sent, same) {
    if (sent.kind !== "skip") return "";
    return same ? "It is the only one left" : "Skipped: it comes again at the end";
  }

  // ---- resolving

  press(decision) {
    if (!this.seen() || this.lacksNote()) return;
    if (decision === "include") this.resolve("include", null);
    else if (this.reasons.hidden) this.openSheet(this.reasons);
    else if (this.shown.stage !== "full_text") this.exclude(null);
  }

  /** Where the note is the agreement, it comes first. */
  lacksNote() {
    if (!this.shown.by_agreement || this.note.value.trim()) return false;
    this.say("Say in the note that you agreed, or let a third person resolve it", "unconfirmed");
    this.note.focus();
    return true;
  }

  exclude(reason) {
    if (!this.pending && this.shown) this.resolve("exclude", reason);
  }

  resolve(decision, reason) {
    this.closeSheet();
    const { report, stage } = this.keep();
    this.send({ kind: "resolve", report, stage, decision, reason, note: this.note.value, near_miss: this.isNear && decision === "exclude" });
  }

  keep() {
    this.kept.set(this.placeOf(this.shown), this.note.value);
    return this.shown;
  }

  skip() {
    if (this.pending || !this.shown) return;
    const { report, stage } = this.keep();
    this.send({ kind: "skip", report, stage });
  }

  digit(at) {
    if (!this.reasons.hidden && at < this.shown.criteria.length) this.exclude(this.shown.criteria[at].id);
  }
}
