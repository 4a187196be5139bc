import type { ChatMessage, ChatModel, SamplingOptions, ThinkingMode } from "@cachalot/chat";
import type { TextTokenizer } from "../context/prompt-tokens.js";
import type { ContextStrategy } from "../context/strategies/index.js";
import type { AgentResult } from "../loop/events.js";
import type { RunLimits } from "../loop/limits.js";
import type { RunOptions } from "../loop/run-options.js";

/** All that is kept of how a run was asked for: data, from which any process can go on with it. */
export interface RunSpec {
  messages: ChatMessage[];
  thinkingMode?: ThinkingMode;
  sampling?: SamplingOptions;
  limits?: RunLimits;
  context?: { strategy: ContextStrategy; threshold?: number; window?: number };
  /** Independent trajectories, of which the one with the fewest steps is taken. Default 1. */
  trajectories?: number;
  /** `ask`: every call waits for `setUp`'s `approve`, in whatever process the run goes on. Default: none is asked for. */
  approval?: "ask";
  /** Whatever `setUp` needs to know: which model, which tools. JSON. */
  agent?: unknown;
}

/** What a run works with, made anew in each process that works on it. */
export interface AgentSetup
  extends Pick<RunOptions, "tools" | "hooks" | "approve" | "cost" | "output" | "maxConcurrentCalls"> {
  model: ChatModel;
  /** The model's own: prompts are counted with it. Without it they are estimated. */
  tokenizer?: TextTokenizer;
  /** Told to the model at the end of the system message. */
  instructions?: string;
  /** Called when the run has ended, or its process stops. */
  close?(): Promise<void>;
}

/** Makes what a run works with. `runId` is the trajectory's own where there are several. */
export type SetUp = (spec: RunSpec, runId: string) => Promise<AgentSetup>;

/** How a kept run ended. The conversation is in its trace. */
export type RunOutcome = Omit<AgentResult, "messages">;
