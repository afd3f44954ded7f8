// Weights as they are stored in the page -> layers as the engine takes them.

async function inflate(packed) {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

// Numbers of so many bits each, cut into the eight upper and the lower ones, as whole numbers around zero.
function joinBits(bytes, count, bits) {
  const [low, middle] = [bits - 8, 1 << (bits - 1)];
  const numbers = new Int32Array(count);
  let [held, waiting, at] = [0, 0, count];
  for (let index = 0; index < count; index++) {
    for (; waiting < low; waiting += 8) held = ((held << 8) | bytes[at++]) & 0xffff;
    waiting -= low;
    numbers[index] = ((bytes[index] << low) | ((held >> waiting) & ((1 << low) - 1))) - middle;
  }
  return numbers;
}

/*
 packed: base64 of what deflate made of, as little-endian floats, for each layer its scales, its biases and, where pooling
 comes before BatchNorm, its signs; then all weights: of 32 bits as floats, of fewer as whole numbers to be scaled.
*/
async function unpack({ layers, bits, skips, packed }) {
  const buffer = await inflate(packed);
  let at = 0;
  const floats = (count) => {
    const found = new Float32Array(buffer.slice(at, at + 4 * count));
    at += 4 * count;
    return found;
  };
  const heads = layers.map((layer) => ({
    ...layer,
    scales: floats(layer.outputs),
    bias: floats(layer.outputs),
    signs: layer.signed ? floats(layer.outputs) : null,
  }));
  const count = layers.reduce((sum, { inputs, outputs }) => sum + inputs * outputs * 9, 0);
  const numbers = bits === 32 ? floats(count) : joinBits(new Uint8Array(buffer, at), count, bits);
  const made = {};
  let first = 0;
  for (const { name, scales, ...layer } of heads) {
    const each = layer.inputs * 9;
    const weights = new Float32Array(layer.outputs * each);
    weights.forEach((_, index) => (weights[index] = numbers[first + index] * scales[Math.floor(index / each)]));
    first += weights.length;
    made[name] = arrange({ ...layer, weights });
  }
  return { layers: made, skips };
}
