/* A dialog with a form of its own, beside the form of the story, in which no other may stand. */

import { crel } from "django-prose-editor/editor";

export function makeDialog(title, children) {
  const heading = crel("h2", { id: "dialog-heading", textContent: title });
  const close = crel("button", { type: "button", className: "button", textContent: "Close" });
  const dialog = crel("dialog", { className: "clip-picker", "aria-labelledby": heading.id }, [
    crel("form", { className: "small-dialog" }, [heading, ...children, close]),
  ]);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
