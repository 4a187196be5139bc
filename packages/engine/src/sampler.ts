/**
 * The sampler: from logits, which stay on the device, to tokens with their log-probabilities and kept sets. The sampling
 * distribution itself is written once, in the `sample_tokens` op; speculative sampling checks drafts there, too.
 */

import { Context, concat, sampleTokens, type Tensor } from "@cachalot/tensor";
import { EngineError } from "./errors.js";

/** Logits `[rows, vocab]` that drafts were drawn from, kept on the device until each of them was checked. */
export class DraftLogits {
  #users: number;

  constructor(
    readonly tensor: Tensor,
    users: number,
  ) {
    this.#users = users;
  }

  /** One draft less; the last one gives the memory back. */
  release(): void {
    if (--this.#users === 0) this.tensor.dispose();
  }
}

/** Speculative decoding: a proposed token behind the last one. */
export interface Draft {
  readonly token: number;
  readonly source: DraftLogits;
  /** Its row of the source. */
  readonly row: number;
}

/** How the token of one row of logits is drawn, and what is wanted of it. */
export interface SampleRequest {
  /** 0 is greedy. */
  temperature: number;
  topP: number;
  /** 0 keeps all. */
  topK: number;
  /** In [0, 1): decides which token is drawn, or whether the draft is accepted. */
  u: number;
  /** In [0, 1): decides which token replaces a rejected draft. */
  v: number;
  draft: Draft | undefined;
  /** How many of the model's most probable tokens are wanted; undefined: no log-probabilities of the model itself. */
  top: number | undefined;
  /** Whether the set of tokens that could have been drawn is wanted. */
  kept: boolean;
}

/** Log-probabilities under the model itself: temperature, top-k and top-p play no part. */
export interface TokenScores {
  logprob: number;
  /** The most probable tokens, best first. */
  top: { id: number; logprob: number }[];
}

export interface SampledToken {
  token: number;
  /** Under the sampling distribution, after temperature, top-k and top-p. */
  logprob: number;
  scores: TokenScores | undefined;
  /** The tokens that could have been drawn, in order; empty where that is the whole vocabulary. */
  kept: Int32Array | undefined;
}

/**
 * Draws a token for every row of logits `[rows, vocab]`; undefined where the row has no finite logit.
 * The caller keeps the logits.
 */
export async function sample(
  logits: Tensor,
  requests: readonly SampleRequest[],
): Promise<(SampledToken | undefined)[]> {
  const ctx = new Context(logits.device);
  try {
    const rows = requests.length;
    const parameters = ctx.from("f32", [rows, 5], requests.flatMap(parametersOf));
    const top = mostOf(requests, logits.shape[1]!);
    const kept = requests.some((request) => request.kept);
    const drawn = sampleTokens(ctx, logits, parameters, { top, kept, drafts: draftsOf(ctx, requests) });
    const read = async (tensor: Tensor | undefined) => (tensor ? await logits.device.read(tensor) : undefined);
    const [tokens, logprobs, raw, topIds, topLogprobs, bits] = await Promise.all(
      [drawn.tokens, drawn.logprobs, drawn.rawLogprobs, drawn.topIds, drawn.topLogprobs, drawn.kept].map(read),
    );
    return requests.map((request, row): SampledToken | undefined => {
      const token = tokens![row]!;
      if (token < 0) return undefined;
      const at = row * (top ?? 0);
      return {
        token,
        logprob: logprobs![row]!,
        scores:
          request.top === undefined
            ? undefined
            : scoresOf(raw![row]!, at, Math.min(request.top, top!), topIds, topLogprobs),
        kept: request.kept ? keptIds(bits as Uint8Array, row, rows, logits.shape[1]!) : undefined,
      };
    });
  } finally {
    ctx.dispose();
  }
}

export function noFiniteLogits(): EngineError {
  return new EngineError("generation_failed", "The model produced no finite logits; check its checkpoint");
}

function parametersOf({ temperature, topP, topK, u, v }: SampleRequest): number[] {
  return [temperature, topP, topK, u, v];
}

function mostOf(requests: readonly SampleRequest[], vocab: number): number | undefined {
  let most: number | undefined;
  for (const { top } of requests) if (top !== undefined) most = Math.min(vocab, Math.max(most ?? 0, top));
  return most;
}

/** Drafts of all rows, their logits under one another; usually all come from one forward pass. */
function draftsOf(ctx: Context, requests: readonly SampleRequest[]) {
  const starts = new Map<DraftLogits, number>();
  let logits: Tensor | undefined;
  for (const { draft } of requests) {
    if (!draft || starts.has(draft.source)) continue;
    starts.set(draft.source, logits?.shape[0] ?? 0);
    logits = logits ? below(ctx, logits, draft.source.tensor) : draft.source.tensor;
  }
  if (!logits) return undefined;
  const column = (number: (draft: Draft | undefined) => number) =>
    ctx.from(
      "i32",
      [requests.length],
      requests.map(({ draft }) => number(draft)),
    );
  return {
    tokens: column((draft) => draft?.token ?? -1),
    rows: column((draft) => (draft ? starts.get(draft.source)! + draft.row : 0)),
    logits,
  };
}

/** Rows of a `[m, vocab]`, then those of b `[n, vocab]`. */
function below(ctx: Context, a: Tensor, b: Tensor): Tensor {
  const line = (tensor: Tensor) => ctx.reshape(tensor, [1, 1, tensor.size]);
  return ctx.reshape(concat(ctx, line(a), line(b)), [a.shape[0]! + b.shape[0]!, a.shape[1]!]);
}

function scoresOf(
  logprob: number,
  at: number,
  count: number,
  ids: ArrayLike<number> | undefined,
  logprobs: ArrayLike<number> | undefined,
): TokenScores {
  const top: TokenScores["top"] = [];
  for (let i = at; i < at + count && ids![i]! >= 0; i++) top.push({ id: ids![i]!, logprob: logprobs![i]! });
  return { logprob, top };
}

/** The set bits of a row; none where all are set. */
function keptIds(bits: Uint8Array, row: number, rows: number, vocab: number): Int32Array {
  const bytes = bits.length / rows;
  const ids: number[] = [];
  for (let i = 0; i < bytes; i++) {
    const byte = bits[row * bytes + i]!;
    for (let bit = 0; byte >> bit > 0; bit++) if ((byte >> bit) & 1) ids.push(8 * i + bit);
  }
  return Int32Array.from(ids.length === vocab ? [] : ids);
}
