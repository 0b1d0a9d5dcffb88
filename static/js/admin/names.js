/* Names for what Django's admin leaves without one, for those who do not see the page.

   Boxes with a search of their own (select2) get the name of their field, empty heads of tables a
   word. The boxes are drawn by the admin's scripts, some of them late. */

export function nameAll(form) {
  for (const head of form.querySelectorAll("th:empty, th.original")) {
    if (!head.textContent.trim()) head.append(hidden("Row"));
  }
  const nameBoxes = () =>
    form.querySelectorAll("select.admin-autocomplete").forEach((select) => nameBox(select));
  const isBox = ({ classList }) => classList?.contains("select2");
  new MutationObserver((changes) => {
    if (changes.some(({ addedNodes }) => [...addedNodes].some(isBox))) nameBoxes();
  }).observe(form, { childList: true, subtree: true });
  nameBoxes();
}

function nameBox(select) {
  const label = select.labels?.[0]?.textContent ?? select.getAttribute("aria-label") ?? "Choose";
  const name = label.replace(/:\s*$/, "").trim();
  const box = select.parentElement.querySelector(".select2-selection");
  if (!box) return;
  box.removeAttribute("aria-labelledby");
  box.setAttribute("aria-label", name);
  for (const part of box.querySelectorAll("[role=textbox], [role=searchbox], input, textarea")) {
    part.setAttribute("aria-label", name);
  }
}

function hidden(word) {
  const span = document.createElement("span");
  span.className = "visually-hidden";
  span.textContent = word;
  return span;
}
