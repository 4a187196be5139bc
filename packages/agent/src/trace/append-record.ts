import type { ChatMessage } from "@cachalot/chat";
import { historyMessage } from "../loop/history-message.js";
import { correction } from "../loop/structured-output.js";
import type { TraceRecord } from "./trace-record.js";

/** Adds to a conversation what a step of a run added to it. */
export function appendRecord(messages: ChatMessage[], record: TraceRecord): void {
  if (record.type === "tool") {
    const { content, callId } = record;
    messages.push({ role: "tool", content, ...(callId ? { tool_call_id: callId } : {}) });
  } else if (record.type === "output-rejected") {
    messages.push({ role: "user", content: correction(record.problems) });
  } else if (record.type === "model" && record.purpose === "step") {
    const kept = historyMessage(record.message, record.finishReason);
    if (kept !== undefined) messages.push(kept);
  }
}
