// What stands after the "#" of an address: a strip, how two of its pictures are looked at, and how the page is ordered.
//
//     #128-street-003/slider/input~output?at=30&zoom=4-0.31-0.52&order=worst&by=l1
//
// The strip's own anchor comes first, so that a link without the rest is a plain anchor and works without scripts.
"use strict";

const permalink = {
  read() {
    const [path, query] = location.hash.slice(1).split(/\?(.*)/s);
    const [anchor = "", mode = "", pair = ""] = path.split("/");
    const [first = "", second = ""] = pair.split("~");
    return { anchor, mode, first, second, options: new URLSearchParams(query) };
  },

  // Change what `edit` does to the parts, without a jump; `push` makes it a step that "back" undoes.
  change(edit, push = false) {
    const state = this.read();
    edit(state);
    const view = state.mode ? `/${state.mode}/${state.first}~${state.second}` : "";
    const query = state.options.toString();
    const hash = `${state.anchor}${view}${query && `?${query}`}`;
    const address = location.href.split("#")[0] + (hash && `#${hash}`);
    if (address === location.href) return;
    if (push) history.pushState(null, "", address);
    else history.replaceState(history.state, "", address);
  },

  // Set or, where there is nothing to say, drop one of the options after the "?".
  option(state, name, value) {
    if (value) state.options.set(name, value);
    else state.options.delete(name);
  },
};
