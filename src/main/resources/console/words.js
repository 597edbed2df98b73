// How numbers and times are said. Whatever the gateway leaves out is a dash.

export const NONE = "–";

export function count(value) {
  return value == null ? NONE : value.toLocaleString("en");
}

export function duration(seconds) {
  if (seconds == null || !isFinite(seconds)) return NONE;
  if (seconds < 1) return "under 1 s";
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} days`;
}

export function millis(value) {
  if (value == null) return NONE;
  return value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}

export function secondsSince(instant) {
  if (instant == null) return null;
  const time = Date.parse(instant);
  return isNaN(time) ? null : Math.max(0, (Date.now() - time) / 1000);
}

export function ago(instant) {
  const seconds = secondsSince(instant);
  return seconds == null ? NONE : seconds < 1 ? "just now" : `${duration(seconds)} ago`;
}

/** "in 4 s" for an instant, or for a number of seconds. */
export function ahead(when) {
  if (when == null) return NONE;
  const seconds = typeof when === "number" ? when : (Date.parse(when) - Date.now()) / 1000;
  return seconds > 0 ? `in ${duration(seconds)}` : "now";
}

export function plural(number, noun) {
  return `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
}
