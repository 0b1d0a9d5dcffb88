/* Keeps the state of clips up to date while their packages are made; a reload shows the same.

   Markup it expects: <span class="badge" data-progress="KEY" data-url="ADDRESS" data-moving>; the
   address answers ?id=KEY with {"clips": {KEY: {word, sentence, is_moving}}}. */

const EVERY_MS = 2000;

export function follow(page = document) {
  const moving = [...page.querySelectorAll("[data-progress][data-moving]")];
  if (moving.length) setTimeout(() => ask(page, moving), EVERY_MS);
}

async function ask(page, moving) {
  const query = new URLSearchParams(moving.map(({ dataset }) => ["id", dataset.progress]));
  try {
    const answer = await fetch(`${moving[0].dataset.url}?${query}`);
    if (!answer.ok) return;
    const { clips } = await answer.json();
    moving.forEach((mark) => show(mark, clips[mark.dataset.progress]));
  } catch (error) {
    // A server that is restarted meanwhile is asked again.
    console.info(`The progress could not be read: ${error.message}`);
  }
  follow(page);
}

function show(mark, progress) {
  if (!progress) return mark.removeAttribute("data-moving");
  mark.className = `badge badge--${progress.word}`;
  mark.textContent = progress.sentence;
  mark.toggleAttribute("data-moving", progress.is_moving);
}

follow();
