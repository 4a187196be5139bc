import { once } from "node:events";
import { Command } from "commander";
import { wholeNumber } from "../options.js";
import { out } from "../terminal/output.js";
import { bold, text } from "../terminal/styled-text.js";

export function envCommand(): Command {
  return new Command("env")
    .summary("serve tasks to other agents and trainers")
    .description("Serves the environments of task folders.")
    .addHelpText("after", "\nExample:\n  cachalot env serve tasks/general")
    .addCommand(serveCommand());
}

function serveCommand(): Command {
  return new Command("serve")
    .summary("serve task folders by OpenEnv and MCP")
    .description(
      "Serves tasks on 127.0.0.1: OpenEnv's routes and socket (/reset, /step, /state, /ws) for all of them, and the tools of the " +
        "first as an MCP server (/mcp). submit_result ends an episode; the verifier then judges it in a sandbox of its own.",
    )
    .argument("<paths...>", "task folders, or folders of them")
    .option("--port <port>", "0 takes a free one", wholeNumber(0), 8000)
    .addHelpText(
      "after",
      "\nExamples:\n  cachalot env serve tasks/general\n  cachalot env serve tasks/general/trip-planning-0-0-0 --port 8100",
    )
    .action(async (paths: string[], { port }: { port: number }) => {
      const { findTasks, serveTasks } = await import("@cachalot/synthesis");
      const found = (await Promise.all(paths.map((path) => findTasks(path)))).flat();
      const served = await serveTasks(await Promise.all(found.map(({ read }) => read())), { port });
      out.print(
        text`${bold(served.url)} serves ${String(found.length)} tasks: OpenEnv at /ws, MCP at /mcp. Ctrl+C stops.\n`,
      );
      await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
      await served.close();
    });
}
