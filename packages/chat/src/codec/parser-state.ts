/** What the states of the incremental parser share. */

import type { CallPolicy } from "./call-policy.js";
import type { MarkupStart } from "./markup-dialects.js";
import type { MessageBuilder } from "./message-builder.js";
import type { ParseFailure } from "./parse-error.js";
import type { TextReader } from "./text-reader.js";

/** A state consumes what it can and names the next one. `wait`: more text is needed. `done`: nothing more will come. */
export type State = (parser: Parser) => State | "wait" | "done";

/** Why a text ended other than by the model's end token: its length, or a stop string. */
export type Cut = "length" | "stop";

/** The text that markup stands in. */
export interface Place {
  isReasoning: boolean;
  /** Goes on reading the text. */
  back: State;
  /** What the text goes on with after a special token that is no markup. */
  afterToken(parser: Parser, token: string): ReturnType<State>;
}

/** Markup that may be calls or may be quoted: it stays in the reader until that is known. */
export interface HeldMarkup {
  start: MarkupStart;
  /** Empty lines before the tag. */
  lead: string;
  place: Place;
  /** How long the text must be to look at it again. */
  lookAt: number;
}

export interface Parser {
  readonly reader: TextReader;
  readonly out: MessageBuilder;
  /** Repair slips instead of failing. */
  readonly lenient: boolean;
  readonly policy: CallPolicy;
  /** Told at the end. */
  cut: Cut | undefined;
  /** The first thing a strict parse refused. */
  failure: ParseFailure | undefined;
  /** The parameter being read. */
  parameter: OpenParameter;
  held: HeldMarkup | undefined;
  /** Markup that turned out to be text so far. */
  quoted: number;
}

export interface OpenParameter {
  name: string;
  isString: boolean;
  duplicate: boolean;
  /** The value, where it is not written as it comes. */
  raw: string;
  /**
   * - `direct`: the value is written as it comes
   * - `json`: it is held until it can be told to be JSON
   * - `typed`: a string where the schema wants another type
   * - `wrapper`: all arguments may be in it
   */
  kind: "direct" | "json" | "typed" | "wrapper";
}

/** Strict: records the failure and stops. */
export function fail(parser: Parser, failure: ParseFailure): "done" {
  parser.failure ??= failure;
  return "done";
}
