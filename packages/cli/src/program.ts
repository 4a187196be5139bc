import { Command } from "commander";
import { trainCommand } from "./commands/train.js";

/** The `cachalot` command with everything under it. */
export function createProgram(): Command {
  return new Command("cachalot")
    .description("DeepSeek-V3.2 in TypeScript: train, generate, chat and serve sparse-attention models.")
    .showHelpAfterError("(--help shows how it is used)")
    .addCommand(trainCommand());
}
