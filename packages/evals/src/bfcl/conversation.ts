/** Conversation of BFCL's multi-turn suite: a user with turns, and functions of which some come later. */

import type { ChatMessage, ToolDefinition } from "@cachalot/chat";
import type { Environment } from "@cachalot/environments";
import { sessionOf } from "./check.js";
import type { Entry } from "./entry.js";
import type { Call } from "./session.js";

/** Messages with calls in a turn; the suite ends a conversation with more. */
const MOST_STEPS = 20;
const ADDED = "I have added more functions that you can choose from. Can you do it now?";

export interface TurnsConversation extends Environment {
  /** What the agent is offered in this turn. What it calls beside that is done, as the suite does it. */
  offered(): readonly ToolDefinition[];
  /** The same for the agent's next message, which counts. */
  step(): readonly ToolDefinition[];
  /** The calls of every turn that began. */
  readonly made: readonly (readonly Call[])[];
  /** Why it ended before its time. */
  readonly broken: string | undefined;
}

export function openTurns(entry: Entry): TurnsConversation {
  const session = sessionOf(entry);
  const made: Call[][] = [];
  let broken: string | undefined;
  let steps = 0;
  const later = new Set(entry.turns.flatMap(({ added }) => added));
  const execute = (name: string, args: Record<string, unknown>): string => {
    if (steps > MOST_STEPS) {
      broken = `more than ${MOST_STEPS} messages with calls in turn ${made.length}`;
      return "Error: too many calls";
    }
    made.at(-1)!.push({ name, arguments: args });
    return session.call({ name, arguments: args });
  };
  const offered = () =>
    entry.documents.filter(({ name }) => !later.has(name) && !entry.excluded.includes(name)).map(({ tool }) => tool);
  return {
    made,
    get broken() {
      return broken;
    },
    tools: entry.documents.map(({ name, tool }) => ({ definition: tool, execute: (args) => execute(name, args) })),
    offered,
    step() {
      steps++;
      return offered();
    },
    isDone: () => broken !== undefined,
    userTurn(): ChatMessage | undefined {
      const turn = entry.turns[made.length];
      if (!turn) return undefined;
      made.push([]);
      steps = 0;
      for (const name of turn.added) later.delete(name);
      return { role: "user", content: turn.said ?? ADDED };
    },
    close: () => {},
  };
}
