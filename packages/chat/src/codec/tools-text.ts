/** The prompt text that tells the model which tools it has, and how a reply must be shaped. */

import { formatPythonJson } from "../json/python-json.js";
import type { ToolDefinition } from "../messages.js";
import { DSML, THINK_END, THINK_START } from "./special-tokens.js";

/** The "## Tools" section: how to call, then one JSON schema a line. */
export function renderTools(tools: readonly ToolDefinition[]): string {
  const schemas = tools.map((tool) => formatPythonJson(tool.function)).join("\n");
  return `## Tools

You have access to a set of tools you can use to answer the user's question.
You can invoke functions by writing a "<${DSML}function_calls>" block like the following as part of your reply to the user:
<${DSML}function_calls>
<${DSML}invoke name="$FUNCTION_NAME">
<${DSML}parameter name="$PARAMETER_NAME" string="true|false">$PARAMETER_VALUE</${DSML}parameter>
...
</${DSML}invoke>
<${DSML}invoke name="$FUNCTION_NAME2">
...
</${DSML}invoke>
</${DSML}function_calls>

String and scalar parameters should be specified as is without any escaping or quotes, while lists and objects should use JSON format. The "string" attribute should be set to "true" for string type parameters and "false" for other types (numbers, booleans, arrays, objects).

If the thinking_mode is enabled, then after function results you should strongly consider outputting a thinking block. Here is an example:

<${DSML}function_calls>
...
</${DSML}function_calls>

<function_results>
...
</function_results>

${THINK_START}...thinking about results${THINK_END}

Here are the functions available in JSONSchema format:
<functions>
${schemas}
</functions>
`;
}

/** The "## Response Format" section for a JSON schema. */
export function renderResponseFormat(schema: Record<string, unknown>): string {
  return `## Response Format:\n\nYou MUST strictly adhere to the following schema to reply:\n${formatPythonJson(schema)}`;
}
