/* Pictures on their way: files from a person to the server, cards from the server to the page. */

const AWAY = "The server cannot be reached: try again, nothing that you wrote is lost.";
const SIGNED_OUT = "You were signed out: sign in in another tab, and choose it again.";

/* Sends a file; answers {picture}, or {sentence} for the person. */
export async function sendPicture(address, file) {
  const data = new FormData();
  data.set("picture", file);
  data.set("csrfmiddlewaretoken", token());
  try {
    const answer = await fetch(address, { method: "POST", body: data });
    if (answer.redirected || answer.status === 403) return { sentence: SIGNED_OUT };
    return await answer.json();
  } catch (error) {
    console.info(`The picture could not be sent: ${error.message}`);
    return { sentence: AWAY };
  }
}

/* The pictures that came last, or those with these ids; none where they cannot be asked for. */
export async function newestPictures(address, ids = []) {
  try {
    const query = new URLSearchParams(ids.map((id) => ["id", id]));
    const answer = await fetch(`${address}?${query}`);
    return (await answer.json()).pictures;
  } catch (error) {
    console.info(`Pictures could not be read: ${error.message}`);
    return [];
  }
}

/* The pictures among dropped or pasted things. A word processor copies a picture of its words. */
export function picturesIn(data) {
  if (!data || data.getData("text/plain")) return [];
  return [...data.files].filter(({ type }) => type.startsWith("image/"));
}

function token() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}
