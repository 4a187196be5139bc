/** Self-test of a grader: the gold is right; the spoilt gold, no answer and rubbish are not; what is cut off is not measured. */

import type { AssistantMessage, FinishReason } from "@cachalot/chat";
import { agentOptions } from "../agent/agent-options.js";
import type { Benchmark, Item } from "../benchmark.js";
import { modelSaying } from "../models/scripted.js";
import { attempt } from "../run/attempt.js";
import type { Sample } from "../run/sample.js";

export interface SelfTestCase {
  name: string;
  /** What an answer of this kind may be. */
  allowed: readonly Sample["verdict"][];
  runs: number;
  failures: { item: string; verdict: Sample["verdict"]; because: string }[];
}

interface Script {
  name: string;
  allowed: readonly Sample["verdict"][];
  says(benchmark: Benchmark, item: Item): readonly AssistantMessage[];
  finishReason?: FinishReason;
  /** It does nothing: right where nothing is to be done. */
  saysNothing?: true;
}

const one = (content: string): readonly AssistantMessage[] => [{ role: "assistant", content }];

const SCRIPTS: readonly Script[] = [
  { name: "the gold answer", allowed: ["right"], says: (benchmark, item) => benchmark.oracle(item) },
  { name: "the gold answer again", allowed: ["right"], says: (benchmark, item) => benchmark.oracle(item) },
  // A word that is no number is for a judge: then it is not measured, but never right.
  {
    name: "the gold answer, spoilt",
    allowed: ["wrong", "not measured"],
    says: (benchmark, item) => benchmark.wrong(item),
  },
  {
    name: "the gold answer, cut off",
    allowed: ["not measured"],
    says: (benchmark, item) => benchmark.oracle(item).slice(-1),
    finishReason: "length",
  },
  {
    name: "the gold answer in thinking that does not end",
    allowed: ["not measured"],
    says: (benchmark, item) => one(`<think>${benchmark.oracle(item).at(-1)!.content ?? ""}`),
  },
  { name: "no answer", allowed: ["wrong"], says: () => one("") },
  { name: "white space", allowed: ["wrong"], says: () => one(" \n\t ") },
  { name: "a refusal", allowed: ["wrong", "not measured"], says: () => one("I do not know."), saysNothing: true },
  {
    name: "an output bomb",
    allowed: ["wrong", "not measured"],
    says: () => one("0123456789".repeat(200_000)),
    saysNothing: true,
  },
];

/** Runs every script on every item. @param hostile answers of the benchmark's own kind, none of which may be right */
export async function selfTest(
  benchmark: Benchmark,
  items: readonly Item[],
  { hostile = benchmark.hostile?.() ?? [] } = {},
): Promise<SelfTestCase[]> {
  const scripts = [
    ...SCRIPTS,
    ...hostile.map(
      ({ name, says }): Script => ({ name, says: (_, item) => one(says(item)), allowed: ["wrong", "not measured"] }),
    ),
  ];
  const cases: SelfTestCase[] = [];
  for (const script of scripts) {
    const failures: SelfTestCase["failures"] = [];
    for (const item of items) {
      const { verdict, because } = await attemptOf(benchmark, item, script);
      const idle = script.saysNothing && verdict === "right" && benchmark.isIdle?.(item);
      if (!idle && !script.allowed.includes(verdict)) failures.push({ item: item.id, verdict, because });
    }
    cases.push({ name: script.name, allowed: script.allowed, runs: items.length, failures });
  }
  return cases;
}

function attemptOf(benchmark: Benchmark, item: Item, script: Script): Promise<Sample> {
  const agent = agentOptions(benchmark, undefined);
  return attempt({
    ...{
      benchmark,
      item,
      sample: 0,
      model: modelSaying("self-test", script.says(benchmark, item), script.finishReason),
    },
    ...(agent && { agent }),
    ...{ sampling: {}, thinkingMode: "chat" as const, seed: 0, timeoutMs: 60_000 },
  });
}
