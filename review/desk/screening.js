// The screening card in the browser. It mints a token at each key press and says 'Saved' only when the kernel has said so.
// Whatever a record holds becomes text nodes, never markup.

const JUDGEMENTS = [["met", "Met", "m", "✓"], ["not_met", "Not met", "n", "✕"], ["unclear", "Unclear", "c", "?"]];
const DECISIONS = { include: "Include", exclude: "Exclude", unsure: "Unsure" };
const FALLS = { decide: ["Saving", "Not confirmed yet"], undo: ["Undoing", "Not confirmed yet"], skip: ["", "No answer yet"], open: ["Opening", "No answer yet"] };

export default { render: ({ model, el }) => new Card(model, el).leave };

/** An element with attributes, listeners (on…) and children; a child that is a string becomes text. */
function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== ""));
  return made;
}

/** A button with its key written on it, and a sign before the words where it has one. */
function button(label, key, press, attributes = {}, sign = "") {
  const unread = { "aria-hidden": "true" };
  const parts = [sign && make("span", unread, sign), make("span", {}, ...[label].flat()), key && make("kbd", unread, key)];
  return make("button", { type: "button", "aria-keyshortcuts": key || null, onclick: press, ...attributes }, ...parts);
}

/** A random name for one key press; without a secure address there is no randomUUID. */
function mint() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The address if it is one of the web, else ''. */
function webAddress(text) {
  return /^https?:\/\//i.test(text) && URL.canParse(text) ? text : "";
}

class Card {
  constructor(model, el) {
    this.model = model;
    this.criteria = [];
    this.shown = null; // the record on show
    this.marks = {}; // criterion id -> judgement
    this.kept = new Map(); // what was marked on the records that were decided or skipped, should they come back
    this.current = 0;
    this.pending = null; // what was sent and is not answered
    this.build(el);
    this.heard = (message) => this.hear(message);
    model.on("msg:custom", this.heard);
    this.leave = () => { model.off("msg:custom", this.heard); this.rest(); };
    this.send({ kind: "open" });
  }

  // ---- the parts, made once; what changes is filled in

  build(el) {
    this.stage = make("span", { class: "stage" });
    this.left = make("span", { class: "left" });
    this.record = make("div", { class: "record", tabindex: "0", role: "region", "aria-label": "Record" });
    this.list = make("ol", { class: "criteria" });
    this.note = make("textarea", { rows: "2", "aria-keyshortcuts": "t", maxlength: "4000" });
    const noted = make("label", { class: "note" }, make("span", {}, "Note", make("kbd", { "aria-hidden": "true" }, "t")), this.note);
    this.side = make("div", { class: "side", role: "region", "aria-label": "Criteria", tabindex: "0" }, make("h3", {}, "Criteria"), this.list, noted);
    this.reasons = make("div", { class: "reasons", role: "group", "aria-label": "Reason of the exclusion", hidden: true });
    this.said = make("span", { role: "status", "aria-live": "polite", "aria-atomic": "true" });
    this.again = button("Send again", "r", () => this.resend(), { class: "again", hidden: true });
    this.news = make("div", { class: "unheard", role: "log", "aria-live": "polite" });
    this.deciding = Object.entries(DECISIONS).map(([decision, label]) =>
      button(label, decision[0], () => this.press(decision), { class: `decision ${decision}` }));
    this.undoing = button("Undo", "z", () => this.undo(), { class: "quiet" });
    this.skipping = button("Skip", "s", () => this.skip(), { class: "quiet" });
    this.bar = make("footer", {}, this.reasons, make("p", { class: "said" }, this.said, this.again),
      make("div", { class: "keys", role: "group", "aria-label": "Decision" }, ...this.deciding, make("span", { class: "gap" }), this.undoing, this.skipping));
    this.root = make("section", {
      class: "review-desk", tabindex: "-1", "aria-label": "Screening card", onkeydown: (event) => this.key(event),
    }, make("header", {}, this.stage, this.left), make("div", { class: "body" }, this.record, this.side), this.bar, this.news);
    el.replaceChildren(this.root);
  }

  fillCriteria() {
    this.list.replaceChildren(...this.criteria.map((criterion, at) => {
      const judged = JUDGEMENTS.map(([value, label, key, sign]) =>
        button(label, key, () => { this.current = at; this.judge(value); }, { class: `judgement ${value}`, "aria-pressed": "false", "data-value": value }, sign));
      const text = make("p", { onclick: () => this.point(at) }, make("kbd", { "aria-hidden": "true" }, this.digit(at)), make("abbr", { title: ELEMENTS[criterion.element], class: criterion.element }, criterion.id), criterion.text);
      return make("li", { onfocusin: () => this.point(at) }, text,
        make("div", { class: "judgements", role: "group", "aria-label": `${criterion.id}: ${criterion.text}` }, ...judged));
    }));
    this.reasons.replaceChildren(make("h3", {}, "Why exclude it?"),
      ...this.criteria.map((criterion, at) => button([make("b", {}, criterion.id), " ", criterion.text], this.digit(at), () => this.exclude(criterion.id))),
      ...(this.reasonNeeded ? [] : [button("Without a reason", "e", () => this.exclude(null))]),
      button("Back", "Esc", () => this.closeReasons()));
  }

  digit(at) {
    return at < 9 ? String(at + 1) : at === 9 ? "0" : "";
  }

  // ---- what the kernel says

  hear(message) {
    const own = this.pending !== null && message.token === this.pending.token;
    if (message.kind === "opening" && own) this.open(message);
    else if (message.kind === "closed") this.close(message, own);
    else if (message.kind === "saved" && own) this.saved();
    else if (message.kind === "refused" && own) this.refuse(message.message);
    else if (message.kind === "card") {
      this.show(message);
      if (own) this.arrive();
    }
  }

  open(message) {
    this.root.classList.remove("closed");
    this.stage.textContent = `${message.stage} · ${message.reviewer}`;
    this.reasonNeeded = message.reason_needed;
    this.stageName = message.stage.toLowerCase();
    this.criteria = message.criteria;
    this.fillCriteria();
  }

  close(message, own) {
    this.root.classList.add("closed");
    this.record.replaceChildren(make("p", { class: "closed" }, message.message));
    if (own) this.rest();
    this.say("");
  }

  saved() {
    const { kind, decision } = this.pending.message;
    this.pending.saved = true;
    this.quiet();
    this.wait("lost_after", () => this.doubt("Saved, but no next record came: run the cell again", "lost"));
    this.say(kind === "undo" ? "Undone: this record waits again" : `Saved: ${decision}`, "saved");
  }

  refuse(words) {
    this.rest();
    this.say(`Refused: ${words}`, "refused");
  }

  /** The record to look at came in answer to what this view sent. */
  arrive() {
    const { saved, message } = this.pending;
    this.rest();
    const only = this.shown !== null && this.shown.report === message.report;
    if (!saved) this.say(message.kind !== "skip" ? "" : only ? "It is the only one left" : "Skipped: it comes again at the end");
    if (message.kind === "open" && document.activeElement === document.body) this.record.focus({ preventScroll: true });
  }

  show({ card, left }) {
    const same = card !== null && this.shown !== null && card.report === this.shown.report;
    this.shown = card;
    this.left.textContent = card ? `${left} left` : "";
    this.root.classList.toggle("empty", card === null);
    this.able();
    if (same) return;
    this.since = performance.now();
    this.closeReasons();
    if (this.side.contains(document.activeElement)) this.record.focus({ preventScroll: true });
    const before = this.kept.get(card?.report) ?? { judgements: {}, note: "" };
    this.marks = { ...before.judgements };
    this.note.value = before.note;
    this.current = 0;
    this.mark();
    this.record.replaceChildren(...(card ? recordParts(card) : [make("p", { class: "closed" }, `Nothing waits for you at ${this.stageName}.`)]));
    this.record.scrollTop = this.side.scrollTop = this.record.parentElement.scrollTop = 0;
    this.tell(card ? `${card.title}. ${left} left.` : `Nothing waits for you at ${this.stageName}.`);
  }

  // ---- what this view sends, one thing at a time

  send(message) {
    if (this.pending) return;
    this.pending = { token: mint(), message, saved: false, timers: [] };
    this.able();
    this.post();
  }

  post() {
    const { token, message } = this.pending;
    const [now, later] = FALLS[message.kind];
    this.quiet();
    this.say(now, "saving");
    this.wait("confirm_after", () => this.doubt(later, "unconfirmed"));
    this.wait("lost_after", () => this.doubt(`${later}: run the cell again`, "lost"));
    try {
      this.model.send({ ...message, token });
    } catch (problem) { // the channel to the kernel is closed: the timers will say so
      console.debug("not sent", problem);
    }
  }

  wait(seconds, done) {
    this.pending.timers.push(setTimeout(done, 1000 * this.model.get(seconds)));
  }

  doubt(words, state) {
    this.say(words, state);
    this.again.hidden = false;
  }

  resend() {
    if (this.pending && !this.again.hidden) this.post();
  }

  quiet() {
    this.pending?.timers.splice(0).forEach(clearTimeout);
    if (this.again.contains(document.activeElement)) this.record.focus({ preventScroll: true });
    this.again.hidden = true;
  }

  rest() {
    this.quiet();
    this.pending = null;
    this.able();
  }

  /** Which keys of the bar act now; a button that does not keeps the focus all the same. */
  able() {
    const busy = this.pending !== null;
    for (const one of [...this.deciding, this.skipping]) one.setAttribute("aria-disabled", String(busy || this.shown === null));
    this.undoing.setAttribute("aria-disabled", String(busy));
  }

  press(decision) {
    if (this.pending || !this.shown) return;
    if (performance.now() - this.since < 1000 * this.model.get("seen_after")) {
      this.say("Not taken: this record has only just come up", "unconfirmed");
      return;
    }
    const failed = Object.values(this.marks).includes("not_met");
    if (decision !== "exclude" || failed) this.decide(decision, null);
    else if (this.reasons.hidden) this.askReason();
    else if (!this.reasonNeeded) this.exclude(null);
  }

  exclude(reason) {
    if (this.pending || !this.shown) return;
    this.decide("exclude", reason);
  }

  decide(decision, reason) {
    this.closeReasons();
    this.send({ kind: "decide", report: this.shown.report, ...this.keep(), decision, reason });
  }

  keep() {
    const marked = { judgements: { ...this.marks }, note: this.note.value };
    this.kept.set(this.shown.report, marked);
    return marked;
  }

  undo() {
    this.send({ kind: "undo" });
  }

  skip() {
    if (this.pending || !this.shown) return;
    this.keep();
    this.send({ kind: "skip", report: this.shown.report });
  }

  askReason() {
    this.reasons.hidden = false;
    this.before = document.activeElement;
    this.reasons.querySelector("button").focus({ preventScroll: true });
  }

  closeReasons() {
    if (this.reasons.hidden) return;
    const inside = this.reasons.contains(document.activeElement);
    this.reasons.hidden = true;
    if (inside) (this.root.contains(this.before) ? this.before : this.record).focus({ preventScroll: true });
  }

  // ---- judgements

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

  // ---- keys and words

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    event.stopPropagation(); // the notebook would take single letters for its own commands
    if (event.target === this.note) {
      if (event.key === "Escape") this.record.focus();
      return;
    }
    const act = event.repeat ? undefined : this.action(event.key.toLowerCase());
    if (act) {
      event.preventDefault();
      act();
    }
  }

  action(key) {
    if (/^[0-9]$/.test(key)) return () => this.digitPressed((Number(key) + 9) % 10);
    const decision = Object.keys(DECISIONS).find((name) => name[0] === key);
    if (decision) return () => this.press(decision);
    const judgement = JUDGEMENTS.find(([, , letter]) => letter === key);
    if (judgement) return () => this.judge(judgement[0]);
    return { z: () => this.undo(), s: () => this.skip(), t: () => this.note.focus(), r: () => this.resend(), escape: () => this.closeReasons() }[key];
  }

  digitPressed(at) {
    if (this.reasons.hidden) this.point(at);
    else if (at < this.criteria.length) this.exclude(this.criteria[at].id);
  }

  say(words, state = "") {
    this.said.textContent = words;
    this.root.dataset.state = state;
  }

  /** For those who hear the card: a line that is not shown. */
  tell(words) {
    this.news.replaceChildren(make("p", {}, words));
  }
}

const ELEMENTS = { P: "population", I: "intervention", C: "comparator", O: "outcome", S: "study design", T: "time" };

function recordParts(card) {
  const link = webAddress(card.address);
  const known = [...card.identifiers, ...(link ? [make("a", { href: link, target: "_blank", rel: "noopener noreferrer" }, "Open the source")] : [])];
  return [
    make("h2", { dir: "auto" }, card.title),
    card.cited ? make("p", { class: "cited", dir: "auto" }, card.cited) : null,
    make("p", { class: "source" }, card.source, ...known.flatMap((one) => [" · ", one])),
    ...card.warnings.map((warning) => make("p", { class: "warning" }, warning)),
    ...card.remarks.map((remark) => make("p", { class: "source" }, remark)),
    card.facts.length ? make("dl", { class: "facts" }, ...card.facts.flatMap(([label, value]) => [make("dt", {}, label), make("dd", {}, value)])) : null,
    ...card.parts.flatMap((part) => [
      make("h3", {}, part.head, part.remark ? make("small", {}, part.remark) : null),
      make("div", { class: part.prose ? "prose" : "lines", dir: "auto" }, ...part.lines.map(([mark, text]) =>
        make("p", {}, part.lines.some(([one]) => one) ? make("span", { class: "mark" }, mark) : null, make("span", {}, text)))),
    ]),
  ].filter((one) => one !== null);
}
