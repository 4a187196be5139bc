/** Writes tool calls as DSML. */

import { ChatError } from "../errors.js";
import { parseLosslessJson } from "../json/lossless-json.js";
import { formatPythonJson } from "../json/python-json.js";
import type { ToolCall } from "../messages.js";
import { DSML } from "./special-tokens.js";

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
    parameters.push(`<${DSML}parameter name="${key}" string="${isString}">${text}</${DSML}parameter>`);
  }
  return parameters.join("\n");
}

/** One `invoke` element. Throws as {@link renderArguments} does. */
export function renderInvoke({ function: { name, arguments: args } }: ToolCall): string {
  return `<${DSML}invoke name="${name}">\n${renderArguments(args)}\n</${DSML}invoke>`;
}

/** The `function_calls` block around rendered invokes, without the blank line before it. */
export function renderCallsBlock(invokes: readonly string[]): string {
  return `<${DSML}function_calls>\n${invokes.join("\n")}\n</${DSML}function_calls>`;
}
