// One arm of an ablation with one seed: a GRPO run of its own from the common start, and what its metrics come to.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeFile } from "../report.mjs";

const cachalot = fileURLToPath(new URL("../../packages/cli/bin/cachalot.js", import.meta.url));

/** @param {string[]} args */
function run(...args) {
  execFileSync(process.execPath, [cachalot, ...args], { stdio: ["ignore", "ignore", "inherit"] });
}

/**
 * @param {{ dir: string, start: string, seed: number, steps: number, stage: object }} setting what all arms share
 * @param {import("./studies.mjs").Arm} arm
 */
export function measureArm({ dir, start, seed, steps, stage: shared }, { stage, options }) {
  const file = `${dir}.json`;
  const recipe = {
    description: "One arm of an ablation with one seed",
    name: "arm",
    seed,
    init: start,
    stages: [
      {
        name: "rl",
        kind: "grpo",
        steps,
        learningRate: 5e-5,
        schedule: { warmupSteps: 10, kind: "constant" },
        groups: 24,
        groupSize: 8,
        miniBatches: 2,
        algorithm: { name: "v32", options },
        heldOutTasks: 400,
        ...shared,
        ...stage,
      },
    ],
    optimizer: { beta2: 0.99, weightDecay: 0 },
    evaluation: { every: steps, batches: 1 },
    checkpoint: { every: 20, keep: 1 },
  };
  mkdirSync(dir, { recursive: true });
  if (!existsSync(file)) writeFile(file, JSON.stringify(recipe, null, 2));
  run("train", file, "--run", dir, "--no-preflight", "--json");
  return summary(join(dir, "metrics.jsonl"));
}

/** @param {string} file */
function summary(file) {
  const records = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const steps = records.filter(({ kind }) => kind === "step");
  const norms = steps.map(({ gradientNorm }) => gradientNorm).sort((a, b) => a - b);
  const mean = (/** @type {(record: any) => number} */ of) =>
    steps.reduce((sum, record) => sum + of(record), 0) / steps.length;
  return {
    passAt1: records.findLast(({ kind }) => kind === "evaluation").heldOut.pass1,
    gradientMedian: norms[norms.length >> 1],
    gradientLargest: norms.at(-1),
    kl: steps.at(-1).rl.kl,
    dropped: mean(({ rl }) => rl.sequencesDropped),
    ratio: mean(({ rl }) => rl.ratioMean),
    mismatchMean: mean(({ rl }) => rl.mismatch.mean),
    mismatchK3: mean(({ rl }) => rl.mismatch.k3),
  };
}
