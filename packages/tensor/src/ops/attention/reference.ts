import type { HostTensor, KernelCall } from "../../op.js";

export interface AttentionAttrs {
  /** Multiplies every dot product before the softmax. */
  scale: number;
  /** Without `v`: how many leading dims of a key are its value. */
  valueDim?: number;
}

/** Where everything of one query and head lies. `visible` lists its key columns. */
export interface Row {
  /** (b, s, h) as one number */
  row: number;
  /** First element of the query. */
  query: number;
  visible: readonly number[];
  /** First element of the key, and of the value, of column t. */
  key(t: number): number;
  value(t: number): number;
}

export interface Operands {
  q: HostTensor;
  k: HostTensor;
  v: HostTensor | undefined;
  D: number;
  V: number;
}

export function operands(inputs: readonly (HostTensor | undefined)[], attrs: AttentionAttrs): Operands {
  const [q, k, v] = [inputs[0]!, inputs[1]!, inputs[2]];
  return { q, k, v, D: q.shape[3]!, V: v ? v.shape[3]! : attrs.valueDim! };
}

/** Every (b, s, h) in order. `columns(b, s, last)` lists the visible key columns of a query whose own is `last`. */
export function* rows(
  { q, k, v, D, V }: Operands,
  columns: (b: number, s: number, last: number) => readonly number[],
): Generator<Row> {
  const [B, S, H] = q.shape as [number, number, number];
  const [, T, Hk] = k.shape as [number, number, number];
  for (let b = 0; b < B; b++)
    for (let s = 0; s < S; s++) {
      const visible = columns(b, s, T - S + s);
      for (let h = 0; h < H; h++) {
        const row = (b * S + s) * H + h;
        const kv = (t: number) => (b * T + t) * Hk + (Hk === 1 ? 0 : h);
        yield { row, query: row * D, visible, key: (t) => kv(t) * D, value: (t) => kv(t) * (v ? V : D) };
      }
    }
}

/** Columns from the document's start to the query's own. */
export function causalColumns(documentStart: HostTensor | undefined, S: number) {
  return (b: number, s: number, last: number): number[] => {
    const first = documentStart ? documentStart.data[b * S + s]! : 0;
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  };
}

export function dot(a: ArrayLike<number>, i: number, b: ArrayLike<number>, j: number, n: number): number {
  let sum = 0;
  for (let d = 0; d < n; d++) sum += a[i + d]! * b[j + d]!;
  return sum;
}

/** output = softmax(scale q.k) v over the visible columns; a query that sees nothing gives zeros. */
export function forwardRows(
  all: Operands,
  list: Iterable<Row>,
  attrs: AttentionAttrs,
  outputs: readonly HostTensor[],
): void {
  const { q, k, v, D, V } = all;
  const values = (v ?? k).data;
  for (const { row, query, visible, key, value } of list) {
    const scores = visible.map((t) => attrs.scale * dot(q.data, query, k.data, key(t), D));
    const max = Math.max(...scores, Number.NEGATIVE_INFINITY);
    let total = 0;
    for (const score of scores) total += Math.exp(score - max);
    for (let d = 0; d < V; d++) {
      let sum = 0;
      visible.forEach((t, i) => {
        sum += Math.exp(scores[i]! - max) * values[value(t) + d]!;
      });
      outputs[0]!.data[row * V + d] = total > 0 ? sum / total : 0;
    }
    outputs[1]!.data[row] = total > 0 ? max + Math.log(total) : Number.NEGATIVE_INFINITY;
  }
}

/**
 * p = exp(scale q.k - lse); ds = p (dout.v - dout.out); dq = scale sum_t ds k; dk = scale sum_q ds q; dv = sum_q p dout.
 * Without v the value's gradient joins the key's.
 */
export function backwardRows(
  all: Operands,
  list: Iterable<Row>,
  attrs: AttentionAttrs,
  [output, logSumExp, doutput]: readonly [HostTensor, HostTensor, HostTensor],
  gradients: readonly HostTensor[],
): void {
  const { q, k, v, D, V } = all;
  const values = (v ?? k).data;
  const dq = new Float64Array(q.data.length);
  const dk = new Float64Array(k.data.length);
  const dv = v ? new Float64Array(v.data.length) : dk;
  for (const { row, query, visible, key, value } of list) {
    const mean = dot(doutput.data, row * V, output.data, row * V, V);
    for (const t of visible) {
      const [at, valueAt] = [key(t), value(t)];
      const p = Math.exp(attrs.scale * dot(q.data, query, k.data, at, D) - logSumExp.data[row]!);
      const ds = attrs.scale * p * (dot(doutput.data, row * V, values, valueAt, V) - mean);
      for (let d = 0; d < D; d++) {
        dq[query + d] = dq[query + d]! + ds * k.data[at + d]!;
        dk[at + d] = dk[at + d]! + ds * q.data[query + d]!;
      }
      for (let d = 0; d < V; d++) dv[valueAt + d] = dv[valueAt + d]! + p * doutput.data[row * V + d]!;
    }
  }
  gradients[0]!.data.set(dq);
  gradients[1]!.data.set(dk);
  gradients[2]?.data.set(dv);
}

export function attentionReference({ inputs, outputs, attrs }: KernelCall<AttentionAttrs>): void {
  const all = operands(inputs, attrs);
  forwardRows(all, rows(all, causalColumns(inputs[3], all.q.shape[1]!)), attrs, outputs);
}

export function attentionBackwardReference({ inputs, outputs, attrs }: KernelCall<AttentionAttrs>): void {
  const all = operands(inputs, attrs);
  const saved = [inputs[4]!, inputs[5]!, inputs[6]!] as const;
  backwardRows(all, rows(all, causalColumns(inputs[3], all.q.shape[1]!)), attrs, saved, outputs);
}
