/** A reproduction on disk: results by step, written whole; a log of what began and ended; one process at a time. */

import { createHash } from "node:crypto";
import { appendFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { lockForProcess, type ProcessLock, writeAtomic } from "@cachalot/files";
import { CliError } from "../errors.js";
import { recipeFiles } from "./recipe-files.js";
import type { Scale } from "./scale.js";
import type { Results, Step } from "./step.js";

/** `steps/NAME.json`. */
export interface StepRecord {
  step: string;
  /** SHA-256 of every recipe it was made from, and of its settings in the scale's file. */
  recipes: Record<string, string>;
  /** Of the processes that worked on it, as far as they lived to tell. */
  seconds: number;
  /** Processes that died while they worked on it. */
  interruptions: number;
  result: unknown;
}

/** A line of `log.jsonl`. */
interface LogLine {
  event: "begin" | "end";
  step: string;
  pid: number;
  at: number;
}

/** Where the result of a step is, once it is finished. */
export const stepFile = (directory: string, step: string): string => join(directory, "steps", `${step}.json`);

export class ReproductionDirectory implements Results {
  private readonly records = new Map<string, StepRecord>();

  private constructor(
    readonly path: string,
    private readonly lock: ProcessLock,
  ) {}

  /** @throws CliError `invalid_input` when another process has it, or it is of another scale */
  static async open(path: string, scale: Scale, steps: readonly Step[]): Promise<ReproductionDirectory> {
    const lock = await lockForProcess(join(path, "lock"));
    if ("heldBy" in lock)
      throw new CliError(
        "invalid_input",
        `process ${lock.heldBy} is at work in ${path}; wait for it, stop it, or give this one its own --out`,
      );
    const directory = new ReproductionDirectory(path, lock);
    try {
      await directory.begin(scale, steps);
      return directory;
    } catch (error) {
      await directory.close();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.lock.release();
  }

  of<R>(step: Step<R>): R | undefined {
    return this.records.get(step.name)?.result as R | undefined;
  }

  record(step: Step): StepRecord | undefined {
    return this.records.get(step.name);
  }

  async began(step: Step): Promise<void> {
    await this.log({ event: "begin", step: step.name, pid: process.pid, at: Date.now() });
  }

  /** The step is finished: its result is on the disk before anything is told. */
  async finished(step: Step, scale: Scale, seconds: number, result: unknown): Promise<StepRecord> {
    const begun = (await this.logged()).filter(({ event, step: name }) => event === "begin" && name === step.name);
    const record = {
      ...{ step: step.name, recipes: await madeFrom(step, scale), seconds, interruptions: begun.length - 1 },
      // As it will be read.
      result: JSON.parse(JSON.stringify(result)) as unknown,
    };
    await writeAtomic(stepFile(this.path, step.name), `${JSON.stringify(record, null, 2)}\n`);
    this.records.set(step.name, record);
    await this.log({ event: "end", step: step.name, pid: process.pid, at: Date.now() });
    return record;
  }

  private async begin(scale: Scale, steps: readonly Step[]): Promise<void> {
    await mkdir(join(this.path, "steps"), { recursive: true });
    await this.requireScale(scale);
    for (const step of steps) {
      const text = await readFile(stepFile(this.path, step.name), "utf8").catch(() => undefined);
      if (text === undefined) continue;
      const record = JSON.parse(text) as StepRecord;
      this.requireSame(record, await madeFrom(step, scale));
      this.records.set(step.name, record);
    }
  }

  private async requireScale({ name }: Scale): Promise<void> {
    const file = join(this.path, "scale.json");
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text === undefined) return writeAtomic(file, `${JSON.stringify({ scale: name })}\n`);
    const known = (JSON.parse(text) as { scale: string }).scale;
    if (known !== name)
      throw new CliError("invalid_input", `${this.path} is of scale ${known}; pass --scale ${known}, or another --out`);
  }

  private requireSame({ step, recipes }: StepRecord, now: Readonly<Record<string, string>>): void {
    const changed = [...Object.keys(recipes), ...Object.keys(now)].find((file) => now[file] !== recipes[file]);
    if (changed === undefined) return;
    throw new CliError(
      "invalid_input",
      `${changed} changed since step ${step} was made from it; put it back, give another --out, or delete ` +
        `${stepFile(this.path, step)} and what the step wrote to make it again`,
    );
  }

  private log(line: LogLine): Promise<void> {
    return appendFile(join(this.path, "log.jsonl"), `${JSON.stringify(line)}\n`);
  }

  private async logged(): Promise<LogLine[]> {
    const text = await readFile(join(this.path, "log.jsonl"), "utf8").catch(() => "");
    return text
      .split("\n")
      .filter((line) => line.endsWith("}"))
      .map((line) => JSON.parse(line) as LogLine);
  }
}

/** Of everything that a step is made from, by name. */
async function madeFrom(step: Step, scale: Scale): Promise<Record<string, string>> {
  const hash = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");
  const files = (await Promise.all((step.recipes(scale) ?? []).map(recipeFiles))).flat();
  const pairs = await Promise.all(files.map(async (file) => [file, hash(await readFile(file))] as const));
  const settings = step.settings?.(scale);
  return {
    ...Object.fromEntries(pairs),
    ...(settings === undefined ? {} : { [`${step.name} in ${scale.file}`]: hash(JSON.stringify(settings)) }),
  };
}
