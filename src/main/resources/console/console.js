// Asks the gateway every two seconds while somebody looks, and shows the answer.

import * as cards from "./cards.js";
import * as charges from "./charges.js";
import { trouble } from "./trouble.js";
import { plural } from "./words.js";

const EVERY = 2000;
const PATIENCE = 5000;
const byId = (id) => document.getElementById(id);

let tenants = [];
let lastAnswer = null;
let timer = null;
let asking = false;
let unknown = [];
let notice = "";

async function get(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" }, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}

async function ask() {
  clearTimeout(timer);
  if (asking || document.hidden) return;
  asking = true;
  try {
    const [state, listing] = await Promise.all([get("actuator/tenants"), list()]);
    tenants = state.tenants ?? [];
    lastAnswer = new Date();
    silence(listing.failure ? `Unknown charges cannot be listed now (${why(listing.failure)}).` : "");
    document.body.classList.remove("old");
    unknown = listing.charges ?? unknown;
    charges.render(unknown);
    invalid(state.invalid ?? []);
    draw();
    summary(state.invalid ?? []);
  } catch (failure) {
    document.body.classList.add("old");
    silence(`The gateway does not answer (${why(failure)}). What you see is old.`);
  } finally {
    asking = false;
    freshness();
    timer = setTimeout(ask, EVERY);
  }
}

/** It comes from the ledger, which may be away while all else is there: then a failure, and the last list stands. */
async function list() {
  try {
    return { charges: (await get("actuator/charges?state=unknown")).charges ?? [] };
  } catch (failure) {
    return { failure };
  }
}

function silence(text) {
  byId("silence").hidden = text === "";
  cards.say(byId("silence"), text);
}

function why(failure) {
  // A browser has a TypeError for whatever befalls a connection.
  return failure.name === "TimeoutError" ? "nothing in 5 s" : failure.name === "TypeError" ? "no connection" : failure.message;
}

function draw() {
  cards.render(tenants, byId("find").value, byId("troubled").checked);
}

function summary(mistakes) {
  const files = new Set(mistakes.map((mistake) => mistake.file)).size;
  const levels = tenants.map((tenant) => trouble(tenant).level);
  const bad = levels.filter((level) => level === "bad").length;
  const parts = [plural(tenants.length, "tenant")];
  parts.push(bad === 0 ? "no shopper is turned away" : `${count(bad)} in trouble`);
  if (unknown.length > 0) parts.push(`${plural(unknown.length, "charge")} to settle`);
  if (files > 0) parts.push(`${plural(files, "file")} with mistakes`);
  // A status that does not change is not read out again.
  cards.say(byId("summary"), (notice ? `${notice} ` : "") + parts.join(", "));
  document.title = `${bad + unknown.length + files > 0 ? "● " : ""}pekopay-edge`;
}

function count(number) {
  return number.toLocaleString("en");
}

function invalid(files) {
  byId("invalid").hidden = files.length === 0;
  const list = byId("invalid-list");
  const items = files.map((file) => {
    const item = cards.element("li");
    const place = [cards.fileName(file.file), file.line != null ? `line ${file.line}` : null, file.key].filter((part) => part != null && part !== "");
    item.appendChild(cards.element("b")).textContent = place.join(", ");
    item.append(`: ${file.reason ?? ""}${file.remedy ? ` – ${file.remedy}` : ""}`);
    return item;
  });
  const text = (nodes) => [...nodes].map((node) => node.textContent).join("\n");
  if (text(items) !== text(list.children)) list.replaceChildren(...items);
}

function freshness() {
  const time = lastAnswer ? lastAnswer.toLocaleTimeString() : null;
  cards.say(byId("asked"), time ? `as of ${time}` : "not yet answered");
}

byId("find").addEventListener("input", draw);
byId("troubled").addEventListener("change", draw);
byId("more").addEventListener("click", () => {
  cards.more();
  draw();
});
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLElement && event.target.closest("input, dialog");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    byId("find").focus();
  }
});
document.addEventListener("visibilitychange", ask);
charges.listen((charge, outcome) => {
  notice = `Charge ${charge.id} settled as ${outcome}.`;
  setTimeout(() => (notice = ""), 3 * EVERY);
  ask();
});
ask();
