// What a tenant's state means: the worst thing about it, in words. One list, worst first.

import { duration, plural, secondsSince } from "./words.js";

const RECENT = 300;
const MINUTES_LEFT = 120;

/** How long the reserve would serve the present demand, in seconds; Infinity without demand. */
export function lasts(reserve) {
  const held = (reserve?.fresh ?? 0) + (reserve?.stale ?? 0);
  return reserve?.demandPerSecond > 0 ? held / reserve.demandPerSecond : Infinity;
}

export function cut(breaker) {
  return breaker != null && !["CLOSED", "DISABLED", "METRICS_ONLY"].includes(breaker);
}

/** level: bad = shoppers feel it or soon will; warn = not yet; ok; idle = nobody asks. */
export function trouble(tenant) {
  const reserve = tenant.reserve;
  const held = (reserve?.fresh ?? 0) + (reserve?.stale ?? 0);
  const failure = tenant.mint?.lastFailure;
  const failing = secondsSince(failure?.at) != null && secondsSince(failure.at) < RECENT;
  const refused = secondsSince(tenant.credentials?.current?.lastRefused);
  if (tenant.active && reserve?.target > 0 && held === 0) {
    return { level: "bad", words: failing ? `no tokens: ${failure.reason}` : "no tokens" };
  }
  if (cut(tenant.breakers?.charge)) return { level: "bad", words: "charging is cut" };
  if (tenant.active && lasts(reserve) < MINUTES_LEFT) {
    return { level: "bad", words: `tokens for ${duration(lasts(reserve))}` };
  }
  if (tenant.unknown > 0) return { level: "warn", words: `${plural(tenant.unknown, "charge")} to settle` };
  if (refused != null && refused < RECENT) return { level: "warn", words: "credentials refused" };
  if (cut(tenant.breakers?.mint)) return { level: "warn", words: "minting is cut" };
  if (failing) return { level: "warn", words: `minting fails: ${failure.reason}` };
  return tenant.active === false ? { level: "idle", words: "idle" } : { level: "ok", words: "fine" };
}
