// The map: seams as circles, modules inside them, what lies between them as lines. Wheel or pinch zooms, dragging pans.
function mapView() {
  const canvas = make("canvas", { tabindex: 0, role: "application", "aria-label": "Map of seams; arrow keys move, plus and minus zoom, N and P go from seam to seam, Enter opens" });
  const context = canvas.getContext("2d");
  const eye = { x: 0, y: 0, scale: 1 };
  let queued = false, hover = null;
  const zoomButton = (text, title, act) => make("button", { type: "button", title, "aria-label": title, onclick: act }, text);
  const tools = make("div", { class: "maptools" },
    zoomButton("+", "Zoom in (+)", () => zoom(1.35)), zoomButton("−", "Zoom out (−)", () => zoom(1 / 1.35)), zoomButton("⤢", "Show all (0)", fit));
  const hint = make("div", { class: "maphint" }, "wheel zooms · drag pans · N / P next and previous seam");

  function draw() {
    queued = false;
    const ratio = window.devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
    if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
    if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
    const style = getComputedStyle(document.documentElement);
    const ink = { ground: style.getPropertyValue("--ground"), text: style.getPropertyValue("--ink"), soft: style.getPropertyValue("--soft"), mark: style.getPropertyValue("--mark") };
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.translate(width / 2, height / 2);
    context.scale(eye.scale, eye.scale);
    context.translate(-eye.x, -eye.y);
    const view = { left: eye.x - width / 2 / eye.scale, right: eye.x + width / 2 / eye.scale, top: eye.y - height / 2 / eye.scale, bottom: eye.y + height / 2 / eye.scale };
    drawPairs(ink);
    for (const seam of seams) if (visible(seam, view)) drawSeam(seam, ink);
    drawModuleEdges(ink);
    for (const seam of seams) if (visible(seam, view)) drawLabel(seam, ink);
  }
  const visible = (seam, view) => seam.x + seam.radius > view.left && seam.x - seam.radius < view.right && seam.y + seam.radius > view.top && seam.y - seam.radius < view.bottom;

  function drawPairs(ink) {
    const focus = state.seam;
    const all = [...pairs().values()];
    const limit = focus ? 0 : Math.min(400, all.length);
    const strongest = focus ? all : all.sort((a, b) => b.weight - a.weight).slice(0, limit);
    context.lineCap = "round";
    for (const pair of strongest) {
      const touches = focus && (pair.source === focus || pair.target === focus);
      if (focus && !touches) continue;
      context.globalAlpha = touches ? 0.75 : 0.22;
      context.strokeStyle = touches ? (pair.source === focus ? ink.mark : pair.source.colour) : ink.soft;
      context.lineWidth = Math.min(14, 0.6 + Math.log2(1 + pair.weight)) / Math.max(0.6, Math.min(eye.scale, 2));
      const bend = 0.12, mx = (pair.source.x + pair.target.x) / 2 + (pair.target.y - pair.source.y) * bend, my = (pair.source.y + pair.target.y) / 2 - (pair.target.x - pair.source.x) * bend;
      context.beginPath();
      context.moveTo(pair.source.x, pair.source.y);
      context.quadraticCurveTo(mx, my, pair.target.x, pair.target.y);
      context.stroke();
    }
    context.globalAlpha = 1;
  }
  function drawSeam(seam, ink) {
    context.beginPath();
    context.arc(seam.x, seam.y, seam.radius, 0, 7);
    context.fillStyle = ink.ground;
    context.fill();
    context.globalAlpha = seam === state.seam || seam === hover ? 0.42 : 0.2;
    context.fillStyle = seam.colour;
    context.fill();
    context.globalAlpha = 1;
    context.lineWidth = (seam === state.seam ? 3.5 : 1.4) / Math.max(0.5, eye.scale);
    context.strokeStyle = seam === state.seam ? ink.mark : seam.colour;
    context.stroke();
    if (eye.scale * GAP < 3) return;
    for (const module of seam.members) {
      context.beginPath();
      context.arc(module.x, module.y, 1.6 + Math.min(2, Math.log2(1 + module.in.length) / 3), 0, 7);
      context.fillStyle = module === state.module ? ink.mark : seam.colour;
      context.fill();
    }
    if (eye.scale > 5) drawModuleNames(seam, ink);
  }
  function drawModuleNames(seam, ink) {
    context.fillStyle = ink.text;
    context.textAlign = "center";
    context.font = `${9 / eye.scale}px system-ui`;
    for (const module of seam.members) context.fillText(module.name.split(".").slice(-2).join("."), module.x, module.y + 4.4);
  }
  function drawModuleEdges(ink) {
    if (!state.module) return;
    context.lineWidth = 1 / eye.scale;
    context.globalAlpha = 0.8;
    for (const [list, colour] of [[state.module.out, ink.mark], [state.module.in, ink.soft]]) {
      context.strokeStyle = colour;
      for (const edge of list) {
        if (!shown(edge)) continue;
        context.beginPath();
        context.moveTo(edge.source.x, edge.source.y);
        context.lineTo(edge.target.x, edge.target.y);
        context.stroke();
      }
    }
    context.globalAlpha = 1;
  }
  function drawLabel(seam, ink) {
    const size = Math.max(11, Math.min(17, 9 + seam.radius * eye.scale * 0.08)) / eye.scale;
    if (seam.radius * eye.scale < 9 && seam !== state.seam) return;
    context.font = `600 ${size}px system-ui`;
    context.textAlign = "center";
    context.lineWidth = 4 / eye.scale;
    context.strokeStyle = ink.ground;
    context.fillStyle = ink.text;
    const text = `${seam.order} ${seam.id}`, y = seam.y - seam.radius - 5 / eye.scale;
    context.strokeText(text, seam.x, y);
    context.fillText(text, seam.x, y);
  }
  function redraw() { if (!queued) { queued = true; requestAnimationFrame(draw); } }
  function zoom(factor, at = null) {
    const next = Math.max(0.05, Math.min(40, eye.scale * factor));
    if (at) { eye.x += (at.x - eye.x) * (1 - eye.scale / next); eye.y += (at.y - eye.y) * (1 - eye.scale / next); }
    eye.scale = next;
    redraw();
  }
  function fit() {
    if (!seams.length) return;
    const left = Math.min(...seams.map((s) => s.x - s.radius)), right = Math.max(...seams.map((s) => s.x + s.radius));
    const top = Math.min(...seams.map((s) => s.y - s.radius - 24)), bottom = Math.max(...seams.map((s) => s.y + s.radius));
    eye.x = (left + right) / 2; eye.y = (top + bottom) / 2;
    eye.scale = 0.94 * Math.min((canvas.clientWidth || 900) / (right - left), (canvas.clientHeight || 600) / (bottom - top));
    redraw();
  }
  const world = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: eye.x + (event.clientX - box.left - box.width / 2) / eye.scale, y: eye.y + (event.clientY - box.top - box.height / 2) / eye.scale };
  };
  function under(point) {
    const seam = seams.find((s) => Math.hypot(s.x - point.x, s.y - point.y) <= s.radius);
    if (!seam || eye.scale * GAP < 6) return { seam };
    const module = seam.members.find((m) => Math.hypot(m.x - point.x, m.y - point.y) <= GAP / 2);
    return { seam, module };
  }
  let from = null, travelled = 0;
  canvas.addEventListener("pointerdown", (event) => { from = { x: event.clientX, y: event.clientY }; travelled = 0; canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener("pointermove", (event) => {
    if (!from) { const { seam, module } = under(world(event)); canvas.title = module ? module.name : seam ? seam.id : ""; if (hover !== seam) { hover = seam; redraw(); } return; }
    const dx = event.clientX - from.x, dy = event.clientY - from.y;
    travelled += Math.abs(dx) + Math.abs(dy);
    eye.x -= dx / eye.scale; eye.y -= dy / eye.scale;
    from = { x: event.clientX, y: event.clientY };
    redraw();
  });
  canvas.addEventListener("pointerup", (event) => {
    from = null;
    if (travelled > 4) return;
    const { seam, module } = under(world(event));
    if (module) openModule(module); else if (seam) openSeam(seam); else closePanel();
  });
  canvas.addEventListener("dblclick", (event) => zoom(1.8, world(event)));
  canvas.addEventListener("wheel", (event) => { event.preventDefault(); zoom(Math.exp(-event.deltaY * 0.0016), world(event)); }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const step = 60 / eye.scale, moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (moves[event.key]) { eye.x += moves[event.key][0]; eye.y += moves[event.key][1]; redraw(); }
    else if (event.key === "+" || event.key === "=") zoom(1.35);
    else if (event.key === "-") zoom(1 / 1.35);
    else if (event.key === "0") fit();
    else if (event.key === "Enter" && state.seam) byId("panel").focus();
    else return;
    event.preventDefault();
  });
  new ResizeObserver(() => redraw()).observe(canvas);
  return { nodes: [canvas, tools, hint], redraw, start: fit, focus: canvas, eye };
}
