import type { PublishedTable, Standing } from "@cachalot/evals";
import { percent, range } from "../percent.js";
import { out } from "../terminal/output.js";
import { bold, dim, green, red, text } from "../terminal/styled-text.js";

interface ContestRow {
  contest: string;
  entrant: string;
  marks: readonly number[];
  published: { total: number; most: number; medal: string };
  recomputed: Standing;
}

interface MeasuredRow {
  benchmark: string;
  model: string;
  score: number | null;
  interval: readonly [number, number];
  tokens: number;
  tokensPerSolved: number;
}

/** Published rows are marked: nobody measured them here. */
export function printTables(
  tables: readonly PublishedTable[],
  contests: readonly ContestRow[],
  measured: readonly MeasuredRow[],
  source: string,
): void {
  for (const { title, columns, rows } of tables) {
    const first = Math.max(...rows.map(([name]) => name.length));
    const widths = columns.map((name) => Math.max(name.length, 5));
    out.print(text`${bold(title)} ${dim(`published, ${source}`)}\n`);
    out.print(text`${dim(["".padEnd(first), ...columns.map((name, i) => name.padStart(widths[i]!))].join("  "))}\n`);
    for (const [name, ...values] of rows) {
      const cells = values.map((value, i) =>
        (value === null ? "-" : Number.isInteger(value) ? `${value}` : value.toFixed(1)).padStart(widths[i]!),
      );
      out.print(text`${[name.padEnd(first), ...cells].join("  ")}\n`);
    }
    out.print("\n");
  }
  out.print(text`${bold("Contests")} ${dim(`marks published, ${source}; totals and medals recomputed from them`)}\n`);
  for (const { contest, entrant, marks, published, recomputed } of contests) {
    const agrees = recomputed.total === published.total && (recomputed.medal ?? published.medal) === published.medal;
    const medal = recomputed.medal ?? `${published.medal} as published: its cut-offs are not recorded here`;
    out.print(
      text`${contest}  ${entrant}  ${marks.join(" + ")} = ${recomputed.total} of ${recomputed.most}, ${medal}  ${agrees ? green("agrees") : red("differs")}\n`,
    );
  }
  if (measured.length > 0) out.print(text`\n${bold("Measured here")}\n`);
  for (const { benchmark, model, score, interval, tokens, tokensPerSolved } of measured) {
    const solved = Number.isFinite(tokensPerSolved) ? `, ${tokensPerSolved.toFixed(0)} for each right one` : "";
    out.print(
      text`${benchmark}  ${model}  ${score === null ? "no score" : percent(score)} (${range(interval)}), ${tokens.toFixed(0)} tokens an answer${solved}\n`,
    );
  }
}
