/** The conversation: the agent loop of a page. The model thinks, calls the calculator, reads its result, answers. */

import { calculate, calculatorDefinition } from "@cachalot/agent/calculator";
import {
  type AssistantMessage,
  type ChatEvent,
  type ChatMessage,
  collectMessage,
  type GeneratedTokens,
  type GenerateRequest,
  type ThinkingMode,
  type TokenLogprob,
  type ToolMessage,
} from "@cachalot/chat";
import { signal } from "@preact/signals";
import type { LoadedModel } from "./model/model-state.js";

/** Calls of the model for one question: a calculator that is asked again and again ends somewhere. */
const MOST_CALLS = 6;
const MAX_TOKENS = 400;

/** One call of the model, as it was asked and what it sampled. */
export interface ModelCall {
  request: GenerateRequest;
  tokens: GeneratedTokens;
  logprobs: readonly TokenLogprob[];
  /** To the first token, in milliseconds; prompt tokens found in the prefix cache are not read again. */
  firstTokenMs: number;
  cachedTokens: number;
  tokensPerSecond: number;
}

export const messages = signal<readonly ChatMessage[]>([]);
/** The answer that is being written. */
export const writing = signal<AssistantMessage | undefined>(undefined);
export const calls = signal<readonly ModelCall[]>([]);
export const trouble = signal("");
export const thinkingMode = signal<ThinkingMode>("thinking");
/** 0: always the likeliest token. */
export const temperature = signal(0);

let running: AbortController | undefined;

/** What the next question would be asked with. */
export function requestFor(conversation: readonly ChatMessage[]): GenerateRequest {
  return { messages: [...conversation], tools: [calculatorDefinition], thinkingMode: thinkingMode.value };
}

/** Asks a question and follows it to its answer; what fails is told in `trouble`, and nothing said is lost. */
export async function ask(model: LoadedModel, question: string): Promise<void> {
  if (running) return;
  running = new AbortController();
  trouble.value = "";
  messages.value = [...messages.value, { role: "user", content: question }];
  try {
    for (let call = 0; call < MOST_CALLS; call++) {
      const message = await answerOnce(model, running.signal);
      messages.value = [...messages.value, message];
      const results = (message.tool_calls ?? []).map(runCall);
      if (results.length === 0) break;
      messages.value = [...messages.value, ...results];
    }
  } catch (error) {
    trouble.value = error instanceof Error ? error.message : String(error);
  } finally {
    writing.value = undefined;
    running = undefined;
  }
}

export function stop(): void {
  running?.abort();
}

export function clear(): void {
  stop();
  messages.value = [];
  calls.value = [];
  trouble.value = "";
}

function runCall({
  id,
  function: { name, arguments: text },
}: NonNullable<AssistantMessage["tool_calls"]>[number]): ToolMessage {
  const result = (content: string): ToolMessage => ({ role: "tool", content, ...(id ? { tool_call_id: id } : {}) });
  if (name !== "calculator") return result(`Error: there is no tool ${name}; use calculator`);
  try {
    return result(calculate((JSON.parse(text) as { expression?: unknown }).expression));
  } catch {
    return result("Error: the arguments are no JSON object");
  }
}

async function answerOnce({ engine }: LoadedModel, abort: AbortSignal): Promise<AssistantMessage> {
  const request = requestFor(messages.value);
  const began = performance.now();
  let first = 0;
  let tokens: GeneratedTokens | undefined;
  const events = engine.generate({
    ...request,
    temperature: temperature.value,
    maxTokens: MAX_TOKENS,
    topLogprobs: 5,
    record: { selection: true },
    signal: abort,
  });
  const { message, usage, logprobs } = await collectMessage(
    observed(events, (event) => {
      if (event.type === "logprobs") first ||= performance.now();
      if (event.type === "generated") tokens = event.tokens;
      show(event);
    }),
  );
  writing.value = undefined;
  const seconds = (performance.now() - first) / 1000;
  if (tokens)
    calls.value = [
      ...calls.value,
      {
        request,
        tokens,
        logprobs,
        firstTokenMs: first - began,
        cachedTokens: usage.cachedTokens,
        tokensPerSecond: Math.max(0, usage.completionTokens - 1) / seconds,
      },
    ];
  return message;
}

async function* observed(events: AsyncIterable<ChatEvent>, see: (event: ChatEvent) => void): AsyncGenerator<ChatEvent> {
  for await (const event of events) {
    see(event);
    yield event;
  }
}

/** Adds an event to the answer that is being written. */
function show(event: ChatEvent): void {
  const now = writing.value ?? { role: "assistant" as const };
  if (event.type === "content") writing.value = { ...now, content: (now.content ?? "") + event.delta };
  if (event.type === "reasoning")
    writing.value = { ...now, reasoning_content: (now.reasoning_content ?? "") + event.delta };
}
