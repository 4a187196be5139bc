/** GPT-2's alphabet: a printable character for every byte 0..255, in byte order. Byte-level BPE writes its vocabulary in it. */
export function byteAlphabet(): string[] {
  const printable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  let shifted = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : shifted++));
}

const byteOf = new Map(byteAlphabet().map((character, byte) => [character, byte]));

/** The bytes that a vocabulary entry stands for; undefined if it is not written in the byte alphabet. */
export function bytesOfToken(token: string): Uint8Array | undefined {
  const bytes: number[] = [];
  for (const character of token) {
    const byte = byteOf.get(character);
    if (byte === undefined) return undefined;
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}
