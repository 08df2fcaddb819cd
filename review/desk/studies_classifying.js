// The card that classifies studies: reports with what registries say of each, what that proposes, and one key for what becomes of the study.
// Where two classified it differently both reasons stand at the side, without names.

const CLASSES = { included: ["Included", "✓"], ongoing: ["Ongoing", "▷"], awaiting: ["Awaiting", "?"], excluded: ["Excluded", "✕"] };
const PARTS = [["waiting", "To classify"], ["conflicts", "Conflicts"], ["classified", "Classified by you"]];
const NOTHING = {
  waiting: "No study waits for your classification. A study comes here once a report of it is included at full text.",
  conflicts: "No two classifications differ.",
  classified: "You have not classified a study yet.",
};

class Classify extends Card {
  static label = "Card of classification";
  static falls = { ...Card.falls, classify: ["Saving", "Not confirmed yet"], check: ["Saving", "Not confirmed yet"],
    step: ["", "No answer yet"], part: ["", "No answer yet"], look: ["", "No answer yet"] };

  constructor(model) {
    super(model);
    this.kept = new Map(); // notes on studies that were left, should they come back
  }

  commands() {
    const classes = Object.entries(CLASSES).map(([name, [words]]) => [name, [words, () => this.press(name)]]);
    return {
      ...Object.fromEntries(classes),
      note: ["Reason", () => this.noting.hidden || this.note.focus()],
      check: ["Register checked", () => this.openCheck()],
      previous: ["Previous", () => this.go({ kind: "step", step: -1 })],
      next: ["Next", () => this.go({ kind: "step", step: 1 })],
      list: ["List", () => this.openList()],
      ...super.commands(),
    };
  }

  parts() {
    this.proposal = make("div", { class: "proposal" });
    this.note = make("textarea", { rows: "3", "data-command": "note", "aria-keyshortcuts": spoken(this.keys.note), maxlength: "4000" });
    const key = make("kbd", { "aria-hidden": "true", "data-command": "note" }, written(this.keys.note));
    this.hinted = make("p", { class: "hint", id: mint() });
    this.note.setAttribute("aria-describedby", this.hinted.id);
    this.noting = make("label", { class: "note" }, make("span", {}, "Reason", key), this.note);
    this.moved = make("span", { class: "moved", role: "status" });
    this.tabs = PARTS.map(([part, words], at) => button([words, " ", make("b", {})], () => this.digit(at), { class: "tool filter", "data-part": part, key: digitOf(at) }));
    this.deciding = Object.entries(CLASSES).map(([name, [, sign]]) => this.command(name, { class: "decision half", sign: `${sign} `, "data-needs": "record" }));
    this.checking = this.checkSheet();
    this.looked = this.command("check", { class: "flag", "data-needs": "record" });
    this.listing = this.sheet("Studies", "finding studies-list");
    return {
      head: [make("span", { class: "tabs", role: "group", "aria-label": "What waits" }, ...this.tabs), this.command("list", { class: "tool" })],
      side: [this.proposal, this.noting, this.hinted, this.looked],
      sheets: [this.checking, this.listing],
      deciding: this.deciding,
      quiet: [this.command("undo", { class: "quiet", "data-needs": "quiet" }),
        ...["previous", "next"].map((name) => this.command(name, { class: "quiet", "data-needs": "record" }))],
    };
  }

  /** When the primary register's entry was looked at, and what was seen there. */
  checkSheet() {
    const sheet = this.sheet("The entry in the primary register", "register");
    this.day = make("input", { type: "date", required: true });
    this.seenThere = make("input", { type: "text", maxlength: "2000" });
    this.checkWords = make("p", { class: "hint", "aria-live": "polite" });
    sheet.append(make("h3", {}, "You looked at the entry in the primary register"),
      make("label", { class: "note" }, make("span", {}, "On"), this.day), make("label", { class: "note" }, make("span", {}, "What was seen there, if it matters"), this.seenThere), this.checkWords,
      make("div", { class: "row" }, button("Save", () => this.check(), { class: "decision" }), button("Back", () => this.closeSheet(), { key: "Escape" })));
    return sheet;
  }

  build(el) {
    super.build(el);
    this.root.classList.add("studies", "classifying");
    this.record.setAttribute("aria-label", "Study");
    this.side.setAttribute("aria-label", "What is proposed, and the reason");
    this.said.parentElement.append(this.moved);
  }

  // ---- what the kernel says

  hear(message) {
    if (message.kind === "moved") this.moved.textContent = message.words;
    else super.hear(message);
  }

  show(message) {
    this.part = message.part;
    this.listed = message;
    for (const tab of this.tabs) {
      tab.setAttribute("aria-pressed", String(tab.dataset.part === message.part));
      tab.querySelector("b").textContent = message.counts[tab.dataset.part];
    }
    super.show(message);
  }

  fill(card) {
    super.fill(card);
    this.note.value = (card && this.kept.get(this.placeOf(card))) ?? card?.mine?.reason ?? "";
    for (const one of this.deciding) {
      one.hidden = !card || !card.answers.includes(one.dataset.command);
      one.classList.toggle("proposed", card?.proposed === one.dataset.command);
    }
    this.noting.hidden = this.hinted.hidden = !card?.answers.length;
    this.looked.hidden = !card?.checked;
    put(this.proposal, ...(card ? this.saidOf(card) : []));
    if (!card) return;
    this.note.toggleAttribute("aria-required", !card.proposed);
    this.hinted.textContent = card.by_agreement ? "One of these is yours: you can end the conflict only by agreement with the other. Say so here."
      : card.proposed && !card.mine ? `Left empty with ‘${CLASSES[card.proposed][0]}’: “${card.because}”` : "What is stored has its reason.";
  }

  /** Both classifications where two differ, else one's own, else what the facts propose. */
  saidOf(card) {
    if (card.sides.length) return [make("h3", {}, "What the two say"), make("div", { class: "answers" }, ...card.sides.map((side, at) => this.answer(side, at ? "The other" : "One")))];
    const own = card.mine ? [make("h3", {}, "What you said"), this.answer(card.mine, ""), make("p", { class: "hint" }, `${card.stood[0].toUpperCase()}${card.stood.slice(1)}.`)] : [];
    return [...own, make("h3", {}, "What is proposed"),
      make("p", { class: "says" }, card.proposed ? `${CLASSES[card.proposed][1]} ${CLASSES[card.proposed][0]}` : "Nothing"), make("p", { class: "because", dir: "auto" }, card.because),
      make("p", { class: "hint" }, "A register's word proposes; you decide.")];
  }

  answer({ classification, reason }, whose) {
    const [words, sign] = CLASSES[classification];
    return make("section", { class: "answer", "aria-label": whose || "Yours" }, whose ? make("p", { class: "whose" }, whose) : null,
      make("p", { class: `says ${{ included: "include", excluded: "exclude" }[classification] ?? "unsure"}` }, make("span", { "aria-hidden": "true" }, `${sign} `), words),
      make("p", { class: "said-why", dir: "auto" }, reason));
  }

  recordOf(card) {
    return [make("h2", { dir: "auto" }, card.title), make("h3", { class: "question" }, card.question),
      card.numbers.length || card.checked ? make("p", { class: "source" }, [...card.numbers, card.checked].filter(Boolean).join(" · ")) : "",
      ...card.notices.map((notice) => make("p", { class: "warning" }, notice)),
      make("ol", { class: "reports" }, ...card.reports.map((report) => this.reportOf(report)))].filter(Boolean);
  }

  reportOf(report) {
    const statuses = report.statuses.map(({ source, words }) => [make("dt", {}, source), make("dd", { dir: "auto" }, words)]);
    const whole = make("details", {}, make("summary", {}, "The record"));
    whole.addEventListener("toggle", () => { if (whole.open && whole.children.length < 2) whole.append(...recordParts(report.record)); });
    return make("li", {}, make("p", { class: "reference", dir: "auto" }, report.reference), make("p", { class: "source" }, `${report.stands[0].toUpperCase()}${report.stands.slice(1)}`),
      statuses.length ? make("div", {}, make("p", { class: "whose" }, "Status, in the source’s word"), make("dl", { class: "facts" }, ...statuses.flat())) : "", whole);
  }

  nothing() {
    return NOTHING[this.part] ?? NOTHING.waiting;
  }

  done(sent, answer) {
    return sent.kind === "undo" ? "Undone: this study is as it was" : `Saved: ${answer.words}`;
  }

  arrived(sent, same) {
    if (sent.kind !== "step" || !same) return "";
    return sent.step > 0 ? "This is the last one" : "This is the first one";
  }

  // ---- deciding

  send(message) {
    if (!this.pending && this.moved) this.moved.textContent = "";
    super.send(message);
  }

  press(what) {
    if (!this.shown?.answers.includes(what) || !this.seen()) return;
    if (!this.note.value.trim() && what !== this.shown.proposed) {
      this.say(`Write why it is ${what}, then press ${written(this.keys[what])} again`, "unconfirmed");
      this.note.focus();
      return;
    }
    this.send({ kind: "classify", study: this.keep().report, what, note: this.note.value });
  }

  keep() {
    if (this.note.value !== (this.shown.mine?.reason ?? "")) this.kept.set(this.placeOf(this.shown), this.note.value);
    return this.shown;
  }

  go(message) {
    if (this.pending || !this.shown) return;
    this.send({ ...message, study: this.keep().report });
  }

  digit(at) {
    if (this.pending || at >= PARTS.length) return;
    if (this.shown) this.keep();
    this.send({ kind: "part", part: PARTS[at][0] });
  }

  // ---- the register, and the list

  openCheck() {
    if (!this.shown?.checked) return;
    const now = new Date();
    this.day.max = this.day.value = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
    this.seenThere.value = this.checkWords.textContent = "";
    this.toggle(this.checking);
  }

  check() {
    if (!this.day.value || !this.day.checkValidity()) {
      this.checkWords.textContent = "Give the day, today or before.";
      return this.day.focus();
    }
    const study = this.keep().report;
    this.closeSheet();
    this.send({ kind: "check", study, date: this.day.value, note: this.seenThere.value });
  }

  openList() {
    const { list, more } = this.listed ?? { list: [], more: 0 };
    const results = make("div", { class: "results", role: "group", "aria-label": "Studies", onkeydown: (event) => this.walk(event) }, ...list.map(({ study, label, here }) =>
      button(label, () => this.lookAt(study), { "aria-current": here ? "true" : null, "data-study": study })));
    put(this.listing, make("p", { class: "hint" }, list.length ? (more ? `${list.length} of ${list.length + more}` : `${list.length} listed`) : this.nothing()), results,
      make("div", { class: "row" }, button("Back", () => this.closeSheet(), { key: "Escape" })));
    if (this.listing.hidden) this.openSheet(this.listing, "[aria-current], button");
    else this.closeSheet();
  }

  lookAt(study) {
    this.closeSheet();
    if (this.pending) return;
    if (this.shown) this.keep();
    this.send({ kind: "look", study });
  }
}
