"use strict";

const TONES = { ready: "good", active: "good", failed: "bad", refused: "bad", pending: "wait", onboarding: "wait", committed: "wait", applied: "wait" };
const EVERY = 3000;
const at = (id) => document.getElementById(id);
let shown = "";
let pages = 1;
let timer = 0;

function token() {
  return sessionStorage.getItem("token") || "";
}

async function ask(path) {
  const answer = await fetch(path, { headers: { authorization: `Bearer ${token()}` } });
  const body = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(body.detail || body.title), { status: answer.status });
  return body;
}

async function all(path, most = Infinity) {
  const items = [];
  let cursor = "";
  for (let page = 0; page < most; page += 1) {
    const found = await ask(`${path}${path.includes("?") ? "&" : "?"}limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    items.push(...found.items);
    cursor = found.next || "";
    if (!cursor) break;
  }
  return { items, more: cursor !== "" };
}

function element(name, text, tone) {
  const made = document.createElement(name);
  made.textContent = text;
  if (tone) made.className = tone;
  return made;
}

function row(...cells) {
  const made = document.createElement("tr");
  for (const cell of cells) {
    const td = document.createElement("td");
    if (cell instanceof Node) td.append(cell);
    else td.textContent = typeof cell === "bigint" ? cell.toLocaleString("en") : cell;
    if (typeof cell === "bigint") td.className = "number";
    made.append(td);
  }
  return made;
}

function fill(id, rows) {
  at(id).replaceChildren(...rows);
}

function tenantRow(tenant, last) {
  const open = element("button", tenant.id, "link");
  open.type = "button";
  open.id = `open-${tenant.id}`;
  open.addEventListener("click", () => { shown = tenant.id; detail().then(() => at("detail-name").focus()).catch(trouble); });
  const stage = last ? element("span", last.state, TONES[last.state]) : "";
  return row(open, element("span", tenant.standing, TONES[tenant.standing]), tenant.document.tier || "standard",
    last ? `${last.id}: ${last.kind}` : "", stage, last ? last.reason : "");
}

function counted(number, thing, more = false) {
  return `${number}${more ? " or more" : ""} ${thing}${number === 1 && !more ? "" : "s"}`;
}

function refusal(request) {
  const made = document.createElement("li");
  made.append(element("strong", `${request.kind} ${request.tenant}`));
  if (!request.findings.length) made.append(element("span", ` ${request.reason}`, "bad"));
  for (const finding of request.findings) {
    made.append(element("p", `${finding.rule}: ${finding.message}`, "bad"));
    if (finding.hint) made.append(element("p", finding.hint));
  }
  return made;
}

function months(items) {
  const sums = new Map();
  for (const use of items) {
    const key = JSON.stringify([use.day.slice(0, 7), use.service, use.metric]);
    sums.set(key, (sums.get(key) || 0n) + BigInt(use.quantity));
  }
  return [...sums].sort(([a], [b]) => (a < b ? 1 : -1)).map(([key, units]) => row(...JSON.parse(key), units));
}

async function detail() {
  if (!shown) return;
  const name = encodeURIComponent(shown);
  const [usage, charges, bills] = await Promise.all([
    ask(`v1/tenants/${name}/usage`), ask(`v1/tenants/${name}/charges`), ask(`v1/invoices?tenant=${name}&limit=50`)]);
  at("detail").hidden = false;
  at("detail-name").textContent = shown;
  fill("usage-rows", months(usage.items));
  at("charges").textContent = `${charges.period} comes to ${charges.total} ${charges.currency} by now.`;
  at("no-usage").hidden = usage.items.length > 0;
  at("no-invoices").hidden = bills.items.length > 0;
  fill("invoice-rows", bills.items.map((bill) => {
    const made = row(String(bill.id), bill.period, `${bill.price_list}, version ${bill.price_version}`, `${bill.total} ${bill.currency}`);
    made.lastChild.className = "number";
    return made;
  }));
}

async function look() {
  const [tenants, requests] = await Promise.all([all("v1/tenants", pages), all("v1/requests", pages + 1)]);
  const last = new Map();
  for (const request of requests.items) if (!last.has(request.tenant)) last.set(request.tenant, request);
  const focused = document.activeElement && document.activeElement.id;
  fill("tenant-rows", tenants.items.map((tenant) => tenantRow(tenant, last.get(tenant.id))));
  if (focused && focused.startsWith("open-")) at(focused)?.focus();
  const refused = requests.items.filter((request) => request.state === "failed");
  fill("refusal-rows", refused.map(refusal));
  at("no-refusals").hidden = refused.length > 0;
  at("no-tenants").hidden = tenants.items.length > 0;
  at("more").hidden = !tenants.more;
  const waiting = requests.items.filter((request) => request.state === "pending").length;
  const said = `${counted(tenants.items.length, "tenant", tenants.more)}, ${counted(waiting, "request")} waiting, ${refused.length} refused`;
  if (at("summary").textContent !== said) at("summary").textContent = said;
  await detail();
}

function trouble(error) {
  at("trouble").textContent = error.message;
  at("trouble").hidden = false;
  if (error.status === 401) signOut();
}

async function keepLooking() {
  clearTimeout(timer);
  if (!token()) return;
  try {
    await look();
    at("trouble").hidden = true;
    at("board").hidden = at("sign-out").hidden = false;
    at("sign-in").hidden = true;
  } catch (error) {
    trouble(error);
  }
  if (token()) timer = setTimeout(keepLooking, EVERY);
}

function signOut() {
  sessionStorage.removeItem("token");
  shown = "";
  at("board").hidden = at("sign-out").hidden = at("detail").hidden = true;
  at("sign-in").hidden = false;
  at("summary").textContent = "";
  at("token").focus();
}

at("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("token", at("token").value.trim());
  at("token").value = "";
  keepLooking().then(() => { if (token()) at("tenants").focus(); });
});
at("sign-out").addEventListener("click", signOut);
at("more").addEventListener("click", () => { pages += 1; keepLooking(); });
keepLooking();
