/* Keeps the words of a form while they are written: with the server soon after a pause and every
   few seconds in between, and in this browser from the first moment until the server has them.

   Markup: see desk.js. What a browser keeps is {at, body}, under newsroom:PLACE:TAB; ``body`` is
   the form as it would be sent. */

const SOON_MS = 1200;
const MOST_MS = 4000;
const LOCAL_MS = 200;

const CALM = "Your words are kept while you write.";
const AWAY = "The server cannot be reached. Your words are kept in this browser meanwhile.";
const SIGNED_OUT =
  "You were signed out. Your words are kept in this browser: sign in in another tab, and go on.";

export function keepWords(form, desk) {
  const status = desk.querySelector("[data-kept]");
  const key = `newsroom:${desk.dataset.place}:${form.elements.tab.value}`;
  const state = { kept: words(form), wroteAt: 0, sending: false };
  let soon, local;
  status.textContent = CALM;

  const note = () => {
    clearTimeout(soon);
    clearTimeout(local);
    state.wroteAt = Date.now();
    local = setTimeout(() => keepHere(key, words(form)), LOCAL_MS);
    soon = setTimeout(send, SOON_MS);
  };
  async function send() {
    const body = words(form);
    if (state.sending || body === state.kept) return;
    keepHere(key, body);
    state.sending = true;
    const answer = await post(desk.dataset.keepUrl, body);
    state.sending = false;
    if (answer.kept_at) {
      state.kept = body;
      form.dispatchEvent(new Event("kept"));
      if (words(form) === body) localStorage.removeItem(key);
      status.textContent = `Kept at ${time(answer.kept_at)}, not saved yet.`;
    } else status.textContent = answer.sentence;
    status.toggleAttribute("data-trouble", !answer.kept_at);
  }

  form.addEventListener("input", note);
  form.addEventListener("change", note);
  // Some fields change without telling anybody.
  setInterval(send, MOST_MS);
  form.addEventListener("submit", () => {
    takeToken(form);
    // Whoever was signed out meanwhile finds the words again.
    if (words(form) !== state.kept) keepHere(key, words(form));
  });
  return {
    isUntouched: () => state.wroteAt === 0,
    isWriting: () => Date.now() - state.wroteAt < MOST_MS * 2,
  };
}

/* Sends a form; answers what the server said, or a sentence for the person. */
export async function post(address, body) {
  const data = new URLSearchParams(body);
  data.set("csrfmiddlewaretoken", token() ?? data.get("csrfmiddlewaretoken"));
  try {
    const answer = await fetch(address, { method: "POST", body: data });
    if (answer.redirected || answer.status === 403) return { sentence: SIGNED_OUT };
    if (!answer.ok) throw new Error(`answer ${answer.status}`);
    return await answer.json();
  } catch (error) {
    console.info(`Words could not be sent: ${error.message}`);
    return { sentence: AWAY };
  }
}

function words(form) {
  return new URLSearchParams(new FormData(form)).toString();
}

function keepHere(key, body) {
  try {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), body }));
  } catch (error) {
    // Full, or forbidden by the person: the server still has all but the last seconds.
    console.info(`This browser keeps nothing: ${error.message}`);
  }
}

/* Who signs in anew, in another tab, gets another token. */
function token() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
}

function takeToken(form) {
  const fresh = token();
  if (fresh) form.elements.csrfmiddlewaretoken.value = fresh;
}

export function time(iso) {
  return new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
