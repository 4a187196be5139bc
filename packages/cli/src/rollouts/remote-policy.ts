/** A policy on another machine: an OpenAI-compatible endpoint that tells the ids and log-probabilities of what it samples. */

import { type CompletionModel, createRemoteCompletionModel, discoverModel } from "@cachalot/chat";
import type { RolloutPolicy, Sampling } from "@cachalot/environments";
import { type Command, Option } from "commander";
import { CliError } from "../errors.js";
import { embeddedModel } from "../options.js";
import { keyFrom } from "../upstream.js";

/** Hosts that tell token ids. */
const PROFILES = ["vllm", "sglang"] as const;

export interface RemotePolicyFlags {
  baseUrl?: string;
  model?: string;
  profile: (typeof PROFILES)[number];
  keyEnv?: string;
  tokenizer?: string;
}

/** Adds what names a policy elsewhere; `--model` is the command's own. */
export function addRemotePolicyOptions(command: Command): Command {
  return command
    .option("--base-url <url>", "sample at this OpenAI-compatible URL, which ends in /v1")
    .addOption(
      new Option(
        "--profile <host>",
        "what runs there: vLLM's return_token_ids (cachalot serve has it), or SGLang's /generate",
      )
        .choices(PROFILES)
        .default("vllm"),
    )
    .option("--key-env <name>", "environment variable with the key for it")
    .option(
      "--tokenizer <dir>",
      "directory with the tokenizer.json of the model there (default: the embedded model's)",
    );
}

/** Endpoints tell log-probabilities of the whole distribution, which is the one drawn from with these alone. */
export const REMOTE_SAMPLING: Sampling = { temperature: 1, topP: 1, topK: 0 };

export interface RemotePolicy extends RolloutPolicy {
  /** The model's name at the endpoint. */
  name: string;
}

/** @throws CliError `invalid_input` without the model's tokenizer; ChatError `upstream` where there is no such endpoint or model */
export async function remotePolicyFrom(baseUrl: string, flags: RemotePolicyFlags): Promise<RemotePolicy> {
  const apiKey = keyFrom(flags.keyEnv);
  const endpoint = { baseUrl, ...(apiKey ? { apiKey } : {}) };
  const { model: name, contextLength } = await discoverModel(endpoint, flags.model);
  if (flags.tokenizer === undefined && name !== "cachalot-embedded")
    throw new CliError(
      "invalid_input",
      `prompts go to ${name} as token ids; give --tokenizer a directory with its tokenizer.json and tokenizer_config.json`,
    );
  const { loadTokenizer } = await import("@cachalot/model");
  return {
    name,
    model: atOnce(
      AT_ONCE,
      createRemoteCompletionModel({
        ...{ ...endpoint, model: name, profile: flags.profile },
        ...(contextLength ? { contextLength } : {}),
      }),
    ),
    tokenizer: await loadTokenizer(flags.tokenizer ?? embeddedModel()),
  };
}

/** Requests under way at an endpoint: more would wait there, or be refused. */
const AT_ONCE = 32;

/** The model with at most so many requests under way; others wait here. */
function atOnce(most: number, model: CompletionModel): CompletionModel {
  let free = most;
  const waiting: (() => void)[] = [];
  return {
    ...model,
    async *complete(request) {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        yield* model.complete(request);
      } finally {
        const next = waiting.shift();
        if (next) next();
        else free++;
      }
    },
  };
}
