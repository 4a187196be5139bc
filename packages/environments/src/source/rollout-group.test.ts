import { expect, test } from "vitest";
import { createCurriculum } from "../curriculum/create-curriculum.js";
import { defineTaskset } from "../define-taskset.js";
import { scriptedPolicy } from "../rollout/scripted-policy.js";
import { drawGroup, poseGroup, startGroup } from "./rollout-group.js";

const taskset = defineTaskset<object>({
  ...{ name: "odd", domain: "logic", description: "say yes", levels: 1, modes: ["chat"] },
  problem: (draw) => ({ key: String(draw.integer(0, 999)), prompt: "Say yes", data: {} }),
  rubric: [
    {
      name: "yes",
      weight: 1,
      score({ answer }) {
        if (answer?.content === "break the judge") throw new Error("broken");
        return Number(answer?.content === "yes");
      },
    },
  ],
  solve: () => ({ reasoning: "", answer: "yes" }),
});

const all = [{ taskset, mode: "chat" as const, levels: [0], weight: 1 }];
const curriculum = createCurriculum({ all, curriculum: undefined });
const request = { seed: 1, groupSize: 4, sampling: { temperature: 1, topP: 1, topK: 0 }, record: {} };
const group = drawGroup("g", request, [3], all, curriculum);

test("a judge that throws, a policy that never stops and an answer that is none cost their rollouts, and those alone", async () => {
  const answers = ["yes", "break the judge", "on and ".repeat(1000), "<｜DSML｜function_calls>"];
  const policy = scriptedPolicy({ says: (_, turn) => answers[turn]! });
  const rollouts = await Promise.all(startGroup(await poseGroup(group, all), policy));
  expect(rollouts.map(({ outcome, reward }) => [outcome, reward])).toEqual([
    ["solved", 1],
    ["grader-error", null],
    ["overlong", 0],
    ["unparsed", 0],
  ]);
  expect(rollouts.map(({ id, sample }) => [id, sample])).toEqual([0, 1, 2, 3].map((i) => [`g-${i}`, i]));
});

test("a group is data: from its JSON it is posed and sampled alike", async () => {
  const again = await poseGroup(JSON.parse(JSON.stringify(group)), all);
  expect(again).toEqual(await poseGroup(group, all));
  const seeds = new Set(group.seeds);
  expect(seeds.size).toBe(4);
  expect(drawGroup("g", request, [4], all, curriculum).seeds.filter((seed) => seeds.has(seed))).toEqual([]);
});
