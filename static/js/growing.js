/* Follows clips that are still being made: asks for the page again, and gives its players what
   they can have by now, without a reload.

   Markup it expects: in figure[data-clip] a <video data-growing="growing" or "first"> with data-hls
   and a <source>; data-preparing, a line with its other wordings in data-following and
   data-failed; data-file, what is said of the file. */

import { canFollow } from "./file.js";

const SOONEST_MS = 5000;
const LATEST_MS = 30000;
const SLOWER = 1.5;
// A press of play does not wait longer for news.
const PATIENCE_MS = 1500;

let figures = [];
let seen;
let asking;
let timer;
let pause = SOONEST_MS;

/* Begins to follow the figures that are not finished; called once on a page. */
export function follow(all) {
  figures = all.filter(isGrowing);
  for (const figure of figures) {
    const video = figure.querySelector("video");
    say(figure, "following");
    keepPressable(video);
    video.addEventListener("lost", () => say(figure, "failed"));
    video.addEventListener("playing", () => {
      say(figure, "following");
      wait();
    });
  }
  document.addEventListener("visibilitychange", look);
}

/* The newest address before a clip starts: what was current when the page was fetched may be gone. */
export function news() {
  return Promise.race([ask(), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
}

const isGrowing = (figure) => "growing" in figure.querySelector("video").dataset;

const isWanted = (figure) => {
  const video = figure.querySelector("video");
  return !video.paused || video.readyState > video.HAVE_NOTHING;
};

function say(figure, what) {
  const line = figure.querySelector("[data-preparing]");
  const words = line?.dataset[what];
  if (words && line.textContent !== words) line.textContent = words;
}

/* A browser that cannot follow playlists by itself locks a player that has no other source; an
   empty one of ours can be pressed, and costs nothing. */
function keepPressable(video) {
  if (canFollow(video) || !("MediaSource" in window)) return;
  if (video.querySelector("source").type !== "video/mp4") {
    video.src = URL.createObjectURL(new MediaSource());
  }
}

function look() {
  clearTimeout(timer);
  timer = undefined;
  pause = SOONEST_MS;
  wait();
}

/* One question at a time; nothing is asked for while nobody looks or plays. */
function wait() {
  if (document.hidden || !figures.some(isWanted)) return;
  timer ??= setTimeout(async () => {
    pause = Math.min(pause * SLOWER, LATEST_MS);
    await ask();
    timer = undefined;
    wait();
  }, pause);
}

function ask() {
  asking ??= update().finally(() => (asking = undefined));
  return asking;
}

async function update() {
  const page = await newPage();
  if (!page) return;
  const fresh = [...page.querySelectorAll("figure[data-clip]")];
  for (const figure of figures) {
    const newer = fresh.find(({ dataset }) => dataset.clip === figure.dataset.clip);
    if (newer) await renew(figure, newer);
    else figures = figures.filter((kept) => kept !== figure);
  }
  figures = figures.filter(isGrowing);
}

/* The page as it is now; nothing if it has not changed or cannot be had at this moment. A page
   that was withdrawn is followed no more. */
async function newPage() {
  const address = new URL(location.href);
  address.hash = "";
  address.searchParams.delete("t");
  try {
    const answer = await fetch(address, { cache: "no-cache" });
    if (answer.status === 404 || answer.status === 410) figures = [];
    const tag = answer.headers.get("ETag");
    if (!answer.ok || (tag && tag === seen)) return undefined;
    seen = tag;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch (reason) {
    console.info(`The page could not be asked for: ${reason.message}`);
    return undefined;
  }
}

async function renew(figure, newer) {
  const video = figure.querySelector("video");
  const { hls, growing } = video.dataset;
  const { takeOver } = await import("./renewal.js");
  if (newer.querySelector("video").dataset.growing !== growing) pause = SOONEST_MS;
  takeOver(figure, newer);
  if (video.dataset.hls === hls) return;
  pause = SOONEST_MS;
  const { moveUp } = await import("./stream.js");
  await moveUp(video).catch((reason) => {
    // What plays goes on, and the next answer is another chance.
    Object.assign(video.dataset, { hls, growing });
    seen = undefined;
    console.info(`The better stream cannot be had yet: ${reason.message}`);
  });
}
