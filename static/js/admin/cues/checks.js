/* What a broadcaster would send back, said at each line a moment after it was changed.

   Markup: rows as in list.js with [data-findings]; [data-summary] counts the lines. The address
   takes {"rows": […]} and answers {"findings": {KEY: {"rate", "sentences"}}}. */

const PAUSE_MS = 400;

export function makeChecks(ask, store, list, summary) {
  let [pause, latest, seen] = [0, 0, null];

  async function check() {
    const [mine, cues] = [(latest += 1), store.cues];
    const [status, told] = await ask({ rows: cues });
    if (mine !== latest) return;
    if (status !== 200) return void (summary.textContent = told.sentence ?? "");
    cues.forEach(({ key }) => show(list.rowOf(key), told.findings[key]));
    const count = Object.values(told.findings).filter(({ sentences }) => sentences.length).length;
    summary.textContent = count
      ? `${count} of ${cues.length} lines have something to look at.`
      : cues.length ? "Every line keeps the guide’s figures." : "";
  }

  store.listen(() => {
    if (store.cues === seen) return;
    seen = store.cues;
    clearTimeout(pause);
    pause = setTimeout(check, PAUSE_MS);
  });
  check();
}

function show(row, finding) {
  if (!row || !finding) return;
  const place = row.querySelector("[data-findings]");
  const words = [...finding.sentences, ...(finding.sentences.length ? [] : [`${finding.rate} characters a second`])];
  place.textContent = words.join(" ");
  row.classList.toggle("cue--warned", finding.sentences.length > 0);
}
