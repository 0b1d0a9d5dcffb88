/* Gives a player its adaptive stream (HLS) in place of its file; loaded when a clip is to be played.

   Markup it expects: a <video data-hls="PLAYLIST"> with a <source>, its MP4 or, while a clip grows,
   the playlist itself; and one element with data-hls-module, the address of hls.js, anywhere. The
   video gets the event "streamed" with hls.js, or "lost" where there is no stream and no MP4. */

import { narrow } from "./codecs.js";
import { canFollow, keepFile, playNatively, returnToFile } from "./file.js";

const SETTINGS = {
  // Which codec is taken is found out first.
  autoStartLoad: false,
  // The content security policy allows no worker from an object address.
  enableWorker: false,
  capLevelToPlayerSize: true,
  startLevel: 0,
  backBufferLength: 30,
  // The words are <track> elements, which these would empty and switch.
  timelineController: undefined,
  subtitleTrackController: undefined,
  subtitleStreamController: undefined,
};
// A stream that shows nothing for so long gives way.
const FIRST_FRAME_MS = 10000;
// What is buffered so far ahead is fetched again when better pictures come.
const UNTOUCHED_S = 4;

/* What each player plays: hls, or nothing where the browser follows the playlist by itself; and a
   promise kept when it shows its first frame. */
const streams = new WeakMap();

/* Resolves when the clip can be played from where it stands, whatever the source has become;
   rejects where nothing can be played. */
export async function stream(video) {
  const Hls = await loadHls();
  if (Hls?.isSupported()) await begin(video, attach(Hls, video));
  else if (canFollow(video)) await begin(video, { shown: playNatively(video) });
}

/* Lets the stream that data-hls names now take over at the same second. Rejects, and leaves the
   player as it was, where that stream cannot be had. */
export async function moveUp(video) {
  const now = streams.get(video);
  if (!now) return;
  await now.shown;
  if (now.hls) await begin(video, await handOver(now.hls, video));
  else await begin(video, { shown: playNatively(video) });
}

function begin(video, playing) {
  streams.set(video, playing);
  const tell = () => video.dispatchEvent(new CustomEvent("streamed", { detail: playing.hls }));
  playing.shown.then(tell, () => streams.delete(video));
  return playing.shown;
}

/* Returns nothing where the browser lets no script feed a player: older Apple phones. */
async function loadHls() {
  if (!("MediaSource" in window || "ManagedMediaSource" in window)) return undefined;
  const { hlsModule } = document.querySelector("[data-hls-module]").dataset;
  return (await import(new URL(hlsModule, document.baseURI))).default;
}

function attach(Hls, video) {
  const at = video.currentTime;
  const hls = new Hls(SETTINGS);
  keepFile(video);
  const shown = watch(hls, video, at);
  hls.once(Hls.Events.MANIFEST_PARSED, async () => {
    await narrow(hls);
    hls.startLoad(at);
  });
  hls.loadSource(video.dataset.hls);
  hls.attachMedia(video);
  return { hls, shown };
}

/* The new stream goes on filling the buffers from which the player plays, so that nothing stops
   and the picture stays; it takes them only when its playlist has come. */
async function handOver(old, video) {
  const Hls = old.constructor;
  const hls = new Hls({
    ...SETTINGS,
    startLevel: -1,
    testBandwidth: false,
    abrEwmaDefaultEstimate: old.bandwidthEstimate,
  });
  await parsed(hls, video.dataset.hls);
  await narrow(hls, old.levels[old.loadLevel]?.videoCodec);
  // Not sooner: the buffers are its own when it has filled one.
  hls.once(Hls.Events.FRAG_BUFFERED, () => forgetPictures(hls, video));
  hls.attachMedia(old.transferMedia() ?? video);
  old.destroy();
  hls.startLoad(video.currentTime, true);
  return { hls, shown: watch(hls, video, video.currentTime) };
}

/* All but what is shown now and next is fetched again, better; the sound is the same. */
function forgetPictures(hls, video) {
  const fragments = hls.latestLevelDetails?.fragments ?? [];
  const forget = (startOffset, endOffset) =>
    hls.trigger(hls.constructor.Events.BUFFER_FLUSHING, { startOffset, endOffset, type: "video" });
  const { currentTime } = video;
  const later = fragments.find(({ start }) => start > currentTime + UNTOUCHED_S);
  if (later) forget(later.start, Infinity);
  const shown = fragments.find(({ end }) => end > currentTime);
  if (shown?.start > 0) forget(0, shown.start);
}

function parsed(hls, address) {
  const { Events } = hls.constructor;
  return new Promise((resolve, reject) => {
    hls.once(Events.MANIFEST_PARSED, resolve);
    hls.on(Events.ERROR, (_, { fatal, error }) => {
      if (!fatal) return;
      hls.destroy();
      reject(error);
    });
    hls.loadSource(address);
  });
}

/* A finished package has every piece: one that the server refuses will not come, and the file
   takes over. The playlist of a growing one may fail for a moment, and hls.js asks again. */
function watch(hls, video, startedAt) {
  const { Events } = hls.constructor;
  return new Promise((resolve, reject) => {
    const leave = () => {
      clearTimeout(timer);
      const at = video.readyState ? video.currentTime : startedAt;
      const playing = !video.paused;
      hls.destroy();
      streams.delete(video);
      if (returnToFile(video, at, playing)) resolve();
      else reject(new Error("the stream of the clip cannot be had"));
    };
    const timer = setTimeout(leave, FIRST_FRAME_MS);
    const arrive = () => {
      clearTimeout(timer);
      resolve();
    };
    if (video.readyState >= video.HAVE_CURRENT_DATA) arrive();
    else video.addEventListener("loadeddata", arrive, { once: true });
    hls.on(Events.ERROR, (_, { fatal, response }) => {
      const grows = video.dataset.growing === "growing";
      if (fatal || (response?.code >= 400 && !grows)) leave();
    });
  });
}
