/** Execution-based evaluators of MCP-Universe's kind: a value is taken from the answer or from a tool's result, step by step, and compared. */

import * as z from "zod";

const evaluatorSchema = z.object({
  /** Steps with "->" between them: `raw`, `json`, `get(KEY)`, `len`, `number`. */
  func: z.string().default("raw"),
  op: z.enum(["=", "!=", "<", "<=", ">", ">=", "contains", "in"]).default("="),
  value: z.json(),
  /** A tool whose result is looked at after the run, in place of the answer: what it is called by the model. */
  tool: z.string().optional(),
  arguments: z.record(z.string(), z.json()).default({}),
});

export const evaluatorsSchema = z.array(evaluatorSchema).min(1);
export type Evaluator = z.infer<typeof evaluatorSchema>;
type Json = z.infer<ReturnType<typeof z.json>>;

/**
 * The value that the steps take from a text.
 * @throws Error for a step that does not fit what it is applied to: the answer is then wrong
 */
export function valueAt(text: string, func: string): Json {
  let value: Json = text;
  for (const step of func.split("->").map((part) => part.trim())) value = taken(value, step);
  return value;
}

function taken(value: Json, step: string): Json {
  const key = /^get\((.*)\)$/.exec(step)?.[1]?.replace(/^["'](.*)["']$/, "$1");
  if (step === "raw") return value;
  if (step === "json") return jsonIn(String(value));
  if (step === "number") return numberIn(value);
  if (step === "len" && (Array.isArray(value) || typeof value === "string")) return value.length;
  if (key !== undefined && typeof value === "object" && value !== null) {
    const found = Array.isArray(value) ? value.at(Number(key)) : value[key];
    if (found !== undefined) return found;
    throw new Error(`there is no ${key} in ${JSON.stringify(value).slice(0, 200)}`);
  }
  throw new Error(`${step} does not fit ${JSON.stringify(value).slice(0, 200)}`);
}

/** The text as JSON, or its last fenced block, or what stands between its outermost brackets. */
function jsonIn(text: string): Json {
  const fenced = [...text.matchAll(/^```(?:json)?\s*\n(.*?)^```/gms)].at(-1)?.[1];
  const outer = /[[{].*[\]}]/s.exec(text)?.[0];
  for (const candidate of [text, fenced, outer])
    try {
      if (candidate !== undefined) return JSON.parse(candidate) as Json;
    } catch {}
  throw new Error("the answer is no JSON");
}

function numberIn(value: Json): number {
  const number =
    typeof value === "number" ? value : Number(/-?\d+(?:\.\d+)?/.exec(String(value).replaceAll(",", ""))?.[0]);
  if (Number.isFinite(number)) return number;
  throw new Error(`there is no number in ${JSON.stringify(value).slice(0, 200)}`);
}

/** Whether a value holds what an evaluator wants. */
export function holds(value: Json, { op, value: wanted }: Pick<Evaluator, "op" | "value">): boolean {
  if (op === "contains") return includes(value, wanted);
  if (op === "in") return includes(wanted, value);
  if (op === "=" || op === "!=") return same(value, wanted) === (op === "=");
  const [left, right] = [Number(value), Number(wanted)];
  if (!Number.isFinite(left) || !Number.isFinite(right)) return false;
  return { "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right }[op];
}

function includes(whole: Json, part: Json): boolean {
  if (typeof whole === "string") return whole.toLowerCase().includes(String(part).toLowerCase());
  return Array.isArray(whole) && whole.some((one) => same(one, part));
}

/** Keys in any order; text without the space around it and its case. */
function same(a: Json, b: Json): boolean {
  if (typeof a === "string" && typeof b === "string") return a.trim().toLowerCase() === b.trim().toLowerCase();
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [Object.entries(a), Object.entries(b)];
  return left.length === right.length && left.every(([key, value]) => same(value, (b as Record<string, Json>)[key]!));
}
