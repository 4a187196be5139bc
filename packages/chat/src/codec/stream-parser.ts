/** Completion text -> events and a message, while the text is still arriving. */

import type { ChatEvent } from "../chat-model.js";
import { type CallOptions, CallPolicy } from "./call-policy.js";
import { MessageBuilder } from "./message-builder.js";
import { parseError } from "./parse-error.js";
import type { ParsedMessage, ParseOptions } from "./parse-message.js";
import type { Cut, Parser, State } from "./parser-state.js";
import { DSML, FORBIDDEN_IN_TEXT } from "./special-tokens.js";
import { TextReader } from "./text-reader.js";
import { content, reasoning } from "./text-states.js";
import { createToolCallId } from "./tool-call-id.js";

/** How a lenient parse is told which calls a completion may make. A strict one follows the format alone. */
export interface RepairOptions extends ParseOptions, CallOptions {}

export interface StreamParserOptions extends RepairOptions {
  /**
   * false (default): `end` throws for anything but the exact format.
   * true: never throws; slips are repaired and reported, and arguments are always valid JSON, but for a call that
   * was cut. Nothing that is quoted becomes a call.
   */
  lenient?: boolean | undefined;
  /** Ids for the calls in the events; the text has none. Default: random. */
  createId?: ((index: number) => string) | undefined;
}

export interface StreamEnd {
  /** The events since the last push. */
  events: ChatEvent[];
  /** Exactly the strict parser's message where that one accepts the text, so its calls carry no ids. */
  message: ParsedMessage;
  /** Ids of `message.tool_calls` as the events named them. */
  toolCallIds: string[];
  /** What was repaired, in order. Empty in a strict parse. */
  repairs: string[];
  /** The text was cut inside a call, so the message is not whole and its last call must not be run. */
  callWasCut: boolean;
}

export interface StreamParser {
  /** Takes the next piece of text, split anywhere. Returns what has become certain. */
  push(text: string): ChatEvent[];
  /**
   * Closes the text. Later calls return the same message and no events. `cut` says why a text ended without the model's
   * end token: then a lenient parse leaves the arguments of an unfinished call open instead of closing them.
   *
   * @throws ChatError `parse_error`, the strict parser's, unless the parser is lenient.
   */
  end(options?: { cut?: Cut | undefined }): StreamEnd;
}

/**
 * A parser for one streamed completion, from after the prompt to the end-of-sentence token (push that token's text too).
 * Emits `reasoning`, `content`, `tool-call`, `tool-call-arguments` and, when lenient, `repair` events; the caller adds
 * `usage` and `finish`. Concatenated deltas equal the final message. In a strict parse, events may already have been
 * emitted when `end` refuses the text.
 *
 * The lenient parser's message equals the strict one's wherever that accepts the text, except that a `string="false"`
 * value that is not JSON becomes a string.
 */
export function createStreamParser(options: StreamParserOptions): StreamParser {
  const { thinkingMode, lenient = false, createId = createToolCallId } = options;
  const policy = new CallPolicy(lenient ? options : {});
  const out = new MessageBuilder(createId, policy);
  const reader = new TextReader();
  const parser: Parser = {
    reader,
    out,
    lenient,
    policy,
    cut: undefined,
    failure: undefined,
    parameter: { name: "", isString: false, duplicate: false, raw: "", kind: "direct" },
    held: undefined,
    quoted: 0,
  };
  let state: State | "done" = thinkingMode === "thinking" ? reasoning : content;
  const run = (): void => {
    while (state !== "done") {
      const next = state(parser);
      if (next === "wait") return;
      state = next;
    }
  };
  return {
    push(text) {
      if (reader.ended || state === "done") return [];
      reader.push(text);
      run();
      return out.drain();
    },
    end({ cut } = {}) {
      if (!reader.ended) {
        reader.end();
        parser.cut = lenient ? cut : undefined;
        run();
        finish(parser);
      }
      if (parser.failure !== undefined) throw parseError(parser.failure);
      return {
        events: out.drain(),
        message: out.message(),
        toolCallIds: [...out.toolCallIds],
        repairs: [...out.repairs],
        callWasCut: out.callWasCut,
      };
    },
  };
}

function finish(parser: Parser): void {
  const { out, lenient } = parser;
  const inText = (token: string): boolean => out.content.includes(token) || out.reasoning.includes(token);
  if (!lenient) {
    if (FORBIDDEN_IN_TEXT.some(inText)) parser.failure ??= "specialToken";
    return;
  }
  // Most often DSML outside a call; the others only where taking a token out has joined the pieces of another.
  for (const token of FORBIDDEN_IN_TEXT.filter(inText)) {
    // Where there are no tools their markup is a text like any other.
    if (token !== DSML || parser.policy.parses) out.addRepair(`kept ${token} in the text`);
  }
}

/**
 * A lenient parse of a whole text: never throws, and says what it repaired. Give it the tools that were offered: then
 * only those are called, and arguments are read by their schemas.
 */
export function repairMessage(text: string, options: RepairOptions): { message: ParsedMessage; repairs: string[] } {
  const parser = createStreamParser({ ...options, lenient: true });
  parser.push(text);
  const { message, repairs } = parser.end();
  return { message, repairs };
}
