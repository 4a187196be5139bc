/** Real runs of every kind, small: what the studio's pages of runs, training, evaluations and tasks are shown with. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  calculatorTool,
  openTrace,
  recordOf,
  runAgent,
  sandboxUnavailableReason,
  TRACE_FORMAT,
  tracePath,
} from "@cachalot/agent";
import { type ChatMessage, createScriptedModel, type ScriptedPolicy } from "@cachalot/chat";
import { benchmarkNamed, type ModelFor, runBenchmark } from "@cachalot/evals";
import { loadTokenizer } from "@cachalot/model";
import { pipelineNamed, synthesise } from "@cachalot/synthesis";
import { cachalot, embedded } from "./cachalot.js";
import { sortingRecipe, writeSortingData } from "./sorting-data.js";

/** Multiplies the numbers of its task one after the other, then answers. */
export const policy: ScriptedPolicy = ({ messages }) => {
  const task = messages.findLast(({ role }) => role === "user")?.content ?? "";
  const numbers = (task.match(/\d+/g) ?? []).map(Number);
  const results = messages.filter(({ role }) => role === "tool");
  const before = results.at(-1)?.content ?? String(numbers[0] ?? 1);
  const done = Number(
    /^step (\d+)/m.exec(messages.findLast(({ role }) => role === "assistant")?.content ?? "")?.[1] ?? 0,
  );
  const next = numbers[done + 1];
  if (next === undefined || before.startsWith("Error"))
    return {
      reasoning: "Every number was used; the last result is the product.",
      content: `The product is ${before}.`,
    };
  return {
    reasoning: `So far I have ${before}. The next number is ${next}, so I multiply by it and keep the result. `.repeat(
      3,
    ),
    content: `step ${done + 1}`,
    toolCalls: [{ name: "calculator", arguments: { expression: `${before.replace(/\D/g, "") || "1"} * ${next}` } }],
  };
};

/** Runs of agents in `.cachalot`: short ones, and one whose context is cut. @returns the id of that one */
export async function makeAgentRuns(directory: string): Promise<string> {
  const cut = "20261126-090200-cut1";
  await makeAgentRun(directory, "20261126-090000-abc1", "What is 7 times 12?");
  await makeAgentRun(directory, "20261126-090100-abc2", "What is 7 times 12 times 3?");
  await makeAgentRun(directory, cut, "Multiply 3, 7, 11, 13, 17, 19, 23, 29 and 31, and tell the product.", 900);
  return cut;
}

/** A run with the trace that durable runs write, without their database, which takes long to begin. */
async function makeAgentRun(directory: string, runId: string, content: string, window?: number): Promise<void> {
  const model = createScriptedModel({ id: "scripted", turns: policy });
  const messages: ChatMessage[] = [{ role: "user", content }];
  const trace = await openTrace(tracePath(directory, runId));
  await trace.write({
    ...{ type: "run", format: TRACE_FORMAT, runId, createdAt: Date.UTC(2026, 10, 26, 9), model: model.id },
    ...{ contextLength: model.contextLength, messages: structuredClone(messages), thinkingMode: "thinking" },
    tools: [calculatorTool.definition],
  });
  const tokenizer = await loadTokenizer(embedded);
  const context = { strategy: "discard-all" as const, tokenizer, ...(window ? { window } : {}) };
  for await (const event of runAgent(model, { messages, tools: [calculatorTool], limits: { steps: 12 }, context })) {
    const record = recordOf(event);
    if (record) await trace.write(record);
  }
  await trace.close();
}

/** Two evaluations of one benchmark, whose answers differ; the second was cut off once. */
export async function makeEvals(directory: string): Promise<void> {
  const rows = Array.from({ length: 24 }, (_, i) => ({
    id: `product-${i + 1}`,
    problem: `What is ${i + 3} times ${2 * i + 5}?`,
    answer: String((i + 3) * (2 * i + 5)),
  }));
  const data = join(directory, "products.jsonl");
  await writeFile(data, rows.map((row) => JSON.stringify(row)).join("\n"));
  const answering =
    (id: string, isRight: (n: number) => boolean): ModelFor =>
    (_, item) => {
      const n = rows.findIndex((row) => row.id === item.id);
      const value = Number(rows[n]!.answer) + (isRight(n) ? 0 : 1);
      const reasoning = `${n + 3} times ${2 * n + 5} is ${value}. `.repeat(1 + (n % 4));
      if (id === "second" && n === 6)
        return createScriptedModel({ id, turns: [{ reasoning, finishReason: "length" }] });
      return createScriptedModel({ id, turns: [{ reasoning, content: `It is $\\boxed{${value}}$.` }] });
    };
  for (const [id, isRight] of [
    ["first", (n: number) => n % 3 > 0],
    ["second", (n: number) => n % 4 > 0],
  ] as const)
    await runBenchmark({
      ...{ benchmark: benchmarkNamed("final-answers"), model: answering(id, isRight), data },
      about: { model: id, engine: "scripted", codec: "none", cachalot: "test" },
      ...{ out: join(directory, "evals", `final-answers-${id}`), limit: 24, samples: 1, sampling: {} },
      ...{ thinkingMode: "thinking", seed: 0, concurrency: 4, timeoutMs: 10_000 },
    });
}

/** A synthesis run with its funnel. @returns whether it could be made: it needs a sandbox */
export async function makeTasks(directory: string): Promise<boolean> {
  if ((await sandboxUnavailableReason()) !== undefined) return false;
  const options = { count: 3, generators: ["coprime-pairs", "partitions"], levels: [0] };
  await synthesise({ pipeline: pipelineNamed("interpreter"), options, out: join(directory, "tasks", "interpreter") });
  return true;
}

/** A little fine-tuning and two steps of GRPO on the embedded base. */
export async function makeTraining(directory: string): Promise<void> {
  const data = join(directory, "data");
  await writeSortingData(data, 60);
  const recipe = join(directory, "sorting.json");
  await writeFile(recipe, JSON.stringify(sortingRecipe(data, 2)));
  const { status, stderr } = await cachalot([
    "train",
    recipe,
    "--run",
    join(directory, "runs/sorting"),
    "--no-preflight",
  ]);
  if (status !== 0) throw new Error(stderr);
}
