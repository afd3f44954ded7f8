
// One slider a figure: it moves the rows of pictures through the epochs, and a line on the charts of the same part.
(() => {
  const SECOND = 1000;

  // The charts of a part; where none of them begins with the first epoch, those of the part before as well.
  const charts = (part) => {
    const own = [...part.querySelectorAll("svg[data-epochs]")];
    const whole = own.some((svg) => {
      const [origin, step, left] = svg.dataset.epochs.split(" ").map(Number);
      return origin + step >= left;
    });
    return whole ? own : own.concat(...(part.previousElementSibling?.querySelectorAll("svg[data-epochs]") ?? []));
  };

  const markers = (part) =>
    charts(part).map((svg) => {
      const [origin, step, left, top, right, bottom] = svg.dataset.epochs.split(" ").map(Number);
      const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
      line.setAttribute("class", "now");
      line.setAttribute("y1", top);
      line.setAttribute("y2", bottom);
      svg.append(line);
      return (epoch) => {
        const x = origin + step * epoch;
        line.setAttribute("x1", x);
        line.setAttribute("x2", x);
        line.toggleAttribute("hidden", x < left || x > right);
      };
    });

  for (const film of document.querySelectorAll("template.film")) {
    const strips = film.closest("figure").querySelector(".strips");
    const part = film.closest(".part");
    const made = film.content.cloneNode(true);
    const control = made.querySelector(".scrub");
    const slider = control.querySelector("input");
    const shown = control.querySelector("output");
    const play = control.querySelector("button");
    const reels = [...made.querySelectorAll(".reel")];
    const lines = markers(part);

    const show = () => {
      const epoch = slider.valueAsNumber;
      shown.textContent = `${epoch} of ${slider.max}`;
      slider.setAttribute("aria-valuetext", `epoch ${epoch} of ${slider.max}`);
      for (const reel of reels) {
        const picture = reel.querySelector("img");
        const last = Number(picture.dataset.epochs);
        const at = Math.min(epoch, last);
        reel.querySelector(".at").textContent = at;
        picture.style.objectPosition = `0 ${last > 1 ? (100 * (at - 1)) / (last - 1) : 0}%`;
      }
      for (const move of lines) move(epoch);
    };

    let timer = 0;
    const stop = () => {
      clearInterval(timer);
      timer = 0;
      play.textContent = "Play";
    };
    const forward = () => {
      slider.stepUp();
      show();
      if (slider.value === slider.max) stop();
    };
    play.addEventListener("click", () => {
      if (timer) return stop();
      if (slider.value === slider.max) slider.value = slider.min;
      show();
      play.textContent = "Stop";
      timer = setInterval(forward, SECOND / 5);
    });
    slider.addEventListener("input", () => {
      stop();
      show();
    });

    for (const reel of reels) {
      const picture = reel.querySelector("img");
      picture.style.aspectRatio = `${picture.getAttribute("width")} / ${picture.getAttribute("height")}`;
    }
    strips.append(control, ...reels); // beside the fixed epochs, which stay
    show();
  }
})();
