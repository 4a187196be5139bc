/** Users of conversations: what they say next, and when they have had enough. */

import type { ChatMessage } from "@cachalot/chat";

export interface User {
  /** @param messages the conversation so far. @returns undefined where the user ends it */
  next(messages: readonly ChatMessage[]): Promise<string | undefined> | string | undefined;
}
