/* Keeps the first page of the desk up to date while somebody looks at it; a reload shows the same.

   Markup it expects: <div data-home="ADDRESS">; the address answers what stands in it. */

const EVERY_MS = 3000;

const home = document.querySelector("[data-home]");

async function renew() {
  if (document.visibilityState === "visible" && !home.contains(document.activeElement)) {
    try {
      const answer = await fetch(home.dataset.home);
      // Whoever was signed out meanwhile is sent elsewhere: what stands here is left to be read.
      if (answer.ok && !answer.redirected) show(await answer.text());
    } catch (error) {
      console.info(`The desk could not be read: ${error.message}`);
    }
  }
  setTimeout(renew, EVERY_MS);
}

function show(html) {
  // Somebody may have come into it by keyboard while we asked.
  if (home.contains(document.activeElement)) return;
  const drawn = document.createElement("template");
  drawn.innerHTML = html;
  home.replaceChildren(drawn.content);
}

if (home) setTimeout(renew, EVERY_MS);
