/** What every route of one app shares. */

import type { ChatModel, CompletionModel, ThinkingMode } from "@cachalot/chat";
import { ApiError } from "./api-error.js";
import type { Metrics } from "./metrics.js";

/** Text to the model's token ids and back. */
export interface TextTokenizer {
  /** Ids are below it. */
  readonly vocabSize: number;
  encode(text: string): number[];
  decode(ids: readonly number[]): string;
  /** The exact bytes of one token. */
  tokenBytes(id: number): Uint8Array;
}

export interface AppContext {
  chat: ChatModel;
  completion: CompletionModel | undefined;
  tokenizer: TextTokenizer | undefined;
  /** Other names clients may ask for. */
  aliases: readonly string[];
  defaultThinkingMode: ThinkingMode;
  maxBodyBytes: number;
  keepAliveMs: number;
  shutdown: AbortSignal;
  metrics: Metrics;
  onError: (error: unknown) => void;
}

/**
 * `asked` may also be one of the `aliases`.
 * @throws ApiError 404 when a request names another model than the one served.
 */
export function requireModel(served: string, asked: string | undefined, aliases: readonly string[]): void {
  if (asked === undefined || asked === served || aliases.includes(asked)) return;
  throw new ApiError(
    404,
    `There is no model ${JSON.stringify(asked.slice(0, 100))} here; use ${JSON.stringify(served)}`,
    {
      code: "model_not_found",
      param: "model",
    },
  );
}
