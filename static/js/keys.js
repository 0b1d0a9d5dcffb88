/* Keys of a player that has the focus. They are listed in its help.

   Markup it expects: a <video>; a <details>, the help, which the key ? opens. */

const STEP_S = 5;
const LEAP_S = 10;
const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];

export function listen(video, help) {
  const actions = {
    k: () => toggle(video),
    ArrowLeft: () => (video.currentTime -= STEP_S),
    ArrowRight: () => (video.currentTime += STEP_S),
    j: () => (video.currentTime -= LEAP_S),
    l: () => (video.currentTime += LEAP_S),
    m: () => (video.muted = !video.muted),
    c: () => press(video, "[data-captions]", nextCaptions),
    f: () => (document.fullscreenElement ? document.exitFullscreen() : video.requestFullscreen()),
    p: () => press(video, "[data-pip]", (button) => button.click()),
    "<": () => changeSpeed(video, -1),
    ">": () => changeSpeed(video, 1),
    "?": () => (help.open = !help.open),
  };
  video.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const digit = /^\d$/.test(event.key);
    const action = digit ? () => leapTo(video, Number(event.key) / 10) : actions[event.key.length > 1 ? event.key : event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  });
  listenToSpace(video);
}

/* Some browsers' own controls play or pause at this key, and do so whatever a script forbids: twice
   would be not at all. So it is done here where they have not done it. */
function listenToSpace(video) {
  let wasPaused;
  video.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.repeat) return;
    // The page is not scrolled.
    event.preventDefault();
    wasPaused = video.paused;
  });
  video.addEventListener("keyup", ({ key }) => {
    if (key !== " ") return;
    setTimeout(() => {
      if (video.paused === wasPaused) toggle(video);
    });
  });
}

function toggle(video) {
  if (!video.paused) video.pause();
  else video.play().catch((reason) => console.info(`The clip waits: ${reason.message}`));
}

function leapTo(video, share) {
  if (video.duration) video.currentTime = video.duration * share;
}

function changeSpeed(video, step) {
  const at = SPEEDS.indexOf(video.playbackRate);
  video.playbackRate = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, at + step))] ?? 1;
}

function press(video, tool, how) {
  const element = video.closest("figure").querySelector(`.tools ${tool}`);
  if (element && !element.hidden) how(element);
}

function nextCaptions(select) {
  select.selectedIndex = (select.selectedIndex + 1) % select.options.length;
  select.dispatchEvent(new Event("change"));
}
