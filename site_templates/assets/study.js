// The blind study: deals pictures in an order that a number decides, asks, keeps the answers in this browser, and
// tells what the pictures were at the end. Answers are kept and saved in one form, that of a votes file.
"use strict";
{
  const FORMAT = "c2c votes";
  const VERSION = 1;
  const PICTURES = 24;
  const PAIRS = 12;
  const SECONDS_EACH = 6;
  const page = document.getElementById("study");
  const KEY = `c2c-study-${page.dataset.study}`;
  const all = (selector, within = page) => [...within.querySelectorAll(selector)];
  const one = (selector, within = page) => within.querySelector(selector);
  const fill = (name, text) => all(`[data-fill="${name}"]`).forEach((place) => { place.textContent = text; });

  // What the page knows: groups of pictures, and the contestants of each direction.

  const key = one("template[data-key]").content;
  const groups = all("ul", key).map((list) => ({
    name: list.dataset.name, about: list.dataset.about, city: list.dataset.city, real: list.dataset.real === "yes",
    pictures: all("li", list).map(({ dataset }) => ({ id: dataset.picture, src: dataset.src, scene: dataset.scene })),
  }));
  groups.forEach((group) => group.pictures.forEach((picture) => { picture.group = group; }));
  const pictures = new Map(groups.flatMap((group) => group.pictures.map((picture) => [picture.id, picture])));
  const contests = all("ol", key).map((list) => ({
    direction: list.dataset.direction, city: list.dataset.city, about: list.dataset.about,
    groups: all("li", list).map((line) => groups[Number(line.dataset.of)]),
  }));
  const cityButtons = all("[data-city]", one('[data-screen="picture"]'));
  const cities = cityButtons.map((button) => button.dataset.city);
  const called = Object.fromEntries(cityButtons.map((button) => [button.dataset.city, button.lastChild.textContent.trim()]));

  // Chance that a number decides: xorshift of 32 bits, Marsaglia 2003, https://doi.org/10.18637/jss.v008.i14

  function chanceOf(seed) {
    let state = (Math.imul(seed, 2654435761) ^ 0x5f356495) >>> 0 || 1;
    return () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      state >>>= 0;
      return state / 2 ** 32;
    };
  }

  function shuffled(things, chance) {
    const mixed = [...things];
    for (let last = mixed.length - 1; last > 0; last--) {
      const other = Math.floor(chance() * (last + 1));
      [mixed[last], mixed[other]] = [mixed[other], mixed[last]];
    }
    return mixed;
  }

  // Some pictures of each group in turn, and no place twice.
  function dealt(from, count, seen, chance) {
    const hands = shuffled(from, chance).map((group) => shuffled(group.pictures, chance));
    const found = [];
    while (found.length < count && hands.some((hand) => hand.length)) {
      for (const hand of hands) {
        const picture = found.length < count && hand.find(({ scene }) => !seen.has(scene));
        hand.splice(0, picture ? hand.indexOf(picture) + 1 : hand.length);
        if (!picture) continue;
        seen.add(picture.scene);
        found.push(picture);
      }
    }
    return found;
  }

  // Every two contestants of each direction, in turn; of the same place where both show it.
  function pairsOf(seen, chance) {
    const meetings = shuffled(contests.flatMap((contest) => contest.groups.flatMap((a, place) =>
      contest.groups.slice(place + 1).map((b) => ({ contest, a, b })))), chance);
    const pairs = [];
    for (let round = 0; pairs.length < PAIRS && round < PAIRS; round++) {
      for (const { contest, a, b } of meetings) {
        if (pairs.length === PAIRS) break;
        const first = shuffled(a.pictures, chance).sort((x, y) => seen.has(x.scene) - seen.has(y.scene));
        const other = shuffled(b.pictures, chance);
        const sameCity = b.real && b.city === a.city;
        const left = first.find((x) => sameCity || other.some((y) => y.scene === x.scene));
        if (!left) continue;
        const right = sameCity ? other[0] : other.find((y) => y.scene === left.scene);
        seen.add(left.scene).add(right.scene);
        pairs.push({ contest, sides: shuffled([left, right], chance) });
      }
    }
    return pairs;
  }

  function plan(seed) {
    const chance = chanceOf(seed);
    const seen = new Set();
    const half = Math.min(PICTURES / 2, Math.floor(new Set([...pictures.values()].map(({ scene }) => scene)).size / 2));
    const real = dealt(groups.filter((group) => group.real), half, seen, chance);
    const made = dealt(groups.filter((group) => !group.real), half, seen, chance);
    const singles = shuffled([...real, ...made], chance).map((picture) => ({ picture }));
    return { singles, pairs: pairsOf(seen, chance) };
  }

  // What was answered, in the form of a votes file.

  let votes = null;
  let asked = null; // the questions of these votes
  let saved = true;

  function fresh(seed, voter) {
    const session = [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join("-");
    return { format: FORMAT, version: VERSION, study: page.dataset.study, seed, session, voter, pictures: [], pairs: [] };
  }

  const anySeed = () => crypto.getRandomValues(new Uint32Array(1))[0] % 1000000;
  const answered = () => votes.pictures.length + votes.pairs.length;
  const questions = () => asked.singles.length + asked.pairs.length;
  const current = () => [...asked.singles, ...asked.pairs][answered()];

  function keep() {
    try { localStorage.setItem(KEY, JSON.stringify(votes)); } catch { /* a private window: they last until it is closed */ }
  }

  function kept() {
    try { return JSON.parse(localStorage.getItem(KEY)); } catch { return null; }
  }

  function forget() {
    try { localStorage.removeItem(KEY); } catch { /* nothing was kept */ }
  }

  // Why these are no votes on this page's questions; "" where they are.
  function wrongWith(found) {
    if (!found || found.format !== FORMAT) return "This is no votes file of a blind study.";
    if (found.version > VERSION) return "This votes file is of a newer version than this page.";
    if (found.study !== page.dataset.study) return "These votes are about other pictures than those of this page.";
    const whole = [found.pictures, found.pairs].every(Array.isArray) && Number.isInteger(found.seed);
    if (!whole) return "This votes file is not whole.";
    const { singles, pairs } = plan(found.seed);
    const fits = found.pictures.length <= singles.length && found.pairs.length <= pairs.length
      && found.pictures.every((vote, place) => vote.picture === singles[place].picture.id)
      && found.pairs.every((vote, place) => pairs[place].sides.some(({ id }) => id === vote.chosen))
      && (!found.pairs.length || found.pictures.length === singles.length);
    return fits ? "" : "These votes do not fit the questions of their order.";
  }

  function open(found) {
    votes = found;
    asked = plan(votes.seed);
    saved = answered() === 0;
    fill("seed", votes.seed);
    proceed();
  }

  // Screens.

  function show(...names) {
    const before = one("[data-screen]:not([hidden])").dataset.screen;
    for (const screen of all("[data-screen]")) screen.hidden = !names.includes(screen.dataset.screen);
    if (before !== names[0] && before !== "without") page.scrollIntoView({ behavior: "instant" });
  }

  function fail(message) {
    const place = one('[data-screen="failure"]');
    place.textContent = message;
    place.hidden = !message;
  }

  function image(picture, alt) {
    const made = new Image(page.dataset.size, page.dataset.size);
    made.src = picture.src;
    made.alt = alt;
    return made;
  }

  let began = 0; // when the pictures of the question were there
  let said = {};

  async function stage(places, shown) {
    began = 0;
    const images = shown.map((picture, place) => image(picture, places[place].dataset.stage));
    places.forEach((place) => place.replaceChildren());
    await Promise.allSettled(images.map((each) => each.decode()));
    if (shown !== staged) return; // another question came first
    places.forEach((place, number) => place.replaceChildren(images[number]));
    began = performance.now();
  }

  let staged = null;

  function proceed() {
    fail("");
    const question = current();
    if (!question) return finish();
    const kind = question.picture ? "picture" : "pair";
    const screen = one(`[data-screen="${kind}"]`);
    said = {};
    for (const button of all("[aria-pressed]")) button.setAttribute("aria-pressed", "false");
    if (question.contest) fill("like", question.contest.city);
    show(kind, "progress");
    one("progress").max = questions();
    one("progress").value = answered();
    fill("place", `Question ${answered() + 1} of ${questions()}`);
    one('[data-do="back"]').disabled = answered() === 0;
    staged = question.sides || [question.picture];
    stage(all("[data-stage]", screen), staged);
    const next = [...asked.singles, ...asked.pairs][answered() + 1];
    for (const picture of next ? next.sides || [next.picture] : []) new Image().src = picture.src;
  }

  const seconds = () => Math.round((performance.now() - began) / 10) / 100;

  function answerPicture(part) {
    if (!began || !current()?.picture) return;
    Object.assign(said, part);
    for (const button of all("[aria-pressed]")) {
      const { city, real } = button.dataset;
      const chosen = city ? city === said.city : "real" in said && (real === "yes") === said.real;
      button.setAttribute("aria-pressed", String(chosen));
    }
    if (!("real" in said) || (cities.length && !("city" in said))) return;
    const city = cities.length ? { city: said.city } : {};
    votes.pictures.push({ picture: current().picture.id, real: said.real, ...city, seconds: seconds() });
    accept();
  }

  function answerPair(side) {
    const question = current();
    if (!began || !question?.sides) return;
    const [chosen, other] = side ? [...question.sides].reverse() : question.sides;
    votes.pairs.push({ direction: question.contest.direction, chosen: chosen.id, other: other.id, seconds: seconds() });
    accept();
  }

  function accept() {
    saved = false;
    keep();
    proceed();
  }

  function back() {
    (votes.pairs.length ? votes.pairs : votes.pictures).pop();
    keep();
    proceed();
  }

  // The end: how it went, and what each picture was.

  function finish() {
    show("end");
    const right = votes.pictures.filter((vote) => vote.real === pictures.get(vote.picture).group.real).length;
    const asked = votes.pictures.length;
    fill("verdict", `You told real from translated in ${right} of ${asked} pictures. Guessing gets about ${Math.round(asked / 2)}.`);
    const ordered = [...groups].sort((a, b) => b.real - a.real);
    one('[data-list="groups"]').replaceChildren(...ordered.map(rowOf).filter(Boolean));
    one('[data-list="seen"]').replaceChildren(...votes.pictures.map(seenPicture), ...votes.pairs.map(seenPair));
    one('[data-fill="verdict"]').focus({ preventScroll: true });
  }

  function element(name, text, ...within) {
    const made = document.createElement(name);
    made.append(...(text ? [text] : []), ...within);
    return made;
  }

  function rowOf(group) {
    const its = votes.pictures.filter((vote) => pictures.get(vote.picture).group === group);
    if (!its.length) return null;
    const head = element("th", group.name, ...(group.about ? [element("small", group.about)] : []));
    head.scope = "row";
    const figures = [its.filter((vote) => vote.real).length];
    if (cities.length) figures.push(its.filter((vote) => vote.city === group.city).length);
    return element("tr", "", head, ...figures.map((count) => {
      const cell = element("td", `${count} of ${its.length}`);
      cell.className = "figure";
      return cell;
    }));
  }

  function figure(picture) {
    const { name, about, real } = picture.group;
    const badge = element("span", real ? "Real" : "Generated");
    badge.className = `badge badge-${real ? "input" : "output"}`;
    const told = real ? name.replace(/^Real /, "") : `${name}${about ? `, ${about}` : ""}`;
    const caption = element("figcaption", "", badge, told);
    const made = element("figure", "", image(picture, `${badge.textContent}: ${told}`), caption);
    made.className = real ? "real" : "generated";
    return made;
  }

  function seenPicture(vote) {
    const words = [...(vote.city ? [called[vote.city]] : []), vote.real ? "real" : "translated"].join(", ");
    return element("li", "", figure(pictures.get(vote.picture)), element("p", `You said: ${words}`));
  }

  function seenPair(vote) {
    const sides = [vote.chosen, vote.other].map((id) => figure(pictures.get(id)));
    sides[0].classList.add("chosen");
    const pictured = element("div", "", ...sides);
    pictured.className = "pictured";
    const { city } = contests.find(({ direction }) => direction === vote.direction);
    const line = element("li", "", pictured, element("p", `You said: the first looks more like ${city}`));
    line.className = "paired";
    return line;
  }

  // Buttons, keys and files.

  function save() {
    const name = `c2c-votes-${votes.study.slice(0, 8)}-${votes.session.slice(0, 6)}.json`;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`${JSON.stringify(votes, null, 1)}\n`], { type: "application/json" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    saved = true;
    fill("notice", `Saved as ${name}. Hand the file to whoever showed you this page.`);
  }

  let warned = "";

  // Whether something that loses answers was asked for twice, or loses none.
  function sure(what) {
    if (saved || warned === what) return true;
    warned = what;
    fill("notice", "Your votes are not saved yet. Press again to go on without them.");
    return false;
  }

  function start(seed = anySeed()) {
    votes = asked = null;
    warned = "";
    saved = true;
    forget();
    one('[data-field="seed"]').value = seed;
    const { singles, pairs } = plan(seed);
    fill("pictures", singles.length);
    fill("pairs", pairs.length);
    fill("minutes", Math.max(1, Math.round((singles.length + pairs.length) * SECONDS_EACH / 60)));
    show("start");
  }

  const deeds = {
    begin() {
      const seed = Number(one('[data-field="seed"]').value);
      if (!Number.isInteger(seed) || seed < 0) return fail("The order is a whole number.");
      open(fresh(seed, one('[data-field="voter"]').value.trim()));
      return keep();
    },
    back,
    save,
    again() { if (sure("again")) start(); },
    clear() { if (sure("clear")) start(); },
  };

  page.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.do) deeds[button.dataset.do]();
    else if (button.dataset.side) answerPair(Number(button.dataset.side));
    else if (button.dataset.city) answerPicture({ city: button.dataset.city });
    else answerPicture({ real: button.dataset.real === "yes" });
  });

  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, select, summary") || event.ctrlKey || event.metaKey || event.altKey) return;
    const question = votes && current();
    if (!question || event.repeat) return;
    const arrow = ["ArrowLeft", "ArrowRight"].indexOf(event.key);
    const digit = Number(event.key) - 1;
    if (event.key === "Backspace" && answered()) back();
    else if (question.sides && arrow >= 0) answerPair(arrow);
    else if (question.sides && (digit === 0 || digit === 1)) answerPair(digit);
    else if (arrow >= 0) answerPicture({ real: arrow === 0 });
    else if (cities[digit]) answerPicture({ city: cities[digit] });
    else return;
    event.preventDefault();
  });

  one('[data-field="file"]').addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    let found = null;
    try { found = JSON.parse(await file.text()); } catch { /* said below */ }
    event.target.value = "";
    const wrong = wrongWith(found);
    if (wrong) return fail(wrong);
    open(found);
    keep();
  });

  const seedInAddress = /^#seed=(\d{1,9})$/.exec(location.hash);
  const before = kept();
  if (before && !wrongWith(before)) open(before);
  else start(seedInAddress ? Number(seedInAddress[1]) : anySeed());
}
