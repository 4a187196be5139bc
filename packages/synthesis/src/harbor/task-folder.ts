/** Harbor task folders on disk: read with limits, written whole or not at all. */

import { constants } from "node:fs";
import { chmod, lstat, mkdir, open, opendir, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { writeDirectoryAtomic } from "@cachalot/files";
import { SynthesisError } from "../errors.js";
import { parseInstance } from "../instance.js";
import type { TaskFile, TaskFiles, TaskFolder } from "../task.js";
import { formatTaskConfig, parseTaskConfig } from "./task-config.js";

/** Of a folder's files together. */
const MAX_BYTES = 256 * 2 ** 20;
const MAX_FILES = 20_000;
/** Of instruction.md and task.toml. */
const MAX_TEXT_BYTES = 2 ** 20;

const refuse = (message: string): never => {
  throw new SynthesisError("invalid_task", message);
};

/** Whether a directory looks like a task: it says what is to be done. */
export async function isTaskFolder(directory: string): Promise<boolean> {
  const files = await Promise.all(["task.toml", "instruction.md"].map((name) => isFile(join(directory, name))));
  return files.every(Boolean);
}

const isFile = async (path: string) => (await lstat(path).catch(() => undefined))?.isFile() ?? false;

/**
 * Reads a task. Links are refused: they may lead out of the folder.
 * @throws SynthesisError `invalid_task` for what is missing, unreadable, or too much
 */
export async function readTaskFolder(directory: string): Promise<TaskFolder> {
  const name = basename(resolve(directory));
  const text = async (file: string) => (await readBounded(join(directory, file), MAX_TEXT_BYTES)).toString("utf8");
  const config = parseTaskConfig(await text("task.toml"));
  const instruction = await text("instruction.md");
  const budget = { bytes: MAX_BYTES, files: MAX_FILES };
  const [environment, tests, solution] = [
    await readFiles(join(directory, "environment"), budget),
    await readFiles(join(directory, "tests"), budget),
    await readFiles(join(directory, "solution"), budget),
  ];
  const { instance: record, ...metadata } = config.metadata;
  const instance = record === undefined ? undefined : parseInstance({ ...(record as object), prompt: instruction });
  return { ...{ name, instance, instruction, config: { ...config, metadata } }, ...{ environment, tests, solution } };
}

/** Files below a directory; none where it is not there. */
async function readFiles(directory: string, budget: { bytes: number; files: number }): Promise<TaskFiles> {
  const files = new Map<string, TaskFile>();
  if ((await lstat(directory).catch(() => undefined)) === undefined) return files;
  async function walk(path: string): Promise<void> {
    const entries = [];
    for await (const entry of await opendir(join(directory, path))) entries.push(entry);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const at = path === "" ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) await walk(at);
      else if (!entry.isFile()) refuse(`${join(directory, at)} is no plain file; leave links and devices out`);
      else {
        if (--budget.files < 0) refuse(`${directory} has more than ${MAX_FILES} files; leave some out`);
        const data = await readBounded(join(directory, at), budget.bytes);
        budget.bytes -= data.length;
        const { mode } = await lstat(join(directory, at));
        files.set(at, { data, ...(mode & 0o100 ? { executable: true } : {}) });
      }
    }
  }
  await walk("");
  return files;
}

async function readBounded(path: string, limit: number): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => refuse(`${path} cannot be read (${error.code}); put it there`),
  );
  try {
    const info = await file.stat();
    if (!info.isFile()) refuse(`${path} is no file; put one there`);
    if (info.size > limit)
      refuse(`${path} has ${info.size} bytes, more than the ${limit} that are left; make it smaller`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/**
 * Writes a task to a directory, whose name becomes the task's, in place of what is there.
 * @throws SynthesisError `invalid_task` for a path that leads out of its folder
 */
export async function writeTaskFolder(task: TaskFolder, directory: string): Promise<void> {
  const { instance, config, environment, tests, solution } = task;
  const { prompt: _, ...record } = instance ?? { prompt: "" };
  const metadata = instance === undefined ? config.metadata : { ...config.metadata, instance: record };
  await mkdir(dirname(resolve(directory)), { recursive: true });
  await writeDirectoryAtomic(directory, async (temporary) => {
    await writeFile(join(temporary, "instruction.md"), task.instruction);
    await writeFile(join(temporary, "task.toml"), formatTaskConfig({ ...config, metadata }));
    await writeFiles(join(temporary, "environment"), environment);
    await writeFiles(join(temporary, "tests"), tests);
    if (solution.size > 0) await writeFiles(join(temporary, "solution"), solution);
  });
}

async function writeFiles(directory: string, files: TaskFiles): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [path, { data, executable }] of files) {
    if (!isInside(path)) refuse(`the file ${JSON.stringify(path)} leads out of its folder; name it inside`);
    const at = join(directory, path);
    await mkdir(dirname(at), { recursive: true });
    await writeFile(at, data, { flag: "wx" });
    if (executable) await chmod(at, 0o755);
  }
}

/** A relative path of plain names. */
const isInside = (path: string): boolean =>
  path.split("/").every((name) => name !== "" && name !== "." && name !== ".." && !/[\0\\]/.test(name));
