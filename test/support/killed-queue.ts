/** A command that leaves its items to workers on a PostgreSQL, one of which is killed, as is the command that waits for them. */

import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { start } from "./cachalot.js";
import { startPostgres } from "./postgres.js";

interface QueuedCommand {
  /** The command's words, without --queue. */
  args: readonly string[];
  /** Those of its workers. */
  worker: readonly string[];
  /** Items that it leaves. */
  items: number;
  /** Items that are done before the kill. */
  before: number;
}

/**
 * Kills the first worker in the middle of an item, and the command; the same command and two workers then end it.
 * @returns which processes did the items, one entry an item
 */
export async function killedQueue({ args, worker: words, items, before: done }: QueuedCommand): Promise<string[]> {
  const postgres = await startPostgres();
  const children: ChildProcess[] = [];
  const started = (args: readonly string[]) => {
    const child = start(args, { DATABASE_URL: postgres.url });
    children.push(child);
    return { child, ended: new Promise<number | null>((resolve) => child.once("close", resolve)) };
  };
  const doing = (status: string) =>
    postgres.query(`SELECT executor_id FROM dbos.workflow_status WHERE status = '${status}'`);
  const until = async (is: () => boolean) => {
    while (!is()) await sleep(50);
  };
  try {
    const before = started([...args, "--queue"]);
    await until(() => postgres.query("SELECT to_regclass('dbos.workflow_status') IS NOT NULL")[0] === "t");
    await until(() => doing("ENQUEUED").length === items);
    const first = started(words);
    await until(() => doing("SUCCESS").length >= done && doing("PENDING").length > 0);
    // An item is lost with its worker, and the run with the process that waits for it.
    for (const { child, ended } of [first, before]) {
      child.kill("SIGKILL");
      expect(await ended).toBe(null);
    }
    const after = started([...args, "--queue"]);
    started(words);
    started(words);
    expect(await after.ended).toBe(0);
    return doing("SUCCESS");
  } finally {
    for (const child of children) child.kill("SIGKILL");
    await postgres.stop();
  }
}
