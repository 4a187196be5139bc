import type { Journal } from "../loop/journal.js";

/** A durable workflow: a function whose steps are recorded, so that any process can go on with it. */
export interface Workflow<Input = never, Output = unknown> {
  /** Kept in the database: a workflow that was begun under one name goes on under it. */
  readonly name: string;
  /** Input and output are JSON. */
  run(input: Input, context: WorkflowContext): Promise<Output>;
  /** Whether a process may take it over without being asked. Default: always. */
  readonly unattended?: (input: Input) => boolean;
}

export interface WorkflowContext {
  readonly id: string;
  /** Records the workflow's steps. */
  readonly journal: Journal;
  /** Starts another as part of this one: once, however often this one is gone through. @returns its result, when it has one */
  start<Input, Output>(workflow: Workflow<Input, Output>, id: string, input: Input): Promise<() => Promise<Output>>;
}

/** `queued`, `working` (or left so by a process that died), `done`, `failed`: broke off with an error. */
export type WorkflowStatus = "queued" | "working" | "done" | "failed";

/** Letters, digits, `.`, `_` and `-`: an id names a folder, and is typed by people. */
const ID = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;

/** Whether a workflow can be called so. */
export const isWorkflowId = (id: string): boolean => ID.test(id);
