/** SGLang's own `/generate` route: it takes and tells token ids, which its OpenAI routes do not. */

import { ChatError } from "../errors.js";
import type { Endpoint } from "./open-stream.js";

/** What `/completions` takes that `/generate` calls by the same name. */
const SAME = ["temperature", "top_p", "top_k", "stop", "skip_special_tokens"] as const;

/** A body of `/completions` with a prompt of ids as a request of `/generate`, beside `/v1`, answered in one piece. */
export function generateRequest(
  endpoint: Endpoint,
  body: Record<string, unknown>,
): { server: Endpoint; path: string; body: object } {
  const baseUrl = endpoint.baseUrl.replace(/\/+$/, "").replace(/\/v\d+$/, "");
  const sampling = Object.fromEntries(SAME.flatMap((name) => (body[name] === undefined ? [] : [[name, body[name]]])));
  return {
    server: { ...endpoint, baseUrl },
    path: "/generate",
    body: {
      input_ids: body.prompt,
      sampling_params: {
        ...sampling,
        ...(typeof body.max_tokens === "number" ? { max_new_tokens: body.max_tokens } : {}),
        ...(body.seed === undefined ? {} : { sampling_seed: body.seed }),
      },
      return_logprob: true,
      stream: false,
    },
  };
}

/**
 * An answer of `/generate` as a chunk of `/completions`.
 *
 * @throws ChatError `upstream` when it is none.
 */
export function readGenerated(answer: Record<string, unknown>): Record<string, unknown> {
  const meta = answer.meta_info as Record<string, unknown> | undefined;
  const entries = meta?.output_token_logprobs;
  if (meta === undefined || !Array.isArray(entries))
    throw new ChatError("upstream", "/generate sent no meta_info.output_token_logprobs; is this an SGLang server?");
  const pairs = entries.map((entry: unknown) => (Array.isArray(entry) ? (entry as unknown[]) : []));
  const finish = (meta.finish_reason as { type?: unknown } | undefined)?.type;
  return {
    choices: [
      {
        text: answer.text,
        token_ids: pairs.map(([, id]) => id),
        logprobs: {
          tokens: pairs.map(([, , text]) => (typeof text === "string" ? text : "")),
          token_logprobs: pairs.map(([logprob]) => logprob),
        },
        finish_reason: finish,
      },
    ],
    usage: {
      prompt_tokens: meta.prompt_tokens,
      completion_tokens: meta.completion_tokens,
      prompt_tokens_details: { cached_tokens: meta.cached_tokens },
    },
  };
}
