/* The marks on a clip: lists in, lists out, nothing is changed in place.

   A mark is {key, type, …}: "cut", "mute", "warning" and "box" have start and end, "poster" a start;
   a box has keys [{at, area}], a crop an area {x, y, width, height} in fractions of the whole upright
   picture. Times in milliseconds of the footage. */

import { newKey } from "../cues/edits.js";

const SHORTEST = 40;
const SMALLEST = 0.02;
const BOX = { x: 0.35, y: 0.35, width: 0.3, height: 0.3 };
const NEW_SPAN = 2000;
export const WHOLE = { x: 0, y: 0, width: 1, height: 1 };
export const NAMES = {
  cut: "What is shown",
  poster: "Poster",
  crop: "Crop",
  box: "Black box",
  mute: "Sound muted",
  warning: "Warning",
};

const round = (value) => Math.round(value * 1e5) / 1e5;

export const set = (marks, key, fields) =>
  marks.map((mark) => (mark.key === key ? { ...mark, ...fields } : mark));
export const remove = (marks, key) => marks.filter((mark) => mark.key !== key || mark.type === "cut");

/* A new mark at a moment; of poster and crop there is one. */
export function add(marks, type, at, { end, ...more } = {}) {
  const span = { start: at, end: Math.max(at + SHORTEST, end ?? at + NEW_SPAN) };
  const made = {
    poster: { start: at },
    crop: { area: { x: 0.1, y: 0.1, width: 0.8, height: 0.8 } },
    box: { ...span, reason: "", keys: [{ at, area: BOX }] },
    mute: { ...span, reason: "" },
    warning: { ...span, kind: "violence", wording: "", language: "en" },
  }[type];
  const isOnly = type === "poster" || type === "crop";
  const others = isOnly ? marks.filter((mark) => mark.type !== type) : marks;
  const mark = { key: newKey(), type, ...made, ...more };
  return [[...others, mark], mark.key];
}

/* One end of a mark; the other stays, and the mark a little length. */
export function setEnd(marks, key, name, ms) {
  const mark = marks.find((one) => one.key === key);
  if (!mark || mark.start === undefined) return marks;
  if (mark.type === "poster") return set(marks, key, { start: ms });
  const fits = name === "start" ? ms <= mark.end - SHORTEST : ms >= mark.start + SHORTEST;
  return fits && mark[name] !== ms ? set(marks, key, { [name]: ms }) : marks;
}

/* Where a box is at a moment, on straight lines between its keys; a crop is always there. */
export function areaAt(mark, ms) {
  if (mark.type === "crop") return mark.area;
  const { keys } = mark;
  const after = keys.findIndex((key) => key.at > ms);
  if (after <= 0) return (after === 0 ? keys[0] : keys.at(-1)).area;
  const [one, two] = [keys[after - 1], keys[after]];
  const part = (ms - one.at) / (two.at - one.at);
  const between = (name) => one.area[name] + (two.area[name] - one.area[name]) * part;
  return Object.fromEntries(["x", "y", "width", "height"].map((name) => [name, between(name)]));
}

/* Put it somewhere at a moment: that becomes one of a box's places. */
export function place(marks, key, ms, area) {
  const mark = marks.find((one) => one.key === key);
  if (!mark) return marks;
  const kept = within(area);
  if (mark.type === "crop") return set(marks, key, { area: kept });
  const keys = [...mark.keys.filter(({ at }) => at !== ms), { at: ms, area: kept }];
  return set(marks, key, { keys: keys.sort((one, other) => one.at - other.at) });
}

/* The place that is nearest to a moment is forgotten; a box keeps one. */
export function forget(marks, key, ms) {
  const mark = marks.find((one) => one.key === key);
  if (mark?.type !== "box" || mark.keys.length < 2) return marks;
  const far = (one) => Math.abs(one.at - ms);
  const nearest = mark.keys.reduce((best, one) => (far(one) < far(best) ? one : best));
  return set(marks, key, { keys: mark.keys.filter((one) => one !== nearest) });
}

function within({ x, y, width, height }) {
  const [wide, tall] = [width, height].map((size) => Math.min(1, Math.max(SMALLEST, size)));
  const [left, top] = [Math.max(0, Math.min(x, 1 - wide)), Math.max(0, Math.min(y, 1 - tall))];
  return { x: round(left), y: round(top), width: round(wide), height: round(tall) };
}
