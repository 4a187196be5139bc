/** Which tool calls a completion may make, and what the tools' schemas say of their arguments. */

import type { ToolChoice, ToolDefinition } from "../messages.js";

export interface CallOptions {
  /**
   * The tools that were offered. With none (`[]`) all markup is text and no call is made. Default: not known, so any
   * name may be called.
   */
  tools?: readonly ToolDefinition[] | undefined;
  /** With "none" no call is made: what would have been one is left out and reported. Default "auto". */
  toolChoice?: ToolChoice | undefined;
  /** The text is what a host let through as text: only names that are offered are calls. Default false. */
  leaked?: boolean | undefined;
}

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;

/** JSON types a schema accepts; undefined where it does not say. */
function typesOf(schema: unknown): Set<string> | undefined {
  if (!isFields(schema)) return undefined;
  const branches = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(branches)) {
    const types = branches.map(typesOf);
    return types.includes(undefined) ? undefined : new Set(types.flatMap((each) => [...(each ?? [])]));
  }
  const { type } = schema;
  if (typeof type === "string") return new Set([type]);
  return Array.isArray(type) && type.length > 0 ? new Set(type as string[]) : undefined;
}

export class CallPolicy {
  /** Whether markup means anything at all. */
  readonly parses: boolean;
  readonly #properties: ReadonlyMap<string, Fields | undefined> | undefined;

  constructor(private readonly options: CallOptions) {
    const { tools } = options;
    this.parses = tools === undefined || tools.length > 0;
    this.#properties =
      tools &&
      new Map(
        tools.map(({ function: { name, parameters } }) => {
          const properties = parameters?.properties;
          return [name, isFields(properties) ? properties : undefined];
        }),
      );
  }

  /** Whether the offered tools are known. */
  get knows(): boolean {
    return this.#properties !== undefined;
  }

  /** Whether a call may be delivered while it is written though text stands before it: in a host's text it may be quoted. */
  get trustsText(): boolean {
    return !this.options.leaked;
  }

  /** Whether a call in the exact format may be delivered while it is written. */
  streams(name: string): boolean {
    return this.options.toolChoice !== "none" && (this.#properties?.has(name) ?? true);
  }

  /** Why a call is not made; undefined when it is. `recovered`: from markup that is not the exact format. */
  refusal(name: string, recovered: boolean): string | undefined {
    if (this.options.toolChoice === "none") return 'tool_choice is "none"';
    const unknown = this.#properties !== undefined && !this.#properties.has(name);
    return unknown && (recovered || this.options.leaked) ? "it is not offered" : undefined;
  }

  /** The JSON types a parameter may have; undefined where nothing says so. */
  types(tool: string, parameter: string): Set<string> | undefined {
    const properties = this.#properties?.get(tool);
    return properties && Object.hasOwn(properties, parameter) ? typesOf(properties[parameter]) : undefined;
  }

  /** Whether a parameter can only be all arguments in one: a tool's schema is known and has no such name. */
  isWrapper(tool: string, parameter: string): boolean {
    const properties = this.#properties?.get(tool);
    return parameter === "arguments" && properties !== undefined && !Object.hasOwn(properties, parameter);
  }

  /** Whether the schema has every one of `names`. */
  fits(tool: string, names: Iterable<string>): boolean {
    const properties = this.#properties?.get(tool);
    return properties !== undefined && [...names].every((name) => Object.hasOwn(properties, name));
  }
}
