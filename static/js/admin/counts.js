/* How many words a story has while it is written, and how long it takes to read.

   As articles.core.body counts them: what stands between spaces and has a letter or a digit. */

// As READING_SPEED of articles.models.article.
const WORDS_A_MINUTE = 240;
const PAUSE_MS = 200;

export function countWords(form, place) {
  const { body } = form.elements;
  if (!body) return;
  const show = () => (place.textContent = sentence(wordsIn(body.value)));
  let pause;
  body.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(show, PAUSE_MS);
  });
  show();
}

export function wordsIn(html) {
  const text = html.replace(/<br>|<\/?(p|h2|h3|li|ul|ol|blockquote|figure)[^>]*>/g, " ");
  const page = new DOMParser().parseFromString(text, "text/html");
  return page.body.textContent.split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

export function sentence(words) {
  const minutes = Math.max(1, Math.round(words / WORDS_A_MINUTE));
  return `${words} ${words === 1 ? "word" : "words"}, ${minutes} min to read.`;
}
