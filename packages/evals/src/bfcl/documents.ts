/** Documents of functions, as BFCL writes them. */

import type { ToolDefinition } from "@cachalot/chat";
import type { Row } from "../data/read-rows.js";
import { EvalsError } from "../errors.js";
import { toolOf } from "../functions/tool-of.js";

export interface FunctionDocument {
  name: string;
  /** Types by name, in their order. */
  parameters: ReadonlyMap<string, string>;
  required: readonly string[];
  tool: ToolDefinition;
}

/** @throws EvalsError `bad_data` */
export function documentOf(row: Row): FunctionDocument {
  const { name, parameters } = row.fields as {
    name?: string;
    parameters?: { properties?: Record<string, { type?: string }>; required?: string[] };
  };
  if (typeof name !== "string" || !parameters?.properties)
    throw new EvalsError("bad_data", `${row.where}: a function lacks its name or properties; get the file again`);
  return {
    name,
    parameters: new Map(Object.entries(parameters.properties).map(([key, { type = "any" }]) => [key, type])),
    required: parameters.required ?? [],
    tool: toolOf(row.fields),
  };
}
