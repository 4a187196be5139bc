import { mtpForward, type Network, outputHead, type PackedBatch, type PackedForward } from "@cachalot/model";
import type { Context, Tensor } from "@cachalot/tensor";
import { meanCrossEntropy } from "./cross-entropy.js";
import { mtpBatch } from "./mtp-batch.js";

/**
 * Multi-token-prediction loss (report 2412.19437, equation 24): cross-entropy of the tokens after the next, over their number or
 * `count`, in nats, `[1]`.
 * Its gradients reach the model through the hidden states, the embedding and the output head.
 */
export function mtpLoss(
  ctx: Context,
  network: Network,
  batch: PackedBatch,
  { hidden, pass }: PackedForward,
  count?: number,
): Tensor {
  const { next, targets } = mtpBatch(batch);
  const input = { hidden, next: ctx.from("i32", [next.length], next) };
  return meanCrossEntropy(ctx, outputHead(ctx, network, mtpForward(ctx, network, input, pass)), targets, count);
}
