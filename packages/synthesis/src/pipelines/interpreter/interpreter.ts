/** Code-interpreter pipeline: a drawn problem is kept where two programs agree in the notebook and no baseline guesses it. */

import { readFile } from "node:fs/promises";
import { createSandbox, openNotebook } from "@cachalot/sandbox";
import { Draw, hashText } from "@cachalot/tensor";
import * as z from "zod";
import { Dropped, definePipeline, type ItemContext } from "../../pipeline.js";
import { hashFiles } from "../../task.js";
import { printedAnswer, sameAnswer } from "./answers.js";
import { modelGuess, scriptedGuesses } from "./baseline.js";
import type { CodeProblem } from "./generator.js";
import { GENERATORS } from "./generators/index.js";
import { codeTask } from "./task.js";

const options = z.strictObject({
  /** Problems drawn. */
  count: z.number().int().min(1).max(1_000_000).default(320),
  seed: z.number().int().min(0).default(0),
  levels: z.array(z.number().int().min(0).max(2)).min(1).default([0, 1, 2]),
  /** By name; default all. */
  generators: z.array(z.enum(GENERATORS.map(({ name }) => name) as [string, ...string[]])).optional(),
});

interface Draft {
  generator: string;
  level: number;
  seed: number;
}

const TABLES = new URL("../../../data/tables/", import.meta.url);
/** A program that takes longer is no fair answer to wait for. */
const PROGRAM_MS = 60_000;

export const interpreter = definePipeline<z.output<typeof options>, Draft>({
  name: "interpreter",
  kind: "interpreter",
  description: "problems that need execution: two programs agree, a reader without tools fails",
  options,

  *seeds({ count, seed, levels, generators }) {
    const drawn = GENERATORS.filter(({ name }) => generators?.includes(name) ?? true);
    for (let i = 0; i < count; i++) {
      const [generator, level] = [drawn[i % drawn.length]!.name, levels[Math.floor(i / drawn.length) % levels.length]!];
      yield { key: `${generator}-${level}-${seed}-${i}`, data: { generator, level, seed: hashText(`${seed} ${i}`) } };
    }
  },

  async *candidates({ key, data: { generator, level, seed } }, _, context) {
    const { family, problem: draw } = GENERATORS.find(({ name }) => name === generator)!;
    const problem = await context.stage("draw", () => draw(new Draw(seed), level));
    if (problem === undefined) return;
    const tables: Record<string, Buffer> = {};
    for (const name of problem.tables ?? []) tables[name] = await readFile(new URL(name, TABLES));
    const solved = await context.stage("two programs", () => agreement(problem, tables, context.signal));
    if (solved === undefined) return;
    const unguessed = await context.stage("no-tool baseline", () => checkGuesses(problem, solved.answer, context));
    if (unguessed === undefined) return;
    yield codeTask({
      ...{ problem, answer: solved.answer, tables },
      record: {
        id: key,
        provenance: {
          source: `generator ${generator} (${family})`,
          licence: "MIT",
          seed: `${seed}`,
          hashes: problem.tables
            ? { tables: hashFiles(new Map(Object.entries(tables).map(([name, data]) => [name, { data }]))) }
            : {},
        },
        difficulty: { level, program_ms: Math.round(solved.ms) },
        evidence: { programs_agree: true, baseline_guesses: unguessed },
      },
    });
  },
});

/** Runs both programs in the notebook, each in one of its own. */
async function agreement(
  problem: CodeProblem,
  tables: Readonly<Record<string, Buffer>>,
  signal: AbortSignal,
): Promise<{ answer: string; ms: number }> {
  const sandbox = await createSandbox({}, { folders: ["app"] });
  try {
    await sandbox.run("mkdir /work/app");
    for (const [name, data] of Object.entries(tables)) await sandbox.put(`/work/app/${name}`, data);
    const notebook = await openNotebook(sandbox);
    const answers: string[] = [];
    const started = performance.now();
    let first = 0;
    for (const program of problem.programs) {
      const { output, error, ended } = await notebook.run(program, { timeoutMs: PROGRAM_MS, signal });
      if (ended !== "exit") throw new Dropped("program-stopped", ended);
      if (error !== undefined) throw new Dropped("program-failed", error.trim().split("\n").at(-1));
      const answer = printedAnswer(output);
      if (answer === undefined) throw new Dropped("program-silent");
      answers.push(answer);
      first ||= performance.now() - started;
      await notebook.restart();
    }
    const [answer, other] = answers as [string, string];
    if (!sameAnswer(other, answer, problem.compare)) throw new Dropped("programs-disagree", `${answer} and ${other}`);
    return { answer, ms: first };
  } finally {
    await sandbox.close();
  }
}

/** @returns how many guesses failed */
async function checkGuesses(problem: CodeProblem, answer: string, context: ItemContext): Promise<number> {
  const guesses = scriptedGuesses(problem);
  if (context.model) {
    const { answer: said, tokens } = await modelGuess(context.model, problem.prompt, context.signal);
    context.spend("no-tool baseline", { tokens });
    guesses.push(said);
  }
  const lucky = guesses.find((guess) => sameAnswer(guess, answer, problem.compare));
  if (lucky !== undefined) throw new Dropped("guessed-without-tools", lucky);
  return guesses.length;
}
