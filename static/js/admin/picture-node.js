/* A picture in the body of a story: a block of its own among the paragraphs, seen as it is.

   What the editor writes for a picture is
     <figure data-picture="ID" data-alt="…" data-caption="…" data-credit="…"></figure>
   with data-decorative where it needs no description, and data-warning. Attributes it expects on the textarea:
     data-pictures       JSON, the pictures that stand in the body already
     data-pictures-url   takes a file as "picture", answers {"picture": …} or {"sentence": …};
                         asked with ?id=ID it answers {"pictures": […]}
   A picture is {id, src, width, height, name, size}. It is inserted by the menu, or by dropping or
   pasting a file. Enter on a selected picture opens its words; so does its fragment, #picture-ID. */

import { Node, Plugin } from "django-prose-editor/editor";
import { actionsOn, menuButton, ownCard, placeOf, textareaOf } from "./figures.js";
import { makePictureCard } from "./picture-card.js";
import { askForPicture } from "./picture-dialog.js";
import { newestPictures, picturesIn } from "./picture-files.js";

const word = (name) => ({
  default: "",
  parseHTML: ({ dataset }) => dataset[name] ?? "",
  renderHTML: (attrs) => (attrs[name] ? { [`data-${name}`]: attrs[name] } : {}),
});

export const Picture = Node.create({
  name: "picture",
  group: "figure",
  atom: true,
  draggable: true,

  addAttributes: () => ({
    id: {
      parseHTML: ({ dataset }) => dataset.picture,
      renderHTML: ({ id }) => ({ "data-picture": id }),
    },
    alt: word("alt"),
    caption: word("caption"),
    credit: word("credit"),
    warning: word("warning"),
    decorative: {
      default: false,
      parseHTML: ({ dataset }) => "decorative" in dataset,
      renderHTML: ({ decorative }) => (decorative ? { "data-decorative": "" } : {}),
    },
  }),
  parseHTML: () => [{ tag: "figure[data-picture]" }],
  renderHTML: ({ HTMLAttributes }) => ["figure", HTMLAttributes],

  addStorage: () => ({ known: new Map() }),

  onBeforeCreate() {
    const { pictures } = textareaOf(this.editor).dataset;
    for (const card of JSON.parse(pictures || "[]")) this.storage.known.set(card.id, card);
  },

  onCreate() {
    const wanted = location.hash.match(/^#picture-(\w+)$/)?.[1];
    if (!wanted) return;
    // Once: a save leads back to the same address.
    history.replaceState(null, "", location.pathname + location.search);
    openWords(this.editor, wanted);
  },

  addMenuItems({ menu }) {
    const button = menuButton("Picture…", "Insert a picture");
    menu.defineItem({ name: "picture", groups: "clips", button, command: (e) => insert(e, [null]) });
  },

  addKeyboardShortcuts() {
    return { Enter: () => editSelected(this.editor) };
  },

  addProseMirrorPlugins() {
    const { editor } = this;
    const handlePaste = (_view, { clipboardData }) => takeFiles(editor, clipboardData);
    const handleDrop = (view, { dataTransfer, clientX, clientY }, _slice, isMoved) => {
      if (isMoved) return false;
      const at = view.posAtCoords({ left: clientX, top: clientY });
      if (at && picturesIn(dataTransfer).length) editor.commands.setTextSelection(at.pos);
      return takeFiles(editor, dataTransfer);
    };
    return [new Plugin({ props: { handlePaste, handleDrop } })];
  },

  addNodeView() {
    return ({ editor, node, getPos }) => {
      const actions = actionsOn(editor, getPos);
      const { known } = editor.storage.picture;
      const edit = () => actions.select() && editSelected(editor);
      const { id } = node.attrs;
      const draw = () => makePictureCard(node.attrs, known.get(id), { ...actions, edit });
      const dom = draw();
      const drawAgain = () => dom.replaceChildren(...draw().childNodes);
      if (!known.has(id)) lookUp(editor, id).then(drawAgain);
      return { dom, ...ownCard };
    };
  },
});

/* One that was copied from another story is not known yet. */
async function lookUp(editor, id) {
  const found = await newestPictures(textareaOf(editor).dataset.picturesUrl, [id]);
  for (const card of found) editor.storage.picture.known.set(card.id, card);
}

/* One after the other; null stands for a file that is chosen in the dialog. */
async function insert(editor, files) {
  for (const file of files) {
    const told = await askForPicture(textareaOf(editor).dataset.picturesUrl, { file });
    if (!told) return void editor.commands.focus();
    editor.storage.picture.known.set(told.card.id, told.card);
    const content = { type: "picture", attrs: { id: told.card.id, ...told.words } };
    editor.chain().focus().insertContentAt(placeOf(editor), content).run();
  }
}

function takeFiles(editor, data) {
  const files = picturesIn(data);
  if (files.length) insert(editor, files);
  return files.length > 0;
}

function editSelected(editor) {
  const { node, from } = editor.state.selection;
  if (node?.type.name !== "picture") return false;
  const card = editor.storage.picture.known.get(node.attrs.id);
  if (!card) return true;
  askForPicture(textareaOf(editor).dataset.picturesUrl, { card, words: node.attrs }).then((told) => {
    const chain = editor.chain().focus().setNodeSelection(from);
    if (told) chain.updateAttributes("picture", told.words);
    chain.run();
  });
  return true;
}

function openWords(editor, id) {
  editor.state.doc.forEach(({ type, attrs }, position) => {
    if (type.name !== "picture" || attrs.id !== id) return;
    editor.chain().focus().setNodeSelection(position).scrollIntoView().run();
    editSelected(editor);
  });
}
