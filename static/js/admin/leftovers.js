/* Words that only this browser has: of a page that was killed, or wrote while the server was away.

   They are handed over to the server, which then offers them with the others. A page that is
   still open holds a lock by its name: its words are left alone, and not offered here.
   Markup: see desk.js; data-saved names pages whose words were saved, [data-left] on an offer the
   page in which its words were written. */

import { post } from "./autosave.js";

const QUIET_MS = 60_000;

export async function handOver(desk, tab, keeper) {
  navigator.locks?.request(`newsroom:${tab}`, () => new Promise(() => {}));
  const prefix = `newsroom:${desk.dataset.place}:`;
  for (const saved of desk.dataset.saved.split(" ")) localStorage.removeItem(prefix + saved);
  const open = await openPages();
  for (const offer of desk.querySelectorAll("[data-left]")) {
    offer.hidden = open.has(offer.dataset.left);
  }
  let handed = 0;
  for (const key of Object.keys(localStorage)) {
    const page = key.slice(prefix.length);
    if (!key.startsWith(prefix) || page === tab || open.has(page)) continue;
    const { at, body } = JSON.parse(localStorage.getItem(key));
    // Without locks (a site without https) a page that wrote lately may be open still.
    if (!navigator.locks && Date.now() - at < QUIET_MS) continue;
    const answer = await post(desk.dataset.keepUrl, body);
    if (!answer.kept_at) return;
    localStorage.removeItem(key);
    handed += answer.is_kept ? 1 : 0;
  }
  // The server draws what it offers.
  if (handed && keeper.isUntouched()) location.reload();
}

async function openPages() {
  const { held } = (await navigator.locks?.query()) ?? { held: [] };
  return new Set(held.map(({ name }) => name.replace("newsroom:", "")));
}
