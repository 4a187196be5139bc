import type { Tool } from "@cachalot/agent";
import type { ChatMessage } from "@cachalot/chat";

/** The world of one rollout: its tools and what they changed. Opened for one task, closed at the end. */
export interface Environment {
  readonly tools: readonly Tool[];
  /** Whether the policy may go on; default: until it answers without a call. */
  isDone?(): boolean;
  /** What a user says to an answer without calls; undefined ends the rollout. */
  userTurn?(messages: readonly ChatMessage[]): ChatMessage | undefined | Promise<ChatMessage | undefined>;
  close(): void | Promise<void>;
}
