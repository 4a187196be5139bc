import type { AgentRuns } from "@cachalot/agent";
import { Command } from "commander";
import { needsTerminal, type RunsFlags, runHere } from "../agent/run-here.js";
import { dirOption } from "./agent.js";

export function resumeCommand(): Command {
  const command = new Command("resume")
    .summary("go on with an agent's run")
    .description(
      "Goes on with a run whose process was stopped or died, or that failed, with everything it was begun with: a run " +
        "begun with --ask goes on asking. Steps that were finished are not run again; what a sandbox held in memory is " +
        "gone, and the model is told so.",
    )
    .argument("<run>", "its name, as cachalot runs lists it");
  return dirOption(command)
    .option("--ask", "ask before each call also where the run was begun without --ask")
    .option("--apply", "apply what it changes in its workspace without a question, when it ends with an answer")
    .addHelpText("after", "\nExample:\n  cachalot resume 20261124-030405-a1b2")
    .action(async (runId: string, flags: RunsFlags & { ask?: true; apply?: true }) => {
      if (flags.ask) needsTerminal("--ask asks before each call");
      const begin = async (runs: AgentRuns) => {
        const spec = await runs.spec(runId);
        if (spec?.approval === "ask") needsTerminal(`${runId} was begun with --ask`);
        await runs.resume(runId);
        return runId;
      };
      const how = { askAll: flags.ask === true, applyNow: flags.apply === true };
      if (!(await runHere(flags, begin, how))) process.exitCode = 1;
    });
}
