/** Every algorithm against the formula written plainly and against finite differences, in float64. */

import { Random } from "@cachalot/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isZeroVariance } from "../advantages.js";
import type { ConfiguredAlgorithm } from "../algorithm.js";
import { MAX_LOG_RATIO, type SampledSequence } from "../policy-gradient.js";
import { RL_ALGORITHMS } from "./index.js";

const options: Record<string, unknown> = { "dr-grpo": { maxTokens: 20 } };
const configured = RL_ALGORITHMS.map((algorithm) => algorithm.withOptions(options[algorithm.name] ?? {}));
const named = (name: string, given: unknown = options[name] ?? {}) =>
  RL_ALGORITHMS.find((algorithm) => algorithm.name === name)!.withOptions(given);

type Mutable = { -readonly [K in keyof SampledSequence]: SampledSequence[K] } & { logprobs: Float64Array };

/** Sequences whose policy has moved from the one that sampled them by about `drift` nats a token. */
function batch(seed: number, drift: number): Mutable[] {
  const random = new Random(seed);
  return Array.from({ length: 5 }, (_, i) => {
    const length = 1 + ((seed + 3 * i) % 7);
    const old = Float64Array.from({ length }, () => -0.1 - 2 * random.next());
    const near = (spread: number) => old.map((logprob) => logprob + spread * random.normal());
    return {
      logprobs: near(drift),
      oldLogprobs: old,
      refLogprobs: near(0.3),
      trainerOldLogprobs: near(0.05),
      teacherLogprobs: near(0.5),
      advantage: random.normal(),
    };
  });
}

/** Whether the ratio is close to a bound where the loss has a kink. */
const MARGIN = 1e-4;

test.each(configured.map((algorithm) => [algorithm.name, algorithm] as const))(
  "%s: the gradient is the derivative of the loss",
  (name, algorithm) => {
    for (const drift of [0, 0.02, 0.3, 1])
      for (let seed = 1; seed < 12; seed++) {
        const sequences = batch(seed, drift);
        const { gradients } = algorithm.policyGradient(sequences);
        for (const [i, sequence] of sequences.entries())
          for (let t = 0; t < sequence.logprobs.length; t++) {
            const at = sequence.logprobs[t]!;
            const lossAt = (value: number) => {
              sequence.logprobs[t] = value;
              return surrogateLoss(name, algorithm, sequences, i, t, at);
            };
            const numeric = (lossAt(at + 1e-6) - lossAt(at - 1e-6)) / 2e-6;
            sequence.logprobs[t] = at;
            if (drift === 0 || isAtKink(name, sequences, i, t)) continue;
            expect(gradients[i]![t]).toBeCloseTo(numeric, 6);
          }
      }
  },
);

/**
 * CISPO and distillation hold their weights constant, so their loss is not a function whose derivative is the gradient: here
 * the constants are frozen at `at`.
 */
function surrogateLoss(
  name: string,
  algorithm: ConfiguredAlgorithm,
  sequences: readonly Mutable[],
  i: number,
  t: number,
  at: number,
): number {
  if (name !== "cispo" && name !== "opd") return algorithm.policyGradient(sequences).loss;
  const moved = sequences[i]!.logprobs[t]!;
  sequences[i]!.logprobs[t] = at;
  const { gradients } = algorithm.policyGradient(sequences);
  sequences[i]!.logprobs[t] = moved;
  return gradients[i]![t]! * moved;
}

function isAtKink(name: string, sequences: readonly Mutable[], i: number, t: number): boolean {
  const { logprobs, oldLogprobs, trainerOldLogprobs } = sequences[i]!;
  const old = name === "tis" ? trainerOldLogprobs! : oldLogprobs;
  const mean = (other: ArrayLike<number>) =>
    logprobs.reduce((sum, logprob, j) => sum + logprob - other[j]!, 0) / logprobs.length;
  const ratio = Math.exp(name === "gspo" ? mean(old) : logprobs[t]! - old[t]!);
  const bounds = name === "gspo" ? [1 - 3e-4, 1 + 4e-4] : [0.8, 1.2, 1.28];
  return bounds.some((bound) => Math.abs(ratio - bound) < MARGIN) || Math.abs(-mean(oldLogprobs) - 0.1) < MARGIN;
}

test("on policy every gradient is the advantage's, spread as the algorithm says", () => {
  const sequences = batch(2, 0);
  const tokens = sequences.reduce((sum, { logprobs }) => sum + logprobs.length, 0);
  const weights: Record<string, (length: number) => number> = {
    v32: (length) => 1 / (5 * length),
    dapo: () => 1 / tokens,
    "dr-grpo": () => 1 / (5 * 20),
    gspo: (length) => 1 / (5 * length),
    cispo: () => 1 / tokens,
  };
  for (const [name, weightOf] of Object.entries(weights)) {
    const algorithm = named(name, name === "v32" ? { beta: 0 } : (options[name] ?? {}));
    const { gradients, metrics } = algorithm.policyGradient(sequences);
    for (const [i, { advantage, logprobs }] of sequences.entries())
      for (const gradient of gradients[i]!) expect(gradient).toBeCloseTo(-advantage * weightOf(logprobs.length), 12);
    expect(metrics).toMatchObject({ ratioMean: 1, ratioMax: 1, clippedLow: 0, clippedHigh: 0, ratiosClamped: 0 });
  }
});

test("advantages: a group's sum to nothing; standardised ones have deviation 1; equal rewards teach nothing", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 2, maxLength: 16 }), (rewards) => {
      for (const algorithm of configured) {
        const advantages = algorithm.advantages(rewards);
        expect(advantages).toHaveLength(rewards.length);
        expect(Math.abs(advantages.reduce((sum, a) => sum + a, 0))).toBeLessThan(1e-6);
      }
      if (isZeroVariance(rewards)) expect([...named("dapo").advantages(rewards)]).toEqual(rewards.map(() => 0));
      else {
        const deviation = Math.sqrt(
          named("dapo")
            .advantages(rewards)
            .reduce((s, a) => s + a * a, 0) / rewards.length,
        );
        expect(deviation).toBeCloseTo(1, 6);
      }
    }),
  );
  expect(isZeroVariance([0.1 + 0.2, 0.3])).toBe(true);
  expect(isZeroVariance([0, 1])).toBe(false);
});

test("the sequence mask drops a surrogate that drifted with a negative advantage, and nothing else", () => {
  const drifted = (advantage: number, drift: number): SampledSequence => ({
    logprobs: [-1 - drift, -1 - drift],
    oldLogprobs: [-1, -1],
    refLogprobs: [-1.5, -0.5],
    advantage,
  });
  const on = named("v32", { beta: 0.5, sequenceMaskDelta: 0.1, clipLow: 1, clipHigh: 10 });
  const off = named("v32", { beta: 0.5, sequenceMaskDelta: null, clipLow: 1, clipHigh: 10 });
  for (const [advantage, drift, isDropped] of [
    [-1, 0.2, true],
    [-1, 0.05, false],
    [1, 0.2, false],
    [0, 0.2, false],
    [-1, -0.2, false],
  ] as const) {
    const sequence = drifted(advantage, drift);
    const [a, b] = [on.policyGradient([sequence]), off.policyGradient([sequence])];
    expect(a.metrics.sequencesDropped).toBe(Number(isDropped));
    if (!isDropped) expect(a).toEqual(b);
    // What is left of a dropped sequence is its KL.
    else expect(a.gradients).toEqual(off.policyGradient([{ ...sequence, advantage: 0 }]).gradients);
  }
  // Strictly more than delta.
  const edge = named("v32", { beta: 0, sequenceMaskDelta: 0.25 });
  expect(edge.policyGradient([drifted(-1, 0.25)]).metrics.sequencesDropped).toBe(0);
});

test("where the policy is far below the reference, K3's gradient explodes and the unbiased one does not", () => {
  const sequence = { logprobs: [-12], oldLogprobs: [-2], refLogprobs: [-1], advantage: 0 };
  const gradientOf = (kl: string) =>
    named("v32", { beta: 1, kl, sequenceMaskDelta: null }).policyGradient([sequence]).gradients[0]![0]!;
  expect(gradientOf("k3")).toBeCloseTo(1 - Math.exp(11), 3);
  expect(gradientOf("unbiased")).toBeCloseTo(-Math.exp(-10) * 11, 9);
});

test("the unbiased KL is unbiased: over all tokens, its expectation and gradient are those of KL(theta || ref)", () => {
  const random = new Random(3);
  const softmax = (logits: Float64Array) => {
    const weights = logits.map((logit) => Math.exp(logit));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => weight / total);
  };
  const logits = () => Float64Array.from({ length: 6 }, () => 2 * random.normal());
  const [theta, old, ref] = [logits(), logits(), logits()].map(softmax) as [Float64Array, Float64Array, Float64Array];
  const expected = { k3: 0, unbiased: 0 };
  const gradient = { k3: new Float64Array(6), unbiased: new Float64Array(6) };
  for (const kl of ["k3", "unbiased"] as const)
    for (let token = 0; token < 6; token++) {
      const sequence = {
        logprobs: [Math.log(theta[token]!)],
        oldLogprobs: [Math.log(old[token]!)],
        refLogprobs: [Math.log(ref[token]!)],
        advantage: 0,
      };
      const result = named("v32", { beta: 1, kl, sequenceMaskDelta: null }).policyGradient([sequence]);
      expected[kl] += old[token]! * result.loss;
      for (let id = 0; id < 6; id++)
        gradient[kl][id]! += old[token]! * result.gradients[0]![0]! * (Number(id === token) - theta[id]!);
    }
  const divergence = theta.reduce((sum, p, id) => sum + p * Math.log(p / ref[id]!), 0);
  expect(expected.unbiased).toBeCloseTo(divergence, 12);
  for (let id = 0; id < 6; id++) {
    const exact = theta[id]! * (Math.log(theta[id]! / ref[id]!) - divergence);
    expect(gradient.unbiased[id]).toBeCloseTo(exact, 12);
  }
  expect(Math.abs(expected.k3 - divergence)).toBeGreaterThan(0.01);
});

test("absurd ratios are held and counted, and no length of zero divides anything", () => {
  const absurd = { logprobs: [0], oldLogprobs: [-1000], refLogprobs: [-1], teacherLogprobs: [-1], advantage: -1 };
  const empty = { logprobs: [], oldLogprobs: [], refLogprobs: [], teacherLogprobs: [], advantage: 1 };
  for (const algorithm of configured) {
    const { loss, gradients, metrics } = algorithm.policyGradient([absurd, empty]);
    expect(Number.isFinite(loss)).toBe(true);
    for (const gradient of gradients) for (const value of gradient) expect(Number.isFinite(value)).toBe(true);
    if (algorithm.name !== "tis") expect(metrics.ratiosClamped, algorithm.name).toBe(1);
    expect(metrics.ratioMax).toBeLessThanOrEqual(Math.exp(MAX_LOG_RATIO));
    expect(Number.isFinite(algorithm.policyGradient([]).loss)).toBe(true);
  }
});

test("truncated importance sampling weighs a token by trainer over engine, up to its bound", () => {
  const one = (mismatch: number) => ({
    logprobs: [-1],
    oldLogprobs: [-1 - mismatch],
    trainerOldLogprobs: [-1],
    advantage: 1,
  });
  const gradientOf = (mismatch: number) => named("tis").policyGradient([one(mismatch)]).gradients[0]![0]!;
  expect(gradientOf(0)).toBe(-1);
  expect(gradientOf(Math.log(1.5))).toBeCloseTo(-1.5, 12);
  expect(gradientOf(5)).toBe(-2);
});

test("names are unique, and options that do not exist are refused", () => {
  expect(new Set(RL_ALGORITHMS.map(({ name }) => name)).size).toBe(RL_ALGORITHMS.length);
  for (const algorithm of RL_ALGORITHMS) expect(() => algorithm.withOptions({ betta: 1 })).toThrow("betta");
});
