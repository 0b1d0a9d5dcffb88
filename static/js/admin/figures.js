/* What clips and pictures in the body of a story share: they are blocks of their own between the
   paragraphs, of the group "figure", and are moved as a whole. */

import { crel } from "django-prose-editor/editor";

export const textareaOf = (editor) => editor.options.element.querySelector("textarea");

/* Where the cursor is; below the list or quotation, if the cursor is in one. */
export function placeOf(editor) {
  const { $to, to } = editor.state.selection;
  return $to.depth > 1 ? $to.after(1) : to;
}

/* One block up or down; the figure stays selected. */
export function moveFigure(editor, by) {
  const { doc, selection } = editor.state;
  const { node, $from } = selection;
  if (node?.type.spec.group !== "figure") return false;
  const neighbour = doc.maybeChild($from.index() + by);
  if (!neighbour) return true;
  const position = $from.pos + by * neighbour.nodeSize;
  return editor
    .chain()
    .deleteSelection()
    .insertContentAt(position, node.toJSON())
    .setNodeSelection(position)
    .scrollIntoView()
    .run();
}

/* The buttons on a card: what is done with the figure at ``getPos()``, which is selected first. */
export function actionsOn(editor, getPos) {
  const select = () => editor.chain().focus().setNodeSelection(getPos()).run();
  return {
    select,
    up: () => select() && moveFigure(editor, -1),
    down: () => select() && moveFigure(editor, 1),
    remove: () => editor.chain().focus().setNodeSelection(getPos()).deleteSelection().run(),
  };
}

/* A card is drawn by us alone; its links and buttons are none of the editor's business. */
export const ownCard = {
  stopEvent: ({ target, type }) => !type.startsWith("drag") && target.closest("a, button"),
  ignoreMutation: () => true,
};

export function makeButton(sign, name, action) {
  const button = crel("button", {
    type: "button",
    textContent: sign,
    title: name,
    "aria-label": name,
  });
  button.addEventListener("click", action);
  return button;
}

export function menuButton(textContent, title) {
  const className = "prose-menubar__button clip-button";
  return crel("button", { type: "button", className, textContent, title });
}
