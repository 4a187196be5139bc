import { conversationOf, ledgerRows, readTrace, tracePath, workspaceDiff, writeLedger } from "@cachalot/agent";
import { loadTokenizer } from "@cachalot/model";
import { Command } from "commander";
import type { AgentPlan } from "../agent/agent-flags.js";
import type { RunsFlags } from "../agent/run-here.js";
import { showContextReport, showTranscript } from "../agent/show-trace.js";
import { printDiff, workspaceOf } from "../agent/workspace-review.js";
import { CliError } from "../errors.js";
import { embeddedModel } from "../options.js";
import { err, out } from "../terminal/output.js";
import { dirOption } from "./agent.js";

interface ShowFlags extends RunsFlags {
  context?: true;
  messages?: true;
  diff?: true;
  ledger?: string;
  tokenizer?: string;
}

export function showCommand(): Command {
  const command = new Command("show")
    .summary("tell what happened in an agent's run")
    .description("Shows a run from its trace: thinking, calls, results, what the context lost, the answer.")
    .argument("<run>", "its name, as cachalot runs lists it");
  return dirOption(command)
    .option("--context", "instead: what of each prompt was new, and from which message on")
    .option("--messages", "instead: the whole conversation, as the JSON that fine-tuning tools read")
    .option("--diff", "instead: what it changed in its workspace, as git apply takes it")
    .option("--ledger <file>", "write its token sequences with loss mask and log-probabilities (.jsonl or .parquet)")
    .option(
      "--tokenizer <dir>",
      "the model's tokenizer (default: the one the run was counted with; an upstream has none)",
    )
    .addHelpText("after", "\nExample:\n  cachalot show 20261124-030405-a1b2 --ledger run.parquet")
    .action(async (runId: string, flags: ShowFlags) => {
      const trace = await readTrace(tracePath(flags.dir, runId));
      const workspace = workspaceOf({ agent: trace.run.options?.agent });
      if (flags.diff) {
        if (workspace === undefined)
          throw new CliError("invalid_input", `${runId} worked on no folder: it has no diff`);
        printDiff((await workspaceDiff(flags.dir, runId, workspace)).patch);
      } else if (flags.ledger) {
        const plan = trace.run.options?.agent as AgentPlan | undefined;
        const tokenizer =
          flags.tokenizer ?? plan?.tokenizer ?? (plan?.upstream ? undefined : (plan?.engine.model ?? embeddedModel()));
        if (tokenizer === undefined) {
          throw new CliError(
            "invalid_input",
            `${trace.run.model} ran elsewhere; give its tokenizer's directory with --tokenizer`,
          );
        }
        const rows = ledgerRows(trace, await loadTokenizer(tokenizer));
        await writeLedger(flags.ledger, rows);
        const tokens = rows.reduce((sum, { ids }) => sum + ids.length, 0);
        err.print(`${flags.ledger}: ${rows.length} sequences, ${tokens} tokens\n`);
      } else if (flags.messages) out.json(conversationOf(trace));
      else out.print(flags.context ? showContextReport(trace) : showTranscript(trace));
    });
}
