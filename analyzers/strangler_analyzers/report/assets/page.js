// Tabs, search, filters, keys, theme; then the first view.
const views = [["Map", mapView], ["Matrix", matrixView], ["Order", orderView], ["Tables", tablesView], ["Findings", findingsView]];
const made = new Map();
let current = null;
function changed() { current?.redraw(); }
function openView(place) {
  const [, build] = views[place];
  if (!made.has(place)) made.set(place, build());
  const first = current !== made.get(place);
  current = made.get(place);
  byId("view").replaceChildren(...current.nodes);
  [...byId("tabs").children].forEach((tab, at) => { tab.setAttribute("aria-selected", at === place); tab.tabIndex = at === place ? 0 : -1; });
  if (first && !current.started) { current.started = true; current.start(); }
  current.redraw();
}
views.forEach(([name], place) => byId("tabs").append(make("button", { type: "button", role: "tab", title: `${name} (${place + 1})`, onclick: () => openView(place) }, name)));
byId("tabs").addEventListener("keydown", (event) => {
  const tabs = [...byId("tabs").children], at = tabs.indexOf(document.activeElement);
  const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (next === undefined) return;
  const tab = tabs[(next + tabs.length) % tabs.length];
  tab.focus();
  tab.click();
});
data.kinds.forEach((kind) => byId("kinds").append(make("label", {}, make("input", { type: "checkbox", checked: true, onchange: (event) => { if (event.target.checked) hidden.delete(kind); else hidden.add(kind); changed(); } }), ` ${kind}`)));
byId("counts").textContent = `${plural(modules.length, "module")}, ${plural(edges.length, "dependency", "dependencies")}, ${plural(tables.length, "table")}, ${plural(seams.length, "seam")}${data.frameworks.length ? ` · ${data.frameworks.join(", ")}` : ""}`;

// Search over everything that has a name.
const routes = seams.flatMap((seam) => seam.routes.map((id) => ({ id, seam })));
const things = [
  ...seams.map((seam) => ({ kind: "seam", text: seam.id, go: () => openSeam(seam) })), ...tables.map((table) => ({ kind: "table", text: table.name, go: () => openTable(table) })),
  ...routes.map((route) => ({ kind: "route", text: route.id, go: () => openSeam(route.seam) })), ...modules.map((module) => ({ kind: "module", text: module.name, go: () => openModule(module) })),
].map((thing) => ({ ...thing, lower: thing.text.toLowerCase() }));
const search = byId("search"), hits = byId("hits");
let found = [], picked = 0;
function look() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  found = words.length ? things.filter((thing) => words.every((word) => thing.lower.includes(word))).slice(0, 40) : [];
  picked = 0;
  hits.replaceChildren(...found.map((thing, place) => make("li", { role: "option", id: `hit${place}`, onmousedown: (event) => { event.preventDefault(); take(place); } }, make("small", {}, thing.kind), thing.text)));
  hits.hidden = !found.length;
  search.setAttribute("aria-expanded", !hits.hidden);
  mark();
}
function mark() {
  [...hits.children].forEach((item, place) => item.setAttribute("aria-selected", place === picked));
  if (found.length) search.setAttribute("aria-activedescendant", `hit${picked}`); else search.removeAttribute("aria-activedescendant");
  hits.children[picked]?.scrollIntoView({ block: "nearest" });
}
function take(place) { const thing = found[place]; if (thing) { hits.hidden = true; search.setAttribute("aria-expanded", false); thing.go(); byId("panel").focus(); } }
search.addEventListener("input", look);
search.addEventListener("blur", () => { hits.hidden = true; });
search.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") { picked = Math.max(0, Math.min(found.length - 1, picked + (event.key === "ArrowDown" ? 1 : -1))); mark(); event.preventDefault(); }
  else if (event.key === "Enter") take(picked);
  else if (event.key === "Escape") { search.value = ""; look(); current.focus.focus(); }
});

function theme() {
  const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "light" : "dark";
  changed();
}
byId("theme").addEventListener("click", theme);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
const keys = [["/", "search"], ["1 … 5", "views"], ["n, p", "next, previous seam"], ["arrows, + − 0", "move, zoom, show all (map)"], ["arrows", "from cell to cell (matrix)"], ["d", "details"], ["t", "light or dark"], ["Esc", "back to the view"]];
byId("keys").append(make("h2", {}, "Keys"), make("ul", {}, keys.map(([key, does]) => make("li", {}, make("kbd", {}, key), ` ${does}`))), make("form", { method: "dialog" }, make("button", {}, "Close")));
byId("help").addEventListener("click", () => byId("keys").showModal());
function stepSeam(by) { if (seams.length) openSeam(seams[((state.seam ? state.seam.place : by > 0 ? -1 : 0) + by + seams.length) % seams.length]); }
document.addEventListener("keydown", (event) => {
  if (event.target.matches("input[type=search], dialog *") || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = {
    "/": () => search.focus(), n: () => stepSeam(1), p: () => stepSeam(-1), t: theme, d: () => byId("panel").focus(), "?": () => byId("keys").showModal(),
    Escape: () => (current.focus.tabIndex < 0 ? byId("view") : current.focus).focus(),
  }[event.key] ?? (/^[1-5]$/.test(event.key) ? () => openView(Number(event.key) - 1) : null);
  if (act) { event.preventDefault(); act(); }
});
layout();
openView(0);
closePanel();
performance.mark("strangler-interactive");
document.documentElement.dataset.ready = "yes";
