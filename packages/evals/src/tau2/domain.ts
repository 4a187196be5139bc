/** Domain of tau2-bench: a database, the tools that read and write it, and one call that no task wants. */

import type { JsonSchema } from "../tools/json-schema.js";

/** A call's slip, which its caller reads. */
export class ToolFailure extends Error {
  override readonly name = "ToolFailure";
}

/** What can be done with a database, or asked of it, by its name. */
export interface Deed<Database> {
  readonly name: string;
  /** Of its arguments; none beside them. */
  readonly parameters: Readonly<Record<string, JsonSchema>>;
  /** Arguments that may be left out. */
  readonly optional?: readonly string[];
  /** Arguments as they are meant, of such as do not fit and are to be taken all the same. */
  forgives?(args: Readonly<Record<string, unknown>>): Record<string, unknown>;
  /** Changes the database all at once or not at all. @throws ToolFailure */
  run(database: Database, args: never): unknown;
}

export interface DomainTool<Database> extends Deed<Database> {
  /** For the model. */
  readonly description: string;
  /** Whether it changes the database. */
  readonly writes: boolean;
}

/** A tool in a user's hands. */
export interface UserTool<Database> extends DomainTool<Database> {
  /** How agents ask for it, beside its name. */
  readonly asked: RegExp;
  /** What scripted users call it with whenever they are asked. Without it they make its gold calls only, each once. */
  readonly usual?: Readonly<Record<string, unknown>>;
}

export interface DomainCall {
  name: string;
  arguments: Readonly<Record<string, unknown>>;
  /** Default: the agent. */
  by?: "user";
}

export interface Domain<Database = unknown> {
  readonly name: string;
  readonly tools: readonly DomainTool<Database>[];
  /** Of a user who has something to act on as well. */
  readonly userTools?: readonly UserTool<Database>[];
  /** What may befall a database before a task, beside calls. */
  readonly happenings?: readonly Deed<Database>[];
  /** What a task may ask of its end state: each returns whether it holds. */
  readonly claims?: readonly Deed<Database>[];
  /** What a task's gold calls mean for its database before they are made. */
  begin?(database: Database, gold: readonly DomainCall[]): void;
  /** What follows from a call for the other side. */
  settle?(database: Database): void;
  /** Default: policy.md. */
  readonly policies?: readonly string[];
  /** Files that hold all tables together. Default: db.json. */
  readonly databases?: readonly string[];
  /** Tables, each also to be read from a JSON file of its own. */
  readonly tables: readonly string[];
  /** Documents that agents search: a folder of JSON files, or a file of JSON lines with that name. */
  readonly documents?: string;
  /** Tables that no check compares. */
  readonly uncounted?: readonly string[];
  /** Tables that no file has to have. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** A call that succeeds and that no task asks for. */
  harm(database: Database): DomainCall;
}

/** Sums of money, to the cent. */
export const cents = (amount: number): number => Number(amount.toFixed(2));
