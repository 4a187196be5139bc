import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { SamplingOptions } from "@cachalot/chat";
import { type EngineOptions, type LocalEngine, startEngine } from "@cachalot/engine";
import type { DeviceName } from "@cachalot/tensor";
import { type Command, InvalidArgumentError, Option } from "commander";
import { CliError } from "./errors.js";

/** A number option; `check` names what is wrong with a value, if anything. */
function numberOption(check: (value: number) => string | undefined) {
  return (text: string): number => {
    const value = Number(text);
    const problem = text.trim() === "" || !Number.isFinite(value) ? "must be a number" : check(value);
    if (problem) throw new InvalidArgumentError(problem);
    return value;
  };
}

export const wholeNumber = (min: number) =>
  numberOption((value) => (Number.isInteger(value) && value >= min ? undefined : `must be a whole number from ${min}`));

export const between = (min: number, max: number) =>
  numberOption((value) => (value >= min && value <= max ? undefined : `must be from ${min} to ${max}`));

/** The checkpoint used where none is named. */
export function embeddedModel(): string {
  return process.env.CACHALOT_MODEL ?? fileURLToPath(new URL("../../../models/embedded", import.meta.url));
}

export function deviceOption(): Option {
  return new Option("--device <name>", "where to compute (default: cpu, or reference without a native addon)").choices([
    "cpu",
    "reference",
  ]);
}

/** Adds what every command with a running model takes. */
export function addEngineOptions(command: Command): Command {
  return command
    .option("-m, --model <dir>", "checkpoint directory (default: the embedded model)")
    .addOption(deviceOption())
    .addOption(new Option("--weights <dtype>", "how large matrices are kept in memory").choices(["f32", "bf16", "q8"]))
    .addOption(
      new Option("--attention <mode>", "default: sparse where the model has an indexer").choices(["dense", "sparse"]),
    )
    .option("--no-draft", "do not guess ahead, where the model has a multi-token-prediction layer")
    .option("--context <tokens>", "prompt and answer together, at most what the model was made for", wholeNumber(1));
}

export interface EngineFlags {
  model?: string;
  device?: DeviceName;
  weights?: "f32" | "bf16" | "q8";
  attention?: "dense" | "sparse";
  context?: number;
  draft?: boolean;
}

/** Starts the engine on the model the flags name. @throws CliError `missing_model` when there is none. */
export async function engineFrom(flags: EngineFlags, more: EngineOptions = {}): Promise<LocalEngine> {
  const dir = flags.model ?? embeddedModel();
  if (!existsSync(dir)) throw new CliError("missing_model", `there is no checkpoint at ${dir}; pass --model DIR`);
  return startEngine(dir, {
    ...(flags.device ? { device: flags.device } : {}),
    ...(flags.weights ? { weights: flags.weights } : {}),
    ...(flags.attention ? { attention: flags.attention } : {}),
    ...(flags.context ? { contextLength: flags.context } : {}),
    ...(flags.draft === false ? { draft: false } : {}),
    ...(flags.model ? {} : { id: "cachalot-embedded" }),
    ...more,
  });
}

/** Adds how tokens are drawn. */
export function addSamplingOptions(command: Command): Command {
  return command
    .option("--temperature <number>", "0 always takes the most probable token (default: 1)", between(0, 100))
    .option("--top-p <number>", "draw from the most probable tokens of this mass (default: 0.95)", between(1e-6, 1))
    .option("--top-k <count>", "draw from this many tokens at most (default: all)", wholeNumber(0))
    .option("--seed <number>", "the same seed gives the same answer", wholeNumber(0))
    .option("--max-tokens <count>", "end the answer here (default: the end of the context)", wholeNumber(1))
    .option("--stop <text...>", "end the answer before this text");
}

export function samplingFrom(flags: SamplingOptions): SamplingOptions {
  const { temperature, topP, topK, seed, maxTokens, stop } = flags;
  return {
    ...(temperature !== undefined ? { temperature } : {}),
    ...(topP !== undefined ? { topP } : {}),
    ...(topK !== undefined ? { topK } : {}),
    ...(seed !== undefined ? { seed } : {}),
    ...(maxTokens !== undefined ? { maxTokens } : {}),
    ...(stop !== undefined ? { stop } : {}),
  };
}
