/* The tools below a player: captions, speed, quality, picture in picture, sharing, keys.

   Markup it expects: in figure[data-clip] a <div class="tools"> and a .stage with the <video>;
   <template data-tools> anywhere: what goes into it, with a form control or button for each of
   data-captions, data-describe, data-described, data-speed, data-quality, data-pip, data-share, data-keys. */

import { offerCaptions } from "./captions.js";
import { offerDescriptions } from "./described.js";
import { listen } from "./keys.js";
import { offerSharing } from "./share.js";

const brought = new WeakSet();

export function bring(figure) {
  if (brought.has(figure)) return;
  brought.add(figure);
  const video = figure.querySelector("video");
  const tools = figure.querySelector(".tools");
  const content = document.querySelector("template[data-tools]").content.cloneNode(true);
  const find = (name) => content.querySelector(`[data-${name}]`);
  offerCaptions(video, find("captions"), find("look"));
  offerDescriptions(video, find("describe"), find("described"));
  offerSpeed(video, find("speed"));
  offerQuality(video, find("quality"));
  offerSmallWindow(video, find("pip"));
  offerSharing(figure, find("share"), find("shared"));
  listen(video, find("keys"));
  tools.append(content);
  if (video.dataset.storyboard && !savesData()) {
    import("./preview.js").then(({ preview }) => preview(video));
  }
}

/* Pictures that nobody asked for are not fetched on a line that is to be spared. */
function savesData() {
  const saver = navigator.connection?.saveData;
  return saver || matchMedia("(prefers-reduced-data: reduce)").matches;
}

function offerSpeed(video, select) {
  select.addEventListener("change", () => {
    // A stream that takes the player over starts at the default.
    video.defaultPlaybackRate = video.playbackRate = Number(select.value);
  });
  video.addEventListener("ratechange", () => (select.value = String(video.playbackRate)));
}

/* There is a choice when a stream plays that has several heights. */
function offerQuality(video, select) {
  const label = select.closest("label");
  const [automatic] = select.options;
  let hls;
  select.addEventListener("change", () => (hls.nextLevel = Number(select.value)));
  video.addEventListener("streamed", ({ detail }) => {
    hls = detail;
    const levels = hls?.levels ?? [];
    const options = levels.map(({ width, height }, index) => {
      return new Option(`${Math.min(width, height)}p`, String(index));
    });
    select.replaceChildren(automatic, ...options.reverse());
    select.value = automatic.value;
    label.hidden = levels.length < 2;
  });
}

function offerSmallWindow(video, button) {
  if (!document.pictureInPictureEnabled) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      if (document.pictureInPictureElement === video) await document.exitPictureInPicture();
      else await video.requestPictureInPicture();
    } catch (reason) {
      console.info(`The clip stays in the page: ${reason.message}`);
    }
  });
}
