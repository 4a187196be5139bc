import { Command } from "commander";
import { askAtTerminal } from "../agent/ask.js";
import { type RunsFlags, runHere } from "../agent/run-here.js";
import { dirOption } from "./agent.js";

export function resumeCommand(): Command {
  const command = new Command("resume")
    .summary("go on with an agent's run")
    .description(
      "Goes on with a run whose process was stopped or died, or that failed. Steps that were finished are not run again; " +
        "what a sandbox held is gone, and the model is told so.",
    )
    .argument("<run>", "its name, as cachalot runs lists it");
  return dirOption(command)
    .option("--ask", "ask before each call")
    .addHelpText("after", "\nExample:\n  cachalot resume 20261124-030405-a1b2")
    .action(async (runId: string, flags: RunsFlags & { ask?: true }) => {
      const begin = async (runs: { resume(runId: string): Promise<void> }) => {
        await runs.resume(runId);
        return runId;
      };
      if (!(await runHere(flags, begin, flags.ask && askAtTerminal))) process.exitCode = 1;
    });
}
