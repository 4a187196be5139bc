/** Task instance: the one record of all pipelines, kept in a task folder's task.toml under `[metadata.instance]`. */

import * as z from "zod";
import { SynthesisError } from "./errors.js";

/** The report's four kinds of agents. */
export const TASK_KINDS = ["code", "search", "general", "interpreter"] as const;
export type TaskKind = (typeof TASK_KINDS)[number];

/** An id names a folder. */
const TASK_ID = /^[a-z0-9][a-z0-9._-]{0,119}$/;

const json: z.ZodType<unknown> = z.json();

/** Numbers are finite, text is whole: what a record says can be written as TOML and JSON, and read back the same. */
export const instanceSchema = z.strictObject({
  kind: z.enum(TASK_KINDS),
  id: z.string().regex(TASK_ID, "an id is lower-case letters, digits, ., _ and -"),
  pipeline: z.string(),
  /** What the agent is asked: the text of instruction.md. */
  prompt: z.string().min(1),
  /** Where the words come from. */
  promptSource: z.enum(["generated", "issue", "commit", "changelog", "model"]),
  environment: z.strictObject({
    /** What the agent acts with: a shell in the working directory, a notebook, tools of a world, search over a corpus. */
    agent: z.enum(["shell", "notebook", "world", "search"]),
    /** The file that takes an answer, such as /app/answer.txt; without one the state of the workspace is the answer. */
    answer: z.string().optional(),
    /** SHA-256 over the files of environment/. */
    hash: z.string(),
    /** The world or corpus by name, where one environment has many tasks. */
    name: z.string().optional(),
  }),
  provenance: z.strictObject({
    /** Repository, package, corpus or generator. */
    source: z.string(),
    licence: z.string(),
    seed: z.string().optional(),
    /** What it was made from, by name: commits, integrity of tarballs, SHA-256 of files. */
    hashes: z.record(z.string(), z.string()),
  }),
  /** Measures, by name: files, hunks, density of valid answers, tool calls of the solver. */
  difficulty: z.record(z.string(), z.number()),
  /** What was found out while it was checked. */
  evidence: z.record(z.string(), json),
});

export type Instance = z.output<typeof instanceSchema>;

/** @throws SynthesisError `invalid_task` that names the field */
export function parseInstance(value: unknown): Instance {
  const { data, error } = instanceSchema.safeParse(value);
  if (data) return data;
  throw new SynthesisError("invalid_task", `not an instance record: ${z.prettifyError(error)}; write it anew`);
}
