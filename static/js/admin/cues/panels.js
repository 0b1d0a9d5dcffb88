/* Find and replace, and shifting many lines at once.

   Markup: <form data-find> with fields find, replace, field ("text" or "speaker"), exact, and
   buttons named next and all; <form data-shift> with fields seconds and scope ("all" or "from"). */

import { finder, replaceAll, shift } from "./edits.js";

export function makeFind(form, store, list, say) {
  const { find, replace, field, exact } = form.elements;
  let place = { key: null, at: 0 };

  function next() {
    if (!find.value) return find.focus();
    const pattern = finder(find.value, { exact: exact.checked });
    const begin = Math.max(0, store.cues.findIndex((cue) => cue.key === store.key));
    for (let step = 0; step <= store.cues.length; step += 1) {
      const cue = store.cues[(begin + step) % store.cues.length];
      pattern.lastIndex = step === 0 && place.key === cue.key ? place.at : 0;
      const match = pattern.exec(cue[field.value]);
      if (match) return show(cue, match);
    }
    return say("Not found.");
  }

  function show(cue, match) {
    const span = [match.index, match.index + match[0].length];
    place = { key: cue.key, at: span[1] };
    store.choose(cue.key);
    list.show(cue.key);
    const input = list.fieldsOf(cue.key)[field.value];
    input.focus({ preventScroll: true });
    input.setSelectionRange(...span);
    say("");
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter?.name !== "all") return next();
    if (!find.value) return find.focus();
    const pattern = finder(find.value, { exact: exact.checked });
    const [cues, count] = replaceAll(store.cues, pattern, replace.value, field.value);
    store.change(cues);
    return say(count ? `Replaced: ${count}.` : "Not found.");
  });
  return () => open(form, find);
}

export function makeShift(form, store, say) {
  const { seconds, scope } = form.elements;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const ms = Math.round(Number(seconds.value.replace(",", ".")) * 1000);
    if (!seconds.value || Number.isNaN(ms)) return say("Write by how many seconds, like 0.5 or -2.");
    store.change(shift(store.cues, ms, { from: scope.value === "from" ? store.key : null }));
    return say(`Shifted by ${ms / 1000} s: undo takes it back.`);
  });
  return () => open(form, seconds);
}

function open(form, field) {
  form.closest("details").open = true;
  field.focus();
  field.select();
}
