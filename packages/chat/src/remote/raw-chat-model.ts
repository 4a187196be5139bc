/** A chat model over raw completions: our prompt, our parser. */

import type { ChatEvent, ChatModel, FinishReason, GenerateRequest, Usage } from "../chat-model.js";
import { EOS } from "../codec/special-tokens.js";
import { createStreamParser } from "../codec/stream-parser.js";
import type { CompletionModel, CompletionRequest } from "../completion-model.js";
import { withoutFence } from "../json-answer.js";
import { chatPrompt } from "../prompt/chat-prompt.js";
import { callOptions, messageFinish, refuseForcedCalls } from "../prompt/offered-calls.js";
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
 *
 * @throws (from `generate`) ChatError for messages the format cannot hold, and for calls that are demanded.
 */
export function createRawChatModel(completion: CompletionModel): ChatModel {
  async function* generate(request: GenerateRequest): AsyncGenerator<ChatEvent, void, undefined> {
    refuseForcedCalls(request);
    const { thinkingMode = "thinking" } = request;
    const parser = createStreamParser({ thinkingMode, lenient: true, ...callOptions(request) });
    const share = new ReasoningShare();
    let tail = "";
    let usage = NO_USAGE;
    const prompt = chatPrompt(request);
    for await (const event of completion.complete({ ...completionOptions(request), prompt })) {
      if (event.type === "text") {
        tail = (tail + event.delta).slice(-EOS.length);
        const events = parser.push(event.delta);
        share.add(events);
        yield* events;
      } else if (event.type === "usage") usage = event.usage;
      else if (event.type === "finish") {
        const cut = cutOf(event.reason, tail === EOS, request);
        if (cut === undefined && tail !== EOS) yield* parser.push(EOS);
        const end = parser.end({ cut });
        yield* end.events;
        yield { type: "usage", usage: share.complete(usage) };
        yield { type: "finish", reason: messageFinish(event.reason, end) };
      } else yield event;
    }
  }
  return {
    id: completion.id,
    contextLength: completion.contextLength,
    generate: (request) => withoutFence(request, generate(request)),
  };
}

/** What of a chat request is left when its prompt is text. */
function completionOptions(request: GenerateRequest): Omit<CompletionRequest, "prompt"> {
  const { messages: _, tools: _1, toolChoice: _2, parallelToolCalls: _3, responseFormat: _4, ...rest } = request;
  const { thinkingMode: _5, reasoningEffort: _6, labels: _7, ...options } = rest;
  return options;
}

/** Endpoints say "stop" for the end token and for a stop string: where one was asked for it may have cut a call. */
function cutOf(reason: FinishReason, sawEnd: boolean, { stop }: GenerateRequest): "length" | "stop" | undefined {
  if (reason !== "stop") return "length";
  return !sawEnd && stop !== undefined && stop.length > 0 ? "stop" : undefined;
}
