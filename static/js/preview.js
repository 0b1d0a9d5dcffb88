/* A small picture of where the reader is going, while the player looks for it.

   Markup it expects: a .stage around a <video data-storyboard="WEBVTT"> that names, for each span
   of time, a part of a sheet: sheet.jpg#xywh=0,0,160,90. */

const LINGER_MS = 600;

export function preview(video) {
  const place = document.createElement("div");
  place.className = "preview";
  place.hidden = true;
  place.setAttribute("aria-hidden", "true");
  video.closest(".stage").append(place);
  let tiles;
  let timer;
  video.addEventListener("play", async () => (tiles ??= await read(video.dataset.storyboard)));
  video.addEventListener("seeking", async () => {
    tiles ??= await read(video.dataset.storyboard);
    const tile = tiles.findLast(({ start }) => start <= video.currentTime);
    if (!tile || !video.seeking) return;
    clearTimeout(timer);
    show(place, tile);
  });
  video.addEventListener("seeked", () => {
    clearTimeout(timer);
    timer = setTimeout(() => (place.hidden = true), LINGER_MS);
  });
}

function show(place, { sheet, x, y, width, height }) {
  Object.assign(place.style, {
    inlineSize: `${width}px`,
    blockSize: `${height}px`,
    backgroundImage: `url("${sheet}")`,
    backgroundPosition: `-${x}px -${y}px`,
  });
  place.hidden = false;
}

async function read(address) {
  try {
    const answer = await fetch(address);
    return answer.ok ? parse(await answer.text(), answer.url) : [];
  } catch (reason) {
    console.info(`There is no preview: ${reason.message}`);
    return [];
  }
}

export function parse(text, base) {
  const cue = /([\d:.]+) --> [\d:.]+\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)/g;
  return [...text.matchAll(cue)].map(([, time, sheet, ...box]) => {
    const [x, y, width, height] = box.map(Number);
    const start = time.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
    return { start, sheet: new URL(sheet, base).href, x, y, width, height };
  });
}
