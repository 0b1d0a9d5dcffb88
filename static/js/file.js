/* A player's own file, beside its stream: the MP4 that takes over, and playlists that a browser
   follows by itself.

   Markup it expects: a <video data-hls="PLAYLIST"> with a <source>. It keeps the address of the
   MP4 in data-mp4, because a stream may remove the source. */

/* Whether the browser follows playlists by itself. */
export const canFollow = (video) => video.canPlayType("application/vnd.apple.mpegurl") !== "";

/* Remembers the MP4 before a stream takes the player. */
export function keepFile(video) {
  const source = video.querySelector("source");
  video.dataset.mp4 ??= source.type === "video/mp4" ? source.src.split("#")[0] : "";
}

/* Takes the MP4 at a second. Without one the player waits there, says that its clip is lost, and
   the answer is false. */
export function returnToFile(video, seconds, playing) {
  const { mp4, hls } = video.dataset;
  if (mp4) video.src = mp4;
  // A player without any source could not be pressed.
  else if (!video.querySelector("source")) video.src = hls;
  video.currentTime = seconds;
  if (!mp4) video.dispatchEvent(new Event("lost"));
  else if (playing) video.play();
  return Boolean(mp4);
}

/* Plays the playlist without a script's help, from the second where the player stands. */
export function playNatively(video) {
  const { currentTime, playbackRate, paused } = video;
  const modes = [...video.textTracks].map(({ mode }) => mode);
  keepFile(video);
  return new Promise((resolve, reject) => {
    const arrive = () => {
      video.removeEventListener("error", fail);
      video.playbackRate = playbackRate;
      modes.forEach((mode, index) => (video.textTracks[index].mode = mode));
      resolve();
    };
    const fail = () => {
      video.removeEventListener("loadedmetadata", arrive);
      if (returnToFile(video, currentTime, false)) resolve();
      else reject(new Error("the browser cannot follow the stream of the clip"));
    };
    video.addEventListener("loadedmetadata", arrive, { once: true });
    video.addEventListener("error", fail, { once: true });
    video.src = video.dataset.hls;
    video.currentTime = currentTime;
    video.load();
    // A stream that takes over from another one goes on if that one was playing.
    if (!paused) HTMLMediaElement.prototype.play.call(video).catch(fail);
  });
}
