import { type ParityCheck, runParity } from "@cachalot/model";
import type { DeviceName } from "@cachalot/tensor";
import { Command } from "commander";
import { selectDevice } from "../device.js";
import { deviceOption } from "../options.js";
import { out } from "../terminal/output.js";
import { green, red, type StyledText, text } from "../terminal/styled-text.js";

export function parityCommand(): Command {
  return new Command("parity")
    .summary("compare a checkpoint with exact numbers from the published implementation")
    .description(
      "Compares prefill and decode logits, index scores and selected tokens (expected.safetensors) and the losses and all " +
        "gradients of each training mode (train_*.safetensors), in both MLA forms. Exit status 1 past a tolerance.",
    )
    .argument("<dir>", "directory with a checkpoint and the files to compare with")
    .addOption(deviceOption())
    .option("--verbose", "one line per comparison instead of one per file")
    .option("--json", "print every comparison as JSON")
    .addHelpText("after", "\nExample:\n  cachalot parity test/golden/model/plain --device cpu")
    .action(async (dir: string, flags: { device?: DeviceName; verbose?: true; json?: true }) => {
      const checks = await runParity(dir, { device: selectDevice(flags.device) });
      const failed = checks.some((check) => !(check.error <= check.tolerance));
      if (flags.json) out.json(checks);
      else out.print(...(flags.verbose ? checks : worstPerFile(checks)).map(line));
      if (failed) process.exitCode = 1;
    });
}

/** Of each file the comparison that came nearest to its tolerance, or went furthest past it. */
function worstPerFile(checks: readonly ParityCheck[]): ParityCheck[] {
  const worst = new Map<string, ParityCheck>();
  for (const check of checks) {
    const before = worst.get(check.file);
    if (!before || strain(check) > strain(before)) worst.set(check.file, check);
  }
  return [...worst.values()];
}

const strain = ({ error, tolerance }: ParityCheck) => (error === 0 ? 0 : error / tolerance);

function line(check: ParityCheck): StyledText {
  const passed = check.error <= check.tolerance;
  const verdict = passed ? green("ok  ") : red("FAIL");
  return text`${verdict} ${check.file.padEnd(26)} ${check.error.toExponential(2)} of ${check.tolerance.toExponential(0)}  ${check.what}\n`;
}
