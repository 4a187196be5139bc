/** Instances of a suite's interfaces, and calls on them: what a call returns is what is compared. */

import type { Api } from "./api.js";
import type { FunctionDocument } from "./documents.js";
import type { LongContext } from "./long-context.js";

export interface Call {
  name: string;
  arguments: Readonly<Record<string, unknown>>;
}

export class Session {
  private readonly states: ReadonlyMap<Api, unknown>;

  constructor(
    private readonly apis: readonly Api[],
    private readonly documents: readonly FunctionDocument[],
    scenarios: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
    long?: LongContext,
  ) {
    this.states = new Map(apis.map((api) => [api, api.load(structuredClone(scenarios[api.name] ?? {}), long)]));
  }

  /** As text; exceptions are results too. */
  call({ name, arguments: args }: Call): string {
    const result = this.run(name, structuredClone(args));
    return typeof result === "string" ? result : JSON.stringify(result ?? null);
  }

  private run(name: string, args: Readonly<Record<string, unknown>>): unknown {
    const api = this.apis.find(({ functions }) => Object.hasOwn(functions, name));
    const about = this.documents.find((one) => one.name === name);
    if (!api || !about) return `Error during execution: name '${name}' is not defined`;
    const problem = misfit(about, args);
    if (problem) return `Error during execution: ${name}() ${problem}`;
    try {
      return api.functions[name]!(this.states.get(api), args as never);
    } catch (error) {
      return `Error during execution: ${(error as Error).message}`;
    }
  }

  /** The states that are compared, by interface. */
  shown(): Record<string, unknown> {
    return structuredClone(
      Object.fromEntries(this.apis.map((api) => [api.name, (api.shown ?? publicPart)(this.states.get(api))])),
    );
  }
}

const publicPart = (state: unknown): unknown =>
  Object.fromEntries(Object.entries(state as object).filter(([key]) => !key.startsWith("_")));

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  // Some scenarios have ids that are text.
  integer: (value) => typeof value === "number" || typeof value === "string",
  float: (value) => typeof value === "number",
  boolean: (value) => typeof value === "boolean",
  array: Array.isArray,
  dict: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

/** What is wrong with the arguments. */
function misfit(
  { parameters, required }: FunctionDocument,
  args: Readonly<Record<string, unknown>>,
): string | undefined {
  const strange = Object.keys(args).find((key) => !parameters.has(key));
  if (strange !== undefined) return `got an unexpected keyword argument '${strange}'`;
  const absent = required.find((key) => !Object.hasOwn(args, key));
  if (absent !== undefined) return `missing 1 required positional argument: '${absent}'`;
  for (const [key, value] of Object.entries(args)) {
    const type = parameters.get(key)!;
    if (value === null ? required.includes(key) : !(TYPES[type]?.(value) ?? true))
      return `argument ${key} must be ${type}`;
  }
  return undefined;
}
