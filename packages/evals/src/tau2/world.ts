/** World of a domain's tasks: its policy, its database as it is before a conversation, and its tasks. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { EvalsError } from "../errors.js";
import type { Domain } from "./domain.js";

export interface World {
  domain: Domain;
  policy: string;
  /** Never changed: conversations work on copies. */
  database: Readonly<Record<string, unknown>>;
  tasks: readonly { where: string; fields: Readonly<Record<string, unknown>> }[];
}

/** Bytes of a file or of its gzipped form. */
async function bytesOf(path: string): Promise<Buffer | undefined> {
  const plain = await readFile(path).catch(() => undefined);
  if (plain) return plain;
  const packed = await readFile(`${path}.gz`).catch(() => undefined);
  return packed && gunzipSync(packed);
}

async function jsonOf(path: string): Promise<unknown> {
  const bytes = await bytesOf(path);
  if (!bytes) return undefined;
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw new EvalsError("bad_data", `${path} is not JSON (${(error as Error).message}); get the file again`);
  }
}

/** @throws EvalsError `missing_data`, `bad_data` */
export async function readWorld(domain: Domain, directory: string): Promise<World> {
  const policy = await bytesOf(join(directory, "policy.md"));
  if (!policy) throw missing(domain, directory, "policy.md");
  const tasks = await jsonOf(join(directory, "tasks.json"));
  if (tasks === undefined) throw missing(domain, directory, "tasks.json");
  if (!Array.isArray(tasks)) throw new EvalsError("bad_data", `${join(directory, "tasks.json")} is no list of tasks`);
  return {
    domain,
    policy: policy.toString("utf8"),
    database: await readDatabase(domain, directory),
    tasks: tasks.map((fields: Record<string, unknown>, i) => ({
      where: `${join(directory, "tasks.json")}, task ${i + 1}`,
      fields,
    })),
  };
}

/** One file with all tables, or a file for each. */
async function readDatabase(domain: Domain, directory: string): Promise<Record<string, unknown>> {
  const whole = (await jsonOf(join(directory, "db.json"))) as Record<string, unknown> | undefined;
  const tables = await Promise.all(
    domain.tables.map(
      async (name) => [name, whole?.[name] ?? (await jsonOf(join(directory, `${name}.json`)))] as const,
    ),
  );
  const [absent] = tables.find(([, table]) => typeof table !== "object" || table === null) ?? [];
  if (absent !== undefined) throw missing(domain, directory, `db.json with ${absent}, nor ${absent}.json`);
  return Object.fromEntries(tables);
}

const missing = ({ name, tables }: Domain, directory: string, what: string): EvalsError =>
  new EvalsError(
    "missing_data",
    `${directory} has no ${what}; pass --data the folder data/tau2/domains/${name} of github.com/sierra-research/tau2-bench: policy.md, tasks.json and db.json (${tables.join(", ")})`,
  );
