import { resolve } from "node:path";
import {
  CONTEXT_STRATEGIES,
  type ContextStrategy,
  DEFAULT_STRATEGY,
  type RunLimits,
  type RunSpec,
  TOOL_SET_NAMES,
  type ToolSetName,
} from "@cachalot/agent";
import type { SamplingOptions } from "@cachalot/chat";
import { type Command, InvalidArgumentError, Option } from "commander";
import { defined } from "../defined.js";
import { CliError } from "../errors.js";
import {
  addEngineOptions,
  addSamplingOptions,
  between,
  type EngineFlags,
  keptEngineFlags,
  samplingFrom,
  wholeNumber,
} from "../options.js";
import { addUpstreamOptions, keptUpstreamFlags, refuseLocalFlags, type UpstreamFlags } from "../upstream.js";

export interface AgentFlags extends EngineFlags, UpstreamFlags, SamplingOptions {
  ask?: true;
  tools?: ToolSetName[];
  corpus?: string;
  mcp?: string[];
  tokenizer?: string;
  system?: string;
  thinking: boolean;
  strategy: ContextStrategy;
  threshold?: number;
  window?: number;
  trajectories?: number;
  steps?: number;
  tokenLimit?: number;
  time?: number;
}

/** Which model and which tools a run has: what any process needs to go on with it. */
export interface AgentPlan {
  engine: EngineFlags;
  upstream?: UpstreamFlags & { upstream: string };
  tools: ToolSetName[];
  corpus?: string;
  mcp: string[];
  /** Directory of the tokenizer that counts an upstream's prompts. */
  tokenizer?: string;
}

function toolList(text: string): ToolSetName[] {
  const names = text.split(",").filter((name) => name !== "" && name !== "none");
  const unknown = names.find((name) => !TOOL_SET_NAMES.includes(name as ToolSetName));
  if (unknown) throw new InvalidArgumentError(`there is no ${unknown}; there are ${TOOL_SET_NAMES.join(", ")}`);
  return names as ToolSetName[];
}

export function addAgentOptions(command: Command): Command {
  command
    .option("--tools <names>", `of ${TOOL_SET_NAMES.join(",")}; none for none (default: calculator)`, toolList)
    .option("--corpus <dir>", "documents for search, open and find (.txt, .md, .html, .jsonl)")
    .option("--mcp <server...>", "tools of MCP servers: a command line, or an http:// URL")
    .option("--system <text>", "system message")
    .option("--no-thinking", "act without thinking first")
    .optionsGroup("Long runs:")
    .addOption(
      new Option("--strategy <name>", "what goes when the context is nearly full")
        .choices(CONTEXT_STRATEGIES)
        .default(DEFAULT_STRATEGY),
    )
    .option("--threshold <share>", "share of the window that is nearly full (default: 0.8)", between(0.01, 1))
    .option("--window <tokens>", "window to keep to (default: the model's context)", wholeNumber(1))
    .option("--trajectories <count>", "independent ones; the one with the fewest steps is taken", wholeNumber(1))
    .option(
      "--tokenizer <dir>",
      "directory of an upstream's tokenizer.json, to count its prompts exactly (default: they are estimated)",
    )
    .option("--steps <count>", "end after this many model calls (default: 50)", wholeNumber(1))
    .option("--token-limit <count>", "end after this many tokens, prompts and answers", wholeNumber(1))
    .option("--time <seconds>", "end after this time", wholeNumber(1))
    .optionsGroup("Model:");
  addSamplingOptions(addEngineOptions(command));
  return addUpstreamOptions(command, "A model elsewhere (in place of one on this machine):");
}

/** All that a run of these flags needs, as data. @throws CliError `invalid_input` for flags that do not go together. */
export function specFrom(task: string, flags: AgentFlags): RunSpec {
  const { upstream, strategy, threshold, window, trajectories, steps = 50, tokenLimit, time } = flags;
  const tools = [...(flags.tools ?? (flags.corpus ? [] : (["calculator"] as const)))];
  if (flags.corpus && !tools.includes("search")) tools.push("search");
  if (tools.includes("search") && !flags.corpus) {
    throw new CliError("invalid_input", "the tool search needs documents; give their directory with --corpus DIR");
  }
  if (upstream !== undefined) refuseLocalFlags(flags);
  const plan: AgentPlan = {
    engine: upstream === undefined ? keptEngineFlags(flags) : {},
    ...(upstream === undefined ? {} : { upstream: { ...keptUpstreamFlags(flags), upstream } }),
    tools,
    ...(flags.corpus ? { corpus: resolve(flags.corpus) } : {}),
    mcp: flags.mcp ?? [],
    ...(flags.tokenizer ? { tokenizer: resolve(flags.tokenizer) } : {}),
  };
  const limits: RunLimits = { steps, ...defined({ tokens: tokenLimit, durationMs: time && time * 1000 }) };
  return {
    messages: [
      ...(flags.system ? [{ role: "system" as const, content: flags.system }] : []),
      { role: "user", content: task },
    ],
    thinkingMode: flags.thinking ? "thinking" : "chat",
    sampling: samplingFrom(flags),
    limits,
    context: { strategy, ...defined({ threshold, window }) },
    ...defined({ trajectories }),
    ...(flags.ask ? { approval: "ask" as const } : {}),
    agent: plan,
  };
}
