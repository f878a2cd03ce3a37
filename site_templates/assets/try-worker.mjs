// Runs a network on a square of pixels, away from the page, so that the page stays quick.

const TAKES = "picture", GIVES = "translated"; // what c2c's graphs call their ends
const MOST_THREADS = 4;
const FRACTION = 2 ** 22; // Pillow weighs pixels with whole numbers of 22 binary places

let ort = null, photo = null;
const sessions = new Map();

self.addEventListener("message", async ({ data }) => {
  try {
    await does[data.kind](data);
  } catch (error) {
    self.postMessage({ kind: "failed", message: String(error?.message ?? error) });
  }
});

const does = {
  runtime({ script }) {
    ort = import(script).then((loaded) => {
      // Threads share memory, which browsers allow only to pages isolated from other origins, by two headers. c2c serve
      // sends them; most hosts of static pages do not, and then one core does the work.
      loaded.env.wasm.numThreads = self.crossOriginIsolated ? Math.min(MOST_THREADS, navigator.hardwareConcurrency) : 1;
      loaded.env.logLevel = "error";
      return loaded;
    });
    ort.catch(() => {}); // told when it is asked for
  },

  photo({ side, pixels }) {
    photo = { side, pixels: new Uint8ClampedArray(pixels) };
  },

  async translate({ href, bytes, side }) {
    if (!sessions.has(href)) sessions.set(href, await opened(href, bytes));
    self.postMessage({ kind: "running", side });
    const view = resized(photo.pixels, photo.side, side);
    const { Tensor } = await ort;
    const picture = new Tensor("float32", planes(view, side), [1, 3, side, side]);
    const began = performance.now();
    const { [GIVES]: translated } = await sessions.get(href).run({ [TAKES]: picture });
    const seconds = (performance.now() - began) / 1000;
    const made = pixelsOf(translated.data, side);
    self.postMessage({ kind: "done", side, view, made, seconds }, [view.buffer, made.buffer]);
  },
};

async function opened(href, bytes) {
  const answer = await fetch(href);
  if (!answer.ok) throw new Error(`${href} is not there (${answer.status})`);
  const content = new Uint8Array(bytes);
  let loaded = 0;
  for (let reader = answer.body.getReader(), part; !(part = await reader.read()).done; loaded += part.value.length) {
    content.set(part.value, loaded);
    self.postMessage({ kind: "loading", share: loaded / bytes });
  }
  return (await ort).InferenceSession.create(content.subarray(0, loaded), { executionProviders: ["wasm"] });
}

// What a network takes is (3, side, side) from -1 to 1; pixels are red, green, blue and opaque, row by row.

function planes(pixels, side) {
  const area = side * side, values = new Float32Array(3 * area);
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < 3; c++) values[c * area + i] = pixels[4 * i + c] / 127.5 - 1;
  }
  return values;
}

function pixelsOf(values, side) {
  const area = side * side, pixels = new Uint8ClampedArray(4 * area).fill(255);
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < 3; c++) pixels[4 * i + c] = (values[c * area + i] + 1) * 127.5; // rounded and clamped by its type
  }
  return pixels;
}

// A square brought to another size as Pillow does it, to the last bit: bicubic, with a support that grows with the
// reduction, first across, then down, rounded to 8 bits in between. The test pictures were made so.

function resized(pixels, from, to) {
  if (from === to) return pixels.slice();
  const weights = weightsOf(from, to);
  return passed(passed(pixels, from, to, weights), from, to, weights);
}

// One pass: every row brought to `to` pixels and laid down as a column, so that two passes do rows, then columns.
function passed(pixels, from, to, weights) {
  const rows = pixels.length / 4 / from, made = new Uint8ClampedArray(4 * rows * to).fill(255);
  for (let x = 0; x < to; x++) {
    const { first, shares } = weights[x];
    for (let y = 0; y < rows; y++) {
      let red = FRACTION / 2, green = red, blue = red;
      for (let k = 0, i = 4 * (y * from + first); k < shares.length; k++, i += 4) {
        red += pixels[i] * shares[k];
        green += pixels[i + 1] * shares[k];
        blue += pixels[i + 2] * shares[k];
      }
      const i = 4 * (x * rows + y);
      made[i] = Math.floor(red / FRACTION);
      made[i + 1] = Math.floor(green / FRACTION);
      made[i + 2] = Math.floor(blue / FRACTION);
    }
  }
  return made;
}

// For each pixel of the result: the first pixel that it is made from, and how much each from there on counts.
function weightsOf(from, to) {
  const scale = from / to, wide = Math.max(scale, 1), support = 2 * wide;
  return Array.from({ length: to }, (_, x) => {
    const centre = (x + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(from, Math.trunc(centre + support + 0.5));
    const shares = Array.from({ length: end - first }, (_, k) => cubic((first + k - centre + 0.5) / wide));
    const sum = shares.reduce((total, share) => total + share, 0);
    return { first, shares: shares.map((share) => wholeNumber((share / sum) * FRACTION)) };
  });
}

function wholeNumber(value) {
  return Math.trunc(value + (value < 0 ? -0.5 : 0.5));
}

function cubic(x) {
  const a = -0.5, d = Math.abs(x);
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0;
}
