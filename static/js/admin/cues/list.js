/* The lines as rows of fields, kept like the store; what is typed in them goes into the store.

   Markup: a list, and a template of a row with [data-number], and fields [data-start], [data-end],
   [data-speaker], [data-text]; [data-findings] says what is to be mended. */

import { change, nudge, SHORTEST } from "./edits.js";
import { milliseconds, spelled } from "../times.js";

const STEP = 100;
const FINE = 10;
const FIELDS = ["start", "end", "speaker", "text"];

export function makeList(list, template, store) {
  const rows = new Map();
  const show = () => {
    const wanted = store.cues.map((cue) => rows.get(cue.key) ?? makeRow(cue.key));
    if (wanted.some((row, number) => list.children[number] !== row.element)
      || list.children.length !== wanted.length) arrange(wanted);
    store.cues.forEach((cue, number) => fill(wanted[number], cue, number));
  };

  /* Rows that stay are not moved while others come or go: the field in use keeps its cursor. */
  function arrange(wanted) {
    const kept = new Set(wanted.map((row) => row.element));
    [...list.children].forEach((element) => {
      if (kept.has(element)) return;
      rows.delete(element.dataset.key);
      element.remove();
    });
    wanted.forEach(({ element }, number) => {
      if (list.children[number] !== element) list.insertBefore(element, list.children[number] ?? null);
    });
  }

  function makeRow(key) {
    const element = template.content.firstElementChild.cloneNode(true);
    element.dataset.key = key;
    const fields = Object.fromEntries(
      FIELDS.map((name) => [name, element.querySelector(`[data-${name}]`)]));
    const row = { element, fields, number: element.querySelector("[data-number]"), cue: null };
    rows.set(key, row);
    element.addEventListener("focusin", () => store.choose(key));
    for (const name of ["text", "speaker"]) {
      fields[name].addEventListener("input", () => {
        store.change(change(store.cues, key, { [name]: fields[name].value }), { as: name + key });
      });
    }
    for (const name of ["start", "end"]) {
      fields[name].addEventListener("change", () => setTime(row, key, name));
      fields[name].addEventListener("keydown", (event) => stepTime(event, key, name));
    }
    return row;
  }

  function setTime({ cue, fields }, key, name) {
    const ms = milliseconds(fields[name].value);
    const fits = name === "start" ? ms <= cue.end - SHORTEST : ms >= cue.start + SHORTEST;
    fields[name].setAttribute("aria-invalid", String(!fits));
    if (fits) store.change(change(store.cues, key, { [name]: ms }), { as: name + key });
  }

  function stepTime(event, key, name) {
    const way = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!way || event.altKey || event.ctrlKey) return;
    event.preventDefault();
    const by = way * (event.shiftKey ? FINE : STEP);
    store.change(nudge(store.cues, key, { [name]: by }), { as: `step ${name}${key}` });
  }

  function fill(row, cue, number) {
    const { element, fields } = row;
    element.classList.toggle("cue--current", cue.key === store.key);
    if (row.number.textContent !== String(number + 1)) {
      row.number.textContent = number + 1;
      for (const name of FIELDS) {
        fields[name].setAttribute("aria-label", `${fields[name].dataset.label}, line ${number + 1}`);
      }
    }
    if (row.cue === cue) return;
    row.cue = cue;
    put(fields.start, spelled(cue.start));
    put(fields.end, spelled(cue.end));
    put(fields.speaker, cue.speaker);
    put(fields.text, cue.text);
    fields.text.rows = Math.max(2, cue.text.split("\n").length);
    element.classList.toggle("cue--withheld", /\[\[/.test(cue.text + cue.speaker));
  }

  store.listen(show);
  show();
  return {
    fieldsOf: (key) => rows.get(key)?.fields,
    rowOf: (key) => rows.get(key)?.element,
    show: (key) => rows.get(key)?.element.scrollIntoView({ block: "nearest" }),
  };
}

/* Writing the same again would take the cursor to the end. */
function put(field, value) {
  if (field.value !== value) field.value = value;
  field.setAttribute("aria-invalid", "false");
}
