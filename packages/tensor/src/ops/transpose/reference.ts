import type { KernelCall, NoAttrs } from "../../op.js";
import { dimAt, sizeOf } from "../../shape.js";

/** y[..,j,i] = x[..,i,j] */
export function transposeReference({ inputs, outputs }: KernelCall<NoAttrs>): void {
  const [x, y] = [inputs[0]!, outputs[0]!.data];
  const [rows, columns] = [dimAt(x.shape, -2), dimAt(x.shape, -1)];
  for (let at = 0; at < sizeOf(x.shape); at += rows * columns)
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) y[at + j * rows + i] = x.data[at + i * columns + j]!;
}
