/** Roles of a model: an agent with tools, whose answer fits a schema. */

import { runAgent, type Tool } from "@cachalot/agent";
import type { ChatMessage, ChatModel } from "@cachalot/chat";
import type * as z from "zod";
import { Dropped } from "../pipeline.js";

export interface AgentRole<T> {
  system: string;
  task: string;
  tools: readonly Tool[];
  schema: z.ZodType<T>;
  /** Model calls. */
  steps: number;
  seed: number;
}

/** What the run around a role gives it. */
export interface RoleContext {
  model: ChatModel;
  signal: AbortSignal;
  /** Told of every run of a role. */
  spend(tokens: number): void;
}

/** @throws Dropped `no-output` for a run that ends without an answer that fits */
export async function askAgent<T>(
  { model, signal, spend }: RoleContext,
  { system, task, tools, schema, steps, seed }: AgentRole<T>,
): Promise<T> {
  const messages: ChatMessage[] = [
    { role: "system", content: system },
    { role: "user", content: task },
  ];
  const events = runAgent(model, {
    ...{ messages, tools, limits: { steps }, output: { schema }, seed, signal },
  });
  for (;;) {
    const { value, done } = await events.next();
    if (!done) continue;
    spend(value.usage.promptTokens + value.usage.completionTokens);
    if (value.stopReason === "answer" && value.output !== undefined) return value.output as T;
    throw new Dropped("no-output", `the agent ended with ${value.stopReason}: ${value.text.slice(0, 200)}`);
  }
}
