// What is known of one seam, module, table or pair, down to the lines.
const state = { seam: null, module: null };
const panel = byId("panel");
function show(...nodes) { panel.replaceChildren(...nodes.flat().filter(Boolean)); panel.scrollTop = 0; changed(); }
function closePanel() {
  state.seam = state.module = null;
  show(make("h2", {}, "Pick a seam"), make("p", { class: "soft" }, "Click a circle, a cell or a row; or search with /. Every number opens to the lines it was counted from."), overview());
}
const overview = () => make("ul", {}, seams.slice(0, 12).map((seam) => make("li", {}, link(`${seam.order}. ${seam.id}`, () => openSeam(seam)), make("span", { class: "soft" }, ` score ${seam.score.toFixed(2)}, ${plural(seam.members.length, "module")}`))));
const figure = (value, name, title) => make("div", { title }, make("b", {}, String(value)), make("span", {}, name));
const section = (title, items, render, open = false) => (items && items.length ? make("details", { open }, make("summary", {}, `${title} (${items.length})`), ...portions(items, render)) : null);
const placesText = (list) => make("div", { class: "place" }, list.join("  "));
const moduleLink = (name) => { const found = byName.get(name); return found ? link(name, () => openModule(found)) : name; };
const byName = new Map(modules.map((module) => [module.name, module]));

function openSeam(seam) {
  state.seam = seam;
  state.module = null;
  const m = seam.metrics, d = seam.details, entry = (e) => make("li", {}, moduleLink(e.source), " → ", moduleLink(e.target), e.what ? ` ${e.what}` : "", placesText(e.evidence));
  const near = seams.filter((other) => other !== seam && (pairOf(seam, other) || pairOf(other, seam)));
  show(
    make("h2", {}, dotted(seam), `${seam.order}. ${seam.id}`), make("p", {}, seam.rationale),
    make("p", { class: "soft" }, make("code", {}, `strangler plan accept ${seam.id}`)),
    make("div", { class: "figures" },
      figure(seam.score.toFixed(2), "score"), figure(m.effort ?? 0, "effort points", "Crossings by kind times their price"), figure(percent(m.stability ?? 0), "stability"), figure(percent(m.risk ?? 0), "risk"),
      figure(percent(m.cohesion ?? 0), "stays inside"), figure(m.contract ?? 0, "contract"), figure(percent(m.contract_typed ?? 0), "of it typed"), figure(percent(m.tested_share ?? 0), "modules tested")),
    section("Effort by kind", d.effort, (e) => make("li", {}, `${e.count} × ${e.kind} at ${e.cost} = ${e.points}`), true),
    section("Modules", seam.members, (one) => make("li", {}, link(one.name, () => openModule(one)))),
    section("Tables", d.tables, (t) => make("li", {}, t.name, t.writers.length ? make("span", { class: "warm" }, ` written by ${t.writers.map((w) => w.module).join(", ")}`) : "", [...t.readers, ...t.writers].map((use) => make("div", {}, moduleLink(use.module), placesText(use.evidence))))),
    section("Tables of others it uses", d.foreign_tables, entry), section("Transactions across the border", d.transactions, entry), section("Foreign keys across the border", d.foreign_keys, entry), section("Calls in loops", d.calls_in_loops, entry),
    section("Contract: what others call", d.contract, operation), section("What it calls outside", d.calls_out, operation),
    section("Routes", seam.routes, (id) => make("li", {}, make("code", {}, id), (d.routes_partly ?? []).includes(id) ? make("span", { class: "soft" }, " reaches outside") : "")),
    section("Tasks", seam.tasks, (name) => make("li", {}, make("code", {}, name))),
    section("Neighbours", near, (other) => make("li", {}, dotted(other), link(other.id, () => openPair(seam, other)), make("span", { class: "soft" }, ` out ${pairOf(seam, other)?.weight ?? 0}, in ${pairOf(other, seam)?.weight ?? 0}`))),
    section("Tests", d.tests, (t) => make("li", {}, t.test, make("span", { class: "soft" }, ` reaches ${plural(t.modules, "module")}`))), section("Owners", d.owners, (o) => make("li", {}, o.owner, " ", make("span", { class: "place" }, o.rule))), section("Authors", d.authors, (a) => make("li", {}, `${a.author}: ${plural(a.commits, "commit")}`)));
}
function operation(op) {
  const marks = [op.operation, op.async ? "async" : null, op.typed === false ? "untyped" : null, op.in_loop ? "called in a loop" : null, op.idempotency === "none" ? "not idempotent" : null].filter(Boolean).join(", ");
  return make("li", {}, make("code", {}, op.ref, op.signature ?? ""), make("div", { class: "soft" }, marks), op.raises?.length ? make("div", { class: "soft" }, `raises ${op.raises.join(", ")}`) : null, op.place ? make("div", { class: "place" }, op.place) : null, make("div", { class: "soft" }, `from ${op.callers.join(", ")}`), placesText(op.evidence));
}
const edgeItem = (edge, other) => make("li", {}, make("span", { class: "soft" }, `${edge.kind}${edge.via ? ` ${edge.via}` : ""} `), link(other.name, () => openModule(other)), edge.weight > 1 ? ` ×${edge.weight}` : "", placesText(places(edge)));
function openModule(module) {
  state.module = module;
  state.seam = seamOf(module) ?? null;
  const away = (edge) => edge.source.seam !== edge.target.seam;
  const sorted = (list) => list.filter(shown).sort((a, b) => away(b) - away(a) || b.weight - a.weight);
  show(
    make("h2", {}, module.name), make("p", { class: "place" }, module.path, module.loc ? ` · ${module.loc} lines` : ""),
    make("p", {}, "Seam: ", state.seam ? link(state.seam.id, () => openSeam(seamOf(module))) : "none"),
    section("Uses", sorted(module.out), (edge) => edgeItem(edge, edge.target), true), section("Is used by", sorted(module.in), (edge) => edgeItem(edge, edge.source), true));
}
function openPair(one, other) {
  state.seam = one;
  state.module = null;
  const part = (from, to) => section(`${from.id} uses ${to.id}`, pairOf(from, to)?.edges, (edge) => make("li", {}, make("span", { class: "soft" }, `${edge.kind} `), link(edge.source.name, () => openModule(edge.source)), " → ", link(edge.target.name, () => openModule(edge.target)), placesText(places(edge))), true);
  show(make("h2", {}, link(one.id, () => openSeam(one)), " and ", link(other.id, () => openSeam(other))), part(one, other), part(other, one));
}
function openTable(table) {
  state.module = table.owner ?? null;
  state.seam = seamOf(table.owner ?? {}) ?? null;
  const use = (u) => make("li", {}, link(u.module.name, () => openModule(u.module)), placesText(u.lines.map((line) => `${u.module.path}:${line}`)));
  show(make("h2", {}, table.name), make("p", {}, table.model ? make("code", {}, table.model) : "no model of its own"), section("Written by", table.writers, use, true), section("Read by", table.readers, use, true));
}
