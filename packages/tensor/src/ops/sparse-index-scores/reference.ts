import type { HostTensor, KernelCall } from "../../op.js";
import { dot } from "../attention/reference.js";
import type { IndexScoresAttrs } from "../index-scores/reference.js";

/** Calls `body(row, i, t, h)` for every query, selected token (column t, i-th) and head. `row` counts queries. */
function eachProduct(
  q: HostTensor,
  indices: HostTensor,
  body: (row: number, at: number, t: number, h: number) => void,
): void {
  const [B, S, H] = q.shape as [number, number, number];
  const K = indices.shape[2]!;
  for (let row = 0; row < B * S; row++)
    for (let at = row * K; at < (row + 1) * K; at++) {
      const t = indices.data[at]!;
      for (let h = 0; h < H && t >= 0; h++) body(row, at, t, h);
    }
}

export function sparseIndexScoresReference({ inputs, outputs, attrs }: KernelCall<IndexScoresAttrs>): void {
  const [q, k, weights, indices] = inputs as HostTensor[];
  const [, S, H, D] = q!.shape as [number, number, number, number];
  const T = k!.shape[1]!;
  const sums = Float64Array.from(indices!.data, (t) => (t < 0 ? Number.NEGATIVE_INFINITY : 0));
  eachProduct(q!, indices!, (row, at, t, h) => {
    const product = dot(q!.data, (row * H + h) * D, k!.data, (Math.floor(row / S) * T + t) * D, D);
    sums[at] = sums[at]! + attrs.scale * weights!.data[row * H + h]! * Math.max(product, 0);
  });
  outputs[0]!.data.set(sums);
}

/** With g = scale dscores where q.k > 0: dw += g q.k; dq += g w k; dk += g w q */
export function sparseIndexScoresBackwardReference({ inputs, outputs, attrs }: KernelCall<IndexScoresAttrs>): void {
  const [q, k, weights, indices, dscores] = inputs as HostTensor[];
  const [, S, H, D] = q!.shape as [number, number, number, number];
  const T = k!.shape[1]!;
  const dq = new Float64Array(q!.data.length);
  const dk = new Float64Array(k!.data.length);
  const dweights = new Float64Array(weights!.data.length);
  eachProduct(q!, indices!, (row, at, t, h) => {
    const [qAt, kAt] = [(row * H + h) * D, (Math.floor(row / S) * T + t) * D];
    const product = dot(q!.data, qAt, k!.data, kAt, D);
    if (product <= 0) return;
    const g = attrs.scale * dscores!.data[at]!;
    dweights[row * H + h] = dweights[row * H + h]! + g * product;
    const weighted = g * weights!.data[row * H + h]!;
    for (let d = 0; d < D; d++) {
      dq[qAt + d] = dq[qAt + d]! + weighted * k!.data[kAt + d]!;
      dk[kAt + d] = dk[kAt + d]! + weighted * q!.data[qAt + d]!;
    }
  });
  outputs[0]!.data.set(dq);
  outputs[1]!.data.set(dk);
  outputs[2]!.data.set(dweights);
}
