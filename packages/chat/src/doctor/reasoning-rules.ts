/** Rules about reasoning: where it must be, under which name, and where it must not be. */

import { findLastUserIndex } from "../codec/encode-messages.js";
import { DSML, THINK_END, THINK_START } from "../codec/special-tokens.js";
import type { ChatMessage } from "../messages.js";
import { keepsReasoning } from "../prompt/retention.js";
import { about, type CapturedMessage, callsOf, type Rule, textOf } from "./finding.js";

const REASONING_FIELDS = ["reasoning_content", "reasoning"];

const hasReasoning = (message: CapturedMessage, fields: readonly string[]): boolean =>
  fields.some((field) => typeof message[field] === "string" && message[field] !== "");

/** Enough of a captured message for the retention policies. */
function outline(messages: readonly CapturedMessage[]): ChatMessage[] {
  return messages.map((message) => {
    const role = message.role === "developer" ? "user" : message.role;
    const calls = callsOf(message).map(({ name = "" }) => ({ function: { name, arguments: "" } }));
    return { role, content: "", ...(calls.length > 0 ? { tool_calls: calls } : {}) } as ChatMessage;
  });
}

export const missingReasoning: Rule = {
  id: "missing-reasoning",
  about: "Within a turn with tool calls, every assistant message keeps its reasoning.",
  check({ messages, profile, thinking }) {
    if (!thinking) return [];
    const outlined = outline(messages);
    const keeps = keepsReasoning(outlined, profile.retention);
    const lastUser = findLastUserIndex(outlined);
    return messages.flatMap((message, i) => {
      if (!keeps[i] || hasReasoning(message, REASONING_FIELDS)) return [];
      const answers = i > lastUser ? "answers after the last user message" : "answers in a turn that called tools";
      const what = callsOf(message).length > 0 ? "calls tools" : answers;
      return [
        about(
          i,
          "reasoning_content",
          `the message ${what} but its reasoning is gone, so the model must think again, or the host answers 400; ` +
            "send back the reasoning_content it came with, or put `cachalot serve --upstream` in between",
        ),
      ];
    });
  },
};

export const reasoningField: Rule = {
  id: "reasoning-field",
  about: "Reasoning goes back under the name the host reads.",
  check({ messages, profile }) {
    return messages.flatMap((message, i) => {
      const used = REASONING_FIELDS.filter((field) => hasReasoning(message, [field]));
      if (message.role !== "assistant" || used.length === 0) return [];
      if (used.some((field) => profile.reasoningOut.includes(field))) return [];
      const fields = profile.reasoningOut.join(" or ");
      return [about(i, used[0] ?? "", `a ${profile.name} host does not read ${used[0]}; rename it to ${fields}`)];
    });
  },
};

export const reasoningInContent: Rule = {
  id: "reasoning-in-content",
  about: "Reasoning stands in its own field, without its tags.",
  check({ messages }) {
    return messages.flatMap((message, i) => {
      const tag = [THINK_END, THINK_START].find((token) => textOf(message).includes(token));
      if (message.role !== "assistant" || tag === undefined) return [];
      return [
        about(i, "content", `the content holds ${tag}; move what stands before ${THINK_END} to reasoning_content`),
      ];
    });
  },
};

export const leakedCalls: Rule = {
  id: "leaked-calls",
  about: "Tool calls stand in tool_calls, not as DSML in the text.",
  check({ messages }) {
    return messages.flatMap((message, i) => {
      if (message.role !== "assistant") return [];
      const field = ["content", ...REASONING_FIELDS].find((name) => {
        const text = name === "content" ? textOf(message) : message[name];
        return typeof text === "string" && text.includes(DSML);
      });
      if (field === undefined) return [];
      return [about(i, field, "tool calls leaked into the text as DSML; parse them (repairMessage) into tool_calls")];
    });
  },
};
