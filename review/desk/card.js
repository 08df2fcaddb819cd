// What every card of the desk shares in the browser: one message at a time, each named at its key press; 'Saved' only when the kernel has
// said so; keys that stand on their buttons and can be changed; a record as text nodes, never as markup.
//
// How a card is made of it. A card is a class in a file of its own, without import or export: `script("mine.js", shows="Mine")` of card.py
// joins parts.js, this file and that one and shows the class. In Python the subclass of Card states SHORTCUTS (command -> its key) and what it answers.
//
//   class Mine extends Card {
//     static label = "My card";                                   // its name for those who hear it, and for the keys kept in the browser
//     static falls = { ...Card.falls, decide: ["Saving", "Not confirmed yet"] };  // kind of message -> words at once, words after 2 s
//     commands() { return { ...super.commands(), agree: ["Agree", () => this.agree()] }; }   // command -> words in the key panel, what it does
//     parts() {                                                   // made once; what changes is filled in
//       return { side: [...], sheets: [this.reasons = this.sheet("Reason", "reasons")],      // side: beside the record; sheets: above the bar
//                deciding: [this.command("agree", { class: "decision", "data-needs": "record" })], quiet: [this.command("undo", { class: "quiet" })] };
//     }
//     opened(message) { super.opened(message); ... }              // 'opening' came: criteria and the like
//     fill(card) { super.fill(card); ... }                        // another record (or null) came on show; card is what Python's content() gave
//     done(sent, answer) { return `Saved: ${sent.decision}`; }    // the words when `sent` was stored
//     answered(message) { ... }                                   // any other kind of answer to what this view sent
//     leaving() { ... }                                          // the view leaves: timers and listeners of its own go with it
//     digit(at) { ... }                                           // a digit was pressed: 0 for '1' … 9 for '0'
//   }
//
// `this.shown` is the record on show, `this.seen()` says whether it may be decided yet, `this.send({ kind, report, … })` sends one message
// and does nothing while another is on its way. Answers of the kernel, each with the token of the message that it answers:
// opening {stage, reviewer, …} · card {card or null, progress} · saved {event} · refused {message} · closed {message} · others by `answered`.

const TYPED = "textarea, input";

class Card {
  static label = "Card";
  static falls = { open: ["Opening", "No answer yet"], undo: ["Undoing", "Not confirmed yet"] };

  constructor(model) {
    this.model = model;
    this.shown = null; // the record on show
    this.pending = null; // what was sent and is not answered
    this.keys = this.keysToBeginWith();
  }

  /** Builds the card in *el* and asks the kernel to open; what it returns leaves it. */
  start(el) {
    this.build(el);
    const heard = (message) => this.hear(message);
    this.model.on("msg:custom", heard);
    this.send({ kind: "open" });
    const away = new ResizeObserver(() => this.comeOrGo(el.offsetParent === null));
    away.observe(el);
    return () => { away.disconnect(); this.model.off("msg:custom", heard); this.rest(); this.leaving(); };
  }

  /** A card that was hidden and comes on show again asks what there is now; what was typed in it stays. */
  comeOrGo(hidden) {
    if (this.hidden && !hidden && !this.pending) {
      if (this.shown && !this.shown.own) this.keep();
      this.send({ kind: "open" });
    }
    this.hidden = hidden;
  }

  // ---- what a card states of itself

  commands() {
    return {
      undo: ["Undo", () => this.send({ kind: "undo" })],
      again: ["Send again", () => this.resend()],
      keys: ["Keys", () => this.toggle(this.keyPanel)],
    };
  }

  parts() {
    return { side: [], sheets: [], deciding: [], quiet: [] };
  }

  opened(message) {
    this.root.classList.remove("closed");
    const pilot = message.round ? `, pilot round ${message.round}` : "";
    this.stage.textContent = `${message.stage}${pilot} · ${message.reviewer}`;
    this.stageName = message.stage.toLowerCase() + pilot;
  }

  fill(card) {
    this.record.replaceChildren(...(card ? this.recordOf(card) : [make("p", { class: "closed" }, this.nothing())]));
    this.record.scrollTop = this.side.scrollTop = this.record.parentElement.scrollTop = 0;
  }

  recordOf(card) {
    return recordParts(card);
  }

  nothing() {
    return `Nothing waits for you at ${this.stageName}.`;
  }

  done(sent) {
    return sent.kind === "undo" ? "Undone: this record waits again" : "Saved";
  }

  /** The words when a record came without anything having been stored; *same* says whether it was on show before. */
  arrived(_sent, _same) {
    return "";
  }

  answered(_message) {}

  /** Keeps what was typed on the record on show, should it come back. */
  keep() {}

  /** What a card lets go of when its view leaves: timers, listeners, addresses. */
  leaving() {}

  digit(_at) {}

  // ---- the parts, made once

  build(el) {
    this.stage = make("span", { class: "stage" });
    this.left = make("span", { class: "left" });
    this.record = make("div", { class: "record", tabindex: "0", role: "region", "aria-label": "Record" });
    this.side = make("div", { class: "side", role: "region", "aria-label": "Criteria", tabindex: "0" });
    this.said = make("span", { role: "status", "aria-live": "polite", "aria-atomic": "true" });
    this.again = this.command("again", { class: "again", hidden: true });
    this.news = make("div", { class: "unheard", role: "log", "aria-live": "polite" });
    this.keyPanel = this.sheet("Keys", "keypanel");
    const { side, sheets, deciding, quiet, head = [] } = this.parts();
    this.sheets = [...sheets, this.keyPanel];
    this.side.append(...side);
    this.bar = make("footer", {}, ...this.sheets, make("p", { class: "said" }, this.said, this.again),
      make("div", { class: "keys", role: "group", "aria-label": "Decision" }, ...deciding, make("span", { class: "gap" }), ...quiet));
    this.root = make("section", {
      class: "review-desk", tabindex: "-1", "aria-label": this.constructor.label, onkeydown: (event) => this.key(event),
    }, make("header", {}, this.stage, this.left, make("span", { class: "tools" }, ...head, this.command("keys", { class: "tool" }))),
    make("div", { class: "body" }, this.record, this.side), this.bar, this.news);
    el.replaceChildren(this.root);
  }

  /** The button of a command, with its key as it is now. */
  command(name, { words = this.commands()[name][0], press = () => this.commands()[name][1](), ...attributes } = {}) {
    return button(words, press, { key: this.keys[name] ?? "", "data-command": name, ...attributes });
  }

  /** A sheet that opens above the bar, one at a time; Escape closes it. */
  sheet(label, kind) {
    return make("div", { class: `sheet ${kind}`, role: "group", "aria-label": label, hidden: true });
  }

  toggle(sheet) {
    if (sheet.hidden) this.openSheet(sheet);
    else this.closeSheet();
  }

  openSheet(sheet, first = "input, button") {
    this.closeSheet();
    if (sheet === this.keyPanel) this.fillKeyPanel();
    this.before = document.activeElement;
    sheet.hidden = false;
    (sheet.querySelector(first) ?? this.record).focus({ preventScroll: true });
  }

  closeSheet() {
    const sheet = this.sheets.find((one) => !one.hidden);
    if (!sheet) return;
    const inside = sheet.contains(document.activeElement);
    sheet.hidden = true;
    this.asked = null;
    if (inside) (this.root.contains(this.before) && !this.before.closest("[hidden]") ? this.before : this.record).focus({ preventScroll: true });
  }

  // ---- what the kernel says

  hear(message) {
    const own = this.pending !== null && message.token === this.pending.token;
    if (message.kind === "closed") this.close(message, own);
    else if (message.kind === "card") {
      this.show(message);
      if (own) this.arrive();
    } else if (!own) return;
    else if (message.kind === "opening") this.opened(message);
    else if (message.kind === "saved") this.saved(message);
    else if (message.kind === "refused") this.refuse(message.message);
    else {
      this.rest();
      this.say("");
      this.answered(message);
    }
  }

  close(message, own) {
    this.root.classList.add("closed");
    this.record.replaceChildren(make("p", { class: "closed" }, message.message));
    if (own) this.rest();
    this.say("");
  }

  saved(message) {
    this.pending.saved = true;
    this.quiet();
    this.wait("lost_after", () => this.doubt("Saved, but no next record came: run the cell again", "lost"));
    this.say(this.done(this.pending.message, message), "saved");
  }

  refuse(words) {
    this.rest();
    this.say(`Refused: ${words}`, "refused");
  }

  /** The record to look at came in answer to what this view sent. */
  arrive() {
    const { saved, message, before } = this.pending;
    this.rest();
    if (!saved) this.say(this.arrived(message, this.shown !== null && this.placeOf(this.shown) === before));
    if (message.kind === "open" && document.activeElement === document.body) this.record.focus({ preventScroll: true });
  }

  show({ card, progress, share }) {
    const same = card !== null && this.shown !== null && printOf(card) === printOf(this.shown);
    this.shown = card;
    this.left.textContent = progress;
    this.root.style.setProperty("--done", share ?? 0);
    this.root.classList.toggle("empty", card === null);
    this.able();
    if (same) return;
    this.since = performance.now();
    this.closeSheet();
    if (this.side.contains(document.activeElement)) this.record.focus({ preventScroll: true });
    this.fill(card);
    this.tell(card ? `${card.title}. ${progress}.` : this.nothing());
  }

  /** What of *card* is worked on: a report, at one stage where a card shows both. */
  placeOf(card) {
    return `${card.report} ${card.stage ?? ""}`;
  }

  /** Whether the record has been on show for long enough to be decided, so that a key pressed twice decides once; else it says so. */
  seen() {
    if (this.pending || !this.shown) return false;
    if (performance.now() - this.since >= 1000 * this.model.get("seen_after")) return true;
    this.say("Not taken: this record has only just come up", "unconfirmed");
    return false;
  }

  // ---- what this view sends, one thing at a time

  send(message) {
    if (this.pending) return;
    this.pending = { token: mint(), message, before: this.shown && this.placeOf(this.shown), saved: false, timers: [] };
    this.able();
    this.post();
  }

  post() {
    const { token, message } = this.pending;
    const [now, later] = this.constructor.falls[message.kind];
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

  wait(seconds, then) {
    this.pending.timers.push(setTimeout(then, 1000 * this.model.get(seconds)));
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

  /** Which buttons act now; one that does not keeps the focus all the same. data-needs is 'record', or 'quiet': nothing on its way. */
  able() {
    const busy = this.pending !== null;
    for (const one of this.root.querySelectorAll("[data-needs]")) {
      one.setAttribute("aria-disabled", String(busy || (one.dataset.needs === "record" && this.shown === null)));
    }
  }

  // ---- near miss, on a card whose `near` is its button, hidden where the mark means nothing

  nearMiss() {
    if (!this.shown || this.pending || this.near.hidden) return;
    this.setNear(!this.isNear);
    this.tell(this.isNear ? "A near miss, if you exclude it." : "No near miss.");
  }

  setNear(is) {
    this.isNear = is;
    this.near.setAttribute("aria-pressed", String(is));
  }

  // ---- keys

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    event.stopPropagation(); // the notebook would take single letters for its own commands
    if (this.asked) return this.takeKey(event);
    if (event.key === "Escape") return this.escape(event);
    if (event.target.matches(TYPED) || event.repeat) return;
    const act = this.action(keyOf(event));
    if (act) {
      event.preventDefault();
      act();
    }
  }

  escape(event) {
    event.preventDefault();
    if (this.sheets.some((one) => !one.hidden)) this.closeSheet();
    else if (event.target.matches(TYPED)) this.record.focus();
  }

  action(key) {
    if (/^[0-9]$/.test(key)) return () => this.digit((Number(key) + 9) % 10);
    const commands = this.commands();
    const name = Object.keys(this.keys).find((one) => this.keys[one] === key && one in commands);
    return name && commands[name][1];
  }

  /** Those of the notebook, with what this browser keeps in their place; what is kept and does not fit together is left aside. */
  keysToBeginWith() {
    const given = this.model.get("shortcuts");
    const kept = Object.entries(keptKeys.read(this.constructor.label)).filter(([name, key]) => name in given && fitsAsKey(key));
    const keys = { ...given, ...Object.fromEntries(kept) };
    return new Set(Object.values(keys)).size === Object.keys(keys).length ? keys : { ...given };
  }

  fillKeyPanel(words = "") {
    const commands = this.commands();
    const named = Object.keys(this.keys).filter((name) => name in commands);
    this.keyPanel.replaceChildren(make("h3", {}, "Keys"), make("p", { class: "hint", "aria-live": "polite" }, words || "Press a key's button to change it."),
      make("div", { class: "keylist" }, ...named.map((name) =>
        button(commands[name][0], () => this.askKey(name), { key: this.keys[name], "data-changes": name, class: "changes" }))),
      make("div", { class: "row" }, button("As they were", () => this.rekey({ ...this.model.get("shortcuts") }, "The keys are as they were.")),
        button("Back", () => this.closeSheet(), { key: "Escape" })));
  }

  askKey(name) {
    this.asked = name;
    this.hint(`Press the new key for '${this.commands()[name][0]}', or Escape.`);
  }

  hint(words) {
    this.keyPanel.querySelector(".hint").textContent = words;
  }

  /** The key that was pressed becomes that of the command that asked for one, unless it is another's. */
  takeKey(event) {
    if (["Shift", "Tab", "CapsLock", "AltGraph"].includes(event.key)) return;
    event.preventDefault();
    const [name, key, commands] = [this.asked, keyOf(event), this.commands()];
    const other = Object.keys(this.keys).find((one) => this.keys[one] === key && one !== name);
    if (event.key !== "Escape" && !fitsAsKey(key)) return this.hint("That cannot be a key here: press a letter or a sign, digits are for criteria.");
    if (other) return this.hint(`'${written(key)}' is the key for '${commands[other]?.[0] ?? other}' already: press another, or Escape.`);
    this.asked = null;
    if (event.key === "Escape") this.hint("Nothing was changed.");
    else this.rekey({ ...this.keys, [name]: key }, `'${commands[name][0]}' is now '${written(key)}'.`);
    this.keyPanel.querySelector(`[data-changes="${name}"]`).focus();
  }

  rekey(keys, words) {
    this.keys = keys;
    const given = this.model.get("shortcuts");
    keptKeys.write(this.constructor.label, Object.fromEntries(Object.entries(keys).filter(([name, key]) => given[name] !== key)));
    for (const one of this.root.querySelectorAll("[data-command]")) {
      const key = keys[one.dataset.command] ?? "";
      if (one.matches("kbd")) one.textContent = written(key);
      else one.setAttribute("aria-keyshortcuts", spoken(key));
      const sign = one.querySelector("kbd");
      if (sign) sign.textContent = written(key);
    }
    this.fillKeyPanel(words);
  }

  /** Arrows lead through a list of buttons. */
  walk(event) {
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (!step) return;
    event.preventDefault();
    event.target.closest("button")?.[step]?.focus();
  }

  // ---- words

  say(words, state = "") {
    this.said.textContent = words;
    this.root.dataset.state = state;
  }

  /** For those who hear the card: a line that is not shown. */
  tell(words) {
    this.news.replaceChildren(make("p", {}, words));
  }
}
