/* Comments on passages: marked in the text, made from a selection.

   Attribute it expects on the textarea of the body:
     data-passages-url   GET answers {comments: [{id, passage, text, by, answers, url}]};
                         POST of {passage, text} adds one and answers the same, or {error}.
   The words of a passage are looked for in the text as it is: what was rewritten has no mark, and
   its comment stays on the page of comments. */

import { crel, Decoration, Extension, Plugin } from "django-prose-editor/editor";
import { post } from "./autosave.js";
import { makeDialog } from "./dialog.js";

const LONGEST = 500;

export const Passages = Extension.create({
  name: "passages",
  addStorage: () => ({ comments: [] }),

  async onCreate() {
    const address = addressOf(this.editor);
    if (!address) return;
    const answer = await fetch(address);
    if (answer.ok) take(this.editor, (await answer.json()).comments);
  },

  addMenuItems({ menu }) {
    const button = crel("button", {
      type: "button",
      className: "prose-menubar__button clip-button",
      textContent: "Comment…",
      title: "Comment on the words that are selected",
    });
    menu.defineItem({
      name: "passage",
      groups: "talk",
      button,
      command: ask,
      hidden: (editor) => !addressOf(editor),
      update: (editor) => (button.disabled = editor.state.selection.empty),
    });
  },

  addDecorations() {
    return { create: ({ state }) => marks(state.doc, this.storage.comments) };
  },

  addProseMirrorPlugins() {
    const { storage } = this;
    return [
      new Plugin({
        props: {
          handleClick: (view, position, { target }) => {
            const { passage } = target.closest?.("[data-passage]")?.dataset ?? {};
            if (passage) show(view.dom, storage.comments.find(({ id }) => `${id}` === passage));
            return false;
          },
        },
      }),
    ];
  },
});

const addressOf = (editor) =>
  editor.options.element.querySelector("textarea").dataset.passagesUrl ?? "";

function take(editor, comments) {
  editor.storage.passages.comments = comments;
  editor.commands.updateDecorations("passages");
}

/* A decoration for the first place of each passage, within one block. */
function marks(doc, comments) {
  const found = [];
  const open = comments.filter(({ passage }) => passage);
  doc.descendants((node, position) => {
    if (!node.isTextblock) return true;
    const text = node.textBetween(0, node.content.size, " ", " ").replace(/\s/g, " ");
    for (const { id, passage, by, text: said } of open) {
      const at = text.indexOf(passage);
      if (at < 0 || found.some(({ attrs }) => attrs["data-passage"] === `${id}`)) continue;
      const from = position + 1 + at;
      const title = `${by}: ${said}`;
      const attributes = { class: "passage", "data-passage": `${id}`, title };
      found.push(Decoration.Inline(from, from + passage.length, attributes));
    }
    return false;
  });
  return found;
}

async function ask(editor) {
  const { from, to } = editor.state.selection;
  const words = editor.state.doc.textBetween(from, to, "\n").split("\n")[0];
  const passage = words.replace(/\s+/g, " ").trim().slice(0, LONGEST);
  if (!passage) return;
  const error = crel("p", { role: "alert", className: "small-dialog__error" });
  const area = crel("textarea", { rows: 4, "aria-label": "Your comment" });
  const dialog = makeDialog("Comment on these words", [
    crel("blockquote", { textContent: passage }),
    area,
    error,
    crel("button", { type: "submit", className: "button default", textContent: "Comment" }),
  ]);
  dialog.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await post(addressOf(editor), { passage, text: area.value });
    error.textContent = answer.sentence ?? answer.error ?? "";
    if (!answer.comments) return;
    take(editor, answer.comments);
    dialog.close();
    editor.commands.focus();
  });
}

function show(editor, comment) {
  if (!comment) return;
  const { by, text, passage, answers, url } = comment;
  const more = answers ? `Read ${answers} more, answer or resolve` : "Answer or resolve";
  makeDialog(`${by} says`, [
    crel("blockquote", { textContent: passage }),
    crel("p", { textContent: text }),
    crel("a", { href: url, target: "_blank", rel: "noopener", textContent: more }),
  ]);
}
