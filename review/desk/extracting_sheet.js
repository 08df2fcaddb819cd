// The spreadsheet at the extraction desk: taken away, given back, looked at cell by cell, and stored only when that is said.

const WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** The panel of *card* by which a sheet is taken away and given back. */
function sheetDoor(card) {
  const panel = card.sheet("Spreadsheet", "sheets");
  const says = make("p", { class: "hint", role: "status" });
  const file = make("input", { type: "file", accept: `.xlsx,.csv,${WORKBOOK},text/csv`, class: "unheard", tabindex: "-1", "aria-hidden": "true", onchange: () => give() });
  let wanted = null; // the file that is on its way
  let address = "";

  function toggle() {
    if (!panel.hidden) return card.closeSheet();
    const here = card.mode === "form" ? card.shown : null;
    says.textContent = "";
    put(panel, make("h3", {}, "Spreadsheet"),
      make("p", { class: "hint" }, "A workbook to fill in: your own values and what was pre-filled, nobody else's. Given back it is looked at first, and stored when you say so."),
      make("div", { class: "row" }, button("Take away: all studies", () => fetchIt("")),
        here ? button(["Take away: ", make("span", { dir: "auto" }, here.title)], () => fetchIt(here.report)) : null, button("Give back a filled one", () => file.click())),
      says, file, make("div", { class: "row" }, button("Back", () => card.closeSheet(), { key: "Escape" })));
    card.openSheet(panel, "button");
  }

  async function fetchIt(study) {
    says.textContent = "Making the sheet";
    const said = await askBeside(card, { kind: "download", study });
    if (said.kind !== "sheet") {
      says.textContent = said.message;
      return;
    }
    forget();
    address = URL.createObjectURL(new Blob(said.parts, { type: WORKBOOK })); // the kind is ours to say
    make("a", { href: address, download: said.name }).click();
    says.textContent = `${said.name} was handed to the browser: fill it in, and give it back here.`;
  }

  async function give() {
    const [given] = file.files;
    if (!given) return;
    const refused = unfit(given, card.limits.file);
    wanted = { file: given, upload: mint() };
    const own = wanted;
    const failed = refused || await bring(card, own, card.limits.part, (words) => { says.textContent = words; }, () => wanted === own);
    file.value = "";
    if (failed) says.textContent = failed;
    else if (failed === "" && card.pending) says.textContent = "Something else is on its way: give it back again.";
    else if (failed === "") {
      card.closeSheet();
      card.send({ kind: "check", file: given.name, upload: own.upload, size: given.size });
    }
  }

  function forget() {
    if (address) URL.revokeObjectURL(address);
    address = "";
  }

  return { panel, toggle, leave: () => { wanted = null; forget(); } };
}

/** What a sheet that was given back says, as nodes: what is wrong with it by its cells, what would be stored, what is noted. */
function sheetParts(card) {
  const table = (label, heads, rows) => make("table", { class: "cellwise", "aria-label": label }, make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
    make("tbody", {}, ...rows.map(([place, ...rest]) => make("tr", {}, make("th", { scope: "row" }, place.split("!").at(-1)),
      ...rest.map((words, at) => make("td", { dir: "auto", "data-head": heads[at + 1] }, words || "–"))))));
  const told = ["Cell", "What stands there", "Expected", "Next"];
  const rest = (name) => (card.many[name] > card[name].length ? make("p", { class: "hint" }, `The first ${card[name].length.toLocaleString("en")} of ${card.many[name].toLocaleString("en")}.`) : null);
  const fresh = card.fresh.map(([place, study, item, about, value, quotation, where]) => [place, [study, about].filter(Boolean).join(" · "), item, value, [quotation, where].filter(Boolean).join(" – ")]);
  return [
    make("h2", { dir: "auto" }, card.title),
    card.many.told ? make("p", { class: "warning" }, `${many(card.refused, "cell")} cannot be taken. Nothing of this sheet is stored: mend these in the file, and give it back.`) : null,
    ...(card.many.told ? [table("What is wrong", told, card.told), rest("told")] : []),
    ...(card.many.fresh ? [make("h3", {}, `To be stored: ${many(card.many.fresh, "value")}`), table("To be stored", ["Cell", "Of", "Item", "Value", "Quotation"], fresh), rest("fresh")] : []),
    ...(card.many.noted ? [make("h3", {}, "Noted, and no problem"), table("Noted", told, card.noted), rest("noted")] : []),
    !card.many.told && !card.many.fresh ? make("p", { class: "closed" }, "There is nothing new in it: the review holds all of it as it stands.") : null,
  ].filter(Boolean);
}
