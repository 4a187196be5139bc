import { existsSync } from "node:fs";
import { appendFile, mkdir, readdir, readFile, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { isTemporary, writeAtomic, writeDirectoryAtomic } from "@cachalot/files";
import * as z from "zod";
import { TrainingError } from "../errors.js";
import type { MetricRecord } from "./metric-record.js";

/** Where a run stands, saved with each checkpoint. */
export interface RunState {
  stage: string;
  /** Steps of that stage already made. */
  step: number;
  tokens: number;
  /** Updates of the optimiser, for its bias correction. */
  optimizerStep: number;
  /** Length of metrics.jsonl in bytes at this point: what comes after belongs to steps that will be made again. */
  metricsBytes: number;
  /** Wall-clock seconds spent so far. */
  seconds: number;
  finishedStages: string[];
  /** What the stage keeps beside the weights; see `StageSession.state`. */
  session?: unknown;
}

interface SavedCheckpoint {
  dir: string;
  state: RunState;
}

const stateSchema = z.looseObject({
  stage: z.string(),
  step: z.number().int().min(0),
  tokens: z.number(),
  optimizerStep: z.number().int().min(0),
  metricsBytes: z.number().int().min(0),
  seconds: z.number(),
  finishedStages: z.array(z.string()),
});

/** The state of a checkpoint; undefined where it is missing or damaged. */
async function readState(path: string): Promise<RunState | undefined> {
  return stateSchema.safeParse(await readJson(path)).data;
}

/** A JSON file; undefined where it is missing or damaged. */
async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * A run on disk: recipe.json, metrics.jsonl, checkpoints/NNNNN-stage-step/ and models/STAGE/. Everything is written
 * under a temporary name and renamed, so that a kill at any moment leaves the last checkpoint whole.
 */
export class RunDirectory {
  private constructor(readonly path: string) {}

  /** Makes or reopens a run. @throws TrainingError `invalid_run` when it was made from another recipe. */
  static async open(path: string, recipe: unknown): Promise<RunDirectory> {
    await mkdir(join(path, "checkpoints"), { recursive: true });
    await mkdir(join(path, "models"), { recursive: true });
    for (const folder of ["checkpoints", "models"]) await removeLeftovers(join(path, folder));
    const file = join(path, "recipe.json");
    const text = `${JSON.stringify(recipe, null, 2)}\n`;
    if (!existsSync(file)) await writeAtomic(file, text);
    else if (!isDeepStrictEqual(await readJson(file), JSON.parse(text)))
      throw new TrainingError(
        "invalid_run",
        `${path} was made from another recipe, or its recipe.json is damaged; give this one its own --run directory, or delete the old run`,
      );
    return new RunDirectory(path);
  }

  get metricsPath(): string {
    return join(this.path, "metrics.jsonl");
  }

  modelPath(stage: string): string {
    return join(this.path, "models", stage);
  }

  async appendMetric(record: MetricRecord): Promise<void> {
    await appendFile(this.metricsPath, `${JSON.stringify(record)}\n`);
  }

  async readMetrics(): Promise<MetricRecord[]> {
    if (!existsSync(this.metricsPath)) return [];
    const lines = (await readFile(this.metricsPath, "utf8")).split("\n").filter((line) => line.length > 0);
    return lines.map((line, i) => {
      try {
        return JSON.parse(line) as MetricRecord;
      } catch {
        throw new TrainingError(
          "invalid_run",
          `${this.metricsPath}: line ${i + 1} is damaged; delete it, or the run to start anew`,
        );
      }
    });
  }

  /**
   * Drops the metrics written after a checkpoint, before its steps are made again. Where the file became shorter, what is left of it is kept,
   * to the end of its last whole line.
   */
  async rewindMetrics(bytes: number): Promise<void> {
    if (!existsSync(this.metricsPath)) return;
    const content = await readFile(this.metricsPath);
    const kept = content.subarray(0, bytes);
    await truncate(this.metricsPath, content.length < bytes ? kept.lastIndexOf("\n") + 1 : bytes);
  }

  /** Saves a checkpoint: `write` fills a fresh directory, which appears under its final name only when whole. */
  async saveCheckpoint(state: RunState, keep: number, write: (dir: string) => Promise<void>): Promise<void> {
    const all = await this.checkpoints();
    const number = all.length > 0 ? Number.parseInt(all.at(-1)!, 10) + 1 : 1;
    const name = `${String(number).padStart(5, "0")}-${state.stage}-${state.step}`;
    await writeDirectoryAtomic(join(this.path, "checkpoints", name), async (temporary) => {
      await write(temporary);
      await writeAtomic(join(temporary, "state.json"), JSON.stringify(state));
    });
    for (const old of [...all, name].slice(0, -keep))
      await rm(join(this.path, "checkpoints", old), { recursive: true, force: true });
  }

  /**
   * The newest whole checkpoint, or undefined in a new run. Damaged ones behind it are passed over, and `note` tells of them.
   * @param damageOf what is wrong with a checkpoint's files; undefined where they are whole
   * @throws TrainingError `invalid_run` when there are checkpoints, but none is whole.
   */
  async latestCheckpoint(
    damageOf: (dir: string) => Promise<string | undefined>,
    note: (text: string) => void,
  ): Promise<SavedCheckpoint | undefined> {
    const names = await this.checkpoints();
    for (const name of names.toReversed()) {
      const dir = join(this.path, "checkpoints", name);
      const state = await readState(join(dir, "state.json"));
      const damage = state ? await damageOf(dir) : "state.json cannot be read";
      if (state && !damage) return { dir, state };
      note(`passing over the damaged checkpoint ${dir}: ${damage}`);
    }
    if (names.length === 0) return undefined;
    throw new TrainingError(
      "invalid_run",
      `no checkpoint in ${join(this.path, "checkpoints")} is whole; delete the run to start anew`,
    );
  }

  private async checkpoints(): Promise<string[]> {
    const names = await readdir(join(this.path, "checkpoints"));
    return names.filter((name) => /^\d{5}-/.test(name) && !isTemporary(name)).sort();
  }
}

/** Removes what a killed process was writing. */
async function removeLeftovers(dir: string): Promise<void> {
  for (const name of await readdir(dir))
    if (isTemporary(name)) await rm(join(dir, name), { recursive: true, force: true });
}
