/* Keeping the lines as a new version. What cannot be saved stays on the page, with the reason.

   Markup: <form data-save> with fields checked_by, reason, and buttons named draft and approve;
   [data-clash] with a template's buttons [data-take] and [data-over], and a list [data-theirs]. */

import { mergeVersions } from "./edits.js";
import { spelled } from "../times.js";

const LOST = "Not saved: the server did not answer. Your words are still here: try again.";
const SIGNED_OUT = "Not saved: you are signed out. Sign in in another tab, then save again.";

/* Asks an address with JSON; the answer's number and what it told. */
export function asker(address, token) {
  return async (told) => {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token() };
    try {
      const options = { method: "POST", headers, body: JSON.stringify(told), redirect: "manual" };
      const answer = await fetch(address(), options);
      const isOurs = answer.headers.get("Content-Type")?.startsWith("application/json");
      if (isOurs) return [answer.status, await answer.json()];
      return [answer.status, { sentence: answer.status === 500 ? LOST : SIGNED_OUT }];
    } catch {
      return [0, { sentence: LOST }];
    }
  };
}

export function makeSaving(form, root, store, say) {
  const clash = root.querySelector("[data-clash]");
  const token = () => form.elements.csrfmiddlewaretoken.value;
  const ask = asker(() => root.dataset.saveUrl, token);
  let [base, busy, newest] = [store.cues, false, null];

  async function save({ approve, over = false }) {
    if (busy) return;
    busy = true;
    say("Saving…");
    const { checked_by, reason } = form.elements;
    const rows = store.cues;
    const told = { rows, approve, over, checked_by: checked_by.value, reason: reason?.value ?? "" };
    const [status, answer] = await ask(told);
    busy = false;
    say(answer.sentence, status === 200 ? "good" : "bad");
    if (status === 200) return saved(rows, answer);
    if (status === 409) return show(answer, approve);
  }

  function saved(rows, answer) {
    base = rows;
    clash.hidden = true;
    root.dataset.saveUrl = answer.address;
    form.querySelector("[data-state]").textContent = answer.state;
    if (form.elements.reason && answer.is_approved) form.elements.reason.value = "";
    history.replaceState(null, "", answer.address);
    store.markSaved(rows);
  }

  function show(answer, approve) {
    newest = { ...answer, approve };
    const before = new Map(base.map((cue) => [cue.key, JSON.stringify(cue)]));
    const changed = answer.rows.filter((cue) => before.get(cue.key) !== JSON.stringify(cue));
    clash.querySelector("[data-theirs]").replaceChildren(...changed.map(asItem));
    clash.hidden = false;
    clash.querySelector("button").focus();
  }

  clash.querySelector("[data-take]").addEventListener("click", () => {
    const [merged, clashes] = mergeVersions(base, store.cues, newest.rows);
    [base, root.dataset.saveUrl] = [newest.rows, newest.address];
    store.change(merged);
    clash.hidden = true;
    const both = clashes.map(([ours]) => spelled((ours ?? {}).start ?? 0)).join(", ");
    say(clashes.length
      ? `Taken over. Both of you changed the line at ${both}: yours stands. Look at it, then save.`
      : "Taken over: look at it, then save.");
  });
  clash.querySelector("[data-over]").addEventListener("click", () => save({ ...newest, over: true }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save({ approve: event.submitter?.name === "approve" });
  });
  addEventListener("beforeunload", (event) => store.isSaved || event.preventDefault());
  return () => save({ approve: false });
}

function asItem(cue) {
  const item = document.createElement("li");
  item.textContent = `${spelled(cue.start)} ${[cue.speaker, cue.text].filter(Boolean).join(": ")}`;
  item.dir = "auto";
  return item;
}
