/* Who else has this story open, and whether somebody saved it meanwhile. Asked now and then.

   Markup: see desk.js. The address answers {others: [{name, since, writing}], elsewhere, saved}. */

import { post } from "./autosave.js";

const EVERY_MS = 15_000;
const HIDDEN_MS = 40_000;

export function lookAround(form, desk, keeper) {
  const place = desk.querySelector(".desk__others");
  const address = desk.dataset.presentUrl;
  const me = (more) => {
    const { tab, began_from: began, csrfmiddlewaretoken: token } = form.elements;
    const known = { tab: tab.value, began_from: began.value, csrfmiddlewaretoken: token.value };
    return new URLSearchParams({ ...known, ...more });
  };
  async function look() {
    const around = await post(address, me({ writing: keeper.isWriting() ? "1" : "0" }));
    if (around.others) show(place, sentences(around));
    setTimeout(look, document.hidden ? HIDDEN_MS : EVERY_MS);
  }
  addEventListener("pagehide", () => navigator.sendBeacon(address, me({ leave: "1" })));
  // A page that comes back from the browser's memory has left before.
  addEventListener("pageshow", ({ persisted }) => persisted && look());
  look();
}

function sentences({ others, elsewhere, saved }) {
  const found = others.map(
    ({ name, since, writing }) =>
      `${name} has this story open too, since ${since}${writing ? ", and is writing" : ""}.`,
  );
  if (elsewhere) found.push("You have this story open in another tab too: write in one of them.");
  if (saved) {
    found.push(`${saved.by} saved it at ${saved.at}: your save will be put together with that.`);
  }
  return found;
}

/* Said once, and not again at every look. */
function show(place, found) {
  const text = found.join(" ");
  if (place.textContent === text) return;
  place.textContent = text;
  place.hidden = !text;
}
