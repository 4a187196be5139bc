/**
 * Deltas of a chat endpoint -> events. Text goes through the lenient parser as if the model's own completion were
 * being put together again, so calls leaked as text and a `</think>` inside the reasoning end where they belong.
 */

import type { ChatEvent } from "../chat-model.js";
import { CALLS_CLOSE, CALLS_OPEN } from "../codec/dsml-tags.js";
import { DSML, EOS, THINK_END } from "../codec/special-tokens.js";
import { createStreamParser, type StreamParser } from "../codec/stream-parser.js";
import { ToolCallDeltas } from "./tool-call-deltas.js";

export interface ChatDecoderOptions {
  /** Fields that may carry reasoning, in order of preference. */
  reasoningIn: readonly string[];
  /** Hold reasoning back until something shows that it is not the answer itself. */
  holdReasoning: boolean;
  createId?: ((index: number) => string) | undefined;
}

/** Closes a text before structured calls, as if they followed in it: the empty line before them is no content. */
const NO_CALLS = `${CALLS_OPEN}>\n${CALLS_CLOSE}>${EOS}`;

const text = (value: unknown): string => (typeof value === "string" ? value : "");

export class ChatDecoder {
  readonly #options: ChatDecoderOptions;
  #parser: StreamParser | undefined;
  /** What the text is inside of, as the endpoint says. */
  #phase: "start" | "reasoning" | "content" | "closed" = "start";
  /** The end of the reasoning so far, in which a tag may begin; undefined once `</think>` came inside it. */
  #tail: string | undefined = "";
  #held: string | undefined;
  #calls: ToolCallDeltas | undefined;
  #parsedCalls = 0;

  constructor(options: ChatDecoderOptions) {
    this.#options = options;
    if (options.holdReasoning) this.#held = "";
  }

  /** Whether the message has tool calls so far, structured or parsed from text. */
  get hasCalls(): boolean {
    return this.#calls !== undefined || this.#parsedCalls > 0;
  }

  /** Takes a choice's `delta`, or the `message` of an endpoint that does not stream. */
  push(delta: Record<string, unknown>): ChatEvent[] {
    const events: ChatEvent[] = [];
    const reasoning = this.#options.reasoningIn.map((field) => text(delta[field])).find((value) => value !== "");
    if (reasoning !== undefined) events.push(...this.#reasoning(reasoning));
    const content = text(delta.content);
    if (content !== "") events.push(...this.#content(content));
    if (Array.isArray(delta.tool_calls) && delta.tool_calls.length > 0)
      events.push(...this.#toolCalls(delta.tool_calls));
    return events;
  }

  /** Ends the message. `cut`: it ended because of its length. */
  end({ cut }: { cut: boolean }): ChatEvent[] {
    const events: ChatEvent[] = [];
    if (this.#held !== undefined && this.#held !== "") {
      events.push(...(cut ? this.#release() : this.#relabel()));
    }
    events.push(...this.#close(cut ? "" : EOS));
    if (this.#calls) events.push(...this.#calls.end());
    return events;
  }

  #reasoning(delta: string): ChatEvent[] {
    if (this.#held !== undefined) {
      this.#held += delta;
      return this.#held.includes(THINK_END) || this.#held.includes(DSML) ? this.#release() : [];
    }
    if (this.#phase === "content" || this.#phase === "closed") return [{ type: "reasoning", delta }];
    if (this.#phase === "start") {
      this.#phase = "reasoning";
      this.#parser = this.#createParser("thinking");
    }
    return [...this.#noteThinkEnd(delta), ...this.#feed(delta)];
  }

  #content(delta: string): ChatEvent[] {
    const events = this.#release();
    if (this.#phase === "closed") return [...events, { type: "content", delta }];
    if (this.#phase === "start") this.#parser = this.#createParser("chat");
    if (this.#phase === "reasoning") events.push(...this.#endReasoning());
    this.#phase = "content";
    return [...events, ...this.#feed(delta)];
  }

  #toolCalls(deltas: readonly unknown[]): ChatEvent[] {
    const events = this.#release();
    if (this.#phase !== "closed") events.push(...this.#close(NO_CALLS));
    this.#calls ??= new ToolCallDeltas(this.#parsedCalls, this.#options.createId);
    return [...events, ...this.#calls.push(deltas)];
  }

  /** Held reasoning was reasoning after all. */
  #release(): ChatEvent[] {
    const held = this.#held;
    this.#held = undefined;
    return held ? this.#reasoning(held) : [];
  }

  /** Nothing but reasoning came, where the endpoint is known to mistake answers for it. */
  #relabel(): ChatEvent[] {
    const held = this.#held ?? "";
    this.#held = undefined;
    return [relabelled(), ...this.#content(held)];
  }

  #noteThinkEnd(delta: string): ChatEvent[] {
    if (this.#tail === undefined) return [];
    const seen = this.#tail + delta;
    const closed = seen.includes(THINK_END);
    this.#tail = closed ? undefined : seen.slice(1 - THINK_END.length);
    return closed ? [relabelled()] : [];
  }

  #endReasoning(): ChatEvent[] {
    return this.#tail === undefined ? [] : this.#feed(THINK_END);
  }

  /** Ends the text. An `ending` that is not the model's own reports nothing. */
  #close(ending: string): ChatEvent[] {
    const parser = this.#parser;
    const events = this.#phase === "reasoning" && ending !== "" ? this.#endReasoning() : [];
    this.#phase = "closed";
    if (parser === undefined) return events;
    const last = [...parser.push(ending), ...parser.end().events];
    const quiet = ending === EOS ? last : last.filter(({ type }) => type !== "repair");
    return [...events, ...this.#noteCalls(quiet)];
  }

  #feed(delta: string): ChatEvent[] {
    return this.#noteCalls(this.#parser?.push(delta) ?? []);
  }

  #noteCalls(events: readonly ChatEvent[]): ChatEvent[] {
    return events.flatMap((event): ChatEvent[] => {
      if (event.type !== "tool-call") return [event];
      this.#parsedCalls++;
      const description = `parsed a call of ${JSON.stringify(event.name)} that the endpoint delivered as text`;
      return [{ type: "repair", kind: "leaked-calls", description }, event];
    });
  }

  #createParser(thinkingMode: "thinking" | "chat"): StreamParser {
    return createStreamParser({ thinkingMode, lenient: true, createId: this.#options.createId });
  }
}

function relabelled(): ChatEvent {
  return {
    type: "repair",
    kind: "relabelled-reasoning",
    description: "the endpoint delivered the answer as reasoning; made it content",
  };
}
