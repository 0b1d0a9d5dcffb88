/* The clip at the desk: play, jump, and one line or mark alone.

   Markup: a <video>, a select of speeds and, where there are words, an element that shows those of
   this moment as readers will get them; ``sign`` is what they see in place of withheld words.
   Moments count from ``base``, in milliseconds: where the film starts in its footage. */

const LOOK_MS = 40;

export function makePlayer(video, { speed, words, sign, base = 0 }, store) {
  let end = Infinity;
  const moment = () => Math.round(video.currentTime * 1000) + base;
  const goTo = (ms) => {
    end = Infinity;
    video.currentTime = Math.max(0, (ms - base) / 1000);
  };
  const heard = () => store.cues.filter((cue) => cue.start <= moment() && moment() < cue.end);

  function look() {
    if (moment() >= end) {
      video.pause();
      end = Infinity;
    }
    words?.replaceChildren(...heard().map((cue) => {
      const line = document.createElement("span");
      const said = [cue.speaker, cue.text].filter(Boolean).join(": ");
      line.textContent = said.replace(/\[\[[^]*?\]\]/g, sign);
      return line;
    }));
  }

  video.addEventListener("seeked", look);
  video.addEventListener("timeupdate", look);
  setInterval(() => video.paused || look(), LOOK_MS);
  store.listen(look);
  speed.addEventListener("change", () => (video.playbackRate = Number(speed.value)));

  return {
    base,
    moment,
    goTo,
    play: () => {
      end = Infinity;
      return video.paused ? video.play() : video.pause();
    },
    jump: (seconds) => goTo(moment() + seconds * 1000),
    playLine() {
      const cue = store.current;
      if (!cue) return;
      goTo(cue.start);
      end = cue.end;
      video.play();
    },
  };
}
