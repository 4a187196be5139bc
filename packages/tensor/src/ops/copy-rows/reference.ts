import type { KernelCall } from "../../op.js";
import { sizeOf } from "../../shape.js";
import type { CopyRowsAttrs } from "./op.js";

export function copyRowsReference({ inputs, attrs }: KernelCall<CopyRowsAttrs>): void {
  const [destination, source] = [inputs[0]!, inputs[1]!.data];
  destination.data.set(source as Float32Array, attrs.at * sizeOf(destination.shape.slice(1)));
}
