/** Log-probabilities of sampled tokens under the trainer's network, as the sampler would have given them. */

import { type Network, outputHead, packedForward } from "@cachalot/model";
import { Context, crossEntropyKept, type Device, gatherRows, type Tensor } from "@cachalot/tensor";
import { type PackedRollouts, type PackOptions, packRollouts } from "./packed-rollouts.js";
import { replayedRouting, replayedSelection } from "./replay.js";
import type { TrainingSequence } from "./training-sequence.js";

export interface LogprobOptions extends PackOptions {
  keepRouting: boolean;
  keepSelection: boolean;
}

/** `-log pi` of every sampled token, `[sampled tokens]`, sequence by sequence, differentiable. */
export function sampledCrossEntropy(
  ctx: Context,
  network: Network,
  packed: PackedRollouts,
  sequences: readonly TrainingSequence[],
  { keepRouting, keepSelection }: LogprobOptions,
): Tensor {
  const routing = keepRouting ? replayedRouting(ctx, network, packed, sequences) : undefined;
  const selection = keepSelection ? replayedSelection(ctx, network, packed, sequences) : undefined;
  const { hidden } = packedForward(ctx, network, packed.batch, {
    attention: network.config.indexer ? "sparse" : "dense",
    ...(routing ? { routing } : {}),
    ...(selection ? { selection } : {}),
  });
  const { rows, targets, temperatures, kept } = packed;
  const count = rows.length;
  // Prompts need no logits: the output head reads only what tokens were drawn from.
  const logits = outputHead(ctx, network, gatherRows(ctx, hidden, ctx.from("i32", [count], rows)));
  return crossEntropyKept(ctx, logits, ctx.from("i32", [count], targets), ctx.from("f32", [count], temperatures), {
    ids: ctx.from("i32", [kept.ids.length], kept.ids),
    offsets: ctx.from("i32", [count + 1], kept.offsets),
  });
}

/** `log pi` by sequence, of a cross-entropy `[sampled tokens]`. */
export function logprobsBySequence({ data }: Tensor, { starts }: PackedRollouts): Float64Array[] {
  return Array.from({ length: starts.length - 1 }, (_, i) =>
    Float64Array.from(data.subarray(starts[i]!, starts[i + 1]!), (loss) => -loss),
  );
}

/** Sequences whose log-probabilities are computed at once, where nothing is recorded. */
const CHUNK = 64;

/** `log pi` of every sampled token of many sequences, without recording: of a reference policy, or for a comparison. */
export function sampledLogprobs(
  network: Network & { device: Device },
  sequences: readonly TrainingSequence[],
  options: LogprobOptions,
): Float64Array[] {
  const all: Float64Array[] = [];
  for (let from = 0; from < sequences.length; from += CHUNK) {
    const chunk = sequences.slice(from, from + CHUNK);
    const ctx = new Context(network.device);
    try {
      const packed = packRollouts(chunk, options);
      all.push(...logprobsBySequence(sampledCrossEntropy(ctx, network, packed, chunk, options), packed));
    } finally {
      ctx.dispose();
    }
  }
  return all;
}
