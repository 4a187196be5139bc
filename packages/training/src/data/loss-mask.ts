/** The ids of the special tokens that structure a conversation. */
export interface ConversationTokens {
  eos: number;
  user: number;
  assistant: number;
  thinkStart: number;
  thinkEnd: number;
}

/**
 * Which tokens of an encoded conversation the assistant writes (1) and which it only reads (0).
 *
 * It starts writing after the `<think>` or `</think>` that follows `<｜Assistant｜>` or a block of tool results, and
 * stops after end-of-sentence. What stands before the first `<｜Assistant｜>` (the tools text shows both) is only read.
 */
export function assistantMask(tokens: ArrayLike<number>, ids: ConversationTokens): Uint8Array {
  const mask = new Uint8Array(tokens.length);
  let state: "prompt" | "opening" | "writing" | "results" = "prompt";
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (state === "writing") {
      mask[i] = 1;
      if (token === ids.eos) state = "results";
    } else if (token === ids.assistant) state = "opening";
    else if (token === ids.user) state = "prompt";
    else if (state !== "prompt" && (token === ids.thinkStart || token === ids.thinkEnd)) state = "writing";
  }
  return mask;
}
