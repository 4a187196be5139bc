import type { LanguageModelV3FinishReason, LanguageModelV3StreamPart } from "@ai-sdk/provider";
import { ChatError, type ChatEvent, type FinishReason, type Usage } from "@cachalot/chat";
import { finishReasonOf, metadataOf, runsCalls, usageOf } from "./outcome.js";
import { toolCallPart } from "./tool-call-arguments.js";

type Part = LanguageModelV3StreamPart;

/** Turns the events of one message into the SDK's stream parts. */
export class StreamParts {
  #usage: Usage | undefined;
  #open: { kind: "reasoning" | "text"; id: string } | undefined;
  #parts = 0;
  readonly #calls: { id: string; name: string; text: string }[] = [];
  readonly #repairs: string[] = [];

  push(event: ChatEvent): Part[] {
    switch (event.type) {
      case "reasoning":
        return this.#delta("reasoning", event.delta);
      case "content":
        return this.#delta("text", event.delta);
      case "tool-call":
        this.#calls[event.index] = { id: event.id, name: event.name, text: "" };
        return [...this.#close(), { type: "tool-input-start", id: event.id, toolName: event.name }];
      case "tool-call-arguments": {
        const call = this.#calls[event.index];
        if (call === undefined) throw new ChatError("upstream", `Arguments for call ${event.index} before the call`);
        call.text += event.delta;
        return [{ type: "tool-input-delta", id: call.id, delta: event.delta }];
      }
      case "usage":
        this.#usage = event.usage;
        return [];
      case "repair":
        this.#repairs.push(event.description);
        return [];
      case "logprobs":
      case "generated":
        return [];
      case "finish":
        return this.#finish(event.reason);
    }
  }

  /** The message broke off: no call of it is run. */
  fail(error: unknown): Part[] {
    return [...this.#close(), { type: "error", error }, this.#end({ unified: "error", raw: undefined }, [])];
  }

  #delta(kind: "reasoning" | "text", delta: string): Part[] {
    if (delta === "") return [];
    const parts: Part[] = [];
    if (this.#open?.kind !== kind) {
      parts.push(...this.#close());
      this.#open = { kind, id: String(this.#parts++) };
      parts.push({ type: `${kind}-start`, id: this.#open.id });
    }
    parts.push({ type: `${kind}-delta`, id: this.#open.id, delta });
    return parts;
  }

  #close(): Part[] {
    const open = this.#open;
    this.#open = undefined;
    return open === undefined ? [] : [{ type: `${open.kind}-end`, id: open.id }];
  }

  /** Calls are handed over now and not as each is complete: only the end says whether they may be run. */
  #finish(reason: FinishReason): Part[] {
    const whole = runsCalls(reason);
    const calls = this.#calls.flatMap(({ id, name, text }): Part[] => [
      { type: "tool-input-end", id },
      ...(whole ? [toolCallPart(id, name, text)] : []),
    ]);
    const cutOff = whole ? [] : this.#calls.map(({ name }) => name);
    return [...this.#close(), ...calls, this.#end(finishReasonOf(reason), cutOff)];
  }

  #end(finishReason: LanguageModelV3FinishReason, cutOffCalls: string[]): Part {
    const providerMetadata = metadataOf(this.#repairs, cutOffCalls);
    return {
      type: "finish",
      finishReason,
      usage: usageOf(this.#usage),
      ...(providerMetadata === undefined ? {} : { providerMetadata }),
    };
  }
}
