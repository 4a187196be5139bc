/**
 * What a remote completion sampled, in the endpoint's token ids: rollouts on vLLM and SGLang are recorded like those of the
 * local engine.
 */

import type { GeneratedTokens } from "../chat-model.js";
import type { CompletionRequest } from "../completion-model.js";
import { ChatError } from "../errors.js";

/** How a host gives token ids and log-probabilities of what it sampled. */
export type TokenRecording = "return_token_ids" | "sglang-generate";

/**
 * The prompt ids of a request that records.
 *
 * @throws ChatError `invalid_request` where the host tells no ids, or where what it tells would not be what is asked for: hosts
 * report log-probabilities of the model itself, which are those of the distribution drawn from at temperature 1 with the whole
 * vocabulary only.
 */
export function recordedPrompt(
  { prompt, record, temperature = 1, topP = 0.95, topK = 0 }: CompletionRequest,
  recording: TokenRecording | undefined,
  host: string,
): readonly number[] {
  const refuse = (message: string, field: string) => new ChatError("invalid_request", message, field);
  if (recording === undefined)
    throw refuse(`${host} endpoints do not tell token ids; roll out on a vllm or sglang endpoint`, "record");
  if (typeof prompt === "string")
    throw refuse("A completion is recorded from token ids; encode the prompt with the model's tokenizer", "prompt");
  if (record?.kept || record?.experts || record?.selection)
    throw refuse(
      "A remote endpoint records tokens and log-probabilities only; leave out kept, experts and selection",
      "record",
    );
  if (temperature !== 1 || topP !== 1 || topK !== 0)
    throw refuse(
      "A remote endpoint tells log-probabilities of the whole distribution; record with temperature 1, top_p 1 and top_k 0",
      "temperature",
    );
  return prompt;
}

/** Ids and log-probabilities as they arrive, over all streams of a request. */
export class RecordedTokens {
  readonly ids: number[] = [];
  readonly logprobs: number[] = [];

  constructor(
    readonly promptIds: readonly number[],
    /** Of the weights at the endpoint, as far as the caller knows. */
    private readonly version: number,
  ) {}

  /** @throws ChatError `upstream` when ids and log-probabilities do not belong together. */
  push(ids: readonly number[], logprobs: readonly number[]): void {
    if (ids.length !== logprobs.length || !ids.every(Number.isInteger) || !logprobs.every(Number.isFinite))
      throw new ChatError(
        "upstream",
        `The endpoint sent ${ids.length} token ids with ${logprobs.length} log-probabilities; there must be one finite number for each id: is the server too old for return_token_ids?`,
      );
    this.ids.push(...ids);
    this.logprobs.push(...logprobs);
  }

  result(): GeneratedTokens {
    const { ids, logprobs } = this;
    return {
      promptIds: [...this.promptIds],
      ids: [...ids],
      logprobs: [...logprobs],
      rawLogprobs: [...logprobs],
      versions: ids.map(() => this.version),
    };
  }
}
