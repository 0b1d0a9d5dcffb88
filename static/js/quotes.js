/* Offers the address of a quotation for the words that a reader selects in a transcript.

   Markup it expects:
     <template data-quoting>  an <li> with a <button>, and an <output> with data-done, which is said
                              when the address was copied
     [data-transcript="ID"]   with lang; its cues as clips.js expects them, with a link
                              where they can be opened; data-unspoken where it
                              tells what is seen, which nobody said
   It is loaded when something is selected for the first time. The offer stands behind the last
   line that is quoted, where the Tab key comes to it. */

const MOST_LINES = 12;
// A selection that is still being made is left alone.
const CALM_MS = 200;

const template = document.querySelector("template[data-quoting]");
const offer = template?.content.firstElementChild.cloneNode(true);
const button = offer?.querySelector("button");
const said = offer?.querySelector("output");
let address;
let waiting;

/* The lines that are selected, and where they are quoted; undefined where nothing can be. */
export function quotationIn(selection) {
  if (!selection.rangeCount || selection.isCollapsed) return undefined;
  const range = selection.getRangeAt(0);
  const section = elementOf(range.commonAncestorContainer).closest("[data-transcript]");
  if (!section || !canBeQuoted(section)) return undefined;
  const cues = [...section.querySelectorAll("[data-cue]:has(a)")];
  const lines = cues.filter((cue) => wordsIn(range, cue) !== "");
  if (!lines.length || lines.length > MOST_LINES) return undefined;
  return { last: lines.at(-1), address: addressOf(section, cues, lines) };
}

const elementOf = (node) => (node instanceof Element ? node : node.parentElement);

/* An address names a language: of two transcripts in one language it means the first. */
function canBeQuoted(section) {
  const clip = `[data-transcript="${section.dataset.transcript}"]`;
  return document.querySelector(`${clip}[lang="${section.lang}"]:not([data-unspoken])`) === section;
}

/* What of a line's words lies in a range: one that ends before its first letter has none. */
function wordsIn(range, cue) {
  const words = cue.querySelector("span");
  if (!range.intersectsNode(words)) return "";
  const part = document.createRange();
  part.selectNodeContents(words);
  if (range.compareBoundaryPoints(Range.START_TO_START, part) > 0) {
    part.setStart(range.startContainer, range.startOffset);
  }
  if (range.compareBoundaryPoints(Range.END_TO_END, part) < 0) {
    part.setEnd(range.endContainer, range.endOffset);
  }
  return String(part).trim();
}

function addressOf(section, cues, lines) {
  const [first, last] = [lines[0], lines.at(-1)].map((cue) => cues.indexOf(cue) + 1);
  const found = new URL(`q/${first}-${last}/`, lines[0].querySelector("a").href);
  found.searchParams.set("t", lines[0].dataset.startMs / 1000);
  if (section.lang !== document.documentElement.lang) found.searchParams.set("lang", section.lang);
  return found;
}

function follow() {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const found = quotationIn(getSelection());
    if (found) {
      if (String(found.address) !== String(address)) said.textContent = "";
      address = found.address;
      if (found.last.nextElementSibling !== offer) found.last.after(offer);
    } else if (document.activeElement !== button) {
      offer.remove();
    }
  }, CALM_MS);
}

async function copy() {
  try {
    await navigator.clipboard.writeText(address);
    said.textContent = said.dataset.done;
  } catch {
    // The browser lets no script copy: the page itself has the address.
    location.assign(address);
  }
}

if (offer) {
  // Pressed with a pointer, a button would take the selection away.
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  button.addEventListener("click", copy);
  button.addEventListener("blur", follow);
  document.addEventListener("selectionchange", follow);
  follow();
}
