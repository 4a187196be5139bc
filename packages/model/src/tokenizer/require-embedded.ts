import { ModelError } from "../errors.js";

/** Tokens with their ids, as tokenizer.json lists them. */
export interface TokenList {
  model: { vocab: Readonly<Record<string, number>> };
  added_tokens: readonly { id: number; content: string }[];
}

/**
 * Every token of a tokenizer has a row in the model's embedding. Tokens added for fine-tuning, without the embedding being resized, do not.
 * @throws ModelError `invalid_tokenizer` naming the tokens.
 */
export function requireEmbedded({ model, added_tokens: added }: TokenList, vocabSize: number, path: string): void {
  const outside = new Map<string, number>();
  for (const [token, id] of Object.entries(model.vocab)) if (id >= vocabSize) outside.set(token, id);
  for (const { id, content } of added) if (id >= vocabSize) outside.set(content, id);
  if (outside.size === 0) return;
  const named = [...outside].slice(0, 3).map(([token, id]) => `${JSON.stringify(token.slice(0, 80))} (${id})`);
  const more = outside.size > named.length ? ` and ${outside.size - named.length} more` : "";
  throw new ModelError(
    "invalid_tokenizer",
    `${path}: ${named.join(", ")}${more} lie past the model's embedding of ${vocabSize} tokens; take the model's own tokenizer.json, ` +
      "or resize the embedding and set vocab_size in config.json",
  );
}
