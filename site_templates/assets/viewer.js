// Two pictures of a strip, looked at closely: side by side, under a slider, in turns, or as their difference.
"use strict";
{
  const dialog = document.querySelector("dialog.viewer");
  const part = (name) => dialog.querySelector(`[data-part="${name}"]`);
  const stage = part("stage");
  const windows = [...dialog.querySelectorAll(".viewer-window")];
  const planes = [...dialog.querySelectorAll(".viewer-plane")];
  const legend = document.getElementById("viewer-keys");
  const sides = ["first", "second"];
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const MODES = ["side", "slider", "blink", "difference"];
  const MOST_ZOOM = 32;
  const GAINS = [...part("gain").options].map((option) => Number(option.value));

  // What is looked at. `keys` name two panels of the strip; x and y are the middle of the window, as shares of the picture.
  const look = { strip: null, mode: "", keys: ["", ""], zoom: 1, x: 0.5, y: 0.5, wipe: 50, gain: 1, front: 1 };
  let pushed = false; // "back" closes the viewer
  let opener = null;
  let blinking = 0;
  let saving = 0;

  // Reading the page

  function panelsOf(strip) {
    const figures = [...strip.querySelectorAll(".panel[data-panel]")].filter((figure) => !figure.closest("[hidden]"));
    return figures.map((figure) => {
      const image = figure.querySelector("img");
      return {
        key: figure.dataset.panel,
        badge: figure.querySelector(".badge"),
        caption: captionOf(figure),
        values: figure.parentElement.querySelector(":scope > .values"),
        image,
        link: image?.closest("a"),
        reason: figure.querySelector(".absent span")?.textContent ?? "",
      };
    });
  }

  function captionOf(figure) {
    const label = figure.parentElement.querySelector(":scope > .label");
    const key = figure.closest("section").querySelector(`.key [data-of="${CSS.escape(figure.dataset.panel)}"] dd`);
    return (label ?? key)?.textContent.trim().replace(/\s+/g, " ") ?? "";
  }

  function strips() {
    return [...document.querySelectorAll(".strip[id]")].filter((strip) => !strip.closest("[hidden]"));
  }

  function pair() {
    const panels = panelsOf(look.strip);
    return look.keys.map((key) => panels.find((panel) => panel.key === key));
  }

  const addressOf = (panel) => panel.link.dataset.view ?? panel.link.getAttribute("href");

  // Showing

  function show(strip, keys) {
    const panels = panelsOf(strip);
    const known = panels.map((panel) => panel.key);
    const usual = [known[0], known.find((key) => key === "output") ?? known[1] ?? known[0]];
    look.strip = strip;
    look.keys = keys.map((key, side) => (known.includes(key) ? key : usual[side]));
    part("stem").textContent = strip.querySelector(".stem").textContent;
    part("where").textContent = strip.closest("[data-name]")?.dataset.name ?? "";
    part("scores").replaceChildren(...copies(strip.querySelector(".strip-foot .values")));
    const all = strips();
    part("count").value = `${all.indexOf(strip) + 1} of ${all.length}`;
    sides.forEach((side) => part(`choose-${side}`).replaceChildren(...panels.map(choice)));
    drawPair();
    preload(all[all.indexOf(strip) + 1]);
  }

  const copies = (node) => (node ? [node.cloneNode(true)] : []);

  function choice(panel) {
    return new Option([panel.badge.textContent, panel.caption].filter(Boolean).join(": "), panel.key);
  }

  // A new image each time: one whose address was changed would go on showing the old picture below the new name.
  function drawPair() {
    const both = pair();
    const sizes = both.map(({ image }) => (image ? [Number(image.getAttribute("width")), Number(image.getAttribute("height"))] : [0, 0]));
    const [width, height] = sizes[0][0] >= sizes[1][0] ? sizes[0] : sizes[1];
    look.width = width || 256;
    look.height = height || 256;
    both.forEach((panel, side) => {
      planes[side].replaceChildren(panel.image ? imageOf(panel) : absent(panel));
      drawName(part(sides[side]), panel);
      part(`choose-${sides[side]}`).value = panel.key;
    });
    part("depth-note").hidden = !both.some((panel) => panel.link?.dataset.view);
    place();
    save();
  }

  function imageOf(panel) {
    const image = new Image();
    image.alt = panel.image.alt;
    image.draggable = false;
    image.src = addressOf(panel);
    return image;
  }

  function absent(panel) {
    const said = document.createElement("p");
    said.textContent = panel.reason;
    return said;
  }

  function drawName(name, panel) {
    const within = (what) => name.querySelector(`[data-is="${what}"]`);
    name.dataset.role = panel.badge.className.replace(/.*badge-/, "");
    within("badge").replaceChildren(...copies(panel.badge));
    within("caption").textContent = panel.caption;
    within("values").replaceChildren(...copies(panel.values));
    within("original").hidden = !panel.link;
    if (panel.link) within("original").href = panel.link.getAttribute("href");
  }

  function preload(strip) {
    if (!strip) return;
    for (const panel of panelsOf(strip)) if (panel.link && look.keys.includes(panel.key)) new Image().src = addressOf(panel);
  }

  // Where the pictures lie in their windows

  function geometry() {
    const { clientWidth, clientHeight } = windows[0];
    const exact = Math.min(clientWidth / look.width, clientHeight / look.height);
    const fit = exact > 2 ? Math.floor(2 * exact) / 2 : exact; // so that pixels are drawn alike, or nearly
    const scale = fit * look.zoom;
    return { clientWidth, clientHeight, scale, shownWidth: look.width * scale, shownHeight: look.height * scale };
  }

  function within(centre, window, shown) {
    const half = window / (2 * shown);
    return half >= 0.5 ? 0.5 : Math.min(1 - half, Math.max(half, centre));
  }

  function place() {
    const { clientWidth, clientHeight, scale, shownWidth, shownHeight } = geometry();
    if (!clientWidth) return;
    look.x = within(look.x, clientWidth, shownWidth);
    look.y = within(look.y, clientHeight, shownHeight);
    const left = clientWidth / 2 - look.x * shownWidth;
    const edges = [Math.max(0, left), Math.min(clientWidth, left + shownWidth)];
    const measures = {
      "--width": look.width, "--height": look.height, "--scale": scale, "--left": left, "--gain": look.gain,
      "--top": clientHeight / 2 - look.y * shownHeight,
      "--cut": edges[0] + (look.wipe / 100) * (edges[1] - edges[0]),
    };
    for (const [name, value] of Object.entries(measures)) stage.style.setProperty(name, value);
    stage.classList.toggle("pixels", scale >= 2);
    stage.classList.toggle("zoomed", look.zoom > 1);
    part("zoom").textContent = `${Math.round(100 * scale)}%`;
    part("wipe").value = look.wipe;
    part("gain").value = look.gain;
  }

  // Zoom by a factor, keeping what lies at a point of the window where it is.
  function zoom(factor, point) {
    const before = geometry();
    const [dx, dy] = point ? [point[0] - before.clientWidth / 2, point[1] - before.clientHeight / 2] : [0, 0];
    const zoomed = Math.min(MOST_ZOOM, Math.max(1, look.zoom * factor));
    const grown = zoomed / look.zoom;
    look.x += (dx / before.shownWidth) * (1 - 1 / grown);
    look.y += (dy / before.shownHeight) * (1 - 1 / grown);
    look.zoom = zoomed;
    place();
    save();
  }

  function pan(dx, dy) {
    const { shownWidth, shownHeight } = geometry();
    look.x -= dx / shownWidth;
    look.y -= dy / shownHeight;
    place();
    save();
  }

  function wipeTo(across) {
    const { clientWidth, shownWidth } = geometry();
    const left = Math.max(0, clientWidth / 2 - look.x * shownWidth);
    const right = Math.min(clientWidth, clientWidth / 2 + (1 - look.x) * shownWidth);
    look.wipe = Math.round(Math.min(100, Math.max(0, (100 * (across - left)) / (right - left))));
    place();
    save();
  }

  // Modes

  function setMode(mode) {
    look.mode = mode;
    stage.dataset.mode = mode;
    for (const button of dialog.querySelectorAll("button[data-mode]")) {
      button.setAttribute("aria-pressed", button.dataset.mode === mode);
    }
    for (const group of dialog.querySelectorAll("[data-for]")) group.hidden = group.dataset.for !== mode;
    turn(1);
    blink(mode === "blink" && !calm.matches);
    place();
    save();
  }

  function blink(on) {
    clearInterval(blinking);
    blinking = on ? setInterval(() => turn(1 - look.front), calm.matches ? 2000 : 700) : 0;
    const button = dialog.querySelector('[data-do="blink"]');
    button.textContent = on ? button.dataset.stop : button.dataset.start;
  }

  function turn(front) {
    look.front = front;
    stage.dataset.front = front;
  }

  function swap() {
    look.keys.reverse();
    drawPair();
  }

  function other() {
    if (look.mode !== "blink") return swap();
    blink(false);
    turn(1 - look.front);
  }

  function choose(side, key) {
    if (!key) return;
    look.keys[side] = key;
    drawPair();
  }

  function step(by) {
    const all = strips();
    const next = all[all.indexOf(look.strip) + by];
    if (next) show(next, look.keys);
  }

  // Opening, closing, and the address

  function open(strip, keys, mode) {
    if (!dialog.open) {
      opener = document.activeElement;
      dialog.showModal();
      stage.focus();
    }
    show(strip, keys);
    setMode(mode);
  }

  function openFrom(link) {
    const clicked = link.closest(".panel").dataset.panel;
    const strip = link.closest(".strip");
    const first = panelsOf(strip)[0].key;
    const tall = innerHeight > innerWidth;
    Object.assign(look, { zoom: 1, x: 0.5, y: 0.5 });
    history.scrollRestoration = "manual"; // closing goes back in history, and must not scroll
    pushed = true;
    open(strip, [first, clicked === first ? "" : clicked], look.mode || (tall ? "slider" : "side"));
    write();
  }

  function save() {
    clearTimeout(saving);
    saving = setTimeout(write, 150);
  }

  function write() {
    clearTimeout(saving);
    if (!dialog.open || !look.strip) return;
    const isNew = pushed && !permalink.read().mode;
    permalink.change((state) => {
      Object.assign(state, { anchor: look.strip.id, mode: look.mode, first: look.keys[0], second: look.keys[1] });
      const zoomed = [look.zoom, look.x, look.y].map((value) => Number(value.toFixed(3))).join("-");
      permalink.option(state, "zoom", look.zoom > 1 && zoomed);
      permalink.option(state, "at", look.mode === "slider" && look.wipe !== 50 && look.wipe.toString());
      permalink.option(state, "gain", look.mode === "difference" && look.gain > 1 && look.gain.toString());
    }, isNew);
  }

  function restore() {
    const { anchor, mode, first, second, options } = permalink.read();
    const strip = MODES.includes(mode) && document.getElementById(anchor);
    if (!strip?.matches?.(".strip")) {
      history.scrollRestoration = "auto";
      pushed = false;
      if (dialog.open) dialog.close();
      return;
    }
    const [zoomed, x, y] = (options.get("zoom") ?? "").split("-").map(Number);
    Object.assign(look, zoomed >= 1 && x >= 0 && y >= 0 ? { zoom: Math.min(zoomed, MOST_ZOOM), x, y } : { zoom: 1, x: 0.5, y: 0.5 });
    look.wipe = Math.min(100, Math.max(0, Number(options.get("at") ?? 50) || 0));
    look.gain = GAINS.find((gain) => gain === Number(options.get("gain"))) ?? 1;
    if (!dialog.open) strip.scrollIntoView({ block: "center", behavior: "instant" });
    open(strip, [first, second], mode);
  }

  function closed() {
    blink(false);
    showKeys(false);
    clearTimeout(saving);
    const link = panelsOf(look.strip).find((panel) => panel.key === look.keys[1])?.link;
    if (link && !opener?.closest?.(`#${CSS.escape(look.strip.id)}`)) {
      look.strip.scrollIntoView({ block: "nearest", behavior: "instant" });
      link.focus({ preventScroll: true });
    }
    if (pushed && permalink.read().mode) {
      history.back();
      return;
    }
    permalink.change((state) => {
      Object.assign(state, { mode: "", first: "", second: "" });
      for (const name of ["zoom", "at", "gain"]) state.options.delete(name);
    });
  }

  async function copy() {
    write();
    try {
      await navigator.clipboard.writeText(location.href);
      say("Link copied");
    } catch {
      say("The link stands in the address bar"); // the browser does not let a page copy
    }
  }

  function say(text) {
    part("said").value = text;
    setTimeout(() => { part("said").value = ""; }, 2500);
  }

  function showKeys(shown) {
    legend.hidden = !shown;
    dialog.querySelector('[data-do="keys"]').setAttribute("aria-expanded", shown);
  }

  // What can be pressed

  const ACTIONS = {
    previous: () => step(-1),
    next: () => step(1),
    copy,
    close: () => dialog.close(),
    blink: () => blink(!blinking),
    turn: other,
    swap,
    in: () => zoom(1.5),
    out: () => zoom(1 / 1.5),
    fit: () => zoom(1 / look.zoom),
    keys: () => showKeys(legend.hidden),
  };
  const KEYS = {
    t: () => setMode("side"), s: () => setMode("slider"), b: () => setMode("blink"), d: () => setMode("difference"),
    "+": ACTIONS.in, "=": ACTIONS.in, "-": ACTIONS.out, "0": ACTIONS.fit, l: copy, " ": other,
    ArrowLeft: ACTIONS.previous, ArrowRight: ACTIONS.next,
    "?": () => showKeys(legend.hidden),
  };
  const ARROWS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!legend.hidden && button?.dataset.do !== "keys" && !legend.contains(event.target)) showKeys(false);
    if (!button) return;
    if (button.dataset.mode) setMode(button.dataset.mode);
    ACTIONS[button.dataset.do]?.();
    if (event.detail && dialog.open) stage.focus(); // so that keys go on where a finger or mouse was
  });

  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !legend.hidden) { // closes the list of keys first
      showKeys(false);
      event.preventDefault();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("select")) return;
    if (event.target.matches("input") && event.key.startsWith("Arrow")) return;
    if (event.key === " " && event.target.closest("button, a, input")) return;
    const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
    if (digit) choose(event.shiftKey ? 0 : 1, panelsOf(look.strip)[digit - 1]?.key);
    else if (event.shiftKey && ARROWS[event.key]) pan(...ARROWS[event.key].map((way) => 40 * way));
    else if (Object.hasOwn(KEYS, event.key.length > 1 ? event.key : event.key.toLowerCase())) {
      KEYS[event.key.length > 1 ? event.key : event.key.toLowerCase()]();
    } else return;
    event.preventDefault();
  });

  sides.forEach((side, place) => part(`choose-${side}`).addEventListener("change", (event) => choose(place, event.target.value)));
  part("gain").addEventListener("change", (event) => { look.gain = Number(event.target.value); place(); save(); });
  part("wipe").addEventListener("input", (event) => { look.wipe = Number(event.target.value); place(); save(); });
  dialog.addEventListener("close", closed);
  new ResizeObserver(place).observe(windows[0]);
  addEventListener("hashchange", restore);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".strip[id] .panel[data-panel] a:has(> img)");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    openFrom(link);
  });

  // Mouse and fingers: the edge of the slider, moving a large picture, pinching, and a swipe to the next

  const pointers = new Map();
  let drag = null;

  // The point of its window that a pointer is at.
  function at(event) {
    const box = (event.target.closest(".viewer-window") ?? windows[0]).getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  function beginsAtCut(event) {
    const cut = Number(stage.style.getPropertyValue("--cut"));
    return look.mode === "slider" && (look.zoom === 1 || Math.abs(at(event)[0] - cut) < 24);
  }

  const field = part("windows");
  field.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    stage.focus();
    event.target.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, event);
    drag = { wipes: pointers.size === 1 && beginsAtCut(event), x: event.clientX, y: event.clientY, alone: pointers.size === 1 };
    if (drag.wipes) wipeTo(at(event)[0]);
  });

  field.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    pointers.set(event.pointerId, event);
    if (pointers.size === 2) pinch(before, event);
    else if (drag.wipes) wipeTo(at(event)[0]);
    else if (look.zoom > 1) pan(event.clientX - before.clientX, event.clientY - before.clientY);
  });

  function pinch(before, after) {
    const still = [...pointers.values()].find((pointer) => pointer !== after);
    const apart = (pointer) => Math.hypot(pointer.clientX - still.clientX, pointer.clientY - still.clientY) || 1;
    const [a, b] = [at(after), at(still)];
    zoom(apart(after) / apart(before), [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]);
    pan((after.clientX - before.clientX) / 2, (after.clientY - before.clientY) / 2);
  }

  function lift(event) {
    if (!pointers.delete(event.pointerId) || event.type === "pointercancel") return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    const swiped = drag.alone && !drag.wipes && look.zoom === 1 && event.pointerType !== "mouse";
    if (swiped && Math.abs(dx) > 50 && Math.abs(dx) > 2 * Math.abs(dy)) step(dx < 0 ? 1 : -1);
    drag.alone = false;
  }
  field.addEventListener("pointerup", lift);
  field.addEventListener("pointercancel", lift);
  field.addEventListener("dblclick", (event) => zoom(look.zoom > 1 ? 1 / look.zoom : 4, at(event)));
  field.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002)), at(event));
  }, { passive: false });

  restore();
}
