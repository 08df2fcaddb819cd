// Turns a link to an origin into a side panel. Without this script the same links lead to the origins at the end of the page.
(() => {
  "use strict";
  const panel = document.getElementById("panel");
  if (!panel) return;
  const place = panel.querySelector(".origin");
  const earlier = panel.querySelector("button.earlier");
  let asked = null; // the link in the page that opened the panel
  let trail = []; // what the panel has shown since then

  // A page with very many values holds their origins as data (documents/island.py); read when the first is asked for.
  const island = document.getElementById("origins-data");
  let data = null;
  const made = (tag, name, ...inside) => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    element.append(...inside); // text becomes text: nothing is ever read as markup
    return element;
  };

  const quoted = ([head, lines]) => {
    const said = made("blockquote");
    for (const [number, before = "", inside = "", after = ""] of lines) {
      const ln = made("span", "ln", made("span", "unseen", data.labels.line), String(number));
      const text = made("span", "said", before, ...(inside ? [made("mark", "", inside), after] : []));
      said.append(made("p", "line", ln, " ", text));
    }
    return made("figure", "quote", made("figcaption", "", data.said[head]), said);
  };

  const fact = ([event = "", what = 0, role = 0, at = "", when = 0, reason = 0, past = 0, quote = 0]) => {
    const item = made("li");
    item.append(made("p", "what", data.said[what], ...(past ? [" ", made("span", "past", data.said[past])] : [])));
    const who = [];
    if (role) who.push(made("span", "role", data.said[role]));
    if (at) {
      const time = made("time", "", data.said[when]);
      time.dateTime = at;
      who.push(...(role ? [" · "] : []), time);
    }
    if (who.length) item.append(made("p", "who", ...who));
    if (reason) item.append(made("p", "reason", data.said[reason]));
    if (quote) item.append(quoted(quote));
    if (event) {
      const id = made("p", "event", data.labels.event.replace("{id}", event.replace(/^sha256:/, "").slice(0, 12)));
      id.title = event;
      item.append(id);
    }
    return item;
  };

  const fromData = (name) => {
    if (!island || !name.startsWith("trace-")) return null;
    data = data || JSON.parse(island.textContent);
    const key = name.slice("trace-".length);
    if (!Object.hasOwn(data.origins, key)) return null;
    const [label, facts, value = "", state = 0, more = 0] = data.origins[key];
    const head = made("h3", "", label);
    head.setAttribute("aria-level", "2");
    const origin = made("article", "origin", head);
    if (value) origin.append(made("p", Array.from(value).length > 40 || value.includes("\n") ? "value long" : "value", value));
    if (state) origin.append(made("p", "state", made("span", "label", data.labels.state), " ", data.said[state]));
    const entries = made("ol", "entries", ...facts.map((at) => fact(data.facts[at])));
    if (!facts.length) entries.append(made("li", "", data.labels.none));
    if (more) entries.append(made("li", "", data.said[more]));
    origin.append(entries);
    return origin;
  };

  // What stands in the page is copied node by node.
  const fill = (origin) => {
    const copy = document.createDocumentFragment();
    for (const node of origin.childNodes) copy.append(node.cloneNode(true));
    for (const back of copy.querySelectorAll(".back")) back.remove();
    for (const named of copy.querySelectorAll("[id]")) named.removeAttribute("id");
    place.replaceChildren(copy);
    earlier.hidden = trail.length < 2;
    panel.scrollTop = 0;
    panel.focus({ preventScroll: true });
  };

  const show = (link, origin) => {
    if (panel.contains(link)) {
      trail.push(origin);
      fill(origin);
      return;
    }
    if (asked) asked.removeAttribute("aria-current");
    asked = link;
    asked.setAttribute("aria-current", "true");
    trail = [origin];
    panel.hidden = false;
    document.body.classList.add("asking");
    fill(origin);
    link.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  const close = () => {
    panel.hidden = true;
    place.replaceChildren();
    document.body.classList.remove("asking");
    if (!asked) return;
    asked.removeAttribute("aria-current");
    asked.focus({ preventScroll: true });
    asked = null;
  };

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest('a[href^="#trace-"], a[href^="#box-"]');
    if (!link) return;
    const name = decodeURIComponent(link.getAttribute("href").slice(1));
    const origin = document.getElementById(name) || fromData(name);
    if (!origin || !origin.classList.contains("origin")) return;
    event.preventDefault();
    show(link, origin);
  });
  earlier.addEventListener("click", () => {
    trail.pop();
    fill(trail[trail.length - 1]);
  });
  panel.querySelector("button.close").addEventListener("click", close);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || panel.hidden) return;
    event.preventDefault();
    close();
  });

  // A box that needs no scrolling need not be a stop for the keyboard; one that has more to the right fades there.
  const boxes = document.querySelectorAll(".scroll");
  const measure = (box) => {
    if (box.scrollWidth > box.clientWidth) box.setAttribute("tabindex", "0");
    else box.removeAttribute("tabindex");
    box.classList.toggle("more", box.scrollLeft + box.clientWidth < box.scrollWidth - 1);
  };
  for (const box of boxes) {
    measure(box);
    box.addEventListener("scroll", () => measure(box), { passive: true });
    new ResizeObserver(() => measure(box)).observe(box);
  }
})();
