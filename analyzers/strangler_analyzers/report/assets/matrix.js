// The dependency matrix: row uses column. Below the diagonal of the extraction order lie the ties that hold back.
function matrixView() {
  const table = make("table", { class: "matrix", "aria-label": "Dependencies between seams: the row's seam uses the column's" });
  function fill() {
    const strongest = Math.max(1, ...[...pairs().values()].map((pair) => pair.weight));
    const head = make("tr", {}, make("th"), seams.map((seam) => make("th", { scope: "col", title: seam.id }, make("div", {}, `${seam.order} ${seam.id}`))));
    const rows = seams.map((row) => make("tr", {}, make("th", { scope: "row" }, dotted(row), link(`${row.order} ${row.id}`, () => openSeam(row))), seams.map((column) => cell(row, column, strongest))));
    table.replaceChildren(make("thead", {}, head), make("tbody", {}, rows));
  }
  function cell(row, column, strongest) {
    if (row === column) return make("td", { class: "self" });
    const pair = pairOf(row, column);
    if (!pair) return make("td");
    const share = Math.log2(1 + pair.weight) / Math.log2(1 + strongest);
    const button = make("button", { type: "button", tabindex: -1, title: `${row.id} uses ${column.id}: ${plural(pair.edges.length, "edge")}, ${plural(pair.weight, "site")}`, style: `background: color-mix(in srgb, var(--mark) ${Math.round(70 * share)}%, transparent)`, onclick: () => openPair(row, column) }, String(pair.weight));
    return make("td", {}, button);
  }
  // One stop for Tab; the arrow keys go from filled cell to filled cell.
  table.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    const at = event.target.closest("td");
    if (!step || !at) return;
    event.preventDefault();
    let row = at.parentElement.rowIndex, column = at.cellIndex;
    for (;;) {
      row += step[0]; column += step[1];
      const next = table.rows[row]?.cells[column];
      if (!next || row === 0 || column === 0) return;
      const button = next.querySelector("button");
      if (button) { event.target.tabIndex = -1; button.tabIndex = 0; button.focus(); return; }
    }
  });
  return { nodes: [make("div", { class: "pad" }, make("p", { class: "soft" }, "The row's seam uses the column's; the number counts places in the code. Click a cell for them."), table)], redraw: fill, start() { fill(); const first = table.querySelector("td button"); if (first) first.tabIndex = 0; }, focus: table };
}
const dotted = (seam) => make("span", { class: "dot", style: `background:${seam ? seam.colour : "var(--line)"}` });
