/* What can be done to the lines of a transcript: lists in, lists out, nothing is changed in place.

   A line is {key, start, end, speaker, text}, times in milliseconds; a list is in the order of
   the starts. Words in [[double brackets]] are withheld. */

export const SHORTEST = 100;
const NEW_LINE = 2000;
const HALF_OPEN = /\[\[(?![^]*\]\])[^]*$/;

export const newKey = () => crypto.getRandomValues(new Uint8Array(11)).reduce(
  (key, byte) => key + "abcdefghijkmnpqrstuvwxyz23456789"[byte % 32], "");

const inOrder = (cues) => [...cues].sort((one, other) => one.start - other.start);
const at = (cues, key) => cues.findIndex((cue) => cue.key === key);

/* The same list where nothing is different, so that nothing is undone twice. */
export function change(cues, key, fields) {
  const cue = cues[at(cues, key)];
  if (!cue || Object.entries(fields).every(([name, value]) => cue[name] === value)) return cues;
  return inOrder(cues.map((other) => (other === cue ? { ...cue, ...fields } : other)));
}

/* Both ends, or one of them; a line keeps a length, and begins at 0 or later. */
export function nudge(cues, key, { start = 0, end = 0 }) {
  const cue = cues[at(cues, key)];
  if (!cue) return cues;
  const back = Math.max(0, cue.start + start) - cue.start;
  const from = Math.min(cue.start + back, start && end ? Infinity : cue.end - SHORTEST);
  const to = Math.max(cue.end + (start && end ? back : end), from + SHORTEST);
  return change(cues, key, { start: from, end: to });
}

/* All lines, or those from one on; none goes before the beginning of the clip. */
export function shift(cues, ms, { from = null } = {}) {
  const first = from === null ? 0 : at(cues, from);
  const moved = cues.slice(Math.max(0, first));
  const by = Math.max(ms, -Math.min(...moved.map((cue) => cue.start)));
  if (!moved.length || !by) return cues;
  return inOrder(cues.map((cue) =>
    moved.includes(cue) ? { ...cue, start: cue.start + by, end: cue.end + by } : cue));
}

/* At a place in the words, and at a moment if it lies within the line, else by their lengths. */
export function split(cues, key, place, moment) {
  const cue = cues[at(cues, key)];
  if (!cue || cue.end - cue.start < 2 * SHORTEST) return cues;
  const cut = wholeBrackets(cue.text, place);
  const [before, after] = [cue.text.slice(0, cut).trim(), cue.text.slice(cut).trim()];
  const length = cue.end - cue.start;
  const shared = cue.start + Math.round(length * (cue.text ? cut / cue.text.length : 0.5));
  const isInside = moment > cue.start + SHORTEST && moment < cue.end - SHORTEST;
  const middle = Math.min(cue.end - SHORTEST,
    Math.max(cue.start + SHORTEST, isInside ? moment : shared));
  const parts = [
    { ...cue, end: middle, text: before },
    { ...cue, key: newKey(), start: middle, text: after },
  ];
  return cues.flatMap((other) => (other === cue ? parts : [other]));
}

/* Withheld words are not cut in two: one half would be read by everybody. */
function wholeBrackets(text, place) {
  const open = HALF_OPEN.exec(text.slice(0, place));
  return open ? text.indexOf("]]", place) + 2 || text.length : place;
}

/* A line and the one after it become one. */
export function merge(cues, key) {
  const number = at(cues, key);
  const [cue, next] = [cues[number], cues[number + 1]];
  if (!cue || !next) return cues;
  const text = [cue.text, next.text].filter(Boolean).join("\n");
  const speaker = cue.speaker || next.speaker;
  const one = { ...cue, speaker, text, end: Math.max(cue.end, next.end) };
  return cues.flatMap((other) => (other === cue ? [one] : other === next ? [] : [other]));
}

/* A line without words at a moment, as long as there is room until the next one. */
export function insert(cues, moment) {
  const start = Math.max(0, Math.round(moment));
  const next = cues.find((cue) => cue.start > start);
  const room = next ? Math.max(SHORTEST, next.start - start) : NEW_LINE;
  const line = { key: newKey(), start, end: start + Math.min(NEW_LINE, room), speaker: "", text: "" };
  return [inOrder([...cues, line]), line.key];
}

export const remove = (cues, key) => cues.filter((cue) => cue.key !== key);

/* What to look for, as an expression: plain words, in any case unless told otherwise. */
export function finder(words, { exact = false } = {}) {
  return new RegExp(words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), exact ? "gu" : "giu");
}

/* Everywhere in one field, "text" or "speaker"; the list, and how often. */
export function replaceAll(cues, pattern, by, field) {
  let count = 0;
  const replaced = cues.map((cue) => {
    const value = cue[field].replace(pattern, () => (count += 1) && by);
    return value === cue[field] ? cue : { ...cue, [field]: value };
  });
  return [count ? replaced : cues, count];
}

/* What somebody else changed is taken over; a line that both changed stays ours, and is told of. */
export function mergeVersions(base, ours, theirs) {
  const rows = (cues) => new Map(cues.map((cue) => [cue.key, cue]));
  const same = (one, other) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
  const [were, mine, other] = [rows(base), rows(ours), rows(theirs)];
  const clashes = [];
  const merged = [...new Set([...mine.keys(), ...other.keys()])].map((key) => {
    const [was, my, their] = [were.get(key), mine.get(key), other.get(key)];
    if (same(my, was) || same(my, their)) return their;
    if (!same(their, was)) clashes.push([my, their]);
    return my ?? their;
  });
  return [inOrder(merged.filter(Boolean)), clashes];
}
