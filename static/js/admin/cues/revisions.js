/* What one line was before: who changed it, when, and a way back to each form.

   Markup: a <dialog> with a list [data-revisions]; the address answers ?key=KEY with
   {"revisions": [{at, by, row}, …]}, the newest first. */

import { change } from "./edits.js";
import { spelled } from "../times.js";

export function makeRevisions(dialog, address, store, say) {
  const list = dialog.querySelector("[data-revisions]");

  function asItem({ at, by, row }, number) {
    const item = document.createElement("li");
    const head = document.createElement("p");
    head.textContent = `${at}${by ? `, ${by}` : ""} · ${spelled(row.start)} to ${spelled(row.end)}`;
    const words = document.createElement("p");
    words.dir = "auto";
    words.textContent = [row.speaker, row.text].filter(Boolean).join(": ") || "(no words)";
    item.append(head, words);
    if (number) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "button", textContent: "Make it so again" });
      button.addEventListener("click", () => {
        const { start, end, speaker, text } = row;
        store.change(change(store.cues, row.key, { start, end, speaker, text }));
        dialog.close();
      });
      item.append(button);
    }
    return item;
  }

  return async () => {
    if (!store.current) return;
    const answer = await fetch(`${address}?${new URLSearchParams({ key: store.key })}`).catch(() => null);
    if (!answer?.ok) return say("What it was before could not be read: sign in again in another tab.");
    const { revisions } = await answer.json();
    list.replaceChildren(...revisions.map(asItem));
    if (!revisions.length) list.textContent = "This line was not saved yet.";
    dialog.showModal();
  };
}
