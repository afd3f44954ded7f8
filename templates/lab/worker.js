// What the page asks for, done beside it: networks are unpacked once, pictures decoded, painted and measured.

const BLOCKS = ["downconv1", "downconv2", "rfconv", "upconv1", "upconv2"];
// The longest side of a map that is shown: of larger ones every second pixel, or fourth.
const SHOWN = 64;
// Channels beside each other on a sheet.
const ACROSS = 8;

let packed = {}; // name -> network as it is stored in the page
let palette = []; // colours of three levels
const unpacked = new Map();
let last = { mark: "" }; // the pass before: only the reading off of its colours may have changed

// A network by its name, unpacked when it is first asked for.
async function load(name) {
  if (!unpacked.has(name)) unpacked.set(name, { ...packed[name], ...(await unpack(packed[name])), packed: "" });
  return unpacked.get(name);
}

// The place of the largest of the values of a pixel.
function findLikeliest(data, at, count) {
  let best = 0;
  for (let index = 1; index < count; index++) if (data[at + index] > data[at + best]) best = index;
  return best;
}

// The class of a colour: the nearest of the palette by squared distance in red, green and blue.
function classify(red, green, blue) {
  let [best, least] = [0, Infinity];
  palette.forEach(([r, g, b], index) => {
    const distance = (red - r) ** 2 + (green - g) ** 2 + (blue - b) ** 2;
    if (distance < least) [best, least] = [index, distance];
  });
  return best;
}

// The annealed mean of the palette (Zhang, Isola & Efros 2016) at one pixel; at temperature 0 the likeliest colour.
function anneal(data, at, temperature) {
  const likeliest = findLikeliest(data, at, palette.length);
  if (temperature <= 0) return palette[likeliest];
  const shares = palette.map((_, index) => Math.exp((data[at + index] - data[at + likeliest]) / temperature));
  const sum = shares.reduce((total, share) => total + share, 0);
  return [0, 1, 2].map((c) => shares.reduce((total, share, index) => total + share * palette[index][c], 0) / sum);
}

// What the outputs of a network look like. A regression gives the colour itself.
function paint({ height, width, channels, data }, regression, temperature) {
  const pixels = new Uint8ClampedArray(height * width * 3);
  for (let pixel = 0; pixel < height * width; pixel++) {
    if (regression) for (let c = 0; c < 3; c++) pixels[3 * pixel + c] = data[channels * pixel + c] * 256;
    else pixels.set(anneal(data, channels * pixel, temperature), 3 * pixel);
  }
  return { height, width, pixels };
}

// The share of pixels of the same class, and the mean squared error in 0..1.
function compare(painted, truth) {
  let [same, squares] = [0, 0];
  for (let at = 0; at < truth.length; at += 3) {
    const [one, other] = [painted.subarray(at, at + 3), truth.subarray(at, at + 3)];
    same += classify(...one) === classify(...other) ? 1 : 0;
    for (let c = 0; c < 3; c++) squares += ((one[c] - other[c]) / 256) ** 2;
  }
  return { accuracy: (3 * same) / truth.length, error: squares / truth.length };
}

function findLargestDifference(one, other) {
  return one.data.reduce((most, value, index) => Math.max(most, Math.abs(value - other.data[index])), 0);
}

// The channels of a map beside each other on one sheet, in grey, each stretched to its own range; and these ranges.
function laySheet({ height, width, channels, data }) {
  const step = Math.ceil(Math.max(height, width) / SHOWN);
  const [rows, columns] = [Math.ceil(height / step), Math.ceil(width / step)];
  const sheet = new ImageData(ACROSS * (columns + 1) - 1, Math.ceil(channels / ACROSS) * (rows + 1) - 1);
  const ranges = [];
  for (let channel = 0; channel < channels; channel++) {
    let low = Infinity, high = -Infinity;
    for (let at = channel; at < data.length; at += channels) {
      if (data[at] < low) low = data[at];
      if (data[at] > high) high = data[at];
    }
    const [top, left] = [Math.floor(channel / ACROSS) * (rows + 1), (channel % ACROSS) * (columns + 1)];
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        const value = data[(y * step * width + x * step) * channels + channel];
        const at = 4 * ((top + y) * sheet.width + left + x);
        sheet.data.fill(high > low ? (255 * (value - low)) / (high - low) : 0, at, at + 3);
        sheet.data[at + 3] = 255;
      }
    }
    ranges.push([low, high]);
  }
  return { sheet, height: rows, width: columns, across: ACROSS, ranges };
}

// What a network of a task sees of a picture, as a map; and as a picture, with what interpolation makes of it.
function look(picture, task) {
  if (task === "colourize") return { map: toGrey(picture) };
  const { small, map } = shrink(picture);
  return { map, small, bilinear: interpolate(small, picture.width) };
}

const toPicture = ({ height, width, channels, data }) => ({
  height,
  width,
  pixels: Uint8ClampedArray.from({ length: height * width * 3 }, (_, at) => 256 * data[channels === 3 ? at : Math.floor(at / 3)]),
});

const ANSWERS = {
  open(asked) {
    [packed, palette] = [asked.networks, asked.palette];
    return {};
  },

  decode: ({ file }) => decode(file),

  /*
   Asked: picture and its mark, coloured (whether it shows the truth), side, network (a name), temperature, cuts (names of
   skip connections), swapped (whether ReLU and MaxPool change places), maps (names of networks whose blocks to show).
  */
  async paint(asked) {
    const network = await load(asked.network);
    const picture = average(asked.picture, asked.side);
    const { map, bilinear } = look(picture, network.task);
    const mark = JSON.stringify([asked.mark, asked.side, asked.network, asked.cuts, asked.swapped]);
    const order = asked.swapped ? SWAPPED[network.order] : network.order;
    if (last.mark !== mark) {
      const began = performance.now();
      const blocks = forward(network, map, order, asked.cuts);
      last = { mark, blocks, milliseconds: performance.now() - began };
    }
    const { output } = last.blocks;
    const painted = paint(output, network.regression, asked.temperature);
    const answer = { input: toPicture(map), painted, bilinear, milliseconds: last.milliseconds };
    if (asked.coloured) {
      answer.truth = picture;
      answer.measured = compare(painted.pixels, picture.pixels);
      if (bilinear) answer.interpolated = compare(bilinear.pixels, picture.pixels);
    }
    if (asked.swapped) {
      answer.difference = findLargestDifference(output, forward(network, map, network.order, asked.cuts).output);
    }
    answer.maps = {};
    for (const name of asked.maps) {
      const other = await load(name);
      const blocks = name === asked.network ? last.blocks : forward(other, look(picture, other.task).map, other.order);
      answer.maps[name] = BLOCKS.map((block) => ({ block, ...laySheet(blocks[block]) }));
    }
    return answer;
  },

  // The outputs themselves, (height, width, channels): for those who hold them against another program's.
  async outputs({ picture, network: name }) {
    const network = await load(name);
    return forward(network, look(picture, network.task).map, network.order).output;
  },
};

// One thing after the other, in the order asked for. What cannot be done is told in a sentence.
let before = Promise.resolve();
onmessage = ({ data }) => {
  before = before.then(async () => {
    try {
      postMessage({ id: data.id, answer: await ANSWERS[data.kind](data) });
    } catch (error) {
      const sentence = error instanceof Refused ? error.message : `The networks stopped: ${error.message}. Load the page again.`;
      postMessage({ id: data.id, sentence });
    }
  });
};
