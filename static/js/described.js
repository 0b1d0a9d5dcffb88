/* What is seen, in words, for those who cannot see it: a line below the picture while the clip
   plays, which screen readers read out. Whether it is wanted holds for all clips on this device.

   Markup it expects: a <video> with <track kind="descriptions">; a checkbox in a <label hidden>; an
   empty element with aria-live, hidden. */

import { remember, remembered } from "./captions.js";

export function offerDescriptions(video, box, line) {
  const tracks = [...video.querySelectorAll("track[kind=descriptions]")];
  if (!tracks.length) return;
  const { lang } = document.documentElement;
  const element = tracks.find(({ srclang }) => srclang === lang) ?? tracks[0];
  const { track } = element;
  const say = () => {
    const cues = box.checked ? [...(track.activeCues ?? [])] : [];
    line.textContent = cues.map((cue) => cue.getCueAsHTML().textContent).join(" ");
  };
  const show = () => {
    track.mode = box.checked ? "hidden" : "disabled";
    line.hidden = !box.checked;
    say();
  };
  line.lang = element.srclang;
  box.closest("label").hidden = false;
  box.checked = remembered().described === true;
  box.addEventListener("change", () => {
    remember({ described: box.checked });
    show();
  });
  track.addEventListener("cuechange", say);
  // Not before it plays: words that nobody needs yet are not fetched.
  if (video.paused && !video.readyState) video.addEventListener("play", show, { once: true });
  else show();
}
