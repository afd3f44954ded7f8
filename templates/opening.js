"use strict";
// The page opens: at first only what is seen is laid out, then all of it. Heights change by that, so the place that was
// asked for is found again until nothing moves any more, without gliding there: two ways would cross.
(() => {
  const STILL = 5, MOST = 120; // frames
  const root = document.documentElement;
  const [visit] = performance.getEntriesByType("navigation");

  // The browser returns to where a reader left, but does so before all is laid out: it has to be told again.
  const keep = () => history.replaceState({ top: scrollY }, "");
  let taken = false; // by the reader, who must not be pulled back
  for (const act of ["wheel", "touchstart", "pointerdown", "keydown"]) {
    addEventListener(act, () => (taken = true), { once: true, passive: true });
  }
  const go = () => {
    if (visit?.type === "navigate") document.getElementById(location.hash.slice(1))?.scrollIntoView();
    else if (history.state?.top !== undefined) scrollTo(0, history.state.top);
  };
  const find = (left, still, before) => {
    if (!taken) go();
    const now = `${scrollY} ${root.scrollHeight}`;
    if (!taken && left > 0 && still < STILL) {
      return requestAnimationFrame(() => find(left - 1, now === before ? still + 1 : 0, now));
    }
    root.classList.add("settled");
    keep();
    addEventListener("scrollend", keep);
  };
  addEventListener("load", () =>
    setTimeout(() => {
      root.classList.remove("opening");
      find(MOST, 0, "");
    }),
  );
})();
