
// Truth over prediction: one slider, or a finger on a picture, moves the line between the two on all of them.
(() => {
  const crop = (strip, index, count) => {
    const tile = strip.querySelector("img").cloneNode();
    tile.removeAttribute("width");
    tile.removeAttribute("height");
    tile.style.objectPosition = `${count > 1 ? (100 * index) / (count - 1) : 0}% 0`;
    return tile;
  };

  const made = (tag, className, ...inside) => {
    const element = document.createElement(tag);
    element.className = className;
    element.append(...inside);
    return element;
  };

  for (const strips of document.querySelectorAll(".strips[data-tiles]")) {
    const figure = strips.parentElement;
    const count = Number(strips.dataset.tiles);
    const prediction = strips.querySelector("[data-role=prediction]");
    const truth = strips.querySelector("[data-role=truth]");
    const rows = [...figure.nextElementSibling.querySelectorAll(".data tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent));
    const name = prediction.querySelector(".label").textContent;
    const id = `${figure.id}-cut`;

    const slider = made("input", "");
    Object.assign(slider, { type: "range", id, min: 0, max: 100, value: 50 });
    const label = made("label", "", "Uncover the truth");
    label.htmlFor = id;
    const ends = made("span", "ends", `Left of the line: truth. Right of it: ${name}.`);
    const groups = made("div", "groups");
    const move = (share) => {
      slider.value = share;
      groups.style.setProperty("--cut", `${slider.value}%`);
      slider.setAttribute("aria-valuetext", `truth over ${slider.value} per cent of each picture, ${name} over the rest`);
    };

    const lists = new Map();
    rows.forEach(([group, place, index, distance], at) => {
      if (!lists.has(group)) {
        const list = made("ul", "");
        list.setAttribute("aria-label", group);
        lists.set(group, list);
      }
      const under = crop(prediction, at, count);
      under.alt = `${group}, place ${place}: test picture ${index}, ${name} and truth`;
      const over = crop(truth, at, count);
      over.alt = "";
      over.className = "over";
      const pair = made("span", "pair", under, over);
      const follow = (event) => {
        if (event.type === "pointermove" && !event.buttons) return;
        const box = pair.getBoundingClientRect();
        move(Math.round((100 * (event.clientX - box.left)) / box.width));
      };
      pair.addEventListener("pointerdown", follow);
      pair.addEventListener("pointermove", follow);
      lists.get(group).append(made("li", "", pair, `picture ${index}, ΔE ${distance}`));
    });
    for (const [group, list] of lists) groups.append(made("div", "", made("p", "", group), list));
    slider.addEventListener("input", () => move(slider.value));
    strips.before(made("div", "scrub", label, slider, ends));
    strips.append(groups);
    strips.classList.add("compared");
    move(50);
  }
})();
