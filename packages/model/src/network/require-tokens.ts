import type { ModelConfig } from "../config/index.js";
import { ModelError } from "../errors.js";

/**
 * Token ids that the embedding has rows for. Every forward pass asks before it changes anything.
 * @throws ModelError `invalid_token`.
 */
export function requireTokens({ vocabSize }: ModelConfig, tokens: ArrayLike<number>): void {
  for (let i = 0; i < tokens.length; i++) {
    const id = tokens[i]!;
    if (id >= 0 && id < vocabSize) continue;
    throw new ModelError(
      "invalid_token",
      `token ${i} is ${id}, which is no id of a vocabulary of ${vocabSize} (0 to ${vocabSize - 1}); use the model's own tokenizer`,
    );
  }
}
