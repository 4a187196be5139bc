/** What `POST /v1/completions` answers: one object, or chunks of the same shape. */

import type { CompletionEvent, FinishReason, GeneratedTokens, TokenLogprob, Usage } from "@cachalot/chat";
import { ChatError } from "@cachalot/chat";
import { createId, totalUsage, unixTime, wireTextLogprobs, wireUsage } from "../wire.js";

interface Envelope {
  id: string;
  object: "text_completion";
  created: number;
  model: string;
}

export function completionEnvelope(model: string): Envelope {
  return { id: createId("cmpl"), object: "text_completion", created: unixTime(), model };
}

const finishReason = (reason: FinishReason): string => (reason === "aborted" ? "stop" : reason);

export interface CollectedText {
  text: string;
  logprobs: TokenLogprob[];
  usage: Usage;
  finishReason: FinishReason;
  generated: GeneratedTokens | undefined;
}

/** Ids of tokens. @throws ChatError `invalid_request` where the model behind does not tell them. */
export function idsOf(tokens: readonly TokenLogprob[]): number[] {
  return tokens.map(({ id }) => {
    if (id !== undefined) return id;
    throw new ChatError(
      "invalid_request",
      "This model tells no token ids; remove return_token_ids",
      "return_token_ids",
    );
  });
}

/** @throws ChatError `upstream` when the stream ends without a `finish` event. */
export async function collectText(events: AsyncIterable<CompletionEvent>): Promise<CollectedText> {
  let text = "";
  let usage: Usage = { promptTokens: 0, completionTokens: 0, reasoningTokens: 0, cachedTokens: 0 };
  const logprobs: TokenLogprob[] = [];
  let generated: GeneratedTokens | undefined;
  for await (const event of events) {
    if (event.type === "text") text += event.delta;
    else if (event.type === "logprobs") logprobs.push(...event.tokens);
    else if (event.type === "generated") generated = event.tokens;
    else if (event.type === "usage") usage = event.usage;
    else if (event.type === "finish") return { text, logprobs, usage, finishReason: event.reason, generated };
  }
  throw new ChatError("upstream", "The stream ended without a finish event; send the request again");
}

/** Usage over several prompts, each counted once. `n` choices per prompt. */
export function usageOfPrompts(usages: readonly Usage[], n: number): Usage {
  const prompts: Usage[] = [];
  for (let i = 0; i < usages.length; i += n) prompts.push(totalUsage(usages.slice(i, i + n)));
  const total = totalUsage(prompts);
  total.promptTokens = prompts.reduce((sum, usage) => sum + usage.promptTokens, 0);
  total.cachedTokens = prompts.reduce((sum, usage) => sum + usage.cachedTokens, 0);
  return total;
}

/** The whole answer. `echoes[i]` is put before choice i. */
export function textCompletion(
  envelope: Envelope,
  choices: readonly CollectedText[],
  options: { n: number; echoes: readonly string[]; logprobs: boolean; tokenIds: boolean },
) {
  const { n, echoes, logprobs, tokenIds } = options;
  return {
    ...envelope,
    choices: choices.map((choice, index) => ({
      index,
      text: (echoes[index] ?? "") + choice.text,
      logprobs: logprobs ? wireTextLogprobs(choice.logprobs, 0) : null,
      finish_reason: finishReason(choice.finishReason),
      ...(tokenIds ? { token_ids: idsOf(choice.logprobs), prompt_token_ids: choice.generated?.promptIds ?? null } : {}),
    })),
    usage: wireUsage(
      usageOfPrompts(
        choices.map(({ usage }) => usage),
        n,
      ),
    ),
  };
}

/** One chunk of a choice. */
export function textChunk(
  envelope: Envelope,
  index: number,
  part: { text?: string; logprobs?: object; tokenIds?: readonly number[]; reason?: FinishReason },
) {
  const { text = "", logprobs = null, tokenIds, reason } = part;
  const finish_reason = reason === undefined ? null : finishReason(reason);
  return {
    ...envelope,
    choices: [{ index, text, logprobs, finish_reason, ...(tokenIds ? { token_ids: tokenIds } : {}) }],
  };
}
