// What the cards share that have a form beside its sources: a list that leads to forms, a pane of sources whose sentences become quotations,
// arrows that move in the form, Escape that goes back to it. Such a card says in `quoted` what becomes of a sentence.

class FormCard extends Card {
  constructor(model) {
    super(model);
    this.mode = "list"; // what is on show: the list, or a form of some kind
    this.current = ""; // what of the form the keys are on
    this.pane = documentPane(this);
    this.quotes = quotePane(this, (text, where) => this.quoted(text, where), () => this.takesSentences());
  }

  /** Whether a sentence that is pointed at becomes a quotation at once. */
  takesSentences() {
    return Boolean(this.root.dataset.quoting);
  }

  build(el) {
    super.build(el);
    this.root.classList.add("appraisal");
    this.record.setAttribute("aria-label", "What there is");
    this.side.setAttribute("aria-label", "Form");
  }

  /** Whether the keys act on the form: no sheet is open, no field is typed in. */
  free(event) {
    return this.mode !== "list" && !this.asked && this.sheets.every((one) => one.hidden) && !event.target.matches(TYPED) && !this.pane.isOpen();
  }

  /** Does *act* when the focus comes into a part by keys, or into a field; a press does it at its end: what moves under a pointer is not pressed. */
  onEntering(act) {
    return (event) => { if (event.target.matches(":focus-visible")) act(); };
  }

  /** What each arrow does in the mode on show, by its name as the browser says it. */
  moves() {
    return {};
  }

  key(event) {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey && !event.isComposing;
    const move = this.moves()[event.key];
    if (plain && move && this.free(event)) {
      event.stopPropagation();
      event.preventDefault();
      move();
    } else super.key(event);
  }

  escape(event) {
    event.preventDefault();
    if (this.root.dataset.quoting) {
      this.quotes.leave();
      this.say("Nothing was quoted");
      this.side.focus({ preventScroll: true });
    } else if (this.mode !== "list" && this.sheets.every((one) => one.hidden)) this.side.focus({ preventScroll: true });
    else super.escape(event);
  }

  /** In a field: Enter acts and Shift+Enter begins a new line. */
  enter(event, act) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) act();
  }

  /** A button of a sheet that a digit presses. */
  numbered(at, words, press, attributes = {}) {
    return button(words, press, { key: digitOf(at), "data-digit": at, ...attributes });
  }

  reasonField(label, take) {
    return make("textarea", { rows: "2", maxlength: "4000", "aria-label": label, placeholder: label, onkeydown: (event) => this.enter(event, take) });
  }

  /** Arrows lead through all buttons of the list. */
  walkAll(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = [...this.record.querySelectorAll("button")];
    const next = all[all.indexOf(event.target.closest("button")) + step];
    if (!step || !next) return;
    event.preventDefault();
    event.stopPropagation();
    next.focus();
  }

  hear(message) {
    if (!this.quotes.hear(message)) super.hear(message);
  }

  leaving() {
    this.pane.leave();
    this.quotes.forget();
  }
}
