import { createRequire } from "node:module";
import { Command } from "commander";
import { agentCommand } from "./commands/agent.js";
import { chatCommand } from "./commands/chat.js";
import { convertCommand } from "./commands/convert.js";
import { doctorCommand } from "./commands/doctor.js";
import { encodeCommand } from "./commands/encode.js";
import { exportCommand } from "./commands/export.js";
import { generateCommand } from "./commands/generate.js";
import { initCommand } from "./commands/init.js";
import { inspectCommand } from "./commands/inspect.js";
import { logitsCommand } from "./commands/logits.js";
import { parityCommand } from "./commands/parity.js";
import { prepareCommand } from "./commands/prepare.js";
import { reportCommand } from "./commands/report.js";
import { resumeCommand } from "./commands/resume.js";
import { runsCommand } from "./commands/runs.js";
import { serveCommand } from "./commands/serve.js";
import { showCommand } from "./commands/show.js";
import { trainCommand } from "./commands/train.js";
import { workerCommand } from "./commands/worker.js";

const manifest = createRequire(import.meta.url)("../package.json") as { version: string };

/** The `cachalot` command with everything under it. */
export function createProgram(): Command {
  return new Command("cachalot")
    .description("DeepSeek-V3.2 in TypeScript: train and serve sparse-attention models, run agents.")
    .version(manifest.version)
    .showHelpAfterError("(--help shows how it is used)")
    .addCommand(serveCommand())
    .addCommand(chatCommand())
    .addCommand(generateCommand())
    .addCommand(agentCommand())
    .addCommand(runsCommand())
    .addCommand(showCommand())
    .addCommand(resumeCommand())
    .addCommand(workerCommand())
    .addCommand(encodeCommand())
    .addCommand(doctorCommand())
    .addCommand(inspectCommand())
    .addCommand(initCommand())
    .addCommand(prepareCommand())
    .addCommand(trainCommand())
    .addCommand(reportCommand())
    .addCommand(convertCommand())
    .addCommand(exportCommand())
    .addCommand(logitsCommand())
    .addCommand(parityCommand())
    .addHelpText("after", "\nEvery command's --help has examples. Without --model the embedded model answers.");
}
