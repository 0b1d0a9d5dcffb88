/* The story beside its form, as readers will see it, at the width of a phone or of a desk; drawn
   again whenever the words that are being written have been kept.

   Markup it expects: in the form of the story
     <div data-beside="ADDRESS OF THE PREVIEW"><button type="button">.
   The form tells of kept words by an event "kept". */

const DESK_PX = 1280;
const PHONE_PX = 390;
const WIDTH = "newsroom:beside";

export function openBeside(form, place) {
  const opener = place.querySelector("button");
  const panel = draw();
  const frame = panel.querySelector("iframe");
  const show = (is) => {
    panel.hidden = !is;
    opener.setAttribute("aria-expanded", String(is));
    document.body.classList.toggle("has-beside", is);
    if (is && !frame.src) frame.src = place.dataset.beside;
    if (is) fit(panel, frame);
    keep({ open: is });
  };
  document.body.append(panel);
  place.hidden = false;
  opener.addEventListener("click", () => show(panel.hidden));
  panel.querySelector("[data-close]").addEventListener("click", () => {
    show(false);
    opener.focus();
  });
  panel.addEventListener("change", ({ target }) => {
    keep({ width: Number(target.value) });
    fit(panel, frame);
  });
  new ResizeObserver(() => fit(panel, frame)).observe(panel);
  form.addEventListener("kept", () => panel.hidden || renew(frame));
  if (kept().open && innerWidth > DESK_PX) show(true);
}

/* Drawn anew, and at the same place: nobody likes to scroll after each pause. */
function renew(frame) {
  const at = frame.contentWindow.scrollY;
  frame.addEventListener("load", () => frame.contentWindow.scrollTo(0, at), { once: true });
  frame.contentWindow.location.reload();
}

/* A page as wide as a desk's is made small enough to be seen whole. */
function fit(panel, frame) {
  const wide = kept().width ?? PHONE_PX;
  const room = panel.querySelector("[data-room]");
  const scale = Math.min(1, room.clientWidth / wide);
  frame.style.setProperty("width", `${wide}px`);
  frame.style.setProperty("height", `${room.clientHeight / scale}px`);
  frame.style.setProperty("transform", `scale(${scale})`);
}

function draw() {
  const panel = document.createElement("aside");
  panel.className = "beside";
  panel.hidden = true;
  panel.setAttribute("aria-label", "The story as readers will see it");
  panel.innerHTML = `
    <div class="beside__tools">
      <fieldset><legend class="visually-hidden">Width</legend>
        <label><input type="radio" name="beside-width" value="${PHONE_PX}"> Phone</label>
        <label><input type="radio" name="beside-width" value="${DESK_PX}"> Desk</label>
      </fieldset>
      <button type="button" class="button" data-close>Close the preview</button>
    </div>
    <div class="beside__room" data-room><iframe title="Preview"></iframe></div>`;
  panel.querySelector(`[value="${kept().width ?? PHONE_PX}"]`).checked = true;
  return panel;
}

function kept() {
  return JSON.parse(sessionStorage.getItem(WIDTH) ?? "{}");
}

function keep(change) {
  sessionStorage.setItem(WIDTH, JSON.stringify({ ...kept(), ...change }));
}
