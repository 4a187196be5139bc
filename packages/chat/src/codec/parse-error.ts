import { ChatError } from "../errors.js";

/** What a strict parse can refuse. Both strict parsers throw these same texts. */
const PARSE_FAILURES = {
  thinking: "Invalid thinking format: the reasoning must end with </think> before any tool call",
  summary: "Invalid summary format: the content must end with the end-of-sentence token or tool calls",
  toolCall: "Tool call format error: expected an invoke or the end of the function calls on the next line",
  missingToken: "Missing special token: the function calls are not closed",
  toolName: 'Tool name format error: expected name="..." and a line end',
  parameter:
    'Parameter format error: expected name="..." string="true|false", the value, the closing tag and a line end',
  duplicateParameter: "Duplicate parameter name: each parameter of a call may be given once",
  afterCalls: "Unexpected content after tool calls: only the end-of-sentence token may follow",
  atEnd: "Unexpected content at end: nothing may follow the end-of-sentence token",
  specialToken: "Unexpected special token in content: content and reasoning may not hold special tokens",
} as const;

export type ParseFailure = keyof typeof PARSE_FAILURES;

/** The error for a completion that does not follow the format. */
export function parseError(failure: ParseFailure): ChatError {
  return new ChatError("parse_error", `${PARSE_FAILURES[failure]}; use repairMessage to accept slips`);
}
