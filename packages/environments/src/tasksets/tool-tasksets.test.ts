import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tasks } from "../conformance/requests.js";
import { playDemonstration } from "../demonstration.js";
import { TASKSETS } from "./index.js";

describe.each(TASKSETS.filter(({ domain }) => ["agent", "coding", "search"].includes(domain)))("$name", (taskset) => {
  test("a demonstration names nothing in a call that it has not read before", async () => {
    for await (const task of tasks(taskset, 4)) {
      const { messages } = await playDemonstration(taskset, task, "stepwise");
      // What a bug is replaced by is thought of, not read.
      const values = messages.flatMap((message, at) =>
        message.role === "assistant"
          ? (message.tool_calls ?? []).flatMap(({ function: { arguments: text } }) =>
              Object.entries(JSON.parse(text) as Record<string, string>)
                .filter(([field]) => field !== "text")
                .map(([, value]) => ({ value, read: messages.slice(0, at) })),
            )
          : [],
      );
      for (const { value, read } of values) {
        const words = read.flatMap(({ role, content }) => (role === "assistant" ? [] : `${content}`.split(/[^\w]+/)));
        for (const word of value.split(" ")) expect(words).toContain(word);
      }
    }
  });

  test("a call of any arguments is answered in words", async () => {
    const texts = fc.oneof(fc.string(), fc.constantFrom("s99", "p0", "-1", "1e3", "__proto__", "shops", "id", "9"));
    const values = fc.oneof(texts, fc.integer(), fc.constant(null), fc.array(texts));
    const args = fc.dictionary(
      fc.constantFrom("table", "field", "value", "id", "line", "text", "query", "page"),
      values,
    );
    const task = await taskset.draw({ split: "train", level: 0, mode: "chat", seed: 1 });
    const { tools } = await taskset.open(task);
    const context = { signal: new AbortController().signal, callId: "c", idempotencyKey: "c" };
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...tools), args, async (tool, args) => {
        expect(await tool.execute(args, context)).toMatch(/\S/);
      }),
    );
  });
});
