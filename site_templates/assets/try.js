// Try it: a photo of the visitor's becomes a square of pixels here; a worker brings it to its size and runs the network.
"use strict";

const LONGEST_SIDE = 4096; // of the square that is kept: larger canvases are refused by some phones
const HEIC = ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"];

const $ = (id) => document.getElementById(id);
const tool = $("tool"), network = $("network"), size = $("size"), said = $("said"), failed = $("failed");
const chosen = () => network.selectedOptions[0];

let worker = null;
let photo = null; // its name, once its pixels are with the worker
let running = false, again = false;

class Unusable extends Error {} // what the visitor can put right; the text says how

if (location.protocol === "file:") sayThatItIsAFile();
else begin();

function sayThatItIsAFile() {
  const folder = decodeURIComponent(location.pathname).replace(/\/[^/]*$/, "").replace(/^\/(?=[A-Za-z]:)/, "");
  $("command").textContent = `c2c serve "${folder}"`;
  $("from-file").hidden = false;
}

function begin() {
  tool.hidden = false;
  offerSizes();
  network.addEventListener("change", () => { offerSizes(); translate(); });
  size.addEventListener("change", translate);
  $("choices").addEventListener("submit", (event) => event.preventDefault());
  for (const input of [$("choose"), $("camera")]) {
    input.addEventListener("change", () => { take(input.files[0]); input.value = ""; });
  }
  $("prompt").addEventListener("click", () => $("choose").click());
  $("divide").addEventListener("input", divide);
  addEventListener("paste", (event) => take(event.clipboardData.files[0]));
  addEventListener("dragover", dragged);
  addEventListener("dragleave", dragged);
  addEventListener("drop", dropped);
  $("examples")?.addEventListener("click", exampleChosen);
}

function offerSizes() {
  const before = Number(size.value), { sizes, labels, city, page } = chosen().dataset;
  const sides = sizes.split(",").map(Number), names = labels.split("|");
  size.replaceChildren(...sides.map((px, i) => new Option(names[i], px, i === 0, px === before)));
  $("gallery").href = page;
  for (const example of document.querySelectorAll(".try-examples li")) example.hidden = example.dataset.city !== city;
}

// A photo comes in

function dragged(event) {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  $("stage").classList.toggle("try-over", event.type === "dragover");
}

function dropped(event) {
  event.preventDefault();
  $("stage").classList.remove("try-over");
  take(event.dataTransfer.files[0]);
}

async function exampleChosen(event) {
  const link = event.target.closest("a[href]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const answer = await fetch(link.href);
  take(new File([await answer.blob()], link.href.split("/").pop()));
  tool.scrollIntoView();
}

async function take(file) {
  if (!file) return;
  say("Opening the photo…");
  try {
    const square = squareOf(await decoded(file));
    photo = file.name.replace(/\.[^.]*$/, "") || "photo";
    begunWorker().postMessage({ kind: "photo", side: square.width, pixels: square.data.buffer }, [square.data.buffer]);
    translate();
  } catch (error) {
    fail(error instanceof Unusable ? error.message : `The photo cannot be opened: ${error.message}`);
  }
}

async function decoded(file) {
  try {
    // As c2c reads pictures: turned as the camera says, colour profiles left alone.
    return await createImageBitmap(file, { imageOrientation: "from-image", colorSpaceConversion: "none" });
  } catch {
    throw new Unusable(await whyNot(file));
  }
}

async function whyNot(file) {
  const start = String.fromCharCode(...new Uint8Array(await file.slice(0, 16).arrayBuffer()));
  if (start.slice(4, 8) === "ftyp" && HEIC.includes(start.slice(8, 12))) {
    return `${file.name} is in the HEIC format, which this browser cannot open. Save or share it as JPEG, and choose that.`;
  }
  if (/^(\xff\xd8\xff|\x89PNG|RIFF....WEBP)/.test(start)) {
    return `${file.name} is damaged, or too large for this browser. Choose another, or a smaller copy of it.`;
  }
  return `${file.name} is no picture that this browser can open. JPEG, PNG and WebP are.`;
}

function squareOf(bitmap) {
  const side = Math.min(bitmap.width, bitmap.height), kept = Math.min(side, LONGEST_SIDE);
  const left = Math.floor((bitmap.width - side) / 2), top = Math.floor((bitmap.height - side) / 2);
  const canvas = Object.assign(document.createElement("canvas"), { width: kept, height: kept });
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  brush.imageSmoothingQuality = "high";
  brush.fillStyle = "white"; // transparency is laid over white
  brush.fillRect(0, 0, kept, kept);
  brush.drawImage(bitmap, left, top, side, side, 0, 0, kept, kept);
  bitmap.close();
  return brush.getImageData(0, 0, kept, kept);
}

// The network runs

function begunWorker() {
  if (worker) return worker;
  // A worker from a file of the site would be under no policy; one from a blob is under this page's, and so can ask
  // nobody but this site either.
  const script = new URL("assets/try-worker.mjs", document.baseURI).href;
  const blob = new Blob([`import ${JSON.stringify(script)};`], { type: "text/javascript" });
  worker = new Worker(URL.createObjectURL(blob), { type: "module" });
  worker.addEventListener("message", ({ data }) => hear[data.kind](data));
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    worker = photo = null;
    hear.failed({ message: event.message || "its program cannot be loaded" });
  });
  worker.postMessage({ kind: "runtime", script: new URL(tool.dataset.runtime, document.baseURI).href });
  return worker;
}

function translate() {
  if (!photo) return;
  again = running;
  if (running) return;
  running = true;
  said.classList.add("try-busy");
  say("Translating…");
  const { bytes } = chosen().dataset;
  const href = new URL(network.value, document.baseURI).href;
  begunWorker().postMessage({ kind: "translate", href, bytes: Number(bytes), side: Number(size.value) });
}

const hear = {
  loading({ share }) {
    say(`Loading the network, ${Math.round(100 * share)} %`);
  },

  running({ side }) {
    say(`Translating ${side} × ${side} pixels…`);
  },

  done({ side, view, made, seconds }) {
    running = false;
    said.classList.remove("try-busy");
    show($("view"), side, view);
    show($("made"), side, made);
    $("made-as").textContent = chosen().label;
    $("prompt").hidden = true;
    $("result").hidden = false;
    $("after").hidden = false;
    divide();
    offerToSave(side);
    $("stage").scrollIntoView({ block: "nearest" });
    say(`Translated ${side} × ${side} pixels in ${seconds < 10 ? seconds.toFixed(2) : Math.round(seconds)} seconds.`);
    if (again) translate();
  },

  failed({ message }) {
    running = again = false;
    said.classList.remove("try-busy");
    const full = /memory|allocat|out of bounds|RangeError|bad_alloc/i.test(message);
    fail(full ? "That is more than the memory of this browser holds. Choose a smaller size."
      : `The network cannot run here: ${message}`);
  },
};

function show(canvas, side, pixels) {
  canvas.width = canvas.height = side;
  canvas.getContext("2d").putImageData(new ImageData(pixels, side, side), 0, 0);
}

function offerToSave(side) {
  const save = $("save"), name = `${photo}-${chosen().dataset.saveAs}-${side}.png`;
  $("made").toBlob((blob) => {
    if (save.href.startsWith("blob:")) URL.revokeObjectURL(save.href);
    save.href = URL.createObjectURL(blob);
    save.download = name;
  });
}

function divide() {
  $("result").style.setProperty("--real", `${$("divide").value}%`);
}

function say(text) {
  failed.hidden = true;
  said.textContent = text;
}

function fail(text) {
  said.textContent = "";
  failed.textContent = text;
  failed.hidden = false;
}
