// One card per tenant. Cards are kept and refilled, so that focus, selection and scroll stay where they are.

import { NONE, ago, ahead, count, duration, millis, secondsSince } from "./words.js";
import { cut, lasts, trouble } from "./trouble.js";

const PAGE = 60;
const OUTCOMES = ["accepted", "declined", "replayed", "refused", "unknown", "unreachable"];
const RANK = { bad: 0, warn: 1, ok: 2, idle: 3 };

const cards = new Map();
let shown = PAGE;

export function more() {
  shown += PAGE;
}

export function render(tenants, find, onlyTroubled) {
  const words = find.trim().toLowerCase();
  const matching = tenants
    .map((tenant) => ({ tenant, state: trouble(tenant) }))
    .filter(({ tenant }) => !words || [tenant.id, tenant.file, tenant.environment].join(" ").toLowerCase().includes(words))
    .filter(({ state }) => !onlyTroubled || RANK[state.level] < 2)
    .sort((a, b) => RANK[a.state.level] - RANK[b.state.level] || (a.tenant.id < b.tenant.id ? -1 : 1));
  const parent = document.getElementById("cards");
  const wanted = matching.slice(0, shown);
  const ids = new Set(wanted.map(({ tenant }) => tenant.id));
  for (const [id, card] of cards) {
    if (!ids.has(id)) {
      card.root.remove();
      cards.delete(id);
    }
  }
  wanted.forEach(({ tenant, state }, index) => {
    if (!cards.has(tenant.id)) cards.set(tenant.id, build(tenant.id));
    const card = cards.get(tenant.id);
    fill(card, tenant, state);
    if (parent.children[index] !== card.root) parent.insertBefore(card.root, parent.children[index] ?? null);
  });
  document.getElementById("none").hidden = wanted.length > 0;
  const button = document.getElementById("more");
  button.hidden = matching.length <= shown;
  button.textContent = `Show more of ${count(matching.length)}`;
}

function build(id) {
  const root = element("article", "card");
  root.setAttribute("aria-label", `Tenant ${id}`);
  const card = { root, lines: {} };
  const head = root.appendChild(element("div", "head"));
  head.appendChild(element("h3")).textContent = id;
  card.badge = head.appendChild(element("span", "badge"));
  card.where = root.appendChild(element("p", "where"));
  card.bar = root.appendChild(element("div", "bar"));
  card.bar.setAttribute("role", "img");
  card.fresh = card.bar.appendChild(element("span", "fresh"));
  card.stale = card.bar.appendChild(element("span", "stale"));
  const list = root.appendChild(element("dl"));
  for (const name of ["Reserve", "Demand", "Minting", "Last failure", "Charging", "Credentials"]) {
    list.appendChild(element("dt")).textContent = name;
    card.lines[name] = list.appendChild(element("dd"));
  }
  card.outcomes = root.appendChild(element("ul", "outcomes"));
  for (const name of OUTCOMES) {
    const item = card.outcomes.appendChild(element("li", name));
    item.appendChild(element("b"));
    item.append(` ${name}`);
  }
  return card;
}

function fill(card, tenant, state) {
  const reserve = tenant.reserve ?? {};
  const mint = tenant.mint ?? {};
  const held = (reserve.fresh ?? 0) + (reserve.stale ?? 0);
  const whole = Math.max(held, reserve.target ?? 0, 1);
  card.root.dataset.level = state.level;
  say(card.badge, state.words);
  say(card.where, [tenant.environment, tenant.baseUrl?.replace(/^https:\/\//, ""), fileName(tenant.file)].filter(Boolean).join(" · "));
  card.fresh.style.width = `${(100 * (reserve.fresh ?? 0)) / whole}%`;
  card.stale.style.width = `${(100 * (reserve.stale ?? 0)) / whole}%`;
  card.bar.setAttribute("aria-label", `${count(reserve.fresh)} fresh and ${count(reserve.stale)} stale tokens of ${count(reserve.target)}`);
  say(card.lines.Reserve, tenant.active === false ? "asleep until the next shopper" : `${count(reserve.fresh)} fresh, ${count(reserve.stale)} stale of ${count(reserve.target)}; ${together(`oldest ${duration(reserve.oldestAgeSeconds)}`)}`);
  say(card.lines.Demand, demand(reserve));
  say(card.lines.Minting, minting(tenant.breakers?.mint, reserve, mint));
  say(card.lines["Last failure"], mint.lastFailure ? `${ago(mint.lastFailure.at)}: ${mint.lastFailure.reason}` : "none");
  say(card.lines.Charging, breaker(tenant.breakers?.charge));
  say(card.lines.Credentials, credentials(tenant.credentials));
  card.lines.Charging.classList.toggle("bad", cut(tenant.breakers?.charge));
  card.lines.Minting.classList.toggle("bad", cut(tenant.breakers?.mint));
  OUTCOMES.forEach((name, index) => {
    const item = card.outcomes.children[index];
    const number = tenant.charges?.[name] ?? 0;
    say(item.firstChild, count(number));
    item.classList.toggle("zero", number === 0);
  });
}

function demand(reserve) {
  const rate = reserve.demandPerSecond;
  if (rate == null) return NONE;
  if (rate === 0) return "none";
  const said = rate >= 1 ? `${rate.toFixed(1)} a second` : `${(rate * 60).toFixed(1)} a minute`;
  const left = lasts(reserve) > 0 ? `reserve lasts ${duration(lasts(reserve))}` : "reserve is empty";
  return `${said}; ${together(left)}${reserve.waiting > 0 ? `; ${count(reserve.waiting)} waiting` : ""}`;
}

function minting(state, reserve, mint) {
  const parts = [breaker(state), `${count(mint.ok)} ok`, `${count(mint.failed)} failed`];
  if (mint.lastMillis > 0) parts.push(`last ${millis(mint.lastMillis)}`);
  if (reserve.minting > 0) parts.push(`${count(reserve.minting)} under way`);
  if (reserve.nextMint != null) parts.push(`next ${ahead(reserve.nextMint)}`);
  return parts.map(together).join(", ");
}

// Resilience4j's words mislead who has not met them: CLOSED is the good one.
function breaker(state) {
  const said = { CLOSED: "flowing", OPEN: "cut", FORCED_OPEN: "cut by hand", HALF_OPEN: "probing" };
  return state == null ? NONE : (said[state] ?? state.toLowerCase());
}

function credentials(pairs) {
  if (!pairs?.current) return NONE;
  const said = (pair) => `${pair.fingerprint ?? NONE} for ${duration(secondsSince(pair.since))}${pair.lastAccepted ? `, taken ${ago(pair.lastAccepted)}` : ""}${pair.lastRefused ? `, refused ${ago(pair.lastRefused)}` : ""}`;
  return said(pairs.current) + (pairs.previous ? `; previous ${said(pairs.previous)}` : "");
}

/** Without its folder, which is the same for all. */
export function fileName(path) {
  return path?.split(/[/\\]/).pop();
}

export function element(name, className) {
  const made = document.createElement(name);
  if (className) made.className = className;
  return made;
}

/** On one line, where it has room. */
function together(text) {
  return text.replaceAll(" ", "\u00a0");
}

export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
