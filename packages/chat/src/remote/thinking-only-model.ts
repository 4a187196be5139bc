import type { ChatEvent, ChatModel, GenerateRequest } from "../chat-model.js";
import { ChatError } from "../errors.js";

function usesTools({ tools, messages }: GenerateRequest): string | undefined {
  if (tools?.length) return "tools";
  const index = messages.findIndex(
    (message) =>
      message.role === "tool" ||
      (message.role === "assistant" && message.tool_calls?.length) ||
      ((message.role === "system" || message.role === "developer") && message.tools?.length),
  );
  return index < 0 ? undefined : `messages[${index}]`;
}

/**
 * A model that always thinks and was not trained on tools, such as DeepSeek-V3.2-Speciale. A request for chat mode is
 * answered with thinking, and says so.
 *
 * @throws (from `generate`) ChatError `tools_not_supported` for tools, and for calls and results in the history.
 */
export function createThinkingOnlyModel(model: ChatModel): ChatModel {
  async function* generate(request: GenerateRequest): AsyncGenerator<ChatEvent, void, undefined> {
    const param = usesTools(request);
    if (param !== undefined) {
      const fix = "leave the tools out, or use DeepSeek-V3.2 instead of Speciale";
      throw new ChatError("tools_not_supported", `${param}: ${model.id} was trained without tools; ${fix}`, param);
    }
    if (request.thinkingMode === "chat") {
      const description = `${model.id} has no chat mode; it thinks first`;
      yield { type: "repair", kind: "forced-thinking", description };
    }
    yield* model.generate({ ...request, thinkingMode: "thinking" });
  }
  return { id: model.id, contextLength: model.contextLength, generate };
}
