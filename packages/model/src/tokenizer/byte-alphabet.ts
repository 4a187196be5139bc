/**
 * GPT-2's alphabet: every byte as one printable character. Byte-level BPE writes its vocabulary in it.
 * @returns byte by character.
 */
function buildAlphabet(): Map<string, number> {
  const printable = [
    [33, 126],
    [161, 172],
    [174, 255],
  ] as const;
  const byCharacter = new Map<string, number>();
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    const isPrintable = printable.some(([first, last]) => byte >= first && byte <= last);
    byCharacter.set(String.fromCodePoint(isPrintable ? byte : next++), byte);
  }
  return byCharacter;
}

const byteOf = buildAlphabet();

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
