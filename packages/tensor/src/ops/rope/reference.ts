import type { KernelCall } from "../../op.js";

export interface RopeAttrs {
  /** First rotated dimension of each head. */
  start: number;
  /** Pairs are (2i, 2i+1), as in MLA; otherwise (i, i + half), as in the lightning indexer. */
  interleaved: boolean;
  /** Rotate back: the gradient of a rotation. */
  inverse: boolean;
}

/** (a, b) -> (a cos - b sin, a sin + b cos) for each pair */
export function ropeReference({ inputs, outputs, attrs }: KernelCall<RopeAttrs>): void {
  const [x, cos, sin] = [inputs[0]!, inputs[1]!, inputs[2]!.data];
  const y = outputs[0]!.data;
  const [rows, heads, dim] = x.shape as [number, number, number];
  const half = cos.shape[1]!;
  for (let i = 0; i < x.data.length; i++) y[i] = x.data[i]!;
  for (let row = 0; row < rows; row++)
    for (let head = 0; head < heads; head++)
      for (let i = 0; i < half; i++) {
        const at = (row * heads + head) * dim + attrs.start;
        const a = at + (attrs.interleaved ? 2 * i : i);
        const b = at + (attrs.interleaved ? 2 * i + 1 : i + half);
        const c = cos.data[row * half + i]!;
        const s = attrs.inverse ? -sin[row * half + i]! : sin[row * half + i]!;
        y[a] = x.data[a]! * c - x.data[b]! * s;
        y[b] = x.data[a]! * s + x.data[b]! * c;
      }
}
