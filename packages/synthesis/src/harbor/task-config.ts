/** task.toml of a Harbor task folder, schema 1.1: what is read of it, and written. */

import { parse, stringify } from "smol-toml";
import * as z from "zod";
import { SynthesisError } from "../errors.js";

const seconds = z.number().positive().max(86_400);
const env = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string());
const mcpServer = z.looseObject({
  name: z.string(),
  transport: z.enum(["sse", "streamable-http", "stdio"]).default("sse"),
  url: z.string().optional(),
  command: z.string().optional(),
  args: z.array(z.string()).optional(),
});

const configSchema = z.looseObject({
  schema_version: z.string().default("1.1"),
  task: z
    .looseObject({
      name: z.string().optional(),
      description: z.string().optional(),
      keywords: z.array(z.string()).optional(),
    })
    .prefault({}),
  metadata: z.record(z.string(), z.unknown()).default({}),
  verifier: z.looseObject({ timeout_sec: seconds.default(600), env: env.default({}) }).prefault({}),
  agent: z.looseObject({ timeout_sec: seconds.default(600) }).prefault({}),
  solution: z.looseObject({ env: env.default({}) }).prefault({}),
  environment: z
    .looseObject({
      build_timeout_sec: seconds.default(600),
      docker_image: z.string().optional(),
      cpus: z.number().positive().default(1),
      memory_mb: z.number().int().positive().default(2048),
      storage_mb: z.number().int().positive().default(10_240),
      allow_internet: z.boolean().default(true),
      env: env.default({}),
      mcp_servers: z.array(mcpServer).default([]),
    })
    .prefault({}),
});

export type TaskConfig = z.output<typeof configSchema>;
export type TaskConfigInput = z.input<typeof configSchema>;

/** A configuration with what it does not say as Harbor has it. @throws SynthesisError `invalid_task` */
export function taskConfig(value: TaskConfigInput): TaskConfig {
  const { data, error } = configSchema.safeParse(value);
  if (data) return data;
  throw new SynthesisError("invalid_task", `task.toml: ${z.prettifyError(error)}; mend the field`);
}

/** @throws SynthesisError `invalid_task` for what is no TOML, or not of this schema */
export function parseTaskConfig(text: string): TaskConfig {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    throw new SynthesisError("invalid_task", `task.toml is no TOML: ${reason}; mend it`, { cause: error });
  }
  return taskConfig(value as TaskConfigInput);
}

export function formatTaskConfig(config: TaskConfig): string {
  return `${stringify(withoutNothing(config))}\n`;
}

/** TOML has no null: what is nothing is left out. */
function withoutNothing(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== null && item !== undefined).map(withoutNothing);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  return Object.fromEntries(entries.map(([name, item]) => [name, withoutNothing(item)]));
}
