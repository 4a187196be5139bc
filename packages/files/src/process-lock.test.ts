import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockForProcess } from "./process-lock.js";

let dir: string;
let path: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-lock-"));
  path = join(dir, "folder", "lock");
});
afterEach(() => rm(dir, { recursive: true }));

test("one process at a time has a lock; given back it leaves nothing", async () => {
  const first = await lockForProcess(path);
  expect(await lockForProcess(path)).toEqual({ heldBy: process.pid });
  if (!("release" in first)) throw new Error("the lock is free");
  await first.release();
  expect(await readdir(join(dir, "folder"))).toEqual([]);
  const again = await lockForProcess(path);
  expect(again).toHaveProperty("release");
  if ("release" in again) await again.release();
});

test("of many who find a dead lock at once one takes it over", async () => {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  await ((await lockForProcess(path)) as { release(): Promise<void> }).release();
  const [, , space = ""] = (await ownLock()).split(" ");
  await writeFile(path, `${child.pid} 1 ${space}`.trim());
  const taken = await Promise.all(Array.from({ length: 20 }, () => lockForProcess(path)));
  expect(taken.filter((lock) => "release" in lock)).toHaveLength(1);
  expect(taken.filter((lock) => "heldBy" in lock && lock.heldBy === process.pid)).toHaveLength(19);
  expect(await readdir(join(dir, "folder"))).toEqual(["lock"]);
});

test("a holder in another container keeps its lock while it touches it", async () => {
  await ((await lockForProcess(path)) as { release(): Promise<void> }).release();
  await writeFile(path, "1 1 pid:[1]");
  expect(await lockForProcess(path)).toEqual({ heldBy: 1 });
  await utimes(path, new Date(0), new Date(0));
  expect(await lockForProcess(path)).toHaveProperty("release");
});

test("an empty lock file is nobody's", async () => {
  await ((await lockForProcess(path)) as { release(): Promise<void> }).release();
  await writeFile(path, "");
  expect(await lockForProcess(path)).toHaveProperty("release");
});

/** What this process writes into a lock. */
async function ownLock(): Promise<string> {
  const lock = await lockForProcess(join(dir, "own"));
  const text = await readFile(join(dir, "own"), "utf8");
  if ("release" in lock) await lock.release();
  return text;
}
