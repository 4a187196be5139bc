import type { Checkpoint } from "../checkpoint/index.js";

/** Token rows of a golden file, `[B, S + D]`. */
export async function readTokens(golden: Checkpoint): Promise<{ rows: Int32Array[]; length: number }> {
  const { shape, data } = await golden.read("tokens");
  const [B, length] = shape as [number, number];
  const all = Int32Array.from(data as ArrayLike<number | bigint>, Number);
  return { rows: Array.from({ length: B }, (_, b) => all.subarray(b * length, (b + 1) * length)), length };
}
