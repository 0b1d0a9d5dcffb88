/* Lists of moments follow their clip, and a transcript finds words within itself.

   Markup it expects: see clips.js, which calls it; <template data-finder> anywhere: a form with an <input>
   and an <output> whose data-one, data-many and data-none are its wordings. */

// So long after the reader has moved a list, it does not move by itself.
const PATIENCE_MS = 5000;
// Fewer lines are seen at a glance.
const FEWEST_TO_FIND = 6;
const known = new WeakSet();

export function bring(list, video) {
  if (known.has(list)) return;
  known.add(list);
  const moments = [...list.querySelectorAll("[data-cue], [data-chapter]")].map((element) => ({
    element,
    start: Number(element.dataset.startMs),
    end: Number(element.dataset.endMs),
  }));
  follow(list, video, moments);
  if (list.dataset.transcript) import("./beside.js").then(({ readTogether }) => readTogether(list));
  if (list.dataset.transcript && moments.length >= FEWEST_TO_FIND) addFinder(list, moments);
}

function follow(list, video, moments) {
  let current;
  let movedAt = -PATIENCE_MS;
  for (const sign of ["wheel", "touchmove", "keydown"]) {
    list.addEventListener(sign, () => (movedAt = performance.now()), { passive: true });
  }
  const look = () => {
    const now = video.currentTime * 1000;
    const moment = moments.find(({ start, end }) => start <= now && now < end);
    if (moment === current) return;
    current?.element.removeAttribute("aria-current");
    moment?.element.setAttribute("aria-current", "true");
    current = moment;
    if (moment && performance.now() - movedAt > PATIENCE_MS) bringIntoView(list, moment.element);
  };
  video.addEventListener("timeupdate", look);
  video.addEventListener("seeking", look);
  look();
}

/* Scrolls the list alone, never the page. */
function bringIntoView(list, element) {
  if (!element.offsetParent) return;
  const top = element.getBoundingClientRect().top - list.getBoundingClientRect().top;
  if (top >= 0 && top + element.offsetHeight <= list.clientHeight) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  list.scrollTo({
    top: list.scrollTop + top - list.clientHeight / 3,
    behavior: calm ? "auto" : "smooth",
  });
}

/* Letters as people type them: without marks, and Arabic letters that vary as one. */
export function plain(text) {
  return text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f\u064b-\u065f\u0670\u0640]/g, "")
    .replace(/[أإآٱ]/g, "ا")
    .replace(/ى/g, "ي")
    .replace(/ة/g, "ه")
    .toLocaleLowerCase();
}

function addFinder(list, moments) {
  const form = document.querySelector("template[data-finder]").content.cloneNode(true)
    .firstElementChild;
  const input = form.querySelector("input");
  const output = form.querySelector("output");
  const texts = moments.map(({ element }) => plain(element.querySelector("span").textContent));
  let found = [];
  let at = -1;

  const show = (step) => {
    moments[found[at]]?.element.removeAttribute("data-shown");
    at = (at + step + found.length) % found.length;
    const { element } = moments[found[at]];
    element.dataset.shown = "";
    bringIntoView(list, element);
    const { one, many } = output.dataset;
    output.textContent = (found.length === 1 ? one : many)
      .replace("{n}", at + 1)
      .replace("{all}", found.length);
  };
  const search = () => {
    const words = plain(input.value.trim());
    // What is folded is not searched: its words wait for the reader's choice.
    const isOpen = ({ element }) => !element.closest("[data-warning]:not([open])");
    moments.forEach(({ element }) => delete element.dataset.shown);
    found = words ? [...texts.keys()].filter((n) => isOpen(moments[n]) && texts[n].includes(words)) : [];
    at = -1;
    if (found.length) show(1);
    else output.textContent = words ? output.dataset.none : "";
  };
  input.addEventListener("input", search);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (found.length) show(1);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.shiftKey || !found.length) return;
    event.preventDefault();
    show(-1);
  });
  list.before(form);
}
