/** A run's metrics.jsonl as bounded series, read on as it grows, a piece at a time so that other requests are answered in between. */

import { open } from "node:fs/promises";
import { setImmediate, setTimeout } from "node:timers/promises";
import type { MetricSeries, Metrics } from "../../wire/training.js";
import { flatten } from "./flatten.js";
import { MinMaxSeries } from "./min-max.js";

const CHUNK = 2 ** 20;

interface Series {
  stage: string;
  kind: MetricSeries["kind"];
  key: string;
  values: MinMaxSeries;
}

export class MetricsFile {
  private series = new Map<string, Series>();
  private end = 0;
  private size = 0;
  private records = 0;
  private unreadable = 0;
  private expertLoad: Metrics["expertLoad"];
  private reading: Promise<void> | undefined;
  /** Counts what was read since the file was opened: never the same for other contents. */
  private cursor = 0;

  constructor(private readonly path: string) {}

  /**
   * Reads on for so long at most; what is left is read meanwhile.
   * @throws the file system's errors
   */
  async refresh(patienceMs: number): Promise<void> {
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    const enough = new AbortController();
    const patience = setTimeout(patienceMs, undefined, { signal: enough.signal }).catch(() => {});
    await Promise.race([this.reading, patience]).finally(() => enough.abort());
  }

  /** @param wanted whether a key is */
  metrics(points: number, wanted: (key: string) => boolean, after = -1): Metrics {
    const series = after === this.cursor ? [] : [...this.series.values()].filter(({ key }) => wanted(key));
    return {
      ...{ cursor: this.cursor, readBytes: this.end, bytes: this.size },
      ...{ records: this.records, unreadable: this.unreadable },
      series: series.map(({ values, ...about }) => ({ ...about, ...values.points(points / 2), last: values.last })),
      ...(this.expertLoad ? { expertLoad: this.expertLoad } : {}),
    };
  }

  private async read(): Promise<void> {
    const file = await open(this.path);
    try {
      const { size } = await file.stat();
      // A resumed run drops what it measured behind its checkpoint.
      if (size < this.size) this.forget();
      this.size = size;
      let length = CHUNK;
      while (this.end < size) {
        const bytes = Buffer.alloc(Math.min(length, size - this.end));
        await file.read(bytes, 0, bytes.length, this.end);
        const whole = bytes.lastIndexOf(10) + 1;
        if (whole === 0 && this.end + bytes.length >= size) return;
        length = whole === 0 ? 2 * length : CHUNK;
        this.add(bytes.toString("utf8", 0, whole));
        this.end += whole;
        await setImmediate();
      }
    } finally {
      await file.close();
    }
  }

  private forget(): void {
    this.series = new Map();
    [this.end, this.records, this.unreadable, this.expertLoad] = [0, 0, 0, undefined];
    this.cursor++;
  }

  private add(text: string): void {
    for (const line of text.split("\n")) {
      if (line === "") continue;
      try {
        this.addRecord(JSON.parse(line) as Record<string, unknown>);
      } catch {
        this.unreadable++;
      }
    }
    this.cursor++;
  }

  private addRecord(record: Record<string, unknown>): void {
    const { kind, stage, step, expertLoad } = record;
    if ((kind !== "step" && kind !== "evaluation") || typeof stage !== "string" || typeof step !== "number")
      throw new TypeError("no record");
    this.records++;
    flatten(record, (key, value) => {
      const name = `${stage}\n${kind}\n${key}`;
      const series = this.series.get(name) ?? { stage, kind, key, values: new MinMaxSeries() };
      this.series.set(name, series);
      series.values.add(step, value);
    });
    if (Array.isArray(expertLoad)) this.expertLoad = { stage, step, load: expertLoad as number[][] };
  }
}
