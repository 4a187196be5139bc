/** Edits of the part of a conversation that a run may forget: what came after the task. */

import type { ChatMessage } from "@cachalot/chat";
import { clip } from "../tools/clip.js";

/** `messages.splice(at, remove, ...insert)`: enough to follow what a run's prompts were. */
export interface MessageEdit {
  at: number;
  remove: number;
  insert: ChatMessage[];
}

/** Where each step of the trajectory begins: an assistant message, its tool results, a user's word on it. */
function stepStarts(messages: readonly ChatMessage[], from: number): number[] {
  const starts: number[] = [];
  for (let i = from; i < messages.length; i++) if (messages[i]!.role === "assistant") starts.push(i);
  return starts;
}

/** Takes away the first `share` of the steps after `from`, at least one. There must be one. */
export function discardSteps(messages: readonly ChatMessage[], from: number, share: number): MessageEdit {
  const starts = stepStarts(messages, from);
  const end = starts[Math.max(1, Math.floor(starts.length * share))] ?? messages.length;
  return { at: from, remove: end - from, insert: [] };
}

/** The task with a summary of the work so far, in place of the message at `at` and all after it. */
export function restartWith(
  messages: readonly ChatMessage[],
  at: number,
  task: ChatMessage,
  summary: string,
): MessageEdit {
  const content = `${task.content}\n\n${SUMMARY_INTRODUCTION}\n\n<summary>\n${summary.trim()}\n</summary>`;
  return { at, remove: messages.length - at, insert: [{ ...task, content } as ChatMessage] };
}

/** A summary of `budget` tokens at most: a longer one loses its middle, and says so. */
export function clipSummary(summary: string, budget: number, count: (text: string) => number): string {
  let text = summary;
  for (let share = 1; count(text) > budget && text.length > 200; share *= 0.9)
    text = clip(summary, Math.floor((share * summary.length * budget) / count(summary)));
  return text;
}

const SUMMARY_INTRODUCTION =
  "You have worked on this already. The context was full and has been cleared; this is your own summary of that work. " +
  "Go on from it.";

const SUMMARY_REQUEST =
  "[The context is nearly full and will be cleared. Do not call a tool now. Sum up your work so far, for yourself: what was " +
  "asked, what you found out and where, what you tried without success, and what remains to be done. Only the task and " +
  "this summary will be left.]";

/**
 * The conversation that asks for a summary. The request is added to the last message, which the model has not read yet,
 * so that all before it stays in the prefix cache; a new user message would drop the reasoning and with it the prefix.
 */
export function askForSummary(messages: readonly ChatMessage[]): ChatMessage[] {
  const last = messages.at(-1)!;
  const content = `${last.content ?? ""}\n\n${SUMMARY_REQUEST}`;
  return [...messages.slice(0, -1), { ...last, content } as ChatMessage];
}
