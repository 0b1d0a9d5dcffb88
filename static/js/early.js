/* What must be done before the page is drawn, so that nothing moves afterwards. A plain script in
   the head; all else is in modules.

   Markup it expects: figure[data-clip] or figure[data-picture] around a <details data-warning>, and
   <track default>.
   What a reader has agreed to see stays open for the visit: in the browser's session storage, no
   cookie. And captions are not fetched with the page, as browsers do with those that are on at
   first: they get data-default instead, for captions.js. */

(() => {
  const KEY = "newsroom-agreed";

  const read = () => {
    try {
      return new Set(JSON.parse(sessionStorage.getItem(KEY) ?? "[]"));
    } catch {
      return new Set();
    }
  };

  const gateOf = (element) => element.matches("figure > [data-warning]") && element.parentNode;
  const keyOf = ({ dataset }) => dataset.clip ?? dataset.picture;

  const meet = (element) => {
    if (element.localName === "track" && element.default) {
      element.default = false;
      element.dataset.default = "";
      element.track.mode = "disabled";
      waiting.push([element, element.src]);
      // Chromium has made up its mind already, and fetches whatever address is there a little later.
      element.removeAttribute("src");
    } else if (element.localName === "details") {
      const figure = gateOf(element);
      if (figure) element.open = agreed.has(keyOf(figure));
    }
  };

  const remember = ({ target }) => {
    const figure = target.localName === "details" && gateOf(target);
    if (!figure) return;
    const now = read();
    if (target.open) now.add(keyOf(figure));
    else now.delete(keyOf(figure));
    try {
      sessionStorage.setItem(KEY, JSON.stringify([...now]));
    } catch (reason) {
      console.info(`The choice holds for this page only: ${reason.message}`);
    }
  };

  const agreed = read();
  const waiting = [];
  const watcher = new MutationObserver((records) => {
    for (const { addedNodes } of records) {
      for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) meet(node);
    }
  });
  watcher.observe(document, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", () => watcher.disconnect(), { once: true });
  window.addEventListener("load", () => waiting.forEach(([track, src]) => (track.src = src)));
  document.addEventListener("toggle", remember, true);
})();
