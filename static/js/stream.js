/* Gives a player its adaptive stream (HLS) in place of its MP4; loaded when a clip is to be played.

   Markup it expects: a <video data-hls="PLAYLIST"> with an MP4 <source>, and one element with
   data-hls-module, the address of hls.js, anywhere on the page. */

const SETTINGS = {
  // The content security policy allows no worker from an object address.
  enableWorker: false,
  capLevelToPlayerSize: true,
  startLevel: 0,
  backBufferLength: 30,
};
// A stream that shows nothing for so long gives way to the MP4.
const FIRST_FRAME_MS = 10000;

/* Resolves when the clip can be played from where it stands, whatever the source has become. */
export async function stream(video) {
  const Hls = await loadHls();
  if (Hls?.isSupported()) await attach(Hls, video);
  else if (video.canPlayType("application/vnd.apple.mpegurl")) await playNatively(video);
}

/* Returns nothing where the browser lets no script feed a player: older Apple phones. */
async function loadHls() {
  if (!("MediaSource" in window || "ManagedMediaSource" in window)) return undefined;
  const { hlsModule } = document.querySelector("[data-hls-module]").dataset;
  return (await import(new URL(hlsModule, document.baseURI))).default;
}

/* A package is whole: a piece that the server refuses will not come, so the MP4 takes over. */
function attach(Hls, video) {
  const startPosition = video.currentTime;
  const returnToMp4 = mp4Of(video);
  const hls = new Hls({ ...SETTINGS, startPosition });
  return new Promise((resolve) => {
    const leave = () => {
      clearTimeout(timer);
      const at = video.readyState ? video.currentTime : startPosition;
      const playing = !video.paused;
      hls.destroy();
      returnToMp4(at, playing);
      resolve();
    };
    const timer = setTimeout(leave, FIRST_FRAME_MS);
    const arrive = () => {
      clearTimeout(timer);
      resolve();
    };
    video.addEventListener("loadeddata", arrive, { once: true });
    hls.on(Hls.Events.ERROR, (_, { fatal, response }) => {
      if (fatal || response?.code >= 400) leave();
    });
    hls.loadSource(video.dataset.hls);
    hls.attachMedia(video);
  });
}

function playNatively(video) {
  const at = video.currentTime;
  const returnToMp4 = mp4Of(video);
  return new Promise((resolve) => {
    video.addEventListener("loadedmetadata", resolve, { once: true });
    video.addEventListener("error", () => resolve(returnToMp4(at, false)), { once: true });
    video.src = video.dataset.hls;
    video.currentTime = at;
    video.load();
  });
}

/* Returns how to take the MP4 again, at a second; asked before, because a stream may remove it. */
function mp4Of(video) {
  const [address] = video.querySelector("source").src.split("#");
  return (seconds, playing) => {
    video.src = address;
    video.currentTime = seconds;
    if (playing) video.play();
  };
}
