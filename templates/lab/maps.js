// Activations: a sheet a block, all its channels beside each other; the one that is pointed at or walked to, large.
lab.maps = (() => {
  const box = lab.root.querySelector(".lab-maps");
  const large = box.querySelector(".lab-large");
  const sheets = box.querySelector(".lab-sheets");

  let current = null; // the sheet whose channel is shown large
  const enlarge = (shown) => {
    const { name, canvas: sheet, map, channel } = (current = shown);
    const { across, height, width, ranges } = map;
    const [low, high] = ranges[channel].map((value) => value.toPrecision(3));
    const words = `${name}, ${map.block}, channel ${channel + 1} of ${ranges.length}: from ${low} to ${high}.`;
    large.hidden = false;
    const canvas = large.querySelector("canvas");
    [canvas.width, canvas.height] = [width, height];
    const [left, top] = [(channel % across) * (width + 1), Math.floor(channel / across) * (height + 1)];
    canvas.getContext("2d").drawImage(sheet, left, top, width, height, 0, 0, width, height);
    canvas.setAttribute("aria-label", words);
    large.querySelector("p").textContent = words;
    return words;
  };

  // A sheet is kept from one picture to the next, so that whoever walks on it stays where they are.
  const made = new Map();
  const makeSheet = (name, block) => {
    const figure = lab.make("figure");
    const canvas = lab.make("canvas");
    const caption = lab.make("figcaption", "", block);
    const sheet = { name, figure, canvas, map: null, channel: 0 };
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "slider");
    canvas.setAttribute("aria-label", `Channel of ${block}, ${name}`);
    const go = (channel) => {
      sheet.channel = Math.max(0, Math.min(sheet.map.ranges.length - 1, channel));
      canvas.setAttribute("aria-valuenow", sheet.channel + 1);
      canvas.setAttribute("aria-valuetext", enlarge(sheet));
    };
    canvas.addEventListener("keydown", (event) => {
      const { across } = sheet.map;
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across }[event.key];
      if (!step) return;
      event.preventDefault();
      go(sheet.channel + step);
    });
    canvas.addEventListener("focus", () => go(sheet.channel));
    canvas.addEventListener("pointermove", (event) => {
      const { left, top, width, height } = canvas.getBoundingClientRect();
      const { across, ranges } = sheet.map;
      const row = Math.floor(((event.clientY - top) / height) * Math.ceil(ranges.length / across));
      go(row * across + Math.min(across - 1, Math.floor(((event.clientX - left) / width) * across)));
    });
    figure.append(canvas, caption);
    return sheet;
  };

  return {
    get open() {
      return box.open;
    },
    listen: (act) => box.addEventListener("toggle", act),
    // Maps by the name of their network, and what it is called on the page.
    show: (networks, titles) => {
      const columns = Object.entries(networks).map(([name, maps]) => {
        const column = lab.make("div", "lab-column");
        column.append(lab.make("p", "lab-name", titles[name]));
        for (const map of maps) {
          const key = `${titles[name]} ${map.block}`;
          if (!made.has(key)) made.set(key, makeSheet(titles[name], map.block));
          const sheet = made.get(key);
          sheet.map = map;
          [sheet.canvas.width, sheet.canvas.height] = [map.sheet.width, map.sheet.height];
          sheet.canvas.getContext("2d").putImageData(map.sheet, 0, 0);
          sheet.canvas.setAttribute("aria-valuemin", 1);
          sheet.canvas.setAttribute("aria-valuemax", map.ranges.length);
          sheet.canvas.setAttribute("aria-valuenow", sheet.channel + 1);
          if (current === sheet) enlarge(sheet);
          column.append(sheet.figure);
        }
        return column;
      });
      const focused = document.activeElement;
      sheets.replaceChildren(...columns);
      if (sheets.contains(focused)) focused.focus({ preventScroll: true });
    },
  };
})();
