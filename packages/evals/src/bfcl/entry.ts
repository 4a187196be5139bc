/** Entry of BFCL's multi-turn suite: turns of a user, calls that are right, interfaces with their scenarios. */

import { type Row, textField } from "../data/read-rows.js";
import { EvalsError } from "../errors.js";
import type { Api } from "./api.js";
import { APIS } from "./apis/index.js";
import type { FunctionDocument } from "./documents.js";
import type { LongContext } from "./long-context.js";
import { parsePythonCall } from "./python-call.js";
import type { Call } from "./session.js";

export interface Turn {
  /** What the user says; none where functions are added. */
  said: string | undefined;
  gold: readonly Call[];
  /** Functions that are there from this turn on. */
  added: readonly string[];
}

export interface Entry {
  apis: readonly Api[];
  /** Of all functions. */
  documents: readonly FunctionDocument[];
  /** Functions that the agent is never offered. */
  excluded: readonly string[];
  scenarios: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  turns: readonly Turn[];
  /** Where states and results are to be long. */
  long?: LongContext;
}

export const EXPECTS =
  '{"id": "...", "question": [[{"role": "user", "content": "..."}]], "initial_config": {"TicketAPI": {}}, "involved_classes": ["TicketAPI"], "ground_truth": [["get_ticket(ticket_id=1)"]]}';

/** @param documents of each interface, by its name. @throws EvalsError `bad_data` with the line and the field */
export function entryOf(row: Row, documents: ReadonlyMap<string, readonly FunctionDocument[]>): Entry & { id: string } {
  const refuse = (field: string, found: unknown) =>
    new EvalsError(
      "bad_data",
      `${row.where}: ${field} is ${JSON.stringify(found)?.slice(0, 60) ?? "missing"}; expected ${EXPECTS}`,
    );
  const { fields } = row;
  const list = (field: string): unknown[] => {
    if (!Array.isArray(fields[field])) throw refuse(field, fields[field]);
    return fields[field];
  };
  const apis = list("involved_classes").map((name) => {
    const api = APIS.find((one) => one.name === name);
    if (!api) throw refuse("involved_classes", name);
    return api;
  });
  const excluded = (fields.excluded_function ?? []) as string[];
  const own = apis.flatMap(({ name }) => documents.get(name) ?? []);
  const [questions, golds] = [list("question"), list("ground_truth")];
  if (questions.length !== golds.length) throw refuse("ground_truth", golds.length);
  const missed = (fields.missed_function ?? {}) as Record<string, string[]>;
  return {
    id: textField(row, ["id"], EXPECTS),
    apis,
    documents: own,
    excluded,
    scenarios: (fields.initial_config ?? {}) as Entry["scenarios"],
    turns: questions.map((messages, i) => ({
      said: (messages as { content?: string }[]).map(({ content = "" }) => content).join("\n") || undefined,
      gold: ((golds[i] ?? []) as string[]).map((text) => callOf(text, own)),
      added: missed[i] ?? [],
    })),
  };
}

function callOf(text: string, documents: readonly FunctionDocument[]): Call {
  const { name, places, names } = parsePythonCall(text);
  const parameters = [...(documents.find((one) => one.name === name)?.parameters.keys() ?? [])];
  const placed = places.map((value, i) => [parameters[i] ?? `${i}`, value] as const);
  return { name, arguments: { ...Object.fromEntries(placed), ...names } };
}
