/* Copies the address that opens a clip at the second where it stands.

   Markup it expects: figure[data-clip] with data-watch, the address of the clip's own page; a
   <button>; an <output> with data-done, said when the address was copied, and an <input> in it
   that holds the address for those who copy it themselves. */

export function offerSharing(figure, button, output) {
  const video = figure.querySelector("video");
  const field = output.querySelector("input");
  const said = output.querySelector("span");
  button.addEventListener("click", async () => {
    const address = new URL(figure.dataset.watch, location.href);
    const second = Math.floor(video.currentTime);
    if (second) address.searchParams.set("t", second);
    field.value = address;
    field.hidden = false;
    try {
      await navigator.clipboard.writeText(address);
      said.textContent = output.dataset.done;
    } catch {
      // The browser lets no script copy: the address is there to be taken.
      said.textContent = "";
      field.select();
    }
  });
}
