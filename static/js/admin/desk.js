/* The form of a story: words are kept while they are written, others who have it open are named.

   Markup it expects: in the form of the story
     <input name="tab">, <input name="began_from">, and
     <div id="desk" data-keep-url data-present-url data-place data-saved> with
       [data-kept], [data-counts] and .desk__others in it; and, of a story that was saved, what
       beside.js expects. */

import { keepWords } from "./autosave.js";
import { openBeside } from "./beside.js";
import { countWords } from "./counts.js";
import { handOver } from "./leftovers.js";
import { nameAll } from "./names.js";
import { lookAround } from "./presence.js";

const desk = document.getElementById("desk");
const form = desk.closest("form");
const keeper = keepWords(form, desk);
countWords(form, desk.querySelector("[data-counts]"));
handOver(desk, form.elements.tab.value, keeper);
if (desk.dataset.presentUrl) lookAround(form, desk, keeper);
nameAll(form);
const beside = desk.querySelector("[data-beside]");
if (beside) openBeside(form, beside);
