/** Roles: agents with a model, the corpus's own search tools, and an answer that fits a schema. */

import { runAgent, searchTools } from "@cachalot/agent";
import type { ChatMessage, ChatModel } from "@cachalot/chat";
import type * as z from "zod";
import { Dropped } from "../../pipeline.js";
import type { SearchDesk } from "../search-tools.js";

/** What roles need of the run they are part of. */
export interface ModelContext {
  model: ChatModel;
  desk: SearchDesk;
  signal: AbortSignal;
  /** Told of every run of a role. */
  spend(tokens: number): void;
}

export interface Role<T> {
  system: string;
  task: string;
  schema: z.ZodType<T>;
  /** Model calls. */
  steps: number;
  seed: number;
}

/** @throws Dropped `no-output` for a run that ends without an answer that fits */
export async function runRole<T>(
  { model, desk, signal, spend }: ModelContext,
  { system, task, schema, steps, seed }: Role<T>,
): Promise<T> {
  const messages: ChatMessage[] = [
    { role: "system", content: system },
    { role: "user", content: task },
  ];
  const events = runAgent(model, {
    ...{ messages, tools: searchTools(desk.corpus), limits: { steps }, output: { schema }, seed, signal },
  });
  for (;;) {
    const { value, done } = await events.next();
    if (!done) continue;
    spend(value.usage.promptTokens + value.usage.completionTokens);
    if (value.stopReason === "answer" && value.output !== undefined) return value.output as T;
    throw new Dropped("no-output", `the agent ended with ${value.stopReason}: ${value.text.slice(0, 200)}`);
  }
}

/** Whether a quote stands on a page as it is, whatever its spacing. */
export async function isQuoted(desk: SearchDesk, page: string, quote: string): Promise<boolean> {
  const opened = await desk.tools().open(page);
  const wanted = flat(quote);
  return opened !== undefined && wanted !== "" && flat(opened.text).includes(wanted);
}

const flat = (text: string): string => text.replace(/\s+/g, " ").trim();
