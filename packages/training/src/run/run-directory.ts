import { existsSync } from "node:fs";
import { appendFile, mkdir, readdir, readFile, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { isTemporary, lockForProcess, type ProcessLock, writeAtomic, writeDirectoryAtomic } from "@cachalot/files";
import * as z from "zod";
import { TrainingError } from "../errors.js";
import type { MetricRecord } from "./metric-record.js";
import { recipeChange } from "./recipe-change.js";

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

const dataSchema = z.looseObject({ fingerprint: z.string() });

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

/** What a run is opened with. */
export interface RunOptions {
  /** As its JSON will read. */
  recipe: unknown;
  /** The prepared data, where there are any: a run goes on with the data it began with. */
  data?: { dir: string; fingerprint: string } | undefined;
  /** Let the recipe have grown: more steps of its last stage, or stages behind it. */
  extend?: boolean;
}

/**
 * A run on disk: recipe.json, data.json, metrics.jsonl, checkpoints/NNNNN-stage-step/ and models/STAGE/. Everything is written
 * under a temporary name and renamed, so that a kill at any moment leaves the last checkpoint whole. One process at a time has it.
 */
export class RunDirectory {
  private constructor(
    readonly path: string,
    private readonly lock: ProcessLock,
  ) {}

  /**
   * Makes or reopens a run, which is this process's until it is closed.
   * @throws TrainingError `invalid_run` when another process has it, or it was made from another recipe or other data.
   */
  static async open(path: string, options: RunOptions): Promise<RunDirectory> {
    const lock = await lockForProcess(join(path, "lock"));
    if ("heldBy" in lock)
      throw new TrainingError(
        "invalid_run",
        `process ${lock.heldBy} is training ${path}; wait for it, stop it, or give this training its own --run directory`,
      );
    const run = new RunDirectory(path, lock);
    try {
      await run.begin(options);
      return run;
    } catch (error) {
      await run.close();
      throw error;
    }
  }

  /** Lets others have the run. */
  close(): Promise<void> {
    return this.lock.release();
  }

  private async begin({ recipe, data, extend = false }: RunOptions): Promise<void> {
    if (data) await this.useData(data);
    await this.useRecipe(`${JSON.stringify(recipe, null, 2)}\n`, extend);
    for (const folder of ["checkpoints", "models"]) await mkdir(join(this.path, folder), { recursive: true });
    for (const folder of ["", "checkpoints", "models", "plots", "rollouts"])
      await removeLeftovers(join(this.path, folder));
  }

  private async useRecipe(text: string, extend: boolean): Promise<void> {
    const file = join(this.path, "recipe.json");
    if (!existsSync(file)) return writeAtomic(file, text);
    const made = await readJson(file);
    const change = recipeChange(made, JSON.parse(text));
    if (change.kind === "none") return;
    if (change.kind === "extension" && extend) return writeAtomic(file, text);
    throw new TrainingError("invalid_run", `${this.path} was made from another recipe${differences(made, change)}`);
  }

  private async useData({ dir, fingerprint }: NonNullable<RunOptions["data"]>): Promise<void> {
    const file = join(this.path, "data.json");
    const known = dataSchema.safeParse(await readJson(file)).data;
    // Runs of before there were fingerprints take the data as they find it.
    if (!known) return writeAtomic(file, `${JSON.stringify({ dir, fingerprint }, null, 2)}\n`);
    if (known.fingerprint === fingerprint) return;
    throw new TrainingError(
      "invalid_run",
      `the data in ${dir} changed since ${this.path} began (its fingerprint was ${known.fingerprint}, now it is ${fingerprint}); ` +
        "prepare the data the run began with again, or give the changed data a run of its own (--run)",
    );
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

/** Why a run does not take a recipe, and what to do. */
function differences(made: unknown, change: ReturnType<typeof recipeChange>): string {
  if (change.kind === "extension")
    return " with fewer steps or stages; add --extend to go on with it, or take another --run directory";
  const reason =
    made === undefined ? "its recipe.json is damaged" : change.kind === "other" ? `${change.field} differs` : "";
  return ` (${reason}); give this one its own --run directory, or delete the old run`;
}

/** Removes what a killed process was writing. */
async function removeLeftovers(dir: string): Promise<void> {
  for (const name of await readdir(dir).catch(() => []))
    if (isTemporary(name)) await rm(join(dir, name), { recursive: true, force: true });
}
