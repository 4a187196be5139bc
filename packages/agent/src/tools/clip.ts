/** About as long as the line that says what was left out. */
const LINE = 50;

/**
 * Text of `limit` characters at most, the line that says what was left out among them (beside them, where the limit is
 * hardly longer than that line): the beginning and the end stay, as they say most. Surrogate pairs are not split.
 */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const room = limit > 4 * LINE ? limit - LINE : limit;
  const head = text.slice(0, Math.ceil(room / 2)).replace(/[\uD800-\uDBFF]$/, "");
  const tail = text.slice(text.length - Math.floor(room / 2)).replace(/^[\uDC00-\uDFFF]/, "");
  return `${head}\n[… ${text.length - head.length - tail.length} characters left out …]\n${tail}`;
}
