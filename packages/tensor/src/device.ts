import type { DType, HostArray } from "./dtype.js";
import type { OpDefinition } from "./op.js";
import type { Shape } from "./shape.js";
import type { StoragePool } from "./storage.js";
import type { Tensor } from "./tensor.js";

/** Memory and dispatch; a device knows nothing of models. */
export interface Device {
  readonly name: string;
  readonly pool: StoragePool;
  /** A tensor with undefined contents. */
  empty<D extends DType>(dtype: D, shape: Shape): Tensor<D>;
  /** A tensor with a copy of `data`. */
  from<D extends DType>(dtype: D, shape: Shape, data: ArrayLike<number>): Tensor<D>;
  /** Runs an op; outputs are allocated by the caller. */
  dispatch<A>(op: OpDefinition<A>, inputs: readonly (Tensor | undefined)[], outputs: readonly Tensor[], attrs: A): void;
  /** Fill outputs with NaN (or -2^31) before each kernel, so that an unwritten element shows. For tests. */
  poison: boolean;
}

/** Fills memory so that reading it before it is written cannot pass unnoticed. */
export function poisonArray(dtype: DType, data: HostArray): void {
  if (dtype === "f32") data.fill(Number.NaN);
  else if (dtype === "bf16") data.fill(0x7fc0);
  else if (dtype === "i32") data.fill(-(2 ** 31));
  else data.fill(0x7f);
}
