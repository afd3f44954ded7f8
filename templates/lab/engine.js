"use strict";
// The networks, run on typed arrays. A map is { height, width, channels, data }: its channels innermost, as floats.

// Four outputs of two neighbouring pixels are summed at a time: their weights, and what they look at, then stay in the
// quickest cache. Sums are taken in double precision and kept in single.
const TOGETHER = 4;

// Weights (outputs, inputs, 3, 3) in the order in which they are read: four outputs, row, column, input, output of four.
function arrange({ inputs, outputs, weights, bias, signs }) {
  const padded = Math.ceil(outputs / TOGETHER) * TOGETHER;
  const arranged = new Float32Array(padded * inputs * 9);
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) {
      for (let place = 0; place < 9; place++) {
        const first = (output - (output % TOGETHER)) * inputs * 9 + (place * inputs + input) * TOGETHER;
        arranged[first + (output % TOGETHER)] = weights[(output * inputs + input) * 9 + place];
      }
    }
  }
  const start = new Float32Array(padded);
  if (!signs) start.set(bias);
  return { inputs, outputs, weights: arranged, start, bias, signs };
}

// Maps, one behind the other in their channels and framed by zeros; each may be enlarged, its pixels repeated, or cut,
// which leaves zeros in its place.
function gather(parts) {
  const [{ map: first, times = 1 }] = parts;
  const [height, width] = [first.height * times, first.width * times];
  const channels = parts.reduce((sum, { map }) => sum + map.channels, 0);
  const data = new Float32Array((height + 2) * (width + 2) * channels);
  let before = 0;
  for (const { map, times: scale = 1, cut = false } of parts) {
    const wide = map.channels;
    for (let y = 0; y < height && !cut; y++) {
      for (let x = 0; x < width; x++) {
        const from = (Math.floor(y / scale) * map.width + Math.floor(x / scale)) * wide;
        const to = ((y + 1) * (width + 2) + x + 1) * channels + before;
        for (let channel = 0; channel < wide; channel++) data[to + channel] = map.data[from + channel];
      }
    }
    before += wide;
  }
  return { height, width, channels, data };
}

// A convolution of 3×3 of what was framed: (height + 2, width + 2, inputs) -> (height, width, outputs). The width is at
// least two; where it is odd, the last two pixels overlap the two before.
function convolve(framed, layer) {
  const { height, width, data: source } = framed;
  const { inputs, outputs, weights, start } = layer;
  const out = new Float32Array(height * width * outputs);
  const row = (width + 2) * inputs;
  for (let output = 0; output < outputs; output += TOGETHER) {
    const [s0, s1, s2, s3] = start.subarray(output, output + TOGETHER);
    const filters = output * inputs * 9;
    const kept = Math.min(TOGETHER, outputs - output);
    for (let y = 0; y < height; y++) {
      for (let step = 0; step < width; step += 2) {
        const x = Math.min(step, width - 2);
        let a0 = s0, a1 = s1, a2 = s2, a3 = s3;
        let b0 = s0, b1 = s1, b2 = s2, b3 = s3;
        let weight = filters;
        for (let line = 0; line < 3; line++) {
          let place = (y + line) * row + x * inputs;
          const end = place + 3 * inputs;
          for (; place < end; place++, weight += TOGETHER) {
            const left = source[place];
            const right = source[place + inputs];
            const w0 = weights[weight];
            const w1 = weights[weight + 1];
            const w2 = weights[weight + 2];
            const w3 = weights[weight + 3];
            a0 += left * w0;
            a1 += left * w1;
            a2 += left * w2;
            a3 += left * w3;
            b0 += right * w0;
            b1 += right * w1;
            b2 += right * w2;
            b3 += right * w3;
          }
        }
        const to = (y * width + x) * outputs + output;
        const next = to + outputs;
        out[to] = a0;
        out[next] = b0;
        for (let more = 1; more < kept; more++) {
          out[to + more] = more === 1 ? a1 : more === 2 ? a2 : a3;
          out[next + more] = more === 1 ? b1 : more === 2 ? b2 : b3;
        }
      }
    }
  }
  return { height, width, channels: outputs, data: out };
}

function rectify(map) {
  return { ...map, data: map.data.map((value) => (value > 0 ? value : 0)) };
}

// The greatest of each 2×2 pixels.
function pool({ height, width, channels, data }) {
  const out = new Float32Array((height / 2) * (width / 2) * channels);
  for (let y = 0; y < height / 2; y++) {
    for (let x = 0; x < width / 2; x++) {
      const from = (2 * y * width + 2 * x) * channels;
      const to = ((y * width) / 2 + x) * channels;
      for (let channel = 0; channel < channels; channel++) {
        const above = from + channel;
        const below = above + width * channels;
        out[to + channel] = Math.max(data[above], data[above + channels], data[below], data[below + channels]);
      }
    }
  }
  return { height: height / 2, width: width / 2, channels, data: out };
}

// What is left of BatchNorm where pooling comes before it: turning a channel round, and moving it.
function shift(map, { bias, signs }) {
  if (!signs) return map;
  const data = map.data.map((value, index) => value * signs[index % map.channels] + bias[index % map.channels]);
  return { ...map, data };
}

// A block that halves the side: its steps, by the order that its run was trained with.
const DOWN = {
  "relu-pool": (map, layer) => pool(rectify(shift(map, layer))),
  "pool-relu": (map, layer) => rectify(pool(shift(map, layer))),
  "pool-norm-relu": (map, layer) => rectify(shift(pool(map), layer)),
};
// ReLU and MaxPool, the one in the place of the other.
const SWAPPED = { "relu-pool": "pool-relu", "pool-relu": "relu-pool", "pool-norm-relu": "relu-pool" };

/*
 A picture as the network sees it, (height, width, 1 or 3), through all blocks: the outputs of the five blocks and of the
 network, by name. Those that are enlarged at their end are given before that: no pixel of them is new.

 order: a key of DOWN. cuts: names of the skip connections, by what they bring, that carry zeros alone.
*/
function forward({ layers, skips }, input, order, cuts = []) {
  const down = (map, name) => DOWN[order](convolve(gather([{ map }]), layers[name]), layers[name]);
  const through = (parts, name) => rectify(convolve(gather(parts), layers[name]));
  const skip = (map, name) => (skips ? [{ map, cut: cuts.includes(name) }] : []);
  const downconv1 = down(input, "downconv1");
  const downconv2 = down(downconv1, "downconv2");
  const rfconv = through([{ map: downconv2 }], "rfconv");
  const upconv1 = through([{ map: rfconv }, ...skip(downconv2, "downconv2")], "upconv1");
  const upconv2 = through([{ map: upconv1, times: 2 }, ...skip(downconv1, "downconv1")], "upconv2");
  const last = gather([{ map: upconv2, times: 2 }, ...skip(input, "input")]);
  return { downconv1, downconv2, rfconv, upconv1, upconv2, output: convolve(last, layers.finalconv) };
}
