/** Conversation of tau2-bench: a copy of the database behind tools, and a user who answers and may have tools as well. */

import { forgivingSearchTools } from "@cachalot/agent";
import type { ChatMessage, ToolDefinition } from "@cachalot/chat";
import type { Environment } from "@cachalot/environments";
import { borrowCorpus } from "../search/shared-corpus.js";
import type { Hands, User } from "../users/user.js";
import { type UserActs, userAct } from "../users/user-acts.js";
import { type DomainCall, type DomainTool, ToolFailure } from "./domain.js";
import { parametersOf, playCall } from "./play-call.js";
import type { Task } from "./task.js";
import type { World } from "./world.js";

/** Calls that may fail; the benchmark ends a conversation with more. */
const MOST_FAILURES = 10;
/** Turns of the user. */
const MOST_TURNS = 50;

export interface Conversation extends Environment {
  /** As the calls left it. */
  readonly database: unknown;
  /** What the user did. */
  readonly userCalls: readonly DomainCall[];
  /** The same with what came of it, turn by turn. */
  readonly userActs: readonly UserActs[];
  /** Why it ended before its time. */
  readonly broken: string | undefined;
}

export const definitionOf = (tool: DomainTool<never>): ToolDefinition => ({
  type: "function",
  function: { name: tool.name, description: tool.description, parameters: parametersOf(tool) },
});

/** @param user made with the tools that are in its hands */
export async function openConversation(
  { domain, database: before, library }: World,
  { userTools }: Pick<Task, "userTools">,
  user: (hands: Hands) => User,
): Promise<Conversation> {
  const borrowed = library === undefined ? undefined : await borrowCorpus(library);
  const database = structuredClone(before);
  const userCalls: DomainCall[] = [];
  const userActs: UserActs[] = [];
  let acts: UserActs["messages"] = [];
  let [failures, turns] = [0, 0];
  let broken: string | undefined;
  const run = (call: DomainCall, failed: () => void): string => {
    try {
      const result = playCall(domain, database, call);
      return typeof result === "string" ? result : JSON.stringify(result);
    } catch (error) {
      if (!(error instanceof ToolFailure)) throw error;
      failed();
      return `Error: ${error.message}`;
    }
  };
  const agentFailed = () => {
    if (++failures >= MOST_FAILURES) broken = `${failures} of its calls failed`;
  };
  const { next } = user({
    tools: (domain.userTools ?? []).filter(({ name }) => userTools?.includes(name) ?? true).map(definitionOf),
    call(name, args) {
      const call = { name, arguments: args, by: "user" as const };
      userCalls.push(call);
      const result = run(call, () => {});
      acts = [...acts, ...userAct(userCalls.length, { name, arguments: args, result })];
      return result;
    },
  });
  return {
    ...{ database, userCalls, userActs },
    get broken() {
      return broken;
    },
    tools: [
      ...domain.tools.map((tool) => ({
        definition: definitionOf(tool),
        execute: (args: Record<string, unknown>) => run({ name: tool.name, arguments: args }, agentFailed),
      })),
      ...(borrowed ? forgivingSearchTools(borrowed.corpus) : []),
    ],
    isDone: () => broken !== undefined,
    async userTurn(messages): Promise<ChatMessage | undefined> {
      if (++turns > MOST_TURNS) {
        broken = `the conversation did not end within ${MOST_TURNS} turns`;
        return undefined;
      }
      const after = messages.length;
      acts = [];
      try {
        const content = await next(messages);
        return content === undefined ? undefined : { role: "user", content };
      } finally {
        if (acts.length > 0) userActs.push({ after, messages: acts });
      }
    },
    close: async () => borrowed?.giveBack(),
  };
}
