/** Reward of tau2-bench: the product of the checks that a task names, beside which stands what exactly differs. */

import type { ChatMessage } from "@cachalot/chat";
import equal from "fast-deep-equal";
import { behindThinking } from "../answer/behind-thinking.js";
import { type Difference, differences } from "../state/differences.js";
import type { DomainCall } from "./domain.js";
import { replay } from "./play-call.js";
import type { GoldAction, Task } from "./task.js";
import type { World } from "./world.js";

export interface Checks {
  /** Between the end state and that of the gold actions. */
  differences: Difference[];
  /** What was to be said, and was not. */
  unsaid: string[];
  /** Gold actions that no call was. */
  undone: GoldAction[];
}

/** @param found the database at the end */
export function check(
  { domain, database }: World,
  task: Task,
  messages: readonly ChatMessage[],
  found: unknown,
): Checks {
  const calls = callsOf(messages);
  return {
    differences: differences(database, replay(domain, database, task.actions), found),
    unsaid: task.communicate.filter((text) => !isSaid(text, messages)),
    undone: task.actions.filter((action) => !calls.some((call) => isAction(call, action))),
  };
}

/** Calls with arguments that can be read. */
export function callsOf(messages: readonly ChatMessage[]): DomainCall[] {
  return messages.flatMap((message) =>
    message.role === "assistant"
      ? (message.tool_calls ?? []).flatMap(({ function: { name, arguments: text } }) => {
          const args = objectOf(text);
          return args ? [{ name, arguments: args }] : [];
        })
      : [],
  );
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Without case, and without commas in what was said. */
function isSaid(text: string, messages: readonly ChatMessage[]): boolean {
  return messages.some(
    ({ role, content }) =>
      role === "assistant" &&
      (behindThinking(content ?? "") ?? "").toLowerCase().replaceAll(",", "").includes(text.toLowerCase()),
  );
}

/** Only arguments that the call has are compared, or those that the action names: as the benchmark does it. */
function isAction(call: DomainCall, { name, arguments: args, compare }: GoldAction): boolean {
  if (call.name !== name) return false;
  const keys = compare ?? Object.keys(call.arguments);
  const of = (from: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(keys.flatMap((key) => (Object.hasOwn(from, key) ? [[key, from[key]]] : [])));
  return keys.length === 0 || equal(of(call.arguments), of(args));
}
