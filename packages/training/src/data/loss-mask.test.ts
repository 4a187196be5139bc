import { encodeMessages } from "@cachalot/chat";
import { expect, test } from "vitest";
import { testSources } from "../testing/test-sources.js";
import { makeConversation } from "./conversations/index.js";
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

test("exactly what the assistant wrote is learnt, in both modes and all kinds", () => {
  for (const kind of ["calculator", "facts", "small-talk"] as const) {
    for (let seed = 0; seed < 40; seed++) {
      const { messages, thinkingMode } = makeConversation(kind, { seed, heldOut: false, sources: testSources });
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
    }
  }
});
