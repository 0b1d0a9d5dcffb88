/* A dialog in which a picture is chosen and what the story says of it is written. */

import { crel } from "django-prose-editor/editor";
import { makeDialog } from "./dialog.js";
import { makeImage } from "./picture-card.js";
import { newestPictures, sendPicture } from "./picture-files.js";

const KINDS = "image/jpeg,image/png,image/webp,image/avif";

/* Answers {card, words}, or nothing. ``card`` is the picture that stands there already, ``file`` one
   that was dropped or pasted; ``words`` is {alt, caption, credit, warning, decorative}. */
export function askForPicture(address, { card = null, file = null, words = {} }) {
  const fields = makeFields(words);
  const choice = makeChoice(address, card);
  const isNew = !card;
  const save = crel("button", {
    type: "submit",
    className: "button default",
    textContent: isNew ? "Insert" : "Change",
  });
  const dialog = makeDialog(isNew ? "Insert a picture" : "The words of this picture", [
    ...choice.parts(isNew),
    ...fields.parts,
    save,
  ]);
  dialog.classList.add("picture-dialog");
  choice.listen((chosen) => (save.disabled = !chosen));
  save.disabled = isNew;
  if (file) choice.take(file);
  (isNew && !file ? choice.input : fields.alt).focus();
  return new Promise((resolve) => {
    dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      if (!choice.card()) return;
      resolve({ card: choice.card(), words: fields.read() });
      dialog.close();
    });
    dialog.addEventListener("close", () => resolve());
  });
}

function makeFields(words) {
  const alt = crel("textarea", { rows: 2, dir: "auto", value: words.alt ?? "", maxLength: 500 });
  const decorative = crel("input", { type: "checkbox", checked: Boolean(words.decorative) });
  const said = { dir: "auto", value: words.caption ?? "", maxLength: 1000 };
  const caption = crel("textarea", { rows: 2, ...said });
  const from = { dir: "auto", value: words.credit ?? "", maxLength: 120 };
  const credit = crel("input", { type: "text", ...from });
  const told = { dir: "auto", value: words.warning ?? "", maxLength: 300 };
  const warning = crel("input", { type: "text", ...told });
  const settle = () => (alt.disabled = decorative.checked);
  decorative.addEventListener("change", settle);
  settle();
  return {
    alt,
    parts: [
      crel("label", null, ["Description for those who cannot see it", alt]),
      crel("label", { className: "picture-dialog__check" }, [
        decorative,
        " It is decorative: nothing is missed by those who cannot see it",
      ]),
      crel("label", null, ["Caption", caption]),
      crel("label", null, ["Credit", credit]),
      crel("label", null, ["Warning that readers pass before they see it", warning]),
    ],
    read: () => ({
      alt: decorative.checked ? "" : oneLine(alt.value),
      caption: oneLine(caption.value),
      credit: oneLine(credit.value),
      warning: oneLine(warning.value),
      decorative: decorative.checked,
    }),
  };
}

const oneLine = (text) => text.split(/\s+/u).filter(Boolean).join(" ");

/* The picture itself: a file that is sent at once, or one that is here already. */
function makeChoice(address, known) {
  const input = crel("input", { type: "file", accept: KINDS });
  const status = crel("p", { role: "status", className: "picture-dialog__status" });
  const trouble = crel("p", { role: "alert", className: "small-dialog__error" });
  const look = crel("div", { className: "picture-dialog__look" });
  const here = crel("div", { className: "picture-dialog__here" });
  let [card, listener, latest] = [known, () => {}, 0];
  const become = (next) => {
    card = next;
    look.replaceChildren(...(card ? [makeImage(card, "")] : []));
    listener(card);
  };
  async function take(file) {
    const mine = (latest += 1);
    become(null);
    trouble.textContent = "";
    status.textContent = "The picture is being read and drawn…";
    const answer = await sendPicture(address, file);
    if (mine !== latest) return;
    status.textContent = answer.picture ? facts(answer.picture) : "";
    trouble.textContent = answer.sentence ?? "";
    become(answer.picture ?? null);
  }
  input.addEventListener("change", () => input.files[0] && take(input.files[0]));
  const choose = (picture) => {
    latest += 1;
    input.value = trouble.textContent = "";
    status.textContent = facts(picture);
    become(picture);
  };
  const parts = (isNew) => {
    if (!isNew) {
      become(known);
      return [look];
    }
    newestPictures(address).then((found) => showHere(here, found, choose));
    return [crel("label", null, ["Picture file", input]), here, status, trouble, look];
  };
  return { input, take, parts, card: () => card, listen: (wanted) => (listener = wanted) };
}

const facts = ({ name, size }) => `${name}, ${size} pixels`;

function showHere(place, found, choose) {
  if (!found.length) return;
  const buttons = found.map((picture) => {
    const name = `Take the picture ${picture.name}, which is here already`;
    const button = crel("button", { type: "button", title: name, "aria-label": name }, [
      crel("img", { src: picture.src, alt: "", loading: "lazy" }),
    ]);
    button.addEventListener("click", () => choose(picture));
    return button;
  });
  place.append(crel("p", { textContent: "Or one that is here already:" }), crel("div", null, buttons));
}
