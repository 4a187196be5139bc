/** A chat model over raw completions: our prompt, our parser. */

import type { ChatEvent, ChatModel, GenerateRequest, Usage } from "../chat-model.js";
import { chatPrompt } from "../chat-prompt.js";
import { EOS } from "../codec/special-tokens.js";
import { createStreamParser } from "../codec/stream-parser.js";
import type { CompletionModel } from "../completion-model.js";
import { NO_USAGE } from "./usage.js";

/** Pieces of text, by whether the reasoning was still going on: endpoints do not count its tokens. */
class ReasoningShare {
  #reasoning = 0;
  #all = 0;

  add(events: readonly ChatEvent[]): void {
    if (events.length === 0) return;
    this.#all++;
    if (events.every(({ type }) => type === "reasoning")) this.#reasoning++;
  }

  /** Reasoning tokens by share of pieces, unless the endpoint counted them. */
  complete(usage: Usage): Usage {
    if (usage.reasoningTokens > 0 || this.#all === 0) return usage;
    return { ...usage, reasoningTokens: Math.round((usage.completionTokens * this.#reasoning) / this.#all) };
  }
}

/**
 * A chat model over any raw completion model: the exact prompt goes in, the parsed message comes out. Usage estimates
 * the reasoning tokens where the model does not count them.
 */
export function createRawChatModel(completion: CompletionModel): ChatModel {
  async function* generate(request: GenerateRequest): AsyncGenerator<ChatEvent, void, undefined> {
    const { messages: _, tools: __, responseFormat: ___, thinkingMode = "thinking", ...options } = request;
    const parser = createStreamParser({ thinkingMode, lenient: true });
    const share = new ReasoningShare();
    let tail = "";
    let usage = NO_USAGE;
    for await (const event of completion.complete({ ...options, prompt: chatPrompt(request) })) {
      if (event.type === "text") {
        tail = (tail + event.delta).slice(-EOS.length);
        const events = parser.push(event.delta);
        share.add(events);
        yield* events;
      } else if (event.type === "usage") usage = event.usage;
      else if (event.type === "finish") {
        const { reason } = event;
        // A stop string ends the message as its end token would.
        if (reason === "stop" && tail !== EOS) yield* parser.push(EOS);
        const { events, message } = parser.end();
        yield* events;
        yield { type: "usage", usage: share.complete(usage) };
        if (reason === "stop") yield { type: "finish", reason: message.tool_calls.length > 0 ? "tool_calls" : "stop" };
        else yield { type: "finish", reason };
      } else yield event;
    }
  }
  return { id: completion.id, contextLength: completion.contextLength, generate };
}
