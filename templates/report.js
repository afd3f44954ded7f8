// Comforts only: the page says all it has to say without this.
(() => {
  const form = document.getElementById("filter");
  const rows = [...document.querySelectorAll(".verdict-table tbody tr")];
  if (form) {
    const shown = document.getElementById("shown");
    const apply = () => {
      const { status, question } = Object.fromEntries(new FormData(form));
      let count = 0;
      for (const row of rows) {
        row.hidden = (status && row.dataset.status !== status) || (question && row.dataset.question !== question);
        count += row.hidden ? 0 : 1;
      }
      shown.textContent = `${count} of ${rows.length}`;
    };
    form.hidden = false;
    form.addEventListener("change", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    apply();
  }

  for (const button of document.querySelectorAll("button.copy")) {
    if (!navigator.clipboard) break;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy"), 1500);
    });
  }

  const links = new Map([...document.querySelectorAll(".toc a")].map((a) => [a.hash.slice(1), a]));
  // The contents follow the reading: where only the questions are listed, the question that a part belongs to.
  const follow = (link) => {
    const shown = link.offsetParent ? link : link.closest("ol ol").previousElementSibling;
    for (const other of links.values()) other.removeAttribute("aria-current");
    shown.setAttribute("aria-current", "true");
    const toc = shown.closest(".toc");
    for (const box of [toc, toc.querySelector("ol")]) {
      const [inner, outer] = [shown.getBoundingClientRect(), box.getBoundingClientRect()];
      if (inner.top < outer.top || inner.bottom > outer.bottom) box.scrollTop += inner.top - outer.top - outer.height / 2;
      if (inner.left < outer.left || inner.right > outer.right) box.scrollLeft += inner.left - outer.left - outer.width / 3;
    }
  };
  // What is read is what began last above a line a little below the upper edge; before all, the first.
  const targets = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  let marked, waiting;
  const mark = () => {
    waiting = 0;
    const begun = targets.filter((target) => target.getBoundingClientRect().top <= innerHeight / 5).at(-1);
    const link = links.get((begun ?? targets[0])?.id);
    if (link && link !== marked) follow((marked = link));
  };
  addEventListener("scroll", () => (waiting ||= requestAnimationFrame(mark)), { passive: true });
  addEventListener("load", () => setTimeout(mark));
  addEventListener("resize", () => {
    marked = null; // other entries may be listed now
    waiting ||= requestAnimationFrame(mark);
  });

  // What is asked for by its address is shown, also where it is folded away.
  const unfold = () => {
    let target = document.getElementById(location.hash.slice(1));
    const asked = target;
    for (; target; target = target.parentElement) if (target.localName === "details") target.open = true;
    asked?.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  if (location.hash) unfold();

  // Whatever scrolls can be reached by keyboard, and nothing else is a stop on the way.
  const reach = () => {
    for (const box of document.querySelectorAll(".scroll")) {
      const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
      if (scrolls) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  addEventListener("load", () => setTimeout(reach));
  addEventListener("resize", reach);
  document.addEventListener("toggle", reach, true);
})();
