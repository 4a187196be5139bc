import { expect, test } from "vitest";
import { chatRequest, importConversation, parseTools, titleOf } from "./chat-request.js";
import { pathTo } from "./tree.js";

const settings = { system: "Be brief.", tools: "", serverTools: ["calculator"], thinking: false, temperature: 0 };
const calculator = { type: "function" as const, function: { name: "calculator" } };

test("what was imported is what is asked", () => {
  const messages = [
    { role: "system", content: "Be brief." },
    { role: "user", content: [{ type: "text", text: "1 + 1?" }] },
    {
      role: "assistant",
      content: null,
      reasoning: "Easy.",
      tool_calls: [{ id: "1", function: { name: "f", arguments: "{}" } }],
    },
    { role: "tool", tool_call_id: "1", content: "2" },
  ];
  const conversation = importConversation({ messages, tools: [calculator] }, settings, 5);
  expect(conversation).toMatchObject({ title: "1 + 1?", createdAt: 5 });
  const body = chatRequest(pathTo(conversation, conversation.current), conversation.settings, [calculator]);
  expect(body).toEqual({
    messages: [
      messages[0],
      { role: "user", content: "1 + 1?" },
      { role: "assistant", content: "", reasoning_content: "Easy.", tool_calls: messages[2]!.tool_calls },
      messages[3],
    ],
    tools: [calculator],
    thinking: { type: "disabled" },
    temperature: 0,
  });
  expect(() => importConversation({}, settings, 0)).toThrow("messages");
  expect(() => importConversation([{ role: "whale" }], settings, 0)).toThrow("messages[0].role");
});

test("tools that are no definitions are named", () => {
  expect(parseTools(" ")).toEqual([]);
  expect(() => parseTools("[{]")).toThrow();
  expect(() => parseTools('[{"type": "function", "function": {"name": "a b"}}]')).toThrow("[0]");
});

test("a title is the first line, shortened", () => {
  expect(titleOf("  Hello\nthere")).toBe("Hello");
  expect(titleOf("x".repeat(100)).length).toBe(60);
});
