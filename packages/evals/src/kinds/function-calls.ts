/** Benchmarks of tool calls that are compared and not run: the Berkeley Function Calling Leaderboard's format. */

import {
  type AssistantMessage,
  type ChatMessage,
  type LosslessJson,
  LosslessNumber,
  parseLosslessJson,
} from "@cachalot/chat";
import { type Benchmark, type Grade, ownCalls, right, wrong } from "../benchmark.js";
import { withPossibleAnswers } from "../bfcl/possible-answers.js";
import { type FileDefinition, fileSource } from "../data/file-source.js";
import { type Row, textField } from "../data/read-rows.js";
import { EvalsError } from "../errors.js";
import { type FunctionDescription, faultOf, type PossibleAnswers } from "../functions/check-call.js";
import { toolName, toolOf } from "../functions/tool-of.js";

interface ExpectedCall {
  name: string;
  possible: PossibleAnswers;
}

export interface ExpectedCalls {
  functions: readonly FunctionDescription[];
  /** In any order. */
  calls: readonly ExpectedCall[];
}

const EXPECTS =
  '{"id": "...", "question": [[{"role": "user", "content": "..."}]], "function": [{...}], "ground_truth": [{"name": {"parameter": [values]}}]}';

export function functionCalls(
  definition: Pick<FileDefinition, "name" | "description" | "bundled">,
): Benchmark<ExpectedCalls> {
  return {
    ...fileSource<ExpectedCalls>({
      ...{
        ...definition,
        licence: "Apache-2.0",
        expects: EXPECTS,
        where: "github.com/ShishirPatil/gorilla, bfcl_eval/data, with possible_answer beside it, or as ground_truth",
        complete: withPossibleAnswers,
      },
      item(row) {
        const functions = listOf(row, "function").map((one) => descriptionOf(one, row));
        const calls = callsOf(row);
        const [messages] = (row.fields.question ?? []) as ChatMessage[][];
        if (!Array.isArray(messages) || messages.length === 0)
          throw new EvalsError("bad_data", `${row.where}: question has no messages; expected ${EXPECTS}`);
        const tools = listOf(row, "function").map(toolOf);
        return {
          id: textField(row, ["id"], EXPECTS),
          messages,
          tools,
          gold: calls.map(goldText).join("\n"),
          data: { functions, calls },
        };
      },
    }),
    grade: ({ message }, { data }) => gradeCalls(message, data),
    oracle: ({ data }) => [
      calling(data.calls.map((call) => [toolName(call.name), oracleArguments(call, data.functions)])),
    ],
    wrong: ({ data }) => [calling(data.calls.map(({ name }) => [toolName(name), new Map([["not_a_parameter", ""]])]))],
  };
}

function listOf({ fields, where }: Row, field: string): Record<string, unknown>[] {
  const list = fields[field];
  if (Array.isArray(list) && list.length > 0 && list.every((one) => typeof one === "object" && one !== null))
    return list as Record<string, unknown>[];
  throw new EvalsError(
    "bad_data",
    `${where}: ${field} is ${JSON.stringify(list)?.slice(0, 60) ?? "missing"}; expected ${EXPECTS}`,
  );
}

interface Schema {
  type?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
}

function descriptionOf(one: Record<string, unknown>, { where }: Row): FunctionDescription {
  const { name, parameters } = one as { name?: string; parameters?: Schema };
  if (typeof name !== "string" || !parameters?.properties)
    throw new EvalsError("bad_data", `${where}: a function lacks its name or properties; expected ${EXPECTS}`);
  const properties = Object.entries(parameters.properties).map(
    ([key, { type = "any", items }]) => [key, { type, items: items?.type }] as const,
  );
  return { name, properties: new Map(properties), required: parameters.required ?? [] };
}

/** Possible answers as they are written: 5 is no float. */
function callsOf(row: Row): ExpectedCall[] {
  listOf(row, "ground_truth");
  const calls = (parseLosslessJson(row.text) as Map<string, LosslessJson>).get("ground_truth") as Map<
    string,
    LosslessJson
  >[];
  return calls.map((call) => {
    const [[name, possible] = []] = call;
    const lists = possible instanceof Map && [...possible.values()].every((values) => Array.isArray(values));
    if (name === undefined || !lists)
      throw new EvalsError(
        "bad_data",
        `${row.where}: ground_truth has a call without lists of values; expected ${EXPECTS}`,
      );
    return { name, possible: possible as ReadonlyMap<string, readonly LosslessJson[]> };
  });
}

function gradeCalls({ tool_calls: made = [] }: AssistantMessage, { functions, calls }: ExpectedCalls): Grade {
  const answer = made.map(({ function: { name, arguments: args } }) => `${name}(${args})`).join("\n");
  if (made.length !== calls.length) return wrong(`it made ${made.length} calls, not ${calls.length}`, answer);
  const left = made.map(({ function: { name, arguments: args } }) => ({ name, args: argumentsOf(args) }));
  for (const { name, possible } of calls) {
    const about = functions.find((one) => one.name === name);
    if (!about) return wrong(`${name} is none of its functions`, answer);
    const faults = left.map((call) => {
      if (toolName(call.name) !== toolName(name)) return `${call.name} is not ${name}`;
      return call.args ? faultOf(about, call.args, possible) : "its arguments are no JSON object";
    });
    const at = faults.indexOf(undefined);
    if (at < 0) return wrong(faults.join("; "), answer);
    left.splice(at, 1);
  }
  return right("every call is one of the possible ones", answer);
}

function argumentsOf(text: string): Map<string, LosslessJson> | undefined {
  try {
    const value = parseLosslessJson(text);
    return value instanceof Map ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The first possible value of every parameter that may not be left out. */
function oracleArguments(
  { name, possible }: ExpectedCall,
  functions: readonly FunctionDescription[],
): Map<string, LosslessJson> {
  const required = functions.find((one) => one.name === name)?.required ?? [];
  const wanted = [...possible].filter(([key, values]) => required.includes(key) || !values.includes(""));
  return new Map(wanted.map(([key, values]) => [key, oracleValue(values.find((value) => value !== "") ?? "")]));
}

/** A dictionary of possible answers has lists of values, too. */
function oracleValue(value: LosslessJson): LosslessJson {
  if (Array.isArray(value)) return value.map((item) => (item instanceof Map ? oracleValue(item) : item));
  if (!(value instanceof Map)) return value;
  const entries = [...value].flatMap(([key, values]): [string, LosslessJson][] =>
    Array.isArray(values) && !values.includes("") ? [[key, values[0]!]] : [],
  );
  return new Map(entries);
}

const calling = (calls: readonly (readonly [name: string, args: Map<string, LosslessJson>])[]): AssistantMessage =>
  ownCalls(calls.map(([name, args]) => [name, jsonText(args)]));

const goldText = ({ name, possible }: ExpectedCall): string =>
  `${name}(${[...possible].map(([key, values]) => `${key}=${values.map((value) => (value === "" ? "(none)" : jsonText(value))).join(" | ")}`).join(", ")})`;

function jsonText(value: LosslessJson): string {
  if (value instanceof LosslessNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(jsonText).join(", ")}]`;
  if (value instanceof Map)
    return `{${[...value].map(([key, one]) => `${JSON.stringify(key)}: ${jsonText(one)}`).join(", ")}}`;
  return JSON.stringify(value);
}
