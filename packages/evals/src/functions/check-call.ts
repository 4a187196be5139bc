/**
 * The rules by which the Berkeley Function Calling Leaderboard compares a call with its possible answers (its AST checker, Python
 * categories): name, required and optional parameters, types one level deep, values from a list, strings without case and punctuation.
 */

import type { LosslessJson } from "@cachalot/chat";
import { isEqual, type PythonType, typeOf } from "./python-value.js";

export interface FunctionDescription {
  name: string;
  /** Of its parameters: their types, and those of their items. */
  properties: ReadonlyMap<string, { type: string; items: string | undefined }>;
  required: readonly string[];
}

/** For each parameter the values it may have; "" says that it may be left out. */
export type PossibleAnswers = ReadonlyMap<string, readonly LosslessJson[]>;
export type Arguments = ReadonlyMap<string, LosslessJson>;

const TYPES: Readonly<Record<string, PythonType>> = {
  ...{
    string: "str",
    integer: "int",
    float: "float",
    boolean: "bool",
    array: "list",
    tuple: "list",
    dict: "dict",
    any: "str",
  },
};

/** @returns what is wrong with the call; undefined for a right one */
export function faultOf(
  { properties, required }: FunctionDescription,
  args: Arguments,
  possible: PossibleAnswers,
): string | undefined {
  const missing = required.find((name) => !args.has(name));
  if (missing !== undefined) return `${missing} is required and missing`;
  for (const [name, value] of args) {
    const [about, answers] = [properties.get(name), possible.get(name)];
    if (!about || !answers) return `${name} is not expected`;
    if (!fits(value, about, answers)) return `${name} is ${shown(value)}, not one of ${answers.map(shown).join(" ")}`;
  }
  const left = [...possible].find(([name, answers]) => !args.has(name) && !answers.includes(""));
  return left && `${left[0]} is missing and not optional`;
}

function fits(
  value: LosslessJson,
  { type, items }: { type: string; items: string | undefined },
  answers: readonly LosslessJson[],
): boolean {
  const expected = TYPES[type];
  const nested = type === "array" || type === "tuple" ? TYPES[items ?? ""] : undefined;
  const actual = type === "float" && typeOf(value) === "int" ? "float" : typeOf(value);
  const checked = checkType(value, actual, answers, expected, nested);
  if (!checked.valid) return false;
  if (checked.isVariable) return answers.some((answer) => isEqual(value, answer));
  if (value instanceof Map) return answers.some((answer) => dictFits(value, answer));
  if (Array.isArray(value))
    return nested === "dict"
      ? answers.some((answer) => dictsFit(value, answer))
      : answers.some((answer) => listFits(value, answer));
  if (typeof value === "string")
    return answers.some((answer) => typeof answer === "string" && standard(answer) === standard(value));
  return answers.some((answer) => isEqual(value, answer));
}

/** A variable is a value of another type than the parameter's, where the possible answers have that type. */
function checkType(
  value: LosslessJson,
  actual: PythonType,
  answers: readonly LosslessJson[],
  expected: PythonType | undefined,
  nested: PythonType | undefined,
): { valid: boolean; isVariable: boolean } {
  const first = answers.find((answer) => answer !== "");
  const answerType = first === undefined ? undefined : typeOf(first);
  if (actual !== expected) return { valid: answerType !== undefined && actual === answerType, isVariable: true };
  const isVariable = answerType !== undefined && answerType !== expected;
  if (nested === undefined) return { valid: true, isVariable };
  const itemsFit = (answer: LosslessJson) =>
    !Array.isArray(answer) ||
    (value as LosslessJson[]).every((item) => checkType(item, typeOf(item), answer, nested, undefined).valid);
  return { valid: answers.some(itemsFit), isVariable };
}

/** Without spaces, punctuation and case. */
const standard = (text: string): string =>
  text
    .replace(/[ ,./\-_*^]/g, "")
    .toLowerCase()
    .replaceAll("'", '"');
const standardised = (value: LosslessJson): LosslessJson => (typeof value === "string" ? standard(value) : value);

function listFits(value: readonly LosslessJson[], answer: LosslessJson): boolean {
  const items = typeof answer === "string" ? [...answer] : answer;
  return Array.isArray(items) && isEqual(value.map(standardised), items.map(standardised));
}

function dictFits(value: ReadonlyMap<string, LosslessJson>, answer: LosslessJson): boolean {
  if (!(answer instanceof Map)) return false;
  for (const [key, own] of value) {
    const answers = answer.get(key);
    if (!Array.isArray(answers) || !answers.some((one) => isEqual(standardised(own), standardised(one)))) return false;
  }
  return [...answer].every(([key, answers]) => value.has(key) || (Array.isArray(answers) && answers.includes("")));
}

function dictsFit(value: readonly LosslessJson[], answer: LosslessJson): boolean {
  return (
    Array.isArray(answer) &&
    answer.length === value.length &&
    value.every((one, i) => one instanceof Map && dictFits(one, answer[i]!))
  );
}

const shown = (value: LosslessJson): string =>
  JSON.stringify(value, (_, one: unknown) =>
    one instanceof Map ? Object.fromEntries(one) : ((one as { text?: string } | null)?.text ?? one),
  ).slice(0, 80);
