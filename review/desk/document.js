// The document of the record on show, in place of the record and beside the criteria: a PDF by the browser's own viewer, a page or a text as
// plain lines. It is fetched when it is asked for; its bytes stay in this page and are let go when it closes.

/** The pane of *card*. Its fill(card) is told of each record; its command opens and closes it. A record's `document` is {name, media_type} or null. */
function documentPane(card) {
  const body = make("div", { class: "sheetless" });
  const name = make("span", { class: "name", dir: "auto" });
  const leave = button("Back to the record", () => close(), { key: card.keys.document });
  const links = make("span", { class: "tools" });
  const pane = make("section", { class: "document", tabindex: "-1", "aria-label": "Document" }, make("div", { class: "strip" }, leave, name, links), body);
  const open = card.command("document", { class: "tool", hidden: true, words: "Document", press: () => toggle() });
  let shown = null;
  let loading = null; // what is being fetched: {token, report, parts}
  let address = "";

  function toggle() {
    if (!shown?.document) card.tell("No document of this record is in hand.");
    else if (pane.isConnected) close();
    else fetchIt();
  }

  function fill(next) {
    if (pane.isConnected) close();
    shown = next;
    open.hidden = !next?.document;
  }

  function close() {
    const inside = pane.contains(document.activeElement);
    stop();
    pane.remove();
    card.record.hidden = false;
    open.setAttribute("aria-expanded", "false");
    if (address) URL.revokeObjectURL(address);
    address = "";
    body.replaceChildren();
    links.replaceChildren();
    if (inside || document.activeElement === document.body) card.record.focus({ preventScroll: true });
  }

  function fetchIt() {
    card.record.after(pane);
    card.record.hidden = true;
    open.setAttribute("aria-expanded", "true");
    name.textContent = shown.document.name;
    say("Fetching");
    loading = { report: shown.report, parts: [] };
    card.model.on("msg:custom", hear);
    ask();
    pane.focus({ preventScroll: true });
  }

  function ask() {
    loading.token = mint();
    clearTimeout(loading.timer);
    loading.timer = setTimeout(() => say("No answer yet: close it and open it again, or run the cell again"), 1000 * card.model.get("lost_after"));
    card.model.send({ kind: "document", token: loading.token, report: loading.report, part: loading.parts.length });
  }

  function hear(message, buffers) {
    if (loading === null || message.token !== loading.token) return;
    if (message.kind === "refused") {
      stop();
      say(message.message);
    } else if (message.kind === "document") {
      if (message.media_type === "application/pdf") takePart(message, buffers);
      else {
        stop();
        body.replaceChildren(lines(message));
      }
    }
  }

  function takePart({ part, parts, size }, buffers) {
    if (part !== loading.parts.length) return;
    loading.parts.push(buffers[0]);
    if (part + 1 < parts) {
      say(`Fetching: ${part + 1} of ${parts}, ${megabytes(size)} in all`);
      ask();
      return;
    }
    const bytes = new Blob(loading.parts, { type: "application/pdf" }); // the kind is ours to say: nothing in it can become a page of this address
    stop();
    address = URL.createObjectURL(bytes);
    links.replaceChildren(
      make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, "In a tab of its own"),
      make("a", { href: address, download: shown.document.name.replace(/(\.pdf)?$/i, ".pdf") }, "Save"));
    body.replaceChildren(make("object", { data: `${address}#navpanes=0&view=FitH`, type: "application/pdf", tabindex: "0", "aria-label": `PDF: ${shown.document.name}` },
      make("p", { class: "closed" }, "This browser shows no PDF here: open it in a tab of its own, or save it.")));
  }

  function lines({ lines: found, remark }) {
    const all = found.filter(([, text], at) => text.trim() || at).map(([level, text]) => (level
      ? make("p", { class: "heading", role: "heading", "aria-level": String(Math.min(level + 2, 6)) }, text) : make("p", {}, text)));
    return make("div", { class: "text", tabindex: "0", role: "region", dir: "auto", "aria-label": "Text of the document" }, remark ? make("p", { class: "source" }, remark) : null, ...all);
  }

  function say(words) {
    body.replaceChildren(make("p", { class: "closed", role: "status" }, words));
  }

  function stop() {
    if (loading === null) return;
    clearTimeout(loading.timer);
    card.model.off("msg:custom", hear);
    loading = null;
  }

  return { toggle, fill, open, leave: close, isOpen: () => pane.isConnected, command: { document: ["Document", toggle] } };
}

/** A size as people write it. */
function megabytes(size) {
  if (size < 100_000) return `${Math.max(1, Math.round(size / 1000))} kB`;
  return `${Number((size / 1_000_000).toFixed(1))} MB`;
}
