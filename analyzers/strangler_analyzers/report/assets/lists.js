// Lists with sortable heads: order of extraction, tables, findings.
function sortable(columns, rows, label) {
  const body = make("tbody");
  let by = null, down = false;
  const heads = columns.map((column) => make("th", { scope: "col", class: column.number ? "n" : "" }, make("button", { type: "button", title: column.title, onclick: () => { down = by === column ? !down : Boolean(column.number); by = column; fill(); } }, column.name)));
  function fill() {
    const sorted = by ? [...rows].sort((a, b) => { const x = by.value(a), y = by.value(b); return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1); }) : rows;
    heads.forEach((head, place) => head.setAttribute("aria-sort", columns[place] !== by ? "none" : down ? "descending" : "ascending"));
    body.replaceChildren(...sorted.map((row) => make("tr", {}, columns.map((column) => make("td", { class: column.number ? "n" : "" }, column.show ? column.show(row) : String(column.value(row)))))));
  }
  fill();
  return make("table", { "aria-label": label }, make("thead", {}, make("tr", {}, heads)), body);
}
const metric = (seam, name) => seam.metrics[name] ?? 0;
function orderView() {
  const columns = [
    { name: "#", number: true, title: "Order of extraction", value: (s) => s.order },
    { name: "Seam", value: (s) => s.id, show: (s) => [dotted(s), link(s.id, () => openSeam(s))] },
    { name: "Score", number: true, title: "How cheaply and safely it comes out, 0 to 1", value: (s) => s.score, show: (s) => s.score.toFixed(2) },
    { name: "Modules", number: true, value: (s) => s.members.length },
    { name: "Tables", number: true, title: "Tables it owns", value: (s) => s.tables.length },
    { name: "Shared", number: true, title: "Owned tables that others write", value: (s) => metric(s, "shared_tables") },
    { name: "Routes", number: true, value: (s) => s.routes.length },
    { name: "Inside", number: true, title: "Routes served wholly inside", value: (s) => metric(s, "routes_inside") },
    { name: "Contract", number: true, title: "Distinct callables that others call", value: (s) => metric(s, "contract") },
    { name: "Effort", number: true, title: "Crossings by kind times their price", value: (s) => metric(s, "effort") },
    { name: "Stays inside", number: true, title: "Share of its ties that do not cross the border", value: (s) => metric(s, "cohesion"), show: (s) => percent(metric(s, "cohesion")) },
    { name: "Stability", number: true, title: "How much of it came out again in each trial", value: (s) => metric(s, "stability"), show: (s) => percent(metric(s, "stability")) },
    { name: "Risk", number: true, value: (s) => metric(s, "risk"), show: (s) => percent(metric(s, "risk")) },
  ];
  const table = sortable(columns, seams, "Seams in the order of extraction");
  return { nodes: [table], redraw() {}, start() {}, focus: table };
}
function tablesView() {
  const outside = (table, uses) => uses.filter((use) => use.module.seam !== (table.owner ? table.owner.seam : -1));
  const columns = [
    { name: "Table", value: (t) => t.name, show: (t) => link(t.name, () => openTable(t)) },
    { name: "Owner", value: (t) => (t.owner ? t.owner.name : ""), show: (t) => (t.owner ? link(t.owner.name, () => openModule(t.owner)) : "–") },
    { name: "Seam", value: (t) => seamOf(t.owner ?? {})?.id ?? "", show: (t) => { const seam = seamOf(t.owner ?? {}); return seam ? [dotted(seam), link(seam.id, () => openSeam(seam))] : "–"; } },
    { name: "Readers", number: true, value: (t) => t.readers.length },
    { name: "outside", number: true, title: "Readers in another seam", value: (t) => outside(t, t.readers).length },
    { name: "Writers", number: true, value: (t) => t.writers.length },
    { name: "outside ", number: true, title: "Writers in another seam", value: (t) => outside(t, t.writers).length, show: (t) => { const count = outside(t, t.writers).length; return make("span", { class: count ? "warm" : "" }, String(count)); } },
  ];
  const table = sortable(columns, tables, "Tables");
  return { nodes: [table], redraw() {}, start() {}, focus: table };
}
function findingsView() {
  const holder = make("div", { class: "pad" });
  holder.append(make("h2", {}, "Shared kernel"), make("p", { class: "soft" }, "Used from nearly everywhere, owned by nobody: candidates for a library."));
  holder.append(make("ul", {}, data.kernel.map((one) => { const module = modules.find((m) => m.name === one.module); return make("li", {}, module ? link(one.module, () => openModule(module)) : one.module, ` used by ${plural(one.users, "module")} in ${plural(one.seams, "seam")}`); })));
  const rules = new Map();
  for (const finding of data.findings) { if (!rules.has(finding[0])) rules.set(finding[0], []); rules.get(finding[0]).push(finding); }
  holder.append(make("h2", {}, `Knots (${data.findings.length})`), make("p", { class: "soft" }, "Where seams are tied together, by kind; each with its line and the smallest remedy."));
  holder.append(...[...rules].sort((a, b) => b[1].length - a[1].length).map(([rule, found]) => {
    const details = make("details", {}, make("summary", {}, make("code", {}, rule), ` ${found.length} · ${data.hints[rule]}`));
    details.addEventListener("toggle", () => { if (details.childElementCount === 1) details.append(...portions(found, ([, message, path, line]) => make("li", {}, message, " ", make("span", { class: "place" }, `${path}:${line}`)))); });
    return details;
  }));
  holder.append(make("h2", {}, `Cycles (${data.cycles.length})`), make("p", { class: "soft" }, "Modules that need each other, and the cheapest edges that would break the ring."));
  holder.append(...data.cycles.map((cycle) => make("details", {}, make("summary", {}, `${plural(cycle.modules.length, "module")}: ${cycle.modules.slice(0, 3).join(", ")}${cycle.modules.length > 3 ? " …" : ""}`), make("ul", {}, cycle.breakers.map((edge) => make("li", {}, `${edge.source} → ${edge.target} `, make("span", { class: "place" }, edge.evidence.join("  "))))))));
  holder.append(make("h2", {}, `Not seen through (${data.diagnostics.length})`), ...portions(data.diagnostics, ([code, severity, message, path, line]) => make("li", {}, make("code", {}, code), ` ${message} `, make("span", { class: "place" }, `${path}:${line}`))));
  return { nodes: [holder], redraw() {}, start() {}, focus: holder };
}
