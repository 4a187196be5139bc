/** A policy as rollouts see it: token ids in, token ids out. Training's `Policy` and the engine's in-process policy are such. */

import type { CompletionModel, FinishReason, GeneratedTokens, RecordOptions } from "@cachalot/chat";
import { EnvironmentError } from "../errors.js";

export interface RolloutPolicy {
  readonly model: CompletionModel;
  readonly tokenizer: {
    encode(text: string): number[];
    decode(ids: readonly number[]): string;
    readonly eosTokenId: number;
  };
}

export interface Sampling {
  temperature: number;
  topP: number;
  topK: number;
}

export interface SampleRequest extends Sampling {
  prompt: readonly number[];
  seed: number;
  maxTokens: number;
  record: RecordOptions;
  signal?: AbortSignal | undefined;
}

/**
 * One answer as it was sampled.
 * @throws EnvironmentError `unrecorded` where the model does not tell what it sampled; the signal's reason where that aborts; what the
 * model throws
 */
export async function sampleAnswer(
  policy: RolloutPolicy,
  { signal, ...request }: SampleRequest,
): Promise<{ generated: GeneratedTokens; finish: FinishReason }> {
  let generated: GeneratedTokens | undefined;
  let finish: FinishReason = "stop";
  for await (const event of policy.model.complete({ ...request, ...(signal ? { signal } : {}) })) {
    if (event.type === "generated") generated = event.tokens;
    if (event.type === "finish") finish = event.reason;
  }
  signal?.throwIfAborted();
  if (generated) return { generated, finish };
  throw new EnvironmentError(
    "unrecorded",
    `${policy.model.id} does not tell the tokens it sampled; roll out with a local engine, or an endpoint that returns token ids`,
  );
}
