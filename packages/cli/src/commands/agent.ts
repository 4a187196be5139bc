import { createRunId, importWorkspace, openRuns, type RunSpec } from "@cachalot/agent";
import { Command } from "commander";
import { type AgentFlags, addAgentOptions, specFrom } from "../agent/agent-flags.js";
import { databaseUrl, needsTerminal, type RunsFlags, runHere } from "../agent/run-here.js";
import { workspaceOf } from "../agent/workspace-review.js";
import { CliError } from "../errors.js";
import { readText } from "../read-input.js";
import { err, out } from "../terminal/output.js";
import { yellow } from "../terminal/styled-text.js";

interface Flags extends AgentFlags, RunsFlags {
  queue?: true;
}

const HELP = `
Examples:
  cachalot agent "What is 348 + 1297?"
  cachalot agent "Fix the failing test" --workspace . --upstream http://127.0.0.1:30000/v1 --profile sglang
  cachalot agent "Who found it, and when?" --corpus ./papers --strategy summary --upstream https://api.deepseek.com/v1 \\
    --profile deepseek --upstream-key-env DEEPSEEK_API_KEY
  cachalot agent "Tidy the data" --mcp "npx -y @modelcontextprotocol/server-filesystem ./data" --ask

Every step is kept: after Ctrl+C, a crash or kill -9, cachalot resume RUN goes on where it was, and no step that was
finished is run again. cachalot runs lists runs, cachalot show RUN tells what happened. Set DATABASE_URL to a PostgreSQL to
keep runs there, and share them among cachalot worker processes. Spans go to OTEL_EXPORTER_OTLP_ENDPOINT, if it is set.

bash, python and editor work in a sandbox: no network, nothing of this machine but programs. With --workspace DIR they have
a copy of that folder (without .git, and what .gitignore names) in /work; at the end the diff is shown, and applied if you
say so: cachalot show RUN --diff and cachalot apply RUN do it later. docs/tools.md says all of it,
docs/context.md the strategies, docs/runs.md how runs are kept.`;

export function dirOption(command: Command): Command {
  return command.option("--dir <dir>", "where runs are kept", ".cachalot");
}

/** The folder as it is now: what the user does to it later is his own, and told apart from the agent's changes. */
async function copyWorkspace(dir: string, runId: string, spec: RunSpec): Promise<void> {
  const plan = workspaceOf(spec);
  if (plan === undefined) return;
  for (const { path, reason } of await importWorkspace(dir, runId, plan))
    err.print(yellow(`${path} is left out: it ${reason}\n`));
}

export function agentCommand(): Command {
  const command = new Command("agent")
    .summary("give a model a task and tools, and watch it work")
    .description(
      "Lets a model work with tools until it answers. Thinking, calls and results are shown on standard error, the " +
        "answer goes to standard output.",
    )
    .argument("<task>", "what to do; - reads standard input");
  dirOption(command)
    .option("--ask", "ask before each call, also when the run is resumed")
    .option("--queue", "leave it to a worker, and print its name (needs DATABASE_URL)");
  return addAgentOptions(command)
    .addHelpText("after", HELP)
    .action(async (task: string, flags: Flags) => {
      if (flags.ask && flags.queue) {
        throw new CliError(
          "invalid_input",
          "a worker cannot ask anybody; leave out --ask, or run it here without --queue",
        );
      }
      if (flags.apply && flags.queue) {
        throw new CliError(
          "invalid_input",
          "a queued run is applied when you saw it; leave out --apply, and use cachalot apply RUN",
        );
      }
      if (flags.ask) needsTerminal("--ask asks before each call");
      const given = task === "-" ? await readText("-") : task;
      if (given.trim() === "") throw new CliError("invalid_input", "the task is empty; say what is to be done");
      const spec = specFrom(given, flags);
      if (flags.queue) {
        if (!process.env.DATABASE_URL) {
          throw new CliError("invalid_input", "--queue needs a database that workers share; set DATABASE_URL");
        }
        const setUp = () => Promise.reject(new Error("this process only queues"));
        const runs = await openRuns({ directory: flags.dir, ...databaseUrl(), setUp });
        const runId = createRunId();
        await copyWorkspace(flags.dir, runId, spec);
        out.data(`${await runs.enqueue(spec, { runId })}\n`);
        await runs.close();
        return;
      }
      const answered = await runHere(flags, async (runs) => {
        const runId = createRunId();
        await copyWorkspace(flags.dir, runId, spec);
        return runs.start(spec, { runId });
      });
      if (!answered) process.exitCode = 1;
    });
}
