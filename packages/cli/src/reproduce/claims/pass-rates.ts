/** Pass rates pooled over rows of the table of domains. */

import { wilsonInterval } from "@cachalot/environments";
import { percent, range } from "../../percent.js";
import type { IntervalRow } from "../page/interval-plot.js";
import type { Results } from "../step.js";
import { type Column, type DomainRow, domains } from "../steps/domains.js";
import type { Figure } from "./claim.js";

type Wanted = Partial<Pick<DomainRow, "column" | "mode">> & { tasksets?: readonly string[] };

export interface Pooled {
  tasks: number;
  solved: number;
  passAt1: number;
  interval: [low: number, high: number];
  /** Mean of sampled tokens. */
  tokens: number;
}

/** undefined where the table is not there, or has no such rows. */
export function pooled(results: Results, { column, mode, tasksets }: Wanted): Pooled | undefined {
  const rows = (results.of(domains)?.rows ?? []).filter(
    (row) =>
      (column === undefined || row.column === column) &&
      (mode === undefined || row.mode === mode) &&
      (tasksets === undefined || tasksets.includes(row.taskset)),
  );
  const sum = (of: (row: DomainRow) => number) => rows.reduce((total, row) => total + of(row), 0);
  const [tasks, solved] = [sum((row) => row.tasks), sum((row) => row.solved)];
  if (tasks === 0) return undefined;
  const rollouts = sum((row) => row.tasks + row.notMeasured);
  return {
    ...{ tasks, solved, passAt1: solved / tasks, interval: wilsonInterval(solved, tasks) },
    tokens: sum((row) => row.tokens * (row.tasks + row.notMeasured)) / rollouts,
  };
}

export const told = ({ passAt1, interval, tasks }: Pooled): string =>
  `${percent(passAt1)} (${range(interval)}) of ${tasks}`;

/** Two columns on the tasks that both measured, and whether their intervals part. */
export function compared(
  results: Results,
  from: Column["column"],
  to: Column["column"],
  more: Wanted = {},
): Figure | undefined {
  const measured = (column: Column["column"]) =>
    new Set((results.of(domains)?.rows ?? []).filter((row) => row.column === column).map(({ taskset }) => taskset));
  const both = [...measured(to)].filter((taskset) => measured(from).has(taskset));
  const wanted = { tasksets: both, ...more };
  const [before, after] = [pooled(results, { ...wanted, column: from }), pooled(results, { ...wanted, column: to })];
  if (!before || !after) return undefined;
  const apart = after.interval[0] > before.interval[1] || after.interval[1] < before.interval[0];
  return {
    text: `${percent(after.passAt1)} of ${after.tasks} held-out tasks (${to}), against ${told(before)} (${from}); ${apart ? "the intervals part" : "the intervals meet: no difference is shown at this scale"}; one seed`,
    interval: after.interval,
  };
}

/** One row a column and domain. */
export function domainPlotRows(
  results: Results,
  columns: readonly Column["column"][],
  sets: Readonly<Record<string, readonly string[]>>,
): IntervalRow[] {
  return Object.entries(sets).flatMap(([domain, tasksets]) =>
    columns.flatMap((column, series) => {
      const pool = pooled(results, { column, tasksets });
      return pool ? [{ label: `${domain}, ${column}`, value: pool.passAt1, interval: pool.interval, series }] : [];
    }),
  );
}
