import {
  type ChatModel,
  type CompletionModel,
  createRemoteCompletionModel,
  createRemoteModel,
  discoverModel,
  ENDPOINT_PROFILES,
  type EndpointProfileName,
  RETENTION_POLICIES,
  type RemoteModelOptions,
  type RetentionPolicy,
} from "@cachalot/chat";
import { type Command, Option } from "commander";
import { defined } from "./defined.js";
import { CliError } from "./errors.js";
import { type EngineFlags, engineFlagsFrom } from "./options.js";
import { err } from "./terminal/output.js";

export interface UpstreamFlags {
  upstream?: string;
  profile: EndpointProfileName;
  mode: "raw" | "messages";
  upstreamKeyEnv?: string;
  upstreamModel?: string;
  retention?: RetentionPolicy;
  speciale?: true;
}

export interface GatewayFlags extends UpstreamFlags {
  memory?: string;
}

/** Adds what names a model elsewhere. */
export function addUpstreamOptions(command: Command, title: string): Command {
  return command
    .optionsGroup(title)
    .option("--upstream <url>", "the model behind this OpenAI-compatible URL, which ends in /v1")
    .addOption(
      new Option("--profile <host>", "what runs there: how it spells thinking and reasoning, what it refuses")
        .choices(Object.keys(ENDPOINT_PROFILES))
        .default("generic"),
    )
    .addOption(
      new Option("--mode <mode>", "raw: we render the prompt and parse the answer; messages: the host does")
        .choices(["raw", "messages"])
        .default("messages"),
    )
    .option("--upstream-key-env <name>", "environment variable with the key for it")
    .option("--upstream-model <name>", "model to ask it for (default: the first it lists)")
    .addOption(
      new Option("--retention <policy>", "which reasoning of the history is sent on (default: the profile's)").choices(
        RETENTION_POLICIES,
      ),
    )
    .option("--speciale", "it is DeepSeek-V3.2-Speciale: always thinks, knows no tools");
}

/** @throws CliError `invalid_input` where the variable is not set */
export function keyFrom(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const key = process.env[name];
  if (!key)
    throw new CliError("invalid_input", `the environment variable ${name} is not set; export the API key in it`);
  return key;
}

/** The flags a program must keep to reach the same upstream again. */
export function keptUpstreamFlags({
  profile,
  mode,
  upstreamKeyEnv,
  upstreamModel,
  speciale,
}: UpstreamFlags): UpstreamFlags {
  return { profile, mode, ...defined({ upstreamKeyEnv, upstreamModel, speciale }) };
}

/** @throws CliError `invalid_input` for what a checkpoint says of itself and no flag does. */
export function refuseUpstreamFlags({ speciale }: UpstreamFlags): void {
  if (!speciale) return;
  const fix = '"thinking_only": true in its generation_config.json';
  throw new CliError(
    "invalid_input",
    `--speciale is of the model at --upstream; one on this machine says it by ${fix}`,
  );
}

/** @throws CliError `invalid_input` for flags that only a model of one's own has. */
export function refuseLocalFlags(flags: EngineFlags, option = "--upstream"): void {
  const [given] = Object.keys(engineFlagsFrom(flags));
  if (given === undefined) return;
  const instead = given === "model" ? "; use --upstream-model" : "; leave it out";
  const flag = given === "draft" ? "no-draft" : given;
  throw new CliError("invalid_input", `--${flag} is for models on this machine, not with ${option}${instead}`);
}

export interface Gateway {
  chat: ChatModel;
  /** Raw mode only. */
  completion: CompletionModel | undefined;
  close(): Promise<void>;
}

/** What a remote model needs to know. @throws CliError or ChatError when the endpoint cannot be used. */
export async function remoteOptionsFrom(baseUrl: string, flags: UpstreamFlags): Promise<RemoteModelOptions> {
  const { profile, mode, upstreamModel: name } = flags;
  const apiKey = keyFrom(flags.upstreamKeyEnv);
  const endpoint = { baseUrl, ...(apiKey ? { apiKey } : {}) };
  const found =
    name === undefined
      ? await discoverModel(endpoint)
      : // A named model may be unlisted: then only its context length is unknown.
        await discoverModel(endpoint, name).catch(() => ({ model: name, contextLength: undefined }));
  const { model, contextLength } = found;
  if (mode === "raw" && !/v3[._-]?2/i.test(model)) {
    const what = `raw mode writes DeepSeek-V3.2's prompt, and ${model} may be another model`;
    err.print(`cachalot: ${what}; use --mode messages if it is\n`);
  }
  return {
    ...endpoint,
    profile,
    mode,
    model,
    ...(contextLength ? { contextLength } : {}),
    ...(flags.retention ? { retention: flags.retention } : {}),
    ...(flags.speciale ? { speciale: true } : {}),
  };
}

/**
 * The upstream's model with its memory.
 * @throws CliError or ChatError when the endpoint cannot be used, ApiError when the memory file cannot.
 */
export async function gatewayFrom(baseUrl: string, flags: GatewayFlags): Promise<Gateway> {
  const { createGatewayModel, ReasoningMemory } = await import("@cachalot/server");
  const options = await remoteOptionsFrom(baseUrl, flags);
  const remote = createRemoteModel(options);
  const memory = await ReasoningMemory.open(flags.memory ? { file: flags.memory } : {});
  if (memory.damaged > 0) err.print(`${flags.memory}: left out ${memory.damaged} damaged lines\n`);
  return {
    chat: createGatewayModel(remote, memory, flags.retention ?? ENDPOINT_PROFILES[flags.profile].retention),
    completion: flags.mode === "raw" ? createRemoteCompletionModel(options) : undefined,
    close: () => memory.close(),
  };
}
