import { hashText } from "@cachalot/tensor";

/** A seed from numbers and names: the same ones give the same seed, others another. 32 bits. */
export function mixSeed(...parts: readonly (number | string)[]): number {
  return hashText(parts.map((part) => `${part},`).join(""));
}
