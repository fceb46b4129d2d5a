// The dependency matrix: row uses column. Below the diagonal of the extraction order lie the ties that hold back.
function matrixView() {
  const table = make("table", { class: "matrix", "aria-label": "Dependencies between seams: the row's seam uses the column's" });
  function fill() {
    const strongest = Math.max(1, ...[...pairs().values()].map((pair) => pair.weight));
    const head = make("tr", {}, make("th"), seams.map((seam) => make("th", { scope: "col", title: seam.id }, make("div", {}, `${seam.order} ${seam.id}`))));
    const rows = seams.map((row) => make("tr", {}, make("th", { scope: "row" }, dotted(row), link(`${row.order} ${row.id}`, () => openSeam(row))), seams.map((column) => cell(row, column, strongest))));
    table.replaceChildren(make("thead", {}, head), make("tbody", {}, rows));
    const first = table.querySelector("td button");
    if (first) first.tabIndex = 0;
  }
  function cell(row, column, strongest) {
    if (row === column) return make("td", { class: "self" });
    const pair = pairOf(row, column);
    if (!pair) return make("td");
    const share = Math.log2(1 + pair.weight) / Math.log2(1 + strongest);
    const button = make("button", { type: "button", tabindex: -1, title: `${row.id} uses ${column.id}: ${plural(pair.edges.length, "edge")}, ${plural(pair.weight, "site")}`, style: `background: color-mix(in srgb, var(--mark) ${Math.round(70 * share)}%, transparent)`, onclick: () => openPair(row, column) }, String(pair.weight));
    return make("td", {}, button);
  }
  // One stop for Tab; the arrow keys go to the nearest filled cell on that side.
  table.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    const at = event.target.closest("td");
    if (!step || !at) return;
    event.preventDefault();
    const from = { row: at.parentElement.rowIndex, column: at.cellIndex };
    const ahead = (cell) => (step[0] ? (cell.parentElement.rowIndex - from.row) * step[0] : (cell.cellIndex - from.column) * step[1]);
    const aside = (cell) => (step[0] ? Math.abs(cell.cellIndex - from.column) : Math.abs(cell.parentElement.rowIndex - from.row));
    const cells = [...table.querySelectorAll("td button")].map((button) => button.parentElement).filter((cell) => ahead(cell) > 0);
    const next = cells.sort((a, b) => ahead(a) + 2 * aside(a) - ahead(b) - 2 * aside(b))[0]?.firstElementChild;
    if (next) { event.target.tabIndex = -1; next.tabIndex = 0; next.focus(); }
  });
  return { nodes: [make("div", { class: "pad" }, make("p", { class: "soft" }, "The row's seam uses the column's; the number counts places in the code. Click a cell for them."), table)], redraw: fill, start() {}, focus: table };
}
const dotted = (seam) => make("span", { class: "dot", style: `background:${seam ? seam.colour : "var(--line)"}` });
