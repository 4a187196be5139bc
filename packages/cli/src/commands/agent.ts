import { openRuns } from "@cachalot/agent";
import { Command } from "commander";
import { type AgentFlags, addAgentOptions, specFrom } from "../agent/agent-flags.js";
import { databaseUrl, needsTerminal, type RunsFlags, runHere } from "../agent/run-here.js";
import { CliError } from "../errors.js";
import { readText } from "../read-input.js";
import { out } from "../terminal/output.js";

interface Flags extends AgentFlags, RunsFlags {
  queue?: true;
}

const HELP = `
Examples:
  cachalot agent "What is 348 + 1297?"
  cachalot agent "Which file here is the largest?" --tools bash --upstream http://127.0.0.1:30000/v1 --profile sglang
  cachalot agent "Who found it, and when?" --corpus ./papers --strategy summary --upstream https://api.deepseek.com/v1 \\
    --profile deepseek --upstream-key-env DEEPSEEK_API_KEY
  cachalot agent "Tidy the data" --mcp "npx -y @modelcontextprotocol/server-filesystem ./data" --ask

Every step is kept: after Ctrl+C, a crash or kill -9, cachalot resume RUN goes on where it was, and no step that was
finished is run again. cachalot runs lists runs, cachalot show RUN tells what happened. Set DATABASE_URL to a PostgreSQL to
keep runs there, and share them among cachalot worker processes. Spans go to OTEL_EXPORTER_OTLP_ENDPOINT, if it is set.

bash, python and editor work in a sandbox: no network, nothing of this machine but programs. docs/tools.md says all of it,
docs/context.md the strategies, docs/runs.md how runs are kept.`;

export function dirOption(command: Command): Command {
  return command.option("--dir <dir>", "where runs are kept", ".cachalot");
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
      if (flags.ask) needsTerminal("--ask asks before each call");
      const given = task === "-" ? await readText("-") : task;
      if (given.trim() === "") throw new CliError("invalid_input", "the task is empty; say what is to be done");
      const spec = specFrom(given, flags);
      if (flags.queue) {
        if (!process.env.DATABASE_URL) {
          throw new CliError("invalid_input", "--queue needs a database that workers share; set DATABASE_URL");
        }
        process.noDeprecation = true;
        const setUp = () => Promise.reject(new Error("this process only queues"));
        const runs = await openRuns({ directory: flags.dir, ...databaseUrl(), setUp });
        out.data(`${await runs.enqueue(spec)}\n`);
        await runs.close();
        return;
      }
      const answered = await runHere(flags, (runs) => runs.start(spec));
      if (!answered) process.exitCode = 1;
    });
}
