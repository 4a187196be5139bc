import { readFile } from "node:fs/promises";
import * as z from "zod";
import type { MetricRecord } from "../run/metric-record.js";

/** JSON has no NaN: a number that was not finite when written comes back as null. */
const measured = z
  .number()
  .nullish()
  .transform((value) => value ?? undefined);
const measuredList = z.array(z.number().nullable()).transform((values) => values.map((value) => value ?? Number.NaN));

/** Plots read what they know of it. */
const rlSchema = z.looseObject({});

const recordSchema = z.object({
  kind: z.enum(["step", "evaluation"]),
  stage: z.string(),
  step: z.number().int().min(0),
  tokens: z.number().min(0),
  stepTokens: measured,
  lmLoss: measured,
  policyLoss: measured,
  indexerLoss: measured,
  mtpLoss: measured,
  learningRate: measured,
  gradientNorm: measured,
  expertImbalance: measured,
  tokensPerSecond: measured,
  lossByPart: z.record(z.string(), z.number()).nullish(),
  recall: measuredList.nullish(),
  expertLoad: z.array(measuredList).nullish(),
  rl: rlSchema.nullish(),
  heldOut: rlSchema.nullish(),
});

export interface Metrics {
  /** In file order; of records with the same kind, stage and step only the last, as a resumed run makes steps again. */
  records: MetricRecord[];
  /** Lines that are no whole record: the torn last line of a killed run, or values that were not finite. */
  unreadableLines: number;
}

/** Reads metrics.jsonl; a missing file is a run that has not begun. Never throws on its contents. */
export async function loadMetrics(path: string): Promise<Metrics> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { records: [], unreadableLines: 0 };
    throw error;
  }
  return parseMetrics(text);
}

/** Parses the text of a metrics.jsonl, whole or cut anywhere. */
export function parseMetrics(text: string): Metrics {
  const records = new Map<string, MetricRecord>();
  let unreadableLines = 0;
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const record = parseLine(line);
    if (!record) {
      unreadableLines++;
      continue;
    }
    const key = `${record.kind} ${record.stage} ${record.step}`;
    records.delete(key);
    records.set(key, record);
  }
  return { records: [...records.values()], unreadableLines };
}

function parseLine(line: string): MetricRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const parsed = recordSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const present = Object.entries(parsed.data).filter(([, field]) => field !== undefined && field !== null);
  return Object.fromEntries(present) as unknown as MetricRecord;
}
