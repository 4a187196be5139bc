/** The directory of a run: `eval.json` says what it is, `samples.jsonl` has a line for each sample, appended and synced. */

import { type FileHandle, mkdir, open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { lockForProcess, type ProcessLock, readLines, writeAtomic } from "@cachalot/files";
import { EvalsError } from "../errors.js";
import { differences, type RunHeader } from "./header.js";
import { keyOf, type Sample } from "./sample.js";

export interface StoredRun {
  header: RunHeader;
  samples: Sample[];
}

const headerFile = (dir: string) => join(dir, "eval.json");
const samplesFile = (dir: string) => join(dir, "samples.jsonl");

/** @throws EvalsError `other_run` where there is none */
export async function readRun(dir: string): Promise<StoredRun> {
  const header = await readHeader(dir);
  if (!header) throw new EvalsError("other_run", `${dir} holds no run; pass the directory that cachalot eval wrote`);
  return { header, samples: (await readSamples(dir)).samples };
}

async function readHeader(dir: string): Promise<RunHeader | undefined> {
  const text = await readFile(headerFile(dir), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const header = JSON.parse(text) as RunHeader;
  if (header.format !== "cachalot-eval" || header.version !== 1)
    throw new EvalsError("other_run", `${headerFile(dir)} is of another program or version; pass another directory`);
  return header;
}

/** A line that a crash cut short is none: `end` is where the next one goes. A sample that was asked again has a later line. */
async function readSamples(dir: string): Promise<{ samples: Sample[]; end: number }> {
  const samples = new Map<string, Sample>();
  let end = 0;
  const size = await stat(samplesFile(dir)).then(
    ({ size }) => size,
    () => 0,
  );
  if (size === 0) return { samples: [], end };
  for await (const { number, text, range } of readLines(samplesFile(dir))) {
    const whole = range[1] < size;
    if (!whole || text === undefined) break;
    const sample = sampleOf(text, `${samplesFile(dir)}:${number}`);
    samples.set(keyOf(sample), sample);
    end = range[1] + 1;
  }
  return { samples: [...samples.values()], end };
}

function sampleOf(text: string, where: string): Sample {
  try {
    return JSON.parse(text) as Sample;
  } catch (error) {
    throw new EvalsError("other_run", `${where} is damaged; remove that line, and the run goes on with it unanswered`, {
      cause: error,
    });
  }
}

/** A run that goes on. Closed by `close`. */
export class OpenRun {
  private queue: Promise<void> = Promise.resolve();
  private readonly waiting: Buffer[] = [];

  private constructor(
    readonly samples: readonly Sample[],
    private readonly file: FileHandle,
    private readonly lock: ProcessLock,
    private end: number,
  ) {}

  /** @throws EvalsError `other_run` where another run is in it, `run_in_use` while another process writes to it */
  static async open(dir: string, header: RunHeader): Promise<OpenRun> {
    await mkdir(dir, { recursive: true });
    const lock = await lockForProcess(join(dir, "lock"));
    if ("heldBy" in lock)
      throw new EvalsError(
        "run_in_use",
        `process ${lock.heldBy} works on ${dir}; wait for it, or pass --out another directory`,
      );
    try {
      const before = await readHeader(dir);
      const changed = before ? differences(before, header) : [];
      if (changed.length > 0)
        throw new EvalsError(
          "other_run",
          `${dir} holds a run with another ${changed.join(", ")}; pass --out another directory`,
        );
      if (!before || before.items !== header.items || before.samples !== header.samples)
        await writeAtomic(
          headerFile(dir),
          `${JSON.stringify({ ...header, createdAt: before?.createdAt ?? header.createdAt }, null, 2)}\n`,
        );
      const { samples, end } = await readSamples(dir);
      const file = await open(samplesFile(dir), samples.length > 0 || end > 0 ? "r+" : "w+");
      await file.truncate(end);
      return new OpenRun(samples, file, lock, end);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Appends a sample and waits until it is on the disk. @throws where it cannot be written: nothing before it is lost */
  append(sample: Sample): Promise<void> {
    this.waiting.push(Buffer.from(`${JSON.stringify(sample)}\n`));
    // Those that wait while others are written go to the disk together.
    const written = this.queue.then(() => this.flush());
    this.queue = written.catch(() => {});
    return written;
  }

  private async flush(): Promise<void> {
    const lines = Buffer.concat(this.waiting);
    if (lines.length === 0) return;
    const count = this.waiting.length;
    await this.file.write(lines, 0, lines.length, this.end);
    await this.file.datasync();
    this.end += lines.length;
    this.waiting.splice(0, count);
  }

  async close(): Promise<void> {
    await this.queue;
    await this.file.close();
    await this.lock.release();
  }
}
