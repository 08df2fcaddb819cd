// The desk of full texts in the browser: one record after the other, its document attached and how it was obtained; beside it the list of all
// that is sought. A file goes to the kernel in parts as soon as it is chosen, and is stored together with the word that is said of it.

const OBTAINED = [["retrieved", "Retrieved", "✓"], ["extract_only", "Extract only", "◐"], ["not_retrieved", "Not retrieved", "✕"]];
const LISTED = [["", "To find"], ["not_retrieved", "Not retrieved"], ["retrieved", "Retrieved"], ["all", "All"]];

class FullTexts extends Card {
  static label = "Desk of full texts";
  static falls = { ...Card.falls, retrieve: ["Saving", "Not confirmed yet"], skip: ["", "No answer yet"], go: ["", "No answer yet"] };

  constructor(model) {
    super(model);
    this.rows = new Map(); // report -> what the list says of it
    this.only = "";
    this.chosen = null; // the file that was chosen: {file, upload, ready}
    this.kept = new Map(); // notes on records that were skipped
    this.pane = documentPane(this);
  }

  commands() {
    return {
      ...Object.fromEntries(OBTAINED.map(([status, words]) => [status, [words, () => this.press(status)]])),
      file: ["Choose a file", () => this.choose()],
      note: ["Note", () => this.note.focus()],
      find: ["Find", () => this.search.focus()],
      skip: ["Skip", () => this.skip()],
      ...this.pane.command,
      ...super.commands(),
    };
  }

  parts() {
    this.status = make("p", { class: "says" });
    this.file = make("input", { type: "file", accept: ".pdf,.htm,.html,.txt,application/pdf,text/html,text/plain", class: "unheard", tabindex: "-1", "aria-hidden": "true", onchange: () => this.take() });
    this.fileSays = make("p", { class: "hint", role: "status" });
    this.note = make("textarea", { rows: "2", "data-command": "note", "aria-keyshortcuts": spoken(this.keys.note), maxlength: "4000" });
    const written_ = (command) => make("kbd", { "aria-hidden": "true", "data-command": command }, written(this.keys[command]));
    this.search = make("input", { type: "search", "data-command": "find", "aria-keyshortcuts": spoken(this.keys.find), placeholder: "Words of a title", oninput: () => this.list() });
    this.filters = LISTED.map(([only, words]) => button(words, () => { this.only = only; this.list(); }, { class: "filter", "data-only": only }));
    this.count = make("p", { class: "hint", role: "status" });
    this.results = make("div", { class: "results", role: "group", "aria-label": "Sought", onkeydown: (event) => this.walk(event) });
    return {
      head: [this.pane.open],
      sheets: [],
      side: [make("h3", {}, "How it was obtained"), this.status,
        make("div", { class: "row" }, this.command("file", { "data-needs": "record" }), this.file), this.fileSays,
        make("label", { class: "note" }, make("span", {}, "Note: its source, what was tried", written_("note")), this.note),
        make("label", { class: "note" }, make("span", {}, "Sought", written_("find")), this.search),
        make("div", { class: "row", role: "group", "aria-label": "Which" }, ...this.filters), this.count, this.results],
      deciding: OBTAINED.map(([status, , sign]) => this.command(status, { sign, class: "decision wordy", "data-needs": "record" })),
      quiet: [this.command("undo", { class: "quiet", "data-needs": "quiet" }), this.command("skip", { class: "quiet", "data-needs": "record" })],
    };
  }

  build(el) {
    super.build(el);
    this.side.setAttribute("aria-label", "How it was obtained, and the list");
  }

  opened(message) {
    super.opened(message);
    this.limit = message.limit;
    this.partSize = message.part;
    this.rows = new Map(message.rows.map((row) => [row.report, row]));
    this.sayFile();
    this.list();
  }

  saved(message) {
    super.saved(message);
    this.rows.set(message.row.report, message.row);
    this.list();
  }

  fill(card) {
    super.fill(card);
    this.pane.fill(card);
    this.chosen = null;
    this.file.value = "";
    this.status.textContent = card?.status ?? "";
    this.note.value = this.kept.get(card?.report) ?? card?.note ?? "";
    this.sayFile();
    this.list();
  }

  recordOf(card) {
    const parts = super.recordOf(card);
    const links = card.links.filter(([, address]) => webAddress(address)).flatMap(([words, address], at) =>
      [at ? " · " : "", make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, words)]);
    if (links.length) parts.splice(parts.findIndex((part) => part.matches(".source")) + 1, 0, make("p", { class: "source" }, "Look for it: ", ...links));
    return parts;
  }

  nothing() {
    return "Every document that is sought has an answer. Choose one of the list to change it.";
  }

  done(sent) {
    if (sent.kind === "undo") return "Undone";
    const words = OBTAINED.find(([status]) => status === sent.status)[1].toLowerCase();
    return `Saved: ${words}${sent.file ? `, ${sent.file}` : sent.status === "not_retrieved" ? "" : ", without a file"}`;
  }

  arrived(sent, same) {
    if (sent.kind !== "skip") return "";
    return same ? "It is the only one left" : "Skipped: it comes again at the end";
  }

  // ---- the file

  choose() {
    if (this.shown && !this.pending) this.file.click();
  }

  take() {
    const [file] = this.file.files;
    if (!file || !this.shown) return;
    this.chosen = null;
    const refused = unfit(file, this.limit);
    if (refused) return this.sayFile(refused);
    this.chosen = { file, upload: mint(), ready: false };
    this.bring(this.chosen);
  }

  async bring(chosen) {
    const failed = await bring(this, chosen, this.partSize, (words) => this.sayFile(words), () => this.chosen === chosen);
    if (failed === null) return;
    if (failed) {
      this.chosen = null;
      return this.sayFile(failed);
    }
    chosen.ready = true;
    this.sayFile(`${chosen.file.name}, ${megabytes(chosen.file.size)}: it is stored when you say how it was obtained.`);
  }

  sayFile(words = "") {
    this.fileSays.textContent = words || (this.shown ? `PDF, HTML or text, at most ${megabytes(this.limit ?? 0)}` : "");
  }

  // ---- how it was obtained

  press(status) {
    if (!this.seen()) return;
    if (this.chosen && !this.chosen.ready) return this.say("Not taken: the file is still on its way", "unconfirmed");
    if (status === "not_retrieved" && !this.note.value.trim()) {
      this.say("Say in the note what was tried, then press it again", "unconfirmed");
      return this.note.focus();
    }
    const { file, upload } = (status === "not_retrieved" ? null : this.chosen) ?? {};
    this.kept.delete(this.shown.report);
    this.send({ kind: "retrieve", report: this.shown.report, status, note: this.note.value, file: file?.name ?? "", upload: upload ?? "", size: file?.size ?? 0 });
  }

  skip() {
    if (this.pending || !this.shown) return;
    this.keep();
    this.send({ kind: "skip", report: this.shown.report });
  }

  // ---- the list

  list() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = { "": (row) => !row.status, retrieved: (row) => ["retrieved", "extract_only"].includes(row.status), not_retrieved: (row) => row.status === "not_retrieved", all: () => true };
    const all = [...this.rows.values()];
    for (const one of this.filters) {
      const only = one.dataset.only;
      one.setAttribute("aria-pressed", String(only === this.only));
      one.firstChild.textContent = `${LISTED.find(([name]) => name === only)[1]} ${all.filter(wanted[only]).length.toLocaleString("en")}`;
    }
    const found = all.filter(wanted[this.only]).filter((row) => words.every((word) => row.title.toLowerCase().includes(word)));
    this.count.textContent = found.length > 200 ? `The first 200 of ${found.length.toLocaleString("en")}` : found.length ? "" : "None";
    this.results.replaceChildren(...found.slice(0, 200).map((row) => button(
      [make("span", { dir: "auto" }, row.title), make("small", {}, [row.year, this.statusWords(row)].filter(Boolean).join(" · "))],
      () => this.go(row.report), { "aria-current": row.report === this.shown?.report ? "true" : null })));
  }

  statusWords(row) {
    const words = OBTAINED.find(([status]) => status === row.status)?.[1].toLowerCase() ?? "to find";
    return row.file ? `${words}, with its file` : words;
  }

  go(report) {
    if (this.pending) return;
    if (this.shown) this.keep();
    this.send({ kind: "go", report });
  }

  keep() {
    this.kept.set(this.shown.report, this.note.value);
  }

  leaving() {
    this.chosen = null; // a file on its way is not brought on
    this.pane.leave();
  }
}
