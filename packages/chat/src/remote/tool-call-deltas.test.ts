import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChatEvent } from "../chat-model.js";
import type { ToolCall } from "../messages.js";
import { runs } from "../testing/arbitraries.js";
import { ToolCallDeltas } from "./tool-call-deltas.js";

/** Feeds chunks; returns the calls the events describe and the kinds of repairs. */
function assemble(chunks: readonly (readonly unknown[])[], first = 0): { calls: ToolCall[]; repairs: string[] } {
  const deltas = new ToolCallDeltas(first, (index) => `made_${index}`);
  const events: ChatEvent[] = [...chunks.flatMap((chunk) => deltas.push(chunk)), ...deltas.end()];
  const calls: ToolCall[] = [];
  const repairs: string[] = [];
  for (const event of events) {
    if (event.type === "tool-call") {
      calls[event.index] = { id: event.id, type: "function", function: { name: event.name, arguments: "" } };
    } else if (event.type === "tool-call-arguments") calls[event.index]!.function.arguments += event.delta;
    else if (event.type === "repair") repairs.push(event.kind ?? "format");
  }
  return { calls, repairs };
}

const call = (id: string, name: string, args: string): ToolCall => ({
  id,
  type: "function",
  function: { name, arguments: args },
});

const both = [call("a", "f", '{"x":1}'), call("b", "g", '{"y":2}')];

test.each<[string, unknown[][], ToolCall[], string[]]>([
  [
    "two calls in two chunks: names, then arguments",
    [
      [
        { index: 0, id: "a", function: { name: "f", arguments: "" } },
        { index: 1, id: "b", function: { name: "g", arguments: "" } },
      ],
      [
        { index: 0, function: { arguments: '{"x":1}' } },
        { index: 1, function: { arguments: '{"y":2}' } },
      ],
    ],
    both,
    [],
  ],
  [
    "whole calls in one chunk, without an index",
    [
      [
        { id: "a", function: { name: "f", arguments: '{"x":1}' } },
        { id: "b", function: { name: "g", arguments: '{"y":2}' } },
      ],
    ],
    both,
    [],
  ],
  [
    "id and name repeated with every piece",
    [
      [{ index: 0, id: "a", function: { name: "f", arguments: '{"x"' } }],
      [{ index: 0, id: "a", function: { name: "f", arguments: ":1}" } }],
      [{ index: 1, id: "b", function: { name: "g", arguments: '{"y":2}' } }],
    ],
    both,
    [],
  ],
  [
    "every call counted as 0",
    [
      [{ index: 0, id: "a", function: { name: "f", arguments: '{"x":1}' } }],
      [{ index: 0, id: "b", function: { name: "g", arguments: '{"y"' } }],
      [{ index: 0, function: { arguments: ":2}" } }],
    ],
    both,
    [],
  ],
  [
    "no ids",
    [[{ index: 0, function: { name: "f", arguments: "{}" } }], [{ index: 1, id: "", function: { name: "g" } }]],
    [call("made_0", "f", "{}"), call("made_1", "g", "{}")],
    ["tool-call-id", "tool-call-id", "tool-call-arguments"],
  ],
  [
    "arguments before the name, and as an object",
    [
      [{ index: 0, id: "a", function: { arguments: '{"x"' } }],
      [{ index: 0, function: { name: "f", arguments: ":1}" } }],
      [null, 7, { index: 1, id: "b", function: { name: "g", arguments: { y: 2 } } }],
    ],
    both,
    ["tool-call-arguments"],
  ],
])("takes %s", (_, chunks, calls, repairs) => {
  expect(assemble(chunks)).toEqual({ calls, repairs });
});

test("continues the indices of calls that came before, and refuses a call without a name", () => {
  expect(assemble([[{ index: 0, id: "a", function: { name: "f", arguments: "{}" } }]], 2).calls[2]?.id).toBe("a");
  expect(() => assemble([[{ index: 0, id: "a", function: { arguments: "{}" } }]])).toThrow("without a name");
});

test("however the arguments are cut and mixed, each call gets its own", () => {
  const object = fc.dictionary(fc.string({ maxLength: 3 }), fc.string({ maxLength: 6 }), { maxKeys: 2 });
  const texts = fc.array(
    object.map((value) => JSON.stringify(value)),
    { minLength: 1, maxLength: 4 },
  );
  fc.assert(
    fc.property(texts, fc.infiniteStream(fc.nat()), (wanted, random) => {
      const rest = wanted.map((text, index) => ({ index, pieces: text.split(""), begun: false }));
      const chunks: unknown[][] = [];
      for (let left = rest; left.length > 0; left = left.filter(({ pieces }) => pieces.length > 0)) {
        // The first call still unopened comes before any later one: calls open in order.
        const open = left.filter(({ begun }, i) => begun || left.slice(0, i).every((other) => other.begun));
        const one = open[Number(random.next().value) % open.length]!;
        const start = one.begun ? {} : { id: `id${one.index}` };
        const name = one.begun ? {} : { name: "f" };
        one.begun = true;
        chunks.push([{ index: one.index, ...start, function: { ...name, arguments: one.pieces.shift() } }]);
      }
      const { calls } = assemble(chunks);
      expect(calls.map((made) => made.function.arguments)).toEqual(wanted);
    }),
    runs,
  );
});
