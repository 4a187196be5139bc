/** Samples of an evaluation as durable workflows, which workers on a shared PostgreSQL make. */

import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { oncePerPlan, openWorkflows, orAborted, type Workflow } from "@cachalot/agent";
import { EvalsError, isBroken, type MakeSample, openAttempts, type Sample } from "@cachalot/evals";
import { writeAtomic } from "@cachalot/files";
import { databaseUrl } from "../agent/run-here.js";
import { keptEngineFlags } from "../options.js";
import { type EvalFlags, setUpEvaluation } from "./set-up.js";

/** Where samples wait for workers. */
export const EVAL_QUEUE = "evaluations";

/** Plain JSON: any worker that sees the same files can take it up. */
interface QueuedSample {
  name: string;
  flags: EvalFlags;
  item: string;
  sample: number;
}

/** @param concurrency answers that a process of this workflow gives at once */
export function evalWorkflow(concurrency: number): Workflow<QueuedSample, Sample> {
  const opened = oncePerPlan(async ({ name, flags }: Pick<QueuedSample, "name" | "flags">) =>
    openAttempts((await setUpEvaluation(name, { ...flags, concurrency })).options),
  );
  return {
    name: "evaluation-sample",
    async run({ name, flags, item: id, sample }, { journal }) {
      const { value } = await journal.step("attempt", async () => {
        const { items, make } = await opened.of({ name, flags });
        const item = items.find((item) => item.id === id);
        if (!item) throw new EvalsError("bad_data", `${name} has no problem ${id} here; give workers the same files`);
        return make(item, sample, new AbortController().signal);
      });
      return value;
    },
  };
}

/** Leaves the samples of a run to workers. @throws AgentError `runs` for a database that cannot be used */
export async function openSampleQueue(
  name: string,
  flags: EvalFlags,
  dir: string,
): Promise<{ make: MakeSample; close(): Promise<void> }> {
  const workflow = evalWorkflow(1);
  const workflows = await openWorkflows({
    ...{ directory: join(dir, ".cachalot"), ...databaseUrl(), queue: EVAL_QUEUE, workflows: [workflow] },
  });
  const run = await runOf(dir);
  const kept = keptFlags(flags);
  const make: MakeSample = async (item, sample, signal) => {
    const input = { name, flags: kept, item: item.id, sample };
    const key = createHash("sha256")
      .update(JSON.stringify([item.id, sample]))
      .digest("hex")
      .slice(0, 24);
    for (let again = 0; ; again++) {
      const id = `${run}.${key}.${again}`;
      // A sample that broke in an earlier run of the command is asked again.
      if ((await workflows.status(id)) === "done" && isBroken(await workflows.result<Sample>(id))) continue;
      return orAborted(workflows.once(workflow, id, input, { queue: true }), signal);
    }
  };
  return { make, close: () => workflows.close() };
}

/** The name of a run's workflows, kept in its directory so that the same command finds them again. */
async function runOf(dir: string): Promise<string> {
  const path = join(dir, "queue.json");
  const before = await readFile(path, "utf8").catch(() => undefined);
  if (before !== undefined) return (JSON.parse(before) as { run: string }).run;
  const run = `eval-${randomUUID().slice(0, 12)}`;
  await mkdir(dir, { recursive: true });
  await writeAtomic(path, `${JSON.stringify({ run })}\n`);
  return run;
}

/** For a process in another directory: one evaluation is one text. */
function keptFlags(flags: EvalFlags): EvalFlags {
  const { data, corpus, environments, model, baseUrl } = flags;
  const [, script, file] = /^(scripted|predictions):(.*)$/s.exec(model ?? "") ?? [];
  const isHere = baseUrl === undefined && script === undefined;
  const paths = Object.entries({ data, corpus, environments }).filter(([, path]) => path !== undefined);
  return {
    ...{ ...flags, concurrency: 1 },
    ...(isHere ? keptEngineFlags(flags) : {}),
    ...(script === "predictions" ? { model: `predictions:${resolve(file!)}` } : {}),
    ...Object.fromEntries(paths.map(([name, path]) => [name, resolve(path!)])),
  };
}
