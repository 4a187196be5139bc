import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import type { SamplingOptions } from "@cachalot/chat";
import { type EngineOptions, type LocalEngine, startEngine } from "@cachalot/engine";
import { type DeviceName, deviceNames } from "@cachalot/tensor";
import { type Command, InvalidArgumentError, Option } from "commander";
import { defined } from "./defined.js";
import { CliError } from "./errors.js";
import { readJson } from "./read-input.js";

/** A number option; `check` names what is wrong with a value, if anything. */
function numberOption(check: (value: number) => string | undefined) {
  return (text: string): number => {
    const value = Number(text);
    const problem = text.trim() === "" || !Number.isFinite(value) ? "must be a number" : check(value);
    if (problem) throw new InvalidArgumentError(problem);
    return value;
  };
}

/** Adds a value of an option that may be given several times: one that takes a list would eat the arguments after it. */
export const repeated = (value: string, before: string[] = []): string[] => [...before, value];

export const wholeNumber = (min: number) =>
  numberOption((value) => (Number.isInteger(value) && value >= min ? undefined : `must be a whole number from ${min}`));

export const between = (min: number, max: number) =>
  numberOption((value) => (value >= min && value <= max ? undefined : `must be from ${min} to ${max}`));

/** The checkpoint used where none is named: a package of its own, wherever npm put it. */
export const embeddedModel = (): string => process.env.CACHALOT_MODEL || shippedModel("embedded");

function shippedModel(name: string): string {
  const manifest = createRequire(import.meta.url).resolve("@cachalot/embedded-model/package.json");
  return join(dirname(manifest), name);
}

/** The directory that `--model` means: one that is there, or what ships under that name, such as `embedded-speciale`. */
export function modelNamed(name: string): string {
  if (!/^embedded[a-z-]*$/.test(name) || existsSync(name)) return name;
  const shipped = shippedModel(name);
  return existsSync(shipped) ? shipped : name;
}

/** What clients call it. */
export const embeddedModelId = "cachalot-embedded";

export function deviceOption(): Option {
  return new Option("--device <name>", "where to compute (default: the first of these that works here)").choices([
    ...deviceNames,
  ]);
}

export interface EngineFlags {
  model?: string;
  device?: DeviceName;
  weights?: "f32" | "bf16" | "q8";
  attention?: "dense" | "sparse";
  context?: number;
  /** False with --no-draft. */
  draft?: boolean;
}

/** The one list of the engine's flags: how each is given, and what the engine makes of it. */
const ENGINE_FLAGS: {
  [F in keyof Required<EngineFlags>]: { option: Option; toEngine(value: NonNullable<EngineFlags[F]>): EngineOptions };
} = {
  model: {
    option: new Option(
      "-m, --model <dir>",
      "checkpoint directory, or embedded-speciale: reasoning alone (default: the embedded model)",
    ).argParser(modelNamed),
    toEngine: () => ({}),
  },
  device: { option: deviceOption(), toEngine: (device) => ({ device }) },
  weights: {
    option: new Option("--weights <dtype>", "how large matrices are kept in memory").choices(["f32", "bf16", "q8"]),
    toEngine: (weights) => ({ weights }),
  },
  attention: {
    option: new Option("--attention <mode>", "default: sparse where the model has an indexer").choices([
      "dense",
      "sparse",
    ]),
    toEngine: (attention) => ({ attention }),
  },
  draft: {
    option: new Option("--no-draft", "do not guess ahead, where the model has a multi-token-prediction layer"),
    toEngine: (draft) => (draft ? {} : { draft: false }),
  },
  context: {
    option: new Option(
      "--context <tokens>",
      "prompt and answer together, at most what the model was made for",
    ).argParser(wholeNumber(1)),
    toEngine: (contextLength) => ({ contextLength }),
  },
};

const ENGINE_FLAG_NAMES = Object.keys(ENGINE_FLAGS) as (keyof EngineFlags)[];

/** Adds what every command with a running model takes. */
export function addEngineOptions(command: Command): Command {
  for (const { option } of Object.values(ENGINE_FLAGS)) command.addOption(option);
  return command;
}

/** The engine's flags that were given, and nothing else: what a program must keep to start the same engine again. */
export function engineFlagsFrom(flags: EngineFlags): EngineFlags {
  const given = ENGINE_FLAG_NAMES.filter((name) => flags[name] !== undefined && !(name === "draft" && flags.draft));
  return Object.fromEntries(given.map((name) => [name, flags[name]]));
}

/** `engineFlagsFrom`, for another process in another directory and environment: the model by its full path. */
export function keptEngineFlags(flags: EngineFlags): EngineFlags {
  const { model = process.env.CACHALOT_MODEL, ...rest } = engineFlagsFrom(flags);
  return { ...(model === undefined ? {} : { model: resolve(model) }), ...rest };
}

/** The checkpoint the flags name. @throws CliError `missing_model` when there is none. */
export function modelDirectory(flags: EngineFlags): string {
  const dir = flags.model ?? embeddedModel();
  if (!existsSync(dir)) throw new CliError("missing_model", `there is no checkpoint at ${dir}; pass --model DIR`);
  return dir;
}

/** Whether a checkpoint says of itself that it was trained without chat mode and tools: `thinking_only` of its generation_config.json. */
async function isThinkingOnly(dir: string): Promise<boolean> {
  const path = join(dir, "generation_config.json");
  if (!existsSync(path)) return false;
  const config = (await readJson(path)) as { thinking_only?: unknown } | null;
  return config?.thinking_only === true;
}

/** Starts the engine on the model the flags name. @throws CliError `missing_model` when there is none. */
export async function engineFrom(flags: EngineFlags, more: EngineOptions = {}): Promise<LocalEngine> {
  const dir = modelDirectory(flags);
  const given = ENGINE_FLAG_NAMES.filter((name) => flags[name] !== undefined);
  const options = given.map((name) => (ENGINE_FLAGS[name].toEngine as (value: unknown) => EngineOptions)(flags[name]));
  return startEngine(dir, {
    ...Object.assign({}, ...options),
    ...(flags.model ? {} : { id: embeddedModelId }),
    thinkingOnly: await isThinkingOnly(dir),
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
    .option("--stop <text>", "end the answer before this text; may be repeated", repeated);
}

export function samplingFrom({ temperature, topP, topK, seed, maxTokens, stop }: SamplingOptions): SamplingOptions {
  return defined({ temperature, topP, topK, seed, maxTokens, stop });
}
