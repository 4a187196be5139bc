import { Command } from "commander";
import { commands } from "./commands/index.js";
import { version } from "./version.js";

/**
 * The `cachalot` command with the subcommand that `args` call, or with all of them where they call none.
 * @param args behind the program's name
 */
export async function createProgram(args: readonly string[]): Promise<Command> {
  const called = args[0] !== undefined && Object.hasOwn(commands, args[0]) ? commands[args[0]] : undefined;
  const program = new Command("cachalot")
    .description("DeepSeek-V3.2 in TypeScript: train and serve sparse-attention models, run agents.")
    .version(version)
    .showHelpAfterError("(--help shows how it is used)")
    .addHelpText("after", "\nEvery command's --help has examples. Without --model the embedded model answers.");
  for (const load of called ? [called] : Object.values(commands)) program.addCommand(await load());
  return program;
}
