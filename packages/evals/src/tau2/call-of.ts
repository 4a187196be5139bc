/** A call as a task's file names it: its side, its name and its arguments. */

import type { EvalsError } from "../errors.js";
import type { Deed, DomainCall } from "./domain.js";

export type Fields = Readonly<Record<string, unknown>>;
export type Refuse = (field: string, found: unknown) => EvalsError;

export const listOf = (value: unknown): Fields[] => (value ?? []) as Fields[];

interface Sides {
  tools: readonly Deed<never>[];
  userTools: readonly Deed<never>[];
}

/** @throws EvalsError `bad_data` */
export function callOf(
  { side = "assistant", name, args }: { side: unknown; name: unknown; args: unknown },
  { what, of: { tools, userTools }, refuse }: { what: string; of: Sides; refuse: Refuse },
): DomainCall {
  if (side !== "assistant" && (side !== "user" || userTools.length === 0)) throw refuse(`the side of ${what}`, side);
  const deeds = side === "user" ? userTools : tools;
  if (!deeds.some((deed) => deed.name === name)) throw refuse(`name of ${what}`, name);
  if (typeof args !== "object" || args === null) throw refuse(`arguments of ${what}`, args);
  return { name: name as string, arguments: args as Fields, ...(side === "user" && { by: "user" as const }) };
}
