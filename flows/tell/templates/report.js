"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const cards = byId("cards"), find = byId("find"), order = byId("order"), shown = byId("shown");
  const all = [...cards.children];
  const buttons = [...document.querySelectorAll("#controls button")];
  const words = new Map(all.map((card) => [card, card.textContent.toLowerCase()]));
  const show = () => {
    const on = new Set(buttons.filter((b) => b.getAttribute("aria-pressed") === "true").map((b) => b.dataset.standing));
    const wanted = find.value.trim().toLowerCase();
    for (const card of all) card.hidden = !(on.has(card.dataset.standing) && words.get(card).includes(wanted));
    const left = all.filter((card) => !card.hidden).length;
    shown.textContent = left === all.length ? "" : `${left} of ${all.length} facts shown`;
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
      show();
    });
  }
  find.addEventListener("input", show);
  order.addEventListener("change", () => {
    const key = order.value, number = (card, name) => Number(card.dataset[name]);
    all.sort((a, b) => (key === "position" ? 0 : number(b, key) - number(a, key)) || number(a, "position") - number(b, "position"));
    cards.append(...all);
  });
  // A link from the matrix leads to a card that a filter may have hidden.
  const reveal = () => {
    const card = all.find((one) => location.hash === "#" + one.id);
    if (card && card.hidden) { card.hidden = false; card.scrollIntoView(); }
  };
  addEventListener("hashchange", reveal);
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of closed) one.open = false; });
  byId("controls").hidden = false;
  show();
})();
