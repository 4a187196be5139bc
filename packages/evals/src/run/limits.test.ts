import { createScriptedModel } from "@cachalot/chat";
import { expect, test } from "vitest";
import { benchmarkNamed } from "../benchmarks/index.js";
import { attempt } from "./attempt.js";
import { withLimits } from "./limits.js";

test("the agent reads how many seconds, tokens and calls it has, in the system message that is there or in one of its own", () => {
  const item = { id: "1", gold: "", data: {}, budget: { calls: 9, tokens: 500 } };
  const user = { role: "user" as const, content: "Hello" };
  const [own] = withLimits({ ...item, messages: [user] }, 60).messages;
  expect(own).toEqual({
    role: "system",
    content: expect.stringMatching(/after 60 seconds, or 500 tokens of yours, or 9 tool calls, your thinking included/),
  });
  const { messages } = withLimits({ ...item, messages: [{ role: "system", content: "Be kind." }, user] }, 60);
  expect(messages.map(({ role }) => role)).toEqual(["system", "user"]);
  expect(messages[0]!.content).toMatch(/^Be kind\.\n\nThis conversation ends after/);
});

test("a conversation ends with its tokens: what was not done by then is not measured", async () => {
  const benchmark = benchmarkNamed("tau2-retail");
  for await (const item of benchmark.items({ seed: 0, limit: 1 })) {
    let turn = 0;
    const model = createScriptedModel({ turns: () => `Is it ${turn++}? ${"Well, ".repeat(60)}` });
    const sample = await attempt({
      ...{ benchmark, item: { ...item, budget: { tokens: 250 } }, sample: 0, model, sampling: {} },
      ...{ thinkingMode: "chat", seed: 0, timeoutMs: 60_000 },
    });
    expect(sample).toMatchObject({ verdict: "not measured", reason: "truncated" });
    break;
  }
});

test("a user who does not come back costs the sample nothing but its measure", async () => {
  const benchmark = benchmarkNamed("tau2-retail");
  for await (const item of benchmark.items({ seed: 0, limit: 1 })) {
    const user = {
      ...{ id: "slow", contextLength: 1000 },
      async *generate(): AsyncGenerator<never> {
        await new Promise(() => {});
      },
    };
    const sample = await attempt({
      ...{ benchmark, item, sample: 0, model: createScriptedModel({ turns: [] }), sampling: {}, company: { user } },
      ...{ thinkingMode: "chat", seed: 0, timeoutMs: 100 },
    });
    expect(sample).toMatchObject({ verdict: "not measured", because: "the user did not answer in time" });
    break;
  }
});
