/* Times as people write them, 0:12.500, and as the rest of the code counts them: milliseconds. */

const TIME = /^(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,5})(?:[.,](\d{1,3}))?$/;

export function spelled(ms) {
  const [whole, part] = [Math.floor(ms / 1000), String(ms % 1000).padStart(3, "0")];
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const seconds = String(whole % 60).padStart(2, "0");
  const before = hours ? `${hours}:${String(minutes).padStart(2, "0")}` : `${minutes}`;
  return `${before}:${seconds}.${part}`;
}

/* NaN for what is no time. */
export function milliseconds(text) {
  const match = TIME.exec(text.trim());
  if (!match) return NaN;
  const [hours, minutes, seconds] = match.slice(1, 4).map((part) => Number(part ?? 0));
  return ((hours * 60 + minutes) * 60 + seconds) * 1000 + Number((match[4] ?? "").padEnd(3, "0"));
}
