import { Draw } from "@cachalot/tensor";
import { expect, test } from "vitest";
import { readPractices } from "../source/practice.js";
import { endedRollouts } from "../testing/ended-rollouts.js";
import { bandCurriculum } from "./band.js";

const { all } = readPractices({ tasksets: { sorting: { modes: ["chat"], levels: [0, 2, 3] } } });

test("a level rises above the band, falls below it, stays within it and at either end", () => {
  const curriculum = bandCurriculum(all, { low: 0.2, high: 0.8 });
  const after = (solved: number) => {
    curriculum.learn(endedRollouts(0, solved, 10));
    return curriculum.level(all[0]!, new Draw(1));
  };
  expect([0, 9, 8, 2, 10, 10, 0, 5].map(after)).toEqual([0, 2, 2, 2, 3, 3, 2, 2]);
  curriculum.learn([]);
  expect(curriculum.state()).toEqual({ "sorting/chat": 2 });
});
