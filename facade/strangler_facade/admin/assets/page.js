"use strict";

// The page shows what the admin interface says and asks it for changes; it decides nothing. All text is set as text,
// never as markup, so nothing from a plan or a request can act here.

const STAGES = ["extracted", "shadow", "canary", "live", "split", "retired"];
const REFRESH_MS = 1000;
const HISTORY_LINES = 20;
const ROLES = ["viewer", "operator", "approver"];

const at = (id) => document.getElementById(id);
const memory = { token: sessionStorage.getItem("strangler-token") || "", shown: new Map(), oldest: 0, version: 0, role: "viewer" };
const may = (role) => ROLES.indexOf(memory.role) >= ROLES.indexOf(role);

class Refusal extends Error {
  constructor(status, error) {
    super(error.message + (error.hint ? ` (${error.hint})` : ""));
    this.status = status;
  }
}

async function ask(method, path, body, headers = {}) {
  const options = { method, headers: { authorization: `Bearer ${memory.token}`, ...headers } };
  if (body) {
    options.body = JSON.stringify(body);
    options.headers["content-type"] = "application/json";
  }
  const answer = await fetch(path, options);
  const found = await answer.json();
  if (!answer.ok) throw new Refusal(answer.status, found.error);
  return found;
}

function element(tag, text = "", attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

const percent = (value) => `${Number(value.toFixed(2))} %`;
const milliseconds = (value) => (value === null ? "–" : `${Number(value.toPrecision(3))} ms`);

function duration(seconds) {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

// Services

function card(name) {
  let made = memory.shown.get(name);
  if (!made) {
    made = at("service-template").content.firstElementChild.cloneNode(true);
    made.dataset.service = name;
    made.querySelector("h2").textContent = name;
    made.querySelector("details").addEventListener("toggle", (event) => {
      if (event.target.open) showDifferences(name).catch(problem);
    });
    memory.shown.set(name, made);
    at("services").append(made);
  }
  return made;
}

function showService(service) {
  const shown = card(service.name);
  shown.dataset.revision = service.revision;
  shown.querySelector(".stage").textContent = service.stage;
  shown.querySelector(".users").textContent = users(service);
  showMove(shown.querySelector(".moved"), service.moved);
  const here = STAGES.indexOf(service.stage);
  shown.querySelector(".stages").replaceChildren(...STAGES.map((stage, index) => {
    const item = element("li", stage);
    if (index < here) item.className = "past";
    if (index === here) item.setAttribute("aria-current", "step");
    return item;
  }));
  const split = shown.querySelector(".split");
  split.setAttribute("aria-label", `${percent(service.weight)} service, ${percent(100 - service.weight)} monolith`);
  split.firstElementChild.style.width = `${service.weight}%`;
  shown.querySelector(".warnings").replaceChildren(...service.warnings.map((text) => element("li", text)));
  showFigures(shown, service);
  const rollout = service.rollout;
  shown.querySelector(".rollout").textContent = rollout
    ? `Rollout ${rollout.status}, step ${rollout.step + 1} of ${rollout.steps.length} (${rollout.steps.join(", ")} %)`
      + (rollout.reason ? `: ${rollout.reason}` : "")
    : "";
  showActions(shown.querySelector(".actions"), service);
  shown.querySelector(".closed").textContent = closed(service);
  const details = shown.querySelector("details");
  if (details.open && details.dataset.shadowed !== String(service.shadowed)) showDifferences(service.name).catch(problem);
  details.dataset.shadowed = service.shadowed;
  const compared = service.compared ? `${service.differing} of ${service.compared} answers differ beyond noise` : "nothing compared yet";
  const movedOn = service.moved_on ? `, ${service.moved_on} only as the monolith moved on` : "";
  const unanswered = service.unanswered ? `, ${service.unanswered} of ${service.shadowed} got no answer` : "";
  shown.querySelector("summary").textContent = `Shadow differences: ${compared}${movedOn}${unanswered}`;
}

function users(service) {
  if (!service.weight) return `All users at the monolith${service.mirrored ? ", their safe requests mirrored to the service" : ""}`;
  return `${percent(service.weight)} of its users at the service${service.mirrored ? ", the rest mirrored to it" : ""}`;
}

function showMove(place, moved) {
  const back = moved && moved.action === "retreat";
  place.classList.toggle("alarm", Boolean(back));
  if (!moved) place.textContent = "";
  else if (back) place.textContent = `Sent back at ${time(moved.at)}: ${moved.reason}.`;
  else place.textContent = `Since ${time(moved.at)}, ${moved.action} by ${moved.actor}: ${moved.reason}`;
}

function time(at) {
  const moment = new Date(at * 1000);
  const today = moment.toDateString() === new Date().toDateString();
  return today ? moment.toLocaleTimeString() : moment.toLocaleString();
}

function showFigures(shown, service) {
  shown.querySelector("caption").textContent = `On its routes, in the ${duration(service.seconds)} since it was last moved`;
  shown.querySelector("tbody").replaceChildren(...["service", "monolith"].map((target) => {
    const figures = service[target];
    const row = element("tr");
    row.append(element("th", target === "service" ? service.name : target, { scope: "row" }), element("td", String(figures.requests)));
    const failed = figures.requests ? ` (${((100 * figures.failures) / figures.requests).toFixed(1)} %)` : "";
    const cell = element("td", figures.failures + failed);
    if (figures.failures) cell.className = "bad";
    row.append(cell, element("td", milliseconds(figures.p50_ms)), element("td", milliseconds(figures.p99_ms)));
    return row;
  }));
}

function actionsOf(service) {
  const name = service.name;
  const actions = [];
  const open = service.rollout && ["running", "paused", "awaiting-approval"].includes(service.rollout.status);
  if (service.stage === "extracted") actions.push(["Mirror", "shadow", { on: true }, `Mirror ${name}'s safe requests to it. Nobody notices.`]);
  if (service.stage === "shadow") actions.push(["Stop mirroring", "shadow", { on: false }, `Send ${name} nothing any more.`]);
  if (["shadow", "canary", "live"].includes(service.stage)) actions.push(["Shift", "shift", null, `Move users of ${name}, now ${percent(service.weight)}. Who is there stays there while the number rises.`]);
  if (!open && ["extracted", "shadow", "canary"].includes(service.stage)) actions.push(["Start rollout", "rollout", { action: "start" }, `Let ${name} take its steps by itself, watched by its gates.`]);
  if (open && service.rollout.status === "awaiting-approval") actions.push(["Approve step", "rollout", { action: "approve" }, `Let the next step of ${name} begin.`]);
  if (open && service.rollout.status !== "paused") actions.push(["Pause rollout", "rollout", { action: "pause" }, `Keep ${name} where it is. Its gates go on watching.`]);
  if (open && service.rollout.status === "paused") actions.push(["Resume rollout", "rollout", { action: "resume" }, `Let ${name} go on from where it is.`]);
  if (["canary", "live"].includes(service.stage)) actions.push(["Roll back", "rollback", {}, `Send every user of ${name} back to the monolith, at once.`]);
  return actions;
}

const needed = ([, , body]) => (body && body.action === "approve" ? "approver" : "operator");

function closed(service) {
  const others = [...new Set(actionsOf(service).map(needed).filter((role) => !may(role)))];
  return others.length ? `You are signed in as ${memory.role}: ${others.map((role) => `an ${role}`).join(" or ")} can move ${service.name}.` : "";
}

function showActions(menu, service) {
  const actions = actionsOf(service).filter((action) => may(needed(action)));
  const labels = actions.map(([label, , , text]) => label + text).join();
  if (menu.dataset.labels === labels) return; // a button that has the focus must not vanish under it
  menu.dataset.labels = labels;
  menu.replaceChildren(...actions.map(([label, path, body, text]) => {
    const button = element("button", label, { type: "button", "aria-label": `${label}: ${service.name}` });
    if (path === "rollback") button.className = "danger";
    button.addEventListener("click", () => openChange(service.name, label, path, body, text));
    return button;
  }));
}

// Differences

async function showDifferences(name) {
  const found = await ask("GET", `/v1/differences?service=${encodeURIComponent(name)}`);
  const all = Object.entries(found).flatMap(([route, findings]) => findings.fields.map((field) => [route, findings, field]));
  const place = card(name).querySelector(".routes");
  const wasOpen = place.querySelector("details")?.open;
  const noise = all.filter(([, , field]) => field.is_noise);
  const real = all.filter(([, , field]) => !field.is_noise);
  place.replaceChildren(real.length ? differenceTable("Redacted samples of what differs beyond noise.", real)
    : element("p", "No answer has differed in any field beyond noise."));
  if (noise.length) place.append(noiseOf(noise, wasOpen));
}

function noiseOf(noise, open) {
  const made = element("details");
  made.open = Boolean(open);
  made.append(element("summary", `${noise.length} fields in which the monolith differs from itself as often`),
    differenceTable("The monolith's own noise; it does not count.", noise));
  return made;
}

function differenceTable(caption, fields) {
  const table = element("table");
  const head = element("tr");
  for (const title of ["Route", "Field", "Kind", "Differed", "Monolith itself", "Monolith", "Service"]) head.append(element("th", title, { scope: "col" }));
  const [thead, body] = [element("thead"), element("tbody")];
  thead.append(head);
  body.append(...fields.map((one) => differenceRow(...one)));
  table.append(element("caption", caption), thead, body);
  return table;
}

function differenceRow(route, findings, field) {
  const row = element("tr");
  if (field.is_noise) row.className = "noise";
  const sample = field.samples[field.samples.length - 1] || { monolith: "", service: "" };
  const cells = [route, field.field, Object.keys(field.kinds).join(", "), `${field.differed} of ${findings.pairs}`,
    `${field.noise} of ${findings.asked_twice}`, sample.monolith, sample.service];
  row.append(...cells.map((text) => element("td", text)));
  return row;
}

// History

function historyLine(line) {
  const item = element("li");
  const moment = new Date(line.at * 1000);
  const version = line.version ? `, version ${line.version}` : "";
  item.append(element("time", moment.toLocaleString(), { datetime: moment.toISOString() }),
    element("strong", [line.action, line.service].filter(Boolean).join(" ")),
    document.createTextNode(` by ${line.actor}${version}`));
  const moves = Object.entries(line.detail.changes || {}).filter(([path, pair]) => path.startsWith("positions.") && pair[0] !== null);
  if (moves.length) item.append(element("p", moves.map(([path, [from, to]]) => `${path.split(".").pop()} ${from} → ${to}`).join(", ")));
  if (line.reason) item.append(element("p", line.reason));
  if (line.version && line.version !== memory.version && may("operator")) item.append(restoreButton(line.version));
  return item;
}

function restoreButton(version) {
  const button = element("button", `Restore version ${version}`, { type: "button" });
  button.addEventListener("click", () => openRestore(version).catch(problem));
  return button;
}

async function openRestore(version) {
  const old = await ask("GET", `/v1/versions/${version}`);
  const stood = Object.entries(old.routes.positions).map(([name, { stage, weight }]) => `${name} ${stage} at ${percent(weight)}`);
  const text = `Everything as version ${version} had it, rules included, as a new version: ${stood.join(", ") || "no service"}.`;
  openChange("", `Restore version ${version}`, "restore", { version }, text);
}

async function showHistory(older = false) {
  const before = older && memory.oldest ? `&before=${memory.oldest}` : "";
  const lines = await ask("GET", `/v1/history?limit=${HISTORY_LINES}${before}`);
  const items = lines.map(historyLine);
  if (older) at("history-lines").append(...items);
  else at("history-lines").replaceChildren(...items);
  if (lines.length) memory.oldest = lines[lines.length - 1].seq;
  at("older").hidden = lines.length < HISTORY_LINES;
}

// Changes

function openChange(name, label, path, body, text) {
  const dialog = at("change");
  memory.change = { name, path, body };
  at("change-title").textContent = [label, name].filter(Boolean).join(": ");
  at("change-text").textContent = text;
  at("change-percent-row").hidden = path !== "shift";
  at("change-percent").required = path === "shift";
  at("change-percent").value = "";
  at("change-reason").value = "";
  at("change-problem").textContent = "";
  dialog.showModal();
  (path === "shift" ? at("change-percent") : at("change-reason")).focus();
}

async function confirmChange(event) {
  event.preventDefault();
  const { name, path, body } = memory.change;
  const reason = at("change-reason").value;
  const sent = path === "shift" ? { percent: Number(at("change-percent").value), reason } : { ...body, reason };
  at("change-confirm").disabled = true;
  try {
    if (path === "restore") {
      await ask("POST", "/v1/restore", sent);
      at("change").close();
      await refresh();
      return;
    }
    const guard = path === "rollback" || path === "rollout" ? {} : { "if-match": `"r${card(name).dataset.revision}"` };
    showService(await ask("POST", `/v1/services/${encodeURIComponent(name)}/${path}`, sent, guard));
    at("change").close();
    await refresh();
  } catch (error) {
    at("change-problem").textContent = error.message;
  } finally {
    at("change-confirm").disabled = false;
  }
}

// Signing in, and staying up to date

function signedOut(text = "") {
  clearTimeout(memory.timer);
  memory.token = "";
  sessionStorage.removeItem("strangler-token");
  memory.shown.clear();
  at("services").replaceChildren();
  for (const id of ["services", "history", "sign-out"]) at(id).hidden = true;
  at("sign-in").hidden = false;
  at("sign-in-problem").textContent = text;
  showWorries([]);
  document.body.classList.remove("stale");
  at("summary").textContent = "Not connected.";
  at("token").focus();
}

function problem(error) {
  if (error instanceof Refusal && error.status === 401) return signedOut("This token does not count.");
  const since = memory.heard ? ` What is shown is as of ${time(memory.heard)}; customers are served on.` : "";
  showWorries([`The control plane does not answer.${since}`]);
  document.body.classList.add("stale");
}

function showWorries(worries) {
  const shown = [...at("worries").children].map((item) => item.textContent);
  if (shown.join("\n") !== worries.join("\n")) at("worries").replaceChildren(...worries.map((text) => element("li", text)));
}

function showTitle(services, worries) {
  const back = services.filter((service) => service.moved && service.moved.action === "retreat").map((service) => service.name);
  const trouble = worries.length + services.filter((service) => service.warnings.length).length;
  const said = back.length ? `${back.join(", ")} sent back` : trouble ? "look here" : "";
  document.title = said ? `(!) ${said} – Strangler facade` : "Strangler facade";
}

async function refresh() {
  clearTimeout(memory.timer);
  try {
    const status = await ask("GET", "/v1/status");
    for (const id of ["services", "history", "sign-out"]) at(id).hidden = false;
    at("sign-in").hidden = true;
    memory.heard = Date.now() / 1000;
    memory.role = status.you.role;
    document.body.classList.remove("stale");
    status.services.forEach(showService);
    showWorries(status.warnings);
    showTitle(status.services, status.warnings);
    const workers = `${status.workers.length} worker${status.workers.length === 1 ? "" : "s"}`;
    const summary = `Version ${status.version}, ${workers}, monolith at ${status.monolith}; signed in as ${status.you.name}, ${status.you.role}`;
    if (at("summary").textContent !== summary) at("summary").textContent = summary;
    if (status.version !== memory.version || !at("history-lines").childElementCount) {
      memory.version = status.version;
      await showHistory();
    }
  } catch (error) {
    problem(error);
  }
  if (memory.token) memory.timer = setTimeout(refresh, REFRESH_MS);
}

at("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  memory.token = at("token").value.trim();
  sessionStorage.setItem("strangler-token", memory.token);
  at("token").value = "";
  refresh().then(() => memory.token && at("services").focus());
});
at("sign-out").addEventListener("click", () => signedOut());
at("older").addEventListener("click", () => showHistory(true).catch(problem));
at("change-form").addEventListener("submit", confirmChange);
at("change-cancel").addEventListener("click", () => at("change").close());

if (memory.token) refresh();
else signedOut();
