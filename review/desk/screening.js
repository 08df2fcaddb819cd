// The screening card in the browser: criteria judged by one key each; include, exclude with its reason, unsure; note, near miss and skip;
// the protocol's terms tinted; a search over one's own records; why a record comes now.

const JUDGEMENTS = [["met", "Met", "✓"], ["not_met", "Not met", "✕"], ["unclear", "Unclear", "?"]];
const DECISIONS = [["include", "Include"], ["exclude", "Exclude"], ["unsure", "Unsure"]];
const FILTERS = [["all", "All"], ["waiting", "Waiting"], ["decided", "Decided"], ["noted", "Noted"], ["unsure", "Unsure"]];
const ELEMENTS = { P: "population", I: "intervention", C: "comparator", O: "outcome", S: "study design", T: "time" };

class Screening extends Card {
  static label = "Screening card";
  static falls = { ...Card.falls, decide: ["Saving", "Not confirmed yet"], skip: ["", "No answer yet"], find: ["", "No answer yet"], go: ["", "No answer yet"] };

  constructor(model) {
    super(model);
    this.criteria = [];
    this.elements = []; // those that have terms
    this.marks = {}; // criterion id -> judgement
    this.kept = new Map(); // what was marked on the records that were decided or skipped, should they come back
    this.current = 0;
    this.only = "all"; // the filter of the search
    this.whyOpen = false;
    this.pane = documentPane(this);
  }

  commands() {
    return {
      ...Object.fromEntries(DECISIONS.map(([decision, label]) => [decision, [label, () => this.press(decision)]])),
      ...Object.fromEntries(JUDGEMENTS.map(([value, label]) => [value, [label, () => this.judge(value)]])),
      ...(this.reasonNeeded ? { near_miss: ["Near miss", () => this.nearMiss()] } : {}),
      note: ["Note", () => this.note.focus()],
      skip: ["Skip", () => this.skip()],
      find: ["Find", () => this.toggle(this.finding)],
      ...(this.reasonNeeded ? this.pane.command : {}),
      why: ["Why this one?", () => this.toggleWhy()],
      ...Object.fromEntries(this.elements.map((element) => [`tint_${element}`, [`Tint of ${element}, ${ELEMENTS[element]}`, () => this.tint(element)]])),
      ...super.commands(),
    };
  }

  parts() {
    this.list = make("ol", { class: "criteria" });
    this.note = make("textarea", { rows: "2", "data-command": "note", "aria-keyshortcuts": spoken(this.keys.note), maxlength: "4000" });
    const key = make("kbd", { "aria-hidden": "true", "data-command": "note" }, written(this.keys.note));
    this.reasons = this.sheet("Reason of the exclusion", "reasons");
    this.finding = this.sheet("Find a record", "finding");
    this.near = this.command("near_miss", { words: "Near miss", class: "flag", sign: "◇", "aria-pressed": "false", hidden: true, press: () => this.nearMiss(),
      title: "Excluded, and yet one that readers would look for: it is listed in the report with its reason" });
    this.legend = make("span", { class: "legend", role: "group", "aria-label": "Terms of the protocol" });
    this.search = make("input", { type: "search", "aria-label": "Words in title, abstract, authors or identifiers", placeholder: "Words, a name, a number", oninput: () => this.look() });
    this.filters = FILTERS.map(([only, label]) => button(label, () => this.filter(only), { "aria-pressed": String(only === this.only), "data-only": only, class: "filter" }));
    this.results = make("div", { class: "results", role: "group", "aria-label": "Found", onkeydown: (event) => this.walk(event) });
    this.count = make("p", { class: "hint", "aria-live": "polite" });
    this.finding.append(this.search, make("div", { class: "row", role: "group", "aria-label": "Which" }, ...this.filters), this.count, this.results,
      make("div", { class: "row" }, button("Back", () => this.closeSheet(), { key: "Escape" })));
    return {
      head: [this.legend, this.pane.open, this.command("find", { class: "tool" })],
      side: [make("h3", {}, "Criteria"), this.list, make("label", { class: "note" }, make("span", {}, "Note", key), this.note), this.near],
      sheets: [this.reasons, this.finding],
      deciding: DECISIONS.map(([decision]) => this.command(decision, { class: `decision ${decision}`, "data-needs": "record" })),
      quiet: [this.command("undo", { class: "quiet", "data-needs": "quiet" }), this.command("skip", { class: "quiet", "data-needs": "record" })],
    };
  }

  opened(message) {
    super.opened(message);
    if (this.round !== message.round) this.kept.clear(); // what was marked in a pilot is no mark of the main screening
    this.round = message.round;
    this.reasonNeeded = message.reason_needed;
    this.criteria = message.criteria;
    this.elements = message.elements ?? [];
    this.near.hidden = !this.reasonNeeded;
    this.legend.replaceChildren(...this.elements.map((element) => this.command(`tint_${element}`, {
      words: [make("mark", { class: element }, element), make("span", { class: "name" }, ` ${ELEMENTS[element]}`)],
      class: "tool", "aria-pressed": "true", "aria-label": `${ELEMENTS[element]}: tint`, "data-element": element })));
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
    this.mark();
  }

  fill(card) {
    const before = card?.own ?? this.kept.get(card?.report) ?? { judgements: {}, note: "" };
    this.marks = { ...before.judgements };
    this.note.value = before.note;
    this.setNear(before.near_miss ?? false);
    this.current = 0;
    this.mark();
    super.fill(card);
    this.pane.fill(card);
  }

  recordOf(card) {
    const parts = super.recordOf(card);
    if (card.own) parts.unshift(make("p", { class: "own" }, card.own.words));
    const why = card.why && make("details", { class: "why", open: this.whyOpen, ontoggle: (event) => { this.whyOpen = event.target.open; } },
      make("summary", {}, "Why this one?", " ", make("kbd", { "aria-hidden": "true", "data-command": "why" }, written(this.keys.why))),
      make("p", {}, `${card.why.place} ${card.why.words}`.trim()),
      card.why.terms.length ? make("p", {}, "Lifted by: ", ...card.why.terms.flatMap((term, at) => [at ? ", " : "", make("b", {}, term)])) : null);
    const heads = parts.findIndex((part) => part.matches("h3, dl"));
    if (why) parts.splice(heads < 0 ? parts.length : heads, 0, why);
    return parts;
  }

  done(sent, answer) {
    if (sent.kind === "decide") return `Saved: ${sent.decision}`;
    return answer.waits === false ? "Undone: your earlier decision stands again" : super.done(sent);
  }

  arrived(sent, same) {
    if (sent.kind !== "skip") return "";
    if (this.left_as_it_was) return "Left as it was";
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
    const marked = this.keep();
    this.send({ kind: "decide", report: this.shown.report, ...marked, near_miss: marked.near_miss && decision === "exclude", decision, reason });
  }

  keep() {
    const marked = { judgements: { ...this.marks }, note: this.note.value, near_miss: this.isNear };
    this.kept.set(this.shown.report, marked);
    return marked;
  }

  skip() {
    if (this.pending || !this.shown) return;
    this.left_as_it_was = Boolean(this.shown.own);
    if (!this.left_as_it_was) this.keep();
    this.send({ kind: "skip", report: this.shown.report });
  }

  // ---- tints, why

  tint(element) {
    const off = new Set((this.root.dataset.plain ?? "").split(" ").filter(Boolean));
    const shows = off.delete(element) || !off.add(element);
    this.root.dataset.plain = [...off].join(" ");
    this.legend.querySelector(`[data-element="${element}"]`).setAttribute("aria-pressed", String(shows));
    this.tell(`Terms of ${ELEMENTS[element]} ${shows ? "tinted" : "plain"}.`);
  }

  toggleWhy() {
    const why = this.record.querySelector(".why");
    if (why) why.open = !why.open;
  }

  // ---- finding

  openSheet(sheet, first) {
    super.openSheet(sheet, first);
    if (sheet === this.finding) {
      this.search.select();
      this.look(0);
    }
  }

  /** A search that is still on its way is given up with its sheet: it must not hold up the next key. */
  closeSheet() {
    if (this.pending?.message.kind === "find") {
      this.rest();
      this.say("");
    }
    super.closeSheet();
  }

  filter(only) {
    this.only = only;
    for (const one of this.filters) one.setAttribute("aria-pressed", String(one.dataset.only === only));
    this.look(0);
  }

  /** Asks for what is typed, a moment after the last letter; while another message is on its way it waits for that. */
  look(moment = 150) {
    clearTimeout(this.looking);
    this.looking = setTimeout(() => {
      if (this.finding.hidden) return;
      if (this.pending) this.look();
      else this.send({ kind: "find", words: this.search.value, only: this.only });
    }, moment);
  }

  answered({ kind, rows, more }) {
    if (kind !== "found") return;
    const found = rows.length + more;
    this.count.textContent = found === 0 ? "Nothing of yours at this stage." : `${found.toLocaleString("en")} found${more ? ", the first are listed" : ""}`;
    this.results.replaceChildren(...rows.map((row) => button(
      [make("span", { dir: "auto" }, row.title), make("small", {}, [row.year, row.own || "waits", row.noted ? "note" : ""].filter(Boolean).join(" · "))],
      () => this.go(row.report))));
  }

  go(report) {
    this.closeSheet();
    if (this.pending) return;
    if (this.shown && !this.shown.own) this.keep();
    this.send({ kind: "go", report });
  }

  leaving() {
    clearTimeout(this.looking);
    this.pane.leave();
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
