import { expect, test } from "vitest";
import type { ChatEvent } from "./chat-model.js";
import { collectMessage } from "./collect-message.js";
import type { ChatMessage } from "./messages.js";
import { createScriptedModel } from "./scripted-model.js";

const user: ChatMessage = { role: "user", content: "Hi" };

test("plays its turns through a tool call and records the requests", async () => {
  const model = createScriptedModel({
    id: "script",
    turns: [
      { reasoning: "I need the  weather.", toolCalls: [{ name: "get_weather", arguments: { city: "Rome" } }] },
      ({ messages }) => ({ reasoning: "ok", content: `It is ${messages.at(-1)?.content} 😀\n` }),
    ],
  });
  const messages: ChatMessage[] = [user];
  const first = await collectMessage(model.generate({ messages }));
  expect(first.finishReason).toBe("tool_calls");
  expect(first.message).toEqual({
    role: "assistant",
    content: "",
    reasoning_content: "I need the  weather.",
    tool_calls: [{ id: "call_0_0", type: "function", function: { name: "get_weather", arguments: '{"city":"Rome"}' } }],
  });
  messages.push(first.message, { role: "tool", content: "sunny", tool_call_id: "call_0_0" });
  const second = await collectMessage(model.generate({ messages }));
  expect(second.message.content).toBe("It is sunny 😀\n");
  expect(second.finishReason).toBe("stop");
  expect(second.usage.promptTokens).toBeGreaterThan(first.usage.promptTokens);
  expect(second.usage.completionTokens).toBeGreaterThan(0);
  expect(model.requests.map((request) => request.messages.length)).toEqual([1, 3]);
  await expect(collectMessage(model.generate({ messages: [user] }))).rejects.toThrow("has no turn 2");
});

test("is as strict about a conversation as a real model", async () => {
  const model = createScriptedModel({ turns: () => "Hello", contextLength: 20 });
  const tool: ChatMessage = { role: "tool", content: "x" };
  await expect(collectMessage(model.generate({ messages: [user, tool] }))).rejects.toMatchObject({
    code: "invalid_message",
    param: "messages[1]",
  });
  const long: ChatMessage = { role: "user", content: "x".repeat(100) };
  await expect(collectMessage(model.generate({ messages: [long] }))).rejects.toMatchObject({
    code: "context_length_exceeded",
  });
  expect(model.requests).toEqual([]);
});

test("stops when aborted, with usage before finish", async () => {
  const controller = new AbortController();
  const model = createScriptedModel({ turns: ["one two three"] });
  const events: ChatEvent[] = [];
  for await (const event of model.generate({ messages: [user], signal: controller.signal })) {
    events.push(event);
    controller.abort();
  }
  expect(events.map((event) => event.type)).toEqual(["content", "usage", "finish"]);
  expect(events.at(-1)).toEqual({ type: "finish", reason: "aborted" });
});

test("fails where the script says so, and a stream without finish is an error", async () => {
  const model = createScriptedModel({ turns: [{ content: "par", error: new Error("line cut") }] });
  await expect(collectMessage(model.generate({ messages: [user] }))).rejects.toThrow("line cut");
  async function* cut(): AsyncGenerator<ChatEvent> {
    yield { type: "content", delta: "par" };
  }
  await expect(collectMessage(cut())).rejects.toMatchObject({ code: "upstream" });
});
