/* A clip in the body of a story: a block of its own among the paragraphs, shown as a card.

   The editor is django-prose-editor; what it writes for a clip is
     <figure data-clip="ID"></figure>
   Attributes it expects on the textarea of the body:
     data-clips       JSON, the clips that stand in the body already
     data-clips-url   answers ?q=WORDS with {"clips": […]}
     data-upload-url  where footage is handed in, for those who may
   A clip is {id, title, poster, warnings, url, state: {word, sentence}}. */

import { Document as Page, Node, Plugin } from "django-prose-editor/editor";
import { makeCard } from "./clip-card.js";
import { pickClip } from "./clip-picker.js";
import { actionsOn, menuButton, moveFigure, ownCard, placeOf, textareaOf } from "./figures.js";

/* Clips and pictures stand between paragraphs, never inside a list or a quotation. */
export const Document = Page.extend({ content: "(block | figure)+" });

export const Clip = Node.create({
  name: "clip",
  group: "figure",
  atom: true,
  draggable: true,

  addAttributes: () => ({
    id: {
      parseHTML: ({ dataset }) => dataset.clip,
      renderHTML: ({ id }) => ({ "data-clip": id }),
    },
  }),
  parseHTML: () => [{ tag: "figure[data-clip]" }],
  renderHTML: ({ HTMLAttributes }) => ["figure", HTMLAttributes],

  addStorage: () => ({ known: new Map() }),

  onBeforeCreate() {
    // The policy of the page allows no style elements: admin.css holds those rules.
    this.editor.options.injectCSS = false;
    const { clips } = textareaOf(this.editor).dataset;
    for (const clip of JSON.parse(clips || "[]")) this.storage.known.set(clip.id, clip);
  },

  addProseMirrorPlugins() {
    return [new Plugin({ props: { attributes: nameOf(textareaOf(this.editor)) } })];
  },

  addMenuItems({ menu }) {
    const button = menuButton("Clip…", "Insert a clip");
    menu.defineItem({ name: "clip", groups: "clips", button, command: insertClip });
  },

  addKeyboardShortcuts() {
    return {
      "Alt-ArrowUp": () => moveFigure(this.editor, -1),
      "Alt-ArrowDown": () => moveFigure(this.editor, 1),
    };
  },

  addNodeView() {
    return ({ editor, node, getPos }) => {
      const { known } = editor.storage.clip;
      const dom = makeCard(node.attrs.id, known.get(node.attrs.id), actionsOn(editor, getPos));
      return { dom, ...ownCard };
    };
  },
});

/* The textbox bears the name of the textarea that it stands for. */
function nameOf(textarea) {
  const name = textarea.labels[0]?.textContent.replace(/:\s*$/, "") ?? "Text";
  return { "aria-label": name, "aria-multiline": "true" };
}

async function insertClip(editor) {
  const { clipsUrl, uploadUrl } = textareaOf(editor).dataset;
  const clip = await pickClip(clipsUrl, idsIn(editor), uploadUrl);
  if (!clip) return void editor.commands.focus();
  editor.storage.clip.known.set(clip.id, clip);
  const content = { type: "clip", attrs: { id: clip.id } };
  editor.chain().focus().insertContentAt(placeOf(editor), content).run();
}

function idsIn(editor) {
  const ids = new Set();
  editor.state.doc.forEach(({ type, attrs }) => type.name === "clip" && ids.add(attrs.id));
  return ids;
}
