
// What a number rests on, under the pointer or the focus; following one marks all of its runs.
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
  document.addEventListener("focusin", follow);
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());

  document.addEventListener("click", (event) => {
    const runs = event.target.closest?.(".num")?.dataset.runs;
    if (!runs) return;
    for (const row of document.querySelectorAll("tr.cited")) row.classList.remove("cited");
    for (const run of runs.split(" ")) {
      const row = document.getElementById(`run-${run.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`);
      row?.classList.add("cited");
    }
  });
})();
