/* Writes into a figure what a newer form of the same page says of its clip; what plays, plays on.

   Markup it expects: see growing.js, which calls it. */

export function takeOver(figure, newer) {
  const video = figure.querySelector("video");
  const fresh = newer.querySelector("video");
  takeSource(video, fresh);
  takePoster(figure, video, fresh);
  for (const name of ["hls", "growing"]) {
    if (name in fresh.dataset) video.dataset[name] = fresh.dataset[name];
    else delete video.dataset[name];
  }
  const link = fresh.querySelector("a");
  if (link && !video.querySelector("a")) video.append(link);
  else if (link) video.querySelector("a").href = link.href;
  if (!newer.querySelector("[data-preparing]")) figure.querySelector("[data-preparing]")?.remove();
  const files = newer.querySelectorAll("[data-file]");
  figure.querySelectorAll("[data-file]").forEach((old, index) => old.replaceWith(files[index]));
}

/* A player that nobody has started takes the new address at once; another one when it needs it. A
   source or an address that is a script's own is what it plays from. */
function takeSource(video, fresh) {
  const source = video.querySelector("source");
  const { src, type } = fresh.querySelector("source");
  if (type === "video/mp4") video.dataset.mp4 = src;
  if (!source || source.src.startsWith("blob:") || source.src.split("#")[0] === src) return;
  source.src = src;
  source.type = type;
  if (video.src || video.readyState || !video.paused) return;
  const { currentTime } = video;
  video.load();
  if (currentTime) video.currentTime = currentTime;
}

/* The picture of a warned clip stays behind its gate. */
function takePoster(figure, video, fresh) {
  const gate = figure.querySelector("[data-warning]");
  if (fresh.dataset.poster) video.dataset.poster = fresh.dataset.poster;
  const shown = fresh.poster || (gate?.open && fresh.dataset.poster);
  if (shown && video.poster !== new URL(shown, document.baseURI).href) video.poster = shown;
}
