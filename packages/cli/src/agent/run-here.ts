import { type AgentRuns, type Approve, openRuns } from "@cachalot/agent";
import pc from "picocolors";
import { createAgentScreen, createTrajectoriesScreen, describeOutcome } from "./agent-screen.js";
import { createAgentHost } from "./set-up-agent.js";
import { startTracing } from "./tracing.js";

export interface RunsFlags {
  dir: string;
}

/** The PostgreSQL that holds runs, if one is named. */
export const databaseUrl = (): { databaseUrl?: string } =>
  process.env.DATABASE_URL ? { databaseUrl: process.env.DATABASE_URL } : {};

/**
 * Opens the runs, lets `begin` start or resume one, and shows it to its end. The answer goes to standard output.
 * @returns whether the run ended with an answer
 */
export async function runHere(
  { dir }: RunsFlags,
  begin: (runs: AgentRuns) => Promise<string>,
  approve?: Approve,
): Promise<boolean> {
  // A library's warning, which is not for those who run agents.
  process.noDeprecation = true;
  const host = createAgentHost(dir, approve);
  const stopTracing = await startTracing();
  const single = createAgentScreen();
  const several = createTrajectoriesScreen();
  let runId: string | undefined;
  const runs = await openRuns({
    directory: dir,
    ...databaseUrl(),
    setUp: host.setUp,
    onEvent: (id, event) => (id === runId || runId === undefined ? single.show(event) : several.show(id, event)),
  });
  const interrupt = () => {
    process.stderr.write(pc.yellow(runId ? `\nStopped. cachalot resume ${runId} goes on from here.\n` : "\n"));
    process.exit(130);
  };
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  try {
    runId = await begin(runs);
    process.stderr.write(pc.dim(`run ${runId}\n`));
    const outcome = await runs.result(runId);
    // At a terminal it has been shown as it came.
    const shown = process.stdout.isTTY && process.stderr.isTTY && single.answered;
    if (!shown) process.stdout.write(`${outcome.text}\n`);
    process.stderr.write(pc.dim(`${describeOutcome(outcome)} · cachalot show ${runId}\n`));
    return outcome.stopped === "answer";
  } catch (error) {
    if (runId !== undefined) {
      process.stderr.write(pc.yellow(`cachalot resume ${runId} tries again from where it failed.\n`));
    }
    throw error;
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
    await runs.close();
    await host.close();
    await stopTracing();
  }
}
