/** Task of tau2-bench: what the user wants, and what its reward is made of. */

import { EvalsError } from "../errors.js";
import { callOf, type Fields, listOf, type Refuse } from "./call-of.js";
import type { DomainCall } from "./domain.js";
import { type Start, startOf } from "./start.js";
import type { World } from "./world.js";

/** What a reward may be made of here. */
const BASES = ["DB", "ENV_ASSERTION", "COMMUNICATE", "ACTION", "NL_ASSERTION"] as const;
export type Basis = (typeof BASES)[number];

export interface GoldAction extends DomainCall {
  /** The arguments that count; default: all that a call has. */
  compare?: readonly string[];
}

/** What must be so in the end, or must not. */
export interface Claim extends DomainCall {
  holds: boolean;
}

export interface Task {
  id: string;
  scenario: Scenario;
  start: Start;
  /** Tools of the user's; default: all that the domain's users have. */
  userTools?: readonly string[];
  actions: readonly GoldAction[];
  claims: readonly Claim[];
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

/** @throws EvalsError `bad_data` with the task and the field */
export function taskOf({ where, fields }: World["tasks"][number], { domain }: World): Task {
  const refuse: Refuse = (field, found) =>
    new EvalsError(
      "bad_data",
      `${where}: ${field} is ${JSON.stringify(found)?.slice(0, 60) ?? "missing"}; expected ${EXPECTS}`,
    );
  if (typeof fields.id !== "string") throw refuse("id", fields.id);
  const criteria = fields.evaluation_criteria as Fields | undefined;
  if (typeof criteria !== "object" || criteria === null) throw refuse("evaluation_criteria", criteria);
  const basis = (criteria.reward_basis ?? ["DB", "COMMUNICATE"]) as string[];
  const strange = basis.find((one) => !(BASES as readonly string[]).includes(one));
  if (strange !== undefined) throw refuse("reward_basis", strange);
  const { tools, userTools = [], claims = [] } = domain;
  const hands = fields.user_tools as string[] | null | undefined;
  const unknown = hands?.find((name) => !userTools.some((tool) => tool.name === name));
  if (unknown !== undefined) throw refuse("user_tools", unknown);
  return {
    ...{ id: fields.id, scenario: scenarioOf(fields.user_scenario), basis: basis as Basis[] },
    ...{ start: startOf(fields.initial_state, { domain, refuse }), ...(hands && { userTools: hands }) },
    actions: listOf(criteria.actions).map((action): GoldAction => {
      const { requestor: side, name, arguments: args, compare_args: compare } = action;
      const call = callOf({ side, name, args }, { what: "an action", of: { tools, userTools }, refuse });
      return { ...call, ...(compare ? { compare: compare as string[] } : {}) };
    }),
    claims: listOf(criteria.env_assertions).map((claim): Claim => {
      const { env_type: side, func_name: name, arguments: args, assert_value: holds = true } = claim;
      const call = callOf(
        { side, name, args },
        { what: "an assertion", of: { tools: claims, userTools: claims }, refuse },
      );
      return { ...call, holds: holds !== false };
    }),
    communicate: (criteria.communicate_info ?? []) as string[],
    assertions: (criteria.nl_assertions ?? []) as string[],
  };
}

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
