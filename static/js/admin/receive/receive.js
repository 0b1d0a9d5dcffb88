/* Sends footage in parts that survive a broken line, a reload and a restart of the server.

   Markup it expects:
     <form data-receive data-uploads-url="…" data-state-url="…" data-largest="BYTES"> with file inputs
     named videos and, for folders, [data-folder]; [data-drop] is where files may be dropped; every
     other field is a fact about all of them. Without this script the form is simply posted.
     <script type="application/json" id="unfinished"> what of this person's is not whole yet:
     [{url, fingerprint, size}]
     <section data-batch hidden> with [data-rows], [data-all], [data-all-words], [data-say],
     <button data-pause> and <template data-row>: see row.js.
   Of what is sent nothing is kept in the browser: what is not whole, the server knows. */

import { filesIn, isFilm } from "./folders.js";
import { makeBatch } from "./batch.js";

const form = document.querySelector("[data-receive]");
if (form) receive(form);

export function receive(form) {
  const place = document.querySelector("[data-batch]");
  const unfinished = JSON.parse(document.getElementById("unfinished").textContent);
  const batch = makeBatch(form, place, unfinished);
  const input = form.elements.videos;
  const folder = form.querySelector("[data-folder]");
  const drop = form.querySelector("[data-drop]");

  input.required = false;
  input.addEventListener("change", () => {
    batch.add([...input.files]);
    // Chosen once: the form is not to post them again.
    input.value = "";
  });
  folder.closest("[data-scripted]").hidden = false;
  folder.addEventListener("change", () => {
    addFolder([...folder.files]);
    folder.value = "";
  });
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.toggleAttribute("data-over", true);
  });
  drop.addEventListener("dragleave", () => drop.removeAttribute("data-over"));
  drop.addEventListener("drop", async (event) => {
    event.preventDefault();
    drop.removeAttribute("data-over");
    const { files, isFolder } = await filesIn(event.dataTransfer);
    if (isFolder) addFolder(files);
    else batch.add(files);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    batch.start(factsOf(form));
  });
  addEventListener("beforeunload", (event) => {
    if (batch.isSending()) event.preventDefault();
  });

  function addFolder(files) {
    const films = files.filter(isFilm);
    const left = files.length - films.length;
    batch.add(films);
    if (left) batch.say(`Left out: ${left} ${left === 1 ? "file that is" : "files that are"} no film. To send one all the same, choose it by itself.`);
  }
  form.toggleAttribute("data-ready", true);
}

/* What was written about all files, by the names of the fields. */
function factsOf(form) {
  const told = [...new FormData(form)].filter(([name, value]) => {
    return typeof value === "string" && value.trim() && name !== "csrfmiddlewaretoken";
  });
  return Object.fromEntries(told);
}
