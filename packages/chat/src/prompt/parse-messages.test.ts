import { expect, test } from "vitest";
import { encodeMessages } from "../codec/encode-messages.js";
import { ChatError } from "../errors.js";
import { parseExactJson } from "../json/exact-json.js";
import { parseMessages, parseTools } from "./parse-messages.js";

test("accepts OpenAI's shape, joins text parts and leaves out what it does not know", () => {
  const messages = parseMessages([
    {
      role: "system",
      content: [
        { type: "text", text: "Be " },
        { type: "text", text: "brief." },
      ],
      name: "s",
    },
    { role: "user", content: "Hi", extra: { a: 1 } },
    {
      role: "assistant",
      content: null,
      reasoning: "hm",
      refusal: null,
      tool_calls: [{ id: "c1", type: "function", index: 0, function: { name: "f", arguments: '{"10": 1.0}' } }],
    },
    { role: "tool", tool_call_id: "c1", content: [{ type: "text", text: "ok" }] },
  ]);
  expect(messages).toEqual([
    { role: "system", content: "Be brief." },
    { role: "user", content: "Hi" },
    {
      role: "assistant",
      content: null,
      reasoning_content: "hm",
      tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: '{"10": 1.0}' } }],
    },
    { role: "tool", tool_call_id: "c1", content: "ok" },
  ]);
  expect(encodeMessages(messages, { thinkingMode: "thinking" })).toContain('name="10" string="false">1.0<');
});

test("tools keep their keys, their order and __proto__", () => {
  const tools: unknown = JSON.parse(
    '[{"type":"function","function":{"x-extra":1,"parameters":{"type":"object","properties":{"__proto__":{"type":"string"}}},"name":"f"}}]',
  );
  const prompt = encodeMessages(parseMessages([{ role: "system", content: "", tools }]), { thinkingMode: "chat" });
  expect(prompt).toContain(
    '{"x-extra": 1, "parameters": {"type": "object", "properties": {"__proto__": {"type": "string"}}}, "name": "f"}',
  );
});

const user = { role: "user", content: "Hi" };
test.each([
  ["not an array", {}, "messages"],
  ["null in the array", [null], "messages[0]"],
  ["no role", [{ content: "x" }], "messages[0].role"],
  ["an unknown role", [user, { role: "critic", content: "x" }], "messages[1].role"],
  ["a user message without content", [{ role: "user" }], "messages[0].content"],
  ["content of another type", [{ role: "user", content: 5 }], "messages[0].content"],
  ["an image part", [{ role: "user", content: [{ type: "image_url" }] }], "messages[0].content[0].type"],
  ["a part without text", [{ role: "user", content: [{ type: "text" }] }], "messages[0].content[0].text"],
  ["reasoning of another type", [user, { role: "assistant", reasoning_content: 1 }], "messages[1].reasoning_content"],
  [
    "arguments that are neither text nor an object",
    [user, { role: "assistant", tool_calls: [{ function: { name: "f", arguments: [] } }] }],
    "messages[1].tool_calls[0].function.arguments",
  ],
  [
    "a tool without a name",
    [{ role: "system", tools: [{ type: "function", function: {} }] }],
    "messages[0].tools[0].function.name",
  ],
])("refuses %s", (_, value, param) => {
  const error = caught(() => parseMessages(value));
  expect(error.code).toBe("invalid_message");
  expect(error.param).toBe(param);
});

test("refuses tools that are not functions", () => {
  expect(caught(() => parseTools([{ type: "web_search" }])).param).toBe("tools[0].type");
  expect(caught(() => parseTools("x", "body.tools")).param).toBe("body.tools");
  const tools = [{ type: "function", function: { name: "f" } }];
  expect(parseTools(tools)).toBe(tools);
});

function caught(run: () => unknown): ChatError {
  try {
    run();
  } catch (error) {
    if (error instanceof ChatError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

test("arguments given as an object become their text, exactly where they were read so", () => {
  const messages = (args: unknown) => [
    user,
    { role: "assistant", tool_calls: [{ function: { name: "f", arguments: args } }] },
  ];
  const textOf = (args: unknown) => {
    const message = parseMessages(messages(args))[1];
    return message?.role === "assistant" ? message.tool_calls?.[0]?.function.arguments : undefined;
  };
  expect(textOf({ q: "é", n: [1, null] })).toBe('{"q": "é", "n": [1, null]}');
  expect(textOf(parseExactJson('{"z": 1.0, "2": 12345678901234567890}'))).toBe('{"z": 1.0, "2": 12345678901234567890}');
});

test("of two names for the reasoning the one that is not empty counts", () => {
  const message = { role: "assistant", reasoning_content: "", reasoning: "hm" };
  expect(parseMessages([user, message])[1]).toMatchObject({ reasoning_content: "hm" });
});
