import { Draw } from "@cachalot/tensor";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readPractices } from "../source/practice.js";
import { endedRollouts } from "../testing/ended-rollouts.js";
import { learnability, learnabilityCurriculum } from "./learnability.js";

const { all } = readPractices({
  tasksets: { sorting: { modes: ["chat"], levels: [0, 1, 2] } },
  curriculum: "learnability",
});
const practice = all[0]!;

function shares(curriculum: ReturnType<typeof learnabilityCurriculum>): number[] {
  const draw = new Draw(1);
  const drawn = Array.from({ length: 3000 }, () => curriculum.level(practice, draw));
  return practice.levels.map((level) => drawn.filter((one) => one === level).length / drawn.length);
}

test("levels of which nothing is known are drawn evenly", () => {
  for (const share of shares(learnabilityCurriculum(all))) expect(share).toBeCloseTo(1 / 3, 1);
});

test("a level that is sometimes solved is asked for, one that always or never is seldom, and both again once that is long ago", () => {
  const curriculum = learnabilityCurriculum(all);
  for (let round = 0; round < 5; round++)
    curriculum.learn([...endedRollouts(0, 16, 16), ...endedRollouts(1, 8, 16), ...endedRollouts(2, 0, 16)]);
  const [easy, middling, hard] = shares(curriculum);
  expect(middling).toBeGreaterThan(0.85);
  expect(easy! + hard!).toBeGreaterThan(0.03);
  for (let round = 0; round < 400; round++) curriculum.learn([]);
  for (const share of shares(curriculum)) expect(share).toBeCloseTo(1 / 3, 1);
});

test("learnability is p (1 - p): largest where half is solved, the same for p and 1 - p, never nothing", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 500 }), (solved, failed) => {
      const one = learnability({ solved, rollouts: solved + failed });
      expect(one).toBeCloseTo(learnability({ solved: failed, rollouts: solved + failed }), 12);
      expect(one).toBeGreaterThan(0);
      expect(one).toBeLessThanOrEqual(0.25);
    }),
  );
});

test("what was counted is plain data, and is restored for the levels that are still there", () => {
  const curriculum = learnabilityCurriculum(all);
  curriculum.learn([...endedRollouts(0, 3, 8), ...endedRollouts(2, 0, 8)]);
  const saved = JSON.parse(JSON.stringify(curriculum.state()));
  expect(saved).toEqual({
    "sorting/chat/0": { solved: 3, rollouts: 8 },
    "sorting/chat/1": { solved: 0, rollouts: 0 },
    "sorting/chat/2": { solved: 0, rollouts: 8 },
  });
  const later = learnabilityCurriculum(all);
  later.restore({ ...saved, "sorting/chat/9": { solved: 1, rollouts: 1 }, "sorting/chat": 1 });
  expect(later.state()).toEqual(saved);
});
