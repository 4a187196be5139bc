/** Writing a parameter's value into the arguments while it arrives. */

import { ChatError } from "../errors.js";
import { parseLosslessJson } from "../json/lossless-json.js";
import { escapeJsonString } from "../json/python-json.js";
import type { Parser } from "./parser-state.js";

/** Starts a parameter. A repeated name is refused when it closes (strict) or kept (lenient). */
export function openValue(parser: Parser, name: string, isString: boolean): void {
  const { out } = parser;
  const duplicate = out.hasParameter(name);
  parser.parameter = { name, isString, duplicate, raw: "" };
  if (duplicate) {
    if (!parser.lenient) return;
    out.addRepair(`parameter ${JSON.stringify(name)} was given twice; the arguments keep both, the last one counts`);
  }
  out.openParameter(name);
  if (isString) out.addArguments('"');
}

/** Strings stream. Other values stream in a strict parse; a lenient one waits until it can tell whether they are JSON. */
export function addValue({ out, lenient, parameter }: Parser, text: string): void {
  if (parameter.duplicate && !lenient) return;
  if (parameter.isString) out.addArguments(escapeJsonString(text));
  else if (lenient) parameter.raw += text;
  else out.addArguments(text);
}

export function closeValue({ out, lenient, parameter }: Parser): void {
  if (parameter.isString) out.addArguments('"');
  else if (lenient) {
    if (isJson(parameter.raw)) out.addArguments(parameter.raw);
    else {
      out.addRepair(`parameter ${JSON.stringify(parameter.name)} was not JSON; kept it as a string`);
      out.addArguments(`"${escapeJsonString(parameter.raw)}"`);
    }
  }
}

export function isJson(text: string): boolean {
  try {
    parseLosslessJson(text, { allowNonFinite: false });
    return true;
  } catch (error) {
    if (error instanceof ChatError) return false;
    throw error;
  }
}
