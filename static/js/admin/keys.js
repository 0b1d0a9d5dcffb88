/* What buttons do, by a click and by the keys that stand on them.

   Markup: <button data-command="NAME" data-key="Alt+KeyK …">: combinations of Ctrl, Alt, Shift and
   a place on the keyboard (KeyboardEvent.code), so that they hold for an Arabic keyboard, too. On
   a Mac the command key is as good as Ctrl. Rows of fields that are undone with the rest stand in no
   form. */

export function makeKeys(page, commands) {
  const known = new Map();
  for (const button of page.querySelectorAll("[data-command]")) {
    button.addEventListener("click", () => commands[button.dataset.command]());
    for (const key of (button.dataset.key ?? "").split(" ").filter(Boolean)) known.set(key, button);
  }
  document.addEventListener("keydown", (event) => {
    const button = known.get(pressed(event));
    if (!button || event.isComposing || isTheFieldsOwn(button, event)) return;
    event.preventDefault();
    if (!button.disabled) commands[button.dataset.command]();
  });
}

/* In a field of a form, such as what to look for, undo is that of the field. */
function isTheFieldsOwn({ dataset }, { target }) {
  return ["undo", "redo"].includes(dataset.command) && target.matches("form input");
}

function pressed({ ctrlKey, metaKey, altKey, shiftKey, code }) {
  const held = [["Ctrl", ctrlKey || metaKey], ["Alt", altKey], ["Shift", shiftKey]];
  return [...held.filter(([, isHeld]) => isHeld).map(([name]) => name), code].join("+");
}
