import type { ChatMessage } from "@cachalot/chat";
import type { MessageEdit } from "../trajectory.js";

/** The part of a conversation a strategy may change. */
export interface Trajectory {
  messages: readonly ChatMessage[];
  /** Index of the first message after the task. */
  from: number;
  /** The task as it was given, without summaries. */
  task: ChatMessage;
}

/** An edit that is ready, or one that first needs the model's answer to `ask`. */
export type StrategyPlan = { edit: MessageEdit } | { ask: ChatMessage[]; edit(summary: string): MessageEdit };

/** A context strategy: what is given up when a prompt passes a share of the window (report, section 4.4). */
export interface Strategy<Name extends string = string> {
  readonly name: Name;
  /** For people, in a line. */
  readonly about: string;
  /** What to give up of a trajectory of one step at least. Undefined: nothing. */
  plan(trajectory: Trajectory): StrategyPlan | undefined;
}

/** Keeps the name a literal type. */
export const strategy = <const Name extends string>(definition: Strategy<Name>): Strategy<Name> => definition;
