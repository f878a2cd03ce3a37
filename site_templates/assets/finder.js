// Orders the strips of a page by a score, finds them by name, and picks the columns of a comparison.
"use strict";
{
  const finder = document.querySelector(".finder");
  const picker = document.querySelector(".picker");
  const boxes = [...document.querySelectorAll(".picker input")];
  const sheets = [...document.querySelectorAll(".sheet")];
  const OPTIONS = ["find", "by", "order", "show", "from", "to"];
  const rowsOf = new WeakMap();

  // The strips of a sheet as they were recorded, read once.
  function rows(sheet) {
    if (!rowsOf.has(sheet)) {
      rowsOf.set(sheet, [...sheet.children].map((strip) => ({
        strip,
        stem: strip.querySelector(".stem").textContent.toLowerCase(),
        scores: (strip.dataset.scores ?? "").split(" ").map(Number.parseFloat),
      })));
    }
    return rowsOf.get(sheet);
  }

  function wanted() {
    const given = Object.fromEntries(new FormData(finder));
    const ranking = finder.elements.by?.selectedOptions[0]?.dataset;
    const sign = ranking?.better === "higher" ? -1 : 1;
    const place = Number(ranking?.place);
    return { ...given, find: given.find.trim().toLowerCase(), cost: (row) => sign * row.scores[place], value: (row) => row.scores[place] };
  }

  // The share of a sheet that `show` asks for; what has no score is in none but "all".
  function chosen(all, want) {
    if (want.show === "range") {
      const [from, to] = [want.from === "" ? -Infinity : Number(want.from), want.to === "" ? Infinity : Number(want.to)];
      return all.filter((row) => want.value(row) >= from && want.value(row) <= to);
    }
    if (!want.show) return all;
    const sorted = best(all.filter((row) => !Number.isNaN(want.cost(row))), want);
    const tenth = Math.ceil(sorted.length / 10);
    return want.show === "best" ? sorted.slice(0, tenth) : sorted.slice(-tenth);
  }

  function best(some, want) {
    return some.toSorted((one, other) => want.cost(one) - want.cost(other));
  }

  function ordered(all, want) {
    if (!want.order) return all;
    const sorted = best(all.filter((row) => !Number.isNaN(want.cost(row))), want);
    if (want.order === "worst") sorted.reverse();
    return [...sorted, ...all.filter((row) => Number.isNaN(want.cost(row)))];
  }

  // Lay one sheet out and return how many of its strips are shown.
  function arrange(sheet, want) {
    const all = rows(sheet);
    const kept = new Set(chosen(all, want).filter((row) => row.stem.includes(want.find)));
    for (const row of all) if (row.strip.hidden === kept.has(row)) row.strip.hidden = !kept.has(row);
    const order = ordered(all, want).map((row) => row.strip);
    if (order.some((strip, place) => sheet.children[place] !== strip)) sheet.replaceChildren(...order);
    const section = sheet.closest("section");
    section.hidden = all.length > 0 && kept.size === 0;
    return kept.size;
  }

  function apply() {
    const want = wanted();
    const shown = sheets.reduce((sum, sheet) => sum + arrange(sheet, want), 0);
    const total = finder.dataset.total;
    const range = finder.querySelector(".finder-range");
    if (range) range.hidden = want.show !== "range";
    finder.elements.count.value = shown === Number(total) ? `all ${total} pictures` : `${shown} of ${total} pictures`;
    finder.querySelector("[type=reset]").hidden = !OPTIONS.some((name) => name !== "by" && want[name]);
  }

  function remember() {
    const given = new FormData(finder);
    const scored = given.get("order") || given.get("show");
    permalink.change((state) => {
      for (const name of OPTIONS) {
        const needed = name === "by" ? scored : name === "from" || name === "to" ? given.get("show") === "range" : true;
        permalink.option(state, name, needed && given.get(name));
      }
    });
  }

  function recall() {
    const { options } = permalink.read();
    for (const name of OPTIONS) {
      const field = finder.elements[name];
      if (field) field.value = options.get(name) ?? (name === "by" ? field.options[0].value : "");
      if (field?.selectedIndex === -1) field.selectedIndex = 0; // what the link names is not on this page
    }
  }

  function pickColumns() {
    for (const box of boxes) {
      for (const column of document.querySelectorAll(`[data-column="${CSS.escape(box.name)}"]`)) column.hidden = !box.checked;
    }
    for (const sheet of sheets) sheet.dataset.columns = boxes.filter((box) => box.checked).length;
  }

  function rememberColumns() {
    permalink.change(({ options }) => {
      options.delete("without");
      for (const box of boxes) if (!box.checked) options.append("without", box.name);
    });
  }

  function recallColumns() {
    const left = permalink.read().options.getAll("without");
    for (const box of boxes) box.checked = !left.includes(box.name);
  }

  function restore() {
    if (finder) { recall(); apply(); }
    if (picker) { recallColumns(); pickColumns(); }
  }

  if (finder) {
    let waiting = 0;
    const soon = () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => { apply(); remember(); }, 80);
    };
    for (const kind of ["input", "change"]) finder.addEventListener(kind, soon);
    finder.addEventListener("reset", () => setTimeout(() => { apply(); remember(); }));
    finder.addEventListener("submit", (event) => event.preventDefault());
    finder.hidden = false;
  }
  if (picker) {
    picker.addEventListener("change", () => { pickColumns(); rememberColumns(); });
    picker.hidden = false;
  }
  restore();
  if (permalink.read().options.size) document.getElementById(permalink.read().anchor)?.scrollIntoView();
  addEventListener("hashchange", () => {
    const { options } = permalink.read();
    if ([...OPTIONS, "without"].some((name) => options.has(name))) restore();
    else if (finder) remember(); // a plain anchor was followed: the order stays, and the address says so
  });
}
