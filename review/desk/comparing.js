// Registered against reported at the extraction desk: one comparison, both texts, what is proposed, and what a person says of it.

/** The comparison on show as nodes. *choose(difference)* turns one of what may differ on or off; *chosen* says which are. */
function comparingParts(shown, chosen, choose) {
  const side = (name, said, sign) => make("section", { class: "saying", "aria-label": name }, make("p", { class: "whose" }, `${sign} ${name}`),
    said ? make("p", { class: "value", dir: "auto" }, said.text) : make("p", { class: "hint" }, "says nothing of it"),
    said?.quotation && said.quotation !== said.text ? make("blockquote", { dir: "auto" }, said.quotation) : null, said?.location ? make("p", { class: "hint", dir: "auto" }, said.location, said.older ? "; of an older version, not the text beside" : "") : null);
  const versions = shown.versions.length ? `Registered, version ${shown.versions.join(", ")}` : "Registered";
  const told = (word) => [word.judgement, word.difference.join(", ")].filter(Boolean).join(": ");
  return [
    make("h3", { class: "about", dir: "auto" }, shown.title),
    make("p", { class: "source" }, [`${shown.at} of ${shown.many}`, shown.words.length ? "two words differ" : `${shown.left} left for you`].join(" · ")),
    make("div", { class: "sides" }, side(versions, shown.registered, "1"), side(shown.against === "report" ? "Reported" : `Registered, ${shown.against}`, shown.other, "2")),
    shown.says ? make("p", { class: "hint", dir: "auto" }, `Compared: ${shown.says}.`) : null,
    ...shown.undetermined.map((words) => make("p", { class: "hint" }, `Not determined: ${words}.`)),
    shown.words.length ? make("div", { class: "sides" }, ...shown.words.map((word, at) => make("section", { class: "saying", "aria-label": WHOSE[at] }, make("p", { class: "whose" }, WHOSE[at]),
      make("p", { class: "value" }, told(word)), word.note ? make("blockquote", { dir: "auto" }, word.note) : null))) : null,
    shown.mine ? make("p", { class: "own" }, `You said: ${told(shown.mine)}${shown.mine.note ? ` (${shown.mine.note})` : ""}.`) : null,
    make("h4", {}, shown.words.length ? "Or what differs, in your words" : `What differs${shown.proposed.length ? ", as proposed" : ""}`),
    make("div", { class: "options", role: "group", "aria-label": "What differs" }, ...shown.possible.map((one, at) =>
      button(one, () => choose(one), { key: digitOf(at), class: "option", "aria-pressed": String(chosen.has(one)) }))),
  ].filter(Boolean);
}
