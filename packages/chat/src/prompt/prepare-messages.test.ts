import { expect, test } from "vitest";
import { encodeMessages } from "../codec/encode-messages.js";
import type { ChatMessage, ToolDefinition } from "../messages.js";
import { attachTools, hoistDeveloperMessage } from "./prepare-messages.js";

const developer: ChatMessage = { role: "developer", content: "Be brief." };
const user: ChatMessage = { role: "user", content: "Hi" };

test("an opening developer message becomes a system message", () => {
  const hoisted = hoistDeveloperMessage([developer, user]);
  expect(hoisted).toEqual([{ role: "system", content: "Be brief." }, user]);
  expect(() => encodeMessages([developer, user], { thinkingMode: "thinking" })).toThrow("hoistDeveloperMessage");
  expect(encodeMessages(hoisted, { thinkingMode: "thinking" })).toContain("Be brief.<｜User｜>Hi");
  expect(hoistDeveloperMessage([{ role: "system", content: "A" }, developer, user])[1]?.role).toBe("system");
});

test("one in mid-conversation does too, as OpenAI's clients mean it", () => {
  const answer: ChatMessage = { role: "assistant", content: "Hello." };
  const hoisted = hoistDeveloperMessage([developer, user, answer, developer, user]);
  expect(hoisted.map(({ role }) => role)).toEqual(["system", "user", "assistant", "system", "user"]);
  expect(() => encodeMessages(hoisted, { thinkingMode: "thinking" })).not.toThrow();
});

test("a developer message that is the question stays", () => {
  const conversations: ChatMessage[][] = [[], [developer], [user, developer], [user], [{ role: "system" }, user]];
  for (const messages of conversations) {
    expect(hoistDeveloperMessage(messages)).toBe(messages);
  }
});

test("tools and response format go to the opening system message", () => {
  const tools: ToolDefinition[] = [{ type: "function", function: { name: "f" } }];
  const responseFormat = { type: "object" };
  expect(attachTools([{ role: "system", content: "A" }, user], { tools, responseFormat })).toEqual([
    { role: "system", content: "A", tools, response_format: responseFormat },
    user,
  ]);
  expect(attachTools([user], { tools })).toEqual([{ role: "system", content: "", tools }, user]);
  const messages = [user];
  expect(attachTools(messages, { tools: [], responseFormat: {} })).toBe(messages);
});
