/** Context strategies on a search task longer than the window, with a scripted agent that knows only what its prompt shows it. */

import { join } from "node:path";
import {
  type AgentResult,
  agentResult,
  openCorpus,
  runAgent,
  runFewestSteps,
  searchTools,
  type Tool,
} from "@cachalot/agent";
import { createScriptedModel } from "@cachalot/chat";
import { loadTokenizer } from "@cachalot/model";
import { embeddedModel } from "../../options.js";
import { defineStep, type StepContext } from "../step.js";
import { type RelayQuestion, relaySearcher, writeRelayTask } from "../strategies/relay-task.js";

const STRATEGIES = ["none", "summary", "discard-75", "discard-all", "fewest-steps"] as const;
type Strategy = (typeof STRATEGIES)[number];

export interface StrategyRow {
  strategy: Strategy;
  questions: number;
  answered: number;
  /** Means of a question, of all trajectories together. */
  steps: number;
  promptTokens: number;
}

/** Tokens: that of the embedded model. */
const WINDOW = 4096;
const TRAJECTORIES = 4;
const MOST_STEPS = 120;

type Tokenizer = Awaited<ReturnType<typeof loadTokenizer>>;

export const strategies = defineStep<{ window: number; rows: StrategyRow[] }>({
  name: "strategies",
  title: "context strategies on a search task longer than the window, with a scripted agent",
  needs: [],
  recipes: () => [],
  settings: (scale) => scale.strategies,
  async run({ scale, dir, progress, signal }) {
    const folder = join(dir, "strategies");
    const questions = writeRelayTask(folder, { ...scale.strategies, seed: 3 });
    const corpus = await openCorpus(folder);
    try {
      const tools = searchTools(corpus);
      return { window: WINDOW, rows: await rowsOf(questions, tools, { progress, signal }) };
    } finally {
      await corpus.close();
    }
  },
});

async function rowsOf(
  questions: readonly RelayQuestion[],
  tools: readonly Tool[],
  { progress, signal }: Pick<StepContext, "progress" | "signal">,
): Promise<StrategyRow[]> {
  const tokenizer = await loadTokenizer(embeddedModel());
  const rows: StrategyRow[] = [];
  for (const [i, strategy] of STRATEGIES.entries()) {
    let [answered, steps, promptTokens] = [0, 0, 0];
    for (const [seed, question] of questions.entries()) {
      signal.throwIfAborted();
      progress.at(`${strategy} · question`, i * questions.length + seed, STRATEGIES.length * questions.length);
      const { text, all } = await answer(strategy, question, seed, tools, tokenizer);
      if (text.includes(question.answer)) answered++;
      for (const result of all) {
        steps += result.steps / questions.length;
        promptTokens += result.usage.promptTokens / questions.length;
      }
    }
    rows.push({ strategy, questions: questions.length, answered, steps, promptTokens });
  }
  return rows;
}

/** @returns what was answered, and every trajectory that was run for it */
async function answer(
  strategy: Strategy,
  { text }: RelayQuestion,
  seed: number,
  tools: readonly Tool[],
  tokenizer: Tokenizer,
): Promise<{ text: string; all: AgentResult[] }> {
  const model = createScriptedModel({ turns: relaySearcher(seed), contextLength: WINDOW });
  const options = {
    messages: [{ role: "user" as const, content: text }],
    tools,
    limits: { steps: MOST_STEPS },
    seed: 1,
  };
  if (strategy !== "fewest-steps") {
    const result = await agentResult(runAgent(model, { ...options, context: { strategy, tokenizer } }));
    return { text: result.text, all: [result] };
  }
  const run = runFewestSteps(model, { ...options, context: { strategy: "none", tokenizer } }, TRAJECTORIES);
  let next = await run.next();
  while (!next.done) next = await run.next();
  const { results, taken } = next.value;
  return { text: results[taken]!.text, all: results };
}
