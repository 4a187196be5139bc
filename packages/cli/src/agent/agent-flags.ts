import { resolve } from "node:path";
import {
  CONTEXT_STRATEGIES,
  type ContextStrategy,
  DEFAULT_STRATEGY,
  type RunLimits,
  type RunSpec,
  TOOL_SET_NAMES,
  type ToolPlan,
  type ToolSetName,
  type WorkspacePlan,
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
  repeated,
  samplingFrom,
  wholeNumber,
} from "../options.js";
import {
  addUpstreamOptions,
  keptUpstreamFlags,
  refuseLocalFlags,
  refuseUpstreamFlags,
  type UpstreamFlags,
} from "../upstream.js";

export interface AgentFlags extends EngineFlags, UpstreamFlags, SamplingOptions {
  ask?: true;
  tools?: ToolSetName[];
  corpus?: string;
  mcp?: string[];
  mcpEnv?: string[];
  mcpHeader?: string[];
  workspace?: string;
  include?: string[];
  apply?: true;
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

/** Which model a run has: what any process needs to go on with it. */
export interface ModelPlan {
  engine: EngineFlags;
  upstream?: UpstreamFlags & { upstream: string };
  /** Directory of the tokenizer that counts an upstream's prompts. */
  tokenizer?: string;
}

/** The plan of the model that the flags name. @throws CliError `invalid_input` for flags of the other kind of model */
export function modelPlanFrom(flags: EngineFlags & UpstreamFlags): ModelPlan {
  const { upstream } = flags;
  if (upstream === undefined) {
    refuseUpstreamFlags(flags);
    return { engine: keptEngineFlags(flags) };
  }
  refuseLocalFlags(flags);
  return { engine: {}, upstream: { ...keptUpstreamFlags(flags), upstream } };
}

/** Which model and which tools, and whether the user wants its changes applied when it ends with an answer. */
export type AgentPlan = ModelPlan & ToolPlan & { apply?: true };

const SANDBOX_TOOLS: readonly ToolSetName[] = ["bash", "python", "editor"];

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
    .option(
      "--workspace <dir>",
      "work on this folder: copied in, the changes shown at the end and applied if you say so",
    )
    .option("--include <path>", "copy this too although .gitignore leaves it out; may be repeated", repeated)
    .option("--apply", "apply the changes without a question when the run ends with an answer")
    .option(
      "--mcp <server>",
      "tools of an MCP server: a command line, a URL, or a .json file with mcpServers; may be repeated",
      repeated,
    )
    .option("--mcp-env <name>", "environment variable to hand to MCP servers; may be repeated", repeated)
    .option("--mcp-header <header>", 'for MCP servers at URLs, "Name: $VARIABLE"; may be repeated', repeated)
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

const defaultTools = ({ corpus, workspace }: AgentFlags): ToolSetName[] => {
  if (workspace !== undefined) return ["bash", "editor"];
  return corpus === undefined ? ["calculator"] : [];
};

/** @throws CliError `invalid_input` for flags that make no sense with a folder, or without */
function workspaceFrom(folder: string, tools: readonly ToolSetName[], flags: AgentFlags): WorkspacePlan {
  if (!tools.some((name) => SANDBOX_TOOLS.includes(name))) {
    throw new CliError("invalid_input", "--workspace needs a tool that sees files; give --tools bash,editor");
  }
  if ((flags.trajectories ?? 1) > 1) {
    throw new CliError(
      "invalid_input",
      "--workspace is for one trajectory, whose changes you review; leave out --trajectories",
    );
  }
  return { directory: resolve(folder), ...defined({ include: flags.include }) };
}

/** A header's secret belongs in a variable: what is written here is kept with the run. */
function refuseSecrets(headers: readonly string[] = []): void {
  const bare = headers.find((header) => /^[^:]*(auth|key|token|secret|cookie)[^:]*:[^$]*$/i.test(header));
  if (bare === undefined) return;
  const name = bare.slice(0, bare.indexOf(":"));
  throw new CliError(
    "invalid_input",
    `a run keeps its flags; write '--mcp-header "${name}: $VARIABLE"' and export the variable`,
  );
}

/** All that a run of these flags needs, as data. @throws CliError `invalid_input` for flags that do not go together. */
export function specFrom(task: string, flags: AgentFlags): RunSpec {
  const { strategy, threshold, window, trajectories, steps = 50, tokenLimit, time } = flags;
  const tools = [...(flags.tools ?? defaultTools(flags))];
  if (flags.corpus && !tools.includes("search")) tools.push("search");
  if (tools.includes("search") && !flags.corpus) {
    throw new CliError("invalid_input", "the tool search needs documents; give their directory with --corpus DIR");
  }
  for (const flag of ["apply", "include"] as const) {
    if (flags[flag] && !flags.workspace)
      throw new CliError("invalid_input", `--${flag} belongs to --workspace DIR; give the folder`);
  }
  refuseSecrets(flags.mcpHeader);
  const plan: AgentPlan = {
    ...modelPlanFrom(flags),
    tools,
    ...(flags.corpus ? { corpus: resolve(flags.corpus) } : {}),
    mcp: { servers: flags.mcp ?? [], ...defined({ env: flags.mcpEnv, headers: flags.mcpHeader }), cwd: process.cwd() },
    ...(flags.workspace ? { workspace: workspaceFrom(flags.workspace, tools, flags) } : {}),
    ...(flags.apply ? { apply: true } : {}),
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
