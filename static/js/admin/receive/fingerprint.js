/* What a file is known by when it is chosen again, after a reload or on another machine: a hash of
   its size, its date and some of its bytes. Its name is no part of that, and nothing can be read
   from it. Empty where the browser does not hash, on a page without HTTPS: such a file is sent
   from its start. */

const SAMPLE = 64 * 1024;

export async function fingerprintOf(file) {
  if (!globalThis.crypto?.subtle) return "";
  const starts = [0, Math.floor(file.size / 2), Math.max(0, file.size - SAMPLE)];
  const about = `${file.size} ${file.lastModified}`;
  try {
    const sampled = new Blob([about, ...starts.map((at) => file.slice(at, at + SAMPLE))]);
    const hash = await crypto.subtle.digest("SHA-256", await sampled.arrayBuffer());
    return [...new Uint8Array(hash)].map((one) => one.toString(16).padStart(2, "0")).join("");
  } catch (error) {
    // A file that was taken away meanwhile: sending it will say so.
    console.info(`A file could not be read: ${error.message}`);
    return "";
  }
}
