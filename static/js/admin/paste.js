/* Pasting from a word processor: what it meant, without what it brought along.

   The editor's schema drops what it does not know; what it cannot know is that a paragraph with a
   bullet typed in front is an item of a list (Word), that a bold element around everything says
   nothing (Google Docs), and that a heading is a heading by its style alone. */

import { Extension, Plugin } from "django-prose-editor/editor";

export const CleanPaste = Extension.create({
  name: "cleanPaste",
  addProseMirrorPlugins: () => [new Plugin({ props: { transformPastedHTML: cleanPaste } })],
});

/* HTML of a clipboard in, HTML that the editor understands out. */
export function cleanPaste(html) {
  const { body } = new DOMParser().parseFromString(withoutStyles(html), "text/html");
  for (const one of body.querySelectorAll("script, meta, title, o\\:p, xml")) one.remove();
  listsOfWord(body);
  headingsByStyle(body);
  for (const one of body.querySelectorAll("b, strong")) plainUnlessBold(one);
  for (const one of body.querySelectorAll("span, font")) marksOf(one);
  for (const one of body.querySelectorAll("h1")) renamed(one, "h2");
  for (const one of body.querySelectorAll("h4, h5, h6")) renamed(one, "h3");
  for (const one of body.querySelectorAll("p, h2, h3, li")) blankGone(one);
  return body.innerHTML;
}

/* The policy of the page allows no styles, not even to be read: here they are data-style. */
function withoutStyles(html) {
  return withoutConditionals(html)
    .replace(/<style[\s\S]*?<\/style>/gi, "")
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/i, " data-style="));
}

/* Word hides its bullets in comments for other programs; some of them hold markup. */
function withoutConditionals(html) {
  return html
    .replace(/<!--\[if !supportLists\]-->[\s\S]*?<!--\[endif\]-->/g, "<i data-bullet></i>")
    .replace(/<!\[if !supportLists\]>[\s\S]*?<!\[endif\]>/g, "<i data-bullet></i>")
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<!\[[^>]*>/g, "");
}

function listsOfWord(body) {
  let list;
  for (const line of body.querySelectorAll("p[data-style*='mso-list' i], p[class*='MsoListParagraph']")) {
    const numbered = /^\s*(\d+|[a-z])[.)]/i.test(line.textContent);
    for (const bullet of line.querySelectorAll("[data-bullet], span[data-style*='mso-list' i]")) {
      bullet.remove();
    }
    line.innerHTML = line.innerHTML.replace(/^\s*(?:[·•o§▪–-]|\d+[.)])(?:&nbsp;|\s)+/, "");
    const goesOn = list && list.nextElementSibling === line;
    if (!goesOn) {
      list = body.ownerDocument.createElement(numbered ? "ol" : "ul");
      line.before(list);
    }
    list.append(renamed(line, "li"));
  }
}

function headingsByStyle(body) {
  for (const line of body.querySelectorAll("p[class*='MsoTitle'], p[class*='MsoHeading']")) {
    renamed(line, "h2");
  }
}

function plainUnlessBold(one) {
  if (/font-weight:\s*(normal|400)/i.test(one.dataset.style ?? "")) unwrap(one);
}

function marksOf(one) {
  const style = one.dataset.style ?? "";
  if (/font-weight:\s*(bold|[6-9]00)/i.test(style)) wrapInside(one, "strong");
  if (/font-style:\s*italic/i.test(style)) wrapInside(one, "em");
  unwrap(one);
}

function wrapInside(one, tag) {
  const mark = one.ownerDocument.createElement(tag);
  mark.append(...one.childNodes);
  one.append(mark);
}

function unwrap(one) {
  one.replaceWith(...one.childNodes);
}

function renamed(one, tag) {
  const other = one.ownerDocument.createElement(tag);
  other.append(...one.childNodes);
  one.replaceWith(other);
  return other;
}

/* An empty line between paragraphs is how a word processor parts them. */
function blankGone(one) {
  if (!one.textContent.trim() && !one.querySelector("img, figure")) one.remove();
}
