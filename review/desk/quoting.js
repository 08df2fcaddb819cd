// What is quoted from, beside a form: a record or a document as sentences, walked by keys or pointed at; a PDF in the browser's own viewer.

/** The pane of *card*, in its record's place. `fill(sources)` is told what there is; `quote()` asks for a sentence; *take* gets (text, where). */
function quotePane(card, take) {
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

  function fill(found) {
    if (JSON.stringify(found) === JSON.stringify(sources)) return;
    sources = found;
    open = -1;
    tabs.replaceChildren(...sources.map((source, at) => button(source.name, () => show(at), { class: "filter", "aria-pressed": "false", title: source.name })));
    say(sources.length ? "" : "There is nothing in hand to quote from.");
    list.replaceChildren();
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
    list.replaceChildren();
    all = [];
    say("Fetching");
    forget();
    const token = mint();
    waits = { token, timer: setTimeout(() => say("No answer yet: choose the source again, or run the cell again"), 1000 * card.model.get("lost_after")) };
    card.model.send({ kind: "source", token, report: source.report, other: source.what });
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
    mark(0, 0);
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
    if (card.root.dataset.quoting && !chosen.isCollapsed && list.contains(chosen.anchorNode) && list.contains(chosen.focusNode)) {
      const begins = all.find(([one]) => chosen.getRangeAt(0).intersectsNode(one));
      if (begins) return took(chosen.toString().replace(/\s+/g, " ").trim(), standing(begins[2], begins[2]));
    }
    if (at < 0) return;
    mark(event.shiftKey ? from : at, at);
    if (twice || (card.root.dataset.quoting && !event.shiftKey)) takeMarked();
  }

  function mark(first, last) {
    from = first;
    to = last;
    const [low, high] = [Math.min(first, last), Math.max(first, last)];
    all.forEach(([one], at) => one.setAttribute("aria-selected", String(at >= low && at <= high)));
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

  return { parts, fill, hear, quote, leave, forget, from: () => sources[open] };
}

/** Where words from one part to another stand, as a location of a quotation is written. */
function standing(first, last) {
  if (first === last) return `${first.name}, ${first.place}`;
  return first.line === null ? `${first.name}, ${first.place} to ${last.place}` : `${first.name}, lines ${first.line}-${last.line}`;
}
