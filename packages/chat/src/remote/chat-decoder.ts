/**
 * Deltas of a chat endpoint -> events. Text goes through the lenient parser as if the model's own completion were
 * being put together again, so calls leaked as text and a `</think>` inside the reasoning end where they belong.
 */

import type { ChatEvent } from "../chat-model.js";
import type { CallOptions } from "../codec/call-policy.js";
import { CALLS_CLOSE, CALLS_OPEN } from "../codec/dsml-tags.js";
import { isJson } from "../codec/parameter-value.js";
import { DSML, EOS, THINK_END } from "../codec/special-tokens.js";
import { createStreamParser, type StreamParser } from "../codec/stream-parser.js";
import { ToolCallDeltas } from "./tool-call-deltas.js";

export interface ChatDecoderOptions {
  /** Fields that may carry reasoning, in order of preference. */
  reasoningIn: readonly string[];
  /** Hold reasoning back until something shows that it is not the answer itself. */
  holdReasoning: boolean;
  /** The answer was to be JSON: reasoning that is JSON is the answer. Default false. */
  wantsJson?: boolean | undefined;
  /** Which calls the request allows. Default: any. */
  calls?: CallOptions | undefined;
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
  #withheldCalls = 0;
  #callWasCut = false;
  #hasAnswer = false;
  #hasReasoning = false;

  constructor(options: ChatDecoderOptions) {
    this.#options = options;
    if (options.holdReasoning || options.wantsJson) this.#held = "";
  }

  /** Whether the message has tool calls so far, structured or parsed from text. */
  get hasCalls(): boolean {
    return this.#calls !== undefined || this.#parsedCalls > 0;
  }

  /** Whether it has calls and all of them are whole. */
  get hasWholeCalls(): boolean {
    return this.hasCalls && !this.#callWasCut;
  }

  /** Whether the message ended after its reasoning, without an answer or calls. */
  get isEmpty(): boolean {
    return this.#hasReasoning && !this.#hasAnswer && !this.hasCalls && this.#withheldCalls === 0;
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

  /**
   * Ends the message.
   *
   * @param cut why it ended, if not by the model's end token; "stop" where that is not sure
   */
  end({ cut }: { cut: "length" | "stop" | undefined }): ChatEvent[] {
    const events: ChatEvent[] = [];
    if (this.#held !== undefined && this.#held !== "") {
      const isAnswer = cut !== "length" && (this.#options.holdReasoning || isJson(this.#held));
      events.push(...(isAnswer ? this.#relabel() : this.#release()));
    }
    events.push(...this.#close(cut === undefined ? EOS : "", cut));
    if (this.#calls) {
      events.push(...this.#calls.end({ cut: cut !== undefined }));
      this.#callWasCut ||= this.#calls.wasCut;
    }
    return events;
  }

  #reasoning(delta: string): ChatEvent[] {
    if (this.#held !== undefined) {
      this.#held += delta;
      const isThought = !this.#options.holdReasoning && !/^\s*(?:$|[{[])/.test(this.#held);
      return isThought || this.#held.includes(THINK_END) || this.#held.includes(DSML) ? this.#release() : [];
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
    if (this.#phase === "closed") return [...events, ...this.#note([{ type: "content", delta }])];
    if (this.#phase === "start") this.#parser = this.#createParser("chat");
    if (this.#phase === "reasoning") events.push(...this.#endReasoning());
    this.#phase = "content";
    return [...events, ...this.#feed(delta)];
  }

  #toolCalls(deltas: readonly unknown[]): ChatEvent[] {
    const events = this.#release();
    const { tools, toolChoice } = this.#options.calls ?? {};
    if (tools?.length === 0 || toolChoice === "none") return [...events, ...this.#withhold(deltas)];
    if (this.#phase !== "closed") events.push(...this.#close(NO_CALLS, undefined));
    this.#calls ??= new ToolCallDeltas(this.#parsedCalls, this.#options.createId);
    return [...events, ...this.#calls.push(deltas)];
  }

  /** Calls of an endpoint that was not to make any. */
  #withhold(deltas: readonly unknown[]): ChatEvent[] {
    return deltas.flatMap((delta): ChatEvent[] => {
      const name = (delta as { function?: { name?: unknown } } | null)?.function?.name;
      if (typeof name !== "string" || name === "") return [];
      this.#withheldCalls++;
      const description = `left out a call of ${JSON.stringify(name)}: no call was to be made`;
      return [{ type: "repair", kind: "withheld-calls", description }];
    });
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
  #close(ending: string, cut: "length" | "stop" | undefined): ChatEvent[] {
    const parser = this.#parser;
    const events = this.#phase === "reasoning" && ending !== "" ? this.#endReasoning() : [];
    this.#phase = "closed";
    if (parser === undefined) return events;
    const pushed = parser.push(ending);
    const end = parser.end({ cut });
    this.#callWasCut ||= end.callWasCut;
    const last = [...pushed, ...end.events];
    // A cut text has no end token, and a text before structured calls no end: that is no slip.
    const told = ending === EOS ? last : last.filter((event) => event.type !== "repair" || event.kind !== undefined);
    return [...events, ...this.#note(told)];
  }

  #feed(delta: string): ChatEvent[] {
    return this.#note(this.#parser?.push(delta) ?? []);
  }

  #note(events: readonly ChatEvent[]): ChatEvent[] {
    return events.flatMap((event): ChatEvent[] => {
      if (event.type === "content" && event.delta.trim() !== "") this.#hasAnswer = true;
      if (event.type === "reasoning") this.#hasReasoning = true;
      if (event.type === "repair" && event.kind === "withheld-calls") this.#withheldCalls++;
      if (event.type !== "tool-call") return [event];
      this.#parsedCalls++;
      const description = `parsed a call of ${JSON.stringify(event.name)} that the endpoint delivered as text`;
      return [{ type: "repair", kind: "leaked-calls", description }, event];
    });
  }

  #createParser(thinkingMode: "thinking" | "chat"): StreamParser {
    const { calls, createId } = this.#options;
    return createStreamParser({ thinkingMode, lenient: true, createId, ...calls, leaked: true });
  }
}

function relabelled(): ChatEvent {
  return {
    type: "repair",
    kind: "relabelled-reasoning",
    description: "the endpoint delivered the answer as reasoning; made it content",
  };
}
