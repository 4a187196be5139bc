import { ASSISTANT, EOS, THINK_END, THINK_START, USER } from "@cachalot/chat";
import type { Tokenizer } from "tokenizers";
import { TrainingError } from "../errors.js";
import type { ConversationTokens } from "./loss-mask.js";

/** @throws TrainingError `invalid_data` where the tokenizer lacks one of them. */
export function conversationTokens(tokenizer: Tokenizer): ConversationTokens {
  return {
    eos: tokenId(tokenizer, EOS),
    user: tokenId(tokenizer, USER),
    assistant: tokenId(tokenizer, ASSISTANT),
    thinkStart: tokenId(tokenizer, THINK_START),
    thinkEnd: tokenId(tokenizer, THINK_END),
  };
}

/** @throws TrainingError `invalid_data` where the tokenizer has no such token. */
export function tokenId(tokenizer: Tokenizer, token: string): number {
  const id = tokenizer.tokenToId(token);
  if (id !== null && id !== undefined) return id;
  throw new TrainingError(
    "invalid_data",
    `the tokenizer has no token ${token}, which DeepSeek-V3.2's format needs; take a DeepSeek-V3.2 tokenizer.json, or let the recipe train its own (vocabSize)`,
  );
}
