/** Exported rollouts, read back by the libraries that other trainers read with. */

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Rollout } from "@cachalot/chat";
import { playDemonstration, tasksetNamed } from "@cachalot/environments";
import { exportRollouts } from "@cachalot/rollouts";
import { expect, test } from "vitest";
import { readersPython } from "./support/install-export-readers.mjs";

const required = process.env.CACHALOT_REQUIRE?.split(",").includes("export-readers") === true;
const missing =
  existsSync(readersPython) || required
    ? undefined
    : "the readers are not installed: node test/support/install-export-readers.mjs";

const JSON_LINES = ["verl", "trl", "slime", "prime-rl", "areal", "verifiers"];

/** Runs of one turn and of several with tools, in both modes, two answers to each task. */
async function rolloutsOf(names: readonly string[]): Promise<Rollout[]> {
  const rollouts: Rollout[] = [];
  for (const name of names)
    for (const mode of ["thinking", "chat"] as const)
      for (let seed = 0; seed < 3; seed++) {
        const taskset = tasksetNamed(name);
        const task = await taskset.draw({ split: "train", level: 1, mode, seed });
        const group = `${name}-${mode}-${seed}`;
        for (const [sample, style] of (["terse", "checked"] as const).entries()) {
          const played = await playDemonstration(taskset, task, style);
          rollouts.push({ ...played, id: `${group}-${sample}`, group, sample });
        }
      }
  return rollouts;
}

test.skipIf(missing)(
  `the libraries of other trainers read every token, mask and reward${missing ? `: ${missing}` : ""}`,
  async () => {
    const dir = await mkdtemp(join(tmpdir(), "cachalot-exports-"));
    try {
      const rollouts = await rolloutsOf(["sorting", "database", "bug-fix"]);
      const step = { run: "r", step: 0, rollouts, model: "m" };
      for (const name of JSON_LINES) await exportRollouts(join(dir, `${name}.jsonl`), name, [step]);
      await exportRollouts(join(dir, "verl-prompts.parquet"), "verl-prompts", [step]);
      const reader = fileURLToPath(new URL("support/read-exports.py", import.meta.url));
      const env = {
        ...process.env,
        HF_HUB_OFFLINE: "1",
        HF_DATASETS_OFFLINE: "1",
        HF_HOME: join(dir, "home"),
        HF_DATASETS_DISABLE_PROGRESS_BARS: "1",
      };
      const found = JSON.parse(execFileSync(readersPython, [reader, dir], { env, maxBuffer: 1e8 }).toString());

      const sequences = rollouts.flatMap((rollout) => rollout.sequences);
      const expected = {
        rows: sequences.length,
        tokens: sequences.reduce((sum, { ids }) => sum + ids.length, 0),
        trained: sequences.reduce((sum, { sampled }) => sum + sampled.reduce((count, bit) => count + bit, 0), 0),
        reward: rollouts.reduce((sum, { reward, sequences: own }) => sum + reward! * own.length, 0),
      };
      for (const name of ["verl", "trl", "slime", "prime-rl", "areal"])
        expect(found[name], name).toEqual({ ...expected, reward: expect.closeTo(expected.reward) });
      const calls = rollouts.reduce((sum, { toolCalls }) => sum + toolCalls, 0);
      expect(calls).toBeGreaterThan(10);
      expect(found.verifiers).toEqual({
        ...expected,
        ...{ rows: rollouts.length, calls, reward: expect.closeTo(rollouts.length) },
      });
      expect(found["verl-prompts"]).toEqual({
        rows: new Set(rollouts.map(({ group }) => group)).size,
        sources: ["bug-fix", "database", "sorting"],
      });
    } finally {
      await rm(dir, { recursive: true });
    }
  },
);
