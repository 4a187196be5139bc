import {
  type AssistantMessage,
  EOS,
  parseMessageFromCompletionText,
  THINK_END,
  type ThinkingMode,
  type ToolCall,
} from "@cachalot/chat";

/**
 * The message a completion is, by the strict grammar: what a policy is rewarded for, it must write itself.
 *
 * @param text from after the prompt to before the end token
 * @param turn names the calls
 * @returns undefined for what is no message, and for a call whose arguments are no JSON object
 */
export function readAnswer(text: string, thinkingMode: ThinkingMode, turn: number): AssistantMessage | undefined {
  let parsed: ReturnType<typeof parseMessageFromCompletionText>;
  try {
    parsed = parseMessageFromCompletionText(text + EOS, { thinkingMode });
  } catch {
    return undefined;
  }
  const { content, reasoning_content, tool_calls } = parsed;
  if (!tool_calls.every(isCall)) return undefined;
  return {
    role: "assistant",
    content,
    ...(thinkingMode === "thinking" ? { reasoning_content } : {}),
    ...(tool_calls.length > 0
      ? { tool_calls: tool_calls.map((call, i) => ({ id: `call-${turn}-${i}`, ...call })) }
      : {}),
  };
}

/** A completion that is no message, as people read it. */
export function unreadAnswer(text: string, thinkingMode: ThinkingMode): AssistantMessage {
  if (thinkingMode === "chat") return { role: "assistant", content: text };
  const end = text.indexOf(THINK_END);
  if (end === -1) return { role: "assistant", content: "", reasoning_content: text };
  return { role: "assistant", content: text.slice(end + THINK_END.length), reasoning_content: text.slice(0, end) };
}

function isCall({ function: { arguments: text } }: ToolCall): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
