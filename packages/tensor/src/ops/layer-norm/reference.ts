import type { KernelCall } from "../../op.js";
import { dimAt, rowsOf } from "../../shape.js";

export interface LayerNormAttrs {
  epsilon: number;
}

function statistics(x: ArrayLike<number>, at: number, dim: number, epsilon: number) {
  let sum = 0;
  for (let i = 0; i < dim; i++) sum += x[at + i]!;
  const mean = sum / dim;
  let squares = 0;
  for (let i = 0; i < dim; i++) squares += (x[at + i]! - mean) ** 2;
  return { mean, inverse: 1 / Math.sqrt(squares / dim + epsilon) };
}

/** y = (x - mean) inv w + b, inv = (var + epsilon)^-1/2 */
export function layerNormReference({ inputs, outputs, attrs }: KernelCall<LayerNormAttrs>): void {
  const [x, weight, bias] = [inputs[0]!, inputs[1]!.data, inputs[2]!.data];
  const dim = dimAt(x.shape, -1);
  for (let row = 0; row < rowsOf(x.shape); row++) {
    const at = row * dim;
    const { mean, inverse } = statistics(x.data, at, dim, attrs.epsilon);
    for (let i = 0; i < dim; i++) outputs[0]!.data[at + i] = (x.data[at + i]! - mean) * inverse * weight[i]! + bias[i]!;
  }
}

/** dx = inv (g - mean(g) - n mean(g n)), g = dy w, n = (x - mean) inv; dw = sum_r dy n; db = sum_r dy */
export function layerNormBackwardReference({ inputs, outputs, attrs }: KernelCall<LayerNormAttrs>): void {
  const [x, weight, dy] = [inputs[0]!, inputs[1]!.data, inputs[2]!.data];
  const dim = dimAt(x.shape, -1);
  const weightSum = new Float64Array(dim);
  const biasSum = new Float64Array(dim);
  for (let row = 0; row < rowsOf(x.shape); row++) {
    const at = row * dim;
    const { mean, inverse } = statistics(x.data, at, dim, attrs.epsilon);
    let sum = 0;
    let dot = 0;
    for (let i = 0; i < dim; i++) {
      const g = dy[at + i]! * weight[i]!;
      const n = (x.data[at + i]! - mean) * inverse;
      sum += g;
      dot += g * n;
      weightSum[i] = weightSum[i]! + dy[at + i]! * n;
      biasSum[i] = biasSum[i]! + dy[at + i]!;
    }
    for (let i = 0; i < dim; i++) {
      const n = (x.data[at + i]! - mean) * inverse;
      outputs[0]!.data[at + i] = inverse * (dy[at + i]! * weight[i]! - sum / dim - (n * dot) / dim);
    }
  }
  outputs[1]!.data.set(weightSum);
  outputs[2]!.data.set(biasSum);
}
