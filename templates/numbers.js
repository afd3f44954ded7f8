
// What a number rests on, where a pointer or a finger asks for it.
(() => {
  const tip = document.createElement("div");
  tip.id = "tip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  document.querySelector("main").append(tip); // in a landmark, as all that a page says
  let shown = null;

  const hide = () => {
    shown?.removeAttribute("aria-describedby");
    shown = null;
    tip.hidden = true;
  };
  const show = (number) => {
    if (number === shown) return;
    hide();
    for (const told of [number, ...number.querySelectorAll("[title]")]) {
      if (told.title && told === number) number.dataset.hint = told.title;
      told.removeAttribute("title"); // the browser would say it a second time
    }
    if (!number.dataset.hint) return;
    shown = number;
    tip.textContent = number.dataset.hint;
    tip.hidden = false;
    number.setAttribute("aria-describedby", tip.id);
    const box = number.getBoundingClientRect();
    const below = box.bottom + tip.offsetHeight + 8 < innerHeight;
    const left = Math.max(8, Math.min(box.left, document.documentElement.clientWidth - tip.offsetWidth - 8));
    tip.style.left = `${left + scrollX}px`;
    tip.style.top = `${(below ? box.bottom - 1 : box.top - tip.offsetHeight + 1) + scrollY}px`;
  };

  const follow = (event) => {
    const number = event.target.closest?.(".num");
    if (number) show(number);
    else if (event.target !== tip) hide();
  };
  document.addEventListener("pointerover", follow);
  document.addEventListener("click", follow);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
})();
