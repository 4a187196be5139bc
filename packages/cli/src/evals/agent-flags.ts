/** Flags of evaluations with tools: strategy, budgets, and what problems are made of beside their file. */

import { CONTEXT_STRATEGIES } from "@cachalot/agent";
import type { AgentOptions, AgentStrategy, ItemRequest } from "@cachalot/evals";
import type { Command } from "commander";
import { defined } from "../defined.js";
import { wholeNumber } from "../options.js";

export interface AgentEvalFlags {
  corpus?: string;
  environments?: string;
  strategy?: AgentStrategy;
  trajectories?: number;
  steps?: number;
  tokenLimit?: number;
  window?: number;
}

export function addAgentEvalOptions(command: Command): Command {
  return command
    .optionsGroup("Problems for an agent:")
    .option("--corpus <path>", 'documents to search: JSON lines of {"id", "title", "text"}, or a folder')
    .option(
      "--environments <path>",
      "task folders that instances are worked on in, such as cachalot tasks mine makes; of mcp-universe the file of servers",
    )
    .option(
      "--strategy <name>",
      `what goes when the context is nearly full: ${CONTEXT_STRATEGIES.join(", ")}, or fewest-steps (default: none)`,
    )
    .option("--trajectories <count>", "of fewest-steps (default: 4)", wholeNumber(1))
    .option(
      "--steps <count>",
      "model calls of a trajectory, which the agent is told (default: the benchmark's)",
      wholeNumber(1),
    )
    .option("--token-limit <count>", "tokens of a trajectory, prompts and answers, which it is told", wholeNumber(1))
    .option("--window <tokens>", "window to keep to (default: the model's context)", wholeNumber(1));
}

/** undefined where none of it is asked for. */
export function agentFrom(flags: AgentEvalFlags): Partial<AgentOptions> | undefined {
  const { strategy, trajectories, steps, tokenLimit: tokens, window } = flags;
  const asked = defined({ strategy, trajectories, steps, tokens, window });
  return Object.keys(asked).length === 0 ? undefined : asked;
}

export const filesFrom = ({ corpus, environments }: AgentEvalFlags): Pick<ItemRequest, "corpus" | "environments"> =>
  defined({ corpus, environments });
