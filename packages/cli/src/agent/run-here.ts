import { type AgentRuns, createAgentHost, openRuns } from "@cachalot/agent";
import { CliError } from "../errors.js";
import { err, out } from "../terminal/output.js";
import { dim, yellow } from "../terminal/styled-text.js";
import type { AgentPlan, ModelPlan } from "./agent-flags.js";
import { createAgentScreen, createTrajectoriesScreen, describeOutcome } from "./agent-screen.js";
import { canAsk, createAsker } from "./ask.js";
import { openModel } from "./open-model.js";
import { startTracing } from "./tracing.js";
import { reviewWorkspace, workspaceOf } from "./workspace-review.js";

export interface RunsFlags {
  dir: string;
}

/** The PostgreSQL that holds runs, if one is named. */
export const databaseUrl = (): { databaseUrl?: string } =>
  process.env.DATABASE_URL ? { databaseUrl: process.env.DATABASE_URL } : {};

/** @throws CliError `invalid_input` where nobody can be asked */
export function needsTerminal(what: string): void {
  if (!canAsk())
    throw new CliError("invalid_input", `${what}, and there is no terminal to ask at; do it at a terminal`);
}

/**
 * Opens the runs, lets `begin` start or resume one, and shows it to its end. The answer goes to standard output.
 *
 * @param askAll ask before each call also where the run was not begun so
 * @param applyNow apply what it changed in its workspace without a question
 * @returns whether the run ended with an answer
 */
export async function runHere(
  { dir }: RunsFlags,
  begin: (runs: AgentRuns) => Promise<string>,
  { askAll = false, applyNow = false } = {},
): Promise<boolean> {
  let runId: string | undefined;
  let reviewing = false;
  const resume = () => `cachalot resume ${runId}${askAll ? " --ask" : ""}`;
  const interrupt = () => {
    err.print(yellow(runId ? `\nStopped. ${resume()} goes on from here.\n` : "\n"));
    process.exit(130);
  };
  const host = createAgentHost<ModelPlan>({
    directory: dir,
    openModel,
    approve: canAsk() ? createAsker(interrupt) : undefined,
    askAll,
  });
  const stopTracing = await startTracing();
  const single = createAgentScreen();
  const several = createTrajectoriesScreen();
  const runs = await openRuns({
    directory: dir,
    ...databaseUrl(),
    setUp: host.setUp,
    onEvent: (id, event) => (id === runId || runId === undefined ? single.show(event) : several.show(id, event)),
  });
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  try {
    runId = await begin(runs);
    err.print(dim(`run ${runId}\n`));
    const outcome = await runs.result(runId);
    // At a terminal it has been shown as it came.
    const shown = out.isTerminal && err.isTerminal && single.answered;
    if (!shown) out.data(`${outcome.text}\n`);
    err.print(dim(`${describeOutcome(outcome)} · cachalot show ${runId}\n`));
    const answered = outcome.stopReason === "answer";
    const spec = await runs.spec(runId);
    const plan = workspaceOf(spec);
    if (plan !== undefined) {
      // Its question has its own Ctrl+C: the run is over.
      process.off("SIGINT", interrupt);
      const apply = applyNow || (spec?.agent as AgentPlan | undefined)?.apply === true;
      reviewing = true;
      await reviewWorkspace({ dir, runId, plan, answered, apply });
    }
    return answered;
  } catch (error) {
    if (runId !== undefined && !reviewing) err.print(yellow(`${resume()} tries again from where it failed.\n`));
    throw error;
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
    await runs.close();
    await host.close();
    await stopTracing();
  }
}
