/** The routes of training runs: which there are, and what they measured, downsampled. */

import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { ApiError, type Route } from "@cachalot/server";
import { metricsSchema, type TrainingList, trainingListSchema } from "../../wire/training.js";
import { pathBelow } from "../working-directory.js";
import { MetricsFile } from "./metrics-file.js";

/** How long an answer waits for a file that is being read. */
const PATIENCE_MS = 250;
/** Folders of folders of runs, and no deeper. */
const DEPTH = 3;
const POINTS = 1000;

/** @param directory where `runs/` is */
export function trainingRoutes(directory: string): readonly Route[] {
  const folder = join(directory, "runs");
  const files = new Map<string, MetricsFile>();
  return [
    {
      method: "GET",
      path: "/studio/api/training",
      summary: "Training runs below runs/, the newest first",
      response: trainingListSchema,
      async handle(c) {
        const runs = await runsBelow(folder, folder, DEPTH);
        return c.json({ directory: folder, runs: runs.sort((a, b) => b.updatedAt - a.updatedAt) });
      },
    },
    {
      method: "GET",
      path: "/studio/api/training/:run/metrics",
      summary: "What a run measured: the least and greatest values of each stretch. Query: after, keys, points",
      response: metricsSchema,
      async handle(c) {
        const path = pathBelow(folder, c.req.param("run")!, "metrics.jsonl");
        if (!existsSync(path))
          throw new ApiError(404, `There is no ${path}; the run measured nothing yet`, { code: "no_metrics" });
        const file = files.get(path) ?? new MetricsFile(path);
        files.set(path, file);
        await file.refresh(PATIENCE_MS);
        const keys = c.req.query("keys")?.split(",");
        const wanted = (key: string) =>
          keys === undefined || keys.some((one) => key === one || key.startsWith(`${one}.`));
        const points = Math.min(8000, Math.max(2, Number(c.req.query("points") ?? POINTS) || POINTS));
        const after = c.req.query("after");
        return c.json(file.metrics(points, wanted, after === undefined ? -1 : Number(after)));
      },
    },
  ];
}

async function runsBelow(root: string, folder: string, depth: number): Promise<TrainingList["runs"]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = new Set(entries.map(({ name }) => name));
  if (folder !== root && (names.has("recipe.json") || names.has("metrics.jsonl") || names.has("rollouts")))
    return [await runAt(root, folder, names)];
  if (depth === 0) return [];
  const below = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith("."));
  return (await Promise.all(below.map(({ name }) => runsBelow(root, join(folder, name), depth - 1)))).flat();
}

async function runAt(root: string, folder: string, names: ReadonlySet<string>): Promise<TrainingList["runs"][number]> {
  const about = (path: string) => stat(path).catch(() => undefined);
  const [metrics, self, recipe] = await Promise.all([
    about(join(folder, "metrics.jsonl")),
    about(folder),
    readFile(join(folder, "recipe.json"), "utf8").then(nameOf, () => undefined),
  ]);
  return {
    name: relative(root, folder),
    ...(recipe === undefined ? {} : { recipe }),
    updatedAt: (metrics ?? self)?.mtimeMs ?? 0,
    metricsBytes: metrics?.size ?? 0,
    rollouts: names.has("rollouts"),
  };
}

function nameOf(recipe: string): string | undefined {
  try {
    const { name } = JSON.parse(recipe) as { name?: unknown };
    return typeof name === "string" ? name : undefined;
  } catch {
    return undefined;
  }
}
