/** Writing a parameter's value into the arguments while it arrives. */

import { ChatError } from "../errors.js";
import { type LosslessJson, LosslessNumber, parseLosslessJson } from "../json/lossless-json.js";
import { escapeJsonString } from "../json/python-json.js";
import type { OpenParameter, Parser } from "./parser-state.js";

/** Starts a parameter. A repeated name is refused when it closes (strict) or kept (lenient). */
export function openValue(parser: Parser, name: string, isString: boolean): void {
  const { out } = parser;
  const duplicate = out.hasParameter(name);
  parser.parameter = { name, isString, duplicate, raw: "", kind: kindOf(parser, name, isString) };
  if (duplicate) {
    if (!parser.lenient) return;
    out.addRepair(`parameter ${JSON.stringify(name)} was given twice; the arguments keep both, the last one counts`);
  }
  if (parser.parameter.kind === "wrapper") return;
  out.openParameter(name);
  if (parser.parameter.kind === "direct" && isString) out.addArguments('"');
}

/** Strings stream. Other values stream in a strict parse; a lenient one waits until it can tell whether they are JSON. */
function kindOf({ out, lenient, policy }: Parser, name: string, isString: boolean): OpenParameter["kind"] {
  if (!lenient) return "direct";
  if (!out.hasParameters && policy.isWrapper(out.tool, name)) return "wrapper";
  if (!isString) return "json";
  return policy.types(out.tool, name)?.has("string") === false ? "typed" : "direct";
}

export function addValue({ out, lenient, parameter }: Parser, text: string): void {
  if (parameter.duplicate && !lenient) return;
  if (parameter.kind !== "direct") parameter.raw += text;
  else out.addArguments(parameter.isString ? escapeJsonString(text) : text);
}

const asString = (text: string): string => `"${escapeJsonString(text)}"`;

export function closeValue(parser: Parser): void {
  const { out, parameter } = parser;
  const { name, raw, isString } = parameter;
  switch (parameter.kind) {
    case "direct":
      if (isString) out.addArguments('"');
      break;
    case "json":
      out.addArguments(jsonValue(parser));
      break;
    case "typed":
      out.addArguments(typedValue(parser));
      break;
    case "wrapper":
      if (parser.policy.fits(out.tool, objectKeys(raw) ?? [""])) out.wrapParameter(name, raw);
      else {
        out.openParameter(name);
        out.addArguments(isString ? asString(raw) : jsonValue(parser));
      }
      break;
  }
}

function jsonValue({ out, parameter: { name, raw } }: Parser): string {
  if (isJson(raw)) return raw;
  out.addRepair(`parameter ${JSON.stringify(name)} was not JSON; kept it as a string`);
  return asString(raw);
}

/** A value the model called a string, as the type its schema has, where it reads as one. */
function typedValue({ out, policy, parameter: { name, raw } }: Parser): string {
  const types = policy.types(out.tool, name);
  const text = /^(?:True|False)$/.test(raw.trim()) ? raw.trim().toLowerCase() : raw.trim();
  const type = jsonType(text);
  const fits = type !== undefined && (types?.has(type) || (type === "integer" && types?.has("number")));
  if (!fits) return asString(raw);
  out.addRepair(`parameter ${JSON.stringify(name)} was written as a string; its schema says ${type}`);
  return text;
}

function jsonType(text: string): string | undefined {
  const value = readJson(text);
  if (value === undefined) return undefined;
  if (value === null) return "null";
  if (value instanceof LosslessNumber) return /^-?\d+(?:\.0)?$/.test(value.text) ? "integer" : "number";
  if (value instanceof Map) return "object";
  return Array.isArray(value) ? "array" : typeof value;
}

/** The names in a JSON object; undefined for any other text. */
export function objectKeys(text: string, { allowNonFinite = false } = {}): Iterable<string> | undefined {
  const value = readJson(text, allowNonFinite);
  return value instanceof Map ? value.keys() : undefined;
}

function readJson(text: string, allowNonFinite = false): LosslessJson | undefined {
  try {
    return parseLosslessJson(text, { allowNonFinite });
  } catch (error) {
    if (error instanceof ChatError) return undefined;
    throw error;
  }
}

export const isJson = (text: string): boolean => readJson(text) !== undefined;
