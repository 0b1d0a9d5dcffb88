/* The marks as rows of fields, kept like the store; what is written in them goes into the store.

   Markup: a list, and for each type of mark a <template data-mark="TYPE"> of a row: in it fields
   with data-time="start" or "end", and data-field="NAME" for the rest; [data-places] says how many
   places a box has. */

import { NAMES, set, setEnd } from "./marks.js";
import { milliseconds, spelled } from "../times.js";

const ORDER = Object.keys(NAMES);

export function makeMarkList(list, templates, store, player) {
  const rows = new Map();

  function make({ key, type }) {
    const row = templates.get(type).content.firstElementChild.cloneNode(true);
    row.dataset.key = key;
    row.addEventListener("focusin", () => store.choose(key));
    row.querySelectorAll("[data-time]").forEach((field) => {
      field.addEventListener("change", () => {
        const ms = milliseconds(field.value);
        const next = Number.isNaN(ms) ? store.cues : setEnd(store.cues, key, field.dataset.time, ms);
        field.setAttribute("aria-invalid", String(next === store.cues));
        store.change(next, { as: field.dataset.time + key });
      });
    });
    row.querySelectorAll("[data-field]").forEach((field) => {
      field.addEventListener("input", () => {
        store.change(set(store.cues, key, { [field.dataset.field]: field.value }), { as: field.dataset.field + key });
      });
    });
    row.querySelector("[data-go]")?.addEventListener("click", () => {
      const mark = store.cues.find((one) => one.key === key);
      player.goTo(mark.start);
    });
    rows.set(key, row);
    return row;
  }

  function show() {
    const marks = [...store.cues].sort((one, other) =>
      ORDER.indexOf(one.type) - ORDER.indexOf(other.type) || (one.start ?? 0) - (other.start ?? 0));
    const wanted = marks.map((mark) => rows.get(mark.key) ?? make(mark));
    [...list.children].forEach((row) => {
      if (wanted.includes(row)) return;
      rows.delete(row.dataset.key);
      row.remove();
    });
    wanted.forEach((row, number) => {
      if (list.children[number] !== row) list.insertBefore(row, list.children[number] ?? null);
    });
    marks.forEach((mark, number) => fill(wanted[number], mark));
  }

  function fill(row, mark) {
    row.classList.toggle("cue--current", mark.key === store.key);
    row.querySelectorAll("[data-time]").forEach((field) => put(field, spelled(mark[field.dataset.time])));
    row.querySelectorAll("[data-field]").forEach((field) => put(field, mark[field.dataset.field]));
    const places = row.querySelector("[data-places]");
    if (places) places.textContent = mark.keys.length === 1 ? "stands still" : `${mark.keys.length} places`;
  }

  store.listen(show);
  show();
  return {
    focus: (key) => {
      rows.get(key)?.scrollIntoView({ block: "nearest" });
      rows.get(key)?.querySelector("input, select, button")?.focus({ preventScroll: true });
    },
    order: () => [...list.children].map((row) => row.dataset.key),
  };
}

function put(field, value) {
  if (field.value !== value) field.value = value;
  field.setAttribute("aria-invalid", "false");
}
