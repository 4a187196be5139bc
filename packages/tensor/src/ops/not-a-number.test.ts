import { describe, expect, test } from "vitest";
import { Context } from "../context.js";
import { createDevice, deviceNames, unavailableReason } from "../devices/index.js";
import {
  indexCacheWrite,
  indexScores,
  indexSelect,
  pagedAttention,
  routeSelect,
  routeWeights,
  sparseIndexScores,
} from "./index.js";

const devices = deviceNames.filter((name) => unavailableReason(name) === undefined);
const numbers = (count: number, at?: number) =>
  Float32Array.from({ length: count }, (_, i) => (i === at ? Number.NaN : Math.sin(i + 1)));

describe.each(devices)("NaN on %s", (name) => {
  const device = createDevice(name);

  test.each(["top2", "max"] as const)("a score that is NaN is routed to, so that it shows (%s)", (groupScore) => {
    const ctx = new Context(device);
    for (const expert of [0, 3, 7]) {
      const scores = ctx.from("f32", [1, 8], numbers(8, expert));
      const chosen = routeSelect(ctx, scores, undefined, { topK: 2, groups: 4, keptGroups: 2, groupScore });
      expect(chosen.data[0]).toBe(expert);
      const weights = routeWeights(ctx, scores, chosen, { normalize: true, scale: 1 });
      expect([...weights.data]).toEqual([Number.NaN, Number.NaN]);
    }
    ctx.dispose();
  });

  /** A sequence of 40 tokens in three blocks, whose indexer has NaN in one of its tensors. */
  const select = (nan: "queries" | "weights" | "keys", dtype: "f32" | "u8", rows: number, tokens = 40) => {
    const ctx = new Context(device);
    const blocks = Math.ceil(tokens / 16);
    const pool = ctx.from(dtype, [blocks, 8, 16], new Float32Array(blocks * 128));
    const scales = dtype === "u8" ? ctx.from("f32", [blocks, 16], new Float32Array(blocks * 16)) : undefined;
    const keys = ctx.from("f32", [tokens, 8], numbers(tokens * 8, nan === "keys" ? 20 * 8 + 3 : -1));
    indexCacheWrite(
      ctx,
      pool,
      scales,
      keys,
      ctx.from(
        "i32",
        [tokens],
        Int32Array.from({ length: tokens }, (_, i) => i),
      ),
    );
    const last = (i: number) => (i === 0 ? 19 : tokens - 1);
    const paged = {
      sequence: ctx.from("i32", [rows], new Int32Array(rows)),
      position: ctx.from(
        "i32",
        [rows],
        Int32Array.from({ length: rows }, (_, i) => last(i)),
      ),
      blocks: ctx.from(
        "i32",
        [1, blocks],
        Int32Array.from({ length: blocks }, (_, i) => i),
      ),
    };
    const q = ctx.from("f32", [rows, 2, 8], numbers(rows * 16, nan === "queries" ? rows * 16 - 1 : -1));
    const weights = ctx.from("f32", [rows, 2], numbers(rows * 2, nan === "weights" ? rows * 2 - 1 : -1));
    return { ctx, paged, chosen: indexSelect(ctx, q, weights, pool, scales, paged, { k: 4, scale: 1 }) };
  };

  describe.each(["f32", "u8"] as const)("in the indexer over %s keys", (dtype) => {
    test.each([
      ["queries", 2, 40],
      ["weights", 2, 40],
      ["keys", 2, 40],
      // Few rows over a long history: the cache is cut.
      ["keys", 2, 9000],
    ] as const)("in its %s, a row that sees it has no selection (%i rows, %i tokens)", (where, rows, tokens) => {
      const { ctx, paged, chosen } = select(where, dtype, rows, tokens);
      const [first, second] = [chosen.data.slice(0, 4), chosen.data.slice(4)];
      expect([...first].every((position) => position >= 0 && position < 20)).toBe(true);
      expect([...second]).toEqual([-2, -2, -2, -2]);
      const slots = Math.ceil(tokens / 16) * 16;
      const latents = ctx.from("f32", [slots, 4], numbers(slots * 4));
      const queries = ctx.from("f32", [rows, 1, 4], numbers(rows * 4));
      expect(() => pagedAttention(ctx, queries, latents, paged, chosen, { scale: 1, valueDim: 2 })).toThrow(
        expect.objectContaining({ code: "not_a_number", message: expect.stringMatching(/row 1.*indexer/) }),
      );
      ctx.dispose();
    });
  });

  test("scores for training keep it", () => {
    const ctx = new Context(device);
    const q = ctx.from("f32", [1, 2, 1, 4], numbers(8, 5));
    const k = ctx.from("f32", [1, 2, 4], numbers(8));
    const weights = ctx.from("f32", [1, 2, 1], numbers(2));
    const dense = indexScores(ctx, q, k, weights, undefined, { scale: 1 });
    expect([...dense.data.slice(2)]).toEqual([Number.NaN, Number.NaN]);
    const indices = ctx.from("i32", [1, 2, 1], [0, 1]);
    expect(sparseIndexScores(ctx, q, k, weights, indices, { scale: 1 }).data[1]).toBeNaN();
    ctx.dispose();
  });
});
