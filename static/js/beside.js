/* Transcripts of one clip that stand side by side are read together: while a reader scrolls one,
   the others show the same moment at the same height.

   Markup it expects: see clips.js; each [data-transcript] scrolls by itself. */

const read = new WeakSet();
// The one that the reader is at; what it moves does not move it back.
let leader;

export function readTogether(list) {
  const lists = [...document.querySelectorAll("[data-transcript]")].filter(
    ({ dataset }) => dataset.transcript === list.dataset.transcript,
  );
  for (const one of lists.length > 1 ? lists : []) {
    if (read.has(one)) continue;
    read.add(one);
    for (const sign of ["pointerenter", "focusin", "wheel", "touchstart"]) {
      one.addEventListener(sign, () => (leader = one), { passive: true });
    }
    one.addEventListener("scroll", () => {
      if (one !== leader) return;
      for (const other of lists) if (other !== one && areBeside(one, other)) bring(other, one);
    });
  }
}

const areBeside = (one, other) => {
  const [a, b] = [one, other].map((list) => list.getBoundingClientRect());
  return a.right <= b.left || b.right <= a.left;
};

const shownCues = (list) => [...list.querySelectorAll("[data-cue]")].filter((cue) => cue.offsetParent);

const below = (list, cue) => cue.getBoundingClientRect().top - list.getBoundingClientRect().top;

/* The first line that is seen whole in one stands as high in the other, or the next one there. */
function bring(other, one) {
  const first = shownCues(one).find((cue) => below(one, cue) >= 0);
  if (!first) return;
  const moment = Number(first.dataset.startMs);
  const match = shownCues(other).find((cue) => Number(cue.dataset.endMs) > moment);
  if (match) other.scrollTop += below(other, match) - below(one, first);
}
