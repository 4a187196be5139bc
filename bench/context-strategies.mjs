// What the context strategies cost and what they are good for, on a search task that does not fit the window. Decisions are
// a script's; prompts are the embedded model's: its tokenizer counts them, its engine reads them, its prefix cache serves
// what it can.
//   node bench/context-strategies.mjs [--questions n] [--hops 3,4] [--out FILE] [--plot FILE]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { agentResult, openCorpus, runAgent, runFewestSteps, searchTools } from "@cachalot/agent";
import { chatCompletion, chatPrompt, createScriptedModel } from "@cachalot/chat";
import { startEngine } from "@cachalot/engine";
import { loadTokenizer } from "@cachalot/model";
import { relaySearcher, writeRelayTask } from "../packages/cli/dist/reproduce/strategies/relay-task.js";
import { writeStrategyPlot } from "./plot.mjs";
import { publish } from "./report.mjs";

const { values: options } = parseArgs({
  options: {
    questions: { type: "string", default: "20" },
    hops: { type: "string", default: "3,4" },
    threads: { type: "string" },
    out: { type: "string" },
    plot: { type: "string" },
  },
});
const embedded = fileURLToPath(new URL("../models/embedded", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "cachalot-context-"));
const hops = options.hops.split(",").map(Number);
const questions = writeRelayTask(directory, { questions: Number(options.questions), hops, seed: 3 });
const tools = searchTools(await openCorpus(directory));
const tokenizer = await loadTokenizer(embedded);
const engine = await startEngine(embedded, { cacheBytes: 2 ** 30 });
const limits = { steps: 120 };
const TRAJECTORIES = 4;

const NO_USAGE = { promptTokens: 0, completionTokens: 0, reasoningTokens: 0, cachedTokens: 0 };

/** The script's words, the engine's reading. */
function createModel(seed) {
  const script = createScriptedModel({ turns: relaySearcher(seed), contextLength: engine.contextLength });
  return {
    id: "searcher",
    contextLength: engine.contextLength,
    /** @returns {AsyncGenerator<import("../packages/chat/dist/index.js").ChatEvent, void, undefined>} */
    async *generate(request) {
      /** @type {import("../packages/chat/dist/index.js").Usage | undefined} */
      let usage;
      for await (const event of engine.complete({ prompt: chatPrompt(request), maxTokens: 1, temperature: 0 })) {
        if (event.type === "usage") usage = event.usage;
      }
      /** @type {import("../packages/chat/dist/index.js").ToolCall[]} */
      const calls = [];
      const message = {
        role: /** @type {const} */ ("assistant"),
        content: "",
        reasoning_content: "",
        tool_calls: calls,
      };
      for await (const event of script.generate(request)) {
        if (event.type === "reasoning") message.reasoning_content += event.delta;
        else if (event.type === "content") message.content += event.delta;
        else if (event.type === "tool-call")
          calls.push({ id: event.id, function: { name: event.name, arguments: "" } });
        else if (event.type === "tool-call-arguments") calls[event.index].function.arguments += event.delta;
        if (event.type !== "usage") yield event;
        else {
          const completionTokens = tokenizer.encode(chatCompletion(request, message)).length;
          yield { type: "usage", usage: { ...NO_USAGE, ...usage, completionTokens } };
        }
      }
    },
  };
}

async function answer(strategy, { text }, seed) {
  /** @type {import("../packages/chat/dist/index.js").ChatMessage[]} */
  const messages = [{ role: "user", content: text }];
  if (strategy.startsWith("fewest")) {
    const context = { strategy: /** @type {const} */ ("none"), tokenizer };
    const run = runFewestSteps(createModel(seed), { messages, tools, limits, context, seed: 1 }, TRAJECTORIES);
    let next = await run.next();
    while (!next.done) next = await run.next();
    const { results, taken } = next.value;
    return { text: results[taken].text, all: results };
  }
  const run = runAgent(createModel(seed), { messages, tools, limits, context: { strategy, tokenizer }, seed: 1 });
  const result = await agentResult(run);
  return { text: result.text, all: [result] };
}

const results = [];
for (const strategy of ["none", "summary", "discard-75", "discard-all", `fewest steps of ${TRAJECTORIES}`]) {
  const totals = { answered: 0, steps: 0, promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
  const started = performance.now();
  for (const [seed, question] of questions.entries()) {
    const { text, all } = await answer(strategy, question, seed);
    if (text.includes(question.answer)) totals.answered++;
    for (const { steps, usage } of all) {
      totals.steps += steps;
      for (const name of ["promptTokens", "cachedTokens", "completionTokens"]) totals[name] += usage[name];
    }
  }
  const means = Object.fromEntries(Object.entries(totals).map(([name, value]) => [name, value / questions.length]));
  const seconds = (performance.now() - started) / 1000 / questions.length;
  results.push({ strategy, ...means, cachedShare: totals.cachedTokens / totals.promptTokens, seconds });
}
await engine.close();
rmSync(directory, { recursive: true });

publish({ window: engine.contextLength, questions: questions.length, results }, options, () => {
  console.log("strategy             answered  steps  tokens read  cached  encoded  written  seconds   (per question)");
  for (const row of results) {
    const { strategy, answered, steps, promptTokens, cachedTokens, cachedShare, completionTokens, seconds } = row;
    const cells = [
      `${Math.round(100 * answered)} %`.padStart(8),
      steps.toFixed(1).padStart(5),
      promptTokens.toFixed(0).padStart(11),
      `${Math.round(100 * cachedShare)} %`.padStart(6),
      (promptTokens - cachedTokens).toFixed(0).padStart(7),
      completionTokens.toFixed(0).padStart(7),
      seconds.toFixed(1).padStart(7),
    ];
    console.log(`${strategy.padEnd(20)} ${cells.join("  ")}`);
  }
});
if (options.plot) {
  await writeStrategyPlot(options.plot, results, {
    title: "Context strategies on a search task longer than the window",
    subtitle: `${questions.length} questions of ${hops.join(" and ")} hops, window of ${engine.contextLength} tokens, strategies at 80 %`,
  });
}
