import { createAgentHost, openRuns } from "@cachalot/agent";
import { Command } from "commander";
import type { ModelPlan } from "../agent/agent-flags.js";
import { describeOutcome } from "../agent/agent-screen.js";
import { openModel } from "../agent/open-model.js";
import { databaseUrl, type RunsFlags } from "../agent/run-here.js";
import { startTracing } from "../agent/tracing.js";
import { CliError } from "../errors.js";
import { wholeNumber } from "../options.js";
import { out } from "../terminal/output.js";
import { bold, text } from "../terminal/styled-text.js";
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
      const host = createAgentHost<ModelPlan>({ directory: dir, openModel });
      const stopTracing = await startTracing();
      const runs = await openRuns({
        directory: dir,
        ...databaseUrl(),
        setUp: host.setUp,
        workers: concurrency,
        onEvent: (runId, event) => {
          if (event.type === "end") out.print(text`${bold(runId)} ${describeOutcome(event.result)}\n`);
        },
      });
      out.print("Waiting for runs. Ctrl+C stops; another worker goes on with what was begun.\n");
      const stop = async () => {
        await runs.close();
        await stopTracing();
        process.exit(0);
      };
      process.once("SIGINT", stop);
      process.once("SIGTERM", stop);
    });
}
