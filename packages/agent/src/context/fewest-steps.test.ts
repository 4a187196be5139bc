import { type ChatMessage, createScriptedModel } from "@cachalot/chat";
import { expect, test } from "vitest";
import { calculatorTool } from "../tools/calculator.js";
import { fewestSteps, runFewestSteps } from "./fewest-steps.js";

test("takes the answer that took the fewest steps, the first of equals, and answers before everything else", () => {
  const result = (stopReason: "answer" | "steps", steps: number) => ({ stopReason, steps });
  expect(fewestSteps([result("answer", 5), result("answer", 3), result("answer", 3)])).toBe(1);
  expect(fewestSteps([result("steps", 1), result("answer", 9)])).toBe(1);
  expect(fewestSteps([result("steps", 4), result("steps", 2)])).toBe(1);
});

test("trajectories are independent, and the conversation goes on with the one taken", async () => {
  // The seed tells the trajectories apart: one calculates `seed` times before it answers.
  const model = createScriptedModel({
    turns: ({ messages, seed }) => {
      const done = messages.filter(({ role }) => role === "tool").length;
      if (done === seed) return { reasoning: "Done.", content: `after ${done}` };
      return { reasoning: "Hm.", toolCalls: [{ name: "calculator", arguments: { expression: "1 + 1" } }] };
    },
  });
  const messages: ChatMessage[] = [{ role: "user", content: "Go" }];
  const run = runFewestSteps(model, { messages, tools: [calculatorTool], seed: 2, runId: "r" }, 3);
  const ends: number[] = [];
  let next = await run.next();
  for (; !next.done; next = await run.next()) {
    if (next.value.event.type === "end") ends.push(next.value.trajectory);
  }
  expect(ends.toSorted()).toEqual([0, 1, 2]);
  expect(next.value.results.map(({ text }) => text)).toEqual(["after 2", "after 3", "after 4"]);
  expect(next.value.taken).toBe(0);
  expect(messages).toHaveLength(6);
  expect(messages.at(-1)).toMatchObject({ content: "after 2", reasoning_content: "Done." });
});

test("an error of one is thrown when all have ended", async () => {
  const model = createScriptedModel({ turns: [{ reasoning: "a", content: "b" }] });
  const run = runFewestSteps(model, { messages: [{ role: "user", content: "Go" }] }, 2);
  await expect(
    (async () => {
      for await (const _ of run);
    })(),
  ).rejects.toThrow("has no turn 1");
  await expect(runFewestSteps(model, { messages: [] }, 0).next()).rejects.toThrow("0 trajectories");
});
