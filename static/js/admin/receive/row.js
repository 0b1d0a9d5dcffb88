/* One file on its way, as a person sees it.

   Markup: <template data-row> with [data-name], [data-size], <progress>, [data-words], and buttons
   [data-toggle] and [data-drop-out]; its copy goes into [data-rows]. The states of a row: chosen,
   waiting, sending, paused, stopped (a line that was dead for long, a full disk), refused, whole,
   taken. */

import { fingerprintOf } from "./fingerprint.js";
import { makePace, remaining, sizes } from "./pace.js";
import { makeTransfer } from "./transfer.js";

const CAN_GO_ON = ["paused", "stopped"];
const CAN_PAUSE = ["sending", "waiting"];

export function makeRow(file, place, { endpoint, unfinished, changed, left }) {
  const drawn = place.querySelector("[data-row]").content.cloneNode(true).firstElementChild;
  const part = (name) => drawn.querySelector(`[data-${name}]`);
  const bar = drawn.querySelector("progress");
  const pace = makePace();
  const row = { file, state: "chosen", sent: 0, id: "", wait, send, pause, tell };
  const known = fingerprintOf(file).then((fingerprint) => ({ fingerprint, ...find(fingerprint) }));
  let transfer = null;
  let facts = {};

  part("name").textContent = file.name;
  part("size").textContent = sizes(file.size);
  bar.max = Math.max(file.size, 1);
  place.querySelector("[data-rows]").append(drawn);
  part("toggle").addEventListener("click", () => {
    if (CAN_PAUSE.includes(row.state)) row.pause();
    else row.wait();
    changed();
  });
  part("drop-out").addEventListener("click", () => {
    transfer?.end();
    drawn.remove();
    left();
    changed();
  });
  known.then(({ url }) => {
    if (url && row.state === "chosen") show("chosen", "Part of it is here already: it goes on there.");
  });
  show("chosen", "Chosen.");

  function find(fingerprint) {
    const same = (one) => fingerprint && one.fingerprint === fingerprint && one.size === file.size;
    return { url: unfinished.find(same)?.url ?? "" };
  }

  function wait(told) {
    facts = told ?? facts;
    show("waiting", "Waits for the files before it.");
  }

  async function send() {
    show("sending", "Begins.");
    transfer ??= makeTransfer(file, { endpoint, facts, ...(await known) }, { moved, over, failed });
    if (row.state === "sending") transfer.go();
  }

  function pause() {
    transfer?.pause();
    show("paused", "Paused.");
  }

  function moved(sent, word) {
    if (row.state !== "sending") return;
    row.sent = sent;
    bar.value = sent;
    pace.note(sent);
    part("words").textContent =
      word || `${Math.floor((100 * sent) / bar.max)} %${remaining(file.size - sent, pace)}`;
  }

  function over(id) {
    row.id = id;
    row.sent = file.size;
    bar.value = bar.max;
    show("whole", "All of it is here, and is being looked at.");
    changed();
  }

  function failed(sentence, { isFinal }) {
    show(isFinal ? "refused" : "stopped", sentence);
    changed();
  }

  /* What became of it, as the server says. */
  function tell(become) {
    if (!become?.is_over) return;
    show("taken", become.sentence);
    drawn.dataset.outcome = become.word;
    if (!become.url) return;
    const link = document.createElement("a");
    link.href = become.url;
    link.textContent = become.link;
    part("words").append(" ", link);
  }

  function show(state, sentence) {
    row.state = state;
    drawn.dataset.state = state;
    part("words").textContent = sentence;
    const toggle = part("toggle");
    toggle.hidden = ![...CAN_GO_ON, ...CAN_PAUSE].includes(state);
    toggle.textContent = CAN_GO_ON.includes(state) ? "Go on" : "Pause";
    part("drop-out").textContent = ["whole", "taken", "refused"].includes(state) ? "Hide" : "Take out";
    for (const button of drawn.querySelectorAll("button")) {
      button.setAttribute("aria-label", `${button.textContent}: ${file.name}`);
    }
  }

  return row;
}
