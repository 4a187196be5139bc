import type { Reward } from "../reward.js";
import { correct } from "./correct.js";

const normal = (text: string): string => text.normalize("NFKC").trim().replace(/\s+/g, " ");

/** Exact match with an expected answer, or one of several, but for how it is spaced. Case counts. */
export function exactAnswer<D>(expected: (data: D) => string | readonly string[], weight = 1): Reward<D> {
  return correct((answer, data) => {
    const right = expected(data);
    return (typeof right === "string" ? [right] : right).some((text) => normal(text) === normal(answer));
  }, weight);
}
