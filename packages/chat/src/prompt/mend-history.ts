/** Call arguments of a history that no prompt can hold. */

import type { RepairEvent } from "../chat-model.js";
import { objectKeys } from "../codec/parameter-value.js";
import { escapeJsonString } from "../json/python-json.js";
import type { ChatMessage } from "../messages.js";

/** `{}` for nothing; any other text where DeepSeek-V4's own encoder puts it. */
const mended = (text: string): string => (text.trim() === "" ? "{}" : `{"arguments": "${escapeJsonString(text)}"}`);

/**
 * Makes arguments that are no JSON object one, so that a conversation does not end with a host's or a model's slip. Returns
 * the same array when there is nothing to mend.
 */
export function mendHistory(messages: readonly ChatMessage[]): {
  messages: readonly ChatMessage[];
  repairs: RepairEvent[];
} {
  const repairs: RepairEvent[] = [];
  const out = messages.map((message, i): ChatMessage => {
    if (message.role !== "assistant" || !message.tool_calls) return message;
    const tool_calls = message.tool_calls.map((call, n) => {
      const { arguments: text } = call.function;
      if (objectKeys(text, { allowNonFinite: true }) !== undefined) return call;
      const description = `messages[${i}].tool_calls[${n}] had arguments that are no JSON object: ${text.slice(0, 1000)}`;
      repairs.push({ type: "repair", kind: "tool-call-arguments", description });
      return { ...call, function: { ...call.function, arguments: mended(text) } };
    });
    return { ...message, tool_calls };
  });
  return { messages: repairs.length > 0 ? out : messages, repairs };
}
