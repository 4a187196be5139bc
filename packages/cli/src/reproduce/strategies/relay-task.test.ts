import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agentResult, openCorpus, runAgent, searchTools } from "@cachalot/agent";
import { createScriptedModel } from "@cachalot/chat";
import { expect, test } from "vitest";
import { relaySearcher, writeRelayTask } from "./relay-task.js";

test("the searcher finds the last of the chain through the tools alone, where its window holds what it has read", async () => {
  const dir = await mkdtemp(join(tmpdir(), "cachalot-relay-"));
  try {
    const questions = writeRelayTask(dir, { questions: 2, hops: [1, 2], seed: 3 });
    const tools = searchTools(await openCorpus(dir));
    for (const [seed, { text, answer }] of questions.entries()) {
      const model = createScriptedModel({ turns: relaySearcher(seed) });
      const result = await agentResult(
        runAgent(model, { messages: [{ role: "user", content: text }], tools, limits: { steps: 60 }, seed: 1 }),
      );
      expect(result.text).toBe(`It is ${answer}.`);
      expect(result.steps).toBeGreaterThan(2);
    }
  } finally {
    await rm(dir, { recursive: true });
  }
});
