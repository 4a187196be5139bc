import fc from "fast-check";
import { expect, test } from "vitest";
import type { AssistantMessage, ChatMessage, ThinkingMode, ToolDefinition } from "../messages.js";
import { chatCompletion, chatPrompt } from "./chat-prompt.js";
import { chatContinuation } from "./continuation.js";

const tools: ToolDefinition[] = [{ type: "function", function: { name: "find", parameters: { type: "object" } } }];
const words = fc.string({ maxLength: 12 });

/** Turns of an assistant: calls with a result each, or an answer that a user follows. */
const turn = fc.record({
  reasoning: fc.string({ minLength: 1, maxLength: 12 }),
  content: words,
  calls: fc.array(fc.record({ value: words, result: words }), { maxLength: 3 }),
  user: words,
});

test("an answer's continuation is what the whole prompt has behind it, and there is none where reasoning was dropped", () => {
  const conversation = fc.record({ opening: words, turns: fc.array(turn, { minLength: 1, maxLength: 4 }) });
  const modes = fc.constantFrom<ThinkingMode>("thinking", "chat");
  fc.assert(
    fc.property(conversation, modes, fc.boolean(), ({ opening, turns }, thinkingMode, hasTools) => {
      const messages: ChatMessage[] = [{ role: "user", content: opening }];
      const request = () => ({ messages: [...messages], thinkingMode, ...(hasTools ? { tools } : {}) });
      for (const { reasoning, content, calls, user } of turns) {
        const before = chatPrompt(request());
        const answer: AssistantMessage = {
          role: "assistant",
          content,
          ...(thinkingMode === "thinking" ? { reasoning_content: reasoning } : {}),
          tool_calls: calls.map(({ value }) => ({ function: { name: "find", arguments: JSON.stringify({ value }) } })),
        };
        const said = chatCompletion(request(), answer);
        messages.push(answer);
        const read = messages.length;
        if (calls.length === 0) messages.push({ role: "user", content: user });
        for (const { result } of calls) messages.push({ role: "tool", content: result });
        const added = chatContinuation(request(), read);
        if (thinkingMode === "thinking" && calls.length === 0) expect(added).toBeUndefined();
        else expect(before + said + added).toBe(chatPrompt(request()));
      }
    }),
  );
});

test("messages before an answer only: the count must end with one", () => {
  expect(() => chatContinuation({ messages: [{ role: "user", content: "a" }] }, 1)).toThrow("is no answer");
});
