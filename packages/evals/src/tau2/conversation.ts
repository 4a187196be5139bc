/** Conversation of tau2-bench: a copy of the database behind tools, and a user who answers. */

import type { ChatMessage } from "@cachalot/chat";
import type { Environment } from "@cachalot/environments";
import type { User } from "../users/user.js";
import { ToolFailure } from "./domain.js";
import { parametersOf, playCall } from "./play-call.js";
import type { World } from "./world.js";

/** Calls that may fail; the benchmark ends a conversation with more. */
const MOST_FAILURES = 10;
/** Turns of the user. */
const MOST_TURNS = 50;

export interface Conversation extends Environment {
  /** As the calls left it. */
  readonly database: unknown;
  /** Why it ended before its time. */
  readonly broken: string | undefined;
}

export function openConversation({ domain, database: before }: World, user: User): Conversation {
  const database = structuredClone(before);
  let [failures, turns] = [0, 0];
  let broken: string | undefined;
  const run = (name: string, args: Record<string, unknown>): string => {
    try {
      const result = playCall(domain, database, { name, arguments: args });
      return typeof result === "string" ? result : JSON.stringify(result);
    } catch (error) {
      if (!(error instanceof ToolFailure)) throw error;
      if (++failures >= MOST_FAILURES) broken = `${failures} of its calls failed`;
      return `Error: ${error.message}`;
    }
  };
  return {
    database,
    get broken() {
      return broken;
    },
    tools: domain.tools.map((tool) => ({
      definition: {
        type: "function",
        function: { name: tool.name, description: tool.description, parameters: parametersOf(tool) },
      },
      execute: (args) => run(tool.name, args),
    })),
    isDone: () => broken !== undefined,
    async userTurn(messages): Promise<ChatMessage | undefined> {
      if (++turns > MOST_TURNS) {
        broken = `the conversation did not end within ${MOST_TURNS} turns`;
        return undefined;
      }
      const content = await user.next(messages);
      return content === undefined ? undefined : { role: "user", content };
    },
    close: () => {},
  };
}
