/** Pickle of one string, read without Python: LiveCodeBench packs its private tests so. Nothing but text is understood, so nothing can run. */

import { inflateSync } from "node:zlib";

/** Unpacked, in bytes. */
const LARGEST = 1 << 28;

/** Opcodes of the pickle protocol that a lone string needs, and no others. */
const PROTO = 0x80;
const FRAME = 0x95;
const STOP = 0x2e;
const MEMOIZE = 0x94;
const BINPUT = 0x71;
const LONG_BINPUT = 0x72;
/** Opcodes of strings, and of their length how many bytes. */
const STRINGS: Readonly<Record<number, 1 | 4 | 8>> = { 140: 1, 88: 4, 141: 8 };
/** Opcodes without meaning here, and how many bytes of arguments they have. */
const SKIPPED: Readonly<Record<number, number>> = {
  [PROTO]: 1,
  [FRAME]: 8,
  [MEMOIZE]: 0,
  [BINPUT]: 1,
  [LONG_BINPUT]: 4,
};

/**
 * Base64 of deflated pickle of a string -> the string.
 * @throws Error for whatever is not that
 */
export function unpackText(packed: string): string {
  return unpickleText(inflateSync(Buffer.from(packed, "base64"), { maxOutputLength: LARGEST }));
}

function unpickleText(bytes: Buffer): string {
  let text: string | undefined;
  for (let at = 0; at < bytes.length; ) {
    const opcode = bytes[at++]!;
    const size = STRINGS[opcode];
    if (opcode === STOP && text !== undefined) return text;
    if (size !== undefined && text === undefined) {
      const length = size === 8 ? Number(bytes.readBigUInt64LE(at)) : bytes.readUIntLE(at, size);
      at += size;
      if (at + length > bytes.length) throw new Error("a pickle that was cut off");
      text = bytes.toString("utf8", at, at + length);
      at += length;
    } else if (opcode in SKIPPED) at += SKIPPED[opcode]!;
    else throw new Error(`pickle opcode 0x${opcode.toString(16)} is not of a string`);
  }
  throw new Error("a pickle without an end");
}
