/** Functions as BFCL describes them, as tools that hosts take. */

import type { ToolDefinition } from "@cachalot/chat";

/** Hosts allow no dots in names. */
export const toolName = (name: string): string => name.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, 64);

/** The function as hosts take it: JSON Schema's names of types. */
export function toolOf(one: Readonly<Record<string, unknown>>): ToolDefinition {
  const { name, description, parameters } = one as {
    name: string;
    description?: string;
    parameters: Record<string, unknown>;
  };
  return {
    type: "function",
    function: {
      name: toolName(name),
      ...(description ? { description } : {}),
      parameters: jsonSchema(parameters) as Record<string, unknown>,
    },
  };
}

const JSON_TYPES: Readonly<Record<string, string>> = { dict: "object", float: "number", tuple: "array", any: "string" };

function jsonSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(jsonSchema);
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === "type" && typeof value === "string" ? (JSON_TYPES[value] ?? value) : jsonSchema(value),
    ]),
  );
}
