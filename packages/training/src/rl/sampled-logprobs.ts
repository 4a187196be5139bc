/** Log-probabilities of sampled tokens under the trainer's network, as the sampler would have given them. */

import { type Network, outputHead, packedForward } from "@cachalot/model";
import { Context, crossEntropyKept, type Device, gatherRows, type Tensor } from "@cachalot/tensor";
import { type PackedRollouts, type PackOptions, packRollouts } from "./packed-rollouts.js";
import { replayedRouting, replayedSelection } from "./replay.js";
import type { TrainingSequence } from "./training-sequence.js";

export interface LogprobOptions extends PackOptions {
  keepRouting: boolean;
  keepSelection: boolean;
  /** Tokens of a pass through the network at most, prompts counted for each answer: bounds its memory. */
  passTokens: number;
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

/** Sequences in the passes they are taken in: as many in a row as `passTokens` holds, at least one. */
export function passesOf(sequences: readonly TrainingSequence[], passTokens: number): TrainingSequence[][] {
  const passes: TrainingSequence[][] = [];
  let room = 0;
  for (const sequence of sequences) {
    if (sequence.ids.length > room) {
      passes.push([]);
      room = passTokens;
    }
    passes.at(-1)!.push(sequence);
    room -= sequence.ids.length;
  }
  return passes;
}

/** `log pi` of every sampled token of many sequences, without recording: of a reference policy, or for a comparison. */
export function sampledLogprobs(
  network: Network & { device: Device },
  sequences: readonly TrainingSequence[],
  options: LogprobOptions,
): Float64Array[] {
  const all: Float64Array[] = [];
  for (const chunk of passesOf(sequences, options.passTokens)) {
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
