/* What was dropped: files, and whatever lies in folders below. */

// What browsers do not know as a film by its type.
const ENDINGS = /\.(mp4|m4v|mov|mkv|webm|avi|mts|m2ts|ts|mpg|mpeg|mxf|3gp|wmv|flv|ogv|vob|insv)$/i;

export function isFilm({ type, name }) {
  return !name.startsWith(".") && (type.startsWith("video/") || ENDINGS.test(name));
}

export async function filesIn(transfer) {
  // Asked at once: what was dropped is forgotten when this function waits.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return { files: [...transfer.files], isFolder: false };
  const files = (await Promise.all(entries.map(below))).flat();
  return { files, isFolder: entries.some(({ isDirectory }) => isDirectory) };
}

async function below(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    // A folder is told a hundred names at a time.
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return found;
    found.push(...(await Promise.all(some.map(below))).flat());
  }
}
