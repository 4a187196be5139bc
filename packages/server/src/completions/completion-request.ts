/** The body of `POST /v1/completions` -> requests a CompletionModel understands. */

import type { CompletionRequest } from "@cachalot/chat";
import * as z from "zod";
import { badRequest, unsupported } from "../api-error.js";
import { validate } from "../http/validate.js";
import { refuseUnsupported, samplingFields, samplingOptions } from "../sampling-fields.js";

const MAX_PROMPTS = 64;
/** Choices over all prompts. */
const MAX_TOTAL_CHOICES = 64;

// Checked as one value: zod would make an issue of every wrong token.
const tokenIds = z.custom<number[]>(
  (value) => Array.isArray(value) && value.length > 0 && value.every((id) => Number.isSafeInteger(id) && id >= 0),
  "expected token ids",
);
const few = (value: unknown): boolean => Array.isArray(value) && value.length > 0 && value.length <= MAX_PROMPTS;

export const completionRequestSchema = z.looseObject({
  ...samplingFields,
  prompt: z.union(
    [
      z.string().min(1),
      tokenIds,
      z.custom<string[]>(
        (value) => few(value) && (value as unknown[]).every((text) => typeof text === "string" && text),
      ),
      z.custom<number[][]>(
        (value) => few(value) && (value as unknown[]).every((ids) => tokenIds.safeParse(ids).success),
      ),
    ],
    { error: `expected a non-empty string, an array of token ids, or an array of at most ${MAX_PROMPTS} of those` },
  ),
  echo: z.boolean().nullish(),
  logprobs: z.int().min(0).max(20).nullish(),
  best_of: z.int().nullish(),
  /** As in vLLM: the ids of the prompt and of what was sampled, the end token included. */
  return_token_ids: z.boolean().nullish(),
});

export interface CompletionCall {
  model: string | undefined;
  /** One for each choice, those of the first prompt first. */
  requests: CompletionRequest[];
  /** Choices per prompt. */
  n: number;
  echo: boolean;
  logprobs: boolean;
  tokenIds: boolean;
  stream: boolean;
  includeUsage: boolean;
}

function promptsOf(prompt: z.infer<typeof completionRequestSchema>["prompt"]): (string | number[])[] {
  if (typeof prompt === "string") return [prompt];
  return typeof prompt[0] === "number" ? [prompt as number[]] : (prompt as (string | number[])[]);
}

/**
 * Checks a request body.
 * @throws ApiError for the first thing that is wrong, naming its field.
 */
export function parseCompletionRequest(value: Record<string, unknown>): CompletionCall {
  if (value.prompt === undefined || value.prompt === null) {
    throw badRequest("prompt is required", "prompt", "missing_parameter");
  }
  const body = validate(completionRequestSchema, value);
  refuseUnsupported("completions", value);
  const n = body.n ?? 1;
  const prompts = promptsOf(body.prompt);
  if (n * prompts.length > MAX_TOTAL_CHOICES) {
    throw badRequest(`n times the number of prompts is more than ${MAX_TOTAL_CHOICES}; send fewer`, "n");
  }
  if (body.best_of != null && body.best_of !== n) throw unsupported("best_of", "best_of must equal n; remove it");
  const echo = body.echo ?? false;
  if (echo && prompts.some((prompt) => typeof prompt !== "string")) {
    throw unsupported("echo", "echo needs the prompt as text; send a string, or remove echo");
  }
  if (echo && body.logprobs != null) {
    throw unsupported("echo", "Log-probabilities of the prompt are not available; remove echo or logprobs");
  }
  if (echo && body.return_token_ids) throw unsupported("echo", "Token ids are of what was sampled; remove echo");
  return {
    model: body.model ?? undefined,
    requests: prompts.flatMap((prompt) =>
      Array.from({ length: n }, (_, choice) => ({
        prompt,
        ...samplingOptions(body, body.max_tokens ?? undefined, choice),
        ...(body.logprobs == null ? {} : { topLogprobs: body.logprobs }),
        ...(body.return_token_ids ? { topLogprobs: body.logprobs ?? 0, record: {} } : {}),
      })),
    ),
    n,
    echo,
    logprobs: body.logprobs != null,
    tokenIds: body.return_token_ids ?? false,
    stream: body.stream ?? false,
    includeUsage: body.stream_options?.include_usage ?? false,
  };
}
