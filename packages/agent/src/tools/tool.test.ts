import fc from "fast-check";
import { expect, test } from "vitest";
import * as z from "zod";
import { AgentError } from "../errors.js";
import { clip } from "./clip.js";
import { type ToolContext, tool } from "./tool.js";

const context: ToolContext = { signal: new AbortController().signal, callId: "c", idempotencyKey: "k" };
const shape = { city: z.string().min(1), days: z.number().int().max(7).default(1) };
const jsonSchema = {
  type: "object",
  properties: { city: { type: "string", minLength: 1 }, days: { type: "integer", maximum: 7 } },
  required: ["city"],
  additionalProperties: false,
};
const echo = (inputSchema: Parameters<typeof tool>[0]["inputSchema"]) =>
  tool({ name: "weather", description: "Forecast", inputSchema, execute: (input) => input });

test("zod: the model sees a JSON Schema, execute sees defaults filled in", async () => {
  const weather = echo(z.strictObject(shape));
  expect(weather.definition.function.parameters).toEqual({
    type: "object",
    properties: {
      city: { type: "string", minLength: 1 },
      days: { type: "integer", minimum: Number.MIN_SAFE_INTEGER, maximum: 7, default: 1 },
    },
    required: ["city"],
    additionalProperties: false,
  });
  expect(await weather.execute({ city: "Oslo" }, context)).toBe('{"city":"Oslo","days":1}');
});

test.each([
  ["zod", echo(z.strictObject(shape))],
  ["JSON Schema", echo(jsonSchema)],
])("%s: wrong arguments are named, all of them", async (_, weather) => {
  const attempt = (args: Record<string, unknown>) => weather.execute(args, context);
  await expect(attempt({})).rejects.toThrow(/city.*correct the arguments and call again$/);
  await expect(attempt({ city: 3, days: 9 })).rejects.toThrow(/city: .*days: /);
  await expect(attempt({ city: "Oslo", town: "Oslo" })).rejects.toThrow("town");
});

test("what cannot be a tool is refused when it is defined", () => {
  const define = (name: string, inputSchema: Record<string, unknown>) => () =>
    tool({ name, description: "", inputSchema, execute: () => "" });
  expect(define("a b", jsonSchema)).toThrow(AgentError);
  expect(define("", jsonSchema)).toThrow('"" is no tool name');
  expect(define("a", { type: "string" })).toThrow('must be of type "object"');
  expect(define("a", { type: "object", properties: 3 })).toThrow("does not compile");
});

test("long results lose their middle", async () => {
  const long = tool({
    name: "long",
    description: "",
    inputSchema: z.object({}),
    execute: () => `${"a".repeat(50)}${"b".repeat(50)}`,
    maxResultCharacters: 10,
  });
  expect(await long.execute({}, context)).toBe("aaaaa\n[… 90 characters left out …]\nbbbbb");
});

test("clipped text is whole characters, begins and ends as the text, and counts what is gone", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(20), (text, limit) => {
      const clipped = clip(text, limit);
      expect(Buffer.from(clipped).toString()).toBe(clipped);
      if (text.length <= limit) {
        expect(clipped).toBe(text);
        return;
      }
      const [head, gone, tail] = clipped.split(/\n\[… (\d+) characters left out …\]\n/);
      expect(text.startsWith(head!) && text.endsWith(tail!)).toBe(true);
      expect(head!.length + Number(gone) + tail!.length).toBe(text.length);
    }),
    { seed: 1 },
  );
});
