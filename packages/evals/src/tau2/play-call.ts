/** A call on a copy of the database. */

import { Ajv, type ValidateFunction } from "ajv";
import { type Deed, type Domain, type DomainCall, ToolFailure } from "./domain.js";

const ajv = new Ajv({ strict: false });
const checks = new WeakMap<Deed<never>, ValidateFunction>();

/** JSON Schema of all arguments. */
export const parametersOf = ({ parameters, optional = [] }: Deed<never>): Record<string, unknown> => ({
  type: "object",
  properties: parameters,
  required: Object.keys(parameters).filter((name) => !optional.includes(name)),
  additionalProperties: false,
});

/** @throws ToolFailure for a slip of its caller's: the database is then as it was */
export function playCall(domain: Domain, database: unknown, call: DomainCall): unknown {
  const result = perform((call.by === "user" ? domain.userTools : domain.tools) ?? [], database, call);
  domain.settle?.(database);
  return result;
}

/** One of these deeds, by its name. @throws ToolFailure */
export function perform(
  deeds: readonly Deed<never>[],
  database: unknown,
  { name, arguments: given }: DomainCall,
): unknown {
  const deed = deeds.find((deed) => deed.name === name);
  if (!deed) throw new ToolFailure(`there is no tool ${name}; there are ${deeds.map(({ name }) => name).join(", ")}`);
  const check = checks.get(deed) ?? ajv.compile(parametersOf(deed));
  checks.set(deed, check);
  const args = deed.forgives?.(given) ?? given;
  if (!check(args)) {
    const [first] = check.errors ?? [];
    throw new ToolFailure(`${first?.instancePath.slice(1) || "the arguments"} ${first?.message ?? "do not fit"}`);
  }
  return deed.run(database as never, structuredClone(args) as never);
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
