import fc from "fast-check";
import { expect, test } from "vitest";
import { collectMessage } from "./collect-message.js";
import { withoutFence } from "./json-answer.js";
import { cuts, runs, split } from "./testing/arbitraries.js";

async function contentOf(pieces: readonly string[], responseFormat: Record<string, unknown> | undefined) {
  async function* events() {
    for (const delta of pieces) yield { type: "content" as const, delta };
    yield { type: "finish" as const, reason: "stop" as const };
  }
  const request = { messages: [], ...(responseFormat ? { responseFormat } : {}) };
  const { message, repairs } = await collectMessage(withoutFence(request, events()));
  return { content: message.content, repairs: repairs.length };
}

const shape = { type: "object" };

test.each([
  ['```json\n{"n": 12}\n```', '{"n": 12}', 1],
  ['\n```\n{"n": "```"}\n```\n', '{"n": "```"}', 1],
  ['{"n": 12}', '{"n": 12}', 0],
  ["```python\nx\n```", "```python\nx\n```", 0],
  ["``", "``", 0],
  ['```json\n{"n": ', '{"n":', 1],
])("%j becomes %j where a shape was asked for, in any pieces", async (text, wanted, repairs) => {
  await fc.assert(
    fc.asyncProperty(cuts, async (places) => {
      const { content, repairs: counted } = await contentOf(split(text, places), shape);
      expect([content?.trimEnd(), counted]).toEqual([wanted.trimEnd(), repairs]);
    }),
    { ...runs, numRuns: 100 },
  );
  expect(await contentOf([text], undefined)).toEqual({ content: text, repairs: 0 });
});
