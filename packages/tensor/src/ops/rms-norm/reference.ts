import type { KernelCall } from "../../op.js";
import { dimAt, rowsOf } from "../../shape.js";

export interface RmsNormAttrs {
  epsilon: number;
}

/** y[r,i] = x[r,i] * inv[r] * w[i], inv[r] = (mean_i x[r,i]^2 + epsilon)^-1/2 */
export function rmsNormReference({ inputs, outputs, attrs }: KernelCall<RmsNormAttrs>): void {
  const [x, weight] = [inputs[0]!, inputs[1]!.data];
  const y = outputs[0]!.data;
  const dim = dimAt(x.shape, -1);
  for (let row = 0; row < rowsOf(x.shape); row++) {
    const inverse = inverseRms(x.data, row * dim, dim, attrs.epsilon);
    for (let i = 0; i < dim; i++) y[row * dim + i] = x.data[row * dim + i]! * inverse * weight[i]!;
  }
}

/** dx = inv (g - x inv^2 mean(g x)), g = dy w; dw[i] = sum_r dy[r,i] x[r,i] inv[r] */
export function rmsNormBackwardReference({ inputs, outputs, attrs }: KernelCall<RmsNormAttrs>): void {
  const [x, weight, dy] = [inputs[0]!, inputs[1]!.data, inputs[2]!.data];
  const [dx, dweight] = [outputs[0]!.data, outputs[1]!.data];
  const dim = dimAt(x.shape, -1);
  const weightSum = new Float64Array(dim);
  for (let row = 0; row < rowsOf(x.shape); row++) {
    const at = row * dim;
    const inverse = inverseRms(x.data, at, dim, attrs.epsilon);
    let dot = 0;
    for (let i = 0; i < dim; i++) dot += dy[at + i]! * weight[i]! * x.data[at + i]!;
    const correction = (dot / dim) * inverse * inverse;
    for (let i = 0; i < dim; i++) {
      dx[at + i] = inverse * (dy[at + i]! * weight[i]! - x.data[at + i]! * correction);
      weightSum[i] = weightSum[i]! + dy[at + i]! * x.data[at + i]! * inverse;
    }
  }
  dweight.set(weightSum);
}

function inverseRms(x: ArrayLike<number>, at: number, dim: number, epsilon: number): number {
  let squares = 0;
  for (let i = 0; i < dim; i++) squares += x[at + i]! ** 2;
  return 1 / Math.sqrt(squares / dim + epsilon);
}
