/** World of a domain's tasks: its policy, its database as it is before a conversation, and its tasks. */

import { join } from "node:path";
import { EvalsError } from "../errors.js";
import type { Domain } from "./domain.js";
import { bytesOf, contentOf } from "./files.js";
import { openLibrary } from "./library.js";

export interface World {
  domain: Domain;
  policy: string;
  /** Never changed: conversations work on copies. */
  database: Readonly<Record<string, unknown>>;
  /** Path of the corpus that its agents search. */
  library?: string;
  tasks: readonly { where: string; fields: Readonly<Record<string, unknown>> }[];
}

const policiesOf = ({ policies = ["policy.md"] }: Domain) => policies;
const databasesOf = ({ databases = ["db.json"] }: Domain) => databases;

/** Files that a domain's folder has to have. */
export const filesOf = (domain: Domain): string[] => [
  ...[...policiesOf(domain), ...databasesOf(domain), "tasks.json"],
  ...(domain.documents ? [domain.documents] : []),
];

/** @throws EvalsError `missing_data`, `bad_data` */
export async function readWorld(domain: Domain, directory: string): Promise<World> {
  const policies = await Promise.all(
    policiesOf(domain).map(async (name) => {
      const policy = await bytesOf(join(directory, name));
      if (!policy) throw missing(domain, directory, name);
      return policy.toString("utf8").trim();
    }),
  );
  const library = domain.documents && (await openLibrary(join(directory, domain.documents)));
  if (domain.documents && !library) throw missing(domain, directory, domain.documents);
  return {
    ...{ domain, policy: policies.join("\n\n"), ...(library && { library }) },
    database: await readDatabase(domain, directory),
    tasks: await readTasks(domain, directory),
  };
}

/** Those of the base split, where a folder names splits. */
async function readTasks(domain: Domain, directory: string): Promise<World["tasks"]> {
  const path = join(directory, "tasks.json");
  const tasks = await contentOf(path);
  if (tasks === undefined) throw missing(domain, directory, "tasks.json");
  if (!Array.isArray(tasks)) throw new EvalsError("bad_data", `${path} is no list of tasks`);
  const splits = (await contentOf(join(directory, "split_tasks.json"))) as { base?: unknown } | undefined;
  const base = Array.isArray(splits?.base) ? new Set<unknown>(splits.base) : undefined;
  return tasks
    .map((fields: Record<string, unknown>, i) => ({ where: `${path}, task ${i + 1}`, fields }))
    .filter(({ fields }) => !base || base.has(fields?.id));
}

/** Files with all tables, or a file for each. */
async function readDatabase(domain: Domain, directory: string): Promise<Record<string, unknown>> {
  const names = databasesOf(domain);
  const files = await Promise.all(names.map((name) => contentOf(join(directory, name))));
  const whole = Object.assign({}, domain.defaults, ...files) as Record<string, unknown>;
  const tables = await Promise.all(
    domain.tables.map(
      async (name) => [name, whole[name] ?? (await contentOf(join(directory, `${name}.json`)))] as const,
    ),
  );
  const [absent] = tables.find(([, table]) => typeof table !== "object" || table === null) ?? [];
  if (absent !== undefined) throw missing(domain, directory, `${names.join(", ")} with ${absent}, nor ${absent}.json`);
  return Object.fromEntries(tables);
}

const missing = (domain: Domain, directory: string, what: string): EvalsError =>
  new EvalsError(
    "missing_data",
    `${directory} has no ${what}; pass --data the folder data/tau2/domains/${domain.name} of github.com/sierra-research/tau2-bench: ${filesOf(domain).join(", ")} (${domain.tables.join(", ")})`,
  );
