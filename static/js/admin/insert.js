/* What can be put into a story, from the keyboard: a slash in an empty line, or Insert….

   Arrow keys and letters find a line of the menu, Enter takes it, Escape leaves the slash. */

import { crel, Extension } from "django-prose-editor/editor";
import { walk } from "./clip-picker.js";
import { makeDialog } from "./dialog.js";
import { menuButton } from "./figures.js";

const CHOICES = [
  ["Heading", "h2", (editor) => editor.chain().focus().setHeading({ level: 2 }).run()],
  ["Smaller heading", "h3", (editor) => editor.chain().focus().setHeading({ level: 3 }).run()],
  ["List", "bullets", (editor) => editor.chain().focus().toggleBulletList().run()],
  ["Numbered list", "numbers", (editor) => editor.chain().focus().toggleOrderedList().run()],
  ["Link card", "address", askForLink],
  ["Quotation", "quote", (editor) => editor.chain().focus().toggleBlockquote().run()],
];

export const Insert = Extension.create({
  name: "insert",
  addMenuItems({ menu }) {
    const button = menuButton("Insert…", "Insert something, or write / in an empty line");
    menu.defineItem({ name: "insert", groups: "insert", button, command: (e) => open(e, "") });
  },
  addKeyboardShortcuts() {
    return { "/": () => isEmptyLine(this.editor) && open(this.editor, "/") };
  },
});

function isEmptyLine({ state: { selection } }) {
  const { $from, empty } = selection;
  return empty && $from.depth === 1 && $from.parent.isTextblock && !$from.parent.content.size;
}

/* The menu's own items for what is more than a block, and those above. */
function choicesOf(editor) {
  const { _definedItems: items } = editor.storage.menu;
  const whole = ["clip", "picture"]
    .map((name) => items[name])
    .filter((item) => item && !item.hidden(editor))
    .map(({ name, button, command }) => [button.textContent, name, command]);
  return [...whole, ...CHOICES];
}

/* A link alone in its paragraph: readers see it as a card that says where it leads. */
function askForLink(editor) {
  const address = crel("input", { type: "url", required: true, placeholder: "https://" });
  const words = crel("input", { type: "text", required: true });
  const dialog = makeDialog("A link on a card", [
    crel("label", null, ["Address", address]),
    crel("label", null, ["Words", words]),
    crel("button", { type: "submit", className: "button default", textContent: "Insert" }),
  ]);
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const marks = [{ type: "link", attrs: { href: address.value } }];
    const content = [{ type: "text", text: words.value, marks }];
    const { $to, to } = editor.state.selection;
    const position = $to.depth ? $to.after(1) : to;
    dialog.close();
    editor.chain().focus().insertContentAt(position, { type: "paragraph", content }).run();
  });
}

function open(editor, left) {
  const heading = crel("h2", { id: "insert-heading", textContent: "Insert" });
  const search = crel("input", {
    type: "search",
    "aria-label": "Find what to insert",
    autocomplete: "off",
  });
  const list = crel("ul", { className: "clip-picker__list insert-list" });
  const dialog = crel(
    "dialog",
    { className: "clip-picker insert-menu", "aria-labelledby": heading.id },
    [heading, search, list],
  );
  let taken = false;
  const show = () => {
    const wanted = search.value.toLowerCase();
    const fitting = choicesOf(editor).filter(([title, name]) =>
      `${title} ${name}`.toLowerCase().includes(wanted),
    );
    list.replaceChildren(
      ...fitting.map(([title, name, command]) => {
        const button = crel("button", { type: "button", "data-insert": name, textContent: title });
        button.addEventListener("click", () => {
          taken = true;
          dialog.close();
          command(editor);
        });
        return crel("li", null, [button]);
      }),
    );
  };
  search.addEventListener("input", show);
  dialog.addEventListener("keydown", (event) => walk(event, search, list));
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (taken) return;
    editor.chain().focus().insertContent(left).run();
  });
  document.body.append(dialog);
  dialog.showModal();
  show();
  return true;
}
