import type { Context } from "../../context.js";
import { requireIndices, requireOffsets } from "../../indices.js";
import { defineOp, type HostTensor, type NoAttrs } from "../../op.js";
import { requireShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { crossEntropyKeptBackwardReference, crossEntropyKeptReference } from "./reference.js";

export const crossEntropyKeptOp = defineOp<NoAttrs>({
  name: "cross_entropy_kept",
  infer([logits, targets, temperatures, ids, offsets]) {
    const rows = logits?.shape[0];
    requireShape(
      logits?.shape.length === 2 &&
        [targets, temperatures].every((row) => row?.shape.length === 1 && row.shape[0] === rows) &&
        ids?.shape.length === 1 &&
        offsets?.shape.length === 1 &&
        offsets.shape[0] === rows! + 1,
      "cross_entropy_kept",
      `logits [${logits?.shape}] must be [rows, vocab], targets [${targets?.shape}] and temperatures [${temperatures?.shape}] ` +
        `[rows], ids [${ids?.shape}] [kept] and offsets [${offsets?.shape}] [rows + 1]`,
    );
    return [{ dtype: "f32", shape: targets!.shape }];
  },
  cost: ([logits]) => ({ flops: 4 * sizeOf(logits!.shape), bytes: 4 * sizeOf(logits!.shape) }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  proveIndices: (inputs) => proveKept("cross_entropy_kept", inputs),
  kernelAttributes: () => [],
  reference: crossEntropyKeptReference,
  gradient: ({ ctx, inputs, outputGradients }) => [
    ctx.run1(crossEntropyKeptBackwardOp, [...inputs.slice(0, 5), outputGradients[0]], {}),
    undefined,
    undefined,
    undefined,
    undefined,
  ],
});

/** inputs logits, targets, temperatures, ids, offsets, dy; output dlogits. */
const crossEntropyKeptBackwardOp = defineOp<NoAttrs>({
  name: "cross_entropy_kept_backward",
  infer: ([logits]) => [{ dtype: "f32", shape: logits!.shape }],
  cost: ([logits]) => ({ flops: 5 * sizeOf(logits!.shape), bytes: 8 * sizeOf(logits!.shape) }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  proveIndices: (inputs) => proveKept("cross_entropy_kept_backward", inputs),
  kernelAttributes: () => [],
  reference: crossEntropyKeptBackwardReference,
});

/** @throws TensorError `index_out_of_range`, `dtype_mismatch`. */
function proveKept(op: string, [logits, targets, , ids, offsets]: readonly (HostTensor | undefined)[]): void {
  const vocab = logits!.shape[1]!;
  requireIndices(op, "targets", targets, vocab, { except: -100 });
  requireIndices(op, "ids", ids, vocab);
  requireOffsets(op, offsets!, ids!.shape[0]!);
}

/** The sets of tokens that rows could have been drawn from: `ids[offsets[r] .. offsets[r + 1])`; none: the whole vocabulary. */
export interface KeptSets {
  /** i32 `[kept]`; each once in its set, the row's target among them */
  ids: Tensor;
  /** i32 `[rows + 1]`, from 0, rising */
  offsets: Tensor;
}

/**
 * `-log` probability of each row's target under a sampling distribution: softmax of `logits / temperature` over a kept set
 * (keep sampling mask, report section 3.1), in nats. Logits outside the set get no gradient.
 *
 * @param logits `[rows, vocab]`
 * @param targets i32 `[rows]`; -100 gives loss 0 and no gradient
 * @param temperatures `[rows]`, above 0
 * @throws TensorError `shape_mismatch`, `index_out_of_range`
 */
export function crossEntropyKept(
  ctx: Context,
  logits: Tensor,
  targets: Tensor,
  temperatures: Tensor,
  { ids, offsets }: KeptSets,
): Tensor {
  return ctx.run1(crossEntropyKeptOp, [logits, targets, temperatures, ids, offsets], {});
}
