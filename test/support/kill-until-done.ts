import type { ChildProcess } from "node:child_process";
import { expect } from "vitest";
import { start } from "./cachalot.js";

/**
 * Runs the command again and again, killed with SIGKILL when `momentOf` says so and at most `most` times: on a machine where every
 * moment falls into the start it would go on for ever. Then it ends by itself, which must be with status 0. Returns how often it was killed.
 */
export async function killUntilDone(
  args: readonly string[],
  most: number,
  momentOf: (kills: number, child: ChildProcess) => Promise<void>,
): Promise<number> {
  for (let kills = 0; ; kills++) {
    const child = start(args);
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const outcome = await (kills < most
      ? Promise.race([ended, momentOf(kills, child).then(() => "running" as const)])
      : ended);
    if (outcome !== "running") {
      expect(outcome).toBe(0);
      return kills;
    }
    child.kill("SIGKILL");
    await ended;
  }
}
