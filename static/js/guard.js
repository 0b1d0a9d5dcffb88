/* Stops a clip before a span that is warned of, and asks: skip it, or watch on.

   Markup it expects: in figure[data-clip] a .stage with the <video>, and one [data-veil] with
   data-start-ms and data-end-ms for each warning of a span, its words inside; <template
   data-veil-panel> anywhere: the question, with [data-span], [data-words], [data-skip], [data-watch-on].
   In transcripts of the clip, <details data-warning> around the cues of a span. */

import { agree, hasAgreed } from "./visit.js";

// Playing is noticed this late at most, and no frame of the span may be seen.
const LEAD_S = 0.3;
const guarded = new WeakSet();

export function guard(figure) {
  if (guarded.has(figure)) return;
  guarded.add(figure);
  const video = figure.querySelector("video");
  const veils = read(figure);
  const panel = makePanel(figure);
  let asked;

  const check = () => {
    const now = video.currentTime;
    const veil = veils.find(({ key, start, end }) => {
      return start - LEAD_S <= now && now < end && !hasAgreed(key);
    });
    if (!veil) return;
    video.pause();
    // The frame before the span, also when the reader jumped into it.
    const before = Math.max(0, veil.start - LEAD_S);
    if (asked !== veil) ask(veil, Math.max(now, veil.start));
    if (now > before) video.currentTime = before;
  };

  const ask = (veil, wanted) => {
    asked = veil;
    leaveOtherScreens(video);
    panel.querySelector("[data-span]").textContent = veil.span;
    panel.querySelector("[data-words]").textContent = veil.words;
    panel.querySelector("[data-skip]").onclick = () => goOn(veil.end);
    panel.querySelector("[data-watch-on]").onclick = () => {
      agree(veil.key);
      unfold(figure, veil);
      goOn(wanted);
    };
    panel.hidden = false;
    video.inert = true;
    if (isVisible(figure)) panel.querySelector("[data-skip]").focus();
  };

  const goOn = (seconds) => {
    asked = undefined;
    panel.hidden = true;
    video.inert = false;
    video.currentTime = seconds;
    video.focus();
    video.play().catch((reason) => console.info(`The clip waits for a press: ${reason.message}`));
  };

  const look = () => {
    check();
    if (!video.paused) requestAnimationFrame(look);
  };
  for (const sign of ["seeking", "timeupdate", "loadedmetadata"]) {
    video.addEventListener(sign, check);
  }
  video.addEventListener("play", look);
  veils.filter(({ key }) => hasAgreed(key)).forEach((veil) => unfold(figure, veil));
  check();
}

/* The spans in seconds; warnings of the same span are one. */
function read(figure) {
  const spans = new Map();
  for (const element of figure.querySelectorAll("[data-veil]")) {
    const { startMs, endMs } = element.dataset;
    const key = `${figure.dataset.clip} ${startMs}-${endMs}`;
    const [span, words] = [...element.children].map(({ textContent }) => textContent);
    const known = spans.get(key);
    if (known) known.words += ` ${words}`;
    else spans.set(key, { key, start: startMs / 1000, end: endMs / 1000, span, words });
  }
  return [...spans.values()];
}

function makePanel(figure) {
  const copy = document.querySelector("template[data-veil-panel]").content.cloneNode(true);
  const panel = copy.firstElementChild;
  const id = `veil-${figure.dataset.clip}`;
  panel.querySelector("[data-told]").id = id;
  panel.setAttribute("aria-labelledby", id);
  figure.querySelector(".stage").append(panel);
  return panel;
}

/* The question could not be seen over a whole screen or a small window. */
function leaveOtherScreens(video) {
  if (document.fullscreenElement) document.exitFullscreen();
  if (document.pictureInPictureElement === video) document.exitPictureInPicture();
  if (video.webkitDisplayingFullscreen) video.webkitExitFullscreen();
}

const isVisible = (figure) => figure.querySelector(".stage").checkVisibility?.() ?? true;

/* Whoever watches a span may read its words. */
function unfold(figure, { start, end }) {
  for (const fold of document.querySelectorAll("[data-transcript] [data-warning]")) {
    if (fold.closest("[data-transcript]").dataset.transcript !== figure.dataset.clip) continue;
    const isOfSpan = ({ dataset }) => dataset.startMs / 1000 < end && start < dataset.endMs / 1000;
    if ([...fold.querySelectorAll("[data-cue]")].some(isOfSpan)) fold.open = true;
  }
}
