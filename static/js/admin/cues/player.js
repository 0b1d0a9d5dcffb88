/* The clip while its words are written: play, jump, and one line alone.

   Markup: a <video>, a select of speeds, and an element that shows the words of this moment as
   readers will get them, under data-sign what they see in place of withheld words. */

const LOOK_MS = 40;

export function makePlayer(video, { speed, words, sign }, store) {
  let end = Infinity;
  const moment = () => Math.round(video.currentTime * 1000);
  const goTo = (ms) => {
    end = Infinity;
    video.currentTime = Math.max(0, ms / 1000);
  };
  const heard = () => store.cues.filter((cue) => cue.start <= moment() && moment() < cue.end);

  function look() {
    if (moment() >= end) {
      video.pause();
      end = Infinity;
    }
    words.replaceChildren(...heard().map((cue) => {
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
