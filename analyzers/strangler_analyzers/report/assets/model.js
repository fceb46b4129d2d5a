// The analysis as objects: modules, seams and edges that know each other.
// Names that come often stand in a list of their own, and in the data as a mark and their number there.
const [sign, often] = JSON.parse(byId("names").textContent);
const written = byId("data").textContent;
const data = JSON.parse(sign ? written.replace(new RegExp(`${sign}(\\w+);`, "g"), (_, number) => often[parseInt(number, 36)]) : written);
const modules = data.modules.map(([name, path, seam, loc], id) => ({ id, name, path, seam, loc, out: [], in: [] }));
const hidden = new Set();
const seams = data.seams.map((seam, place) => ({
  ...seam, place, colour: `hsl(${(place * 137.508) % 360} 55% 55%)`,
  members: seam.modules.map((id) => modules[id]),
}));
const edges = data.edges.map(([source, target, kind, weight, lines, via], id) => {
  const edge = { id, source: modules[source], target: modules[target], kind: data.kinds[kind], weight, lines, via };
  edge.source.out.push(edge);
  edge.target.in.push(edge);
  return edge;
});
const tables = data.tables.map(([name, model, owner, readers, writers]) => ({
  name, model, owner: modules[owner],
  readers: readers.map(([id, lines]) => ({ module: modules[id], lines })),
  writers: writers.map(([id, lines]) => ({ module: modules[id], lines })),
}));

const seamOf = (module) => seams[module.seam];
const shown = (edge) => !hidden.has(edge.kind);
const places = (edge) => edge.lines.map((line) => (typeof line === "number" ? `${edge.source.path}:${line}` : line));

// Edges between two seams, by pair of places; one pass, remembered per set of hidden kinds.
let pairsFor = null, pairsKey = "";
function pairs() {
  const key = [...hidden].sort().join();
  if (pairsFor && pairsKey === key) return pairsFor;
  pairsKey = key;
  pairsFor = new Map();
  for (const edge of edges) {
    const one = edge.source.seam, other = edge.target.seam;
    if (one < 0 || other < 0 || one === other || !shown(edge)) continue;
    const name = one * seams.length + other;
    const pair = pairsFor.get(name) ?? { source: seams[one], target: seams[other], edges: [], weight: 0 };
    pair.edges.push(edge);
    pair.weight += edge.weight;
    pairsFor.set(name, pair);
  }
  return pairsFor;
}
const pairOf = (one, other) => pairs().get(one.place * seams.length + other.place);
