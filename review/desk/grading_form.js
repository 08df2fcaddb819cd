// What the form of a grading is drawn from: levels as symbols with their word, fields, risks as a table, the words of what a side said.

const WHERE_IT_STARTS = { randomised: "Randomised", "non-randomised": "Not randomised", "single-arm": "Single arm" };
// what two gradings may differ in beside their ratings -> the fields of the form that go together, and the form in words
const BESIDE = [
  ["Effect", ["synthesis", "effect"], (form) => (form.synthesis ? `from the synthesis ${form.synthesis}` : effectWords(form.effect))],
  ["Start", ["start"], (form) => WHERE_IT_STARTS[form.start] ?? "from the studies"],
  ["Studies", ["studies"], (form) => form.studies],
  ["Participants", ["people"], (form) => form.people.filter(Boolean).join(" and ")],
  ["Risks with the comparator", ["baselines"], (form) => form.baselines.map((one) => [one.risk, one.per, one.label].filter(Boolean).join(" ")).join("; ")],
  ["Threshold", ["threshold"], (form) => ["small", "moderate", "large"].filter((size) => form.threshold[size]).map((size) => `${size} ${form.threshold[size]}`).join(", ")],
  ["Importance", ["importance"], (form) => form.importance],
];

function effectWords({ measure, value, low, high, unit }) {
  return value ? `${measure} ${value}${low ? ` (${low} to ${high})` : ""} ${unit}`.trim() : "";
}

/** A level: its symbols, unread, and its word. */
function levelOf(level, otherwise = "") {
  if (!level) return make("span", { class: "level none" }, otherwise);
  return make("span", { class: "level" }, make("span", { class: "symbols", "aria-hidden": "true" }, level.symbols), " ", level.word);
}

/** A rating in words, with its points where it counts. */
function ratingWords(rating) {
  return rating.points ? `${rating.words} (${rating.points > 0 ? "+" : "−"}${Math.abs(rating.points)})` : rating.words;
}

/** A field for words, which writes into *where*; *changed* is called at each letter. *more*: rows (1 for a line), hint, placeholder. */
function wordField(label, where, name, changed, { rows = 0, hint = "", ...more } = {}) {
  const tag = rows ? "textarea" : "input";
  const field = make(tag, { ...(rows ? { rows: String(rows) } : { type: "text" }), maxlength: "4000", dir: "auto", ...more, oninput: () => { where[name] = field.value; changed(); } });
  field.value = where[name];
  return make("label", { class: "field" }, make("span", { class: "name" }, label), hint ? make("small", {}, hint) : null, field);
}

/** One of a list that is too long for buttons. */
function selectField(label, choices, now, choose) {
  const field = make("select", { onchange: () => choose(field.value) }, ...choices.map(([value, words]) => make("option", { value }, words)));
  field.value = now;
  return make("label", { class: "field" }, make("span", { class: "name" }, label), field);
}

/** What the effect means at each risk with the comparator, with what is held and the sentence below. */
function riskParts(risks, [intervention, comparator]) {
  if (!risks.length) return [make("p", { class: "hint" }, "With a risk with the comparator, absolute effects are drawn here.")];
  const facts = (risk) => [[`With ${comparator}`, risk.comparator], [`With ${intervention}`, risk.intervention], ["Difference", risk.difference]];
  return [make("h4", {}, "Absolute effects"), ...risks.flatMap((risk) => [
    risk.label ? make("h5", { dir: "auto" }, risk.label) : null,
    make("dl", { class: "facts" }, ...facts(risk).flatMap(([name, words]) => [make("dt", { dir: "auto" }, name), make("dd", {}, words)])),
    ...risk.held.map((words) => make("p", { class: "hint", dir: "auto" }, words)),
    risk.sentence ? make("p", { class: "sentence", dir: "auto" }, risk.sentence) : null,
  ])];
}

/** The path from where the evidence starts, rating by rating, to the level as far as it goes. */
function levelPath(judged) {
  const steps = judged.path.map(({ name, words }) => make("li", {}, make("b", {}, name), ` ${words}`));
  const end = judged.open.length ? make("li", { class: "open" }, `${judged.open.length} not rated yet`) : make("li", { class: "ends" }, levelOf(judged.proposed));
  return make("ol", { class: "path", "aria-label": "Path to the level" }, make("li", { class: "ends" }, levelOf(judged.start)), ...steps, end);
}
