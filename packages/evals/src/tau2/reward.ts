/** Reward of tau2-bench: the product of the checks that a task names, beside which stands what exactly differs. */

import { parseObject } from "@cachalot/agent";
import type { ChatMessage } from "@cachalot/chat";
import equal from "fast-deep-equal";
import { behindThinking } from "../answer/behind-thinking.js";
import { type Difference, differences } from "../state/differences.js";
import { type DomainCall, ToolFailure } from "./domain.js";
import { perform, replay } from "./play-call.js";
import type { Claim, GoldAction, Task } from "./task.js";
import type { World } from "./world.js";

export interface Checks {
  /** Between the end state and that of the gold actions. */
  differences: Difference[];
  /** What does not hold in the end state. */
  unmet: Claim[];
  /** What was to be said, and was not. */
  unsaid: string[];
  /** Gold actions that no call was. */
  undone: GoldAction[];
}

/** What a conversation left. */
export interface Outcome {
  messages: readonly ChatMessage[];
  database: unknown;
  /** Of the user's own tools. */
  userCalls: readonly DomainCall[];
}

/** @param world as the task found it */
export function check(
  { domain, database }: World,
  task: Task,
  { messages, database: found, userCalls }: Outcome,
): Checks {
  const counted = (state: unknown) =>
    Object.fromEntries(Object.entries(state as object).filter(([table]) => !domain.uncounted?.includes(table)));
  const calls = [...callsOf(messages), ...userCalls];
  return {
    differences: differences(counted(database), counted(replay(domain, database, task.actions)), counted(found)),
    unmet: task.claims.filter((claim) => !isMet(domain.claims ?? [], found, claim)),
    unsaid: task.communicate.filter((text) => !isSaid(text, messages)),
    undone: task.actions.filter((action) => !calls.some((call) => isAction(call, action))),
  };
}

function isMet(claims: NonNullable<World["domain"]["claims"]>, found: unknown, claim: Claim): boolean {
  try {
    return perform(claims, found, claim) === claim.holds;
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error;
    return false;
  }
}

/** Calls with arguments that can be read. */
export function callsOf(messages: readonly ChatMessage[]): DomainCall[] {
  return messages.flatMap((message) =>
    message.role === "assistant"
      ? (message.tool_calls ?? []).flatMap(({ function: { name, arguments: text } }) => {
          const args = parseObject(text);
          return args ? [{ name, arguments: args }] : [];
        })
      : [],
  );
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
    Object.fromEntries(keys.flatMap((key) => (Object.hasOwn(from, key) ? [[key, asPython(from[key])]] : [])));
  return keys.length === 0 || equal(of(call.arguments), of(args));
}

/** True is 1 there, and false is 0. */
const asPython = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value ?? null), (_, one) => (typeof one === "boolean" ? Number(one) : one));
