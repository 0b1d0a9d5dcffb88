/* How a picture looks in the editor: itself, and what the story says of it. */

import { crel } from "django-prose-editor/editor";
import { makeButton } from "./figures.js";

/* ``actions`` is {edit, up, down, remove}; a picture that is not known (yet) has no ``card``. */
export function makePictureCard(words, card, actions) {
  const name = words.caption || words.alt || card?.name || words.id;
  return crel("div", { className: "picture-card", id: `picture-${words.id}` }, [
    card
      ? makeImage(card, words.alt)
      : crel("p", { textContent: "This picture does not exist: take it out, or insert another." }),
    crel("div", { className: "picture-card__words" }, [
      crel("span", { className: "clip-card__kind", textContent: "Picture" }),
      ...(words.caption ? [crel("p", { dir: "auto", textContent: words.caption })] : []),
      ...(words.credit ? [makeFact("Credit", words.credit)] : []),
      makeDescription(words),
      ...(words.warning ? [makeWarning(words.warning)] : []),
    ]),
    crel("div", { className: "clip-card__actions" }, [
      makeButton("Words…", `Change the words of the picture “${name}”`, actions.edit),
      makeButton("↑", `Move the picture “${name}” up`, actions.up),
      makeButton("↓", `Move the picture “${name}” down`, actions.down),
      makeButton("×", `Take the picture “${name}” out of the story`, actions.remove),
    ]),
  ]);
}

export function makeImage({ src, width, height }, alt) {
  return crel("img", { src, width, height, alt, draggable: false });
}

function makeFact(name, text) {
  return crel("p", null, [`${name}: `, crel("bdi", { textContent: text })]);
}

function makeWarning(text) {
  return crel("p", { className: "clip-card__warning", textContent: `Warning: ${text}` });
}

function makeDescription({ alt, decorative }) {
  if (decorative) return crel("p", { textContent: "Decorative: it needs no description." });
  if (alt) return makeFact("Description", alt);
  return crel("span", { className: "badge badge--failed", textContent: "No description yet" });
}
