// Asks every second what changed in the crawl, and draws it: with Leaflet, or else as the picture that c2c draws.
"use strict";

const EVERY_MS = 1000;
const LOOK = { weight: 1.5, fillOpacity: 0.85 };
const RADIUS_PX = { outside: 2, queued: 4, claimed: 6, failed: 5, done: 4 };
const HOLLOW = new Set(["outside", "queued"]);
const STATES = Object.keys(RADIUS_PX);

function colour(name) {
  const probe = document.createElement("i"); // light-dark() is resolved for real properties only
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

class LeafletMap {
  constructor(element, about) {
    const snap = about.tiles ? 1 : 0.1; // only tiles look best at whole steps
    this.map = L.map(element, { preferCanvas: true, attributionControl: Boolean(about.tiles), zoomSnap: snap });
    if (about.tiles) L.tileLayer(about.tiles, { attribution: about.credit, maxZoom: 19 }).addTo(this.map);
    this.colours = Object.fromEntries([...STATES, "line"].map((name) => [name, colour(name)]));
    const centre = [about.lat_deg, about.lon_deg];
    this.map.setView(centre, 15);
    const radius = L.circle(centre, { radius: about.radius_m, color: this.colours.outside, weight: 1, fill: false });
    this.map.fitBounds(radius.addTo(this.map).getBounds(), { padding: [16, 16] });
    L.control.scale({ imperial: false }).addTo(this.map);
    this.dots = new Map();
    this.lines = L.layerGroup().addTo(this.map);
  }

  draw(changed) {
    for (const dot of changed) {
      if (dot.lat_deg === null) continue;
      const kept = this.dots.get(dot.id);
      const marker = kept ? kept.marker : this.marker(dot);
      marker.setLatLng([dot.lat_deg, dot.lon_deg]).setStyle(this.look(dot.state)).setRadius(RADIUS_PX[dot.state]);
      const parent = this.dots.get(dot.parent);
      if (dot.state === "done" && parent && !kept?.joined) this.join(parent.marker, marker);
      this.dots.set(dot.id, { marker, state: dot.state, joined: dot.state === "done" });
    }
  }

  marker(dot) {
    const name = () => {
      const line = document.createElement("span");
      line.textContent = `${dot.id}: ${this.dots.get(dot.id).state}`; // as text: a source may call a panorama anything
      return line;
    };
    return L.circleMarker([dot.lat_deg, dot.lon_deg]).bindTooltip(name).addTo(this.map);
  }

  look(state) {
    return { ...LOOK, color: this.colours[state], fillColor: this.colours[state], fill: !HOLLOW.has(state) };
  }

  join(parent, child) {
    const line = L.polyline([parent.getLatLng(), child.getLatLng()], {
      color: this.colours.line,
      weight: 1,
      interactive: false,
    });
    line.addTo(this.lines).bringToBack();
  }
}

class PictureMap {
  constructor(element) {
    element.classList.add("without");
    this.picture = document.createElement("img");
    this.picture.className = "picture";
    this.picture.alt = "Panoramas of the crawl so far";
    element.append(this.picture);
    this.last = -1;
  }

  draw(changed, last, more) {
    if (more || last === this.last) return; // the picture has all dots, so the last part is soon enough
    this.picture.src = `map.svg?${last}`;
    this.last = last;
  }
}

const say = (id, text) => (document.getElementById(id).textContent = text);

function tell(answer) {
  for (const state of STATES) {
    document.querySelector(`#counts .${state} dd`).textContent = answer.counts[state].toLocaleString("en");
  }
}

async function ask(address) {
  const answer = await fetch(address, { cache: "no-store" });
  if (!answer.ok) throw new Error((await answer.text()) || answer.statusText);
  return answer.json();
}

async function watch() {
  const about = await ask("about.json");
  document.title = `c2c: ${about.title}`;
  say("title", about.title);
  say("about", about.said);
  const element = document.getElementById("map");
  const map = window.L ? new LeafletMap(element, about) : new PictureMap(element);
  let last = 0;
  for (;;) {
    let more = false; // dots than an answer holds
    try {
      const answer = await ask(`dots.json?since=${last}`);
      ({ last, more } = answer);
      tell(answer);
      map.draw(answer.dots, last, more);
      say("news", "");
    } catch (error) {
      say("news", `No answer from c2c (${error.message}); this is how far it was.`);
    }
    if (!more) await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

watch().catch((error) => say("news", `This map cannot be shown: ${error.message}`));
