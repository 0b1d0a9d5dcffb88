/* The captions menu: which words are shown over the picture, how large, on what ground. What a
   reader chooses holds for all clips on this device.

   Markup it expects: a <video> with <track> elements, data-default on the one that is shown at
   first; a <select> whose first option is "off"; a <fieldset> with one <select name> for each of
   size and ground. */

const KEY = "newsroom-captions";
const SHOWN = ["captions", "subtitles"];

export function offerCaptions(video, select, look) {
  const tracks = [...video.querySelectorAll("track")].filter(({ kind }) => SHOWN.includes(kind));
  if (!tracks.length) {
    select.closest("label").hidden = true;
    look.hidden = true;
    return;
  }
  tracks.forEach(({ label, srclang }) => select.add(new Option(label, srclang)));
  const chosen = remembered();
  const names = tracks.map(({ srclang }) => srclang);
  const first = tracks.find(({ dataset }) => "default" in dataset)?.srclang ?? "";
  select.value = chosen.language === "" || names.includes(chosen.language) ? chosen.language : first;
  const show = () => {
    for (const { srclang, track } of tracks) {
      track.mode = srclang === select.value ? "showing" : "disabled";
    }
  };
  select.addEventListener("change", () => {
    remember({ language: select.value });
    show();
  });
  // Not before it plays: words that nobody needs yet are not fetched.
  if (video.paused && !video.readyState) video.addEventListener("play", show, { once: true });
  else show();
  // The player's own menu chooses as well.
  video.textTracks.addEventListener("change", () => {
    tracks.forEach(fetchAgain);
    const showing = tracks.find(({ track }) => track.mode === "showing");
    if (!video.paused) select.value = showing?.srclang ?? "";
  });
  offerLook(video, look, chosen);
}

/* Words whose first fetch was stopped (early.js) do not come by themselves. */
function fetchAgain(element) {
  const isMissing = element.readyState === HTMLTrackElement.ERROR;
  if (isMissing && element.track.mode !== "disabled") element.src = element.getAttribute("src");
}

function offerLook(video, look, chosen) {
  for (const select of look.querySelectorAll("select")) {
    const apply = () => (video.dataset[`captions${select.name}`] = select.value);
    if (chosen[select.name]) select.value = chosen[select.name];
    apply();
    select.addEventListener("change", () => {
      remember({ [select.name]: select.value });
      apply();
    });
  }
}

export function remembered() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}");
  } catch {
    return {};
  }
}

export function remember(choice) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...remembered(), ...choice }));
  } catch (reason) {
    console.info(`The choice holds for this page only: ${reason.message}`);
  }
}
