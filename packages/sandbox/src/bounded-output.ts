/** Output of any length in bounded memory: its beginning and its end. */
export interface BoundedOutput {
  /** Bytes pushed so far. */
  readonly bytes: number;
  push(data: Buffer): void;
  /** As UTF-8, with a line in the place of what was dropped. */
  text(): string;
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
    push(data) {
      bytes += data.length;
      const room = headLimit - head.length;
      if (room > 0) head = Buffer.concat([head, data.subarray(0, room)]);
      const rest = data.subarray(Math.max(room, 0));
      if (rest.length > 0) tail = Buffer.concat([tail, rest]).subarray(-tailLimit || undefined);
      if (tailLimit === 0) tail = Buffer.alloc(0);
    },
    text() {
      const dropped = bytes - head.length - tail.length;
      if (dropped === 0) return Buffer.concat([head, tail]).toString();
      return `${head.toString()}\n[… ${dropped} bytes left out …]\n${tail.toString()}`;
    },
  };
}
