// The first page of the desk in the browser: a strip of the kinds of work with how much of each waits; a press shows its card below.

const REST = 5000; // ms before the numbers are asked for again: to count is work for the kernel
const ROUND = 15000; // ms after which they are asked for by themselves while the page is looked at: others decide too

class Start {
  constructor(model) {
    this.model = model;
    this.token = "";
  }

  start(el) {
    this.head = make("p", { class: "stage" });
    this.choices = make("div", { class: "choices", role: "group", "aria-label": "What waits for you" });
    this.said = make("p", { class: "hint", role: "status" });
    this.root = make("section", { class: "review-desk start", "aria-label": "Desk" }, this.head, this.choices, this.said);
    el.replaceChildren(this.root);
    const heard = (message) => this.hear(message);
    const again = () => { if (document.visibilityState === "visible" && performance.now() - this.since > REST) this.ask({ kind: "open" }); };
    this.model.on("msg:custom", heard);
    this.root.addEventListener("pointerenter", again); // numbers change while one works below
    this.root.addEventListener("focusin", (event) => { if (!this.root.contains(event.relatedTarget)) again(); });
    document.addEventListener("visibilitychange", again);
    const round = setInterval(again, ROUND);
    this.ask({ kind: "open" });
    return () => {
      clearTimeout(this.timer);
      clearInterval(round);
      document.removeEventListener("visibilitychange", again);
      this.model.off("msg:custom", heard);
    };
  }

  ask(message) {
    this.since = performance.now();
    this.token = mint();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.said.textContent = "No answer yet: run the cell again, or load the page anew"; }, 1000 * this.model.get("lost_after"));
    this.model.send({ ...message, token: this.token });
  }

  hear(message) {
    if (message.token !== this.token) return;
    clearTimeout(this.timer);
    if (message.kind !== "waiting") {
      this.said.textContent = message.message ?? "";
      return;
    }
    this.head.textContent = `${message.title} · ${message.reviewer}`;
    this.said.textContent = message.chosen ? "" : "Choose what to do; each card says what its keys are.";
    for (const { what, words, waits } of message.rows) { // a button stays the same one, so that it keeps the focus
      let choice = this.choices.querySelector(`[data-what="${what}"]`);
      if (!choice) {
        choice = button([make("span", { class: "what" }), " ", make("b", {})], () => this.ask({ kind: "choose", what }), { class: "filter", "data-what": what });
        this.choices.append(choice);
      }
      choice.querySelector(".what").textContent = words;
      choice.querySelector("b").textContent = waits;
      choice.setAttribute("aria-pressed", String(what === message.chosen));
    }
  }
}
