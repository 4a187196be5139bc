/** A ChatModel that puts back the reasoning its clients drop. */

import {
  type AssistantMessage,
  type ChatEvent,
  type ChatMessage,
  type ChatModel,
  type GenerateRequest,
  keepsReasoning,
  type RepairEvent,
  type RetentionPolicy,
  type ToolCall,
} from "@cachalot/chat";
import type { ReasoningMemory } from "./reasoning-memory.js";

interface Restored {
  messages: readonly ChatMessage[];
  repairs: RepairEvent[];
}

/** Fills in reasoning that the policy wants kept and the client left out. */
function restore(messages: readonly ChatMessage[], memory: ReasoningMemory, policy: RetentionPolicy): Restored {
  const keeps = keepsReasoning(messages, policy);
  const known = memory.recall(messages);
  const repairs: RepairEvent[] = [];
  const restored = messages.map((message, i): ChatMessage => {
    if (message.role !== "assistant" || !keeps[i] || message.reasoning_content) return message;
    const reasoning = known[i];
    if (reasoning === "") return message;
    if (reasoning === undefined) {
      const description = `messages[${i}] came without reasoning_content, and it is not known here`;
      repairs.push({ type: "repair", kind: "missing-reasoning", description });
      return message;
    }
    const description = `messages[${i}] came without reasoning_content; put back ${reasoning.length} characters`;
    repairs.push({ type: "repair", kind: "restored-reasoning", description });
    return { ...message, reasoning_content: reasoning };
  });
  return { messages: repairs.length > 0 ? restored : messages, repairs };
}

/** The message so far. */
class Answer {
  readonly message: AssistantMessage = { role: "assistant", content: "", reasoning_content: "" };
  readonly #calls: ToolCall[] = [];

  add(event: ChatEvent): void {
    const { message } = this;
    if (event.type === "content") message.content += event.delta;
    else if (event.type === "reasoning") message.reasoning_content += event.delta;
    else if (event.type === "tool-call") {
      this.#calls[event.index] = { id: event.id, function: { name: event.name, arguments: "" } };
      message.tool_calls = this.#calls;
    } else if (event.type === "tool-call-arguments") {
      const call = this.#calls[event.index];
      if (call) call.function.arguments += event.delta;
    }
  }
}

/**
 * A model that remembers the reasoning of every answer and puts it back into histories that lack it, where `policy`
 * says it must be. `restored-reasoning` repairs come first; `missing-reasoning` where it is not known. An answer is
 * remembered before its `finish` event, so before the client can refer to it.
 */
export function createGatewayModel(
  upstream: ChatModel,
  memory: ReasoningMemory,
  policy: RetentionPolicy = "v3.2-paper",
): ChatModel {
  async function* generate(request: GenerateRequest): AsyncGenerator<ChatEvent, void, undefined> {
    const thinks = request.thinkingMode !== "chat";
    const { messages, repairs } = thinks
      ? restore(request.messages, memory, policy)
      : { messages: request.messages, repairs: [] };
    yield* repairs;
    const answer = new Answer();
    for await (const event of upstream.generate({ ...request, messages })) {
      answer.add(event);
      if (event.type === "finish" && event.reason !== "aborted") {
        await memory.remember(request.messages, answer.message);
      }
      yield event;
    }
  }
  return { id: upstream.id, contextLength: upstream.contextLength, generate };
}
