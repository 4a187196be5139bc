/** What the states of the incremental parser share. */

import type { MessageBuilder } from "./message-builder.js";
import type { ParseFailure } from "./parse-error.js";
import type { TextReader } from "./text-reader.js";

/** A state consumes what it can and names the next one. `wait`: more text is needed. `done`: nothing more will come. */
export type State = (parser: Parser) => State | "wait" | "done";

export interface Parser {
  readonly reader: TextReader;
  readonly out: MessageBuilder;
  /** Repair slips instead of failing. */
  readonly lenient: boolean;
  /** The first thing a strict parse refused. */
  failure: ParseFailure | undefined;
  /** The parameter being read. */
  parameter: { name: string; isString: boolean; duplicate: boolean; raw: string };
}

/** Strict: records the failure and stops. */
export function fail(parser: Parser, failure: ParseFailure): "done" {
  parser.failure ??= failure;
  return "done";
}
