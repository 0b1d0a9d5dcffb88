/* Files that are sent together: a few at a time, with what is left of all of them.

   Markup: see receive.js. */

import { makeRow } from "./row.js";
import { makePace, remaining, sizes } from "./pace.js";

const AT_A_TIME = 2;
const TELL_MS = 1000;
const ASK_MS = 2000;

export function makeBatch(form, place, unfinished) {
  const rows = [];
  const pace = makePace();
  const bar = place.querySelector("[data-all]");
  const words = place.querySelector("[data-all-words]");
  const pauseButton = place.querySelector("[data-pause]");
  let facts = {};
  let isAwake = null;

  const in_ = (...states) => rows.filter(({ state }) => states.includes(state));
  const say = (sentence) => (place.querySelector("[data-say]").textContent = sentence);

  function add(files) {
    place.hidden = false;
    for (const file of files) {
      const row = makeRow(file, place, {
        endpoint: form.dataset.uploadsUrl,
        unfinished,
        changed: goOn,
        left: () => rows.splice(rows.indexOf(row), 1),
      });
      rows.push(row);
    }
    say(files.length === 1 ? "One file added." : `${files.length} files added.`);
    tell();
  }

  function start(told) {
    facts = told;
    if (!rows.length) return say("Choose files first.");
    for (const row of in_("chosen")) row.wait(facts);
    return goOn();
  }

  /* Whenever something is over, something else begins. */
  function goOn() {
    const free = AT_A_TIME - in_("sending").length;
    for (const row of in_("waiting").slice(0, Math.max(0, free))) row.send();
    stayAwake();
    tell();
  }

  function tell() {
    const wanted = rows.filter(({ state }) => !["refused"].includes(state));
    const total = wanted.reduce((sum, { file }) => sum + file.size, 0);
    const sent = wanted.reduce((sum, row) => sum + row.sent, 0);
    const here = in_("whole", "taken").length;
    pace.note(sent);
    bar.max = Math.max(total, 1);
    bar.value = sent;
    const time = in_("sending").length ? remaining(total - sent, pace) : "";
    words.textContent = `${here} of ${rows.length} here, ${sizes(sent)} of ${sizes(total)}${time}`;
    pauseButton.disabled = !in_("sending", "waiting", "paused", "stopped").length;
    const isStill = in_("paused", "stopped").length && !in_("sending", "waiting").length;
    pauseButton.textContent = isStill ? "Go on with all" : "Pause all";
  }

  pauseButton.addEventListener("click", () => {
    const going = in_("sending", "waiting");
    for (const row of going) row.pause();
    if (!going.length) for (const row of in_("paused", "stopped")) row.wait();
    goOn();
  });
  // A line that is back is used at once.
  addEventListener("online", () => {
    for (const row of in_("stopped")) row.wait();
    goOn();
  });
  setInterval(tell, TELL_MS);
  setInterval(ask, ASK_MS);

  /* What became of files that are whole. */
  async function ask() {
    const whole = in_("whole");
    if (!whole.length || document.visibilityState !== "visible") return;
    const query = new URLSearchParams(whole.map((row) => ["id", row.id]));
    try {
      const answer = await fetch(`${form.dataset.stateUrl}?${query}`);
      if (!answer.ok || answer.redirected) return;
      const { uploads } = await answer.json();
      for (const row of whole) row.tell(uploads[row.id]);
      if (!in_("sending", "waiting", "chosen", "whole").length) say("All files are here.");
    } catch (error) {
      console.info(`The server could not be asked: ${error.message}`);
    }
  }

  /* A phone that falls asleep sends nothing. */
  async function stayAwake() {
    if (!navigator.wakeLock || document.visibilityState !== "visible") return;
    const wanted = in_("sending").length > 0;
    try {
      if (wanted && (!isAwake || isAwake.released)) isAwake = await navigator.wakeLock.request();
      else if (!wanted && isAwake) await isAwake.release();
    } catch (error) {
      console.info(`The screen may go dark: ${error.message}`);
    }
  }

  return { add, start, say, isSending: () => in_("sending").length > 0 };
}
