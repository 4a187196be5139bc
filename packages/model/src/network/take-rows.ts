import { type Context, gatherRows, type Tensor } from "@cachalot/tensor";

/** Rows of x `[n, ..]` by their numbers: x itself or a view where they follow one another, else a copy. */
export function takeRows(ctx: Context, x: Tensor, rows: readonly number[]): Tensor {
  const first = rows[0] ?? 0;
  if (rows.every((row, i) => row === first + i))
    return rows.length === x.shape[0] ? x : ctx.own(x.rows(first, rows.length));
  const [n, ...dims] = x.shape as [number, ...number[]];
  const width = dims.reduce((product, dim) => product * dim, 1);
  const table = ctx.own(x.reshape([n, width]));
  const taken = gatherRows(ctx, table, ctx.from("i32", [rows.length], Int32Array.from(rows)));
  return ctx.own(taken.reshape([rows.length, ...dims]));
}
