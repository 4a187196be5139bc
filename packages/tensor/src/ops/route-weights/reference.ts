import type { KernelCall } from "../../op.js";

export interface RouteWeightsAttrs {
  /** Divide by the sum of the chosen scores. */
  normalize: boolean;
  /** Multiplies the result (routed_scaling_factor). */
  scale: number;
}

/** Keeps a row of all-zero scores finite, as the published code does. */
const TINY = 1e-20;

/** w[r,k] = scale s[r,i(k)] / (sum_k s[r,i(k)] + 1e-20) */
export function routeWeightsReference({ inputs, outputs, attrs }: KernelCall<RouteWeightsAttrs>): void {
  const [scores, indices] = [inputs[0]!, inputs[1]!];
  const X = scores.shape[1]!;
  const [rows, K] = indices.shape as [number, number];
  for (let r = 0; r < rows; r++) {
    let sum = 0;
    for (let k = 0; k < K; k++) sum += scores.data[r * X + indices.data[r * K + k]!]!;
    const factor = attrs.normalize ? attrs.scale / (sum + TINY) : attrs.scale;
    for (let k = 0; k < K; k++) outputs[0]!.data[r * K + k] = scores.data[r * X + indices.data[r * K + k]!]! * factor;
  }
}

/** ds[r,i(k)] = scale (dy[r,k] - sum_j dy[r,j] s_j / sum) / sum */
export function routeWeightsBackwardReference({ inputs, outputs, attrs }: KernelCall<RouteWeightsAttrs>): void {
  const [scores, indices, dy] = [inputs[0]!, inputs[1]!, inputs[2]!.data];
  const dscores = outputs[0]!.data;
  const X = scores.shape[1]!;
  const [rows, K] = indices.shape as [number, number];
  dscores.fill(0);
  for (let r = 0; r < rows; r++) {
    let sum = TINY;
    let dot = 0;
    for (let k = 0; k < K; k++) {
      const score = scores.data[r * X + indices.data[r * K + k]!]!;
      sum += score;
      dot += score * dy[r * K + k]!;
    }
    for (let k = 0; k < K; k++)
      dscores[r * X + indices.data[r * K + k]!] = attrs.normalize
        ? (attrs.scale * (dy[r * K + k]! - dot / sum)) / sum
        : attrs.scale * dy[r * K + k]!;
  }
}
