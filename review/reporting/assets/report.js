// Turns a link to an origin into a side panel. Without this script the same links lead to the origins at the end of the page.
(() => {
  "use strict";
  const panel = document.getElementById("panel");
  if (!panel) return;
  const place = panel.querySelector(".origin");
  let asked = null;

  // What stands in the page is copied node by node: no text is ever read as markup.
  const show = (link, origin) => {
    if (asked) asked.removeAttribute("aria-current");
    asked = link;
    asked.setAttribute("aria-current", "true");
    const copy = document.createDocumentFragment();
    for (const node of origin.childNodes) copy.append(node.cloneNode(true));
    for (const back of copy.querySelectorAll(".back")) back.remove();
    for (const named of copy.querySelectorAll("[id]")) named.removeAttribute("id");
    place.replaceChildren(copy);
    panel.hidden = false;
    panel.scrollTop = 0;
    document.body.classList.add("asking");
    link.scrollIntoView({ block: "nearest", inline: "nearest" });
    panel.focus({ preventScroll: true });
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
  panel.querySelector("button").addEventListener("click", close);
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
