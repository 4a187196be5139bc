import type { KernelCall } from "../../op.js";
import { causalColumns, dot } from "../attention/reference.js";

export interface IndexScoresAttrs {
  /** Multiplies every score: `Hi^-1/2 Di^-1/2`. */
  scale: number;
}

export function indexScoresReference({ inputs, outputs, attrs }: KernelCall<IndexScoresAttrs>): void {
  const [q, k, weights] = [inputs[0]!, inputs[1]!, inputs[2]!.data];
  const [B, S, H, D] = q.shape as [number, number, number, number];
  const T = k.shape[1]!;
  const columns = causalColumns(inputs[3], S);
  outputs[0]!.data.fill(Number.NEGATIVE_INFINITY);
  for (let b = 0; b < B; b++)
    for (let s = 0; s < S; s++)
      for (const t of columns(b, s, T - S + s)) {
        let sum = 0;
        for (let h = 0; h < H; h++) {
          const row = (b * S + s) * H + h;
          sum += weights[row]! * Math.max(dot(q.data, row * D, k.data, (b * T + t) * D, D), 0);
        }
        outputs[0]!.data[(b * S + s) * T + t] = attrs.scale * sum;
      }
}

/** With g = scale dI[t,s] where q.k > 0: dw += g q.k; dq += g w k; dk += g w q */
export function indexScoresBackwardReference({ inputs, outputs, attrs }: KernelCall<IndexScoresAttrs>): void {
  const [q, k, weights, dscores] = [inputs[0]!, inputs[1]!, inputs[2]!.data, inputs[4]!.data];
  const [B, S, H, D] = q.shape as [number, number, number, number];
  const T = k.shape[1]!;
  const columns = causalColumns(inputs[3], S);
  const dq = new Float64Array(q.data.length);
  const dk = new Float64Array(k.data.length);
  const dweights = new Float64Array(weights.length);
  for (let b = 0; b < B; b++)
    for (let s = 0; s < S; s++)
      for (const t of columns(b, s, T - S + s))
        for (let h = 0; h < H; h++) {
          const row = (b * S + s) * H + h;
          const [qAt, kAt] = [row * D, (b * T + t) * D];
          const product = dot(q.data, qAt, k.data, kAt, D);
          if (product <= 0) continue;
          const g = attrs.scale * dscores[(b * S + s) * T + t]!;
          dweights[row] = dweights[row]! + g * product;
          for (let d = 0; d < D; d++) {
            dq[qAt + d] = dq[qAt + d]! + g * weights[row]! * k.data[kAt + d]!;
            dk[kAt + d] = dk[kAt + d]! + g * weights[row]! * q.data[qAt + d]!;
          }
        }
  outputs[0]!.data.set(dq);
  outputs[1]!.data.set(dk);
  outputs[2]!.data.set(dweights);
}
