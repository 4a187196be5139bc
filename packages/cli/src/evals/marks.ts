/** `cachalot evals marks`: a sheet for people who mark proofs, and what their marks come to. */

import { join } from "node:path";
import type { HumanMark, Sample } from "@cachalot/evals";
import { writeAtomic } from "@cachalot/files";
import { Command } from "commander";
import { out } from "../terminal/output.js";
import { bold, text } from "../terminal/styled-text.js";

interface MarksFlags {
  sheet?: string;
  contest?: string;
  json?: true;
}

export function marksCommand(): Command {
  return new Command("marks")
    .summary("a sheet to mark proofs by hand, and what the marks come to")
    .description(
      "Without --sheet it writes marks.jsonl into the run: its answers with an empty mark each, without the judge's. With a sheet that " +
        "is filled in it adds up the marks, and tells how well the judge agrees with them.",
    )
    .argument("<dir>", "directory of a run")
    .option("--sheet <file>", "the sheet, filled in")
    .option("--contest <name>", "tell the medal: imo-2025, cmo-2025 or usamo-2025")
    .option("--json", "print as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  cachalot evals marks evals/proofs-a\n  cachalot evals marks evals/proofs-a --sheet evals/proofs-a/marks.jsonl --contest usamo-2025",
    )
    .action(async (dir: string, flags: MarksFlags) => {
      const { markAgreement, marksSheet, readMarks, readRun } = await import("@cachalot/evals");
      const { samples } = await readRun(dir);
      if (flags.sheet === undefined) {
        const file = join(dir, "marks.jsonl");
        await writeAtomic(file, marksSheet(samples));
        return out.print(text`${file}\n`);
      }
      const marks = await readMarks(flags.sheet, samples);
      const agreement = markAgreement(samples, marks);
      const standing = flags.contest === undefined ? undefined : await standingIn(flags.contest, samples, marks);
      if (flags.json) return out.json({ marks, agreement, ...(standing && { standing }) });
      const total = marks.reduce((sum, { mark }) => sum + mark, 0);
      out.print(text`${bold(`${total} marks`)} on ${marks.length} answers\n`);
      const { both, same, withinOne, bias } = agreement;
      if (both > 0)
        out.print(
          text`the judge gave the same mark to ${same} of ${both}, within one to ${withinOne}, and on average ${bias.toFixed(2)} more\n`,
        );
      if (standing)
        out.print(
          text`${flags.contest!}  ${standing.total} of ${standing.most}, ${standing.medal ?? "no medal told"}\n`,
        );
    });
}

/** By the first sample of each problem, in the order that they were asked. */
async function standingIn(name: string, samples: readonly Sample[], marks: readonly HumanMark[]) {
  const { contestNamed, standingOf } = await import("@cachalot/evals");
  const items = [...new Set(samples.map(({ item }) => item))];
  const own = items.map((item) => marks.find((one) => one.item === item && one.sample === 0)?.mark ?? 0);
  return standingOf(contestNamed(name), own);
}
