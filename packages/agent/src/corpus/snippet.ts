const WIDTH = 240;
const STEP = 60;

/** The stretch of about 240 characters with most of the words, in one line. */
export function snippet(text: string, words: readonly string[]): string {
  const lower = text.toLowerCase();
  const wanted = words.map((word) => word.toLowerCase());
  let best = { start: 0, count: 0 };
  for (let start = 0; start < lower.length; start += STEP) {
    const part = lower.slice(start, start + WIDTH);
    const count = wanted.filter((word) => part.includes(word)).length;
    if (count > best.count) best = { start, count };
    if (count === wanted.length) break;
  }
  const start = best.start === 0 ? 0 : lower.indexOf(" ", best.start) + 1;
  const part = text
    .slice(start, start + WIDTH)
    .replace(/\s+/g, " ")
    .trim();
  return `${start > 0 ? "… " : ""}${part}${start + WIDTH < text.length ? " …" : ""}`;
}
