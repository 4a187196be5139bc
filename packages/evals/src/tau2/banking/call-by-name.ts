/** Call of a tool by its name, with its arguments as JSON text: how the bank's documents have tools used. */

import { parseObject } from "@cachalot/agent";
import { type DomainTool, ToolFailure } from "../domain.js";
import { perform } from "../play-call.js";
import type { Bank } from "./database.js";

/** A tool that agents unlock. */
export interface InnerTool extends DomainTool<Bank> {
  /** Texts that may be empty; default: none. */
  readonly mayBeEmpty?: readonly string[];
}

/** @throws ToolFailure */
export function toolNamed<Tool extends DomainTool<Bank>>(tools: readonly Tool[], name: string): Tool {
  const tool = tools.find((tool) => tool.name === name);
  if (!tool) throw new ToolFailure(`there is no tool ${name}`);
  return tool;
}

/** What may be left out may be null as well. @throws ToolFailure where the text does not have the arguments, or has others */
export function argumentsFor({ parameters, optional = [] }: DomainTool<Bank>, text: string): Record<string, unknown> {
  const args = parseObject(text);
  if (!args) throw new ToolFailure("the arguments are no JSON object");
  const missing = Object.keys(parameters).find((name) => !optional.includes(name) && !Object.hasOwn(args, name));
  if (missing !== undefined) throw new ToolFailure(`the argument ${missing} is missing`);
  const strange = Object.keys(args).find((name) => !Object.hasOwn(parameters, name));
  if (strange !== undefined) throw new ToolFailure(`there is no argument ${strange}`);
  return Object.fromEntries(Object.entries(args).filter(([name, value]) => value !== null || !optional.includes(name)));
}

/** @returns what the tool does, or how it refuses: that it was called is on record in either case */
export function called(tool: InnerTool, db: Bank, args: Record<string, unknown>, check = requireTexts): unknown {
  try {
    check(tool, args);
    return perform([tool], db, { name: tool.name, arguments: args });
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error;
    return `Error: ${error.message}`;
  }
}

/** @throws ToolFailure */
function requireTexts({ mayBeEmpty = [] }: InnerTool, args: Record<string, unknown>): void {
  const empty = Object.entries(args).find(([name, value]) => value === "" && !mayBeEmpty.includes(name));
  if (empty) throw new ToolFailure(`the argument ${empty[0]} is empty`);
}

/** What an agent reads of a tool. */
export const shown = ({ name, description, parameters, optional = [] }: DomainTool<Bank>): string =>
  [
    `${name}: ${description}`,
    ...Object.entries(parameters).map(
      ([field, { type, description: what }]) =>
        `- ${field} (${type}${optional.includes(field) ? ", may be left out" : ""}): ${what}`,
    ),
  ].join("\n");
