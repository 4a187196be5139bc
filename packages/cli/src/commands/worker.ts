import { setTimeout as sleep } from "node:timers/promises";
import { type AgentRuns, createAgentHost, openRuns, type SetUp } from "@cachalot/agent";
import { Command } from "commander";
import type { ModelPlan } from "../agent/agent-flags.js";
import { describeOutcome } from "../agent/agent-screen.js";
import { openModel } from "../agent/open-model.js";
import { databaseUrl, type RunsFlags } from "../agent/run-here.js";
import { startTracing } from "../agent/tracing.js";
import { CliError } from "../errors.js";
import { wholeNumber } from "../options.js";
import { err, out } from "../terminal/output.js";
import { bold, text, yellow } from "../terminal/styled-text.js";
import { dirOption } from "./agent.js";

export function workerCommand(): Command {
  const command = new Command("worker")
    .summary("work on queued agent runs, with other workers")
    .description(
      "Takes runs that cachalot agent --queue left in the PostgreSQL at DATABASE_URL, and those of workers that died. Any " +
        "number of workers can be started and killed.",
    );
  return dirOption(command)
    .option("--concurrency <count>", "runs at once", wholeNumber(1), 4)
    .addHelpText(
      "after",
      "\nExample:\n  DATABASE_URL=postgresql://user:pass@127.0.0.1/runs cachalot worker --concurrency 8",
    )
    .action(async ({ dir, concurrency }: RunsFlags & { concurrency: number }) => {
      if (!process.env.DATABASE_URL) {
        throw new CliError("invalid_input", "a worker needs a database it shares; set DATABASE_URL to a PostgreSQL");
      }
      process.noDeprecation = true;
      const stopTracing = await startTracing();
      const stopped = new AbortController();
      process.once("SIGINT", () => stopped.abort());
      process.once("SIGTERM", () => stopped.abort());
      await workUntil(stopped.signal, dir, concurrency);
      await stopTracing();
      process.exit(0);
    });
}

/** Longest wait before the database is tried again. */
const MAX_WAIT_S = 30;

/** Works on runs. When the database is lost, others go on with what was at work here, and it is opened again. */
async function workUntil(stopped: AbortSignal, directory: string, workers: number): Promise<void> {
  const { setUp } = createAgentHost<ModelPlan>({ directory, openModel });
  const open = () => openWorker(setUp, directory, workers);
  let runs = await open();
  out.print("Waiting for runs. Ctrl+C stops; another worker goes on with what was begun.\n");
  for (;;) {
    await aborted(AbortSignal.any([stopped, runs.lost]));
    await runs.close();
    if (stopped.aborted) return;
    err.print(yellow(`${runs.lost.reason.message}\n`));
    const again = await reopened(stopped, open);
    if (again === undefined) return;
    runs = again;
    out.print("Waiting for runs again.\n");
  }
}

function openWorker(setUp: SetUp, directory: string, workers: number): Promise<AgentRuns> {
  return openRuns({
    directory,
    ...databaseUrl(),
    setUp,
    workers,
    onEvent: (runId, event) => {
      if (event.type === "end") out.print(text`${bold(runId)} ${describeOutcome(event.result)}\n`);
    },
  });
}

/** Tries until the database is there. @returns undefined when the worker was stopped before */
async function reopened(stopped: AbortSignal, open: () => Promise<AgentRuns>): Promise<AgentRuns | undefined> {
  for (let seconds = 1; !stopped.aborted; seconds = Math.min(2 * seconds, MAX_WAIT_S)) {
    await sleep(seconds * 1000, undefined, { signal: stopped }).catch(() => {});
    if (stopped.aborted) return undefined;
    try {
      return await open();
    } catch (error) {
      err.print(yellow(`${(error as Error).message}\n`));
    }
  }
  return undefined;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
