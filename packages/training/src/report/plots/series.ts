import type { MetricRecord } from "../../run/metric-record.js";
import type { StageRun } from "../load-run.js";

/** Enough for any screen; more only makes the file heavy. */
const MAX_POINTS = 300;

export interface Point {
  stage: string;
  /** Step within the stage. */
  step: number;
  /** Step along the line of descent. */
  runStep: number;
  tokens: number;
  value: number;
}

/** A measurement of each record as points; records without it, or not finite, are left out. */
export function points(
  run: StageRun,
  records: readonly MetricRecord[],
  value: (record: MetricRecord) => number | undefined,
): Point[] {
  return records.flatMap((record) => {
    const measured = value(record);
    if (measured === undefined || !Number.isFinite(measured)) return [];
    const { step, tokens } = record;
    return [{ stage: run.stage.name, step, runStep: run.stepOffset + step, tokens, value: measured }];
  });
}

/** Centred mean over about 2 % of the series (narrower at the ends, so that they do not lag), thinned for drawing. */
export function smooth(series: readonly Point[]): Point[] {
  const half = Math.ceil(series.length / 100);
  const sums = [0];
  for (const { value } of series) sums.push(sums.at(-1)! + value);
  const smoothed = series.map((point, i) => {
    const reach = Math.min(half, i, series.length - 1 - i);
    return { ...point, value: (sums[i + reach + 1]! - sums[i - reach]!) / (2 * reach + 1) };
  });
  return thin(smoothed);
}

/** At most MAX_POINTS points, evenly taken, the first and the last among them. */
export function thin(series: readonly Point[]): Point[] {
  const every = Math.max(1, Math.ceil(series.length / MAX_POINTS));
  return series.filter((_, i) => i % every === 0 || i === series.length - 1);
}

/** A token axis; "~s" labels need a domain that is wider than one point. */
export function tokenAxis(tokens: readonly number[], title: string) {
  const low = Math.min(...tokens);
  const domain: number[] = [low, Math.max(...tokens, low + 1)];
  return {
    field: "tokens",
    type: "quantitative",
    title,
    axis: { format: "~s", grid: false, tickCount: 8 },
    scale: { domain },
  } as const;
}

/** A step axis. */
export function stepAxis(field: "step" | "runStep") {
  return {
    field,
    type: "quantitative",
    title: "step",
    axis: { format: ",d", grid: false, tickCount: 5, tickMinStep: 1 },
  } as const;
}

/** Names of the stages that points belong to. */
export function stagesOf(...series: readonly (readonly Point[])[]): string[] {
  return [...new Set(series.flat().map(({ stage }) => stage))];
}
