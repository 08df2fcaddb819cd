// What cards are put together from: elements and buttons, the writing of keys, a record. Whatever a record holds becomes text nodes.

/** An element with attributes, listeners (on…) and children; a child that is a string becomes text. */
function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

/** Puts *children* into *parent*, without those that are none. */
function put(parent, ...children) {
  parent.replaceChildren(...children.filter((child) => child !== null && child !== undefined && child !== ""));
}

/** A button: a sign before the words where it has one, and its key, which stands on it as it is now. */
function button(words, press, { key = "", sign = "", ...attributes } = {}) {
  const unread = { "aria-hidden": "true" };
  const parts = [sign && make("span", unread, sign), make("span", {}, ...[words].flat()), key && make("kbd", unread, written(key))];
  return make("button", { type: "button", "aria-keyshortcuts": key ? spoken(key) : null, onclick: press, ...attributes }, ...parts);
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

function setOrDelete(where, name, value) {
  if (value) where[name] = value;
  else delete where[name];
}

/** One of several, or none of them, as buttons. */
function choiceRow(label, choices, now, choose) {
  const row = make("div", { class: "row" });
  const draw = () => row.replaceChildren(...choices.map(([value, words]) => button(words, () => {
    choose(now() === value ? null : value);
    draw();
    row.children[choices.findIndex(([one]) => one === value)]?.focus();
  }, { class: "filter", "aria-pressed": String(now() === value) })));
  draw();
  return make("div", { class: "field", role: "group", "aria-label": label }, make("span", { class: "name" }, label), row);
}

// ---- keys: 'x', or 'shift+x' for a letter with shift; digits and Escape are not to be changed

function keyOf(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.shiftKey && key !== key.toUpperCase() && key.length === 1 ? `shift+${key}` : key;
}

function written(key) {
  return key.startsWith("shift+") ? `⇧${key.slice(6).toUpperCase()}` : key.replace("Escape", "Esc");
}

function spoken(key) {
  return key.startsWith("shift+") ? `Shift+${key.slice(6).toUpperCase()}` : key;
}

/** The digit that stands for the place *at*, from 0; none after the tenth. */
function digitOf(at) {
  return at < 9 ? String(at + 1) : at === 9 ? "0" : "";
}

function fitsAsKey(key) {
  return typeof key === "string" && /^(shift\+\p{Ll}|[^\s\d\p{Lu}\p{C}])$/u.test(key);
}

/** The keys that this browser keeps for one kind of card; none where it keeps nothing. */
const keptKeys = {
  read(card) {
    try {
      return JSON.parse(localStorage.getItem(`review-desk: ${card}`)) ?? {};
    } catch { // nothing can be kept here, or what is kept was not written by a card
      return {};
    }
  },
  write(card, keys) {
    try {
      localStorage.setItem(`review-desk: ${card}`, JSON.stringify(keys));
    } catch { // then they hold until the page is left
    }
  },
};

// ---- a record

/** All that the kernel shows of a record, answers and decisions with it; why it comes now may change while one looks at it. */
function printOf(card) {
  return JSON.stringify({ ...card, why: null });
}

/** A text as nodes: plain, or in runs of [piece, element] with the terms of the protocol marked. */
function inked(text) {
  if (typeof text === "string") return [text];
  return text.map(([piece, element]) => (element ? make("mark", { class: element }, piece) : piece));
}

function recordParts(card) {
  const link = webAddress(card.address);
  const known = [...card.identifiers, ...(link ? [make("a", { href: link, target: "_blank", rel: "noopener noreferrer" }, "Open the source")] : [])];
  return [
    make("h2", { dir: "auto" }, ...inked(card.heading ?? card.title)),
    card.cited ? make("p", { class: "cited", dir: "auto" }, card.cited) : null,
    make("p", { class: "source" }, card.source, ...known.flatMap((one) => [" · ", one])),
    ...card.warnings.map((warning) => make("p", { class: "warning" }, warning)),
    ...card.remarks.map((remark) => make("p", { class: "source" }, remark)),
    card.facts.length ? make("dl", { class: "facts" }, ...card.facts.flatMap(([label, value]) => [make("dt", {}, label), make("dd", {}, value)])) : null,
    ...card.parts.flatMap((part) => [
      make("h3", {}, part.head, part.remark ? make("small", {}, part.remark) : null),
      make("div", { class: part.prose ? "prose" : "lines", dir: "auto" }, ...part.lines.map(([mark, text]) =>
        make("p", {}, part.lines.some(([one]) => one) ? make("span", { class: "mark" }, mark) : null, make("span", {}, ...inked(text))))),
    ]),
  ].filter((one) => one !== null);
}
