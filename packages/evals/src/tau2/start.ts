/** How a task's file has its world start: rows that are set, and what befalls it before the conversation. */

import { callOf, type Fields, listOf, type Refuse } from "./call-of.js";
import type { Domain, DomainCall } from "./domain.js";

export interface Start {
  /** Fields of tables, put over those that are there. */
  tables: readonly Fields[];
  calls: readonly DomainCall[];
}

/** @throws EvalsError `bad_data` */
export function startOf(state: unknown, { domain, refuse }: { domain: Domain; refuse: Refuse }): Start {
  const { initialization_actions: actions, initialization_data: data, ...others } = (state ?? {}) as Fields;
  const strange = Object.entries(others).find(([, part]) => part !== null);
  if (strange) throw refuse(`initial_state.${strange[0]}`, strange[1]);
  // As the benchmark has it: what stands beside these two is not looked at.
  const { agent_data, user_data } = (data ?? {}) as Fields;
  const tables = [agent_data, user_data].filter((part) => typeof part === "object" && part !== null) as Fields[];
  const unknown = tables.flatMap(Object.keys).find((name) => !domain.tables.includes(name));
  if (unknown !== undefined) throw refuse("a table of initialization_data", unknown);
  const of = { tools: deedsAtStart(domain, undefined), userTools: deedsAtStart(domain, "user") };
  const calls = listOf(actions).map(({ env_type: side, func_name: name, arguments: args }) =>
    callOf({ side, name, args }, { what: "initial_state", of, refuse }),
  );
  return { tables, calls };
}

/** What may befall it, by side. */
export const deedsAtStart = ({ happenings = [], tools, userTools = [] }: Domain, by: DomainCall["by"]) => [
  ...happenings,
  ...(by === "user" ? userTools : tools),
];
