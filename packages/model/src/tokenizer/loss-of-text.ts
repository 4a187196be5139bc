import { bytesOfToken } from "./byte-alphabet.js";

interface Definition {
  pre_tokenizer?: unknown;
  decoder?: unknown;
  model: {
    vocab: Readonly<Record<string, number>>;
    merges: readonly (string | readonly [string, string])[];
  };
}

/**
 * Why text would vanish in this tokenizer: it is not byte-level, some byte has no token, or a merge leads to none. The
 * library drops such pieces silently. Undefined when every text can be encoded.
 */
export function lossOfText({ pre_tokenizer, decoder, model }: Definition): string | undefined {
  if (!hasByteLevel(pre_tokenizer)) return "its pre_tokenizer is not ByteLevel";
  if (!hasByteLevel(decoder)) return "its decoder is not ByteLevel";
  const bytes = new Set<number>();
  for (const token of Object.keys(model.vocab)) {
    if (token.length !== 1) continue;
    const byte = bytesOfToken(token)?.[0];
    if (byte !== undefined) bytes.add(byte);
  }
  for (let byte = 0; byte < 256; byte++)
    if (occursInUtf8(byte) && !bytes.has(byte)) return `no token stands for byte ${byte}`;
  for (const merge of model.merges) {
    const pair = typeof merge === "string" ? merge.split(" ") : merge;
    if (pair.length !== 2) return `the merge ${JSON.stringify(merge).slice(0, 80)} is not of two tokens`;
    const merged = pair.join("");
    if (!Object.hasOwn(model.vocab, merged)) return `the merged token ${JSON.stringify(merged).slice(0, 80)} has no id`;
  }
  return undefined;
}

function hasByteLevel(step: unknown): boolean {
  if (typeof step !== "object" || step === null) return false;
  const { type, pretokenizers, decoders } = step as Record<string, unknown>;
  const inner = pretokenizers ?? decoders;
  return type === "ByteLevel" || (Array.isArray(inner) && inner.some(hasByteLevel));
}

function occursInUtf8(byte: number): boolean {
  return byte !== 0xc0 && byte !== 0xc1 && byte < 0xf5;
}
