/** What a simulated user does with tools of its own: a sample tells it in its place, and the agent's model never reads it. */

import type { ChatMessage, ToolCall, ToolMessage, UserMessage } from "@cachalot/chat";

/** A call of a user's. */
export interface UserCalls extends UserMessage {
  tool_calls: ToolCall[];
}

/** What it returned. */
export interface UserResult extends ToolMessage {
  by: "user";
}

/** What was said in a conversation, or what its user did. */
export type SampleMessage = ChatMessage | UserCalls | UserResult;

/** What a user did in one of its turns. */
export interface UserActs {
  /** Messages that were there before. */
  after: number;
  messages: readonly (UserCalls | UserResult)[];
}

/** A call and its result. @param number from 1, of this user's calls */
export function userAct(
  number: number,
  { name, arguments: args, result }: { name: string; arguments: object; result: string },
): [UserCalls, UserResult] {
  const id = `user_call_${number}`;
  const call: ToolCall = { id, type: "function", function: { name, arguments: JSON.stringify(args) } };
  return [
    { role: "user", content: null, tool_calls: [call] },
    { role: "tool", by: "user", tool_call_id: id, content: result },
  ];
}

/** A conversation with what its user did, each in its place. */
export const withUserActs = (messages: readonly ChatMessage[], acts: readonly UserActs[]): SampleMessage[] =>
  [...messages, undefined].flatMap((message, i) => [
    ...acts.filter(({ after }) => after === i).flatMap((one) => one.messages),
    ...(message ? [message] : []),
  ]);

export const isUserAct = (message: SampleMessage): message is UserCalls | UserResult =>
  "by" in message || (message.role === "user" && "tool_calls" in message);

/** Calls of either side. */
export const callsIn = (message: SampleMessage): readonly ToolCall[] =>
  ("tool_calls" in message && message.tool_calls) || [];
