/** Part of the phone: what its user can see and do there, and what may befall it before a task. */

import type { JsonSchema } from "../../../tools/json-schema.js";
import type { Deed, UserTool } from "../../domain.js";
import type { Telecom } from "../database.js";
import { statusBar } from "./status-bar.js";

export interface Part {
  readonly tools: readonly UserTool<Telecom>[];
  readonly happenings?: readonly Deed<Telecom>[];
}

type Given = Pick<UserTool<Telecom>, "name" | "description" | "asked"> & Partial<UserTool<Telecom>>;

/** Looks and changes nothing. */
export const looks = (tool: Given & { run(db: Telecom, args: never): string }): UserTool<Telecom> => ({
  ...{ parameters: {}, usual: {}, writes: false },
  ...tool,
});

/** Changes something; the status bar is seen with it. */
export const changes = (tool: Given & { run(db: Telecom, args: never): string }): UserTool<Telecom> => ({
  ...{ parameters: {}, writes: true },
  ...tool,
  run: (db, args) => `${tool.run(db, args)}\nStatus bar: ${statusBar(db)}`,
});

/** Turns round what is on or off, and tells how it then is. @param turn to the other state; @returns whether it is on then */
export const toggles = (tool: Given & { says: string; turn(db: Telecom): boolean }): UserTool<Telecom> => {
  const { says, turn, ...given } = tool;
  return changes({ ...given, run: (db) => `${says} now ${onOff(turn(db))}.` });
};

export const happens = (
  name: string,
  run: (db: Telecom, args: never) => void,
  parameters: Readonly<Record<string, JsonSchema>> = {},
  optional: readonly string[] = [],
): Deed<Telecom> => ({ name, parameters, optional, run });

/** A request to change something. */
export const asksToChange = (what: string): RegExp =>
  new RegExp(
    `\\b(?:turn|switch|toggle|enable|disable|activate|deactivate|set|change|put)\\b[^.?!\\n]*\\b(?:${what})`,
    "i",
  );

export const onOff = (value: boolean): string => (value ? "on" : "off");
