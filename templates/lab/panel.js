// The panel: what is chosen, asked of the worker one thing after the other, and told with what the report measured.
(() => {
  const choices = JSON.parse(document.getElementById("lab-choices").textContent);
  const { measured } = choices;
  const one = (selector) => lab.root.querySelector(selector);
  const bench = one(".bench");
  const [network, epoch, side, temperature] = ["network", "epoch", "side", "temperature"].map((name) => one(`[name=${name}]`));
  const skips = [...lab.root.querySelectorAll("[name=skip]")];
  const swapped = one("[name=swapped]");
  const told = one(".lab-told");
  const seen = one(".lab-seen");
  let given = null; // the picture, as inputs.js hands it on

  const chosen = () => choices.networks.find(({ name }) => name === network.value);
  const perCent = (share) => `${(100 * share).toFixed(1)} %`;
  // Of some numbers, or of pairs that begin with one, that which is nearest to another.
  const nearest = (all, wanted) => all.reduce((a, b) => (Math.abs([b].flat()[0] - wanted) < Math.abs([a].flat()[0] - wanted) ? b : a));

  // Controls follow the network: a regression has no temperature, the CNN no skip connections.
  const fit = () => {
    const { epochs, model, run, row, seed } = chosen();
    const before = Number(epoch.value);
    epoch.replaceChildren(...epochs.map((each) => lab.make("option", "", String(each))));
    epoch.value = String(epochs.includes(before) ? before : epochs.at(-1));
    temperature.disabled = model === "regression";
    for (const skip of skips) skip.disabled = model !== "unet";
    const line = one(".lab-run");
    line.textContent = `This is the run ${run}, from seed ${seed}.`;
    if (!document.getElementById(row)) return;
    const link = lab.make("a", "", "Its row in the list of runs");
    link.href = `#${row}`;
    line.append(" ", link);
  };

  // The picture, and beside it what is made of it.
  const show = ({ input, painted, bilinear, truth }) => {
    const parts = [[given.label, input, "as the network sees it"], [network.value, painted, `what the ${network.value} paints`]];
    if (bilinear) parts.push(["bilinear", bilinear, "bilinear interpolation"]);
    if (truth) parts.push(["truth", truth, "the picture as it is"]);
    seen.replaceChildren(
      ...parts.map(([label, picture, words]) => {
        const figure = lab.make("figure");
        figure.append(lab.drawn(picture, `${given.label}: ${words}`), lab.make("figcaption", "", label));
        return figure;
      }),
    );
  };

  const describe = ({ milliseconds, measured: found, interpolated, difference }) => {
    const words = [`The ${network.value} painted ${given.label} of ${side.value} × ${side.value} pixels in ${Math.ceil(milliseconds)} ms.`];
    if (found) words.push(`${perCent(found.accuracy)} of its pixels have the colour class of the truth; the mean squared error is ${found.error.toFixed(4)}.`);
    if (interpolated) words.push(`Of bilinear interpolation's pixels ${perCent(interpolated.accuracy)} have it; its error is ${interpolated.error.toFixed(4)}.`);
    if (difference === 0) words.push("With ReLU and MaxPool in each other's place no output differs: the largest difference is 0.");
    else if (difference) words.push(`With ReLU and MaxPool in each other's place, outputs differ by up to ${difference.toPrecision(3)}.`);
    if (given.remark) words.push(given.remark);
    told.textContent = words.join(" ");
  };

  // What the report measured, as far as it bears on what is chosen.
  const compare = () => {
    const name = network.value;
    const cut = skips.filter((skip) => !skip.checked && !skip.disabled).map((skip) => skip.value);
    const lines = [
      measured.accuracy[name][epoch.value],
      chosen().task === "upscale" && measured.bilinear,
      measured.temperature[name].length > 0 && !temperature.disabled && nearest(measured.temperature[name], temperature.value)[1],
      ...cut.map((skip) => measured.skips[name][skip]),
      swapped.checked && measured.order[name],
      measured.sizes[name][side.value],
      ...(lab.maps.open ? pair().map(({ name: each }) => measured.blocks[each]) : []),
    ];
    one(".lab-measured").replaceChildren(...lines.filter(Boolean).map((line) => lab.make("li", "", line)));
  };

  // The CNN and the UNet of the task of the chosen network, whose activations stand side by side.
  const pair = () => ["cnn", "unet"].flatMap((model) => choices.networks.filter((each) => each.model === model && each.task === chosen().task));

  // At most one thing is asked at a time; what was chosen meanwhile is asked then.
  let busy = false, again = false;
  const paint = async () => {
    one(".lab-at").textContent = temperature.disabled ? "none" : temperature.valueAsNumber.toFixed(2);
    again = busy;
    seen.setAttribute("aria-busy", "true");
    if (busy || !given) return;
    busy = true;
    const key = `${network.value} ${epoch.value}`;
    const titles = {};
    for (const { name, epochs } of lab.maps.open ? pair() : []) {
      const at = nearest(epochs, epoch.value);
      titles[`${name} ${at}`] = `${name}, epoch ${at}`;
    }
    try {
      const answer = await lab.ask("paint", {
        ...given,
        side: Number(side.value),
        network: key,
        temperature: temperature.disabled ? 0 : temperature.valueAsNumber,
        cuts: skips.filter((skip) => !skip.checked && !skip.disabled).map((skip) => skip.value),
        swapped: swapped.checked,
        maps: Object.keys(titles),
      });
      show(answer);
      describe(answer);
      compare();
      if (lab.maps.open) lab.maps.show(answer.maps, titles);
    } catch (error) {
      told.textContent = error.message;
    }
    busy = false;
    if (again) paint();
    else seen.setAttribute("aria-busy", "false");
  };

  const choose = (next) => {
    given = next;
    paint();
  };

  let started = false;
  const start = async () => {
    if (started) return;
    started = true;
    one(".lab-start").hidden = true;
    bench.hidden = false;
    const { palette, networks, pictures } = JSON.parse(document.getElementById("lab-held").textContent);
    fit();
    given = lab.inputs(pictures, choose, (sentence) => (told.textContent = sentence));
    try {
      await lab.ask("open", { palette, networks });
    } catch (error) {
      told.textContent = error.message;
    }
    network.addEventListener("change", fit);
    bench.addEventListener("change", (event) => event.target.matches("select, [type=checkbox]") && paint());
    temperature.addEventListener("input", paint);
    lab.maps.listen(paint);
    paint();
  };

  // The parts that ask for what can be tried here lead to it.
  const LINKS = {
    "part-1-1-e": "Try it: change the temperature by hand.",
    "part-1-3-b": "Try it: cut the skip connections by hand.",
    "part-1-4-b": "Try it: enlarge pictures of your own.",
    "part-1-6-b": "Try it: let ReLU and MaxPool change places.",
    "part-1-6-d": "Try it: colour larger pictures.",
  };
  for (const [id, text] of Object.entries(LINKS)) {
    const part = document.getElementById(id);
    if (!part) continue;
    const link = lab.make("a", "", text);
    link.href = "#try-it";
    link.addEventListener("click", start);
    const line = lab.make("p", "note");
    line.append(link);
    part.insertBefore(line, part.querySelector(":scope > .again"));
  }

  one(".lab-off").hidden = true;
  one(".lab-start").hidden = false;
  one(".lab-start button").addEventListener("click", async () => {
    await start();
    network.focus();
  });
})();
