/** The model that is evaluated: a script, an endpoint, or one on this machine. */

import type { EndpointProfileName } from "@cachalot/chat";
import type { Benchmark, ModelFor, RunOptions } from "@cachalot/evals";
import { type EngineFlags, embeddedModel, engineFlagsFrom, engineFrom } from "../options.js";
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

/** A script, an endpoint or a model on this machine. */
export async function subjectOf(flags: SubjectFlags, benchmark: Benchmark): Promise<Subject> {
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
  const engine = await engineFrom(flags, { maxSequences: flags.concurrency, maxQueue: flags.concurrency });
  const { model = embeddedModel(), ...rest } = engineFlagsFrom(flags);
  const { loadTokenizer } = await import("@cachalot/model");
  const settings = Object.entries(rest).map(([name, value]) => `${name} ${value}`);
  return {
    model: () => engine,
    about: {
      model: flags.model === undefined ? engine.id : model,
      engine: ["cachalot", ...settings].join(", "),
      codec: "DeepSeek-V3.2",
    },
    tokenizer: await loadTokenizer(model),
    close: () => engine.close(),
  };
}
