import { calculatorTool, runAgent } from "@cachalot/agent";
import type { ChatMessage, ThinkingMode } from "@cachalot/chat";
import { type LocalEngine, startEngine } from "@cachalot/engine";
import { calculatorProblems } from "@cachalot-recipes/embedded";
import { afterAll, beforeAll, expect, test } from "vitest";

const PROBLEMS = 50;
/** Far from the seeds the training conversations were drawn from. */
const SEED = 987_654;

let engine: LocalEngine;
beforeAll(async () => {
  engine = await startEngine(new URL("../models/embedded", import.meta.url).pathname);
});
afterAll(() => engine.close());

async function solves(question: string, result: string, thinkingMode: ThinkingMode): Promise<boolean> {
  const messages: ChatMessage[] = [{ role: "user", content: question }];
  let computed: string | undefined;
  for await (const event of runAgent(engine, {
    messages,
    tools: [calculatorTool],
    temperature: 0,
    maxTokens: 200,
    limits: { steps: 4 },
    thinkingMode,
  }))
    if (event.type === "tool-result") computed = event.content;
  return computed === result && (messages.at(-1)?.content ?? "").includes(result);
}

test.each(["thinking", "chat"] as const)("calls the calculator correctly on new problems (%s mode)", async (mode) => {
  let solved = 0;
  for (const { question, result } of calculatorProblems(SEED, PROBLEMS))
    if (await solves(question, result, mode)) solved++;
  expect(solved / PROBLEMS).toBeGreaterThanOrEqual(0.8);
});
