import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomic } from "@cachalot/files";
import { TrainingError } from "../errors.js";

/** Tokens of many documents, one after the other. */
export interface TokenFile {
  /** Token ids: 16 bits each, or 32 where the vocabulary needs them. */
  tokens: Uint16Array | Uint32Array;
  /** 1 where the token is learnt, 0 where it is only read. */
  mask: Uint8Array;
  /** First token of each document, then the number of tokens: documents + 1 entries. */
  offsets: Uint32Array;
}

const bytes = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** Writes `<part>.<split>.{bin,mask.bin,documents.bin}`, little-endian. */
export async function writeTokenFile(dir: string, name: string, file: TokenFile): Promise<void> {
  await writeAtomic(join(dir, `${name}.mask.bin`), file.mask);
  await writeAtomic(join(dir, `${name}.documents.bin`), bytes(file.offsets));
  await writeAtomic(join(dir, `${name}.bin`), bytes(file.tokens));
}

/** Whether the ids of a vocabulary are written in 32 bits. */
export const isWide = (vocabSize: number): boolean => vocabSize > 2 ** 16;

/**
 * @param wide ids have 32 bits
 * @throws TrainingError `invalid_data` when the files are missing or do not fit together.
 */
export async function readTokenFile(dir: string, name: string, wide = false): Promise<TokenFile> {
  const read = async (suffix: string) => {
    const data = await readFile(join(dir, `${name}${suffix}`)).catch(() => undefined);
    if (data) return data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer;
    throw new TrainingError("invalid_data", `${join(dir, name + suffix)} is missing; run \`cachalot prepare\` first`);
  };
  const [tokens, mask, offsets] = [await read(".bin"), await read(".mask.bin"), await read(".documents.bin")];
  const count = mask.byteLength;
  const whole = tokens.byteLength === count * (wide ? 4 : 2) && offsets.byteLength % 4 === 0;
  const file = whole && {
    tokens: wide ? new Uint32Array(tokens) : new Uint16Array(tokens),
    mask: new Uint8Array(mask),
    offsets: new Uint32Array(offsets),
  };
  if (file && file.offsets.at(-1) === count) return file;
  throw new TrainingError("invalid_data", `${join(dir, name)}: the files do not belong together; prepare them again`);
}

/** Collects documents into a `TokenFile`. */
export class TokenFileBuilder {
  private readonly documents: (Uint16Array | Uint32Array)[] = [];
  private readonly masks: Uint8Array[] = [];
  tokens = 0;
  learnt = 0;

  /** @param wide ids have 32 bits */
  constructor(private readonly wide = false) {}

  /** `mask` absent: everything but the first token (BOS, which nothing predicts) is learnt. */
  add(ids: readonly number[], mask?: Uint8Array): void {
    const learnt = mask ?? new Uint8Array(ids.length).fill(1).fill(0, 0, 1);
    this.documents.push(this.wide ? Uint32Array.from(ids) : Uint16Array.from(ids));
    this.masks.push(learnt);
    this.tokens += ids.length;
    for (const one of learnt) this.learnt += one;
  }

  get count(): number {
    return this.documents.length;
  }

  build(): TokenFile {
    const file = {
      tokens: this.wide ? new Uint32Array(this.tokens) : new Uint16Array(this.tokens),
      mask: new Uint8Array(this.tokens),
      offsets: new Uint32Array(this.documents.length + 1),
    };
    let at = 0;
    this.documents.forEach((document, i) => {
      file.tokens.set(document, at);
      file.mask.set(this.masks[i]!, at);
      at += document.length;
      file.offsets[i + 1] = at;
    });
    return file;
  }
}

/** The largest of `least` and all tokens. */
export function largestOf(tokens: ArrayLike<number>, least = -1): number {
  let most = least;
  for (let i = 0; i < tokens.length; i++) if (tokens[i]! > most) most = tokens[i]!;
  return most;
}
