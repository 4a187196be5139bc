/** A call on a copy of the database. */

import { Ajv, type ValidateFunction } from "ajv";
import { type Domain, type DomainCall, type DomainTool, ToolFailure } from "./domain.js";

const ajv = new Ajv({ strict: false });
const checks = new WeakMap<DomainTool<never>, ValidateFunction>();

/** JSON Schema of all arguments. */
export const parametersOf = ({ parameters }: DomainTool<never>): Record<string, unknown> => ({
  type: "object",
  properties: parameters,
  required: Object.keys(parameters),
  additionalProperties: false,
});

/** @throws ToolFailure for a slip of the agent's: the database is then as it was */
export function playCall({ tools }: Domain, database: unknown, { name, arguments: args }: DomainCall): unknown {
  const tool = tools.find((tool) => tool.name === name);
  if (!tool) throw new ToolFailure(`there is no tool ${name}; there are ${tools.map(({ name }) => name).join(", ")}`);
  const check = checks.get(tool) ?? ajv.compile(parametersOf(tool));
  checks.set(tool, check);
  if (!check(args)) {
    const [first] = check.errors ?? [];
    throw new ToolFailure(`${first?.instancePath.slice(1) || "the arguments"} ${first?.message ?? "do not fit"}`);
  }
  return tool.run(database, structuredClone(args) as never);
}

/** The database after calls; slips change nothing. */
export function replay<D>(domain: Domain, database: D, calls: readonly DomainCall[]): D {
  const copy = structuredClone(database);
  for (const call of calls) {
    try {
      playCall(domain, copy, call);
    } catch (error) {
      if (!(error instanceof ToolFailure)) throw error;
    }
  }
  return copy;
}
