/** A task as it lies in a Harbor folder: instruction, configuration, and the files of environment, tests and solution. */

import { createHash } from "node:crypto";
import type { TaskConfig } from "./harbor/task-config.js";
import type { Instance } from "./instance.js";

export interface TaskFile {
  data: Buffer;
  executable?: boolean;
}

/** By path relative to its folder, with "/" between names. */
export type TaskFiles = ReadonlyMap<string, TaskFile>;

export interface TaskFolder {
  /** The folder's name. */
  name: string;
  /** Of tasks that were made here. */
  instance: Instance | undefined;
  instruction: string;
  config: TaskConfig;
  environment: TaskFiles;
  tests: TaskFiles;
  /** Empty where there is no reference solution. */
  solution: TaskFiles;
}

/** Files from text, as generators write them; scripts (`.sh`) are executable. */
export function textFiles(files: Readonly<Record<string, string | Buffer>>): TaskFiles {
  return new Map(
    Object.entries(files).map(([path, data]) => [
      path,
      { data: Buffer.from(data), ...(path.endsWith(".sh") ? { executable: true } : {}) },
    ]),
  );
}

/** SHA-256 over paths, modes and contents, in the order of paths. */
export function hashFiles(files: TaskFiles): string {
  const hash = createHash("sha256");
  for (const path of [...files.keys()].sort()) {
    const { data, executable = false } = files.get(path)!;
    hash.update(`${path}\0${executable}\0${data.length}\0`).update(data);
  }
  return hash.digest("hex");
}
