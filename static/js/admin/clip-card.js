/* How a clip looks in the editor: one card for the text, and a shorter one for the picker. */

import { crel } from "django-prose-editor/editor";
import { makeButton } from "./figures.js";

const LOST = {
  title: "This clip does not exist",
  poster: "",
  warnings: [],
  url: "",
  state: { word: "failed", sentence: "take it out, or insert another" },
};

/* ``actions`` is {up, down, remove}; an unknown clip gets a card that says so. */
export function makeCard(id, clip, actions) {
  const { title, ...rest } = clip ?? LOST;
  return crel("div", { className: "clip-card", "data-clip-card": id }, [
    makePoster(rest.poster),
    crel("div", { className: "clip-card__words" }, [
      crel("span", { className: "clip-card__kind", textContent: "Clip" }),
      crel("strong", { textContent: title }),
      ...makeSigns(rest),
    ]),
    crel("div", { className: "clip-card__actions" }, [
      ...(rest.url ? [makeLink(rest.url, title)] : []),
      makeButton("↑", `Move the clip “${title}” up`, actions.up),
      makeButton("↓", `Move the clip “${title}” down`, actions.down),
      makeButton("×", `Take the clip “${title}” out of the story`, actions.remove),
    ]),
  ]);
}

export function makePoster(address) {
  return address
    ? crel("img", { className: "clip-card__poster", src: address, alt: "", draggable: false })
    : crel("span", { className: "clip-card__poster", "aria-hidden": "true", textContent: "▶" });
}

export function makeSigns({ state, warnings }) {
  const warned = warnings.map((text) => `Warning: ${text}`).join(" · ");
  return [
    crel("span", { className: `badge badge--${state.word}`, textContent: state.sentence }),
    ...(warned ? [crel("span", { className: "clip-card__warning", textContent: warned })] : []),
  ];
}

function makeLink(href, title) {
  const name = `Open the clip “${title}” in a new tab`;
  const link = { href, target: "_blank", rel: "noopener", textContent: "Open", title: name };
  return crel("a", { ...link, "aria-label": name, draggable: false });
}
