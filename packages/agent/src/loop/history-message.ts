import { type AssistantMessage, type FinishReason, type ToolCall, wellFormed, wellFormedJson } from "@cachalot/chat";
import { parseObject } from "./parse-object.js";

/**
 * A model's message as one that can be sent back: well-formed text, and calls of one message with an id each, since hosts
 * match results by it and refuse twice the same.
 */
export function receivedMessage(message: AssistantMessage): AssistantMessage {
  const { tool_calls: calls, ...rest } = wellFormed(message);
  if (calls === undefined) return rest;
  const ids = new Set<string>();
  const uniqueId = (id: string): string => {
    let unique = id;
    for (let n = 2; ids.has(unique); n++) unique = `${id}-${n}`;
    ids.add(unique);
    return unique;
  };
  const formed = calls.map(
    ({ id, function: { name, arguments: json }, ...call }): ToolCall => ({
      ...call,
      ...(id === undefined ? {} : { id: uniqueId(id) }),
      function: { name, arguments: wellFormedJson(json) },
    }),
  );
  return { ...rest, tool_calls: formed };
}

/**
 * The message as the history keeps it. Calls of a message that was cut off are not run, and so not kept; arguments that
 * are no JSON object stay readable, but as one, since a prompt cannot hold them otherwise.
 */
export function historyMessage(message: AssistantMessage, finishReason: FinishReason): AssistantMessage | undefined {
  const { tool_calls: calls, ...rest } = message;
  if (finishReason === "length" || finishReason === "aborted")
    return rest.content || rest.reasoning_content ? rest : undefined;
  if (calls === undefined) return rest;
  const valid = calls.map((call) => {
    if (parseObject(call.function.arguments) !== undefined) return call;
    const text = JSON.stringify({ invalid_arguments: call.function.arguments });
    return { ...call, function: { ...call.function, arguments: text } };
  });
  return { ...rest, tool_calls: valid };
}
