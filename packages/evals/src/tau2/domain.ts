/** Domain of tau2-bench: a database, the tools that read and write it, and one call that no task wants. */

import type { JsonSchema } from "../tools/json-schema.js";

/** A call's slip, which the agent reads. */
export class ToolFailure extends Error {
  override readonly name = "ToolFailure";
}

export interface DomainTool<Database> {
  readonly name: string;
  /** For the model. */
  readonly description: string;
  /** Of its arguments; none beside them. */
  readonly parameters: Readonly<Record<string, JsonSchema>>;
  /** Whether it changes the database. */
  readonly writes: boolean;
  /** Changes the database all at once or not at all. @throws ToolFailure */
  run(database: Database, args: never): unknown;
}

export interface DomainCall {
  name: string;
  arguments: Readonly<Record<string, unknown>>;
}

export interface Domain<Database = unknown> {
  readonly name: string;
  readonly tools: readonly DomainTool<Database>[];
  /** Files of the database, each a JSON object of one table or of all. */
  readonly tables: readonly string[];
  /** A call that succeeds and that no task asks for. */
  harm(database: Database): DomainCall;
}

/** Sums of money, to the cent. */
export const cents = (amount: number): number => Number(amount.toFixed(2));
