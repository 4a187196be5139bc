/** Benchmark: a taskset with rules. Where its problems come from, how an answer is graded, and two models that know the gold. */

import type { AssistantMessage, ChatMessage, ChatModel, ScriptedPolicy, ToolDefinition } from "@cachalot/chat";
import type { Environment } from "@cachalot/environments";
import type { Judge, Planted } from "./judge/judge.js";
import type { UserActs } from "./users/user-acts.js";

/** A problem as a model is asked it. Plain data. */
export interface Item<D = unknown> {
  /** Unique in its benchmark. */
  id: string;
  messages: readonly ChatMessage[];
  tools?: readonly ToolDefinition[];
  /** The right answer as a reader of the report wants it. */
  gold: string;
  /** Tokens and tool calls of one attempt, where the benchmark limits them. */
  budget?: { tokens?: number; calls?: number };
  /** What its grader needs to know. */
  data: D;
}

/** Why a sample was not measured: it is neither right nor wrong. `unsupported`: its world cannot be had on this machine. */
export const REASONS = ["truncated", "timed out", "infrastructure", "unparsed", "unsupported"] as const;
export type Reason = (typeof REASONS)[number];

export type Grade = {
  because: string;
  /** What was read as the answer. */
  answer?: string;
  /** Where answers have marks. */
  mark?: { got: number; most: number };
} & ({ verdict: "right" | "wrong" } | { verdict: "not measured"; reason: Reason });

/** An attempt at its end, as a grader sees it. */
export interface Finished {
  /** The last message; its content is what stands behind the thinking. */
  message: AssistantMessage;
  /** The whole conversation, the item's messages first. */
  messages: readonly ChatMessage[];
  environment?: Environment;
}

export interface ItemRequest {
  /** A file or folder of the user's instead of the bundled one. */
  data?: string;
  /** Documents to search: a file of JSON lines, or a folder. */
  corpus?: string;
  /** Task folders that problems are worked on in. */
  environments?: string;
  /** Of shuffled options and drawn tasks. */
  seed: number;
  /** Of generated problems: how many at most. */
  limit: number;
}

/** Who else takes part in an attempt. */
export interface Company {
  /** Plays the users of conversations; without one they are scripted. */
  user?: ChatModel;
  judge?: Judge;
  /** Of the attempt. */
  seed?: number;
}

export interface Benchmark<D = unknown> {
  /** Lower-case words with dashes. */
  readonly name: string;
  /** One line for `cachalot evals list`. */
  readonly description: string;
  readonly licence: string;
  /** Whether its problems are here, or where they can be had and what file is expected. */
  readonly source: { readonly bundled: boolean; readonly where: string; readonly expects: string };
  /** @throws EvalsError `missing_data`, or `bad_data` with the line and the field */
  items(request: ItemRequest): AsyncIterable<Item<D>>;
  /** The world of an attempt, for problems with tools that run. */
  open?(item: Item<D>, company?: Company): Environment | Promise<Environment>;
  /** The tools of the moment, where they are not always the item's. */
  offers?(environment: Environment): readonly ToolDefinition[];
  /** What a simulated user did with tools of its own, which the agent's model does not read. */
  userActs?(environment: Environment): readonly UserActs[];
  /** Of problems for an agent: what it may spend where the command names nothing, which it is told. */
  readonly agent?: { readonly steps: number; readonly tokens?: number };
  /** Models of the benchmark's own beside the oracle: policies by name, for `scripted:NAME`. */
  readonly scripts?: Readonly<Record<string, ScriptedPolicy>>;
  /** Whether the agent is told how many tokens, calls and seconds it has. */
  readonly told?: boolean;
  /** @throws whatever breaks in it: the sample is then not measured */
  grade(finished: Finished, item: Item<D>, company?: Company): Grade | Promise<Grade>;
  /** Questions for its judge whose answers are known: how far it can be trusted. */
  planted?(item: Item<D>): readonly Planted[];
  /** Whether no rule decides anything: without a judge nothing is measured but what was not answered. */
  readonly needsJudge?: boolean;
  /** What a model says that knows the gold, message by message. */
  oracle(item: Item<D>): readonly AssistantMessage[];
  /** The same, spoilt so that it is wrong. */
  wrong(item: Item<D>): readonly AssistantMessage[];
  /** Whether an agent that does nothing is right. */
  isIdle?(item: Item<D>): boolean;
  /** Answers that attack the grader, for its self-test: none may be right. */
  hostile?(): readonly { readonly name: string; says(item: Item<D>): string }[];
}

export const right = (because: string, answer?: string): Grade => ({
  verdict: "right",
  because,
  ...(answer !== undefined && { answer }),
});
export const wrong = (because: string, answer?: string): Grade => ({
  verdict: "wrong",
  because,
  ...(answer !== undefined && { answer }),
});
export const notMeasured = (reason: Reason, because: string, answer?: string): Grade => ({
  ...{ verdict: "not measured", reason, because },
  ...(answer !== undefined && { answer }),
});

/** A lone assistant message. */
export const says = (content: string): readonly AssistantMessage[] => [{ role: "assistant", content }];

/** An assistant message that makes calls: names and arguments as JSON. */
export const ownCalls = (calls: readonly (readonly [name: string, args: string])[]): AssistantMessage => ({
  role: "assistant",
  content: "",
  tool_calls: calls.map(([name, args]) => ({ type: "function" as const, function: { name, arguments: args } })),
});
