import { type ChatMessage, encodeMessages } from "@cachalot/chat";
import fc from "fast-check";
import { expect, test } from "vitest";
import { assistantMask } from "./loss-mask.js";

const SPECIAL = /(<｜[^｜]*｜>|<\/?think>)/;
const ids = { eos: 0, user: 1, assistant: 2, thinkStart: 3, thinkEnd: 4 };
const names = ["<｜end▁of▁sentence｜>", "<｜User｜>", "<｜Assistant｜>", "<think>", "</think>"];

/** One token per special token and per stretch of text between them. */
function learntText(prompt: string): string[] {
  const pieces = prompt.split(SPECIAL).filter((piece) => piece !== "");
  const tokens = pieces.map((piece) => {
    const id = names.indexOf(piece);
    return id < 0 ? 99 : id;
  });
  const mask = assistantMask(tokens, ids);
  return pieces.filter((_, i) => mask[i] === 1);
}

/** A user's message, tool calls with their results, and an answer. */
interface Turn {
  user: string;
  calls: string[];
  answer: string;
}

const words = fc.stringMatching(/^[a-z0-9 +*]{1,20}$/);
const turns = fc.array(fc.record({ user: words, calls: fc.array(words, { maxLength: 2 }), answer: words }), {
  minLength: 1,
  maxLength: 4,
});

function messagesOf(list: readonly Turn[]): ChatMessage[] {
  const messages: ChatMessage[] = [
    { role: "system", content: "", tools: [{ type: "function", function: { name: "calculator", parameters: {} } }] },
  ];
  list.forEach(({ user, calls, answer }, i) => {
    messages.push({ role: "user", content: user });
    calls.forEach((expression, j) => {
      const call = { name: "calculator", arguments: JSON.stringify({ expression }) };
      const id = `${i}-${j}`;
      messages.push({
        role: "assistant",
        content: "",
        reasoning_content: `I calculate ${expression}.`,
        tool_calls: [{ id, type: "function", function: call }],
      });
      messages.push({ role: "tool", tool_call_id: id, content: "7" });
    });
    messages.push({ role: "assistant", content: answer, reasoning_content: "I answer." });
  });
  return messages;
}

test("exactly what the assistant wrote is learnt, in both modes, with tools and without", () => {
  fc.assert(
    fc.property(turns, fc.constantFrom("thinking" as const, "chat" as const), (list, thinkingMode) => {
      const messages = messagesOf(list);
      const lastUser = messages.findLastIndex(({ role }) => role === "user");
      const expected = messages.flatMap((message, i) => {
        if (message.role !== "assistant") return [];
        const thinks = thinkingMode === "thinking" && i > lastUser;
        const call = message.tool_calls?.[0];
        const { expression } = call ? (JSON.parse(call.function.arguments) as { expression: string }) : {};
        const body = call
          ? '\n\n<｜DSML｜function_calls>\n<｜DSML｜invoke name="calculator">\n' +
            `<｜DSML｜parameter name="expression" string="true">${expression}</｜DSML｜parameter>\n` +
            "</｜DSML｜invoke>\n</｜DSML｜function_calls>"
          : message.content;
        return [...(thinks ? [message.reasoning_content, "</think>"] : []), body, "<｜end▁of▁sentence｜>"];
      });
      expect(learntText(encodeMessages(messages, { thinkingMode })).join("")).toBe(expected.join(""));
    }),
  );
});
