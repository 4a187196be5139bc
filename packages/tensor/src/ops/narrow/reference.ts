import type { KernelCall } from "../../op.js";
import { type Shape, sizeOf } from "../../shape.js";

export interface NarrowAttrs {
  axis: number;
  start: number;
  length: number;
}

const split = (shape: Shape, axis: number) => ({
  outer: sizeOf(shape.slice(0, axis)),
  inner: sizeOf(shape.slice(axis + 1)),
});

/** y[o,j,i] = x[o,start+j,i] */
export function narrowReference({ inputs, outputs, attrs }: KernelCall<NarrowAttrs>): void {
  const [x, y] = [inputs[0]!, outputs[0]!.data];
  const { outer, inner } = split(x.shape, attrs.axis);
  const size = x.shape[attrs.axis]!;
  for (let o = 0; o < outer; o++)
    for (let j = 0; j < attrs.length * inner; j++)
      y[o * attrs.length * inner + j] = x.data[(o * size + attrs.start) * inner + j]!;
}

/** y[o,start+j,i] = x[o,j,i], 0 elsewhere */
export function padReference({ inputs, outputs, attrs }: KernelCall<NarrowAttrs & { size: number }>): void {
  const [x, y] = [inputs[0]!, outputs[0]!.data];
  const { outer, inner } = split(x.shape, attrs.axis);
  y.fill(0);
  for (let o = 0; o < outer; o++)
    for (let j = 0; j < attrs.length * inner; j++)
      y[(o * attrs.size + attrs.start) * inner + j] = x.data[o * attrs.length * inner + j]!;
}
