/* A dialog in which an editor finds a clip by its words and chooses it, by mouse or keyboard. */

import { crel } from "django-prose-editor/editor";
import { makePoster, makeSigns } from "./clip-card.js";

const PAUSE_MS = 200;

/* Answers the clip that was chosen, or nothing. ``standing`` are the ids in the story already.

   ``uploading`` is where new footage is handed in, or "": in a tab of its own, because the story is
   not saved yet. When its editor comes back, the newest clips are asked for again. */
export function pickClip(address, standing, uploading = "") {
  const search = crel("input", {
    type: "search",
    placeholder: "Title, caption, credit or id",
    "aria-label": "Find a clip",
    autocomplete: "off",
  });
  const status = crel("p", { className: "clip-picker__status", role: "status" });
  const list = crel("ul", { className: "clip-picker__list" });
  const cancel = crel("button", { type: "button", textContent: "Cancel", className: "button" });
  const heading = crel("h2", { id: "clip-picker-heading", textContent: "Insert a clip" });
  const dialog = crel(
    "dialog",
    { className: "clip-picker", "aria-labelledby": heading.id },
    [heading, search, status, list, ...(uploading ? [makeUpload(uploading)] : []), cancel],
  );
  return new Promise((resolve) => {
    const choose = (clip) => {
      resolve(clip);
      dialog.close();
    };
    const show = searcher(address, (clips) => {
      status.textContent = clips.length ? "" : "No clip has these words.";
      list.replaceChildren(...clips.map((clip) => makeChoice(clip, standing, choose)));
    }, (sentence) => (status.textContent = sentence));
    let pause;
    search.addEventListener("input", () => {
      clearTimeout(pause);
      pause = setTimeout(() => show(search.value), PAUSE_MS);
    });
    const lookAgain = () => show(search.value);
    addEventListener("focus", lookAgain);
    dialog.addEventListener("keydown", (event) => walk(event, search, list));
    cancel.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      clearTimeout(pause);
      removeEventListener("focus", lookAgain);
      dialog.remove();
      resolve();
    });
    // Beside the form and not in it: Enter in the search box must not save the story.
    document.body.append(dialog);
    dialog.showModal();
    show("");
  });
}

/* Asks the address; of several answers that are under way, only the last one counts. */
function searcher(address, show, complain) {
  let latest = 0;
  return async (words) => {
    const mine = (latest += 1);
    try {
      const answer = await fetch(`${address}?${new URLSearchParams({ q: words })}`);
      if (!answer.ok) throw new Error(`answer ${answer.status}`);
      const { clips } = await answer.json();
      if (mine === latest) show(clips);
    } catch (error) {
      console.info(`Clips could not be read: ${error.message}`);
      if (mine === latest) complain("The clips could not be read: sign in again in another tab.");
    }
  };
}

function makeUpload(href) {
  const text = "Hand in new footage, in a new tab";
  const link = crel("a", { href, target: "_blank", rel: "noopener", textContent: text });
  return crel("p", null, [link, " and come back: its clip is the first of the list then."]);
}

function makeChoice(clip, standing, choose) {
  const button = crel("button", { type: "button", "data-choice": clip.id }, [
    makePoster(clip.poster),
    crel("span", { className: "clip-card__words" }, [
      crel("strong", { textContent: clip.title }),
      crel("code", { textContent: clip.id }),
      ...makeSigns(clip),
      ...(standing.has(clip.id) ? [crel("em", { textContent: "in this story already" })] : []),
    ]),
  ]);
  button.addEventListener("click", () => choose(clip));
  return crel("li", null, [button]);
}

/* The arrow keys go through the search box and the clips below it. */
export function walk(event, search, list) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const stops = [search, ...list.querySelectorAll("button")];
  if (event.key === "Enter" && event.target === search) {
    event.preventDefault();
    stops[1]?.click();
  }
  if (!step || !stops.includes(event.target)) return;
  event.preventDefault();
  const next = stops.indexOf(event.target) + step;
  stops[Math.max(0, Math.min(stops.length - 1, next))].focus();
}
