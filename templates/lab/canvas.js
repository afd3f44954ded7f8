// Pictures of levels onto canvases.
const lab = { root: document.getElementById("try-it") };

// A picture of three levels a pixel, at its own resolution; the page enlarges it without smoothing.
lab.draw = (canvas, { height, width, pixels }) => {
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let c = 0; c < 3; c++) image.data[4 * pixel + c] = pixels[3 * pixel + c];
    image.data[4 * pixel + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
};

// An element of a class, with a text.
lab.make = (kind, name, text = "") => {
  const made = document.createElement(kind);
  if (name) made.className = name;
  made.textContent = text;
  return made;
};

// A picture on a canvas of its own, with what it shows in words.
lab.drawn = (picture, words) => {
  const canvas = lab.make("canvas");
  lab.draw(canvas, picture);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", words);
  return canvas;
};

// Asks the worker, which begins when it is first asked; answers come as promises, a sentence of refusal as an error.
lab.ask = (() => {
  const waiting = new Map();
  let worker, asked = 0;
  const open = () => {
    const text = document.getElementById("lab-engine").textContent;
    worker = new Worker(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
    worker.onmessage = ({ data }) => {
      const { resolve, reject } = waiting.get(data.id);
      waiting.delete(data.id);
      if (data.sentence) reject(new Error(data.sentence));
      else resolve(data.answer);
    };
    worker.onerror = () => {
      for (const { reject } of waiting.values()) {
        reject(new Error("The networks stopped, and this browser does not say why. Load the page again, or use another browser."));
      }
      waiting.clear();
    };
  };
  return (kind, given) => {
    if (!worker) open();
    return new Promise((resolve, reject) => {
      waiting.set(++asked, { resolve, reject });
      worker.postMessage({ id: asked, kind, ...given });
    });
  };
})();
