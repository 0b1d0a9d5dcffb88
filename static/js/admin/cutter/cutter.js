/* The clip editor: in and out points, poster, crop, boxes, muted spans and warnings, on the film.

   Markup: <div data-cutter> with data-save-url, data-began-from, data-base-ms, data-frame-ms and
   data-crop ([x, y, width, height]); in it a script of JSON #marks, a <video> with [data-stage] over
   it, and what list.js, stage.js, wave.js, player.js and keys.js expect. */

import { add, forget, NAMES, remove, setEnd } from "./marks.js";
import { makeMarkList } from "./list.js";
import { makeStage } from "./stage.js";
import { asker } from "../cues/saving.js";
import { makeKeys } from "../keys.js";
import { makePlayer } from "../player.js";
import { makeStore } from "../store.js";
import { makeWave } from "../wave.js";

const TYPES = ["poster", "crop", "box", "mute", "warning"];

export function cut(root) {
  const one = (selector) => root.querySelector(selector);
  const { baseMs, frameMs } = root.dataset;
  const store = makeStore(JSON.parse(one("#marks").textContent));
  const video = one("video");
  const player = makePlayer(video, { speed: one("[data-speed]"), words: null, base: Number(baseMs) }, store);
  const templates = new Map([...root.querySelectorAll("template[data-mark]")]
    .map((template) => [template.dataset.mark, template]));
  const list = makeMarkList(one("[data-marks]"), templates, store, player);
  const [x, y, width, height] = JSON.parse(root.dataset.crop);
  const stage = makeStage(one("[data-stage]"), video, player, store, { x, y, width, height });
  const set = (key, fields, as) => {
    const [[name, ms]] = Object.entries(fields);
    store.change(setEnd(store.cues, key, name, ms), { as });
  };
  const wave = makeWave(one("[data-wave-url]"), video, player, store, { set, label: ({ type }) => NAMES[type], rows: 5 });
  const say = (sentence, tone = "") => {
    one("[data-say]").textContent = sentence;
    one("[data-say]").dataset.tone = tone;
  };
  const here = (name) => () => store.current && set(store.key, { [name]: player.moment() }, name);
  const near = (by) => () => {
    const keys = list.order();
    const key = keys[keys.indexOf(store.key) + by];
    if (key) list.focus(key);
  };
  const adder = (type, more) => () => {
    const [marks, key] = add(store.cues, type, player.moment(), more);
    store.change(marks, { current: key });
    if (type === "box" || type === "crop") stage.focus(key);
    else list.focus(key);
  };

  const commands = {
    ...Object.fromEntries(TYPES.map((type) => [type, adder(type)])),
    play: player.play,
    back: () => player.jump(-2),
    on: () => player.jump(2),
    frameBack: () => player.jump(-frameMs / 1000),
    frameOn: () => player.jump(frameMs / 1000),
    line: player.playLine,
    startHere: here("start"),
    endHere: here("end"),
    forget: () => store.change(forget(store.cues, store.key, player.moment())),
    remove: () => store.change(remove(store.cues, store.key)),
    previous: near(-1),
    next: near(1),
    undo: store.undo,
    redo: store.redo,
    save,
    closer: () => wave.zoom(0.5),
    wider: () => wave.zoom(2),
  };
  makeKeys(root, commands);
  root.querySelectorAll("[data-mute-start]").forEach((button) => button.addEventListener("click", () => {
    const [start, end] = [button.dataset.muteStart, button.dataset.muteEnd].map(Number);
    const [marks, key] = add(store.cues, "mute", start, { end, reason: "A name is withheld here." });
    store.change(marks, { current: key });
    button.closest("li").remove();
  }));

  const ask = asker(() => root.dataset.saveUrl, () => one("[name=csrfmiddlewaretoken]").value);
  let busy = false;
  async function save() {
    if (busy) return;
    busy = true;
    say("Saving…");
    const rows = store.cues;
    const [status, answer] = await ask({ rows, began_from: root.dataset.beganFrom });
    busy = false;
    say(answer.sentence, status === 200 ? "good" : "bad");
    if (status !== 200) return;
    root.dataset.beganFrom = answer.began_from;
    store.markSaved(rows);
  }
  addEventListener("beforeunload", (event) => store.isSaved || event.preventDefault());
  store.listen(() => {
    one("[data-command='undo']").disabled = !store.canUndo;
    one("[data-command='redo']").disabled = !store.canRedo;
    one("[data-unsaved]").hidden = store.isSaved;
    one("[data-meant]").textContent = store.current ? NAMES[store.current.type] : "";
  });
  store.choose(null);
  store.choose(store.cues[0].key);
  root.dataset.ready = "";
}

for (const root of document.querySelectorAll("[data-cutter]")) cut(root);
