/* How fast bytes go, and how long the rest will take. */

const LOOK_BACK_MS = 15000;
const TOO_EARLY_MS = 2000;
const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];

export function makePace(now = () => performance.now()) {
  const seen = [];
  return {
    note(sent) {
      seen.push({ at: now(), sent });
      while (seen.length > 2 && seen[1].at < now() - LOOK_BACK_MS) seen.shift();
    },
    /* Bytes a second over the last moments; null as long as nobody can say. */
    speed() {
      const [first, last] = [seen[0], seen.at(-1)];
      if (!first || last.at - first.at < TOO_EARLY_MS || last.sent <= first.sent) return null;
      return (1000 * (last.sent - first.sent)) / (last.at - first.at);
    },
  };
}

/* ", about 4 minutes left", or nothing. */
export function remaining(bytes, pace) {
  const speed = pace.speed();
  if (speed === null || bytes <= 0) return "";
  return `, ${spelled(bytes / speed)} left`;
}

export function spelled(seconds) {
  if (seconds < 60) return "less than a minute";
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `about ${minutes} min`;
  return `about ${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function sizes(bytes) {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  const format = { style: "unit", unit: UNITS[step], maximumFractionDigits: step > 2 ? 1 : 0 };
  return new Intl.NumberFormat("en", format).format(bytes / 1000 ** step);
}
