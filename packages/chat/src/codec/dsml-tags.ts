/** The tool-call markup around DSML, as the parsers look for it. Opening tags have attributes, so they stop before `>`. */

import { DSML } from "./special-tokens.js";

export const CALLS_OPEN = `<${DSML}function_calls`;
/** What separates an assistant's content from its calls. */
export const CALLS_START = `\n\n${CALLS_OPEN}`;
export const CALLS_CLOSE = `</${DSML}function_calls`;
export const CALLS_END = `${CALLS_CLOSE}>`;
/** DeepSeek-V4 names the block of calls differently; what is inside it is written the same. */
export const V4_CALLS_OPEN = `<${DSML}tool_calls`;
export const V4_CALLS_CLOSE = `</${DSML}tool_calls`;
export const V4_CALLS_END = `${V4_CALLS_CLOSE}>`;
export const INVOKE_OPEN = `<${DSML}invoke`;
export const INVOKE_CLOSE = `</${DSML}invoke`;
export const PARAMETER_OPEN = `<${DSML}parameter`;
export const PARAMETER_CLOSE = `</${DSML}parameter`;
