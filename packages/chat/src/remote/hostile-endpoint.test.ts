/** Whatever an endpoint sends, a caller gets events or a ChatError. */

import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ChatError } from "../errors.js";
import { createHttpEndpoint, type HttpEndpoint, sendAll } from "../testing/http-endpoint.js";
import { createRemoteModel } from "./remote-model.js";

let endpoint: HttpEndpoint;
let chunks: unknown[] = [];
beforeAll(async () => {
  endpoint = await createHttpEndpoint((response) => sendAll(response, chunks));
});
afterAll(() => endpoint.close());

const any = fc.jsonValue({ maxDepth: 3 });
const text = fc.oneof(any, fc.constantFrom("</think>", "<｜DSML｜function_calls>", "<｜DSML｜invoke", "\n\n", "hm"));
const call = fc.oneof(
  any,
  fc.record({ index: any, id: any, function: fc.oneof(any, fc.record({ name: text, arguments: text })) }),
);
const delta = fc.record({ content: text, reasoning_content: text, tool_calls: fc.oneof(any, fc.array(call)) });
const choice = fc.record({
  delta: fc.oneof(any, delta),
  text,
  logprobs: fc.oneof(any, fc.record({ content: fc.array(any), tokens: fc.array(any), token_logprobs: fc.array(any) })),
  finish_reason: fc.oneof(any, fc.constantFrom("stop", "length")),
});
const chunk = fc.oneof(
  any,
  fc.record({ choices: fc.oneof(any, fc.array(fc.oneof(any, choice), { maxLength: 2 })), usage: any }),
  fc.record({ choices: fc.tuple(choice) }),
);

test.each(["messages", "raw"] as const)("%s mode", async (mode) => {
  const model = createRemoteModel({ baseUrl: endpoint.baseUrl, model: "m", mode, retry: { maxAttempts: 1 } });
  let finished = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(chunk, { maxLength: 5 }), async (sent) => {
      chunks = sent;
      const types: string[] = [];
      try {
        for await (const { type } of model.generate({ messages: [{ role: "user", content: "Hi" }] })) types.push(type);
        expect(types.slice(-2)).toEqual(["usage", "finish"]);
        finished++;
      } catch (error) {
        expect(error).toBeInstanceOf(ChatError);
      }
    }),
    { numRuns: 300, seed: 11 },
  );
  expect(finished).toBeGreaterThan(20);
});
