import type { Tool } from "@cachalot/agent";
import type { ChatMessage } from "@cachalot/chat";

/** The world of one rollout: its tools and what they changed. Opened for one task, closed at the end. */
export interface Environment {
  /**
   * What they return is what the policy reads, also of its slips. What they throw is a fault of the environment and costs the
   * rollout its reward, but for arguments that do not fit (AgentError `invalid_arguments`): those the policy reads.
   */
  readonly tools: readonly Tool[];
  /** Whether the policy may go on; default: until it answers without a call. */
  isDone?(): boolean;
  /** What a user says to an answer without calls; undefined ends the rollout. */
  userTurn?(messages: readonly ChatMessage[]): ChatMessage | undefined | Promise<ChatMessage | undefined>;
  close(): void | Promise<void>;
}
