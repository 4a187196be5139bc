/** The model that is evaluated: a script, an endpoint, or one on this machine. */

import type { EndpointProfileName } from "@cachalot/chat";
import type { Benchmark, ModelFor, RunOptions } from "@cachalot/evals";
import { CliError } from "../errors.js";
import {
  type EngineFlags,
  embeddedModel,
  embeddedModelId,
  engineFlagsFrom,
  engineFrom,
  modelDirectory,
} from "../options.js";
import { remoteOptionsFrom } from "../upstream.js";

interface SubjectFlags extends EngineFlags {
  baseUrl?: string;
  apiKeyEnv?: string;
  profile: EndpointProfileName;
  mode: "raw" | "messages";
  concurrency: number;
}

export interface Subject {
  model: ModelFor;
  about: Omit<RunOptions["about"], "cachalot">;
  /** The model's own, where it is here. */
  tokenizer?: RunOptions["tokenizer"];
  close(): Promise<void>;
}

/**
 * A script, an endpoint or a model on this machine.
 * @param answers where: for answers that workers give, none of a model's weights are opened here
 */
export async function subjectOf(
  flags: SubjectFlags,
  benchmark: Benchmark,
  answers: "here" | "elsewhere",
): Promise<Subject> {
  const { predictionsModel, scriptedModel } = await import("@cachalot/evals");
  const { model: named } = flags;
  const script = named === undefined ? undefined : (scriptedModel(named, benchmark) ?? (await predictionsModel(named)));
  if (script)
    return { model: script, about: { model: flags.model!, engine: "script", codec: "none" }, close: async () => {} };
  if (flags.baseUrl !== undefined) {
    const { createRemoteModel } = await import("@cachalot/chat");
    const { model: upstreamModel, apiKeyEnv: upstreamKeyEnv, profile, mode } = flags;
    const remote = createRemoteModel(
      await remoteOptionsFrom(flags.baseUrl, {
        profile,
        mode,
        ...(upstreamModel && { upstreamModel }),
        ...(upstreamKeyEnv && { upstreamKeyEnv }),
      }),
    );
    const codec = mode === "raw" ? "DeepSeek-V3.2" : "the host's";
    return {
      model: () => remote,
      about: { model: remote.id, engine: `${profile} at ${flags.baseUrl}`, codec },
      close: async () => {},
    };
  }
  return answers === "here" ? openedHere(flags) : { about: aboutEngine(flags), ...absent(modelDirectory(flags)) };
}

async function openedHere(flags: SubjectFlags): Promise<Subject> {
  const engine = await engineFrom(flags, { maxSequences: flags.concurrency, maxQueue: flags.concurrency });
  const { loadTokenizer } = await import("@cachalot/model");
  const tokenizer = await loadTokenizer(flags.model ?? embeddedModel());
  return { model: () => engine, about: aboutEngine(flags), tokenizer, close: () => engine.close() };
}

function aboutEngine(flags: EngineFlags): Subject["about"] {
  const { model = embeddedModelId, ...rest } = engineFlagsFrom(flags);
  const settings = Object.entries(rest).map(([name, value]) => `${name} ${value}`);
  return { model, engine: ["cachalot", ...settings].join(", "), codec: "DeepSeek-V3.2" };
}

const absent = (directory: string): Pick<Subject, "model" | "close"> => ({
  model: () => {
    throw new CliError("invalid_input", `${directory} is for workers to open; leave out --queue to ask it here`);
  },
  close: async () => {},
});
