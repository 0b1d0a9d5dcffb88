/* Makes clips and their words work together on a page that works without it. It loads what else
   is needed when it is needed.

   Markup it expects:
     <figure data-clip="ID">  around one <video> with a <source>; data-hls on the video is the
                              better stream, data-poster the picture of a warned clip,
                              data-growing there while the clip is being made (growing.js)
     <details data-warning>   in that figure: its gate; a [data-veil] in it is a span (guard.js)
     <div class="tools">      in that figure: room for the tools (tools.js)
     [data-transcript="ID"]   anywhere: one [data-cue] with data-start-ms and data-end-ms (integer
                              milliseconds) for each cue, its link inside
     [data-chapters="ID"]     the same with [data-chapter]
   The address parameter t (seconds) starts the only clip of a page there. */

const play = HTMLMediaElement.prototype.play;

export function improvePage(page = document) {
  const figures = [...page.querySelectorAll("figure[data-clip]")];
  figures.forEach(improvePlayer);
  figures.forEach(improveGate);
  if (page.querySelector("video[data-growing]")) {
    import("./growing.js").then(({ follow }) => follow(figures));
  }
  for (const list of page.querySelectorAll("[data-transcript], [data-chapters]")) {
    const id = list.dataset.transcript ?? list.dataset.chapters;
    const figure = figures.find(({ dataset }) => dataset.clip === id);
    if (figure) improveList(list, figure);
  }
  if (figures.length === 1) startWhereAsked(figures[0]);
  page.addEventListener("selectionchange", () => import("./quotes.js"), { once: true });
}

/* Whether a script calls play() or the reader presses the button, the stream is made ready first;
   a call gets its answer when the clip plays, and never sees the change of source. */
function improvePlayer(figure) {
  const video = figure.querySelector("video");
  let preparing;
  let ready = !video.dataset.hls && !isVeiled(figure);
  const prepare = async () => {
    figure.setAttribute("aria-busy", "true");
    try {
      // Without its guard a clip with a warned span does not play.
      await guard(figure);
      await useStream(video);
      ready = true;
    } finally {
      preparing = undefined;
      figure.removeAttribute("aria-busy");
    }
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
  for (const sign of ["play", "pointerenter", "focusin"]) {
    figure.querySelector(".stage").addEventListener(sign, () => bringTools(figure), true);
  }
}

async function useStream(video) {
  if (!video.dataset.hls) return;
  try {
    if (video.dataset.growing) await (await import("./growing.js")).news();
    const { stream } = await import("./stream.js");
    await stream(video);
  } catch (reason) {
    // The MP4 is still the source; a clip that has none yet waits for another press.
    if (video.dataset.growing === "growing") throw reason;
  }
}

const isVeiled = (figure) => figure.querySelector("[data-veil]") !== null;

const guard = async (figure) => isVeiled(figure) && (await import("./guard.js")).guard(figure);

const bringTools = async (figure) => (await import("./tools.js")).bring(figure);

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
  const follow = () => {
    if (!gate.open) return video.pause();
    if (video.dataset.poster) video.poster = video.dataset.poster;
    guard(figure);
    bringTools(figure);
  };
  gate?.addEventListener("toggle", follow);
  // Opened before this script came.
  if (gate?.open) follow();
}

/* A list of moments: each plays from its second; what more it can do comes when it is used. */
function improveList(list, figure) {
  const video = figure.querySelector("video");
  list.dataset.live = "";
  list.addEventListener("click", (event) => {
    const moment = event.target.closest("[data-cue], [data-chapter]");
    if (!moment || isForAnotherTab(event) || isSelecting(event)) return;
    event.preventDefault();
    playFrom(figure, moment.dataset.startMs / 1000);
  });
  const bring = async () => (await import("./moments.js")).bring(list, video);
  video.addEventListener("play", bring, { once: true });
  const whole = list.closest(".transcript") ?? list;
  for (const sign of ["pointerenter", "focusin"]) {
    whole.addEventListener(sign, bring, { once: true });
  }
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

function startWhereAsked(figure) {
  const seconds = Number(new URLSearchParams(location.search).get("t"));
  if (!(seconds > 0)) return;
  const video = figure.querySelector("video");
  video.currentTime = seconds;
  if (!figure.querySelector("[data-warning]")) video.preload = "metadata";
}

improvePage();
