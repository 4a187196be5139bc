/** Task of tau2-bench: what the user wants, and what its reward is made of. */

import { EvalsError } from "../errors.js";
import { type Deed, type DomainCall, ToolFailure } from "./domain.js";
import { perform } from "./play-call.js";
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
  /** What befell the database before. */
  start: readonly DomainCall[];
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

type Fields = Readonly<Record<string, unknown>>;
type Refuse = (field: string, found: unknown) => EvalsError;

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
  return {
    ...{ id: fields.id, scenario: scenarioOf(fields.user_scenario), basis: basis as Basis[] },
    start: startOf(fields.initial_state, { domain, refuse }),
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

const listOf = (value: unknown): Fields[] => (value ?? []) as Fields[];

/** The world as a task finds it. @throws EvalsError `bad_data` where what is to befall it cannot */
export function startedBy({ where }: World["tasks"][number], world: World, { start }: Task): World {
  if (start.length === 0) return world;
  const { domain } = world;
  const database = structuredClone(world.database);
  domain.settle?.(database);
  for (const call of start) {
    try {
      perform(deedsAtStart(domain, call.by), database, call);
    } catch (error) {
      if (!(error instanceof ToolFailure)) throw error;
      throw new EvalsError("bad_data", `${where}: ${call.name} of initial_state fails: ${error.message}`);
    }
    domain.settle?.(database);
  }
  return { ...world, database };
}

const deedsAtStart = ({ happenings = [], tools, userTools = [] }: World["domain"], by: DomainCall["by"]) => [
  ...happenings,
  ...(by === "user" ? userTools : tools),
];

function startOf(state: unknown, { domain, refuse }: { domain: World["domain"]; refuse: Refuse }): DomainCall[] {
  const { initialization_actions: actions, ...others } = (state ?? {}) as Fields;
  const strange = Object.entries(others).find(([, part]) => part !== null);
  if (strange) throw refuse(`initial_state.${strange[0]}`, strange[1]);
  const of = { tools: deedsAtStart(domain, undefined), userTools: deedsAtStart(domain, "user") };
  return listOf(actions).map(({ env_type: side, func_name: name, arguments: args }) =>
    callOf({ side, name, args }, { what: "initial_state", of, refuse }),
  );
}

interface Sides {
  tools: readonly Deed<never>[];
  userTools: readonly Deed<never>[];
}

function callOf(
  { side = "assistant", name, args }: { side: unknown; name: unknown; args: unknown },
  { what, of: { tools, userTools }, refuse }: { what: string; of: Sides; refuse: Refuse },
): DomainCall {
  if (side !== "assistant" && (side !== "user" || userTools.length === 0)) throw refuse(`the side of ${what}`, side);
  const deeds = side === "user" ? userTools : tools;
  if (!deeds.some((deed) => deed.name === name)) throw refuse(`name of ${what}`, name);
  if (typeof args !== "object" || args === null) throw refuse(`arguments of ${what}`, args);
  return { name: name as string, arguments: args as Fields, ...(side === "user" && { by: "user" as const }) };
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
