/* What a reader has agreed to see during this visit: kept in the browser's session storage, which
   ends with the tab, never in a cookie. early.js keeps the gates there as well. */

const KEY = "newsroom-agreed";
// Where a browser lets nothing be stored, the choice holds for the page.
const here = new Set();

export function hasAgreed(key) {
  return here.has(key) || stored().includes(key);
}

export function agree(key) {
  here.add(key);
  try {
    sessionStorage.setItem(KEY, JSON.stringify([...new Set([...stored(), key])]));
  } catch (reason) {
    console.info(`The choice holds for this page only: ${reason.message}`);
  }
}

function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
  } catch {
    return [];
  }
}
