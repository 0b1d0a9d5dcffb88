/* The transcript editor: lines beside the clip, by mouse, by touch, or by the keyboard alone.

   Markup: <div data-cue-editor> with data-save-url, data-check-url, data-history-url and data-sign;
   in it a script of JSON #cue-rows, a <video>, and what list.js, player.js, wave.js, keys.js,
   panels.js, saving.js and revisions.js expect. [data-say] tells what was done. */

import { change } from "./edits.js";
import { makeChecks } from "./checks.js";
import { makeCommands } from "./commands.js";
import { makeKeys } from "../keys.js";
import { makeList } from "./list.js";
import { makeFind, makeShift } from "./panels.js";
import { makePlayer } from "../player.js";
import { makeRevisions } from "./revisions.js";
import { asker, makeSaving } from "./saving.js";
import { makeStore } from "../store.js";
import { makeWave } from "../wave.js";

export function edit(root) {
  const one = (selector) => root.querySelector(selector);
  const store = makeStore(JSON.parse(one("#cue-rows").textContent));
  const [video, form] = [one("video"), one("[data-save]")];
  const say = (sentence, tone = "") => {
    one("[data-say]").textContent = sentence ?? "";
    one("[data-say]").dataset.tone = tone;
  };
  const list = makeList(one("[data-rows]"), one("[data-row]"), store);
  const speed = one("[data-speed]");
  const player = makePlayer(video, { speed, words: one("[data-heard]"), sign: root.dataset.sign }, store);
  const set = (key, fields, as) => store.change(change(store.cues, key, fields), { as });
  const wave = makeWave(one("[data-wave-url]"), video, player, store, { set });
  const commands = {
    ...makeCommands(store, player, list, say),
    find: makeFind(one("[data-find]"), store, list, say),
    shift: makeShift(one("[data-shift]"), store, say),
    save: makeSaving(form, root, store, say),
    revisions: makeRevisions(one("[data-revisions-of]"), root.dataset.historyUrl, store, say),
    closer: () => wave.zoom(0.5),
    wider: () => wave.zoom(2),
  };
  makeKeys(root, commands);
  const token = () => form.elements.csrfmiddlewaretoken.value;
  makeChecks(asker(() => root.dataset.checkUrl, token), store, list, one("[data-summary]"));
  store.listen(() => {
    one("[data-command='undo']").disabled = !store.canUndo;
    one("[data-command='redo']").disabled = !store.canRedo;
    one("[data-unsaved]").hidden = store.isSaved;
    one("[data-meant]").textContent = meant(store);
    names(one("#speakers"), store.cues);
  });
  store.choose(null);
  store.choose(store.cues[0]?.key ?? null);
  root.dataset.ready = "";
}

const meant = ({ cues, key }) => {
  const number = cues.findIndex((cue) => cue.key === key) + 1;
  return number ? `Line ${number} of ${cues.length}` : "No line yet";
};

/* Who speaks already, to choose from. */
function names(choices, cues) {
  const known = [...new Set(cues.map((cue) => cue.speaker).filter(Boolean))];
  if (known.join("\n") === choices.dataset.known) return;
  choices.dataset.known = known.join("\n");
  choices.replaceChildren(...known.map((name) => Object.assign(document.createElement("option"), { value: name })));
}

for (const root of document.querySelectorAll("[data-cue-editor]")) edit(root);
