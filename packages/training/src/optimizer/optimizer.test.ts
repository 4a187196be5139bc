import { createDevice } from "@cachalot/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { balanceExperts, expertLoad } from "../objectives/expert-balance.js";
import { learningRateAt } from "./schedule.js";

test("the learning rate rises linearly, then falls along a cosine to its final share", () => {
  const stage = {
    learningRate: 1,
    steps: 110,
    schedule: { warmupSteps: 10, kind: "cosine" as const, finalFraction: 0.1 },
  };
  expect(learningRateAt(stage, 0)).toBeCloseTo(0.1);
  expect(learningRateAt(stage, 9)).toBeCloseTo(1);
  expect(learningRateAt(stage, 10)).toBeCloseTo(1);
  expect(learningRateAt(stage, 60)).toBeCloseTo(0.55);
  expect(learningRateAt(stage, 110)).toBeCloseTo(0.1);
});

test("the correction bias moves every expert towards equal load, by one step", () => {
  const device = createDevice("reference");
  fc.assert(
    fc.property(fc.array(fc.nat(7), { minLength: 8, maxLength: 64 }), (choices) => {
      const experts = device.from("i32", [choices.length, 1], choices);
      const bias = device.from("f32", [8], new Float32Array(8));
      const load = expertLoad(experts, 8);
      const imbalance = balanceExperts(bias, load, 0.5);
      const mean = choices.length / 8;
      expect(imbalance).toBeCloseTo(Math.max(...load) / mean);
      load.forEach((count, e) => {
        expect(bias.data[e]).toBe(count === mean ? 0 : count < mean ? 0.5 : -0.5);
      });
      experts.dispose();
      bias.dispose();
    }),
  );
});
