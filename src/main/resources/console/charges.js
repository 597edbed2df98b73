// Charges whose outcome is unknown, and the dialog that settles one.

import { element, say } from "./cards.js";
import { ago, plural } from "./words.js";

const rows = new Map();
const dialog = document.getElementById("settle");
const form = document.getElementById("settle-form");
let chosen = null;
let settled = () => {};

export function render(charges) {
  const list = document.getElementById("unknown-list");
  const ids = new Set(charges.map((charge) => charge.id));
  for (const [id, row] of rows) {
    if (!ids.has(id)) {
      // Focus must not fall to the top of the page because a charge was settled.
      const lost = row.root.contains(document.activeElement);
      row.root.remove();
      rows.delete(id);
      if (lost) document.getElementById("tenants").focus();
    }
  }
  for (const charge of charges) {
    if (!rows.has(charge.id)) rows.set(charge.id, build(list));
    fill(rows.get(charge.id), charge);
  }
  document.getElementById("unknown").hidden = charges.length === 0;
  say(document.getElementById("unknown-title"), plural(charges.length, "unknown charge"));
}

function build(list) {
  const root = list.appendChild(element("li"));
  const row = { root, what: root.appendChild(element("span", "what")) };
  const which = root.appendChild(element("span", "which"));
  for (const part of ["id", "since", "request"]) row[part] = which.appendChild(element("span"));
  row.button = root.appendChild(element("button"));
  row.button.type = "button";
  row.button.textContent = "Settle …";
  return row;
}

function fill(row, charge) {
  const what = `${charge.tenant}, ${charge.intent ?? "charge"}, ${ago(charge.since)}`;
  say(row.what, what);
  say(row.id, charge.id);
  say(row.since, charge.since?.replace(/\.\d+Z$/, "Z") ?? "–");
  say(row.request, `request ${charge.requestId ?? "–"}`);
  row.button.setAttribute("aria-label", `Settle charge ${charge.id} of ${what}`);
  row.button.onclick = () => open(charge, what);
}

function open(charge, what) {
  chosen = charge;
  const { by, key } = form.elements;
  const kept = [by.value, key.value];
  form.reset();
  [by.value, key.value] = kept;
  say(document.getElementById("settle-which"), `${charge.id}: ${what}, request ${charge.requestId ?? "–"}`);
  say(document.getElementById("settle-problem"), "");
  dialog.showModal();
}

/** Calls back once a charge is settled. */
export function listen(callback) {
  settled = callback;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    settle(chosen);
  });
  document.getElementById("settle-cancel").addEventListener("click", () => dialog.close());
}

async function settle(charge) {
  const { outcome, by, note, key } = form.elements;
  const headers = { "Content-Type": "application/json" };
  // Kept in the field alone: never in storage, never in an address.
  if (key.value) headers.Authorization = `Bearer ${key.value}`;
  const body = JSON.stringify({ outcome: outcome.value, by: by.value, note: note.value });
  const problem = document.getElementById("settle-problem");
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  try {
    const answer = await fetch(`actuator/charges/${encodeURIComponent(charge.id)}`, { method: "POST", headers, body });
    if (answer.ok) {
      dialog.close();
      settled(charge, outcome.value);
      return;
    }
    if (answer.status === 401) {
      document.getElementById("key-row").hidden = false;
      say(problem, key.value ? "This key was not accepted." : "From here the operator’s key is needed.");
      key.focus();
    } else {
      say(problem, `Not settled: ${await reason(answer)}`);
    }
  } catch {
    say(problem, "No answer from the gateway: while the charge is on the list, it is not settled.");
  } finally {
    button.disabled = false;
  }
}

async function reason(answer) {
  try {
    const problem = await answer.json();
    return problem.detail ?? problem.title ?? `status ${answer.status}`;
  } catch {
    return `status ${answer.status}`;
  }
}
