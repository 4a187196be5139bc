/** An evaluation as its flags tell it: the same for the command and for workers that it leaves samples to. */

import type { EndpointProfileName, SamplingOptions } from "@cachalot/chat";
import type { RunOptions } from "@cachalot/evals";
import { type EngineFlags, samplingFrom } from "../options.js";
import { version } from "../version.js";
import { type AgentEvalFlags, agentFrom, filesFrom } from "./agent-flags.js";
import { guestsOf } from "./guests.js";
import { subjectOf } from "./subject.js";

export interface EvalFlags extends EngineFlags, SamplingOptions, AgentEvalFlags {
  baseUrl?: string;
  apiKeyEnv?: string;
  profile: EndpointProfileName;
  mode: "raw" | "messages";
  data?: string;
  limit?: number;
  thinking: boolean;
  concurrency: number;
  timeout: number;
  tokens?: number;
  user?: string;
  judge?: string;
}

interface Evaluation {
  options: Omit<RunOptions, "out" | "samples" | "concurrency">;
  /** Everything that makes it this evaluation and no other. */
  identity: object;
  close(): Promise<void>;
}

/** @param answers `elsewhere`: workers give them. @throws EvalsError for a benchmark there is none of, and as `guestsOf` and the model's start */
export async function setUpEvaluation(
  name: string,
  flags: EvalFlags,
  answers: "here" | "elsewhere" = "here",
): Promise<Evaluation> {
  const { benchmarkNamed } = await import("@cachalot/evals");
  const benchmark = benchmarkNamed(name);
  const files = filesFrom(flags);
  const { data, tokens, limit = Number.POSITIVE_INFINITY } = flags;
  const { seed = 0, ...sampling } = samplingFrom(flags);
  const agent = agentFrom(flags);
  const subject = await subjectOf(flags, benchmark, answers);
  const guests = await guestsOf(flags, benchmark, { ...(data !== undefined && { data }), seed, limit });
  const thinkingMode = flags.thinking ? ("thinking" as const) : ("chat" as const);
  const about = { ...subject.about, ...guests.about };
  return {
    options: {
      ...{ benchmark, model: subject.model, about: { ...about, cachalot: version }, limit, company: guests.company },
      ...{ sampling, thinkingMode, seed, timeoutMs: 1000 * flags.timeout, files },
      ...(tokens !== undefined && { tokens }),
      ...(data !== undefined && { data }),
      ...(agent && { agent }),
      ...(subject.tokenizer && { tokenizer: subject.tokenizer }),
    },
    identity: {
      ...{ name, data, ...about, sampling, thinkingMode, seed, ...files, ...agent },
      ...(tokens !== undefined && { budget: tokens }),
    },
    close: subject.close,
  };
}
