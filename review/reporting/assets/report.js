// Turns a link to an origin into a side panel. Without this script the same links lead to the origins at the end of the page.
(() => {
  "use strict";
  const panel = document.getElementById("panel");
  if (!panel) return;
  const place = panel.querySelector(".origin");
  const earlier = panel.querySelector("button.earlier");
  let asked = null; // the link in the page that opened the panel
  let trail = []; // what the panel has shown since then

  // What stands in the page is copied node by node: no text is ever read as markup.
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
    const origin = document.getElementById(decodeURIComponent(link.getAttribute("href").slice(1)));
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
