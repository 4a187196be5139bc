/** The table of domains: pass@1 on held-out tasks of base, fine-tuned, specialists, student, mixed and Speciale. */

import { join } from "node:path";
import type { PassRate } from "@cachalot/environments";
import { measureModel } from "../measure-model.js";
import { type Scale, SPECIALISTS } from "../scale.js";
import { defineStep, type Results } from "../step.js";
import { base } from "./base.js";
import { furtherPieces, WHOLE_BASE } from "./further-pieces.js";
import { mixed } from "./mixed.js";
import { speciale } from "./speciale.js";
import { specialists } from "./specialists.js";
import { student } from "./student.js";

/** A column of the table, such as `student`; specialists measure their own domain. */
export interface Column {
  column: "base" | "sft" | "specialist" | "student" | "mixed" | "speciale";
  /** Relative to the run's directory. */
  model: string;
  tasksets: readonly string[];
}

export type DomainRow = PassRate & Pick<Column, "column">;

export const domains = defineStep<{ rows: DomainRow[] }>({
  name: "domains",
  title: "pass@1 on held-out tasks by domain and mode: base, specialists, student, mixed, Speciale",
  needs: [...WHOLE_BASE, ...specialists.map(({ name }) => name), "student", "mixed", "speciale"],
  recipes: () => [],
  settings: (scale) => scale.measure,
  async run({ scale, dir, results, progress, signal }) {
    const { tasks, levels, modes } = scale.measure;
    const columns = columnsOf(results, scale);
    const all = columns.reduce((sum, column) => sum + column.tasksets.length, 0) * modes.length * levels.length * tasks;
    const rows: DomainRow[] = [];
    let done = 0;
    for (const { column, model, tasksets } of columns) {
      const measured = await measureModel({
        ...{ model: join(dir, model), file: join(dir, "measured", `${model.replaceAll("/", "-")}.jsonl`) },
        ...{ tasksets, modes, levels, count: tasks, signal },
        onTask: () => progress.at(`${column} ${model} · task`, ++done, all),
      });
      rows.push(...measured.map((row) => ({ ...row, column })));
    }
    return { rows };
  },
});

function columnsOf(results: Results, { measure, mixed: { model } }: Scale): Column[] {
  const tasksets: Readonly<Record<string, readonly string[]>> = measure.domains;
  const reasoning = ["mathematics", "programming", "logic"].flatMap((name) => tasksets[name] ?? []);
  const everything = Object.values(tasksets).flat();
  const { run } = [base, ...furtherPieces].map((step) => results.of(step)).findLast((result) => result !== undefined)!;
  const own = SPECIALISTS.map((name, i) => ({ run: results.of(specialists[i]!)!.run, tasksets: tasksets[name]! }));
  return [
    { column: "base", model: `${run}/models/sparse`, tasksets: everything },
    ...own.map(({ run, tasksets }) => ({ column: "sft" as const, model: `${run}/models/sft`, tasksets })),
    ...own.map(({ run, tasksets }) => ({ column: "specialist" as const, model: `${run}/models/rl`, tasksets })),
    { column: "student", model: `${results.of(student)!.run}/models/distill`, tasksets: everything },
    { column: "mixed", model: `${results.of(mixed)!.run}/models/${model}`, tasksets: everything },
    { column: "speciale", model: `${results.of(speciale)!.run}/models/rl`, tasksets: reasoning },
  ];
}
