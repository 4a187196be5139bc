import type { Context } from "../../context.js";
import { requireIndices } from "../../indices.js";
import { defineOp, type TensorSpec } from "../../op.js";
import { requireShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { type SampleTokensAttrs, sampleTokensReference } from "./reference.js";

/** Numbers a row of parameters holds: temperature, topP, topK, u, v. */
const PARAMETERS = 5;

export const sampleTokensOp = defineOp<SampleTokensAttrs>({
  name: "sample_tokens",
  infer([logits, parameters, draftTokens, draftRows, draftLogits], { top, kept }) {
    requireShape(
      logits?.shape.length === 2 && parameters?.shape[0] === logits.shape[0] && parameters?.shape[1] === PARAMETERS,
      "sample_tokens",
      `logits [${logits?.shape}] must be [rows, vocab] and parameters [${parameters?.shape}] [rows, ${PARAMETERS}]`,
    );
    const [rows, vocab] = logits.shape as [number, number];
    const isRow = (drafts: TensorSpec | undefined) => drafts?.dtype === "i32" && sizeOf(drafts.shape) === rows;
    requireShape(
      draftTokens === undefined || (isRow(draftTokens) && isRow(draftRows) && draftLogits?.shape[1] === vocab),
      "sample_tokens",
      `draft tokens [${draftTokens?.shape}] and their rows [${draftRows?.shape}] must be i32 [${rows}], their logits ` +
        `[${draftLogits?.shape}] [drafts, ${vocab}]`,
    );
    requireShape(
      top === undefined || (top >= 0 && top <= vocab),
      "sample_tokens",
      `the ${top} most probable of ${vocab} tokens cannot be given`,
    );
    return [
      { dtype: "i32", shape: [rows] },
      { dtype: "f32", shape: [rows] },
      ...(top === undefined ? [] : [{ dtype: "f32", shape: [rows] } as const]),
      ...(top ? [{ dtype: "i32", shape: [rows, top] } as const, { dtype: "f32", shape: [rows, top] } as const] : []),
      ...(kept ? [{ dtype: "u8", shape: [rows, Math.ceil(vocab / 8)] } as const] : []),
    ];
  },
  cost: ([logits]) => ({ flops: 10 * sizeOf(logits!.shape), bytes: 4 * sizeOf(logits!.shape) }),
  // Of the log-probabilities. Tokens are exact: another one would be off by far more.
  tolerance: { value: 2e-5, gradient: 0 },
  proveIndices: ([logits, , draftTokens, draftRows, draftLogits]) => {
    if (!draftTokens) return;
    requireIndices("sample_tokens", "draft tokens", draftTokens, logits!.shape[1]!, { least: -1 });
    requireIndices("sample_tokens", "rows of drafts", draftRows, draftLogits!.shape[0]!);
  },
  kernelAttributes: ({ top, kept }) => [top ?? -1, kept ? 1 : 0],
  reference: sampleTokensReference,
});

/** Guesses to check by speculative sampling. */
export interface DraftTokens {
  /** i32 `[rows]`: -1 where a row has none. */
  tokens: Tensor;
  /** i32 `[rows]`: the row of `logits` each was drawn from; any where there is none. */
  rows: Tensor;
  /** `[drafts, vocab]`; a row's own parameters make a distribution of them. */
  logits: Tensor;
}

export interface SampledTokens {
  /** i32 `[rows]`: -1 where no logit is finite. */
  tokens: Tensor;
  /** `[rows]`: log-probabilities under the sampling distribution, after temperature, top-k and top-p. */
  logprobs: Tensor;
  /** `[rows]`: log-probabilities under the model itself (temperature 1, the whole vocabulary); on request. */
  rawLogprobs: Tensor | undefined;
  /** i32 `[rows, top]`: the model's most probable tokens, best first; -1 where it has no more. */
  topIds: Tensor | undefined;
  /** `[rows, top]`: their log-probabilities under the model itself. */
  topLogprobs: Tensor | undefined;
  /** u8 `[rows, ceil(vocab / 8)]`: a bit per token, lowest first: 1 where it could have been drawn; on request. */
  kept: Tensor | undefined;
}

/**
 * The sampler: draws a token for every row of logits `[rows, vocab]`.
 *
 * @param parameters `[rows, 5]`: temperature (0 is greedy), topP, topK (0 keeps all), and two numbers u, v in [0, 1) that
 *   decide: u which token is drawn or whether a draft is accepted, v which token replaces a rejected draft
 * @throws TensorError `shape_mismatch`
 */
export function sampleTokens(
  ctx: Context,
  logits: Tensor,
  parameters: Tensor,
  { top, kept = false, drafts }: { top?: number | undefined; kept?: boolean; drafts?: DraftTokens | undefined } = {},
): SampledTokens {
  const inputs = [logits, parameters, drafts?.tokens, drafts?.rows, drafts?.logits];
  const outputs = [...ctx.run(sampleTokensOp, inputs, { top, kept })];
  const [tokens, logprobs] = outputs.splice(0, 2) as [Tensor, Tensor];
  const rawLogprobs = top === undefined ? undefined : outputs.shift();
  const [topIds, topLogprobs] = top ? outputs.splice(0, 2) : [];
  return { tokens, logprobs, rawLogprobs, topIds, topLogprobs, kept: outputs.shift() };
}
