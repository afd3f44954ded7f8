// Where a picture comes from: the test pictures, a file, what is dropped or pasted, a drawing. Each is handed on as
// { picture, mark, coloured, label, remark }.
lab.inputs = (pictures, choose, refuse) => {
  const unfold = ({ side, pixels }) => ({
    height: side,
    width: side,
    pixels: Uint8Array.from(atob(pixels), (letter) => letter.charCodeAt(0)),
  });
  const tests = lab.root.querySelector(".lab-tests");
  pictures.forEach((stored, index) => {
    const picture = unfold(stored);
    const label = lab.make("label");
    const radio = lab.make("input");
    Object.assign(radio, { type: "radio", name: "picture", checked: index === 0 });
    radio.addEventListener("change", () => choose({ picture, mark: stored.label, coloured: true, label: stored.label }));
    radio.setAttribute("aria-label", stored.label);
    const canvas = lab.make("canvas");
    canvas.setAttribute("aria-hidden", "true");
    lab.draw(canvas, picture);
    label.append(radio, canvas);
    tests.append(label);
  });
  const leave = () => tests.querySelectorAll("input").forEach((radio) => (radio.checked = false));

  let files = 0;
  const take = async (file) => {
    if (!file) return;
    try {
      const { picture, remark } = await lab.ask("decode", { file });
      leave();
      choose({ picture, mark: `file ${++files}`, coloured: true, label: "your picture", remark });
    } catch (error) {
      refuse(error.message);
    }
  };
  const own = lab.root.querySelector(".lab-own");
  const field = own.querySelector("input");
  field.addEventListener("change", () => take(field.files[0]));
  const bench = lab.root.querySelector(".bench");
  for (const kind of ["dragenter", "dragover"]) {
    bench.addEventListener(kind, (event) => {
      event.preventDefault();
      own.classList.add("over");
    });
  }
  bench.addEventListener("dragleave", () => own.classList.remove("over"));
  bench.addEventListener("drop", (event) => {
    event.preventDefault();
    own.classList.remove("over");
    const [file] = event.dataTransfer.files;
    if (file) take(file);
    else refuse("Expected the file of a picture, but something else was dropped. Save the picture first, and drop its file.");
  });
  addEventListener("paste", ({ clipboardData }) => {
    const file = [...clipboardData.files][0];
    if (file && lab.root.getBoundingClientRect().top < innerHeight && lab.root.getBoundingClientRect().bottom > 0) take(file);
  });

  // A drawing in grey, by pointer or by keyboard.
  const box = lab.root.querySelector(".lab-draw");
  const canvas = box.querySelector("canvas");
  const brush = box.querySelector(".lab-brush");
  const side = canvas.width;
  const place = { x: side / 2, y: side / 2 };
  let pixels = new Uint8Array(3 * side * side).fill(60);
  let strokes = 0;
  const show = () => {
    lab.draw(canvas, { height: side, width: side, pixels });
    if (document.activeElement !== canvas) return;
    const context = canvas.getContext("2d");
    context.fillStyle = "#e8590c";
    context.fillRect(place.x, place.y, 1, 1);
  };
  const hand = () => {
    leave();
    const picture = { height: side, width: side, pixels: pixels.slice() };
    choose({ picture, mark: `drawing ${++strokes}`, coloured: false, label: "your drawing" });
  };
  const dab = () => {
    for (const [x, y] of [[0, 0], [1, 0], [0, 1], [1, 1]]) {
      const at = { x: place.x + x, y: place.y + y };
      if (at.x < side && at.y < side) pixels.fill(brush.valueAsNumber, 3 * (at.y * side + at.x), 3 * (at.y * side + at.x) + 3);
    }
    show();
  };
  const go = (x, y) => {
    place.x = Math.max(0, Math.min(side - 1, x));
    place.y = Math.max(0, Math.min(side - 1, y));
  };
  const follow = (event) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    go(Math.floor(((event.clientX - left) / width) * side), Math.floor(((event.clientY - top) / height) * side));
    dab();
    hand();
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    follow(event);
  });
  canvas.addEventListener("pointermove", (event) => event.buttons && follow(event));
  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  canvas.addEventListener("keydown", (event) => {
    if (!(event.key in STEPS) && event.key !== " ") return;
    event.preventDefault();
    const [x, y] = STEPS[event.key] ?? [0, 0];
    go(place.x + x, place.y + y);
    if (event.key === " ") {
      dab();
      hand();
    } else show();
  });
  for (const kind of ["focus", "blur"]) canvas.addEventListener(kind, show);
  box.querySelector("button").addEventListener("click", () => {
    pixels.fill(60);
    show();
    hand();
  });
  show();

  return { picture: unfold(pictures[0]), mark: pictures[0].label, coloured: true, label: pictures[0].label };
};
