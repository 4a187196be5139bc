/** The world as a task finds it. */

import { EvalsError } from "../errors.js";
import type { Fields } from "./call-of.js";
import { ToolFailure } from "./domain.js";
import { perform } from "./play-call.js";
import { deedsAtStart } from "./start.js";
import type { Task } from "./task.js";
import type { World } from "./world.js";

/** @throws EvalsError `bad_data` where what is to befall it cannot */
export function startedBy({ where }: World["tasks"][number], world: World, { start, actions }: Task): World {
  const { domain } = world;
  if (start.tables.length + start.calls.length === 0 && !domain.begin) return world;
  const database = structuredClone(world.database) as Record<string, unknown>;
  for (const tables of start.tables) putOver(database, structuredClone(tables));
  domain.begin?.(database, actions);
  domain.settle?.(database);
  for (const call of start.calls) {
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

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Objects field by field; all else is replaced. */
function putOver(below: Record<string, unknown>, above: Fields): void {
  for (const [key, value] of Object.entries(above)) {
    const there = Object.hasOwn(below, key) ? below[key] : undefined;
    if (isRecord(there) && isRecord(value)) putOver(there, value);
    else Object.defineProperty(below, key, { value, writable: true, enumerable: true, configurable: true });
  }
}
