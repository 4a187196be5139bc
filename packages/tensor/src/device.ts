import type { DType, HostArray, HostArrays } from "./dtype.js";
import { TensorError } from "./errors.js";
import type { OpDefinition } from "./op.js";
import type { Shape } from "./shape.js";
import type { MemoryUse } from "./storage.js";
import type { Tensor } from "./tensor.js";

/**
 * Memory and dispatch; a device knows nothing of models. Its memory is opaque: what is above it makes tensors, runs ops,
 * copies between tensors and awaits what it wants to see. Ops of one device take effect in the order they were dispatched.
 */
export interface Device {
  readonly name: string;
  readonly pool: MemoryUse;
  /** A tensor with undefined contents. */
  empty<D extends DType>(dtype: D, shape: Shape): Tensor<D>;
  /** A tensor with a copy of `data`. */
  from<D extends DType>(dtype: D, shape: Shape, data: ArrayLike<number>): Tensor<D>;
  /** A copy of the elements on the host, once every op before has run. The tensor may be disposed meanwhile. */
  read<D extends DType>(tensor: Tensor<D>): Promise<HostArrays[D]>;
  /** Writes the elements of one tensor over those of another of the same dtype and size, both of this device. */
  copy(from: Tensor, to: Tensor): void;
  /** Runs an op; outputs are allocated by the caller. */
  dispatch<A>(op: OpDefinition<A>, inputs: readonly (Tensor | undefined)[], outputs: readonly Tensor[], attrs: A): void;
  /** Fill outputs with NaN (or -2^31) before each kernel, so that an unwritten element shows. For tests. */
  poison: boolean;
}

/** @throws TensorError unless one tensor can be copied over the other. */
export function requireSameElements(from: Tensor, to: Tensor): void {
  if (from.dtype !== to.dtype)
    throw new TensorError("dtype_mismatch", `cannot copy ${from.dtype} [${from.shape}] over ${to.dtype} [${to.shape}]`);
  if (from.size !== to.size)
    throw new TensorError("shape_mismatch", `cannot copy [${from.shape}] over [${to.shape}]: sizes differ`);
}

/** Fills memory so that reading it before it is written cannot pass unnoticed. */
export function poisonArray(dtype: DType, data: HostArray): void {
  if (dtype === "f32") data.fill(Number.NaN);
  else if (dtype === "bf16") data.fill(0x7fc0);
  else if (dtype === "i32") data.fill(-(2 ** 31));
  else data.fill(0x7f);
}
