/** Writes tool calls as DSML. */

import { ChatError } from "../errors.js";
import { parseLosslessJson } from "../json/lossless-json.js";
import { formatPythonJson } from "../json/python-json.js";
import type { ToolCall } from "../messages.js";
import { DSML } from "./special-tokens.js";

// The encoder writes these thousands of times: one string each instead of several to join.
const PARAMETER_OPEN = `<${DSML}parameter name="`;
const IS_STRING = '" string="true">';
const IS_JSON = '" string="false">';
const PARAMETER_CLOSE = `</${DSML}parameter>`;
const INVOKE_OPEN = `<${DSML}invoke name="`;
const INVOKE_CLOSE = `\n</${DSML}invoke>`;
const CALLS_OPEN = `<${DSML}function_calls>\n`;
const CALLS_CLOSE = `\n</${DSML}function_calls>`;

/**
 * One parameter element a line. Strings are written raw, everything else as JSON.
 *
 * @param argumentsJson the call's arguments, a JSON object as text
 * @throws ChatError `invalid_arguments` when the text is not a JSON object.
 */
function renderArguments(argumentsJson: string): string {
  const parsed = parseLosslessJson(argumentsJson);
  if (!(parsed instanceof Map)) {
    throw new ChatError("invalid_arguments", "Tool call arguments must be a JSON object; send {} for none");
  }
  const parameters: string[] = [];
  for (const [key, value] of parsed) {
    const isString = typeof value === "string";
    const text = isString ? value : formatPythonJson(value);
    parameters.push(PARAMETER_OPEN + key + (isString ? IS_STRING : IS_JSON) + text + PARAMETER_CLOSE);
  }
  return parameters.join("\n");
}

/** One `invoke` element. Throws as {@link renderArguments} does. */
export function renderInvoke({ function: { name, arguments: args } }: ToolCall): string {
  return `${INVOKE_OPEN}${name}">\n${renderArguments(args)}${INVOKE_CLOSE}`;
}

/** The `function_calls` block around rendered invokes, without the blank line before it. */
export function renderCallsBlock(invokes: readonly string[]): string {
  return CALLS_OPEN + invokes.join("\n") + CALLS_CLOSE;
}
