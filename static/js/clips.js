/* Makes clips and their words work together on a page that works without it.

   Markup it expects:
     <figure data-clip="ID">       around one <video> with a <source>; data-hls on the video is
                                   the better stream, data-poster the picture of a warned clip,
                                   data-growing there while the clip is being made (growing.js)
     <details data-warning>        in that figure: the gate of a warned clip
     <section data-transcript="ID">  anywhere: one [data-cue] with data-start-ms and data-end-ms
                                   (integer milliseconds) for each cue, its link inside
   The address parameter t (seconds) starts the only clip of a page there. */

const play = HTMLMediaElement.prototype.play;
// So long after the reader has moved a transcript, it does not move by itself.
const PATIENCE_MS = 5000;

export function improvePage(page = document) {
  const figures = [...page.querySelectorAll("figure[data-clip]")];
  figures.forEach(improvePlayer);
  figures.forEach(improveGate);
  if (page.querySelector("video[data-growing]")) {
    import("./growing.js").then(({ follow }) => follow(figures));
  }
  for (const section of page.querySelectorAll("[data-transcript]")) {
    const figure = figures.find(({ dataset }) => dataset.clip === section.dataset.transcript);
    if (figure) improveTranscript(section, figure);
  }
  if (figures.length === 1) startWhereAsked(figures[0]);
}

/* Whether a script calls play() or the reader presses the button, the stream is made ready first;
   a call gets its answer when the clip plays, and never sees the change of source. */
function improvePlayer(figure) {
  const video = figure.querySelector("video");
  let preparing;
  let ready = !video.dataset.hls;
  const prepare = async () => {
    figure.setAttribute("aria-busy", "true");
    try {
      if (video.dataset.growing) await (await import("./growing.js")).news();
      const { stream } = await import("./stream.js");
      await stream(video);
    } catch (reason) {
      // The MP4 is still the source; a clip that has none yet waits for another press.
      if (video.dataset.growing === "growing") throw reason;
    } finally {
      preparing = undefined;
      figure.removeAttribute("aria-busy");
    }
    ready = true;
  };
  video.play = async () => {
    if (!ready) await (preparing ??= prepare());
    return play.call(video);
  };
  video.addEventListener("lost", () => (ready = false));
  video.addEventListener("play", () => {
    pauseOthers(video);
    if (ready) return;
    video.pause();
    start(video);
  });
}

/* A browser may want another press before it plays with sound: its controls then say so. */
function start(video) {
  video.play().catch((reason) => console.info(`The clip waits for a press: ${reason.message}`));
}

function pauseOthers(video) {
  for (const other of document.querySelectorAll("video")) {
    if (other !== video) other.pause();
  }
}

function improveGate(figure) {
  const gate = figure.querySelector("[data-warning]");
  const video = figure.querySelector("video");
  gate?.addEventListener("toggle", () => {
    if (!gate.open) video.pause();
    else if (video.dataset.poster) video.poster = video.dataset.poster;
  });
}

function improveTranscript(section, figure) {
  const video = figure.querySelector("video");
  const cues = [...section.querySelectorAll("[data-cue]")].map((element) => ({
    element,
    start: Number(element.dataset.startMs),
    end: Number(element.dataset.endMs),
  }));
  let current;
  let movedAt = -PATIENCE_MS;
  section.dataset.live = "";
  section.addEventListener("click", (event) => {
    const cue = cues.find(({ element }) => element.contains(event.target));
    if (!cue || isForAnotherTab(event) || isSelecting(event)) return;
    event.preventDefault();
    playFrom(figure, cue.start / 1000);
  });
  for (const sign of ["wheel", "touchmove", "keydown"]) {
    section.addEventListener(sign, () => (movedAt = performance.now()), { passive: true });
  }
  const follow = () => {
    const now = video.currentTime * 1000;
    const cue = cues.find(({ start, end }) => start <= now && now < end);
    if (cue === current) return;
    current?.element.removeAttribute("aria-current");
    cue?.element.setAttribute("aria-current", "true");
    current = cue;
    if (cue && performance.now() - movedAt > PATIENCE_MS) bringIntoView(section, cue.element);
  };
  video.addEventListener("timeupdate", follow);
  video.addEventListener("seeking", follow);
}

const isForAnotherTab = (event) => event.metaKey || event.ctrlKey || event.shiftKey;

const isSelecting = (event) => !event.target.closest("a") && String(getSelection()) !== "";

/* A closed gate stays the reader's choice: the clip keeps the second until it is opened. */
function playFrom(figure, seconds) {
  const video = figure.querySelector("video");
  const gate = figure.querySelector("[data-warning]");
  video.currentTime = seconds;
  if (gate && !gate.open) gate.querySelector("summary").focus();
  else start(video);
}

/* Scrolls the transcript alone, never the page. */
function bringIntoView(section, element) {
  const above = element.offsetTop < section.scrollTop;
  const room = section.scrollTop + section.clientHeight;
  if (!above && element.offsetTop + element.offsetHeight <= room) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  section.scrollTo({
    top: element.offsetTop - section.clientHeight / 3,
    behavior: calm ? "auto" : "smooth",
  });
}

function startWhereAsked(figure) {
  const seconds = Number(new URLSearchParams(location.search).get("t"));
  if (!(seconds > 0)) return;
  const video = figure.querySelector("video");
  video.currentTime = seconds;
  if (!figure.querySelector("[data-warning]")) video.preload = "metadata";
}

improvePage();
