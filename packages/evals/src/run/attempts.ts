/** The attempts of a run: its problems as they are asked, and what any process needs to make a sample of one of them. */

import type { TextTokenizer } from "@cachalot/agent";
import type { SamplingOptions, ThinkingMode } from "@cachalot/chat";
import { mixSeed } from "@cachalot/environments";
import { type AgentOptions, agentOptions, withBudget } from "../agent/agent-options.js";
import type { Benchmark, Company, Item, ItemRequest } from "../benchmark.js";
import { EvalsError } from "../errors.js";
import type { ModelFor } from "../models/scripted.js";
import { attempt } from "./attempt.js";
import { withLimits } from "./limits.js";
import type { Sample } from "./sample.js";

export interface AttemptsOptions {
  benchmark: Benchmark;
  model: ModelFor;
  /** A file or folder instead of the bundled problems, and what else they are made of. */
  data?: string;
  files?: Pick<ItemRequest, "corpus" | "environments">;
  /** Of problems with tools: what is not named is the benchmark's. */
  agent?: Partial<AgentOptions>;
  /** The model's own: counts the prompts of agents. */
  tokenizer?: TextTokenizer;
  /** Problems, in the benchmark's order. */
  limit: number;
  sampling: Omit<SamplingOptions, "seed">;
  thinkingMode: ThinkingMode;
  seed: number;
  timeoutMs: number;
  /** Tokens of an attempt, all of its turns together. Default: the benchmark's. */
  tokens?: number;
  company?: Omit<Company, "seed">;
}

/** Makes a sample of a problem. Rejects where the signal aborts, and with what is not part of the sample. */
export type MakeSample = (item: Item, sample: number, signal: AbortSignal) => Promise<Sample>;

export interface Attempts {
  items: readonly Item[];
  /** Strategy and budget, where the problems are an agent's. */
  agent: AgentOptions | undefined;
  /** In this process. The same sample has the same seed in every process. */
  make: MakeSample;
}

/** @throws EvalsError as `Benchmark.items` and `agentOptions` */
export async function openAttempts(options: AttemptsOptions): Promise<Attempts> {
  const { benchmark, model, sampling, thinkingMode, timeoutMs, seed, company, tokenizer } = options;
  const agent = agentOptions(benchmark, options.agent);
  const items = (await itemsOf(options)).map((item) => (agent ? withBudget(item, agent, timeoutMs) : item));
  const make: MakeSample = (item, sample, signal) =>
    attempt({
      ...{ benchmark, item, sample, model: model(benchmark, item), sampling, thinkingMode, timeoutMs, signal },
      ...{ seed: mixSeed("eval", seed, item.id, sample) },
      ...(company && { company }),
      ...(agent && { agent, another: () => model(benchmark, item) }),
      ...(tokenizer && { tokenizer }),
    });
  return { items, agent, make };
}

async function itemsOf({ benchmark, data, files, limit, seed, tokens, timeoutMs }: AttemptsOptions): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of benchmark.items({ ...(data !== undefined && { data }), ...files, seed, limit })) {
    const limited = tokens === undefined ? item : { ...item, budget: { ...item.budget, tokens } };
    items.push(benchmark.told ? withLimits(limited, timeoutMs / 1000) : limited);
    if (items.length >= limit) break;
  }
  if (items.length === 0)
    throw new EvalsError("bad_data", `${benchmark.name} has no problems here; pass a larger --limit`);
  return items;
}
