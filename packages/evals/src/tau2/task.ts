/** Task of tau2-bench: what the user wants, and what its reward is made of. */

import { EvalsError } from "../errors.js";
import type { DomainCall } from "./domain.js";
import type { World } from "./world.js";

/** What a reward may be made of here. */
const BASES = ["DB", "COMMUNICATE", "ACTION", "NL_ASSERTION"] as const;
export type Basis = (typeof BASES)[number];

export interface GoldAction extends DomainCall {
  /** The arguments that count; default: all that a call has. */
  compare?: readonly string[];
}

export interface Task {
  id: string;
  scenario: Scenario;
  actions: readonly GoldAction[];
  /** What the agent must say, word for word. */
  communicate: readonly string[];
  /** What a judge must find true of the conversation. */
  assertions: readonly string[];
  basis: readonly Basis[];
}

export interface Scenario {
  persona: string;
  reason: string;
  known: string;
  unknown: string;
  task: string;
}

const EXPECTS =
  '{"id": "...", "user_scenario": {"instructions": {"reason_for_call": "..."}}, "evaluation_criteria": {"actions": [{"name": "...", "arguments": {}}], "reward_basis": ["DB"]}}';

type Fields = Readonly<Record<string, unknown>>;

/** @throws EvalsError `bad_data` with the task and the field */
export function taskOf({ where, fields }: World["tasks"][number], world: World): Task {
  const refuse = (field: string, found: unknown) =>
    new EvalsError(
      "bad_data",
      `${where}: ${field} is ${JSON.stringify(found)?.slice(0, 60) ?? "missing"}; expected ${EXPECTS}`,
    );
  if (typeof fields.id !== "string") throw refuse("id", fields.id);
  const criteria = fields.evaluation_criteria as Fields | undefined;
  if (typeof criteria !== "object" || criteria === null) throw refuse("evaluation_criteria", criteria);
  if (hasState(fields.initial_state)) throw refuse("initial_state", fields.initial_state);
  const basis = (criteria.reward_basis ?? ["DB", "COMMUNICATE"]) as string[];
  const strange = basis.find((one) => !(BASES as readonly string[]).includes(one));
  if (strange !== undefined) throw refuse("reward_basis", strange);
  const actions = ((criteria.actions ?? []) as Fields[]).map((action): GoldAction => {
    const { name, arguments: args, compare_args: compare, requestor = "assistant" } = action;
    if (!world.domain.tools.some((tool) => tool.name === name)) throw refuse("name of an action", name);
    if (requestor !== "assistant") throw refuse("requestor of an action", requestor);
    if (typeof args !== "object" || args === null) throw refuse("arguments of an action", args);
    return { name: name as string, arguments: args as Fields, ...(compare ? { compare: compare as string[] } : {}) };
  });
  return {
    ...{ id: fields.id, scenario: scenarioOf(fields.user_scenario), actions, basis: basis as Basis[] },
    communicate: (criteria.communicate_info ?? []) as string[],
    assertions: (criteria.nl_assertions ?? []) as string[],
  };
}

const hasState = (state: unknown): boolean =>
  typeof state === "object" && state !== null && Object.values(state).some((part) => part !== null);

function scenarioOf(value: unknown): Scenario {
  const { persona, instructions } = (value ?? {}) as { persona?: unknown; instructions?: unknown };
  const of = (field: unknown) => (typeof field === "string" ? field.trim() : "");
  if (typeof instructions === "string")
    return { persona: of(persona), reason: instructions, known: "", unknown: "", task: "" };
  const fields = (instructions ?? {}) as Fields;
  return {
    ...{ persona: of(persona), reason: of(fields.reason_for_call), known: of(fields.known_info) },
    ...{ unknown: of(fields.unknown_info), task: of(fields.task_instructions) },
  };
}
