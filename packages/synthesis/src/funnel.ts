/** Funnel: what became of seeds and candidates, stage by stage, with a reason for every drop and what it cost. */

/** What one stage saw of one item. */
export interface StageCount {
  entered: number;
  passed: number;
  seconds: number;
  tokens: number;
  /** In the currency of the model's price list. */
  cost: number;
}

/** Something that was left out. */
export interface Drop {
  stage: string;
  /** A word or two with dashes: drops of a reason are counted together. */
  reason: string;
  detail: string;
}

/** A task that was kept, with what tells it from others. */
export interface KeptTask {
  id: string;
  /** Of what it asks, and of what solves it: equal ones are duplicates. */
  textKey: string;
  patchKey?: string;
}

/** What became of one seed. Plain JSON: it is what a workflow records. */
export interface ItemReport {
  key: string;
  /** In the order in which they were first entered. */
  stages: [name: string, count: StageCount][];
  drops: Drop[];
  kept: KeptTask[];
}

export interface FunnelStage extends StageCount {
  name: string;
  /** By reason. */
  drops: Record<string, number>;
}

export interface Funnel {
  pipeline: string;
  seeds: number;
  kept: number;
  stages: FunnelStage[];
  /** Of all stages together, and per task kept. */
  seconds: number;
  secondsPerTask: number | null;
  tokens: number;
  cost: number;
}

export const emptyCount = (): StageCount => ({ entered: 0, passed: 0, seconds: 0, tokens: 0, cost: 0 });

/** Adds up reports. Stages stand in the order in which items entered them. */
export function funnelOf(pipeline: string, reports: readonly ItemReport[]): Funnel {
  const stages = new Map<string, FunnelStage>();
  const stage = (name: string): FunnelStage => {
    if (!stages.has(name)) stages.set(name, { name, ...emptyCount(), drops: {} });
    return stages.get(name)!;
  };
  for (const report of reports) {
    for (const [name, count] of report.stages) {
      const sum = stage(name);
      for (const field of ["entered", "passed", "seconds", "tokens", "cost"] as const) sum[field] += count[field];
    }
    for (const { stage: name, reason } of report.drops) {
      const { drops } = stage(name);
      drops[reason] = (drops[reason] ?? 0) + 1;
    }
  }
  const all = [...stages.values()];
  const total = (field: "seconds" | "tokens" | "cost") => all.reduce((sum, stage) => sum + stage[field], 0);
  const kept = reports.reduce((sum, report) => sum + report.kept.length, 0);
  const seconds = total("seconds");
  const rest = { secondsPerTask: kept === 0 ? null : seconds / kept, tokens: total("tokens"), cost: total("cost") };
  return { ...{ pipeline, seeds: reports.length, kept, stages: all, seconds }, ...rest };
}

/** The funnel as a table for people, a line a stage and a line a reason. */
export function formatFunnel({ pipeline, seeds, kept, stages, seconds, secondsPerTask, tokens, cost }: Funnel): string {
  const width = Math.max(12, ...stages.map(({ name }) => name.length), ...stages.flatMap(reasonWidths));
  const paid = tokens > 0 || cost > 0;
  const line = (cells: readonly string[]) => `${cells.join("  ").trimEnd()}\n`;
  const heading = [
    "stage".padEnd(width),
    " entered",
    "  passed",
    " seconds",
    ...(paid ? ["  tokens", "    cost"] : []),
  ];
  const rows = stages.flatMap((stage) => [
    line([
      stage.name.padEnd(width),
      ...[stage.entered, stage.passed].map((count) => String(count).padStart(8)),
      stage.seconds.toFixed(1).padStart(8),
      ...(paid ? [String(stage.tokens).padStart(8), stage.cost.toFixed(4).padStart(8)] : []),
    ]),
    ...Object.entries(stage.drops).map(([reason, count]) =>
      line([`  ${reason}`.padEnd(width), "", String(-count).padStart(8)]),
    ),
  ]);
  const each = secondsPerTask === null ? "" : `, ${secondsPerTask.toFixed(2)} s a task`;
  return `${line(heading)}${rows.join("")}${pipeline}: ${kept} tasks of ${seeds} seeds, ${seconds.toFixed(1)} s${each}\n`;
}

const reasonWidths = ({ drops }: FunnelStage) => Object.keys(drops).map((reason) => reason.length + 2);
