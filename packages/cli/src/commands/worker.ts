import { createAgentHost, oncePerPlan, openRuns, openWorkflows, type WorkflowsOptions } from "@cachalot/agent";
import type { DeviceName } from "@cachalot/tensor";
import { Command } from "commander";
import type { ModelPlan } from "../agent/agent-flags.js";
import { describeOutcome } from "../agent/agent-screen.js";
import { openModel } from "../agent/open-model.js";
import { databaseUrl, type RunsFlags } from "../agent/run-here.js";
import { startTracing } from "../agent/tracing.js";
import { requireSharedDatabase } from "../database.js";
import { keepWorking } from "../keep-working.js";
import { deviceOption, wholeNumber } from "../options.js";
import { out } from "../terminal/output.js";
import { bold, text } from "../terminal/styled-text.js";
import { dirOption } from "./agent.js";

interface WorkerFlags extends RunsFlags {
  concurrency: number;
  rollouts?: string;
  tasks?: true;
  evals?: true;
  device?: DeviceName;
}

export function workerCommand(): Command {
  const command = new Command("worker")
    .summary("work on queued agent runs, rollouts, tasks or evaluations, with other workers")
    .description(
      "Takes runs that cachalot agent --queue left in the PostgreSQL at DATABASE_URL, and those of workers that died. With " +
        "--rollouts it makes rollouts for cachalot train --workers instead, until that is done; with --tasks, tasks for cachalot " +
        "tasks synthesise --queue; with --evals, answers for cachalot eval --queue. Any number of workers can be started and killed.",
    );
  return dirOption(command)
    .option("--concurrency <count>", "runs, groups of rollouts, tasks or answers at once", wholeNumber(1), 4)
    .option("--rollouts <run>", "make rollouts for the training in this run directory, as this machine sees it")
    .option("--tasks", "make tasks for cachalot tasks synthesise and mine --queue, whose --out this machine sees")
    .option("--evals", "answer the problems of cachalot eval --queue, whose model and files this machine sees")
    .addOption(deviceOption())
    .addHelpText(
      "after",
      "\nExamples:\n  DATABASE_URL=postgresql://user:pass@127.0.0.1/runs cachalot worker --concurrency 8\n" +
        "  DATABASE_URL=postgresql://user:pass@127.0.0.1/runs cachalot worker --rollouts runs/sort-digits",
    )
    .action(async ({ rollouts, tasks, evals, ...flags }: WorkerFlags) => {
      requireSharedDatabase("workers");
      const stopTracing = await startTracing();
      const stopped = new AbortController();
      process.once("SIGINT", () => stopped.abort());
      process.once("SIGTERM", () => stopped.abort());
      if (tasks) await workOnTasks(stopped.signal, flags);
      else if (evals) await workOnEvals(stopped.signal, flags);
      else if (rollouts === undefined) await workOnRuns(stopped.signal, flags);
      else {
        const { workOnRollouts } = await import("../training/work-on-rollouts.js");
        await workOnRollouts(stopped.signal, rollouts, flags);
      }
      await stopTracing();
      process.exit(0);
    });
}

async function workOnTasks(stopped: AbortSignal, flags: WorkerFlags): Promise<void> {
  const { SYNTHESIS_QUEUE, synthesisWorkflow } = await import("@cachalot/synthesis");
  const served = oncePerPlan(openModel);
  const open = async (plan: unknown) => (await served.of(plan as ModelPlan)).model;
  await workOnQueue(stopped, "tasks", { queue: SYNTHESIS_QUEUE, workflows: [synthesisWorkflow({ open })] }, flags);
}

async function workOnEvals(stopped: AbortSignal, flags: WorkerFlags): Promise<void> {
  const { EVAL_QUEUE, evalWorkflow } = await import("../evals/sample-queue.js");
  const workflows = [evalWorkflow(flags.concurrency)];
  await workOnQueue(stopped, "evaluations", { queue: EVAL_QUEUE, workflows }, flags);
}

function workOnQueue(
  stopped: AbortSignal,
  what: string,
  queued: Pick<WorkflowsOptions, "queue" | "workflows">,
  { dir, concurrency }: WorkerFlags,
): Promise<void> {
  return keepWorking(stopped, what, () =>
    openWorkflows({ directory: dir, ...databaseUrl(), workers: concurrency, ...queued }),
  );
}

function workOnRuns(stopped: AbortSignal, { dir, concurrency }: WorkerFlags): Promise<void> {
  const { setUp } = createAgentHost<ModelPlan>({ directory: dir, openModel });
  return keepWorking(stopped, "runs", () =>
    openRuns({
      directory: dir,
      ...databaseUrl(),
      setUp,
      workers: concurrency,
      onEvent: (runId, event) => {
        if (event.type === "end") out.print(text`${bold(runId)} ${describeOutcome(event.result)}\n`);
      },
    }),
  );
}
