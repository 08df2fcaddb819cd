// What a form of appraisal is drawn from: which questions are asked, levels as chips with symbol and word, the path of a domain, facts.

/** The questions that are asked, given *answers* so far and the facts *given* before; an answer to a question that is not asked opens nothing. */
function reachedIn(questions, answers, given = {}) {
  const counted = { ...given };
  return questions.filter((question) => {
    const fits = ([name, accepted]) => accepted.includes(counted[name]);
    const any = Object.entries(question.any);
    if (!Object.entries(question.all).every(fits) || (any.length && !any.some(fits))) return false;
    if (answers[question.id]) counted[question.id] = answers[question.id];
    return true;
  });
}

/** A level as its symbol and word on its colour; without a level the words *otherwise*, plain. */
function chip(label, levels, otherwise = "") {
  const level = levels.find((one) => one.label === label);
  if (!level) return make("span", { class: "chip none" }, label || otherwise);
  const made = make("span", { class: "chip" }, make("span", { "aria-hidden": "true", class: "symbol" }, level.symbol), level.label);
  if (level.colour) Object.assign(made.style, { background: level.colour, color: level.ink });
  return made;
}

/** The path of one domain as rows of steps: question and answer, on to the judgement with its reason; as far as it goes while answers are missing. */
function pathOf(domain, judged, answers, reached, tool) {
  const step = ([name, given]) => make("li", {}, make("b", {}, name), ` ${tool.words[given] ?? given}`);
  const row = (label, ...steps) => make("ol", { class: "path", "aria-label": label }, ...steps);
  if (!domain.rules) return [];
  if (!judged.path.length) {
    const open = reached.find((question) => !answers[question.id]);
    const given = reached.filter((question) => answers[question.id]).map((question) => step([question.id, answers[question.id]]));
    return [row("Path so far", ...given, open ? make("li", { class: "open" }, make("b", {}, open.id), " ?") : null)];
  }
  return judged.path.map(({ part, answers: behind, level, because }) =>
    make("div", { class: "leg" }, row(part ? `Path, ${part}` : "Path", ...behind.map(step), make("li", { class: "ends" }, chip(level, tool.levels))),
      make("p", { class: "because" }, part ? make("b", {}, `${part}: `) : null, because)));
}

/** Fields for what is said once about a result: facts, deviations of interest, sources consulted. *changed* is called after each change. */
function factFields({ preliminary, deviations, sources }, form, changed) {
  const tick = (list, name) => make("label", { class: "tick" }, make("input", { type: "checkbox", checked: form[list].includes(name), onchange: (event) => {
    form[list] = event.target.checked ? [...form[list], name] : form[list].filter((one) => one !== name);
    changed();
  } }), name);
  const group = (label, list, names, hint = "") => (names.length
    ? make("div", { class: "field", role: "group", "aria-label": label }, make("span", { class: "name" }, label), hint ? make("small", {}, hint) : null, ...names.map((name) => tick(list, name))) : null);
  return [
    ...preliminary.map((fact) => factField(fact, form, changed)),
    group("Deviations of interest", "deviations", deviations, "At least one, since the effect is that of adhering."),
    group("Sources consulted", "sources", sources),
  ];
}

function factField(fact, form, changed) {
  const set = (value) => {
    if (value) form.preliminary[fact.id] = value;
    else delete form.preliminary[fact.id];
    changed();
  };
  const note = fact.note ? make("small", {}, fact.note) : null;
  if (!fact.options.length) {
    const field = make("textarea", { rows: fact.kind === "list" ? "3" : "1", maxlength: "2000", onchange: (event) => set(event.target.value.trim()) });
    field.value = form.preliminary[fact.id] ?? "";
    return make("label", { class: "field" }, make("span", { class: "name" }, fact.text, fact.needed ? "" : " (optional)"), note, field);
  }
  const choices = make("div", { class: "row" });
  const draw = () => choices.replaceChildren(...fact.options.map((one) => button(one, () => {
    set(form.preliminary[fact.id] === one ? "" : one);
    draw();
  }, { class: "filter", "aria-pressed": String(form.preliminary[fact.id] === one) })));
  draw();
  return make("div", { class: "field", role: "group", "aria-label": fact.text }, make("span", { class: "name" }, fact.text), note, choices);
}
