/** Users of conversations: what they say next, and when they have had enough. */

import type { ChatMessage, ToolDefinition } from "@cachalot/chat";

export interface User {
  /** @param messages the conversation so far. @returns undefined where the user ends it */
  next(messages: readonly ChatMessage[]): Promise<string | undefined> | string | undefined;
}

/** What a user can do beside talking. */
export interface Hands {
  readonly tools: readonly ToolDefinition[];
  /** @returns what the user then sees, also of a slip */
  call(name: string, args: Readonly<Record<string, unknown>>): string;
}
