/* The lines of a transcript, or the marks on a clip, while they are edited: which of them is meant,
   and the way back. Each has a key. */

const PAUSE_MS = 1500;

export function makeStore(cues) {
  let now = { cues, current: cues[0]?.key ?? null };
  let [past, future, label, at, saved] = [[], [], "", 0, cues];
  const listeners = [];
  const become = (next) => {
    now = next;
    listeners.forEach((listen) => listen());
  };
  const step = (from, to) => {
    if (!from.length) return;
    to.push(now);
    label = "";
    become(from.pop());
  };
  return {
    get cues() { return now.cues; },
    get key() { return now.current; },
    get current() { return now.cues.find((cue) => cue.key === now.current); },
    get canUndo() { return past.length > 0; },
    get canRedo() { return future.length > 0; },
    get isSaved() { return now.cues === saved; },

    /* ``listener`` is called whenever lines or the choice of one have changed. */
    listen: (listener) => listeners.push(listener),
    choose: (key) => key !== now.current && become({ ...now, current: key }),

    /* What is changed again ``as`` the same thing within a moment is undone in one step. */
    change(next, { current = now.current, as = "" } = {}) {
      if (next === now.cues) return;
      if (!as || as !== label || Date.now() - at > PAUSE_MS) past.push(now);
      [future, label, at] = [[], as, Date.now()];
      const there = next.some((cue) => cue.key === current);
      become({ cues: next, current: there ? current : nearest(next, now) });
    },
    undo: () => step(past, future),
    redo: () => step(future, past),
    markSaved(what) {
      saved = what;
      become(now);
    },
  };
}

/* After a line has gone: the one that stands where it stood. */
function nearest(cues, { cues: before, current }) {
  const number = before.findIndex((cue) => cue.key === current);
  return cues[Math.min(Math.max(0, number), cues.length - 1)]?.key ?? null;
}
