/** Rollout workers: a trainer and two workers that share a PostgreSQL and a folder; one worker and the trainer are killed, one worker is slow. */

import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readRollouts } from "@cachalot/rollouts";
import { expect, test } from "vitest";
import { start } from "./support/cachalot.js";
import { postgresMissing, startPostgres } from "./support/postgres.js";
import { sortingRecipe, writeSortingData } from "./support/sorting-data.js";

const STEPS = 40;
const OFF_POLICY = 1;

interface Ended {
  status: number | null;
  text: string;
}

function watched(child: ChildProcess): { child: ChildProcess; ended: Promise<Ended>; text: () => string } {
  let text = "";
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding("utf8").on("data", (part: string) => (text += part));
  const ended = new Promise<Ended>((resolve) => child.once("close", (status) => resolve({ status, text })));
  return { child, ended, text: () => text };
}

async function until(what: () => Promise<boolean>, trainer: { ended: Promise<Ended> }): Promise<void> {
  const early = trainer.ended.then(({ text }) => Promise.reject(new Error(`the trainer ended early: ${text}`)));
  early.catch(() => {});
  while (!(await what())) await Promise.race([sleep(50), early]);
}

test.skipIf(postgresMissing)(
  `a killed worker, a slow one and a killed trainer: nothing lost, nothing counted twice, what is too old is dropped${postgresMissing ? `: ${postgresMissing}` : ""}`,
  async () => {
    const dir = await mkdtemp(join(tmpdir(), "cachalot-workers-"));
    const postgres = await startPostgres();
    const env = { DATABASE_URL: postgres.url };
    const run = join(dir, "run");
    const steps = join(run, "rollouts", "rl");
    const isThere = (step: number) => async () => existsSync(join(steps, `${String(step).padStart(5, "0")}.parquet`));
    const worker = () => watched(start(["worker", "--rollouts", run, "--concurrency", "2"], env));
    const children: ChildProcess[] = [];
    const atWork = () =>
      postgres.query("SELECT workflow_uuid || ' ' || executor_id FROM dbos.workflow_status WHERE status = 'PENDING'");
    const hasTables = () => postgres.query("SELECT to_regclass('dbos.workflow_status') IS NOT NULL")[0] === "t";
    try {
      await writeSortingData(join(dir, "data"), 600);
      const recipe = join(dir, "recipe.json");
      await writeFile(recipe, JSON.stringify(sortingRecipe(join(dir, "data"), STEPS)));
      const train = () => watched(start(["train", recipe, "--run", run, "--workers", "--no-preflight"], env));
      let trainer = train();
      children.push(trainer.child);
      const slow = worker();
      children.push(slow.child);
      await until(async () => hasTables() && atWork().length > 0, trainer);
      const executor = atWork()[0]!.split(" ")[1]!;
      const slowAtWork = () => atWork().filter((group) => group.endsWith(` ${executor}`));
      let fast = worker();
      children.push(fast.child);

      await until(isThere(1), trainer);
      // A killed worker's groups are begun again: by the other one, and by one that comes in its place.
      await until(async () => atWork().length > 0, trainer);
      fast.child.kill("SIGKILL");
      expect((await fast.ended).status).toBe(null);
      fast = worker();
      children.push(fast.child);
      await until(isThere(3), trainer);
      // A killed trainer goes on with the groups that it had asked for.
      trainer.child.kill("SIGKILL");
      await trainer.ended;
      trainer = train();
      children.push(trainer.child);
      await until(isThere(4), trainer);
      // Frozen for some updates, it comes back with groups that are too old by then; unless it was taken for dead meanwhile.
      for (let isHeld = false; !isHeld; ) {
        let held: string[] = [];
        while (held.length === 0) {
          await until(async () => slowAtWork().length > 0, trainer);
          held = await frozen(slow.child, slowAtWork);
        }
        const frozenAt = await newestVersion(run);
        await until(async () => (await newestVersion(run)) > frozenAt + OFF_POLICY, trainer);
        isHeld = atWork().some((group) => held.includes(group));
        slow.child.kill("SIGCONT");
      }

      const { status, text } = await trainer.ended;
      expect(text).toContain("done: the models of all stages");
      expect(status).toBe(0);
      for (const { ended } of [fast, slow]) expect((await ended).text).toContain("needs no more rollouts");
      await checkSteps(run, steps);
    } finally {
      for (const child of children) child.kill("SIGKILL");
      await postgres.stop();
      await rm(dir, { recursive: true });
    }
  },
);

async function newestVersion(run: string): Promise<number> {
  const names = await readdir(join(run, "weights", "rl"));
  return Math.max(...names.filter((name) => /^\d+$/.test(name)).map(Number));
}

/** Stops a worker while it has groups at work, which then stay so, and tells them; else lets it go on. */
async function frozen(worker: ChildProcess, atWork: () => string[]): Promise<string[]> {
  worker.kill("SIGSTOP");
  // What it had sent to the database may still be written.
  await sleep(300);
  const held = atWork();
  if (held.length === 0) worker.kill("SIGCONT");
  return held;
}

async function checkSteps(run: string, dir: string): Promise<void> {
  const seen = new Set<string>();
  const metrics = (await readFile(join(run, "metrics.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
    .filter(({ kind, stage }) => kind === "step" && stage === "rl");
  expect(metrics).toHaveLength(STEPS);
  // A step in which no group taught anything leaves the weights as they are.
  let trainers = 0;
  let last = { next: 0, outstanding: [] as string[] };
  for (let step = 0; step < STEPS; step++) {
    const name = String(step).padStart(5, "0");
    const { rollouts } = await readRollouts(join(dir, `${name}.parquet`));
    for (const group of new Set(rollouts.map((one) => one.group))) {
      expect(seen).not.toContain(group);
      seen.add(group);
      const own = rollouts.filter((one) => one.group === group);
      expect(own.map(({ sample }) => sample).sort()).toEqual([0, 1, 2, 3]);
      const drawn = own.flatMap(({ sequences }) => sequences.flatMap(({ versions }) => [...versions]));
      const versions = new Set(drawn.filter((version) => version >= 0));
      // A group is of one version of the weights, and fresh enough for its step.
      expect(versions.size).toBe(1);
      const [version] = versions as Set<number>;
      expect(version).toBeLessThanOrEqual(trainers);
      expect(version).toBeGreaterThanOrEqual(trainers - OFF_POLICY);
    }
    if (metrics[step].rl.sequences > 0) trainers++;
    last = JSON.parse(await readFile(join(dir, `${name}.json`), "utf8")).sourceState;
  }
  const stale = metrics.reduce((sum, { rl }) => sum + rl.staleGroups, 0);
  expect(stale).toBeGreaterThan(0);
  // Every group that was ever asked for was trained on, dropped and counted, or left over at the end.
  expect(seen.size + stale + last.outstanding.length).toBe(last.next);
  // Fewer bits lie between the trainer and workers of its own weights than between two steps.
  expect(metrics[0].rl.mismatch.max).toBeLessThan(1e-4);
  expect(existsSync(join(run, "queue"))).toBe(false);
  expect(existsSync(join(run, "weights"))).toBe(false);
}
