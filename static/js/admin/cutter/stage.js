/* Boxes and the crop over the film, as they will be: moved and sized by mouse, touch or arrow keys.

   Markup: a <video> and beside it an empty [data-stage] over it. The film shows ``crop`` of the
   whole picture: that of the package it comes from. */

import { areaAt, NAMES, place } from "./marks.js";

const STEP = 0.01;
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function makeStage(stage, video, player, store, crop) {
  const shapes = new Map();
  const put = (key, area, as) =>
    store.change(place(store.cues, key, player.moment(), area), { as: `${as} ${key}` });

  /* Where the picture lies in the player, whose shape may be another one. */
  function frame() {
    const [wide, tall] = [video.videoWidth || 16, video.videoHeight || 9];
    const scale = Math.min(video.clientWidth / wide, video.clientHeight / tall);
    const [width, height] = [wide * scale, tall * scale];
    return { left: (video.clientWidth - width) / 2, top: (video.clientHeight - height) / 2, width, height };
  }

  function draw() {
    const { left, top, width, height } = frame();
    const shown = store.cues.filter((mark) => mark.type === "crop"
      || (mark.type === "box" && mark.start <= player.moment() && player.moment() < mark.end));
    for (const [key, shape] of shapes) {
      if (shown.some((mark) => mark.key === key)) continue;
      shape.remove();
      shapes.delete(key);
    }
    shown.forEach((mark) => {
      const shape = shapes.get(mark.key) ?? make(mark);
      const area = areaAt(mark, player.moment());
      shape.classList.toggle("shape--meant", mark.key === store.key);
      Object.entries({
        left: left + ((area.x - crop.x) / crop.width) * width,
        top: top + ((area.y - crop.y) / crop.height) * height,
        width: (area.width / crop.width) * width,
        height: (area.height / crop.height) * height,
      }).forEach(([name, px]) => shape.style.setProperty(name, `${px}px`));
    });
  }

  function make({ key, type }) {
    const shape = document.createElement("div");
    shape.className = `shape shape--${type}`;
    shape.tabIndex = 0;
    shape.setAttribute("role", "group");
    shape.setAttribute("aria-label", `${NAMES[type]}: arrow keys move it, with Shift they size it`);
    const corner = document.createElement("span");
    corner.className = "shape__corner";
    shape.append(corner);
    shape.addEventListener("focus", () => store.choose(key));
    shape.addEventListener("keydown", (event) => step(event, key));
    shape.addEventListener("pointerdown", (event) => drag(event, key, event.target === corner));
    shapes.set(key, shape);
    stage.append(shape);
    return shape;
  }

  const now = (key) => areaAt(store.cues.find((mark) => mark.key === key), player.moment());

  function step(event, key) {
    const way = WAYS[event.key];
    if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const [across, down] = way.map((one) => one * STEP);
    const area = now(key);
    put(key, event.shiftKey
      ? { ...area, width: area.width + across, height: area.height + down }
      : { ...area, x: area.x + across, y: area.y + down }, "step");
  }

  function drag(event, key, isCorner) {
    event.preventDefault();
    store.choose(key);
    video.pause();
    const shape = shapes.get(key);
    shape.focus({ preventScroll: true });
    shape.setPointerCapture(event.pointerId);
    const [from, { width, height }] = [now(key), frame()];
    const move = ({ clientX, clientY }) => {
      const across = ((clientX - event.clientX) / width) * crop.width;
      const down = ((clientY - event.clientY) / height) * crop.height;
      put(key, isCorner
        ? { ...from, width: from.width + across, height: from.height + down }
        : { ...from, x: from.x + across, y: from.y + down }, "drag");
    };
    shape.addEventListener("pointermove", move);
    const end = () => shape.removeEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) shape.addEventListener(name, end, { once: true });
  }

  for (const name of ["timeupdate", "seeked", "loadedmetadata"]) video.addEventListener(name, draw);
  setInterval(() => video.paused || draw(), 40);
  new ResizeObserver(draw).observe(video);
  store.listen(draw);
  draw();
  return { focus: (key) => shapes.get(key)?.focus() };
}
