/**
 * Scripted user: a state machine that says at once what it wants and knows, agrees to what is asked, and ends the conversation
 * when nothing is asked any more. It makes no mistakes that an agent would have to pay for.
 */

import type { ChatMessage } from "@cachalot/chat";
import type { User } from "./user.js";

export interface Script {
  /** What is wanted, known and not known, as notes. */
  notes: readonly string[];
  /** Whether what the agent did ends the conversation: it handed the user over. */
  isOver(messages: readonly ChatMessage[]): boolean;
  /** Does what a message asks for, and tells what came of it; undefined where it asks for nothing that the user can do. */
  act?(said: string): string | undefined;
}

/** Questions that a user answers. */
const MOST_ANSWERS = 12;
const ANSWER =
  "Yes, please go ahead. Where I have a choice, decide by my notes; they say all that I know. Tell me when everything in them is done.";

export function scriptedUser({ notes, isOver, act }: Script): User {
  let answered = 0;
  const asked = new Set<string>();
  return {
    next(messages) {
      if (!messages.some(({ role }) => role === "user"))
        return `Hello. These are my notes about why I am here; "you" in them is me.\n\n${notes.join("\n\n")}`;
      const said = messages.at(-1)?.content?.trim() ?? "";
      if (said === "" || isOver(messages)) return undefined;
      const done = act?.(said);
      if (done !== undefined) return done;
      if (!said.includes("?") || asked.has(said)) return undefined;
      asked.add(said);
      return ++answered > MOST_ANSWERS ? undefined : ANSWER;
    },
  };
}
