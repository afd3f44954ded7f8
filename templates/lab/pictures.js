// A picture is { height, width, pixels }: whole numbers from 0 to 255, red, green and blue of each pixel.

// What a file may hold at most, and how many pixels: a picture of more fills the memory of a phone.
const MOST_BYTES = 64 * 2 ** 20;
const MOST_PIXELS = 40e6;
// A picture is first drawn no larger than this; from there each pixel is the mean of what it covers.
const DRAWN = 1024;

class Refused extends Error {}

const starts = (bytes, text, at = 0) => [...text].every((letter, index) => bytes[at + index] === letter.charCodeAt(0));
const find = (bytes, text) => bytes.findIndex((_, at) => starts(bytes, text, at)) >= 0;

// The sides that a JPEG tells in the frame before its data; null where it tells none.
function readJpeg(bytes, view) {
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff; at += 2 + view.getUint16(at + 2)) {
    const mark = bytes[at + 1];
    if (mark >= 0xc0 && mark <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(mark)) {
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    }
  }
  return null;
}

function readWebp(bytes, view) {
  const three = (at) => bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
  if (starts(bytes, "VP8X", 12)) return { width: three(24) + 1, height: three(27) + 1, moves: (bytes[20] & 2) > 0 };
  if (starts(bytes, "VP8L", 12)) {
    const packed = view.getUint32(21, true);
    return { width: (packed & 0x3fff) + 1, height: ((packed >> 14) & 0x3fff) + 1 };
  }
  return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
}

// What the head of a file says of its picture, before anything of it is decoded: its sides, and whether it moves.
function readHead(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 32) return null;
  if (starts(bytes, "\x89PNG")) return { width: view.getUint32(16), height: view.getUint32(20), moves: find(bytes, "acTL") };
  if (starts(bytes, "\xff\xd8")) return readJpeg(bytes, view);
  if (starts(bytes, "GIF8")) {
    return { width: view.getUint16(6, true), height: view.getUint16(8, true), moves: find(bytes, "NETSCAPE") };
  }
  if (starts(bytes, "RIFF") && starts(bytes, "WEBP", 8)) return readWebp(bytes, view);
  if (starts(bytes, "BM")) return { width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) };
  return null;
}

/*
 A file of a picture, upright, its square middle drawn: the picture, and a remark where one is due.

 Throws Refused, with a sentence for the reader, where it is none, broken, or too large.
*/
async function decode(file) {
  if (file.size > MOST_BYTES) {
    throw new Refused(`Expected a file of at most ${MOST_BYTES / 2 ** 20} MiB, but this one is larger. Make the picture smaller and try again.`);
  }
  const head = readHead(new Uint8Array(await file.arrayBuffer()));
  if (!head || !(head.width > 0) || !(head.height > 0)) {
    throw new Refused("Expected a picture as PNG, JPEG, WebP, GIF or BMP, but this file is none of them. Choose another one.");
  }
  if (head.width * head.height > MOST_PIXELS) {
    throw new Refused(`Expected a picture of at most ${MOST_PIXELS / 1e6} million pixels, but this one says that it is ${head.width} × ${head.height}. Make it smaller and try again.`);
  }
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => {
    throw new Refused("Expected a whole picture, but this file breaks off or is damaged. Choose another one.");
  });
  const remark = head.moves ? "The picture moves: its first frame is taken." : "";
  return { picture: drawSquare(bitmap), remark };
}

// The square middle of a bitmap, on white where it lets light through.
function drawSquare(bitmap) {
  const cut = Math.min(bitmap.width, bitmap.height);
  const side = Math.min(cut, DRAWN);
  const context = new OffscreenCanvas(side, side).getContext("2d", { willReadFrequently: true });
  context.fillStyle = "#fff";
  context.fillRect(0, 0, side, side);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, (bitmap.width - cut) / 2, (bitmap.height - cut) / 2, cut, cut, 0, 0, side, side);
  bitmap.close();
  const { data } = context.getImageData(0, 0, side, side);
  return { height: side, width: side, pixels: data.filter((_, index) => index % 4 < 3) };
}

// How much of each pixel of one line lies under each pixel of another: (to) rows of [place, share].
function weigh(from, to, support, weight) {
  const scale = from / to;
  const reach = support * Math.max(scale, 1);
  return Array.from({ length: to }, (_, index) => {
    const centre = (index + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - reach));
    const last = Math.min(from, Math.ceil(centre + reach));
    const found = [];
    for (let place = first; place < last; place++) found.push([place, weight(place, centre, scale)]);
    const sum = found.reduce((total, [, share]) => total + share, 0);
    return found.map(([place, share]) => [place, share / sum]);
  });
}

// A picture at another size, each line weighed across and then down; levels are whole in between, as Pillow's are.
function resize({ height, width, pixels }, side, support, weight) {
  const across = weigh(width, side, support, weight);
  const down = weigh(height, side, support, weight);
  const between = new Uint8ClampedArray(height * side * 3);
  const out = new Uint8ClampedArray(side * side * 3);
  const sum = (shares, from, start, stride) => shares.reduce((total, [place, share]) => total + share * from[start + place * stride], 0);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < side; x++) {
      for (let c = 0; c < 3; c++) between[(y * side + x) * 3 + c] = sum(across[x], pixels, y * width * 3 + c, 3);
    }
  }
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      for (let c = 0; c < 3; c++) out[(y * side + x) * 3 + c] = sum(down[y], between, x * 3 + c, side * 3);
    }
  }
  return { height: side, width: side, pixels: out };
}

// Each pixel the mean of what it covers; where the picture grows, pixels repeat.
function average(picture, side) {
  const covered = (place, centre, scale) => {
    const half = Math.max(scale, 1e-9) / 2;
    return Math.max(0, Math.min(place + 1, centre + half) - Math.max(place, centre - half));
  };
  return picture.width === side && picture.height === side ? picture : resize(picture, side, 0.5, covered);
}

// Bilinear interpolation, pixels about their middles.
function interpolate(picture, side) {
  return resize(picture, side, 1, (place, centre, scale) => Math.max(0, 1 - Math.abs(place + 0.5 - centre) / Math.max(scale, 1)));
}

// The mean of red, green and blue, as a map of one channel in 0..1.
function toGrey({ height, width, pixels }) {
  const data = new Float32Array(height * width);
  data.forEach((_, index) => (data[index] = (pixels[3 * index] + pixels[3 * index + 1] + pixels[3 * index + 2]) / 768));
  return { height, width, channels: 1, data };
}

// A quarter of the resolution: the means of 4×4 pixels, as a picture, and as a map of the old size, each repeated.
function shrink(picture) {
  const [height, width] = [picture.height / 4, picture.width / 4];
  const means = new Float32Array(height * width * 3);
  picture.pixels.forEach((level, index) => {
    const [pixel, c] = [Math.floor(index / 3), index % 3];
    const [y, x] = [Math.floor(pixel / picture.width), pixel % picture.width];
    means[(Math.floor(y / 4) * width + Math.floor(x / 4)) * 3 + c] += level / 16 / 256;
  });
  const small = { height, width, pixels: Uint8ClampedArray.from(means, (value) => value * 256) };
  const data = new Float32Array(picture.height * picture.width * 3);
  data.forEach((_, index) => {
    const [pixel, c] = [Math.floor(index / 3), index % 3];
    const [y, x] = [Math.floor(pixel / picture.width), pixel % picture.width];
    data[index] = means[(Math.floor(y / 4) * width + Math.floor(x / 4)) * 3 + c];
  });
  return { small, map: { height: picture.height, width: picture.width, channels: 3, data } };
}
