/* What the buttons and keys of the transcript editor do to the line that is meant. */

import { insert, merge, nudge, remove, split, change, SHORTEST } from "./edits.js";

const STEP = 100;
const JUMP_S = 2;

export function makeCommands(store, player, list, say) {
  const edit = (next, as) => store.change(next, { as: as && as + store.key });
  const go = (key, name = "text", place = null) => {
    store.choose(key);
    list.show(key);
    const field = list.fieldsOf(key)?.[name];
    field?.focus({ preventScroll: true });
    if (place !== null) field?.setSelectionRange(...place);
  };
  const near = (by) => store.cues[store.cues.findIndex((cue) => cue.key === store.key) + by];
  const step = (fields, as) => () => edit(nudge(store.cues, store.key, fields), as);
  const here = (name) => () => {
    const cue = store.current;
    if (!cue) return;
    const fits = name === "start" ? player.moment() <= cue.end - SHORTEST : player.moment() >= cue.start + SHORTEST;
    // A line that would end before it starts is taken along.
    if (fits) edit(change(store.cues, cue.key, { [name]: player.moment() }), name);
    else if (name === "start") {
      const by = player.moment() - cue.start;
      edit(change(store.cues, cue.key, { start: cue.start + by, end: cue.end + by }), name);
    } else say("This moment is before the line starts: set its start first.");
  };

  return {
    play: player.play,
    back: () => player.jump(-JUMP_S),
    on: () => player.jump(JUMP_S),
    line: player.playLine,
    startHere: here("start"),
    endHere: here("end"),
    earlier: step({ start: -STEP, end: -STEP }, "move"),
    later: step({ start: STEP, end: STEP }, "move"),
    startEarlier: step({ start: -STEP }, "start"),
    startLater: step({ start: STEP }, "start"),
    endEarlier: step({ end: -STEP }, "end"),
    endLater: step({ end: STEP }, "end"),
    previous: () => near(-1) && go(near(-1).key),
    next: () => near(1) && go(near(1).key),
    undo: store.undo,
    redo: store.redo,

    split() {
      const field = list.fieldsOf(store.key)?.text;
      if (!field) return;
      const isIn = document.activeElement === field;
      const place = isIn ? field.selectionStart : Math.ceil(field.value.length / 2);
      edit(split(store.cues, store.key, isIn ? place : spaceAt(field.value, place), player.moment()));
      if (near(1)) go(near(1).key, "text", [0, 0]);
    },
    merge() {
      const [cue, next] = [store.current, near(1)];
      if (!cue || !next) return say("There is no line after this one.");
      edit(merge(store.cues, cue.key));
      go(cue.key, "text", [cue.text.length, cue.text.length]);
    },
    add() {
      const cue = store.current;
      const isFree = !cue || player.moment() >= cue.end || player.moment() < cue.start;
      const [cues, key] = insert(store.cues, isFree ? player.moment() : cue.end);
      store.change(cues, { current: key });
      go(key);
    },
    remove() {
      if (!store.current) return;
      edit(remove(store.cues, store.key));
      if (store.key) go(store.key);
      say("The line is taken out: undo brings it back.");
    },
    withhold() {
      const field = list.rowOf(store.key)?.contains(document.activeElement) ? document.activeElement : null;
      const name = field?.matches("[data-speaker]") ? "speaker" : "text";
      const target = list.fieldsOf(store.key)?.[name];
      if (!target) return;
      const [value, start, end] = marked(target);
      edit(change(store.cues, store.key, { [name]: value }));
      go(store.key, name, [start, end]);
      say("Words in double brackets are withheld: readers see a sign instead of them.");
    },
  };
}

/* The selected words, else the word at the cursor, in double brackets; or out of them again. */
function marked({ value, selectionStart, selectionEnd }) {
  const opened = value.lastIndexOf("[[", selectionStart);
  const closed = value.indexOf("]]", Math.max(opened, 0));
  if (opened >= 0 && closed >= selectionEnd - 2 && closed >= selectionStart - 2) {
    const words = value.slice(opened + 2, closed);
    return [value.slice(0, opened) + words + value.slice(closed + 2), opened, opened + words.length];
  }
  let [start, end] = [selectionStart, selectionEnd];
  if (start === end) {
    start -= /[\p{L}\p{M}\p{N}'’-]*$/u.exec(value.slice(0, start))[0].length;
    end += /^[\p{L}\p{M}\p{N}'’-]*/u.exec(value.slice(end))[0].length;
  }
  if (start === end) return [value, start, end];
  const words = value.slice(start, end);
  return [`${value.slice(0, start)}[[${words}]]${value.slice(end)}`, start, end + 4];
}

/* The space that is nearest to a place, so that no word is cut in two. */
function spaceAt(text, place) {
  const spaces = [...text.matchAll(/\s+/g)].map((match) => match.index);
  return spaces.reduce((best, at) => (Math.abs(at - place) < Math.abs(best - place) ? at : best), text.length);
}
