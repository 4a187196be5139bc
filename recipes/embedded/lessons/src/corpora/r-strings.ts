import { inflateSync } from "node:zlib";

const CHARSXP = 9;

/**
 * The character vectors of an R lazy-load database (`Rdata.rdb`): per object a 4-byte size, then zlib-packed XDR.
 * Every string is a CHARSXP: flags (type in the low byte), length (-1 = NA), bytes.
 */
export function readRStrings(file: Buffer): string[][] {
  const vectors: string[][] = [];
  for (let at = 0; at < file.length; ) {
    const { buffer, engine } = inflateSync(file.subarray(at + 4), { info: true }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    vectors.push(strings(buffer));
    at += 4 + engine.bytesWritten;
  }
  return vectors;
}

function strings(xdr: Buffer): string[] {
  const found: string[] = [];
  // "X\n", format version, two R versions, then (version 3) the length and name of the native encoding.
  let at = 14;
  if (xdr.readUInt32BE(2) === 3) at += 4 + xdr.readUInt32BE(at);
  at += 8; // flags and length of the vector
  while (at + 8 <= xdr.length && (xdr.readUInt32BE(at) & 0xff) === CHARSXP) {
    const length = xdr.readInt32BE(at + 4);
    at += 8;
    if (length < 0) continue;
    found.push(xdr.toString("utf8", at, at + length));
    at += length;
  }
  return found;
}
