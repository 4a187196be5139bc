import { Context, createDevice } from "@cachalot/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseConfig, yarnAttentionFactor } from "../config/index.js";
import { publishedConfig } from "../testing/published-config.js";
import { RopeCache, softmaxScale } from "./rope.js";

const withYarn = (fields: Record<string, unknown>, others: Record<string, unknown> = {}) =>
  parseConfig({
    ...publishedConfig,
    ...others,
    rope_scaling: { type: "yarn", factor: 40, original_max_position_embeddings: 4096, ...fields },
  });

/** Lengths of the rotated pairs at a few positions. */
function magnitudes(config: ReturnType<typeof parseConfig>): number[] {
  const ctx = new Context(createDevice("reference"));
  const { cos, sin } = new RopeCache(config).tables(ctx, [0, 1, 77, 4097]);
  const lengths = Array.from(cos.data, (value, i) => Math.hypot(value, sin.data[i]!));
  ctx.dispose();
  return lengths;
}

const SCALE = 192 ** -0.5;
const m = (s: number) => 0.1 * s * Math.log(40) + 1;

test.each([
  [{ mscale: 1, mscale_all_dim: 1 }, 1, m(1)],
  [{ mscale: 0.7, mscale_all_dim: 0.7 }, 1, m(0.7)],
  [{ mscale: 1, mscale_all_dim: 0.7 }, m(1) / m(0.7), m(0.7)],
  [{ mscale: 0.5, mscale_all_dim: 1 }, m(0.5) / m(1), m(1)],
  [{}, m(1), 1],
  [{ mscale: 0.7 }, m(0.7), 1],
  [{ mscale_all_dim: 1 }, 1, m(1)],
  [{ mscale: 0, mscale_all_dim: 0 }, 1, 1],
  [{ attention_factor: 1.5, mscale: 1, mscale_all_dim: 1 }, 1.5, m(1)],
])("YaRN %j scales cosines and sines by %f and the softmax by the square of %f", (fields, table, softmax) => {
  const config = withYarn(fields);
  for (const length of magnitudes(config)) expect(length).toBeCloseTo(table, 6);
  expect(softmaxScale(config)).toBeCloseTo(SCALE * softmax * softmax, 12);
});

test("equal magnitudes cancel, and nothing stretched has none, whatever the fields", () => {
  const s = fc.double({ min: 0, max: 2, noNaN: true });
  fc.assert(
    fc.property(s, s, fc.double({ min: 1, max: 64, noNaN: true }), (a, b, factor) => {
      const yarn = withYarn({ factor, mscale: a, mscale_all_dim: a }).ropeScaling!;
      expect(yarnAttentionFactor(yarn)).toBe(1);
      expect(yarnAttentionFactor(withYarn({ factor: 1, mscale: a, mscale_all_dim: b }).ropeScaling!)).toBe(1);
    }),
  );
});

test("YaRN stays on in a model whose context was cut back to the original one, or below", () => {
  const full = withYarn({});
  for (const context of [4096, 1024]) {
    const trimmed = withYarn({}, { max_position_embeddings: context });
    expect(magnitudes(trimmed)).toEqual(magnitudes(full));
    expect(softmaxScale(trimmed)).toBe(softmaxScale(full));
  }
});

test("equal betas leave finite tables", () => {
  for (const length of magnitudes(withYarn({ beta_fast: 1, beta_slow: 1, mscale: 1, mscale_all_dim: 1 })))
    expect(length).toBeCloseTo(1, 6);
});
