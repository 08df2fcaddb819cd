// What is quoted from, beside a form: a record or a document as sentences, walked by keys or pointed at; a PDF in the browser's own viewer.

/** The pane of *card*, in its record's place. `fill(sources)` is told what there is; `quote()` asks for a sentence; *take* gets (text, where).
 *  `light(quotations, record)` marks where words stand. *ready*: whether a sentence that is pointed at is taken now. */
function quotePane(card, take, ready = () => Boolean(card.root.dataset.quoting)) {
  const name = mint();
  const tabs = make("div", { class: "tabs", role: "group", "aria-label": "Sources" });
  const hint = make("p", { class: "hint" });
  const list = make("div", { class: "quotable", role: "listbox", tabindex: "0", "aria-label": "Sentences of the source", "aria-multiselectable": "true", dir: "auto",
    onkeydown: (event) => key(event), onclick: (event) => point(event), ondblclick: (event) => point(event, true) });
  const parts = [tabs, hint, list];
  let sources = [];
  let open = -1; // the source on show
  let all = []; // its sentences, as [element, text, part]
  let from = 0; // the first and the last of those that are marked
  let to = 0;
  let waits = null; // {token, timer} of what is being fetched
  let lit = []; // the quotations that are marked, as {text, sign, lines, record}
  let joined = ""; // all sentences as one text, and where each begins in it
  let begins = [];

  function fill(found) {
    if (JSON.stringify(found) === JSON.stringify(sources)) return;
    sources = found;
    open = -1;
    tabs.replaceChildren(...sources.map((source, at) => button(source.name, () => show(at), { class: "filter", "aria-pressed": "false", title: source.name })));
    say(sources.length ? "" : "There is nothing in hand to quote from.");
    empty();
    if (sources.length) show(0);
  }

  function show(at) {
    const source = sources[at];
    if (source.what === "pdf") {
      card.pane.fill({ report: source.report, document: { name: source.name } });
      card.pane.toggle();
      return;
    }
    open = at;
    [...tabs.children].forEach((one, place) => one.setAttribute("aria-pressed", String(place === at)));
    empty();
    say("Fetching");
    forget();
    const token = mint();
    waits = { token, timer: setTimeout(() => say("No answer yet: choose the source again, or run the cell again"), 1000 * card.model.get("lost_after")) };
    card.model.send({ kind: "source", token, report: source.report, other: source.what });
  }

  function empty() {
    list.replaceChildren();
    [all, begins, joined] = [[], [], ""];
  }

  /** Whether *message* was the answer to what this pane asked for. */
  function hear(message) {
    if (waits === null || message.token !== waits.token) return false;
    forget();
    if (message.kind === "source") fillLines(message);
    else say(message.message ?? "");
    return true;
  }

  function fillLines({ parts: found, remark }) {
    say(remark);
    list.replaceChildren(...found.map((part) => make("div", { role: "group", class: part.heading ? "heading" : "", "aria-label": part.place },
      make("small", { "aria-hidden": "true" }, part.heading ? "" : part.line === null ? part.place : String(part.line)),
      make("span", { class: "text", role: "presentation" }, ...part.sentences.flatMap((text) => {
        const one = make("span", { role: "option", id: `${name}-${all.length}`, "aria-selected": "false" }, text);
        all.push([one, text, part]);
        return [one, " "];
      })))));
    list.scrollTop = 0;
    begins = all.map(([, text]) => { const at = joined.length; joined += `${folded(text)} `; return at; });
    mark(0, 0);
    relight();
  }

  /** Marks the words of *quotations* where they stand; *record* names the text that they were read from, which is opened first. */
  function light(quotations, record = "") {
    lit = quotations.filter(({ text }) => text?.trim());
    const at = sources.findIndex((source) => source.what === "text" && source.report === record);
    if (lit.length && at >= 0 && at !== open) show(at);
    else relight();
  }

  function relight() {
    for (const one of list.querySelectorAll(".cited")) {
      one.classList.remove("cited");
      delete one.dataset.cited;
    }
    const found = lit.flatMap((one) => places(one).map((at) => [at, one.sign]));
    for (const [at, sign] of found) {
      all[at][0].classList.add("cited");
      if (sign) all[at][0].dataset.cited = [...new Set([...(all[at][0].dataset.cited ?? "").split(" "), sign])].join(" ").trim();
    }
    if (!found.length) return;
    const [first, pane] = [all[found[0][0]][0], card.record];
    mark(found[0][0], found[0][0]);
    pane.scrollTop += first.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 3;
  }

  /** The places of the sentences that hold the words of *text*: those of its *lines*, of the whole text, else of each line of it. */
  function places({ text, lines, record }) {
    if (lines && sources[open]?.report === record) return all.flatMap(([, , { line }], at) => (line >= lines[0] && line <= lines[1] ? [at] : []));
    const whole = within(folded(text));
    return whole.length ? whole : text.split("\n").map(folded).filter((line) => line.length > 3).flatMap(within);
  }

  function within(words) {
    const from = words ? joined.indexOf(words) : -1;
    if (from < 0) return [];
    return begins.flatMap((start, at) => (start < from + words.length && (begins[at + 1] ?? joined.length) - 1 > from ? [at] : []));
  }

  function quote() {
    if (card.pane.isOpen()) return false; // of a PDF nothing can be pointed at
    if (!all.length) return false;
    card.root.dataset.quoting = "yes";
    list.focus({ preventScroll: true });
    mark(from, to);
    return true;
  }

  function leave() {
    delete card.root.dataset.quoting;
  }

  function key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || !all.length) return;
    if (step) {
      const next = Math.max(0, Math.min(all.length - 1, to + step));
      mark(event.shiftKey ? from : next, next);
    } else if (event.key === "Enter") takeMarked();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function point(event, twice = false) {
    const at = all.findIndex(([one]) => one === event.target.closest("[role=option]"));
    const chosen = getSelection();
    if (ready() && !chosen.isCollapsed && list.contains(chosen.anchorNode) && list.contains(chosen.focusNode)) {
      const first = all.find(([one]) => chosen.getRangeAt(0).intersectsNode(one));
      if (first) return took(folded(chosen.toString()), standing(first[2], first[2]));
    }
    if (at < 0) return;
    mark(event.shiftKey ? from : at, at);
    if (twice || (ready() && !event.shiftKey)) takeMarked();
  }

  function mark(first, last) {
    from = first;
    to = last;
    for (const one of list.querySelectorAll("[aria-selected=true]")) one.setAttribute("aria-selected", "false");
    for (const [one] of all.slice(Math.min(first, last), Math.max(first, last) + 1)) one.setAttribute("aria-selected", "true");
    if (!all.length) return list.removeAttribute("aria-activedescendant");
    list.setAttribute("aria-activedescendant", all[last][0].id);
    if (card.root.dataset.quoting) all[last][0].scrollIntoView({ block: "nearest" });
  }

  function takeMarked() {
    const marked = all.slice(Math.min(from, to), Math.max(from, to) + 1);
    took(marked.map(([, text]) => text).join(" "), standing(marked[0][2], marked.at(-1)[2]));
  }

  function took(text, where) {
    getSelection()?.removeAllRanges();
    leave();
    take(text, where);
  }

  function say(words) {
    hint.textContent = words;
    hint.hidden = !words;
  }

  function forget() {
    clearTimeout(waits?.timer);
    waits = null;
  }

  return { parts, fill, hear, quote, light, leave, forget, from: () => sources[open] };
}

/** *text* with every run of blanks as one. */
function folded(text) {
  return text.replace(/\s+/g, " ").trim();
}

/** Where words from one part to another stand, as a location of a quotation is written. */
function standing(first, last) {
  if (first === last) return `${first.name}, ${first.place}`;
  return first.line === null ? `${first.name}, ${first.place} to ${last.place}` : `${first.name}, lines ${first.line}-${last.line}`;
}
