/** Output of any length in bounded memory: its beginning and its end. */
export interface BoundedOutput {
  /** Bytes so far, those skipped included. */
  readonly bytes: number;
  /** @param skipped bytes that came before the data and are not here */
  push(data: Buffer, skipped?: number): void;
  /**
   * As UTF-8, with a line in the place of what was left out.
   *
   * @param characters the most to be had, that line not counted. Default: all that is kept
   */
  text(characters?: number): string;
}

/** @param limit bytes to keep at most */
export function createBoundedOutput(limit: number): BoundedOutput {
  const headLimit = Math.ceil(limit / 2);
  const tailLimit = limit - headLimit;
  let head = Buffer.alloc(0);
  let tail = Buffer.alloc(0);
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    push(data, skipped = 0) {
      bytes += skipped + data.length;
      if (skipped > 0) tail = Buffer.alloc(0);
      const pastHead = bytes - data.length > head.length;
      const room = pastHead ? 0 : headLimit - head.length;
      if (room > 0) head = Buffer.concat([head, data.subarray(0, room)]);
      const rest = data.subarray(Math.max(room, 0));
      if (rest.length > 0) tail = Buffer.concat([tail, rest]).subarray(-tailLimit || undefined);
      if (tailLimit === 0) tail = Buffer.alloc(0);
    },
    text(characters = Number.POSITIVE_INFINITY) {
      const isWhole = bytes === head.length + tail.length;
      const whole = isWhole ? Buffer.concat([head, tail]).toString() : "";
      if (isWhole && whole.length <= characters) return whole;
      const [first, last] = isWhole ? [whole, whole] : [head.toString(), tail.toString()];
      const begin = first.slice(0, Math.ceil(characters / 2)).replace(/[\uD800-\uDBFF]$/, "");
      const end = last.slice(-Math.floor(characters / 2)).replace(/^[\uDC00-\uDFFF]/, "");
      const size = (part: string, all: string, buffer: Buffer) =>
        part.length === all.length ? buffer.length : Buffer.byteLength(part);
      const dropped = bytes - size(begin, first, head) - size(end, last, tail);
      return `${begin}\n[… ${dropped} bytes left out …]\n${end}`;
    },
  };
}
