// Samples by step: a slider moves all rows through the steps at once. Without scripts every step stands in its row.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const section = document.querySelector("[data-steps]");
  const steps = section ? section.dataset.steps.split(" ") : [];
  if (steps.length > 1) addScrubber(section, steps);
});

function addScrubber(section, steps) {
  const rows = [...section.querySelectorAll(".sample")].map((row) => [...row.querySelectorAll(".panel-output")]);
  const bar = document.createElement("div");
  bar.className = "scrubber";
  bar.innerHTML =
    '<button type="button" class="play">Play</button><label>Step<input type="range" min="0"></label>' +
    '<output></output><button type="button" class="all" aria-pressed="false">All steps</button>';
  const [play, all] = bar.querySelectorAll("button");
  const range = bar.querySelector("input");
  const said = bar.querySelector("output");
  range.max = String(steps.length - 1);
  range.value = range.max;
  let timer = 0;

  function show() {
    const at = Number(range.value);
    const every = all.getAttribute("aria-pressed") === "true";
    for (const panels of rows) panels.forEach((panel, step) => { panel.hidden = !every && step !== at; });
    said.textContent = every ? `all ${steps.length}` : steps[at];
    range.setAttribute("aria-valuetext", `step ${steps[at]}`);
    range.disabled = play.disabled = every;
    section.classList.toggle("scrubbing", !every);
  }

  function load() {  // before the slider moves, so that no step is blank when it comes
    for (const image of section.querySelectorAll('img[loading="lazy"]')) image.loading = "eager";
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    play.textContent = "Play";
  }

  play.addEventListener("click", () => {
    if (timer) return stop();
    load();
    play.textContent = "Pause";
    if (range.value === range.max) range.value = "0";
    show();
    timer = setInterval(() => {
      range.value = String(Number(range.value) + 1);
      show();
      if (range.value === range.max) stop();
    }, 700);
  });
  range.addEventListener("input", () => { stop(); show(); });
  for (const event of ["pointerenter", "focusin"]) bar.addEventListener(event, load, { once: true });
  all.addEventListener("click", () => {
    stop();
    all.setAttribute("aria-pressed", String(all.getAttribute("aria-pressed") !== "true"));
    show();
  });
  section.querySelector(".samples-begin").after(bar);
  show();
}
