// A form of which every change is sent to the kernel at once, one message at a time; what is changed meanwhile goes with the next. A card
// says in `place` what the form is of, in `toSend` what may go, and in `redraw` how it is drawn anew after an undo.

const TYPING = 700; // ms after the last letter, when what is typed goes to the kernel

class KeptForm extends FormCard {
  constructor(model) {
    super(model);
    this.undoing = []; // forms as they were before each change
    this.dirty = false; // whether something was changed that is not sent
  }

  /** Another form came on show. */
  beginAnew() {
    this.undoing = [];
    this.dirty = false;
    clearTimeout(this.typing);
  }

  remember() {
    this.undoing.push(structuredClone(this.form));
  }

  undo() {
    if (this.mode === "list") return this.send({ kind: "undo" });
    const before = this.undoing.pop();
    if (!before) return this.say("Nothing to undo in this form");
    for (const name of Object.keys(this.form)) this.form[name] = before[name];
    this.changed();
    this.redraw();
    this.tell("Undone.");
  }

  changed() {
    this.dirty = true;
    this.keepNow();
  }

  /** While one types: it goes when nobody has typed for a moment. */
  typed() {
    this.dirty = true;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.keepNow(), TYPING);
  }

  keepNow() {
    clearTimeout(this.typing);
    if (!this.dirty || this.pending || this.mode === "list") return;
    this.dirty = false;
    this.send({ kind: "keep", ...this.place, form: this.toSend() });
  }

  toSend() {
    return this.form;
  }

  /** Does *then* as soon as nothing is on its way and all that was changed is kept. */
  whenFree(then) {
    this.next = then;
    clearTimeout(this.typing);
    this.goOn();
  }

  goOn() {
    if (this.pending) return;
    if (this.dirty) return this.keepNow();
    const then = this.next;
    this.next = null;
    then?.();
  }

  refuse(words) {
    this.next = null;
    super.refuse(words);
    if (this.dirty) this.keepNow(); // what was changed meanwhile may mend it
  }

  leaving() {
    clearTimeout(this.typing);
    super.leaving();
  }
}
