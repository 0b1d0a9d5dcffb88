/* The outline of the sound around this moment, with lines or marks on it; a click or an arrow key
   goes to a moment, and the ends of the one that is meant can be dragged: ``set`` is told of it.

   Markup: <div role="slider" tabindex="0" data-wave-url> with a <canvas>; the address answers
   {"step_ms", "peaks"} (base64, a byte for each step), or 202 while it is drawn. */

import { spelled } from "./times.js";

const AGAIN_MS = 1500;
const NEAR_PX = 8;
const SHORTEST = 100;
const STEPS = { ArrowLeft: -100, ArrowRight: 100, PageDown: -5000, PageUp: 5000 };

export function makeWave(slider, video, player, store, { set, label = (_, number) => number + 1, rows = 0 }) {
  const canvas = slider.querySelector("canvas");
  let [peaks, step, window_ms, dragged] = [new Uint8Array(), 50, 10_000, null];
  const length = () => (Number.isFinite(video.duration) ? video.duration * 1000 : 0);
  const left = () => {
    const half = player.moment() - window_ms / 2;
    return Math.max(player.base, Math.min(half, player.base + length() - window_ms));
  };
  const x = (ms) => ((ms - left()) / window_ms) * canvas.clientWidth;
  const ms = (event) =>
    Math.round(left() + ((event.clientX - canvas.getBoundingClientRect().left) / canvas.clientWidth) * window_ms);

  async function load() {
    const answer = await fetch(slider.dataset.waveUrl).catch(() => null);
    if (answer?.status === 202) return setTimeout(load, AGAIN_MS);
    if (!answer?.ok) return;
    const told = await answer.json();
    step = told.step_ms;
    peaks = Uint8Array.from(atob(told.peaks), (letter) => letter.charCodeAt(0));
    slider.dataset.drawn = peaks.length;
    draw();
  }

  function draw() {
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    const ratio = devicePixelRatio || 1;
    if (!width) return;
    [canvas.width, canvas.height] = [width * ratio, height * ratio];
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const tone = (name) => getComputedStyle(slider).getPropertyValue(name).trim();
    pen.fillStyle = tone("--wave");
    const middle = (height - 18) / 2 + 18;
    for (let at = 0; at < width; at += 1) {
      const number = Math.floor((left() - player.base + (at / width) * window_ms) / step);
      const tall = Math.max(1, ((peaks[number] ?? 0) / 255) * (height - 22));
      pen.fillRect(at, middle - tall / 2, 1, tall);
    }
    store.cues.forEach((cue, number) => drawLine(pen, cue, number, tone, height));
    pen.fillStyle = tone("--needle");
    pen.fillRect(x(player.moment()) - 1, 0, 2, height);
    slider.setAttribute("aria-valuemin", player.base);
    slider.setAttribute("aria-valuemax", Math.round(player.base + length()));
    slider.setAttribute("aria-valuenow", player.moment());
    slider.setAttribute("aria-valuetext", spelled(player.moment()));
  }

  function drawLine(pen, cue, number, tone, height) {
    const [from, to] = [x(cue.start), x(cue.end ?? cue.start)];
    if (Number.isNaN(from) || to < 0 || from > canvas.clientWidth) return;
    const isCurrent = cue.key === store.key;
    pen.globalAlpha = isCurrent ? 0.35 : 0.18;
    pen.fillStyle = tone(isCurrent ? "--needle" : "--line-on-wave");
    pen.fillRect(from, 0, Math.max(1, to - from - 1), height);
    pen.globalAlpha = 1;
    pen.fillStyle = tone("--label");
    pen.font = "11px sans-serif";
    pen.fillText(label(cue, number), Math.max(2, from + 3), 12 + (rows ? (number % rows) * 12 : 0));
  }

  const edge = (event) => {
    const [cue, at] = [store.current, event.clientX - canvas.getBoundingClientRect().left];
    if (!cue) return null;
    return ["start", "end"].find((name) => Math.abs(x(cue[name]) - at) <= NEAR_PX) ?? null;
  };
  slider.addEventListener("pointerdown", (event) => {
    dragged = edge(event);
    if (dragged) slider.setPointerCapture(event.pointerId);
    else player.goTo(ms(event));
  });
  slider.addEventListener("pointermove", (event) => {
    slider.classList.toggle("wave--edge", Boolean(dragged ?? edge(event)));
    const cue = store.current;
    if (!dragged || !cue) return;
    const to = dragged === "start" ? Math.min(ms(event), cue.end - SHORTEST) : Math.max(ms(event), cue.start + SHORTEST);
    set(cue.key, { [dragged]: Math.max(0, to) }, `drag ${dragged}`);
  });
  slider.addEventListener("pointerup", () => (dragged = null));
  slider.addEventListener("keydown", (event) => {
    if (!STEPS[event.key] || event.altKey || event.ctrlKey) return;
    event.preventDefault();
    player.goTo(player.moment() + STEPS[event.key] * (event.shiftKey ? 10 : 1));
  });
  for (const name of ["timeupdate", "seeked", "loadedmetadata"]) video.addEventListener(name, draw);
  setInterval(() => video.paused || draw(), 60);
  new ResizeObserver(draw).observe(canvas);
  store.listen(draw);
  load();
  return { zoom: (factor) => {
    window_ms = Math.max(2000, Math.min(60_000, window_ms * factor));
    draw();
  } };
}
