// Videos side by side: one button plays them all, one slider moves them all, and they keep in step.
// Without scripts each video has controls of its own.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  for (const reel of document.querySelectorAll(".reel")) join(reel);
});

function join(reel) {
  const videos = [...reel.querySelectorAll("video")];
  if (!videos.length) return;
  const frames = Number(reel.dataset.frames);
  const rate = Number(reel.dataset.rate);
  const bar = document.createElement("div");
  bar.className = "transport";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", `All videos, ${reel.querySelector("h2").textContent}`);
  bar.innerHTML =
    '<button type="button" class="play-all">Play</button><label>Frame<input type="range" min="1" step="1" value="1"></label>' +
    '<output></output><button type="button" class="slow" aria-pressed="false">Slow</button>';
  const [play, slow] = bar.querySelectorAll("button");
  const range = bar.querySelector("input");
  const said = bar.querySelector("output");
  range.max = String(frames);
  let playing = false;

  const frameAt = (seconds) => Math.min(frames, Math.floor(seconds * rate + 1e-3) + 1);

  function tell(frame) {
    range.value = String(frame);
    said.textContent = `${frame} of ${frames}`;
    range.setAttribute("aria-valuetext", `frame ${frame} of ${frames}`);
  }

  function keepInStep() {
    if (!playing) return;
    const now = videos[0].currentTime;
    for (const video of videos.slice(1)) {
      const apart = Math.abs(video.currentTime - now);
      const around = Math.min(apart, frames / rate - apart);  // one may have begun anew a moment before the other
      if (around > 1.5 / rate && !video.seeking) video.currentTime = now;
    }
    tell(frameAt(now));
    requestAnimationFrame(keepInStep);
  }

  function go(to) {
    playing = to;
    play.textContent = to ? "Pause" : "Play";
    for (const video of videos) {
      if (to) video.play().catch(() => go(false)); else video.pause();
    }
    if (to) requestAnimationFrame(keepInStep); else show(frameAt(videos[0].currentTime));
  }

  function show(frame) {
    for (const video of videos) {
      video.preload = "auto";
      video.currentTime = (frame - 0.5) / rate;  // the middle of the frame, so that none shows its neighbour
    }
    tell(frame);
  }

  play.addEventListener("click", () => go(!playing));
  range.addEventListener("input", () => {
    const frame = Number(range.value);
    if (playing) go(false);
    show(frame);
  });
  slow.addEventListener("click", () => {
    const pressed = slow.getAttribute("aria-pressed") !== "true";
    slow.setAttribute("aria-pressed", String(pressed));
    for (const video of videos) video.playbackRate = pressed ? 0.25 : 1;
  });
  for (const video of videos) {
    video.controls = false;
    video.addEventListener("click", () => go(!playing));
  }
  reel.querySelector(".clips").after(bar);
  tell(1);
}
