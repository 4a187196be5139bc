import type { DType, HostArray } from "./dtype.js";
import { TensorError } from "./errors.js";
import type { Tensor } from "./tensor.js";

export type { Device } from "./tensor.js";

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
